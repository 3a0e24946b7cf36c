//! Compiles the nodes of one group to a program of fused loops.

use std::collections::HashMap;

use super::chains::{self, instruction};
use super::code::{Between, Code, Dst, Instr, Length, Link, Phase, Program, Scalar, Src, Ty};
use super::lower::{Kind, Lowered, Map, Node};
use super::schedule::{Class, Domain, readable, tile};
use super::view::{Access, View};
use crate::array::arith::Instruction;
use crate::array::sums::Blocks;
use crate::array::{DType, Format};
use crate::graph::{Compare, Reduce, Test};

/// What the compiler knows of a value of the group.
#[derive(Clone, Copy)]
struct Local {
    /// The pass in which it is made; for values per row and functions of lanes, the pass before which they are there.
    phase: usize,
    /// True of one element per row.
    per_row: bool,
    /// True if it must be there as a whole tile.
    kept: bool,
    /// The last node that reads it.
    last: usize,
    place: Option<Dst>,
}

struct Compiler<'a> {
    g: &'a Lowered,
    d: Domain,
    locals: HashMap<usize, Local>,
    program: Program,
    scalars: HashMap<(usize, usize), usize>,
    /// Arrays that are read, by value.
    inputs: HashMap<usize, usize>,
    /// Registers that are free again, by type.
    free: HashMap<Ty, Vec<usize>>,
    /// Values per row that this pass has repeated.
    expanded: HashMap<usize, usize>,
    /// Accumulators by the value of their reduction.
    accs: HashMap<usize, usize>,
    /// Chains by their last node.
    chains: HashMap<usize, Vec<chains::Link>>,
    /// The last node of the chain that a node is part of.
    heads: HashMap<usize, usize>,
    /// How many instructions read a value.
    reads: HashMap<usize, usize>,
    /// Sums of what only they read, by the last node of the chain that makes it.
    sums: HashMap<usize, usize>,
}

/// Compiles `nodes`, in order; `stored` tells which values later steps need as arrays.
pub fn compile(g: &Lowered, classes: &[Class], d: Domain, nodes: &[usize], stored: impl Fn(usize) -> bool) -> Program {
    let program = Program { rows: d.rows, n: d.n, tile: tile(d), ..Program::default() };
    let mut c = Compiler {
        g,
        d,
        locals: HashMap::new(),
        program,
        scalars: HashMap::new(),
        inputs: HashMap::new(),
        free: HashMap::new(),
        expanded: HashMap::new(),
        accs: HashMap::new(),
        chains: HashMap::new(),
        heads: HashMap::new(),
        reads: HashMap::new(),
        sums: HashMap::new(),
    };
    let phases = c.phases(classes, nodes, &stored);
    let mut lists = vec![(vec![], vec![]); phases];
    for &i in nodes {
        let node = &g.nodes[i];
        let local = c.locals[&node.out];
        match &node.kind {
            Kind::Map(_) if !local.per_row => lists[local.phase].1.push(i),
            _ => lists[local.phase].0.push(i),
        }
        // The terms of a reduction are met one pass before its results are there.
        if matches!(&node.kind, Kind::Reduce(k, _) if k.blocks.is_some()) {
            lists[local.phase - 1].1.push(i);
        }
    }
    for (_, pass) in &lists {
        c.find_chains(pass);
    }
    c.last_readers(nodes);
    for (between, pass) in lists {
        let before = between.into_iter().map(|i| c.between(i)).collect();
        c.program.phases.push(Phase { before, ..Phase::default() });
        c.expanded.clear();
        pass.into_iter().for_each(|i| c.pass(i));
    }
    c.program
}

