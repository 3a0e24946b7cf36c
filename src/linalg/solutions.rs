//! `solutions`: has A x = b none, one or many solutions, which are they, and why.

use std::fmt;

use super::exact::{Reduced, reduce};
use super::{default_tolerance, rows_of};
use crate::array::matrix::{Relation, relations};
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, Tensor, eval};

/// The most unknowns that are decided over the rationals.
const EXACT: usize = 50;

/// How `solutions` decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What counts as 0 beside the largest: max(m, n) units of rounding unless set.
    pub tolerance: Option<f64>,
    /// True to decide over the rationals, every number taken exactly as stored; for at most 50 unknowns.
    pub exact: bool,
}

/// The three-way answer to A x = b. Source: Goodfellow, Bengio and Courville, section 2.4.
#[derive(Clone, Debug)]
pub enum Solutions {
    /// b lies outside the column space.
    None {
        /// The x that comes nearest, by least squares.
        x: Array,
        /// The length of b − A x.
        residual: f64,
        /// The proof, where a relation of rows gives one: a y with yᵀ A = 0 and yᵀ b not 0.
        witness: Option<Array>,
        /// Why, in words that can be checked.
        because: String,
    },
    /// Exactly one.
    One {
        /// The solution.
        x: Array,
        /// The condition number of A.
        condition: f64,
        /// The decimal digits of x that hold if entries are known to rounding.
        digits: f64,
        /// Why.
        because: String,
    },
    /// A whole plane of them: x plus any combination of the columns of the null space.
    Many {
        /// The shortest solution.
        x: Array,
        /// An orthonormal basis of all z with A z = 0, as columns.
        null_space: Array,
        /// Why.
        because: String,
    },
}

impl Solutions {
    /// `"none"`, `"one"` or `"many"`.
    pub fn kind(&self) -> &'static str {
        match self {
            Solutions::None { .. } => "none",
            Solutions::One { .. } => "one",
            Solutions::Many { .. } => "many",
        }
    }

    /// The solution, the shortest of many, or the nearest where there is none.
    pub fn x(&self) -> &Array {
        match self {
            Solutions::None { x, .. } | Solutions::One { x, .. } | Solutions::Many { x, .. } => x,
        }
    }

    /// Why, in words that can be checked, such as `row 3 = 2*row 2 - row 1`.
    pub fn because(&self) -> &str {
        match self {
            Solutions::None { because, .. } | Solutions::One { because, .. } | Solutions::Many { because, .. } => {
                because
            }
        }
    }
}

impl fmt::Display for Solutions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Solutions::None { x, residual, because, .. } => {
                write!(f, "no solution: {because}\nnearest x = {x}, |b - A x| = {residual:.6e}")
            }
            Solutions::One { x, condition, digits, because } => {
                write!(f, "one solution: {because}\nx = {x}\ncondition number {condition:.3e}, {digits:.0} digits hold")
            }
            Solutions::Many { x, null_space, because } => {
                write!(
                    f,
                    "many solutions: {because}\nshortest x = {x}\nplus any multiple of the columns of\n{null_space}"
                )
            }
        }
    }
}

/// The system as numbers, and what has been found out about it.
struct System {
    a: Tensor,
    rows: Vec<Vec<f64>>,
    b: Vec<f64>,
    unknowns: usize,
    tolerance: f64,
    s: Vec<f64>,
    vh: Array,
    rank: usize,
    exact: Option<Reduced>,
}

/// Decides whether A x = b has none, one or many solutions, and gives them with the reason; evaluated at once.
///
/// A is one matrix (m, n) and b one vector (m,). In floating point a singular value, a residual or a relation counts as 0
/// below the tolerance times the largest; with [`Options::exact`] numbers are taken as the fractions that they are.
/// Errors: other shapes, numbers that are not finite, more than 50 unknowns with `exact`.
///
/// ```
/// use gradus::{Tensor, linalg::{Options, solutions}};
/// let a = 0.1 * Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
/// let many = solutions(&a, &Tensor::from([1.0, 2.0, 3.0]), Options::default())?;
/// assert_eq!((many.kind(), many.because()), ("many", "row 3 = 2*row 2 - row 1"));
/// let none = solutions(&a, &Tensor::from([1.0, 2.0, 4.0]), Options::default())?;
/// assert_eq!(none.kind(), "none");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn solutions(a: &Tensor, b: &Tensor, options: Options) -> Result<Solutions> {
    let system = System::new(a, b, options)?;
    let x = system.nearest()?;
    match (system.consistent(&x), system.rank == system.unknowns) {
        (false, _) => system.none(x),
        (true, true) => system.one(x),
        (true, false) => system.many(x),
    }
}

impl System {
    fn new(a: &Tensor, b: &Tensor, options: Options) -> Result<System> {
        let found = eval(&[a, b])?;
        let [values, right] = found.as_slice() else { return Err(shape("two arrays".into())) };
        let (rows, b) = (rows_of(values, "solutions")?, right.to_f64());
        if right.rank() != 1 || b.len() != rows.len() {
            let (a, b) = (crate::array::display_shape(values.shape()), crate::array::display_shape(right.shape()));
            return Err(shape(format!("`solutions`: a matrix of shape {a} and a right side of shape {b} do not fit")));
        }
        if let Some(v) = b.iter().find(|v| !v.is_finite()) {
            return Err(Error::new(ErrorKind::Domain, format!("`solutions`: the right side holds {v}")));
        }
        let unknowns = values.shape()[1];
        let a = Tensor::from(values);
        let tolerance = options.tolerance.unwrap_or_else(|| default_tolerance(&a));
        let (_, s, vh) = a.svd(true);
        let factors = eval(&[&s, &vh])?;
        let [s, vh] = factors.as_slice() else { return Err(shape("two factors".into())) };
        let (s, vh) = (s.to_f64(), vh.clone());
        let cut = tolerance * s.first().copied().unwrap_or(0.0);
        let mut rank = s.iter().filter(|s| **s > cut).count();
        let exact = match options.exact {
            true if unknowns > EXACT => {
                let m = format!("`solutions` decides exactly for at most {EXACT} unknowns, not {unknowns}");
                return Err(Error::new(ErrorKind::Argument, m));
            }
            true => Some(reduce(&rows, &b)),
            false => None,
        };
        if let Some(r) = &exact {
            rank = r.rank();
        }
        Ok(System { a, rows, b, unknowns, tolerance, s, vh, rank, exact })
    }

