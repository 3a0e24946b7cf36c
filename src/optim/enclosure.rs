//! Ranges of a formula over boxes, with what rounding can add, from what rows say: arithmetic, linear maps, and functions
//! of one number by the signs of their derivatives.

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Derivative, Exact, Instruction, Interval, Kernel, broadcast_places, evaluate, product_places, topological,
};
use crate::ops::POW;
use crate::{Array, DType, Tensor};

/// All numbers between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub lo: f64,
    pub hi: f64,
}

impl Range {
    pub const ALL: Range = Range { lo: f64::NEG_INFINITY, hi: f64::INFINITY };

    pub fn point(v: f64) -> Range {
        Range { lo: v, hi: v }
    }

    /// Both ends moved outwards by a few units of rounding; what is no number becomes everything.
    fn wide(lo: f64, hi: f64) -> Range {
        if lo.is_nan() || hi.is_nan() {
            return Range::ALL;
        }
        let slack = |v: f64| 8.0 * f64::EPSILON * v.abs() + f64::MIN_POSITIVE;
        Range {
            lo: if lo.is_finite() { lo - slack(lo) } else { lo },
            hi: if hi.is_finite() { hi + slack(hi) } else { hi },
        }
    }

    pub fn contains(self, v: f64) -> bool {
        self.lo <= v && v <= self.hi
    }

    pub fn middle(self) -> f64 {
        0.5 * self.lo + 0.5 * self.hi
    }

    pub fn width(self) -> f64 {
        self.hi - self.lo
    }

    pub fn size(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }

    pub fn add(self, b: Range) -> Range {
        Range::wide(self.lo + b.lo, self.hi + b.hi)
    }

    pub fn sub(self, b: Range) -> Range {
        Range::wide(self.lo - b.hi, self.hi - b.lo)
    }

    pub fn mul(self, b: Range) -> Range {
        // 0 times an infinite end is 0: the end stands for numbers as large as you like, not for infinity.
        let of = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
        let ends = [of(self.lo, b.lo), of(self.lo, b.hi), of(self.hi, b.lo), of(self.hi, b.hi)];
        hull(ends)
    }

    fn div(self, b: Range) -> Range {
        if b.contains(0.0) {
            return Range::ALL;
        }
        self.mul(Range::wide(1.0 / b.hi, 1.0 / b.lo))
    }

    /// x² and other even powers: never negative.
    fn even(self, f: impl Fn(f64) -> f64) -> Range {
        let (a, b) = (f(self.lo), f(self.hi));
        let least = if self.contains(0.0) { 0.0 } else { a.min(b) };
        let wide = Range::wide(least, a.max(b));
        Range { lo: wide.lo.max(0.0), hi: wide.hi }
    }

    fn power(self, n: f64) -> Range {
        let f = |x: f64| x.powf(n);
        match () {
            _ if n == 0.0 => Range::point(1.0),
            _ if n < 0.0 => Range::point(1.0).div(self.power(-n)),
            _ if n % 2.0 == 0.0 => self.even(f),
            _ if n.fract() == 0.0 || self.lo >= 0.0 => Range::wide(f(self.lo), f(self.hi)),
            _ => Range::ALL,
        }
    }

    pub fn meet(self, b: Range) -> Range {
        Range { lo: self.lo.max(b.lo), hi: self.hi.min(b.hi) }
    }

    pub fn is_empty(self) -> bool {
        self.lo > self.hi
    }
}

fn hull(ends: [f64; 4]) -> Range {
    if ends.iter().any(|v| v.is_nan()) {
        return Range::ALL;
    }
    Range::wide(
        ends.iter().copied().fold(f64::INFINITY, f64::min),
        ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    )
}

impl From<Interval> for Range {
    fn from(i: Interval) -> Range {
        Range { lo: i.lo, hi: i.hi }
    }
}

