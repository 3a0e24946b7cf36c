//! Parameters of families: their names, what they must be, and the ways to give them.

use std::fmt;

use crate::Tensor;
use crate::ops::keep;

/// One parameter.
pub struct Parameter {
    /// The book's letter or word, and what other systems call it.
    pub names: &'static [&'static str],
    /// The number of axes that belong to it; those in front are batch axes.
    pub rank: usize,
    /// What it must be.
    pub need: Need,
}

/// What a parameter must be; anything else is an error at evaluation that names family, parameter and element.
#[derive(Clone, Copy, PartialEq)]
pub enum Need {
    /// Any number.
    Number,
    /// Any number that is finite.
    Finite,
    /// Above 0 and finite.
    Positive,
    /// From 0 to 1.
    Share,
    /// None below 0, and together 1 to within rounding of the dtype.
    Shares,
    /// A whole number of at least this.
    Whole(i64),
    /// Above the first parameter, and finite.
    Above,
    /// A whole number, not below the first parameter.
    WholeFrom,
    /// A symmetric positive definite matrix: its Cholesky factorisation names the pivot that is not.
    Definite,
    /// A lower triangle with a positive diagonal.
    Triangle,
}

/// One way to give parameters.
pub struct Form {
    /// The parameters in the order of positional arguments.
    pub parameters: &'static [Parameter],
    /// The parameters of the first form.
    pub first: fn(&[Tensor]) -> Vec<Tensor>,
}

impl Parameter {
    /// True of each of its names.
    pub fn is(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// What must hold of a value, and the message where it does not; `None` if anything will do.
    #[track_caller]
    pub(super) fn requirement(&self, family: &str, x: &Tensor, first: Option<&Tensor>) -> Option<(Tensor, String)> {
        let finite = |holds: Tensor| holds.logical_and(x.isfinite());
        let (holds, what) = match self.need {
            // Whether a matrix is definite is for its factorisation to say.
            Need::Number | Need::Definite => return None,
            Need::Finite => (x.isfinite(), "that is finite".into()),
            Need::Above => (finite(x.greater(first?)), "above the lower end".into()),
            Need::WholeFrom => {
                let whole = finite(x.equal(x.floor()));
                (whole.logical_and(x.greater_equal(first?)), "that is whole and not below the lower end".into())
            }
            Need::Positive => (finite(x.greater(0.0)), "above 0".to_string()),
            Need::Share => (x.greater_equal(0.0).logical_and(x.less_equal(1.0)), "between 0 and 1".into()),
            Need::Shares => {
                let eps = x.dtype().ok().and_then(|d| d.to_float().format()).map_or(f64::EPSILON, |f| f.eps());
                let tolerance = 4.0 * eps * x.dims().last().copied().unwrap_or(1).max(1) as f64;
                let one = (x.sum(keep(-1)) - 1.0).abs().less_equal(tolerance);
                (x.greater_equal(0.0).logical_and(one), "of at least 0 that sum to 1".into())
            }
            Need::Whole(least) => {
                let whole = finite(x.equal(x.floor()));
                let which = if least == i64::MIN { String::new() } else { format!(" and at least {least}") };
                (whole.logical_and(x.greater_equal(least as f64)), format!("that is whole{which}"))
            }
            Need::Triangle => (x.diagonal().greater(0.0), "with a positive diagonal".into()),
        };
        Some((holds, format!("`{family}` needs {} {what}", self.names[0])))
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.parameters.iter().map(|p| p.names[0]).collect();
        write!(f, "({})", names.join(", "))
    }
}
