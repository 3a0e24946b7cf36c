//! What the stabiliser did: the rules that fired, and where.

use crate::error::Origin;
use crate::graph::Tensor;
use crate::text::brief;

/// One rule that fired: its name, the formula before and after, and where.
#[derive(Clone, Debug)]
pub struct Fired {
    /// The rule's name.
    pub rule: &'static str,
    /// The part of the formula as written.
    pub before: Tensor,
    /// What is evaluated instead.
    pub after: Tensor,
    /// Where it was written.
    pub origin: Origin,
}

impl Fired {
    /// The part of the formula as written, as text.
    pub fn before_text(&self) -> String {
        brief(&self.before)
    }

    /// What is evaluated instead, as text.
    pub fn after_text(&self) -> String {
        brief(&self.after)
    }
}

/// The rule whose replaced part most closely encloses a place of a script; elsewhere the one that was written there.
///
/// Of those at one place the last is that of the results; earlier ones belong to steps on the way.
pub fn enclosing(fired: &[Fired], origin: Origin) -> Option<&Fired> {
    let Origin::Script(inner) = origin else { return fired.iter().find(|f| f.origin == origin) };
    let size = |f: &&Fired| match f.origin {
        Origin::Script(s) if s.start <= inner.start && inner.end <= s.end => Some(s.end - s.start),
        _ => None,
    };
    fired.iter().rev().filter(|f| size(f).is_some()).min_by_key(size)
}
