//! A loss as a function of one long vector: values, exact derivatives, bounds, and how often each was asked for.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::compiled::Compiled;
use crate::array::matrix::Matrix;
pub(super) use crate::array::matrix::dot;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Numbers;
use crate::numerics::substitute;
use crate::{Array, DType, Plan, Tensor, grad, hessian, hvp, jacobian};

/// How often the loss and its derivatives were evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values, alone or with a gradient.
    pub values: usize,
    /// Gradients.
    pub gradients: usize,
    /// Hessians.
    pub hessians: usize,
    /// Products of the Hessian with a vector.
    pub products: usize,
    /// Jacobians of residuals.
    pub jacobians: usize,
}

/// A place with its value and gradient.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

impl Point {
    /// True if value and gradient are numbers.
    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|g| g.is_finite())
    }
}

/// Lower and upper ends for every variable.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub lo: Vec<f64>,
    pub hi: Vec<f64>,
}

/// The loss over all variables in one vector.
pub(super) struct Problem {
    /// The number of variables.
    pub n: usize,
    /// Lower and upper ends, where there are some.
    pub bounds: Option<Bounds>,
    compiled: Arc<Compiled>,
    /// The registers of value and gradient, once they have been run, if they need no arrays.
    numbers: RefCell<Option<Option<Numbers>>>,
    /// Vectors of places that were left, for the next ones.
    spare: RefCell<Vec<Vec<f64>>>,
    eps: f64,
    counts: Cell<Counts>,
}

impl Problem {
    /// The loss in these leaves; errors where it is no number, or does not depend on one of them.
    pub fn new(loss: &Tensor, leaves: &[&Tensor]) -> Result<Problem> {
        let compiled = Compiled::of(loss, leaves)?;
        let n = compiled.variable.dims().iter().product();
        let of = |t: &Tensor| t.dtype().ok().and_then(|d| d.to_float().format()).map_or(f64::EPSILON, |f| f.eps());
        // The rounding unit of the loss, or of a leaf that is coarser.
        let eps = compiled.leaves.iter().chain([&compiled.loss]).map(of).fold(f64::EPSILON, f64::max);
        Ok(Problem {
            n,
            bounds: None,
            compiled,
            numbers: RefCell::default(),
            spare: RefCell::default(),
            eps,
            counts: Cell::default(),
        })
    }

    /// The data of the leaves, one after the other.
    pub fn start(&self) -> Vec<f64> {
        self.compiled.leaves.iter().filter_map(Tensor::data).flat_map(Array::to_f64).collect()
    }

    /// The values of the leaves at a place, in their shapes and dtypes.
    pub fn unpack(&self, x: &[f64]) -> Result<Vec<Array>> {
        let mut rest = x;
        let mut arrays = vec![];
        for leaf in &self.compiled.leaves {
            let (own, other) = rest.split_at(leaf.dims().iter().product::<usize>().min(rest.len()));
            arrays.push(Array::from_vec(own.to_vec(), leaf.dims())?.cast(leaf.dtype()?)?);
            rest = other;
        }
        Ok(arrays)
    }

    /// The loss and its gradients with the leaves at a place.
    pub fn formulas_at(&self, x: &[f64]) -> Result<Vec<Tensor>> {
        let data = self.unpack(x)?;
        let new = |(leaf, a): (&Tensor, Array)| {
            let t = Tensor::new(a);
            (leaf.clone(), if let Some(name) = leaf.label() { t.named(name) } else { t })
        };
        let replaced: Vec<(Tensor, Tensor)> = self.compiled.leaves.iter().zip(data).map(new).collect();
        let loss = substitute(&self.compiled.loss, &replaced);
        let gradients = replaced.iter().map(|(_, x)| grad(&loss, x));
        Ok(std::iter::once(loss.clone()).chain(gradients).collect())
    }

