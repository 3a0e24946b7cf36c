//! From a graph to the plan's own nodes: dead ones dropped, equal ones merged, casts explicit, movements as views.

use std::collections::HashMap;

use super::axes::{axes_last, repeated, shrink};
use super::view::View;
use crate::array::{Array, DType, Format, element_count, loops, memory};
use crate::error::{Error, ErrorKind, Origin, Result};
use crate::graph::evaluate::Task;
use crate::graph::{Attrs, Binary, Compare, Kernel, Lanes, Meta, Promote, Reduce, Tensor, Test, Unary, topological};

/// Values of at most this many elements live in the registers of the tape.
pub const TINY: usize = 16;

/// What an elementwise node computes.
#[derive(Clone, Copy)]
pub enum Map {
    Unary(&'static Unary),
    Binary(&'static Binary),
    Compare(&'static Compare),
    Test(&'static Test),
    Select,
    /// To the dtype of the node's value.
    Cast,
    /// Rounds f32 to a narrower format.
    Round(Format),
    /// Brings a view into row-major order.
    Copy,
    /// A reduction in blocks over so many copies of every element.
    Repeat(&'static Reduce, usize),
}

/// What a node does.
pub enum Kind {
    /// The data of a replaceable leaf.
    Input(usize),
    /// Data that never changes.
    Data(Array),
    /// Elementwise.
    Map(Map),
    /// A reduction over contiguous lanes of this length.
    Reduce(&'static Reduce, usize),
    /// A function of contiguous lanes of this length.
    Lanes(&'static Lanes, usize),
    /// Copies of elements and zeros at fixed places.
    Move,
    /// Whatever its kernel does.
    Other,
}

/// One step of the computation.
pub struct Node {
    pub kind: Kind,
    pub inputs: Vec<View>,
    /// The first of its values; the others follow.
    pub out: usize,
    pub outs: usize,
    /// What it does by itself, where loops and tape do not know it.
    pub task: Option<Task>,
    /// The op that it comes from.
    pub op: &'static str,
    /// Where that was written.
    pub origin: Origin,
}

/// One output of a node, row-major and without gaps.
#[derive(Clone, Copy)]
pub struct Value {
    pub len: usize,
    pub dtype: DType,
    pub node: usize,
}

/// A graph in the plan's own terms, inputs before what uses them.
#[derive(Default)]
pub struct Lowered {
    pub nodes: Vec<Node>,
    pub values: Vec<Value>,
    pub outputs: Vec<View>,
}

/// What makes two nodes equal.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    op: usize,
    attrs: Attrs,
    dtype: DType,
    inputs: Vec<View>,
}

struct Lowerer {
    done: Lowered,
    views: HashMap<u64, Vec<View>>,
    equal: HashMap<Key, Vec<View>>,
    casts: HashMap<(usize, DType), usize>,
}

/// Lowers what `outputs` need; the data of `inputs` (ids of nodes, in order) may change later.
pub fn lower(outputs: &[&Tensor], inputs: &HashMap<u64, usize>) -> Result<Lowered> {
    let mut l =
        Lowerer { done: Lowered::default(), views: HashMap::new(), equal: HashMap::new(), casts: HashMap::new() };
    for t in outputs {
        t.meta()?;
    }
    let mut largest = 0;
    for t in topological(outputs, |_| true) {
        // What op by op would refuse is refused here too, also where a loop would never store it.
        for m in t.node().outs().iter().flatten() {
            let bytes = element_count(&m.shape).map_err(|e| e.at(t.origin()))?.saturating_mul(m.dtype.storage_bytes());
            if bytes > largest {
                memory::check(bytes, t.op().name).map_err(|e| e.at(t.origin()))?;
                largest = bytes;
            }
        }
        let views = l.node(&t, inputs).map_err(|e| e.at(t.origin()))?;
        l.views.insert(t.node().id(), views);
    }
    l.done.outputs = outputs.iter().map(|t| l.fetch(t)).collect::<Result<_>>()?;
    Ok(l.done)
}

impl Lowerer {
    fn fetch(&self, t: &Tensor) -> Result<View> {
        let view = self.views.get(&t.node().id()).and_then(|v| v.get(t.output()));
        view.cloned().ok_or_else(|| Error::new(ErrorKind::Argument, format!("`{}` has no value", t.op().name)))
    }

    /// The views of a node's outputs.
    fn node(&mut self, t: &Tensor, inputs: &HashMap<u64, usize>) -> Result<Vec<View>> {
        let node = t.node();
        let outs = node.outs().as_ref().map_err(Clone::clone)?;
        let Some(out) = outs.first() else { return Ok(vec![]) };
        if let Some(&k) = inputs.get(&node.id()) {
            return Ok(vec![self.push(Kind::Input(k), vec![], out, t)]);
        }
        if let Attrs::Data(a) = node.attrs() {
            return Ok(vec![self.push(Kind::Data(a.to_contiguous()), vec![], out, t)]);
        }
        let views = node.inputs().iter().map(|i| self.fetch(i)).collect::<Result<Vec<_>>>()?;
        let key = Key {
            op: std::ptr::from_ref(node.op()) as usize,
            attrs: node.attrs().clone(),
            dtype: out.dtype,
            inputs: views.clone(),
        };
        if let Some(known) = self.equal.get(&key) {
            return Ok(known.clone());
        }
        let made = match self.plain(t, &views, out)? {
            Some(view) => vec![view],
            None => {
                let made = self.other(t, views, outs);
                self.attach(t)?;
                made
            }
        };
        self.equal.insert(key, made.clone());
        Ok(made)
    }

    /// Lowers what loops can fuse, and what is a view; `None` for the rest.
    fn plain(&mut self, t: &Tensor, views: &[View], out: &Meta) -> Result<Option<View>> {
        let node = t.node();
        if let Kernel::Leaf = node.op().kernel {
            let value = crate::graph::evaluate(&[t], &mut vec![])?.pop();
            return Ok(value.map(|a| self.push(Kind::Data(a), vec![], out, t)));
        }
        let empty = out.shape.contains(&0) || views.iter().any(|v| v.len() == 0);
        let Some(x) = views.first().filter(|_| !empty) else { return Ok(None) };
        Ok(match &node.op().kernel {
            Kernel::Same => Some(match x.reshape(&out.shape) {
                Some(view) => view,
                None => self.copy(x, t).reshape(&out.shape).unwrap_or_else(|| x.clone()),
            }),
            Kernel::View(f) => {
                // The kernel looks at strides only, so it may be shown an array without elements.
                let nothing = Array::from_vec(Vec::<bool>::new(), &[0])?;
                let seen = nothing.with_view(x.shape.clone(), x.strides.clone(), x.offset);
                let moved = f(&seen, node.attrs(), out)?;
                let (shape, strides) = (moved.shape().to_vec(), moved.strides().to_vec());
                Some(View { base: x.base, shape, strides, offset: moved.offset() })
            }
            Kernel::Cast => self.cast(x, out.dtype, t),
            Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Compare(_) | Kernel::Test(_) | Kernel::Select => {
                self.map(t, views, out)?
            }
            Kernel::Reduce(k) => self.reduce(k, t, x, out)?,
            Kernel::Lanes(k) => self.lanes(k, t, x, out)?,
            Kernel::Move(_) => self.movement(t, views, out)?,
            Kernel::Leaf | Kernel::Custom(_) | Kernel::Field(_) => None,
        })
    }

    /// A node that runs by itself, on arrays.
    fn other(&mut self, t: &Tensor, views: Vec<View>, outs: &[Meta]) -> Vec<View> {
        let first = self.done.values.len();
        let node = self.done.nodes.len();
        let value = |m: &Meta| Value { len: m.shape.iter().product(), dtype: m.dtype, node };
        self.done.values.extend(outs.iter().map(value));
        self.done.nodes.push(Node {
            kind: Kind::Other,
            inputs: views,
            out: first,
            outs: outs.len(),
            task: None,
            op: t.op().name,
            origin: t.origin(),
        });
        outs.iter().enumerate().map(|(k, m)| View::whole(first + k, &m.shape)).collect()
    }

    /// Lets the last node know what it does by itself.
    fn attach(&mut self, t: &Tensor) -> Result<()> {
        let task = Task::of(t.node())?;
        if let Some(node) = self.done.nodes.last_mut() {
            node.task = Some(task);
        }
        Ok(())
    }

    /// Adds a node with one value.
    fn push(&mut self, kind: Kind, inputs: Vec<View>, out: &Meta, t: &Tensor) -> View {
        let view = self.other(t, inputs, std::slice::from_ref(out)).remove(0);
        if let Some(node) = self.done.nodes.last_mut() {
            node.kind = kind;
        }
        view
    }

    /// The elements of a view in row-major order.
    fn copy(&mut self, x: &View, t: &Tensor) -> View {
        let dtype = self.done.values[x.base].dtype;
        if x.is_whole(self.done.values[x.base].len) {
            return View::whole(x.base, &x.shape);
        }
        self.push(Kind::Map(Map::Copy), vec![x.clone()], &Meta::new(dtype, x.shape.clone()), t)
    }

    /// A view in another dtype, or `None` where loops do not know the cast.
    fn cast(&mut self, x: &View, to: DType, t: &Tensor) -> Option<View> {
        let value = self.done.values[x.base];
        let from = value.dtype;
        if from == to {
            return Some(x.clone());
        }
        if let Some(&base) = self.casts.get(&(x.base, to)) {
            return Some(View { base, ..x.clone() });
        }
        let base = if let (Kind::Data(a), true) = (&self.done.nodes[value.node].kind, value.len <= TINY) {
            let a = a.cast(to).ok()?;
            let meta = Meta::new(to, a.shape().to_vec());
            self.push(Kind::Data(a), vec![], &meta, t).base
        } else {
            let narrow = matches!(to, DType::F16 | DType::BF16);
            let known = matches!(from.storage(), DType::Bool | DType::I64 | DType::F32 | DType::F64)
                && matches!(to.storage(), DType::Bool | DType::F32 | DType::F64)
                && !(from == DType::I64 && narrow);
            if !known {
                return None;
            }
            if value.len > x.len() {
                // A small part of something large is cast alone.
                let meta = Meta::new(to, x.shape.clone());
                return Some(self.push(Kind::Map(Map::Cast), vec![x.clone()], &meta, t));
            }
            let meta = Meta::new(to, vec![value.len]);
            self.push(Kind::Map(Map::Cast), vec![View::whole(x.base, &[value.len])], &meta, t).base
        };
        self.casts.insert((x.base, to), base);
        Some(View { base, ..x.clone() })
    }

    /// The inputs in the dtypes in which the kernel takes them, or `None` where loops do not know a cast.
    fn promoted(&mut self, t: &Tensor, views: &[View]) -> Result<Option<(Vec<View>, DType)>> {
        let metas = t.node().inputs().iter().map(Tensor::meta).collect::<Result<Vec<_>>>()?;
        let dtype = t.op().promote.meet(&metas).0;
        let first = match t.op().promote {
            Promote::Keep => return Ok(Some((views.to_vec(), metas.first().map_or(dtype, |m| m.dtype)))),
            Promote::From(k) => k,
            _ => 0,
        };
        let cast = |(i, v): (usize, &View)| if i < first { Some(v.clone()) } else { self.cast(v, dtype, t) };
        Ok(views.iter().enumerate().map(cast).collect::<Option<Vec<_>>>().map(|views| (views, dtype)))
    }

    /// An elementwise node.
    fn map(&mut self, t: &Tensor, views: &[View], out: &Meta) -> Result<Option<View>> {
        let Some((mut views, dtype)) = self.promoted(t, views)? else { return Ok(None) };
        let float = matches!(dtype.storage(), DType::F32 | DType::F64);
        let map = match &t.op().kernel {
            Kernel::Unary(k) if float => Map::Unary(k),
            Kernel::Binary(k) if float => Map::Binary(k),
            Kernel::Compare(k) if float || matches!(dtype, DType::I64 | DType::Bool) => Map::Compare(k),
            Kernel::Test(k) if float || dtype == DType::Bool => Map::Test(k),
            Kernel::Select if !dtype.is_complex() => {
                let Some(c) = views.first().cloned().and_then(|c| self.cast(&c, DType::Bool, t)) else {
                    return Ok(None);
                };
                views[0] = c;
                Map::Select
            }
            _ => return Ok(None),
        };
        let views: Vec<View> = views.iter().map(|v| v.broadcast_to(&out.shape)).collect();
        if let Some(x) = self.unchanged(&map, &views, out) {
            return Ok(Some(x));
        }
        // Along axes on which no operand changes, one computation does for all.
        let (views, small) = shrink(views, out);
        let y = match self.folded(t, &views, &small)? {
            Some(y) => y,
            None => {
                let y = self.push(Kind::Map(map), views, &small, t);
                if let Map::Unary(_) | Map::Binary(_) = map { self.rounded(y, &small, t) } else { y }
            }
        };
        Ok(Some(y.broadcast_to(&out.shape)))
    }

    /// The operand that an instruction leaves as it is, because the other one is its neutral number.
    fn unchanged(&self, map: &Map, views: &[View], out: &Meta) -> Option<View> {
        let (Map::Binary(k), [a, b]) = (map, views) else { return None };
        let (op, narrow) = (k.instruction?, matches!(out.dtype, DType::F16 | DType::BF16));
        let neutral = |v: &View| {
            let known = self.data(v.base).filter(|_| v.runs().iter().all(|(_, step)| *step == 0));
            known.and_then(|a| a.iter_f64().nth(v.offset)) == op.neutral()
        };
        op.neutral().filter(|_| !narrow)?;
        if neutral(b) {
            return Some(a.clone());
        }
        (op.commutes() && neutral(a)).then(|| b.clone())
    }

    /// The data of a value that never changes.
    fn data(&self, value: usize) -> Option<&Array> {
        match &self.done.nodes[self.done.values[value].node].kind {
            Kind::Data(a) => Some(a),
            _ => None,
        }
    }

    /// The value of a small node over data that never change.
    fn folded(&mut self, t: &Tensor, views: &[View], out: &Meta) -> Result<Option<View>> {
        if out.shape.iter().product::<usize>() > TINY {
            return Ok(None);
        }
        let inputs = views.iter().map(|v| Some(v.of(self.data(v.base)?))).collect::<Option<Vec<_>>>();
        let Some(inputs) = inputs else { return Ok(None) };
        let task = Task { outs: vec![out.clone()], ..Task::of(t.node())? };
        let value = task.run(&inputs, &mut vec![])?.pop();
        Ok(value.map(|a| self.push(Kind::Data(a.to_contiguous()), vec![], out, t)))
    }

    /// A value computed in f32, rounded to the dtype of the output if that is narrower.
    fn rounded(&mut self, y: View, out: &Meta, t: &Tensor) -> View {
        let format = match out.dtype {
            DType::F16 => Format::F16,
            DType::BF16 => Format::BF16,
            _ => return y,
        };
        self.push(Kind::Map(Map::Round(format)), vec![y], out, t)
    }

    /// A reduction whose lanes are contiguous.
    fn reduce(&mut self, k: &'static Reduce, t: &Tensor, x: &View, out: &Meta) -> Result<Option<View>> {
        let Some((views, dtype)) = self.promoted(t, std::slice::from_ref(x))? else { return Ok(None) };
        let rank = x.shape.len() as isize;
        let axes: Vec<usize> = t.node().attrs().axes().iter().map(|a| (rank + a) as usize).collect();
        let (n, inner, in_place) = loops::lane_shape(&x.shape, &axes);
        if inner != 1 || !matches!(dtype.storage(), DType::F32 | DType::F64) {
            return Ok(None);
        }
        let x = if in_place { views[0].clone() } else { views[0].permute(&axes_last(rank as usize, &axes)) };
        let y = match repeated(k, &x, n, out) {
            Some((x, small)) => {
                let y = self.push(Kind::Map(Map::Repeat(k, n)), vec![x], &small, t);
                self.rounded(y, &small, t).broadcast_to(&out.shape)
            }
            None => {
                let x = self.copy(&x, t);
                let y = self.push(Kind::Reduce(k, n), vec![x], out, t);
                self.rounded(y, out, t)
            }
        };
        Ok(Some(y))
    }

    /// A function of lanes, which are made contiguous.
    fn lanes(&mut self, k: &'static Lanes, t: &Tensor, x: &View, out: &Meta) -> Result<Option<View>> {
        let Some((views, dtype)) = self.promoted(t, std::slice::from_ref(x))? else { return Ok(None) };
        if !matches!(dtype.storage(), DType::F32 | DType::F64) {
            return Ok(None);
        }
        let rank = x.shape.len();
        let axes: Vec<usize> = t.node().attrs().axes().iter().map(|a| (rank as isize + a) as usize).collect();
        let n = axes.iter().map(|&a| x.shape[a]).product();
        let order = axes_last(rank, &axes);
        let x = self.copy(&views[0].permute(&order), t);
        let meta = Meta::new(out.dtype, x.shape.clone());
        let y = self.push(Kind::Lanes(k, n), vec![x], &meta, t);
        let y = self.rounded(y, &meta, t);
        let mut back = vec![0; rank];
        order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
        Ok(Some(y.permute(&back)))
    }

    /// Copies of a few elements, which the tape does by naming registers.
    fn movement(&mut self, t: &Tensor, views: &[View], out: &Meta) -> Result<Option<View>> {
        let few = |v: &View| self.done.values[v.base].len <= TINY;
        if out.shape.iter().product::<usize>() > TINY || !views.iter().all(few) {
            return Ok(None);
        }
        let Some((views, dtype)) = self.promoted(t, views)? else { return Ok(None) };
        if dtype != out.dtype || !matches!(dtype, DType::F32 | DType::F64 | DType::Bool) {
            return Ok(None);
        }
        let y = self.push(Kind::Move, views, out, t);
        self.attach(t)?;
        Ok(Some(y))
    }
}
