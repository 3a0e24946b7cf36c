//! Op-by-op evaluation: the reference that every faster way to evaluate must equal bit for bit.

use std::collections::HashMap;

use super::op::{Call, Kernel, OfComplex, Op, Promote};
use super::{Attrs, Meta, Node, Note, NoteKind, Tensor, topological};
use crate::array::{Array, DType, Format, loops, memory, round_f64_to};
use crate::error::{Error, ErrorKind, Origin, Result};

/// The values of `outputs`, computed op by op; remarks are added to `notes`.
pub fn evaluate(outputs: &[&Tensor], notes: &mut Vec<Note>) -> Result<Vec<Array>> {
    evaluate_nodes(outputs, notes, &mut |_, _, _| {})
}

/// As [`evaluate`], showing every node with its inputs' values and its own to `watch`.
pub fn evaluate_nodes(
    outputs: &[&Tensor],
    notes: &mut Vec<Note>,
    watch: &mut dyn FnMut(&Tensor, &[Array], &[Array]),
) -> Result<Vec<Array>> {
    for t in outputs {
        t.meta()?;
    }
    let order = topological(outputs, |_| true);
    let mut uses: HashMap<u64, usize> = HashMap::new();
    for t in order.iter().flat_map(|t| t.node().inputs()).chain(outputs.iter().copied()) {
        *uses.entry(t.node().id()).or_default() += 1;
    }
    let mut values: HashMap<u64, Vec<Array>> = HashMap::new();
    for t in &order {
        let node = t.node();
        let inputs = node.inputs().iter().map(|i| fetch(&values, i)).collect::<Result<Vec<_>>>()?;
        let outs = Task::of(node).and_then(|task| task.run(&inputs, notes)).map_err(|e| e.at(node.origin()))?;
        watch(t, &inputs, &outs);
        values.insert(node.id(), outs);
        drop(inputs);
        // A value that nothing needs any more gives its memory back.
        for i in node.inputs() {
            let id = i.node().id();
            if let Some(n) = uses.get_mut(&id) {
                *n -= 1;
                if *n == 0 {
                    values.remove(&id);
                }
            }
        }
    }
    outputs.iter().map(|t| fetch(&values, t)).collect()
}

/// The value of one output.
fn fetch(values: &HashMap<u64, Vec<Array>>, t: &Tensor) -> Result<Array> {
    let outs = values.get(&t.node().id()).and_then(|v| v.get(t.output()));
    outs.cloned().ok_or_else(|| Error::new(ErrorKind::Argument, format!("`{}` has no value", t.op().name)))
}

/// What one node does, without the graph below it.
pub(crate) struct Task {
    pub op: &'static Op,
    pub attrs: Attrs,
    pub outs: Vec<Meta>,
    pub origin: Origin,
    /// The dtype in which its inputs meet.
    pub dtype: DType,
}

impl Task {
    /// What a node does.
    pub fn of(node: &Node) -> Result<Task> {
        let metas = node.inputs().iter().map(Tensor::meta).collect::<Result<Vec<_>>>()?;
        Ok(Task {
            op: node.op(),
            attrs: node.attrs().clone(),
            outs: node.outs().clone()?,
            origin: node.origin(),
            dtype: node.op().promote.meet(&metas).0,
        })
    }

    /// The outputs from the values of the inputs.
    pub fn run(&self, inputs: &[Array], notes: &mut Vec<Note>) -> Result<Vec<Array>> {
        let name = self.op.name;
        for m in &self.outs {
            memory::check(crate::array::element_count(&m.shape)?.saturating_mul(m.dtype.storage_bytes()), name)?;
        }
        let inputs = self.promote(inputs)?;
        let values = match &self.op.kernel {
            Kernel::Leaf => vec![self.leaf()?],
            Kernel::Custom(f) | Kernel::Field(f) | Kernel::Move(f) => f(&mut Call {
                name,
                inputs: &inputs,
                attrs: &self.attrs,
                outs: &self.outs,
                origin: self.origin,
                notes,
            })?,
            Kernel::Lanes(k) => vec![self.lanes(k, &inputs, notes)?],
            _ => vec![self.kernel(&inputs)?],
        };
        if values.len() != self.outs.len() {
            return Err(Error::new(ErrorKind::Argument, format!("`{name}` made {} outputs", values.len())));
        }
        values.into_iter().zip(&self.outs).map(|(v, m)| narrow(v, m.dtype)).collect()
    }

