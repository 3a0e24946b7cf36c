//! Where nodes come from: the caller's Rust line, unless a script or a rewrite says otherwise.

use std::cell::Cell;
use std::panic::Location;

use crate::error::Origin;

thread_local! {
    static CURRENT: Cell<Option<Origin>> = const { Cell::new(None) };
}

/// Runs `f`; nodes that it builds get this origin instead of their Rust line.
///
/// The formula language uses it for spans, rewrites and derivatives to inherit the origin of what they replace.
pub fn with_origin<R>(origin: Origin, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Origin>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.with(|c| c.set(self.0));
        }
    }
    let _restore = Restore(CURRENT.with(|c| c.replace(Some(origin))));
    f()
}

/// The origin for a node built now by a caller at `location`.
pub(crate) fn current(location: &'static Location<'static>) -> Origin {
    CURRENT.with(Cell::get).unwrap_or(Origin::Rust(location))
}

/// The origin that a script or rewrite has set, if one has.
pub(super) fn given() -> Option<Origin> {
    CURRENT.with(Cell::get)
}
