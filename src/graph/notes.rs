//! Notes: what is not an error but should be known, such as a nearly singular matrix.

use std::fmt;

use crate::error::Origin;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// A NaN made from finite input.
    Nan,
    /// A matrix that is close to singular.
    NearSingular,
    /// A rank that was dropped.
    Rank,
    /// A row of all −inf given to softmax or logsumexp.
    EmptyRow,
}

/// A remark of an evaluation: its kind, the op, the place and the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What the note is about.
    pub kind: NoteKind,
    /// The op that made it.
    pub op: &'static str,
    /// What happened, with its numbers.
    pub message: String,
    /// Where the op was written.
    pub origin: Origin,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.op, self.message)
    }
}