    /// The value that a leaf carries.
    fn leaf(&self) -> Result<Array> {
        if let Attrs::Data(a) = &self.attrs {
            return Ok(a.clone());
        }
        let value = self.attrs.constant();
        let dtype = self.outs.first().map(|m| m.dtype);
        match (&self.attrs, value, dtype) {
            (Attrs::Int(n), _, Some(DType::I64)) => Ok(Array::scalar(*n)),
            (_, Some(v), Some(dtype)) => Array::scalar(v).cast(dtype),
            _ => Err(Error::new(ErrorKind::Argument, format!("`{}` carries no value", self.op.name))),
        }
    }

    /// Brings the inputs to the dtype in which they meet.
    fn promote(&self, inputs: &[Array]) -> Result<Vec<Array>> {
        let first = match self.op.promote {
            Promote::Keep => return Ok(inputs.to_vec()),
            Promote::From(k) => k,
            _ => 0,
        };
        let cast = |(i, a): (usize, &Array)| if i < first { Ok(a.clone()) } else { a.cast(self.dtype) };
        inputs.iter().enumerate().map(cast).collect()
    }

    /// Runs an elementwise kernel, a movement that only changes strides, or a reduction.
    fn kernel(&self, inputs: &[Array]) -> Result<Array> {
        let (Some(x), Some(out)) = (inputs.first(), self.outs.first()) else {
            return Err(Error::new(ErrorKind::Argument, format!("`{}` was given no input", self.op.name)));
        };
        let second = || inputs.get(1).ok_or_else(|| Error::new(ErrorKind::Argument, "a second input is missing"));
        let name = self.op.name;
        let value = match (&self.op.kernel, x.dtype().storage()) {
            (Kernel::Unary(k), DType::F64) => loops::unary(k.f64, x),
            (Kernel::Unary(k), DType::F32) => loops::unary(k.f32, x),
            (Kernel::Unary(k), DType::I64) => match k.i64 {
                Some(f) => loops::unary_checked(f, x, name)?,
                None => return Err(wrong_dtype(name, x.dtype())),
            },
            (Kernel::Unary(k), DType::C128) => match k.complex {
                Some(OfComplex::Complex(f)) => loops::unary(f, x),
                Some(OfComplex::Real(f)) => loops::unary(f, x),
                None => return Err(wrong_dtype(name, x.dtype())),
            },
            (Kernel::Binary(k), DType::C128) => match k.complex {
                Some(f) => loops::binary(f, x, second()?, &out.shape)?,
                None => return Err(wrong_dtype(name, x.dtype())),
            },
            (Kernel::Binary(k), DType::F64) => loops::binary(k.f64, x, second()?, &out.shape)?,
            (Kernel::Binary(k), DType::F32) => loops::binary(k.f32, x, second()?, &out.shape)?,
            (Kernel::Binary(k), DType::I64) => match k.i64 {
                Some(f) => loops::binary_checked(f, x, second()?, &out.shape, name)?,
                None => return Err(wrong_dtype(name, x.dtype())),
            },
            (Kernel::Compare(k), DType::F64) => loops::binary(k.f64, x, second()?, &out.shape)?,
            (Kernel::Compare(k), DType::F32) => loops::binary(k.f32, x, second()?, &out.shape)?,
            (Kernel::Compare(k), DType::I64 | DType::Bool) => {
                let (a, b) = (x.cast(DType::I64)?, second()?.cast(DType::I64)?);
                loops::binary(k.i64, &a, &b, &out.shape)?
            }
            (Kernel::Test(k), DType::F64) => loops::test(k.f64, x)?,
            (Kernel::Test(k), DType::F32) => loops::test(k.f32, x)?,
            (Kernel::Test(k), _) => loops::test(k.f64, &x.cast(DType::F64)?)?,
            (Kernel::Select, _) => {
                let third = inputs.get(2).ok_or_else(|| Error::new(ErrorKind::Argument, "a third input is missing"))?;
                Array::choose(&x.cast(DType::Bool)?, second()?, third, &out.shape)?
            }
            (Kernel::Cast, _) => x.cast(out.dtype)?,
            (Kernel::Same, _) => x.reshape(&out.shape)?,
            (Kernel::View(f), _) => f(x, &self.attrs, out)?,
            (Kernel::Reduce(k), storage) => return self.reduce(k, storage, x, out),
            _ => return Err(wrong_dtype(name, x.dtype())),
        };
        Ok(value)
    }

