//! `Plan`: formulas made ready to run many times with new data.

use crate::array::Array;
use crate::error::Result;
use crate::graph::{self, Note, Numbers, Tensor};
use crate::numerics::prepared;

/// Formulas made ready to be evaluated many times, with new data in some of their leaves.
///
/// What the formulas share is computed once, chains of elementwise steps and reductions become one pass over the data,
/// and buffers are kept from run to run. The results have the same bits as [`crate::eval`], on any number of threads.
///
/// ```
/// use gradus::{Array, Plan, Tensor, grad};
/// let x = Tensor::from([1.0, 2.0, 3.0]);
/// let y = x.square().sum(());
/// let plan = Plan::new(&[&y, &grad(&y, &x)], &[&x])?;
/// let values = plan.run(&[&Array::from([1.0, 0.0, 2.0])])?;
/// assert_eq!(values[0].item()?, 5.0);
/// assert_eq!(values[1].to_f64(), [2.0, 0.0, 4.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug)]
pub struct Plan(graph::Plan);

impl Plan {
    /// Plans the evaluation of `outputs`; the data of the leaves `inputs` are given at every run.
    ///
    /// The formulas are stabilised first. Errors: a formula with an error in it, an input that is no leaf with data,
    /// values that together exceed the memory budget.
    pub fn new(outputs: &[&Tensor], inputs: &[&Tensor]) -> Result<Plan> {
        let (stable, _) = prepared(outputs);
        graph::Plan::new(&stable.iter().collect::<Vec<_>>(), inputs).map(Plan)
    }

    /// The values of the outputs for these data of the inputs.
    ///
    /// Errors: data of another dtype or shape than the leaf had, and whatever a kernel reports.
    pub fn run(&self, data: &[&Array]) -> Result<Vec<Array>> {
        self.0.run(data)
    }

    /// As [`Plan::run`]; remarks are added to `notes`.
    pub fn run_with_notes(&self, data: &[&Array], notes: &mut Vec<Note>) -> Result<Vec<Array>> {
        self.0.run_with_notes(data, notes)
    }

    /// Runs `count` times; after each run output `o` becomes input `i`, for every pair `(o, i)` of `carry`.
    ///
    /// Gives the outputs of the last run. Errors: a pair of different dtypes or shapes, a `count` of 0.
    ///
    /// ```
    /// use gradus::{Array, Plan, Tensor, grad};
    /// let x = Tensor::from(Array::scalar(1.0));
    /// let step = &x - 0.1 * grad(&(&x - 3.0).square(), &x);
    /// let plan = Plan::new(&[&step], &[&x])?;
    /// let found = plan.iterate(100, &[&Array::scalar(0.0)], &[(0, 0)])?;
    /// assert!((found[0].item()? - 3.0).abs() < 1e-8);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn iterate(&self, count: usize, data: &[&Array], carry: &[(usize, usize)]) -> Result<Vec<Array>> {
        self.0.iterate(count, data, carry)
    }

    /// Registers for runs by numbers, where everything is so small that no array is needed on the way.
    pub(crate) fn numbers(&self) -> Option<Numbers> {
        self.0.numbers()
    }

    /// Runs with these elements in the inputs, and writes those of the outputs.
    pub(crate) fn run_numbers(&self, numbers: &mut Numbers, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.0.run_numbers(numbers, inputs, outputs);
    }

    /// The most bytes that intermediate values and outputs take at one time.
    pub fn peak_bytes(&self) -> usize {
        self.0.peak_bytes()
    }

    /// How many steps a run has: passes over data, runs of the tape, and kernels that run by themselves.
    pub fn steps(&self) -> usize {
        self.0.steps()
    }
}