/// A function of one number: its kernel, where it is defined, where its values lie, and its derivative in x and y.
struct Function {
    kernel: fn(&[f64], &mut [f64]),
    domain: Interval,
    range: Range,
    slope: Option<Enclosure>,
}

impl Function {
    fn at(&self, x: f64) -> f64 {
        let mut y = [0.0];
        (self.kernel)(&[x], &mut y);
        y[0]
    }

    fn over(&self, x: Range) -> Range {
        if !(self.domain.contains(x.lo) && self.domain.contains(x.hi)) {
            return Range::ALL;
        }
        let (a, b) = (self.at(x.lo), self.at(x.hi));
        if x.lo == x.hi {
            return Range::wide(a, b).meet(self.range);
        }
        let Some(slope) = self.slope.as_ref().map(|s| s.over(&[x, self.range])[0]) else { return self.range };
        let bounded = slope.lo.is_finite() && slope.hi.is_finite();
        // A pole on the way leads from one infinity to the other: not where the values have an end, or the slope has.
        let whole = bounded || self.range.lo.is_finite() || self.range.hi.is_finite();
        let found = match () {
            _ if whole && slope.lo >= 0.0 => Range::wide(a, b),
            _ if whole && slope.hi <= 0.0 => Range::wide(b, a),
            _ if bounded => {
                let (m, r) = (self.at(x.middle()), slope.size() * 0.5 * x.width() * (1.0 + 1e-12));
                Range::wide(m - r - 8.0 * f64::EPSILON * m.abs(), m + r + 8.0 * f64::EPSILON * m.abs())
            }
            _ => self.range,
        };
        found.meet(self.range)
    }
}

/// How the elements of a node come from those of its inputs.
enum Rule {
    /// Variables, by their places in the box.
    Given(Vec<usize>),
    Data(Vec<f64>),
    /// Sums of multiples of elements of the inputs, which stand one after the other.
    Linear(Vec<Vec<(usize, f64)>>),
    /// Arithmetic, element by element, with the places of the operands.
    Each(Instruction, Vec<Vec<usize>>),
    Function(Box<Function>),
    Power(f64),
    /// Sums of products of an element of each input.
    Product(Vec<[Vec<usize>; 2]>),
}

struct Step {
    inputs: Vec<usize>,
    rule: Rule,
}

/// A formula made ready to be enclosed over boxes.
pub(super) struct Enclosure {
    steps: Vec<Step>,
}

impl Step {
    fn data(&self) -> Option<&[f64]> {
        if let Rule::Data(data) = &self.rule { Some(data) } else { None }
    }
}

impl Enclosure {
    /// For a formula in these variables, whose elements stand one after the other in a box.
    ///
    /// Errors: an op without an enclosure, by name.
    pub fn of(formula: &Tensor, variables: &[&Tensor]) -> Result<Enclosure> {
        Enclosure::compile(formula, variables, 2)
    }