    /// The names of the leaves, or `x0`, `x1`, … for those without.
    pub fn names(&self) -> Vec<String> {
        let name = |(i, t): (usize, &Tensor)| t.label().map_or_else(|| format!("x{i}"), str::to_string);
        self.compiled.leaves.iter().enumerate().map(name).collect()
    }

    /// The rounding unit of the loss, or of a leaf that is coarser.
    pub fn eps(&self) -> f64 {
        self.eps
    }

    /// What rounding can do to a value of this size.
    pub fn noise(&self, value: f64) -> f64 {
        8.0 * self.eps() * value.abs()
    }

    /// The loss in the one variable, and that variable.
    pub fn formula(&self) -> (&Tensor, &Tensor) {
        (&self.compiled.flat, &self.compiled.variable)
    }

    fn pack(&self, x: &[f64]) -> Result<Array> {
        Array::from_vec(x.to_vec(), self.compiled.variable.dims())
    }

    fn count(&self, add: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        add(&mut counts);
        self.counts.set(counts);
    }

    /// How often what was evaluated.
    pub fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// The value at a place.
    pub fn value(&self, x: &[f64]) -> Result<f64> {
        self.count(|c| c.values += 1);
        let Compiled { flat, variable, value, .. } = &*self.compiled;
        let plan = value.get(|| Plan::new(&[flat], &[variable]))?;
        match here(plan.run(&[&self.pack(x)?]))? {
            Some(outs) => first(outs)?.item(),
            None => Ok(f64::NAN),
        }
    }

    /// The value and gradient at a place.
    pub fn point(&self, x: Vec<f64>) -> Result<Point> {
        self.count(|c| {
            c.values += 1;
            c.gradients += 1;
        });
        let Compiled { flat, variable, slope, .. } = &*self.compiled;
        let plan = slope.get(|| Plan::new(&[flat, &grad(flat, variable)], &[variable]))?;
        if let Some(numbers) = self.numbers.borrow_mut().get_or_insert_with(|| plan.numbers()) {
            let (mut value, mut gradient) = ([0.0], self.room());
            gradient.resize(x.len(), 0.0);
            plan.run_numbers(numbers, &[&x], &mut [&mut value, &mut gradient]);
            return Ok(Point { x, value: value[0], gradient });
        }
        let Some(outs) = here(plan.run(&[&self.pack(&x)?]))? else {
            let gradient = vec![f64::NAN; x.len()];
            return Ok(Point { x, value: f64::NAN, gradient });
        };
        let [value, gradient] = outs.as_slice() else { return Err(nothing()) };
        Ok(Point { x, value: value.item()?, gradient: gradient.to_f64() })
    }

    /// An empty vector, with room where one was left.
    pub fn room(&self) -> Vec<f64> {
        let mut room = self.spare.borrow_mut().pop().unwrap_or_default();
        room.clear();
        room
    }

    /// Takes the vectors of a place that is left.
    pub fn leave(&self, place: Point) {
        self.spare.borrow_mut().extend([place.x, place.gradient]);
    }

    /// The Hessian at a place.
    pub fn hessian(&self, x: &[f64]) -> Result<Matrix> {
        self.count(|c| c.hessians += 1);
        let Compiled { flat, variable, hessian: plan, .. } = &*self.compiled;
        let plan = plan.get(|| Plan::new(&[&hessian(flat, variable)], &[variable]))?;
        let h = first(plan.run(&[&self.pack(x)?])?)?.to_f64();
        let n = self.n;
        // What rounding leaves between the two halves is shared by both.
        Ok(Matrix::from_fn(n, n, |i, j| 0.5 * (h[i * n + j] + h[j * n + i])))
    }

    /// The Hessian at a place times a vector.
    pub fn product(&self, x: &[f64], v: &[f64]) -> Result<Vec<f64>> {
        self.count(|c| c.products += 1);
        let Compiled { flat, variable, product, .. } = &*self.compiled;
        let plan = product.get(|| {
            let along = Tensor::new(Array::zeros(variable.dims(), DType::F64)?);
            Plan::new(&[&hvp(flat, variable, &along)], &[variable, &along])
        })?;
        Ok(first(plan.run(&[&self.pack(x)?, &self.pack(v)?])?)?.to_f64())
    }

