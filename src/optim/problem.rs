//! A loss as a function of one long vector: values, exact derivatives, bounds, and how often each was asked for.

use std::cell::{Cell, OnceCell};

use super::residuals::residuals_of;
use crate::array::display_shape;
use crate::array::matrix::Matrix;
pub(super) use crate::array::matrix::dot;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::topological;
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

/// A plan that is made when it is first needed.
type Lazy = OnceCell<Result<Plan>>;

/// The loss over all variables in one vector.
pub(super) struct Problem {
    /// The number of variables.
    pub n: usize,
    /// Lower and upper ends, where there are some.
    pub bounds: Option<Bounds>,
    loss: Tensor,
    leaves: Vec<Tensor>,
    /// The loss in the one variable.
    flat: Tensor,
    variable: Tensor,
    value: Lazy,
    slope: Lazy,
    hessian: Lazy,
    product: Lazy,
    residuals: OnceCell<Option<Tensor>>,
    jacobian: Lazy,
    counts: Cell<Counts>,
}

impl Problem {
    /// The loss in these leaves; errors where it is no number, or does not depend on one of them.
    pub fn new(loss: &Tensor, leaves: &[&Tensor]) -> Result<Problem> {
        check(loss, leaves)?;
        let leaves: Vec<Tensor> = leaves.iter().map(|&t| t.clone()).collect();
        let sizes: Vec<usize> = leaves.iter().map(|t| t.dims().iter().product()).collect();
        let n = sizes.iter().sum();
        let alone = leaves.len() == 1 && leaves[0].dtype()? == DType::F64;
        let (variable, flat) = if alone {
            (leaves[0].clone(), loss.clone())
        } else {
            let variable = Tensor::new(Array::zeros(&[n], DType::F64)?);
            let mut at = 0i64;
            let mut replaced = vec![];
            for (leaf, &size) in leaves.iter().zip(&sizes) {
                let shape: Vec<isize> = leaf.dims().iter().map(|&d| d as isize).collect();
                let part = variable.slice(0, Some(at), Some(at + size as i64), 1).reshape(&shape);
                replaced.push((leaf.clone(), part.cast(leaf.dtype()?)));
                at += size as i64;
            }
            (variable, substitute(loss, &replaced))
        };
        flat.meta()?;
        Ok(Problem {
            n,
            bounds: None,
            loss: loss.clone(),
            leaves,
            flat,
            variable,
            value: Lazy::new(),
            slope: Lazy::new(),
            hessian: Lazy::new(),
            product: Lazy::new(),
            residuals: OnceCell::new(),
            jacobian: Lazy::new(),
            counts: Cell::default(),
        })
    }

    /// The data of the leaves, one after the other.
    pub fn start(&self) -> Vec<f64> {
        self.leaves.iter().filter_map(Tensor::data).flat_map(Array::to_f64).collect()
    }