    fn compile(formula: &Tensor, variables: &[&Tensor], depth: usize) -> Result<Enclosure> {
        let mut starts = HashMap::new();
        let mut total = 0;
        for v in variables {
            starts.insert(v.node().id(), total);
            total += v.dims().iter().product::<usize>();
        }
        let mut place: HashMap<u64, usize> = HashMap::new();
        let (mut steps, mut known): (Vec<Step>, Vec<bool>) = (vec![], vec![]);
        for t in topological(&[formula], |t| !starts.contains_key(&t.node().id())) {
            let none = || {
                let m = format!("`{}` has no enclosure", t.op().name);
                Err(Error::new(ErrorKind::Argument, m).at(t.origin()))
            };
            if t.node().inputs().iter().any(|i| i.output() != 0)
                || t.node().outs().as_ref().map_or(true, |o| o.len() != 1)
            {
                return none();
            }
            let inputs: Vec<usize> = t.node().inputs().iter().map(|i| place[&i.node().id()]).collect();
            // Numbers that no variable enters are known, whatever op makes them.
            if !starts.contains_key(&t.node().id()) && inputs.iter().all(|i| known[*i]) {
                let data = evaluate(&[&t], &mut vec![])?.pop().map(|a| a.to_f64()).unwrap_or_default();
                place.insert(t.node().id(), steps.len());
                steps.push(Step { inputs: vec![], rule: Rule::Data(data) });
                known.push(true);
                continue;
            }
            let size = t.dims().iter().product::<usize>();
            let rule = match starts.get(&t.node().id()) {
                Some(&at) => Rule::Given((at..at + size).collect()),
                None => {
                    let decided = inputs.first().and_then(|&c| if known[c] { steps[c].data() } else { None });
                    match rule_of(&t, decided, depth)? {
                        Some(rule) => rule,
                        None => return none(),
                    }
                }
            };
            place.insert(t.node().id(), steps.len());
            steps.push(Step { inputs, rule });
            known.push(false);
        }
        if formula.output() != 0 {
            return Err(Error::new(ErrorKind::Argument, format!("`{}` has no enclosure", formula.op().name)));
        }
        Ok(Enclosure { steps })
    }

    /// The ranges of the elements over a box.
    pub fn over(&self, given: &[Range]) -> Vec<Range> {
        let mut values: Vec<Vec<Range>> = vec![];
        for step in &self.steps {
            let input = |i: usize| -> &[Range] { &values[step.inputs[i]] };
            let out = match &step.rule {
                Rule::Given(places) => places.iter().map(|&p| given[p]).collect(),
                Rule::Data(data) => data.iter().map(|&v| Range::point(v)).collect(),
                Rule::Linear(rows) => {
                    let all: Vec<Range> = step.inputs.iter().flat_map(|&i| values[i].iter().copied()).collect();
                    let term = |&(p, c): &(usize, f64)| if c == 1.0 { all[p] } else { all[p].mul(Range::point(c)) };
                    let sum = |row: &Vec<(usize, f64)>| match row.as_slice() {
                        [] => Range::point(0.0),
                        [first, rest @ ..] => rest.iter().fold(term(first), |s, t| s.add(term(t))),
                    };
                    rows.iter().map(sum).collect()
                }
                Rule::Each(instruction, places) => {
                    let count = places[0].len();
                    let at = |k: usize, e: usize| input(k)[places[k][e]];
                    (0..count)
                        .map(|e| arithmetic(*instruction, |k| at(k, e), step.inputs.first() == step.inputs.get(1)))
                        .collect()
                }
                Rule::Function(f) => input(0).iter().map(|x| f.over(*x)).collect(),
                Rule::Power(n) => input(0).iter().map(|x| x.power(*n)).collect(),
                Rule::Product(rows) => {
                    let term = |(&a, &b): (&usize, &usize)| input(0)[a].mul(input(1)[b]);
                    let sum = |[a, b]: &[Vec<usize>; 2]| a.iter().zip(b).fold(Range::point(0.0), |s, t| s.add(term(t)));
                    rows.iter().map(sum).collect()
                }
            };
            values.push(out);
        }
        values.pop().unwrap_or_default()
    }
}

fn arithmetic(instruction: Instruction, x: impl Fn(usize) -> Range, same: bool) -> Range {
    match instruction {
        Instruction::Add => x(0).add(x(1)),
        Instruction::Sub => x(0).sub(x(1)),
        Instruction::Mul if same => x(0).even(|v| v * v),
        Instruction::Mul => x(0).mul(x(1)),
        Instruction::Div => x(0).div(x(1)),
        Instruction::Neg => Range { lo: -x(0).hi, hi: -x(0).lo },
        Instruction::Square => x(0).even(|v| v * v),
    }
}