    /// The shortest x that comes nearest, at the rank that was decided.
    fn nearest(&self) -> Result<Array> {
        if let Some(exact) = self.exact.as_ref().filter(|e| e.consistent() && e.rank() == self.unknowns) {
            return Array::from_vec(exact.solution(), &[self.unknowns]);
        }
        let b = Tensor::from(Array::from_vec(self.b.clone(), &[self.b.len()])?);
        self.a.lstsq(b, Some(self.tolerance)).as_written().eval()
    }

    /// b − A x.
    fn residual(&self, x: &Array) -> Vec<f64> {
        let x = x.to_f64();
        self.rows
            .iter()
            .zip(&self.b)
            .map(|(row, b)| row.iter().zip(&x).fold(*b, |s, (a, x)| (-a).mul_add(*x, s)))
            .collect()
    }

    fn consistent(&self, x: &Array) -> bool {
        if let Some(exact) = &self.exact {
            return exact.consistent();
        }
        let x_values = x.to_f64();
        let holds = |(r, (row, b)): (&f64, (&Vec<f64>, &f64))| {
            let terms = row.iter().zip(&x_values).fold(b.abs(), |s, (a, x)| s + (a * x).abs());
            r.abs() <= 8.0 * self.tolerance * terms
        };
        self.residual(x).iter().zip(self.rows.iter().zip(&self.b)).all(holds)
    }

    /// Relations of rows, to ten times the tolerance: they gather roundings of several rows.
    fn relations(&self) -> Vec<Relation> {
        relations(&self.rows, 10.0 * self.tolerance)
    }

    /// `rank 2 of 3`, which is what there is to say where no relation was found.
    fn by_rank(&self) -> String {
        format!("A has rank {} and {} unknowns (tolerance {:.1e})", self.rank, self.unknowns, self.tolerance)
    }

    fn none(&self, x: Array) -> Result<Solutions> {
        let residual = self.residual(&x).iter().fold(0.0f64, |s, r| s.hypot(*r));
        let found = self.relations();
        let gap = |r: &Relation| (self.b[r.row] - r.applied(&self.b)).abs();
        // The relation that b breaks most plainly.
        let broken = found.iter().filter(|r| gap(r) > 0.0).max_by(|p, q| gap(p).total_cmp(&gap(q)));
        let (witness, because) = match broken {
            Some(r) => {
                let name = |i: usize| format!("b[{}]", i + 1);
                let (row, sum, got) = (r.text("row"), r.sum(name), r.applied(&self.b));
                let y = Array::from_vec(r.witness(self.rows.len()), &[self.rows.len()])?;
                let because = format!("{row}, but {} = {}", name(r.row), self.b[r.row]);
                (Some(y), if r.terms.is_empty() { because } else { format!("{because} and {sum} = {got}") })
            }
            None => (None, format!("b is outside the column space: {}, |b - A x| = {residual:.3e}", self.by_rank())),
        };
        Ok(Solutions::None { x, residual, witness, because })
    }

    fn one(&self, x: Array) -> Result<Solutions> {
        let (largest, smallest) = (self.s.first().copied().unwrap_or(1.0), self.s.last().copied().unwrap_or(1.0));
        let condition = if smallest == 0.0 { f64::INFINITY } else { largest / smallest };
        let eps = self.a.dtype().ok().and_then(|d| d.format()).map_or(f64::EPSILON, |f| f.eps());
        let digits = (-(condition * eps / 2.0).log10()).max(0.0).floor();
        let because = format!("the {} columns of A are independent", self.unknowns);
        Ok(Solutions::One { x, condition, digits, because })
    }

    fn many(&self, x: Array) -> Result<Solutions> {
        let null_space = self.vh.slice(0, Some(self.rank as i64), None, 1)?.transpose().to_contiguous();
        let because = match self.rank == self.rows.len() {
            true => "more unknowns than equations".to_string(),
            false => self.dependence(),
        };
        Ok(Solutions::Many { x, null_space, because })
    }

    /// Relations of rows where there are at least as many unknowns as equations, else of columns.
    fn dependence(&self) -> String {
        let tall = self.rows.len() > self.unknowns;
        let found = match tall {
            true => {
                let column = |j: usize| self.rows.iter().map(|row| row[j]).collect();
                relations(&(0..self.unknowns).map(column).collect::<Vec<_>>(), 10.0 * self.tolerance)
            }
            false => self.relations(),
        };
        let word = if tall { "column" } else { "row" };
        let texts: Vec<String> = found.iter().take(3).map(|r| r.text(word)).collect();
        match texts.is_empty() {
            true => self.by_rank(),
            false => texts.join("; ") + if found.len() > 3 { "; …" } else { "" },
        }
    }
}

fn shape(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}