    /// How many residuals there are, if the loss is a sum of squares.
    pub fn residual_count(&self) -> Option<usize> {
        self.compiled.residuals().map(|r| r.dims().iter().product())
    }

    /// The residuals of a sum of squares at a place, and their Jacobian.
    pub fn residuals(&self, x: &[f64]) -> Result<(Vec<f64>, Matrix)> {
        self.count(|c| c.jacobians += 1);
        let Some(r) = self.compiled.residuals() else {
            let m = "the loss is no sum of squares, as `sum(r**2)`; levenberg-marquardt needs one";
            return Err(Error::new(ErrorKind::Argument, m));
        };
        let Compiled { variable, jacobian: plan, .. } = &*self.compiled;
        let plan = plan.get(|| Plan::new(&[r, &jacobian(r, variable)], &[variable]))?;
        let outs = plan.run(&[&self.pack(x)?])?;
        let [r, j] = outs.as_slice() else { return Err(nothing()) };
        Ok((r.to_f64(), Matrix::new(r.len(), self.n, j.to_f64())))
    }

    /// The nearest place within the bounds.
    pub fn project(&self, x: &mut [f64]) {
        if let Some(b) = &self.bounds {
            x.iter_mut().zip(b.lo.iter().zip(&b.hi)).for_each(|(x, (lo, hi))| *x = x.clamp(*lo, *hi));
        }
    }

    /// True of a variable that can move downhill: one at a bound, with the slope leading out, cannot.
    pub fn is_free(&self, at: &Point, i: usize) -> bool {
        let Some(b) = &self.bounds else { return true };
        let (x, g) = (at.x[i], at.gradient[i]);
        !((x <= b.lo[i] && g > 0.0) || (x >= b.hi[i] && g < 0.0) || b.lo[i] == b.hi[i])
    }

    /// The same of all variables.
    pub fn free(&self, at: &Point) -> Vec<bool> {
        (0..self.n).map(|i| self.is_free(at, i)).collect()
    }

    /// The largest entry of the gradient, over variables that can move.
    pub fn gradient_norm(&self, at: &Point) -> f64 {
        let free = at.gradient.iter().enumerate().filter(|(i, _)| self.is_free(at, *i));
        free.fold(0.0, |m, (_, g)| if g.is_nan() { f64::NAN } else { g.abs().max(m) })
    }
}

/// What a formula gives at a place; nothing where it has no value there, as the Cholesky factor of an indefinite matrix.
fn here(outs: Result<Vec<Array>>) -> Result<Option<Vec<Array>>> {
    match outs {
        Err(e) if e.is_singular() || e.is_domain() => Ok(None),
        other => other.map(Some),
    }
}

fn nothing() -> Error {
    Error::new(ErrorKind::Argument, "nothing to evaluate")
}

fn first(mut outs: Vec<Array>) -> Result<Array> {
    outs.pop().ok_or_else(nothing)
}

/// The Euclidean norm, without overflow on the way.
pub(super) fn norm(a: &[f64]) -> f64 {
    size(a.iter().copied())
}

fn size(a: impl Iterator<Item = f64> + Clone) -> f64 {
    let scale = a.clone().fold(0.0f64, |m, v| m.max(v.abs()));
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    scale * a.map(|v| (v / scale).powi(2)).sum::<f64>().sqrt()
}

/// The Euclidean distance, likewise.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    size(a.iter().zip(b).map(|(a, b)| a - b))
}

/// x + t d.
pub(super) fn moved(x: &[f64], t: f64, d: &[f64]) -> Vec<f64> {
    x.iter().zip(d).map(|(x, d)| t.mul_add(*d, *x)).collect()
}
