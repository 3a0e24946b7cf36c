//! The one error type of the crate, and the places in a program or script that errors point at.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// The result of everything in Gradus that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A piece of the text of a script or formula: byte offsets, and the line and column (1-based) of its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Byte offset of the first character.
    pub start: usize,
    /// Byte offset one past the last character.
    pub end: usize,
    /// Line of the first character, counted from 1.
    pub line: usize,
    /// Column of the first character in characters, counted from 1.
    pub column: usize,
}

/// Where a node of a formula was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Nowhere in particular.
    #[default]
    Unknown,
    /// A line of a Rust program.
    Rust(&'static Location<'static>),
    /// A span of a formula or script.
    Script(Span),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Unknown => f.write_str("an unknown place"),
            Origin::Rust(l) => write!(f, "{}:{}:{}", l.file(), l.line(), l.column()),
            Origin::Script(s) => write!(f, "{}:{}", s.line, s.column),
        }
    }
}

/// What went wrong, in one word; `--json` prints it in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Shapes that do not fit, axes that are not there, indices out of range.
    Shape,
    /// A dtype that an operation does not take.
    DType,
    /// A value outside the domain of an operation, or a failed requirement.
    Domain,
    /// A derivative that does not exist or is not known.
    NotDifferentiable,
    /// A result that would not fit into memory.
    Memory,
    /// Text that is not a formula.
    Syntax,
    /// A name that nothing binds.
    Name,
    /// Data that cannot be read: ragged, truncated, mixed, missing.
    Data,
    /// A file that cannot be opened, read or written.
    Io,
    /// An argument that makes no sense.
    Argument,
    /// A matrix without the inverse or factorisation that was asked for.
    Singular,
    /// An integer result outside the range of i64.
    Overflow,
}

impl ErrorKind {
    /// The word that stands for the kind in JSON.
    pub fn word(self) -> &'static str {
        match self {
            ErrorKind::Shape => "shape",
            ErrorKind::DType => "dtype",
            ErrorKind::Domain => "domain",
            ErrorKind::NotDifferentiable => "not-differentiable",
            ErrorKind::Memory => "memory",
            ErrorKind::Syntax => "syntax",
            ErrorKind::Name => "name",
            ErrorKind::Data => "data",
            ErrorKind::Io => "io",
            ErrorKind::Argument => "argument",
            ErrorKind::Singular => "singular",
            ErrorKind::Overflow => "overflow",
        }
    }
}

/// An error: what operation failed, on which facts, and where it was written.
///
/// Opaque and cheap to clone; ask it with the `is_…` predicates.
///
/// ```
/// let e = gradus::Error::new(gradus::ErrorKind::Shape, "matmul: (2, 3) and (4, 5) do not fit");
/// assert!(e.is_shape());
/// assert_eq!(e.to_string(), "matmul: (2, 3) and (4, 5) do not fit");
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    origin: Origin,
}

impl Error {
    /// An error of this kind with this message and no place yet.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Arc::new(Inner { kind, message: message.into(), origin: Origin::Unknown }))
    }

    /// The same error, pointing at `origin` unless it already points somewhere.
    pub fn at(self, origin: Origin) -> Error {
        if self.0.origin != Origin::Unknown {
            return self;
        }
        Error(Arc::new(Inner { origin, ..(*self.0).clone() }))
    }

    /// What went wrong, in one word.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The place that the error points at.
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// The place in a script, where it is one.
    pub fn span(&self) -> Option<Span> {
        match self.0.origin {
            Origin::Script(span) => Some(span),
            _ => None,
        }
    }
}

/// One predicate per kind of error.
macro_rules! predicates {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        impl Error {
            $(#[doc = $doc]
            pub fn $name(&self) -> bool {
                self.0.kind == ErrorKind::$kind
            })*
        }
    };
}

predicates! {
    is_shape Shape "True of shapes that do not fit, axes that are not there, indices out of range.";
    is_dtype DType "True of a dtype that an operation does not take.";
    is_domain Domain "True of a value outside an operation's domain, or a failed requirement.";
    is_not_differentiable NotDifferentiable "True of a derivative that does not exist or is not known.";
    is_memory Memory "True of a result that would not fit into memory.";
    is_syntax Syntax "True of text that is not a formula.";
    is_name Name "True of a name that nothing binds.";
    is_data Data "True of data that cannot be read.";
    is_io Io "True of a file that cannot be opened, read or written.";
    is_argument Argument "True of an argument that makes no sense.";
    is_singular Singular "True of a matrix without the inverse or factorisation asked for.";
    is_overflow Overflow "True of an integer result outside the range of i64.";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.0.origin {
            Origin::Rust(_) => write!(f, " (at {})", self.0.origin),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl std::error::Error for Error {}
