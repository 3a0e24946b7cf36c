//! Writes a graph as a formula of the language: every node once, shared ones under a name, without recursion.
//!
//! The text can be read back: `t1 = exp(x); t1/sum(t1)`. Requirements are left out, for they change no value.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::ast::level;
use super::{attributes, latex};
use crate::Tensor;
use crate::array::Array;
use crate::graph::{Attrs, Kernel, Notation, topological};
use crate::ops;

/// A part longer than this gets a name of its own, so that building a text is linear in the nodes.
const LONGEST_PART: usize = 240;
/// The longest part of a brief text.
const LONGEST_BRIEF: usize = 160;
/// Definitions beyond this many characters are replaced by an ellipsis.
const LONGEST_TEXT: usize = 4000;
/// A node with more inputs than this shows only the first.
const MOST_INPUTS: usize = 16;
/// Data with more elements than this is shown by a name.
const MOST_ELEMENTS: usize = 8;

/// Names for nodes of a graph: such a node prints as its name, and what is below it is not printed.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<(u64, usize), String>);

impl Names {
    /// No names: leaves print by their labels.
    pub fn new() -> Names {
        Names::default()
    }

    /// Gives a tensor a name.
    pub fn insert(&mut self, tensor: &Tensor, name: impl Into<String>) {
        self.0.insert(tensor.key(), name.into());
    }

    /// The name of a tensor, if it has one here.
    pub fn get(&self, tensor: &Tensor) -> Option<&str> {
        self.0.get(&tensor.key()).map(String::as_str)
    }
}

/// A formula as text.
///
/// ```
/// use gradus::{Tensor, text::{Names, infix}};
/// let x = Tensor::from([0.5; 100]).named("x");
/// let t = x.exp();
/// let p = &t / t.sum(());
/// assert_eq!(infix(&p.log(), &Names::new()), "t1 = exp(x); log(t1/sum(t1))");
/// ```
pub fn infix(tensor: &Tensor, names: &Names) -> String {
    Printer::new(&[tensor], names, Style::Formula).print(tensor)
}

/// A formula on one line of modest length: parts that have a name print as it, long ones as an ellipsis.
///
/// ```
/// use gradus::{Tensor, text::brief};
/// let x = Tensor::from([0.5; 100]).named("x");
/// let t = (&x * 2).named("t");
/// assert_eq!(brief(&(t.exp() / t.exp().sum(())).log()), "log(exp(t)/sum(exp(t)))");
/// ```
pub fn brief(tensor: &Tensor) -> String {
    Printer::new(&[tensor], &labels(tensor), Style::Brief).print(tensor)
}

/// A formula in full: parts that have a name print as it, and what is shared or long is defined in front.
pub fn defined(tensor: &Tensor) -> String {
    infix(tensor, &labels(tensor))
}

/// The names that parts of a formula were given.
fn labels(tensor: &Tensor) -> Names {
    let mut names = Names::new();
    for t in topological(&[tensor], |t| t.label().is_none()) {
        if let Some(label) = t.label().filter(|_| t.node().id() != tensor.node().id()) {
            // Several outputs of one node are told apart by the text of the part.
            names.insert(&t, label);
        }
    }
    names
}

/// A formula in a style, with nothing but labels for names.
pub(super) fn print(tensor: &Tensor, style: Style) -> String {
    Printer::new(&[tensor], &Names::new(), style).print(tensor)
}

/// How a formula is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As the language has it, shared parts under names.
    Formula,
    /// The same on one line: no part gets a name, what is too long becomes an ellipsis.
    Brief,
    /// As LaTeX.
    Latex,
}

/// The text of one tensor on its way, and how tightly it binds.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) level: u8,
    /// The text of the same value with its axes of length 1 dropped (a slice) or kept (a reduction).
    pub(super) other: Option<String>,
}

impl Part {
    /// A text of this level.
    pub(super) fn new(text: String, level: u8) -> Part {
        Part { text, level, other: None }
    }

