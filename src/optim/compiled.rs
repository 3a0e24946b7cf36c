//! The plans of a loss and its derivatives: made when first asked for, and kept for the next run over the same formula.

use std::sync::{Arc, Mutex, OnceLock};

use super::residuals::residuals_of;
use crate::array::display_shape;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::topological;
use crate::numerics::substitute;
use crate::{Array, DType, Plan, Tensor};

/// How many losses are kept, of how many nodes, and of how many bytes of values in all nodes together.
const KEPT: usize = 16;
const NODES: usize = 4096;
const BYTES: usize = 1 << 20;

/// A plan that is made when it is first needed.
#[derive(Default)]
pub(super) struct Lazy(OnceLock<Result<Plan>>);

impl Lazy {
    /// The plan.
    pub fn get(&self, make: impl FnOnce() -> Result<Plan>) -> Result<&Plan> {
        self.0.get_or_init(make).as_ref().map_err(Clone::clone)
    }
}

/// A loss in its leaves, the same in one variable, and their plans.
pub(super) struct Compiled {
    pub loss: Tensor,
    pub leaves: Vec<Tensor>,
    /// The loss in the one variable.
    pub flat: Tensor,
    pub variable: Tensor,
    pub value: Lazy,
    pub slope: Lazy,
    pub hessian: Lazy,
    pub product: Lazy,
    pub jacobian: Lazy,
    residuals: OnceLock<Option<Tensor>>,
}

/// The losses used last, the latest at the end.
static KNOWN: Mutex<Vec<Arc<Compiled>>> = Mutex::new(vec![]);

impl Compiled {
    /// The loss in these leaves, whatever has been made of it already; errors as [`check`].
    pub fn of(loss: &Tensor, leaves: &[&Tensor]) -> Result<Arc<Compiled>> {
        let same = |c: &Arc<Compiled>| {
            c.loss.key() == loss.key()
                && c.leaves.len() == leaves.len()
                && c.leaves.iter().zip(leaves).all(|(a, b)| a.key() == b.key())
        };
        let known = KNOWN.lock().ok().and_then(|mut all| {
            let at = all.iter().position(same)?;
            let found = all.remove(at);
            all.push(found.clone());
            Some(found)
        });
        if let Some(found) = known.filter(|c| c.is_sound()) {
            return Ok(found);
        }
        let made = Arc::new(Compiled::new(loss, leaves)?);
        if let (true, Ok(mut all)) = (made.is_small(), KNOWN.lock()) {
            all.retain(|c| !same(c));
            if all.len() >= KEPT {
                all.remove(0);
            }
            all.push(made.clone());
        }
        Ok(made)
    }

    fn new(loss: &Tensor, leaves: &[&Tensor]) -> Result<Compiled> {
        check(loss, leaves)?;
        let leaves: Vec<Tensor> = leaves.iter().map(|&t| t.clone()).collect();
        let sizes: Vec<usize> = leaves.iter().map(|t| t.dims().iter().product()).collect();
        let alone = leaves.len() == 1 && leaves[0].dtype()? == DType::F64;
        let (variable, flat) = if alone {
            (leaves[0].clone(), loss.clone())
        } else {
            let variable = Tensor::new(Array::zeros(&[sizes.iter().sum()], DType::F64)?);
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
        let (value, slope, hessian, product, jacobian) = Default::default();
        let residuals = OnceLock::new();
        Ok(Compiled { loss: loss.clone(), leaves, flat, variable, value, slope, hessian, product, jacobian, residuals })
    }

    /// The residuals, if the loss is a sum of squares.
    pub fn residuals(&self) -> Option<&Tensor> {
        self.residuals.get_or_init(|| residuals_of(&self.flat)).as_ref()
    }

    /// True if no plan failed: what failed, as for want of memory, is tried again.
    fn is_sound(&self) -> bool {
        let plans = [&self.value, &self.slope, &self.hessian, &self.product, &self.jacobian];
        !plans.iter().any(|p| matches!(p.0.get(), Some(Err(_))))
    }

    /// True if keeping it costs little.
    fn is_small(&self) -> bool {
        let nodes = topological(&[&self.loss], |_| true);
        let bytes = |t: &Tensor| t.dims().iter().product::<usize>().saturating_mul(8);
        nodes.len() <= NODES && nodes.iter().map(bytes).fold(0, usize::saturating_add) <= BYTES
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