impl Compiler<'_> {
    fn ty(&self, value: usize) -> Ty {
        Ty::of(self.g.values[value].dtype)
    }

    /// Finds the pass of every node, what outlives its pass, and where values go; returns the number of passes.
    fn phases(&mut self, classes: &[Class], nodes: &[usize], stored: &impl Fn(usize) -> bool) -> usize {
        let mut end = 0;
        for &i in nodes {
            let node = &self.g.nodes[i];
            let ready = node.inputs.iter().filter_map(|v| self.locals.get(&v.base)).map(|l| l.phase).max().unwrap_or(0);
            let phase = if matches!(node.kind, Kind::Map(_)) { ready } else { ready + 1 };
            end = end.max(phase);
            let whole =
                matches!(&node.kind, Kind::Lanes(..)) || matches!(&node.kind, Kind::Reduce(k, _) if k.blocks.is_none());
            for v in &node.inputs {
                if let Some(l) = self.locals.get_mut(&v.base) {
                    l.kept |= whole || ready > l.phase;
                    *self.reads.entry(v.base).or_default() += 1;
                }
            }
            let per_row = matches!(classes[i], Class::Row(_));
            let kept = matches!(node.kind, Kind::Lanes(..));
            self.locals.insert(node.out, Local { phase, per_row, kept, last: i, place: None });
        }
        for &i in nodes {
            let value = self.g.nodes[i].out;
            let Some(local) = self.locals.get(&value).copied() else { continue };
            let total = local.per_row && self.d.rows == 1;
            let place = if stored(value) && !total {
                self.program.outs.push(value);
                Some(Dst::Out(self.program.outs.len() - 1))
            } else if local.per_row {
                Some(Dst::Reg(self.new_reg(self.ty(value), Length::Rows)))
            } else if local.kept {
                Some(Dst::Row(self.new_reg(self.ty(value), Length::Tile)))
            } else {
                None
            };
            self.locals.entry(value).and_modify(|l| l.place = place);
        }
        end + 1
    }

    /// Finds the chains of a pass.
    fn find_chains(&mut self, pass: &[usize]) {
        let single = |value: usize| {
            let local = self.locals.get(&value).filter(|l| l.place.is_none() && !l.kept && !l.per_row);
            local.is_some() && self.reads.get(&value) == Some(&1)
        };
        let one = |v: &View| match v.access(self.g.values[v.base].len, self.d.rows, self.d.n) {
            Access::One(_) => true,
            Access::Row => self.program.tile == 1,
            _ => false,
        };
        let found = chains::find(self.g, pass, single, one);
        // A division hides the time of a sum behind it, in one row at a time.
        let g = self.g;
        let divides = |links: &[chains::Link]| links.iter().any(|l| instruction(g, l.node) == Some(Instruction::Div));
        for &i in pass.iter().filter(|_| self.program.tile == 1) {
            let node = &self.g.nodes[i];
            if let (Kind::Reduce(Reduce { blocks: Some(Blocks { plain_sum: true, .. }), .. }, _), [v]) =
                (&node.kind, &node.inputs[..])
                && single(v.base)
                && found.get(&self.g.values[v.base].node).is_some_and(|links| divides(links))
            {
                self.sums.insert(self.g.values[v.base].node, i);
            }
        }
        for (&head, links) in &found {
            links.iter().for_each(|l| _ = self.heads.insert(l.node, head));
        }
        self.chains.extend(found);
    }

    /// Finds the node after which a value is not needed any more.
    fn last_readers(&mut self, nodes: &[usize]) {
        for &i in nodes {
            let reader = self.heads.get(&i).copied().unwrap_or(i);
            for v in &self.g.nodes[i].inputs {
                if let Some(l) = self.locals.get_mut(&v.base) {
                    l.last = l.last.max(reader);
                }
            }
        }
    }

    fn new_reg(&mut self, ty: Ty, length: Length) -> usize {
        self.program.regs.push((ty, length));
        self.program.regs.len() - 1
    }

    /// The index of a value among the arrays that are read.
    fn input(&mut self, value: usize) -> usize {
        let ins = &mut self.program.ins;
        *self.inputs.entry(value).or_insert_with(|| {
            ins.push(value);
            ins.len() - 1
        })
    }

    /// The register filled with one element of a value.
    fn scalar(&mut self, value: usize, at: usize) -> usize {
        if let Some(&reg) = self.scalars.get(&(value, at)) {
            return reg;
        }
        let ty = self.ty(value);
        let reg = self.new_reg(ty, Length::Block);
        self.program.scalars.push(Scalar { value, at, ty, reg });
        self.scalars.insert((value, at), reg);
        reg
    }

    /// Where a local value lies, if it is one that has a place.
    fn place(&self, value: usize) -> Option<Src> {
        match self.locals.get(&value)?.place? {
            Dst::Reg(r) => Some(Src::Reg(r)),
            Dst::Row(r) => Some(Src::Row(r)),
            Dst::Out(k) => Some(Src::Out(k)),
        }
    }

    /// What a node that is no pass over elements does before its pass.
    fn between(&mut self, i: usize) -> Between {
        let node = &self.g.nodes[i];
        let (value, ty) = (node.out, self.ty(node.out));
        let dst = self.locals[&value].place.unwrap_or(Dst::Reg(0));
        match &node.kind {
            Kind::Reduce(k, _) if k.blocks.is_some() => {
                Between::Finish { acc: self.accs.get(&value).copied().unwrap_or(0), ty, dst }
            }
            Kind::Reduce(kernel, _) => Between::Whole { kernel, ty, src: self.lane(&node.inputs[0]), dst },
            Kind::Lanes(kernel, _) => Between::Lanes { kernel, ty, src: self.lane(&node.inputs[0]), dst, node: i },
            _ => {
                let mut src = [Src::None; 3];
                for (s, v) in src.iter_mut().zip(&node.inputs) {
                    *s = self.row_operand(v);
                }
                Between::Rows(Instr { code: self.code(i), dst, src })
            }
        }
    }

    /// The input of a function of lanes: a whole tile.
    fn lane(&mut self, v: &View) -> Src {
        let place = self.place(v.base);
        place.unwrap_or_else(|| Src::In(self.input(v.base)))
    }

    /// An operand of an instruction over values per row.
    fn row_operand(&mut self, v: &View) -> Src {
        let length = self.g.values[v.base].len;
        match (self.place(v.base), v.access(length, 1, self.d.rows)) {
            (Some(place), _) => place,
            (None, Access::One(at)) => Src::Reg(self.scalar(v.base, at)),
            (None, _) => Src::In(self.input(v.base)),
        }
    }

    /// An operand of an instruction over elements; arithmetic takes single values as they are.
    fn operand(&mut self, v: &View, arithmetic: bool) -> Src {
        let one = |reg| if arithmetic { Src::One(reg) } else { Src::Reg(reg) };
        let length = self.g.values[v.base].len;
        let per_row = self.locals.get(&v.base).is_some_and(|l| l.per_row);
        match (self.place(v.base), v.access(length, self.d.rows, self.d.n)) {
            (Some(place), _) if !per_row => place,
            (None, Access::One(at)) => one(self.scalar(v.base, at)),
            (None, Access::Column) => Src::Column(self.input(v.base)),
            (Some(Src::Reg(reg)), Access::Row) if arithmetic && self.program.tile == 1 => Src::One(reg),
            (place, Access::Row | Access::One(_)) => {
                let reg = self.expand(v.base, place);
                if self.program.tile == 1 { one(reg) } else { Src::Reg(reg) }
            }
            (_, _) => Src::In(self.input(v.base)),
        }
    }

    /// The register in which a value per row is repeated for this pass.
    fn expand(&mut self, value: usize, place: Option<Src>) -> usize {
        if let Some(&reg) = self.expanded.get(&value) {
            return reg;
        }
        let ty = self.ty(value);
        // Never a register that an earlier instruction of the pass uses.
        let reg = self.new_reg(ty, Length::Block);
        let from = place.unwrap_or_else(|| Src::In(self.input(value)));
        let instr = Instr { code: Code::Expand(ty), dst: Dst::Reg(reg), src: [from, Src::None, Src::None] };
        if let Some(phase) = self.program.phases.last_mut() {
            phase.expand.push(instr);
        }
        self.expanded.insert(value, reg);
        reg
    }

    /// Emits what a node does for every block.
    fn pass(&mut self, i: usize) {
        match self.heads.get(&i) {
            Some(&head) if head == i => return self.chain(i),
            Some(_) => return,
            None => {}
        }
        let node = &self.g.nodes[i];
        if node.inputs.iter().any(|v| self.sums.get(&self.g.values[v.base].node) == Some(&i)) {
            return;
        }
        let arithmetic = instruction(self.g, i).is_some();
        let mut src = [Src::None; 3];
        let gathers = self.gathers(i);
        for (s, v) in src.iter_mut().zip(node.inputs.iter().filter(|_| !gathers)) {
            *s = self.operand(v, arithmetic);
        }
        let (code, dst) = if let Kind::Reduce(k, _) = &node.kind {
            let Some(blocks) = k.blocks else { return };
            let acc = self.accumulator(blocks, node.out);
            let single = self.ty(node.inputs[0].base) == Ty::F32;
            (if single { Code::Reduce32(acc, blocks.f32) } else { Code::Reduce64(acc, blocks.f64) }, Dst::Reg(0))
        } else {
            let place = self.locals[&node.out].place;
            let dst = place.unwrap_or_else(|| Dst::Reg(self.block_reg(self.ty(node.out))));
            self.locals.entry(node.out).and_modify(|l| l.place = Some(dst));
            (self.code(i), dst)
        };
        if let Some(phase) = self.program.phases.last_mut() {
            phase.code.push(Instr { code, dst, src });
        }
        self.release(i, i);
    }

    /// A new accumulator that this pass feeds.
    fn accumulator(&mut self, blocks: Blocks, value: usize) -> usize {
        let acc = self.program.accs.len();
        self.program.accs.push((blocks, value));
        self.accs.insert(value, acc);
        self.program.phases.iter_mut().next_back().into_iter().for_each(|p| p.accs.push(acc));
        acc
    }

    /// Emits the chain that ends with a node.
    fn chain(&mut self, head: usize) {
        let links = self.chains.remove(&head).unwrap_or_default();
        let mut src = [Src::None; 3];
        let mut chain = vec![];
        for (k, link) in links.iter().enumerate() {
            let node = &self.g.nodes[link.node];
            let Some(op) = instruction(self.g, link.node) else { continue };
            if k == 0 {
                src[0] = self.operand(&node.inputs[link.input], true);
            }
            let other = node.inputs.iter().enumerate().find(|(k, _)| *k != link.input);
            let other = other.map_or(Src::None, |(_, v)| self.operand(v, true));
            chain.push(Link { op, swapped: link.input == 1, other });
        }
        let value = self.g.nodes[head].out;
        let (k, single) = (self.program.chains.len(), self.ty(value) == Ty::F32);
        let sum = self.sums.get(&head).map(|&i| &self.g.nodes[i]);
        let (code, dst) =
            if let Some(Node { kind: Kind::Reduce(Reduce { blocks: Some(blocks), .. }, _), out, .. }) = sum {
                let acc = self.accumulator(*blocks, *out);
                (if single { Code::ChainSum32(k, acc) } else { Code::ChainSum64(k, acc) }, Dst::Reg(0))
            } else {
                let place = self.locals[&value].place;
                let dst = place.unwrap_or_else(|| Dst::Reg(self.block_reg(self.ty(value))));
                self.locals.entry(value).and_modify(|l| l.place = Some(dst));
                (if single { Code::Chain32(k) } else { Code::Chain64(k) }, dst)
            };
        self.program.chains.push(chain);
        if let Some(phase) = self.program.phases.last_mut() {
            phase.code.push(Instr { code, dst, src });
        }
        links.iter().for_each(|l| self.release(l.node, head));
    }

    /// True of a copy of elements that an operand cannot name.
    fn gathers(&self, i: usize) -> bool {
        let node = &self.g.nodes[i];
        let copies = matches!(node.kind, Kind::Map(Map::Copy));
        copies && node.inputs.iter().any(|v| !readable(v, self.g.values[v.base].len, self.d))
    }

    /// A register for one block that nothing uses now.
    fn block_reg(&mut self, ty: Ty) -> usize {
        let free = self.free.get_mut(&ty).and_then(Vec::pop);
        free.unwrap_or_else(|| self.new_reg(ty, Length::Block))
    }

    /// Frees the registers that node `i` reads, if nothing reads them after `reader`.
    fn release(&mut self, i: usize, reader: usize) {
        for v in &self.g.nodes[i].inputs {
            if let Some(Local { last, kept: false, per_row: false, place: Some(Dst::Reg(r)), .. }) =
                self.locals.get(&v.base).copied()
                && last == reader
            {
                // Once only, also where a node reads a value twice.
                self.locals.entry(v.base).and_modify(|l| l.last = usize::MAX);
                self.free.entry(Ty::of(self.g.values[v.base].dtype)).or_default().push(r);
            }
        }
    }

    /// The kernel of a node, for the type of its first input.
    fn code(&mut self, i: usize) -> Code {
        let node = &self.g.nodes[i];
        let Kind::Map(map) = &node.kind else { return Code::Copy(Ty::F64) };
        let x = node.inputs.first().map_or(0, |v| v.base);
        let (from, single) = (self.ty(x), self.ty(x) == Ty::F32);
        match map {
            Map::Unary(k) => match k.instruction {
                Some(op) if single => Code::Arith32(op),
                Some(op) => Code::Arith64(op),
                None if single => Code::Unary32(k.f32),
                None => Code::Unary64(k.f64),
            },
            Map::Binary(k) => match k.instruction {
                Some(op) if single => Code::Arith32(op),
                Some(op) => Code::Arith64(op),
                None if single => Code::Binary32(k.f32),
                None => Code::Binary64(k.f64),
            },
            Map::Compare(k) => match from {
                Ty::F64 => Code::Compare64(k.f64),
                Ty::F32 => Code::Compare32(k.f32),
                Ty::I64 => Code::CompareI(k.i64),
                Ty::Bool => Code::Truth(truth(k)),
            },
            Map::Test(k) => match from {
                Ty::F32 => Code::Test32(k.f32),
                Ty::Bool => Code::Truth(answers(k)),
                _ => Code::Test64(k.f64),
            },
            Map::Select => Code::Select(self.ty(node.out)),
            Map::Cast => self.cast_code(x, node.out),
            Map::Round(format) => Code::Round32(*format),
            Map::Repeat(b, n) if single => Code::Repeat32(b, *n),
            Map::Repeat(b, n) => Code::Repeat64(b, *n),
            Map::Copy if !self.gathers(i) => Code::Copy(from),
            Map::Copy => {
                let k = self.input(x);
                self.program.gathers.push((node.inputs[0].clone(), k));
                Code::Gather(from, self.program.gathers.len() - 1)
            }
        }
    }

    fn cast_code(&self, from: usize, to: usize) -> Code {
        let format = match self.g.values[to].dtype {
            DType::F16 => Some(Format::F16),
            DType::BF16 => Some(Format::BF16),
            _ => None,
        };
        match (self.ty(from), format) {
            (Ty::F32, Some(format)) => Code::Round32(format),
            (Ty::F64, Some(format)) => Code::Round64(format),
            (from, _) => Code::Cast(from, self.ty(to)),
        }
    }
}

/// A comparison of booleans as a mask: bit 2a + b.
fn truth(k: &Compare) -> u8 {
    let mut out = [false; 4];
    (k.i64)(&[0, 0, 1, 1], &[0, 1, 0, 1], &mut out);
    out.iter().enumerate().map(|(i, &t)| u8::from(t) << i).sum()
}

/// A question about booleans as a mask, whatever the second operand is.
fn answers(k: &Test) -> u8 {
    let mut out = [false; 2];
    (k.f64)(&[0.0, 1.0], &mut out);
    u8::from(out[0]) * 0b0011 + u8::from(out[1]) * 0b1100
}