    /// The text, in brackets if it binds less tightly than `level`.
    pub(super) fn at_least(&self, level: u8) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// Names that are in use, so that made-up ones differ from them.
#[derive(Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// The first of `stem0`, `stem1`, … from `from` on that is free.
    fn fresh(&mut self, stem: &str, from: &mut usize) -> String {
        loop {
            let name = format!("{stem}{from}");
            *from += 1;
            if self.0.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The name itself, or with a number behind it where another node has it.
    fn claim(&mut self, name: &str) -> String {
        if self.0.insert(name.to_string()) {
            return name.to_string();
        }
        self.fresh(&format!("{name}_"), &mut 2)
    }
}

/// The names of the leaves of a graph: their labels, small data literally, else `x0`, `x1`, ….
pub(super) fn leaf_names(order: &[Tensor], names: &Names, taken: &mut Taken) -> HashMap<u64, String> {
    let leaves = || order.iter().filter(|t| matches!(t.op().notation, Notation::Leaf));
    let mut texts = HashMap::new();
    taken.0.extend(names.0.values().cloned());
    for t in leaves() {
        if let Some(label) = t.label() {
            texts.insert(t.node().id(), taken.claim(label));
        }
    }
    let mut number = 0;
    for t in leaves().filter(|t| t.label().is_none()) {
        let text = literal(t).unwrap_or_else(|| taken.fresh("x", &mut number));
        texts.insert(t.node().id(), text);
    }
    texts
}

/// A constant or small data, literally.
fn literal(t: &Tensor) -> Option<String> {
    match t.node().attrs() {
        Attrs::Scalar(v) => Some(number(*v)),
        Attrs::Int(v) => Some(v.to_string()),
        Attrs::Data(a) if a.len() <= MOST_ELEMENTS && !a.is_empty() && spelled(a) => Some(nested(a)),
        _ => None,
    }
}

/// False of complex numbers with an infinite part, which have no literal.
fn spelled(a: &Array) -> bool {
    !a.dtype().is_complex() || a.to_vec::<[f64; 2]>().is_ok_and(|v| v.iter().flatten().all(|x| x.is_finite()))
}

/// A float with the fewest digits that name it.
pub(super) fn number(v: f64) -> String {
    if v.is_finite() {
        format!("{v:?}")
    } else if v.is_nan() {
        "nan".into()
    } else if v > 0.0 {
        "inf".into()
    } else {
        "-inf".into()
    }
}

/// A complex number as Python writes it, in brackets unless its real part is 0.
fn complex([re, im]: [f64; 2]) -> String {
    if re == 0.0 { format!("{im:?}j") } else { format!("({re:?}{im:+?}j)") }
}

/// An array as nested lists.
fn nested(a: &Array) -> String {
    let element = |v: f64| match a.dtype() {
        crate::DType::Bool => (if v == 0.0 { "False" } else { "True" }).to_string(),
        crate::DType::I64 => (v as i64).to_string(),
        d if d.storage() == crate::DType::F32 && v.is_finite() => format!("{:?}", v as f32),
        _ => number(v),
    };
    let mut parts: Vec<String> = match a.to_vec::<[f64; 2]>() {
        Ok(v) if a.dtype().is_complex() => v.into_iter().map(complex).collect(),
        _ => a.iter_f64().map(element).collect(),
    };
    for &n in a.shape().iter().rev() {
        parts = parts.chunks(n.max(1)).map(|row| format!("[{}]", row.join(", "))).collect();
    }
    parts.concat()
}

/// The state of one printing.
struct Printer<'a> {
    names: &'a Names,
    order: Vec<Tensor>,
    uses: HashMap<(u64, usize), usize>,
    leaves: HashMap<u64, String>,
    taken: Taken,
    parts: HashMap<(u64, usize), Part>,
    definitions: Vec<String>,
    number: usize,
    style: Style,
}

impl<'a> Printer<'a> {
    fn new(outputs: &[&Tensor], names: &'a Names, style: Style) -> Printer<'a> {
        let order = topological(outputs, |t| shown_inputs(t, names).next().is_some());
        let mut uses = HashMap::new();
        for i in order.iter().flat_map(|t| shown_inputs(t, names)).chain(outputs.iter().copied()) {
            *uses.entry(i.key()).or_default() += 1;
        }
        let mut taken = Taken::default();
        let leaves = leaf_names(&order, names, &mut taken);
        let (parts, definitions) = (HashMap::new(), vec![]);
        Printer { names, order, uses, leaves, taken, parts, definitions, number: 1, style }
    }

    fn print(mut self, result: &Tensor) -> String {
        for t in std::mem::take(&mut self.order) {
            for k in 0..t.node().outs().as_ref().map_or(1, Vec::len) {
                let t = t.sibling(k);
                let Some(&uses) = self.uses.get(&t.key()) else { continue };
                let part = self.part(&t);
                let part = self.name_if_large(&t, part, uses, t.key() == result.key());
                self.parts.insert(t.key(), part);
            }
        }
        let last = self.parts.remove(&result.key()).map_or_else(String::new, |p| p.text);
        let definitions = shortened(self.definitions);
        match self.style {
            Style::Latex => latex::lines(definitions, last),
            _ => definitions.into_iter().chain([last]).collect::<Vec<_>>().join("; "),
        }
    }

    /// Replaces a text by a name where it is used again or too long.
    fn name_if_large(&mut self, t: &Tensor, part: Part, uses: usize, is_result: bool) -> Part {
        let leaf = shown_inputs(t, self.names).next().is_none();
        if self.style == Style::Brief {
            let fits = part.text.len() <= LONGEST_BRIEF;
            return if fits { part } else { Part::new("…".into(), level::ATOM) };
        }
        let named = t.label().is_some() && t.output() == 0;
        if leaf || is_result || (uses == 1 && part.text.len() <= LONGEST_PART && !named) {
            return part;
        }
        let name = match t.label() {
            Some(label) if named => self.taken.claim(label),
            _ => self.taken.fresh("t", &mut self.number),
        };
        let (name, sign) = match self.style {
            Style::Latex => (latex::name(&name), "&="),
            _ => (name, "="),
        };
        self.definitions.push(format!("{name} {sign} {}", part.text));
        Part::new(name, level::ATOM)
    }

    /// The text of an input; moved out where this is its last use.
    fn input(&mut self, t: &Tensor) -> Part {
        let last = self.uses.get_mut(&t.key()).is_none_or(|n| {
            *n = n.saturating_sub(1);
            *n == 0
        });
        let part = if last { self.parts.remove(&t.key()) } else { self.parts.get(&t.key()).cloned() };
        part.unwrap_or_else(|| Part::new("…".into(), level::ATOM))
    }

    fn part(&mut self, t: &Tensor) -> Part {
        if let Some(name) = self.names.get(t) {
            return Part::new(name.to_string(), level::ATOM);
        }
        if let Some(text) = self.leaves.get(&t.node().id()) {
            let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
            let text = match self.style {
                Style::Latex if is_name && !matches!(text.as_str(), "inf" | "nan") => latex::name(text),
                Style::Latex => latex::literal(text),
                _ => text.clone(),
            };
            let level = if text.starts_with('-') { level::UNARY } else { level::ATOM };
            return Part::new(text, level);
        }
        let inputs: Vec<Tensor> = shown_inputs(t, self.names).take(MOST_INPUTS).cloned().collect();
        let parts: Vec<Part> = inputs.iter().map(|i| self.input(i)).collect();
        let mut part = match self.style {
            Style::Latex => latex::written(t, parts),
            _ => written(t, parts),
        };
        if t.op() == &ops::SORT {
            // Its two outputs have names of their own.
            if t.output() == 1 {
                part.text.insert_str(0, "arg");
            }
        } else if t.node().outs().as_ref().is_ok_and(|outs| outs.len() > 1) {
            part.text = format!("{}[{}]", part.at_least(level::ATOM), t.output());
        }
        part
    }
}

/// The inputs that are printed: none below a named node, and of a requirement only what it lets through.
fn shown_inputs<'t>(t: &'t Tensor, names: &Names) -> impl Iterator<Item = &'t Tensor> + use<'t> {
    let inputs = t.node().inputs();
    let shown = if names.get(t).is_some() {
        &inputs[..0]
    } else if t.op() == &ops::REQUIRE {
        &inputs[..inputs.len().min(1)]
    } else {
        inputs
    };
    shown.iter()
}

/// One operation over the texts of its inputs.
fn written(t: &Tensor, parts: Vec<Part>) -> Part {
    match (t.op().notation, parts.as_slice()) {
        _ if t.op() == &ops::REQUIRE => parts.into_iter().next().unwrap_or_else(|| Part::new("…".into(), level::ATOM)),
        (Notation::Infix(sign, _), [a, b]) => infix_sign(sign, a, b),
        (Notation::Prefix(sign, _), [a]) => Part::new(format!("{sign}{}", a.at_least(level::UNARY)), level::UNARY),
        _ => attributes::written(t, parts),
    }
}

/// How tightly a sign between two operands binds in the language.
pub(super) fn sign_level(sign: &str) -> u8 {
    match sign {
        "|" => level::BIT_OR,
        "&" => level::BIT_AND,
        "+" | "-" => level::SUM,
        "*" | "/" | "//" | "%" | "@" => level::PRODUCT,
        "**" => level::POWER,
        _ => level::COMPARE,
    }
}

/// `a sign b`, spaced as the language prints it.
fn infix_sign(sign: &str, a: &Part, b: &Part) -> Part {
    let own = sign_level(sign);
    let (left, right) = match own {
        level::POWER => (level::ATOM, level::UNARY),
        level::COMPARE => (own + 1, own + 1),
        _ => (own, own + 1),
    };
    let space = if matches!(sign, "*" | "/" | "//" | "**") { "" } else { " " };
    Part::new(format!("{}{space}{sign}{space}{}", a.at_least(left), b.at_least(right)), own)
}

/// Definitions, the middle of very many left out.
fn shortened(definitions: Vec<String>) -> Vec<String> {
    let total: usize = definitions.iter().map(|d| d.len() + 2).sum();
    if total <= LONGEST_TEXT {
        return definitions;
    }
    let fitting = |lines: &mut dyn Iterator<Item = &String>| {
        let mut room = LONGEST_TEXT / 2;
        lines.take_while(|d| room.checked_sub(d.len() + 2).map(|left| room = left).is_some()).count()
    };
    let head = fitting(&mut definitions.iter());
    let tail = fitting(&mut definitions.iter().rev());
    let mut kept: Vec<String> = definitions[..head].to_vec();
    kept.push(format!("… {} more", definitions.len() - head - tail));
    kept.extend_from_slice(&definitions[definitions.len() - tail..]);
    kept
}

impl fmt::Display for Tensor {
    /// Writes the formula as the language has it; of a poisoned one the error follows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&infix(self, &Names::new()))?;
        match self.meta() {
            Ok(_) => Ok(()),
            Err(e) => write!(f, " (error: {e})"),
        }
    }
}

/// True of ops whose attribute `Axes` names axes that are reduced away.
pub(super) fn reduces(t: &Tensor) -> bool {
    matches!(t.op().kernel, Kernel::Reduce(_)) || [&ops::ARGMAX, &ops::ARGMIN, &ops::ALL, &ops::ANY].contains(&t.op())
}