    /// The values of the leaves at a place, in their shapes and dtypes.
    pub fn unpack(&self, x: &[f64]) -> Result<Vec<Array>> {
        let mut rest = x;
        let mut arrays = vec![];
        for leaf in &self.leaves {
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
        let replaced: Vec<(Tensor, Tensor)> = self.leaves.iter().zip(data).map(new).collect();
        let loss = substitute(&self.loss, &replaced);
        let gradients = replaced.iter().map(|(_, x)| grad(&loss, x));
        Ok(std::iter::once(loss.clone()).chain(gradients).collect())
    }

    /// The names of the leaves, or `x0`, `x1`, … for those without.
    pub fn names(&self) -> Vec<String> {
        let name = |(i, t): (usize, &Tensor)| t.label().map_or_else(|| format!("x{i}"), str::to_string);
        self.leaves.iter().enumerate().map(name).collect()
    }

    /// The rounding unit of the loss, or of a leaf that is coarser.
    pub fn eps(&self) -> f64 {
        let of = |t: &Tensor| t.dtype().ok().and_then(|d| d.to_float().format()).map_or(f64::EPSILON, |f| f.eps());
        self.leaves.iter().chain([&self.loss]).map(of).fold(f64::EPSILON, f64::max)
    }

    /// What rounding can do to a value of this size.
    pub fn noise(&self, value: f64) -> f64 {
        8.0 * self.eps() * value.abs()
    }

    /// The loss in the one variable, and that variable.
    pub fn formula(&self) -> (&Tensor, &Tensor) {
        (&self.flat, &self.variable)
    }

    fn pack(&self, x: &[f64]) -> Result<Array> {
        Array::from_vec(x.to_vec(), self.variable.dims())
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
        let plan = self.value.get_or_init(|| Plan::new(&[&self.flat], &[&self.variable]));
        match here(plan.as_ref().map_err(Clone::clone)?.run(&[&self.pack(x)?]))? {
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
        let make = || Plan::new(&[&self.flat, &grad(&self.flat, &self.variable)], &[&self.variable]);
        let plan = self.slope.get_or_init(make).as_ref().map_err(Clone::clone)?;
        let Some(outs) = here(plan.run(&[&self.pack(&x)?]))? else {
            let gradient = vec![f64::NAN; x.len()];
            return Ok(Point { x, value: f64::NAN, gradient });
        };
        let [value, gradient] = outs.as_slice() else { return Err(nothing()) };
        Ok(Point { x, value: value.item()?, gradient: gradient.to_f64() })
    }

    /// The Hessian at a place.
    pub fn hessian(&self, x: &[f64]) -> Result<Matrix> {
        self.count(|c| c.hessians += 1);
        let make = || Plan::new(&[&hessian(&self.flat, &self.variable)], &[&self.variable]);
        let plan = self.hessian.get_or_init(make).as_ref().map_err(Clone::clone)?;
        let h = first(plan.run(&[&self.pack(x)?])?)?.to_f64();
        let n = self.n;
        // What rounding leaves between the two halves is shared by both.
        Ok(Matrix::from_fn(n, n, |i, j| 0.5 * (h[i * n + j] + h[j * n + i])))
    }

    /// The Hessian at a place times a vector.
    pub fn product(&self, x: &[f64], v: &[f64]) -> Result<Vec<f64>> {
        self.count(|c| c.products += 1);
        let make = || {
            let along = Tensor::new(Array::zeros(self.variable.dims(), DType::F64)?);
            Plan::new(&[&hvp(&self.flat, &self.variable, &along)], &[&self.variable, &along])
        };
        let plan = self.product.get_or_init(make).as_ref().map_err(Clone::clone)?;
        Ok(first(plan.run(&[&self.pack(x)?, &self.pack(v)?])?)?.to_f64())
    }

    /// How many residuals there are, if the loss is a sum of squares.
    pub fn residual_count(&self) -> Option<usize> {
        self.residual_formula().map(|r| r.dims().iter().product())
    }

    fn residual_formula(&self) -> Option<&Tensor> {
        self.residuals.get_or_init(|| residuals_of(&self.flat)).as_ref()
    }

    /// The residuals of a sum of squares at a place, and their Jacobian.
    pub fn residuals(&self, x: &[f64]) -> Result<(Vec<f64>, Matrix)> {
        self.count(|c| c.jacobians += 1);
        let Some(r) = self.residual_formula() else {
            let m = "the loss is no sum of squares, as `sum(r**2)`; levenberg-marquardt needs one";
            return Err(Error::new(ErrorKind::Argument, m));
        };
        let make = || Plan::new(&[r, &jacobian(r, &self.variable)], &[&self.variable]);
        let plan = self.jacobian.get_or_init(make).as_ref().map_err(Clone::clone)?;
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

    /// True for variables that can move downhill: those at a bound, with the slope leading out, cannot.
    pub fn free(&self, at: &Point) -> Vec<bool> {
        let Some(b) = &self.bounds else { return vec![true; self.n] };
        let held = |i: usize| {
            let (x, g) = (at.x[i], at.gradient[i]);
            (x <= b.lo[i] && g > 0.0) || (x >= b.hi[i] && g < 0.0) || b.lo[i] == b.hi[i]
        };
        (0..self.n).map(|i| !held(i)).collect()
    }

    /// The largest entry of the gradient, over variables that can move.
    pub fn gradient_norm(&self, at: &Point) -> f64 {
        let free = self.free(at);
        at.gradient
            .iter()
            .zip(free)
            .filter(|(_, f)| *f)
            .fold(0.0, |m, (g, _)| if g.is_nan() { f64::NAN } else { g.abs().max(m) })
    }
}

/// What a problem must be: a number that depends on leaves of floats, each named once.
fn check(loss: &Tensor, leaves: &[&Tensor]) -> Result<()> {
    let shape = loss.shape()?;
    let fail = |kind, m: String, at: &Tensor| Err(Error::new(kind, m).at(at.origin()));
    if !shape.is_empty() {
        let m =
            format!("the loss is an array of shape {}, not one number; sum it or take its mean", display_shape(shape));
        return fail(ErrorKind::Shape, m, loss);
    }
    if !loss.dtype()?.is_float() {
        return fail(ErrorKind::DType, format!("the loss is {}, not a float", loss.dtype()?), loss);
    }
    if leaves.is_empty() {
        return fail(ErrorKind::Argument, "minimize needs at least one leaf to change".into(), loss);
    }
    let below: Vec<(u64, usize)> = topological(&[loss], |_| true).iter().map(Tensor::key).collect();
    for (i, leaf) in leaves.iter().enumerate() {
        let name = leaf.label().map_or_else(|| format!("number {i} of them"), |n| format!("`{n}`"));
        let Some(data) = leaf.data() else {
            return fail(
                ErrorKind::Argument,
                format!("{name} is a formula, not a leaf with data that can be changed"),
                leaf,
            );
        };
        if !data.dtype().is_float() {
            return fail(
                ErrorKind::DType,
                format!("{name} is {}; only floats can be minimised over", data.dtype()),
                leaf,
            );
        }
        if leaves[..i].iter().any(|l| l.key() == leaf.key()) {
            return fail(ErrorKind::Argument, format!("{name} is given twice"), leaf);
        }
        if !below.contains(&leaf.key()) {
            return fail(ErrorKind::Argument, format!("the loss does not depend on {name}"), leaf);
        }
    }
    Ok(())
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
    let scale = a.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    scale * a.iter().map(|v| (v / scale).powi(2)).sum::<f64>().sqrt()
}

/// x + t d.
pub(super) fn moved(x: &[f64], t: f64, d: &[f64]) -> Vec<f64> {
    x.iter().zip(d).map(|(x, d)| t.mul_add(*d, *x)).collect()
}