    /// Runs a reduction over the node's axes.
    fn reduce(&self, k: &super::Reduce, storage: DType, x: &Array, out: &Meta) -> Result<Array> {
        let rank = x.rank() as isize;
        let axes: Vec<usize> = self.attrs.axes().iter().map(|a| (rank + a) as usize).collect();
        let lanes = axes.iter().map(|&a| x.shape()[a]).product::<usize>();
        if lanes == 0 {
            let Some(v) = k.empty else {
                return Err(Error::new(ErrorKind::Shape, format!("`{}` of no elements has no value", self.op.name)));
            };
            return Array::scalar(v).cast(out.dtype)?.broadcast_to(&out.shape);
        }
        match storage {
            DType::F64 => loops::reduce(&k.reducer_f64(), x, &axes, &out.shape),
            DType::F32 => loops::reduce(&k.reducer_f32(), x, &axes, &out.shape),
            DType::I64 => match k.i64 {
                Some(f) => loops::reduce_checked(f, x, &axes, &out.shape, self.op.name),
                None => Err(wrong_dtype(self.op.name, x.dtype())),
            },
            DType::C128 if k.parts => {
                let [re, im] = x.parts()?;
                let part = |x: &Array| loops::reduce(&k.reducer_f64(), x, &axes, &out.shape);
                Array::from_parts(&part(&re)?, &part(&im)?)
            }
            _ => Err(wrong_dtype(self.op.name, x.dtype())),
        }
    }

    /// Runs a function of whole lanes in the input's dtype, and leaves its note.
    fn lanes(&self, k: &super::Lanes, inputs: &[Array], notes: &mut Vec<Note>) -> Result<Array> {
        let name = self.op.name;
        let x =
            inputs.first().ok_or_else(|| Error::new(ErrorKind::Argument, format!("`{name}` was given no input")))?;
        let rank = x.rank() as isize;
        let axes: Vec<usize> = self.attrs.axes().iter().map(|a| (rank + a) as usize).collect();
        let (y, noted) = match x.dtype().storage() {
            DType::F32 => loops::along(k.f32, x, &axes)?,
            DType::F64 => loops::along(k.f64, x, &axes)?,
            _ => return Err(wrong_dtype(name, x.dtype())),
        };
        if noted {
            notes.push(k.remark(name, self.origin));
        }
        Ok(y)
    }
}

/// The error for a dtype that an op does not take.
fn wrong_dtype(name: &str, dtype: DType) -> Error {
    Error::new(ErrorKind::DType, format!("`{name}` does not take {dtype}"))
}

/// Gives a value its final dtype: bf16, f16 and c64 are computed in the next wider type and rounded once.
fn narrow(value: Array, dtype: DType) -> Result<Array> {
    if value.dtype() == dtype {
        return Ok(value);
    }
    let format = match dtype {
        DType::BF16 => Format::BF16,
        DType::F16 => Format::F16,
        _ => return value.cast(dtype),
    };
    let rounded: Vec<f32> = value.to_f64().into_iter().map(|v| round_f64_to(v, format) as f32).collect();
    Ok(Array::from_vec(rounded, value.shape())?.relabel(dtype))
}

/// Adds a note for the first op that makes a NaN from inputs without one.
pub fn note_first_nan(outputs: &[&Tensor], notes: &mut Vec<Note>) -> Result<()> {
    let mut found = None;
    evaluate_nodes(outputs, &mut vec![], &mut |t, inputs, outs| {
        if found.is_none()
            && outs.iter().any(Array::has_nan)
            && !inputs.iter().any(Array::has_nan)
            && !inputs.is_empty()
        {
            found = Some(Note {
                kind: NoteKind::Nan,
                op: t.op().name,
                message: "makes a NaN from inputs that have none".into(),
                origin: t.origin(),
            });
        }
    })?;
    notes.extend(found);
    Ok(())
}
