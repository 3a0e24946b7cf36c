//! Expectations of functions of the variables, and what is made of them: formulas, so that they differentiate.

use super::Joint;
use super::variable::find;
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, Tensor};

impl Joint {
    /// The numbers that the states of a variable are named after, along its axis of the table.
    ///
    /// Functions of several such arrays broadcast to the whole table. States that are no numbers are an error.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::new(&[Variable::numbered("x", 2)?, Variable::numbered("y", 2)?], [0.5, 0.0, 0.25, 0.25])?;
    /// let (x, y) = (joint.values("x")?, joint.values("y")?);
    /// assert_eq!(joint.expectation(&(&x + &y))?.eval()?.item()?, 0.75);
    /// assert_eq!(joint.variance(&x)?.eval()?.item()?, 0.25);
    /// assert_eq!(joint.covariance(&x, &y)?.eval()?.item()?, 0.125);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn values(&self, name: &str) -> Result<Tensor> {
        let i = find(self.variables(), name)?;
        let values = self.variables()[i].values()?;
        let mut shape = vec![1; self.variables().len()];
        shape[i] = values.len();
        Ok(Tensor::from(Array::from_vec(values, &shape)?))
    }

    /// True at the entries where a variable has a state, along its axis of the table.
    pub fn indicator(&self, name: &str, state: &str) -> Result<Tensor> {
        let i = find(self.variables(), name)?;
        let s = self.variables()[i].state(state)?;
        let mut shape = vec![1; self.variables().len()];
        shape[i] = self.variables()[i].count();
        let marks: Vec<f64> = (0..shape[i]).map(|k| f64::from(k == s)).collect();
        Ok(Tensor::from(Array::from_vec(marks, &shape)?))
    }

    /// `E[f] = Σ P f`, of a formula f whose shape broadcasts to the table. Source: section 3.8.
    ///
    /// Entries of probability 0 contribute nothing, whatever f is there.
    pub fn expectation(&self, f: &Tensor) -> Result<Tensor> {
        let p = self.tensor()?;
        let shape = p.dims().to_vec();
        let own = f.shape()?;
        if crate::array::broadcast(own, &shape).as_deref() != Some(&shape) {
            let (own, shape) = (crate::array::display_shape(own), crate::array::display_shape(&shape));
            return Err(Error::new(
                ErrorKind::Shape,
                format!("a function of shape {own} does not fit the table, {shape}"),
            ));
        }
        let f = f.broadcast_to(&shape);
        Ok(Tensor::select(&p.greater(0.0), &(&p * &f), &Tensor::from(0.0)).sum(()))
    }

    /// `Var[f] = E[(f − E[f])²]`. Source: section 3.8.
    pub fn variance(&self, f: &Tensor) -> Result<Tensor> {
        self.expectation(&(f - self.expectation(f)?).square())
    }

    /// `Cov[f, g] = E[(f − E[f]) (g − E[g])]`. Source: section 3.8.
    pub fn covariance(&self, f: &Tensor, g: &Tensor) -> Result<Tensor> {
        self.expectation(&((f - self.expectation(f)?) * (g - self.expectation(g)?)))
    }

    /// The matrix of all covariances of several functions. Source: section 3.8.
    pub fn covariance_matrix(&self, f: &[Tensor]) -> Result<Tensor> {
        let mut rows = vec![];
        for a in f {
            let row = f.iter().map(|b| self.covariance(a, b)).collect::<Result<Vec<_>>>()?;
            rows.push(Tensor::stack(&row.iter().collect::<Vec<_>>(), 0));
        }
        if rows.is_empty() {
            return Err(Error::new(ErrorKind::Argument, "a covariance matrix is of at least one function"));
        }
        Ok(Tensor::stack(&rows.iter().collect::<Vec<_>>(), 0))
    }
}
