//! `eval`: from formulas to numbers.

use crate::array::Array;
use crate::error::Result;
use crate::graph::{Note, Tensor, evaluate_planned, note_first_nan};
use crate::numerics::{Fired, prepared};

/// Values, and everything that should be known about how they came about.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// One value per formula.
    pub values: Vec<Array>,
    /// Remarks: near-singular matrices, NaNs made from finite input, …
    pub notes: Vec<Note>,
    /// The rules that rewrote the formulas, in the order in which they fired.
    pub fired: Vec<Fired>,
}

/// The values of several formulas, computed together: what they share is computed once.
///
/// ```
/// use gradus::{Tensor, eval};
/// let x = Tensor::from([1000.0, 1001.0]);
/// let p = x.exp() / x.exp().sum(());
/// let values = eval(&[&p, &p.log()])?;
/// assert!((values[0].to_f64()[1] - 0.7310585786300049).abs() < 1e-15);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn eval(formulas: &[&Tensor]) -> Result<Vec<Array>> {
    eval_with_notes(formulas).map(|e| e.values)
}

/// As [`eval`], with notes and the rules that fired.
pub fn eval_with_notes(formulas: &[&Tensor]) -> Result<Evaluation> {
    let (stable, fired) = prepared(formulas);
    let outputs: Vec<&Tensor> = stable.iter().collect();
    let mut notes = vec![];
    let values = evaluate_planned(&outputs, &mut notes)?;
    if values.iter().any(Array::has_nan) {
        note_first_nan(&outputs, &mut notes)?;
    }
    Ok(Evaluation { values, notes, fired })
}

impl Tensor {
    /// The value of the formula, in a form that does not overflow, cancel or turn into NaN where the mathematics does not.
    ///
    /// ```
    /// let x = gradus::Tensor::from(1000.0);
    /// assert_eq!((1.0 + x.exp()).log().eval()?.item()?, 1000.0);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn eval(&self) -> Result<Array> {
        eval(&[self])?.pop().ok_or_else(|| crate::Error::new(crate::ErrorKind::Argument, "nothing to evaluate"))
    }
}
