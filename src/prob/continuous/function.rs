//! Formulas of several numbers, evaluated at many points at once.

use std::collections::HashSet;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::topological;
use crate::numerics::substitute;
use crate::{Array, Plan, Tensor, eval};

/// A formula of some numbers, which stand in it as leaves.
#[derive(Clone)]
pub(super) struct Formula {
    pub(super) variables: Vec<Tensor>,
    pub(super) y: Tensor,
}

impl Formula {
    /// What a function makes of `count` numbers; it must be a number.
    pub(super) fn new(count: usize, f: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Formula> {
        let variables: Vec<Tensor> = (0..count).map(|_| Tensor::from(Array::scalar(0.5))).collect();
        let y = f(&variables);
        Formula { variables, y }.checked()
    }

    /// A formula of the same numbers.
    pub(super) fn with(&self, y: Tensor) -> Result<Formula> {
        Formula { variables: self.variables.clone(), y }.checked()
    }

    fn checked(self) -> Result<Formula> {
        match self.y.shape()? {
            [] => Ok(self),
            shape => {
                let shape = crate::array::display_shape(shape);
                Err(Error::new(ErrorKind::Shape, format!("a function of numbers gives a number, not shape {shape}")))
            }
        }
    }

    /// The formula with other formulas in the places of its numbers.
    pub(super) fn at(&self, x: &[Tensor]) -> Tensor {
        let pairs: Vec<(Tensor, Tensor)> = self.variables.iter().cloned().zip(x.iter().cloned()).collect();
        substitute(&self.y, &pairs)
    }

    /// True if everything that hangs on the numbers is a number itself: then arrays may stand in their places.
    fn elementwise(&self) -> bool {
        let mut moving: HashSet<u64> = self.variables.iter().map(|v| v.node().id()).collect();
        topological(&[&self.y], |_| true).iter().all(|t| {
            let id = t.node().id();
            let moves = moving.contains(&id) || t.node().inputs().iter().any(|i| moving.contains(&i.node().id()));
            if moves {
                moving.insert(id);
            }
            !moves || t.dims().is_empty()
        })
    }

    /// The values at points, the numbers of a point next to one another.
    pub(super) fn values(&self, points: &[f64]) -> Result<Vec<f64>> {
        let d = self.variables.len().max(1);
        let n = points.len() / d;
        if !self.elementwise() {
            let plan = Plan::new(&[&self.y], &self.variables.iter().collect::<Vec<_>>())?;
            let one = |x: &[f64]| {
                let x: Vec<Array> = x.iter().map(|v| Array::scalar(*v)).collect();
                plan.run(&x.iter().collect::<Vec<_>>())?.first().map_or(Ok(f64::NAN), Array::item)
            };
            return points.chunks(d).map(one).collect();
        }
        let column = |k: usize| Tensor::from(points.iter().skip(k).step_by(d).copied().collect::<Vec<f64>>());
        let y = self.at(&(0..self.variables.len()).map(column).collect::<Vec<_>>());
        let values = eval(&[&y])?.pop().map_or(vec![], |a| a.to_f64());
        Ok(if values.len() == n { values } else { vec![values.first().copied().unwrap_or(f64::NAN); n] })
    }
}
