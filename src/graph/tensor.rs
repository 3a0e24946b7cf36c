//! `Tensor` and its node: an immutable, shared formula whose leaves hold data.

use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::op::Kernel;
use super::{Attrs, Meta, Op, origin};
use crate::array::{Array, DType};
use crate::error::{Error, Origin, Result};

/// A formula: one output of a node of an immutable, shared, lazily built graph.
///
/// Building never computes, never fails and never panics; cloning copies a pointer. Identity is the node, never its
/// structure: two leaves with equal data are two leaves.
#[derive(Clone)]
pub struct Tensor {
    node: Arc<Node>,
    output: usize,
}

/// One operation applied to its inputs.
pub struct Node {
    id: u64,
    op: &'static Op,
    attrs: Attrs,
    inputs: Vec<Tensor>,
    outs: Result<Vec<Meta>>,
    origin: Origin,
    label: OnceLock<Arc<str>>,
}

/// Ids grow, so the inputs of a node have smaller ids than the node: sorting by id is a topological order.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Node {
    /// A number that is larger than those of all its inputs.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The row of its operation.
    pub fn op(&self) -> &'static Op {
        self.op
    }

    /// What it knows besides its inputs.
    pub fn attrs(&self) -> &Attrs {
        &self.attrs
    }

    /// The inputs.
    pub fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    /// Dtype and shape of every output, or why the node is poisoned.
    pub fn outs(&self) -> &Result<Vec<Meta>> {
        &self.outs
    }

    /// Where it was written.
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

impl Drop for Node {
    /// Takes the graph below apart in a loop: a chain of 200 000 nodes must not overflow the stack.
    fn drop(&mut self) {
        let mut pending: Vec<Arc<Node>> = self.inputs.drain(..).map(|t| t.node).collect();
        while let Some(node) = pending.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                pending.extend(node.inputs.drain(..).map(|t| t.node));
            }
        }
    }
}

impl Tensor {
    /// A node of `op`; folds arithmetic on constants that have met no data, as Python does before NumPy sees them.
    #[track_caller]
    pub(super) fn build(op: &'static Op, inputs: &[&Tensor], attrs: Attrs) -> Tensor {
        let origin = origin::current(Location::caller());
        let outs = Tensor::infer(op, inputs, &attrs).map_err(|e| e.at(origin));
        let inputs = inputs.iter().map(|&t| t.clone()).collect();
        let node = Node {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            op,
            attrs,
            inputs,
            outs,
            origin,
            label: OnceLock::new(),
        };
        let tensor = Tensor { node: Arc::new(node), output: 0 };
        tensor.fold_constant().unwrap_or(tensor)
    }

    /// Dtypes and shapes of the outputs, or the first reason why there are none.
    fn infer(op: &'static Op, inputs: &[&Tensor], attrs: &Attrs) -> Result<Vec<Meta>> {
        let metas = inputs.iter().map(|t| t.meta()).collect::<Result<Vec<_>>>()?;
        op.check_arity(inputs.len())?;
        op.check_complex(&metas)?;
        attrs.check(op.name)?;
        (op.shape)(&metas, attrs).map_err(|e| if e.message().is_empty() { op.misfit(&metas) } else { e })
    }

    /// The constant that arithmetic on weak constants comes to, if it is finite.
    fn fold_constant(&self) -> Option<Tensor> {
        let meta = self.meta().ok()?;
        if !meta.weak || !self.node.op.is_elementwise() || !self.node.inputs.iter().all(|t| t.constant().is_some()) {
            return None;
        }
        let value = super::evaluate(&[self], &mut vec![]).ok()?.pop()?;
        let attrs = match value.dtype() {
            DType::I64 => Attrs::Int(*value.as_slice::<i64>()?.first()?),
            _ => Attrs::Scalar(*value.to_f64().first()?),
        };
        let value = attrs.constant()?;
        let finite = value.is_finite() && !self.node.op.is_worn(value);
        let leaf = self.node.inputs.first()?.node.op;
        finite.then(|| {
            let outs = Ok(vec![meta.clone()]);
            let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
            let node =
                Node { id, op: leaf, attrs, inputs: vec![], outs, origin: self.node.origin, label: OnceLock::new() };
            Tensor { node: Arc::new(node), output: 0 }
        })
    }