/// How a node is enclosed, if its row says enough; `decided` are the numbers of its first input, if they are known.
fn rule_of(t: &Tensor, decided: Option<&[f64]>, depth: usize) -> Result<Option<Rule>> {
    let inputs = t.node().inputs();
    if t.dtype()? != DType::F64 {
        return Ok(None);
    }
    let places = || inputs.iter().map(|i| broadcast_places(i.dims(), t.dims())).collect::<Vec<_>>();
    let row = t.op();
    match (&row.kernel, &row.derivative) {
        (Kernel::Unary(k), _) if k.instruction.is_some() => Ok(k.instruction.map(|i| Rule::Each(i, places()))),
        (Kernel::Binary(k), _) if k.instruction.is_some() => Ok(k.instruction.map(|i| Rule::Each(i, places()))),
        (Kernel::Binary(_), _) if *row == POW => Ok(inputs[1].constant().map(Rule::Power)),
        (Kernel::Unary(k), derivative) => {
            let slope = match derivative {
                Derivative::Partials(f) if depth > 0 => {
                    let x = Tensor::new(Array::scalar(0.0));
                    let y = Tensor::new(Array::scalar(0.0));
                    let slope = f(std::slice::from_ref(&x), &y).into_iter().next();
                    slope.and_then(|s| Enclosure::compile(&s, &[&x, &y], depth - 1).ok())
                }
                _ => None,
            };
            let function = Function { kernel: k.f64, domain: row.domain, range: row.range.into(), slope };
            Ok(Some(Rule::Function(Box::new(function))))
        }
        (Kernel::Select, _) => Ok(decided.map(|c| selected(t, c, &places()))),
        (_, Derivative::Linear(_) | Derivative::Moves(_)) => linear(t),
        _ => match row.exact {
            Exact::Product(left, right) => {
                let (a, b) = (inputs[0].dims(), inputs[1].dims());
                Ok(Some(Rule::Product(product_places(a, b, t.meta()?, (left, right))?)))
            }
            _ => Ok(None),
        },
    }
}

/// A choice whose condition is known takes each element from one side.
fn selected(t: &Tensor, condition: &[f64], places: &[Vec<usize>]) -> Rule {
    let size = |i: usize| t.node().inputs()[i].dims().iter().product::<usize>();
    let starts = [0, size(0), size(0) + size(1)];
    let side = |e: usize| if condition[places[0][e]] != 0.0 { 1 } else { 2 };
    Rule::Linear((0..places[0].len()).map(|e| vec![(starts[side(e)] + places[side(e)][e], 1.0)]).collect())
}

/// The coefficients of a linear op, from what it makes of one 1 among zeros.
fn linear(t: &Tensor) -> Result<Option<Rule>> {
    let inputs = t.node().inputs();
    let mut rows = vec![vec![]; t.dims().iter().product()];
    let mut at = 0;
    // Indices stay as they are.
    let fixed = |i: &Tensor| i.dtype().is_ok_and(|d| !d.is_float());
    for (k, input) in inputs.iter().enumerate() {
        let size = input.dims().iter().product::<usize>();
        for e in 0..if fixed(input) { 0 } else { size } {
            let mut parts = vec![];
            for (j, other) in inputs.iter().enumerate() {
                let mut data = vec![0.0; other.dims().iter().product()];
                if j == k {
                    data[e] = 1.0;
                }
                parts.push(if fixed(other) {
                    other.clone()
                } else {
                    Tensor::new(Array::from_vec(data, other.dims())?)
                });
            }
            let y = row_call(t, &parts);
            let found = evaluate(&[&y], &mut vec![])?.pop().map(|a| a.to_f64()).unwrap_or_default();
            for (row, c) in rows.iter_mut().zip(found).filter(|(_, c)| *c != 0.0) {
                row.push((at + e, c));
            }
        }
        at += size;
    }
    Ok(Some(Rule::Linear(rows)))
}

fn row_call(t: &Tensor, parts: &[Tensor]) -> Tensor {
    let attrs: Attrs = t.node().attrs().clone();
    t.op().call(&parts.iter().collect::<Vec<_>>(), attrs)
}