    /// A poisoned tensor: whatever asks for its shape or value gets this error.
    pub(crate) fn poison(op: &'static Op, error: Error, inputs: &[&Tensor]) -> Tensor {
        let inputs = inputs.iter().map(|&t| t.clone()).collect();
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let error = origin::given().map_or(error.clone(), |o| error.at(o));
        let origin = error.origin();
        let node = Node { id, op, attrs: Attrs::None, inputs, outs: Err(error), origin, label: OnceLock::new() };
        Tensor { node: Arc::new(node), output: 0 }
    }

    /// The node behind this tensor.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Which output of the node it is.
    pub fn output(&self) -> usize {
        self.output
    }

    /// Another output of the same node.
    pub fn sibling(&self, output: usize) -> Tensor {
        Tensor { node: self.node.clone(), output }
    }

    /// The row of its operation.
    pub fn op(&self) -> &'static Op {
        self.node.op
    }

    /// A pair that is equal for two tensors exactly if they are the same output of the same node.
    pub fn key(&self) -> (u64, usize) {
        (self.node.id, self.output)
    }

    /// Dtype and shape, or why the tensor is poisoned.
    pub fn meta(&self) -> Result<&Meta> {
        match &self.node.outs {
            Ok(outs) => outs.get(self.output).ok_or_else(|| {
                Error::new(crate::ErrorKind::Argument, format!("`{}` has {} outputs", self.node.op.name, outs.len()))
            }),
            Err(e) => Err(e.clone()),
        }
    }

    /// The shape.
    pub fn shape(&self) -> Result<&[usize]> {
        Ok(&self.meta()?.shape)
    }

    /// The dtype.
    pub fn dtype(&self) -> Result<DType> {
        Ok(self.meta()?.dtype)
    }

    /// The shape, or that of a scalar for a poisoned tensor: for builders, which must not fail.
    pub(crate) fn dims(&self) -> &[usize] {
        self.shape().unwrap_or(&[])
    }

    /// The number of axes, 0 for a poisoned tensor.
    pub(crate) fn rank(&self) -> usize {
        self.dims().len()
    }

    /// The constant that this node is, if it is one that has met no data.
    pub fn constant(&self) -> Option<f64> {
        self.node.attrs.constant().filter(|_| self.node.inputs.is_empty() && matches!(self.op().kernel, Kernel::Leaf))
    }

    /// The data of a leaf.
    pub fn data(&self) -> Option<&Array> {
        match &self.node.attrs {
            Attrs::Data(a) => Some(a),
            _ => None,
        }
    }

    /// Where it was written.
    pub fn origin(&self) -> Origin {
        self.node.origin
    }

    /// The same tensor, printed under this name from now on; a node keeps the first name it is given.
    ///
    /// ```
    /// let x = gradus::Tensor::from([1.0, 2.0]).named("x");
    /// assert_eq!((x.exp() + 1).to_string(), "exp(x) + 1");
    /// ```
    pub fn named(self, name: &str) -> Tensor {
        self.node.label.get_or_init(|| Arc::from(name));
        self
    }

    /// The name that the node was given, if any; it plays no part in identity, evaluation or derivatives.
    pub fn label(&self) -> Option<&str> {
        self.node.label.get().map(|name| &**name)
    }
}

impl std::fmt::Debug for Tensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tensor({}#{}", self.op().name, self.node.id)?;
        match self.meta() {
            Ok(m) => write!(f, ", {}{:?})", m.dtype, m.shape),
            Err(e) => write!(f, ", {e})"),
        }
    }
}
