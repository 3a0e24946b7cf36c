//! FPCore, the notation of FPBench: straight-line cores become programs of the formula language, others are refused by name.
//!
//! `if` becomes `where`, `let` and `let*` become lines. What the language computes otherwise, or not at all, is refused:
//! loops, annotations that change the precision, formats other than binary64, binary32 and binary16.

use std::collections::HashMap;

use super::program::Program;
use crate::array::DType;
use crate::error::{Error, ErrorKind, Result};

/// The deepest nesting that is read.
const DEEPEST: usize = 500;

/// A core as a program.
#[derive(Clone, Debug)]
pub struct Core {
    /// The name that the core has, or `unnamed`.
    pub name: String,
    /// The names of the arguments, as the formula has them.
    pub arguments: Vec<String>,
    /// The dtype that its precision is.
    pub dtype: DType,
    /// The core in the formula language: a line for every binding, then the result.
    pub formula: String,
    pre: Option<Item>,
    /// The arguments as the core has them.
    given: Vec<String>,
}

/// A core that is no straight line of real numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The name of the core.
    pub name: String,
    /// What in it is refused, as `while`.
    pub what: String,
}

/// A parenthesised list or a word.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Word(String),
    List(Vec<Item>),
}

/// Reads the cores of an FPCore text, each as a program or with the reason why it is none.
///
/// Errors: parentheses that do not close, or are nested deeper than 500.
///
/// ```
/// use gradus::formula::read_fpcore;
/// let text = "(FPCore (x) :name \"sine\" :pre (< 0 x 1) (let ([y (* x x)]) (if (< x 1e-8) x (/ (- x y) (+ 1 y)))))";
/// let core = read_fpcore(text)?.remove(0).unwrap();
/// assert_eq!(core.formula, "y = x*x\nwhere(x < 1e-8, x, (x - y)/(1 + y))");
/// assert!(core.holds(&[0.5]) && !core.holds(&[2.0]) && core.ends() == [(0.0, 1.0)]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn read_fpcore(text: &str) -> Result<Vec<std::result::Result<Core, Refused>>> {
    let items = read(text)?;
    let cores = items.iter().map(Item::list).filter(|l| l.first().map(Item::word) == Some("FPCore"));
    Ok(cores.map(core).collect())
}

impl Core {
    /// The program, in the dtype of the core.
    pub fn program(&self) -> Result<Program> {
        let mut program = Program::formula(&self.formula)?;
        program.dtype(self.dtype);
        Ok(program)
    }

    /// True if a point fulfils the precondition, as floats see it.
    pub fn holds(&self, point: &[f64]) -> bool {
        self.pre.as_ref().is_none_or(|p| holds(p, &self.given, point))
    }

    /// For every argument, the least and the largest number that the precondition states for it alone.
    pub fn ends(&self) -> Vec<(f64, f64)> {
        let largest = crate::numerics::check::format_of(self.dtype).max();
        let mut ends = vec![(-largest, largest); self.given.len()];
        self.pre.iter().for_each(|p| narrow(p, &self.given, &mut ends));
        ends
    }
}

impl Item {
    fn word(&self) -> &str {
        match self {
            Item::Word(w) => w,
            Item::List(_) => "",
        }
    }

    fn list(&self) -> &[Item] {
        match self {
            Item::List(l) => l,
            Item::Word(_) => &[],
        }
    }
}

/// The items of a text.
fn read(text: &str) -> Result<Vec<Item>> {
    let fail = |m: &str| Err(Error::new(ErrorKind::Syntax, format!("this is no FPCore: {m}")));
    let mut stack: Vec<Vec<Item>> = vec![vec![]];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let item = match c {
            ';' => {
                let _ = chars.by_ref().find(|c| *c == '\n');
                continue;
            }
            '(' | '[' if stack.len() > DEEPEST => return fail("its lists are nested deeper than 500"),
            '(' | '[' => {
                stack.push(vec![]);
                continue;
            }
            ')' | ']' if stack.len() == 1 => return fail("a parenthesis closes that none opens"),
            ')' | ']' => Item::List(stack.pop().unwrap_or_default()),
            '"' => Item::Word(chars.by_ref().take_while(|c| *c != '"').collect()),
            c if c.is_whitespace() => continue,
            c => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !"()[];\"".contains(*c)) {
                    word.push(c);
                }
                Item::Word(word)
            }
        };
        if let Some(top) = stack.last_mut() {
            top.push(item);
        }
    }
    if stack.len() == 1 { Ok(stack.swap_remove(0)) } else { fail("a parenthesis does not close") }
}

/// A core as a program, or why not.
fn core(list: &[Item]) -> std::result::Result<Core, Refused> {
    let property = |key: &str| list.iter().position(|i| i.word() == key).and_then(|i| list.get(i + 1));
    // A name may stand between FPCore and the arguments.
    let symbol = list.get(1).map(Item::word).filter(|w| !w.is_empty());
    let name = property(":name").map(Item::word).or(symbol).unwrap_or("unnamed").to_string();
    let refuse = |what: String| Refused { name: name.clone(), what };
    let arguments = list.iter().find(|i| matches!(i, Item::List(_))).map_or(&[][..], Item::list);
    let dtype = match property(":precision").map_or("binary64", Item::word) {
        "binary64" => DType::F64,
        "binary32" => DType::F32,
        "binary16" => DType::F16,
        other => return Err(refuse(other.to_string())),
    };
    let mut writer = Writer::default();
    let (mut given, mut bound) = (vec![], HashMap::new());
    for a in arguments {
        if a.word().is_empty() {
            let head = a.list().first().map_or("an argument without a name", Item::word);
            return Err(refuse(head.to_string()));
        }
        given.push(a.word().to_string());
        bound.insert(a.word().to_string(), writer.fresh(a.word()));
    }
    let body = list.last().filter(|_| list.len() > 2).ok_or_else(|| refuse("no expression".into()))?;
    let result = writer.expression(body, &bound).map_err(refuse)?;
    writer.lines.push(result.text);
    let arguments = given.iter().filter_map(|g| bound.get(g).cloned()).collect();
    Ok(Core { name, arguments, dtype, formula: writer.lines.join("\n"), pre: property(":pre").cloned(), given })
}

/// How tightly a text binds, loosest first.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Compare,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// A piece of formula.
struct Text {
    text: String,
    binding: Binding,
    /// True of a number as it is written.
    number: bool,
}

impl Text {
    fn new(text: String, binding: Binding) -> Text {
        Text { text, binding, number: false }
    }

    /// The text as an operand of what binds like this, in parentheses where it needs them.
    fn within(&self, binding: Binding) -> String {
        if self.binding < binding { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// Writes a core as lines of the formula language.
#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    taken: Vec<String>,
}

type Scope = HashMap<String, String>;

impl Writer {
    /// A name of the language that nothing else has.
    fn fresh(&mut self, name: &str) -> String {
        const WORDS: [&str; 8] = ["and", "or", "not", "pi", "inf", "nan", "assume", "e"];
        let mut name: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        if name.starts_with(|c: char| c.is_numeric()) || WORDS.contains(&name.as_str()) {
            name = format!("{name}_");
            name = name.trim_start_matches(char::is_numeric).to_string();
        }
        if super::functions::find(&name).is_some() {
            name.push('_');
        }
        let first = name.clone();
        let mut k = 2;
        while self.taken.contains(&name) {
            name = format!("{first}_{k}");
            k += 1;
        }
        self.taken.push(name.clone());
        name
    }

    fn expression(&mut self, item: &Item, scope: &Scope) -> std::result::Result<Text, String> {
        let list = match item {
            Item::Word(w) => return word(w, scope),
            Item::List(list) => list,
        };
        let (head, rest) = list.split_first().ok_or("an empty list")?;
        match head.word() {
            word @ ("let" | "let*") => {
                let [bindings, body] = rest else { return Err(word.to_string()) };
                let mut inner = scope.clone();
                for pair in bindings.list() {
                    let [name, value] = pair.list() else { return Err(word.to_string()) };
                    let value = self.expression(value, if word == "let" { scope } else { &inner })?;
                    let line = self.fresh(name.word());
                    self.lines.push(format!("{line} = {}", value.text));
                    inner.insert(name.word().to_string(), line);
                }
                self.expression(body, &inner)
            }
            head => {
                // What is refused is told before its operands, which may be of another kind than expressions.
                let known = SIGNS.iter().any(|s| s.0 == head) || function(head).is_some();
                if !known {
                    return Err(head.to_string());
                }
                let args =
                    rest.iter().map(|i| self.expression(i, scope)).collect::<std::result::Result<Vec<_>, _>>()?;
                operation(head, args)
            }
        }
    }
}

/// A number, a constant or a name.
fn word(word: &str, scope: &Scope) -> std::result::Result<Text, String> {
    if let Some(name) = scope.get(word) {
        return Ok(Text::new(name.clone(), Binding::Atom));
    }
    let named = match word {
        "PI" => "pi",
        "INFINITY" => "inf",
        "NAN" => "nan",
        "TRUE" => "True",
        "FALSE" => "False",
        _ => "",
    };
    if !named.is_empty() {
        return Ok(Text::new(named.to_string(), Binding::Atom));
    }
    let value = number(word).ok_or(word)?;
    let short = value.fract() == 0.0 && value.abs() < 1e15;
    let text = if short { format!("{value}") } else { format!("{value:?}") };
    let binding = if text.starts_with('-') { Binding::Sign } else { Binding::Atom };
    Ok(Text { text, binding, number: short })
}

/// The value of a number, a quotient of two or a constant of mathematics.
fn number(word: &str) -> Option<f64> {
    use std::f64::consts;
    let named = [
        ("E", consts::E),
        ("PI", consts::PI),
        ("LOG2E", consts::LOG2_E),
        ("LOG10E", consts::LOG10_E),
        ("LN2", consts::LN_2),
        ("LN10", consts::LN_10),
        ("PI_2", consts::FRAC_PI_2),
        ("PI_4", consts::FRAC_PI_4),
        ("M_1_PI", consts::FRAC_1_PI),
        ("M_2_PI", consts::FRAC_2_PI),
        ("M_2_SQRTPI", consts::FRAC_2_SQRT_PI),
        ("SQRT2", consts::SQRT_2),
        ("SQRT1_2", consts::FRAC_1_SQRT_2),
        ("INFINITY", f64::INFINITY),
    ];
    if let Some((_, v)) = named.iter().find(|(n, _)| *n == word) {
        return Some(*v);
    }
    // Words such as `inf` are names here.
    let digits = |w: &str| w.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    match word.split_once('/') {
        Some((a, b)) if digits(a) && digits(b) => Some(a.parse::<f64>().ok()? / b.parse::<f64>().ok()?),
        None if digits(word) => word.parse().ok(),
        _ => None,
    }
}

/// The operators of FPCore that are signs of the language, and how tightly they bind.
const SIGNS: [(&str, &str, Binding); 10] = [
    ("+", " + ", Binding::Sum),
    ("-", " - ", Binding::Sum),
    ("*", "*", Binding::Product),
    ("/", "/", Binding::Product),
    ("pow", "**", Binding::Power),
    ("<", " < ", Binding::Compare),
    (">", " > ", Binding::Compare),
    ("<=", " <= ", Binding::Compare),
    (">=", " >= ", Binding::Compare),
    ("==", " == ", Binding::Compare),
];

/// The function of the language that an operator is, and how many operands it takes.
fn function(head: &str) -> Option<(&str, usize)> {
    Some(match head {
        "fabs" => ("abs", 1),
        "asin" => ("arcsin", 1),
        "acos" => ("arccos", 1),
        "atan" => ("arctan", 1),
        "asinh" => ("arcsinh", 1),
        "acosh" => ("arccosh", 1),
        "atanh" => ("arctanh", 1),
        "tgamma" => ("gamma", 1),
        "not" => ("logical_not", 1),
        "atan2" => ("arctan2", 2),
        "fmin" => ("minimum", 2),
        "fmax" => ("maximum", 2),
        "and" => ("logical_and", 2),
        "or" => ("logical_or", 2),
        "if" => ("where", 3),
        "hypot" => ("hypot", 2),
        "sqrt" | "cbrt" | "exp" | "exp2" | "expm1" | "log" | "log2" | "log10" | "log1p" | "sin" | "cos" | "tan"
        | "sinh" | "cosh" | "tanh" | "erf" | "erfc" | "lgamma" | "floor" | "ceil" | "trunc" => (head, 1),
        _ => return None,
    })
}

/// An operator over its operands.
fn operation(head: &str, mut args: Vec<Text>) -> std::result::Result<Text, String> {
    let given = args.len();
    let wrong = || format!("{head} of {given} operands");
    if let Some((name, count)) = function(head) {
        let list = |args: &[Text]| args.iter().map(|a| a.text.clone()).collect::<Vec<_>>();
        // `and` and `or` take any number.
        let text = match list(&args).as_slice() {
            [first, rest @ ..] if ["and", "or"].contains(&head) => {
                rest.iter().fold(first.clone(), |a, b| format!("{name}({a}, {b})"))
            }
            all if all.len() == count => format!("{name}({})", all.join(", ")),
            _ => return Err(wrong()),
        };
        return Ok(Text::new(text, Binding::Atom));
    }
    let (_, sign, binding) = *SIGNS.iter().find(|s| s.0 == head).ok_or_else(wrong)?;
    if args.iter().all(|a| a.number) {
        // Whole numbers among themselves would be counted, not computed.
        args.iter_mut().for_each(|a| a.text.push_str(".0"));
    }
    let text = match (args.as_slice(), binding) {
        ([x], Binding::Sum) if head == "-" => {
            return Ok(Text::new(format!("-{}", x.within(Binding::Sign)), Binding::Sign));
        }
        ([x], Binding::Sum | Binding::Product) if head != "/" => return Ok(Text::new(x.text.clone(), x.binding)),
        ([base, exponent], Binding::Power) => {
            format!("{}**{}", base.within(Binding::Atom), exponent.within(Binding::Atom))
        }
        ([first, rest @ ..], Binding::Sum | Binding::Product) if !rest.is_empty() => {
            let next = if binding == Binding::Sum { Binding::Product } else { Binding::Sign };
            rest.iter().fold(first.within(binding), |a, b| format!("{a}{sign}{}", signed(b, next)))
        }
        ([_, _, ..], Binding::Compare) => args.iter().map(|a| a.within(Binding::Sum)).collect::<Vec<_>>().join(sign),
        _ => return Err(wrong()),
    };
    Ok(Text::new(text, binding))
}

/// An operand behind a sign; a sign of its own stands in parentheses.
fn signed(t: &Text, binding: Binding) -> String {
    if t.text.starts_with('-') { format!("({})", t.text) } else { t.within(binding) }
}

/// A value of a precondition, in floats.
fn value(item: &Item, names: &[String], point: &[f64]) -> f64 {
    let Item::List(list) = item else {
        let w = item.word();
        let at = names.iter().position(|n| n == w);
        return at.map_or_else(|| number(w), |i| point.get(i).copied()).unwrap_or(f64::NAN);
    };
    let Some((head, rest)) = list.split_first() else { return f64::NAN };
    let args: Vec<f64> = rest.iter().map(|i| value(i, names, point)).collect();
    match (head.word(), &args[..]) {
        ("-", [x]) => -x,
        ("+", _) => args.iter().sum(),
        ("*", _) => args.iter().product(),
        ("-", [x, rest @ ..]) => rest.iter().fold(*x, |a, b| a - b),
        ("/", [x, rest @ ..]) => rest.iter().fold(*x, |a, b| a / b),
        ("fabs", [x]) => x.abs(),
        ("sqrt", [x]) => x.sqrt(),
        ("exp", [x]) => x.exp(),
        ("log", [x]) => x.ln(),
        ("pow", [x, y]) => x.powf(*y),
        ("sin", [x]) => x.sin(),
        ("cos", [x]) => x.cos(),
        _ => f64::NAN,
    }
}

/// Whether a point satisfies a precondition.
fn holds(item: &Item, names: &[String], point: &[f64]) -> bool {
    let Some((head, rest)) = item.list().split_first() else { return item.word() == "TRUE" };
    let each = || rest.iter().map(|i| holds(i, names, point));
    let args = || rest.iter().map(|i| value(i, names, point)).collect::<Vec<f64>>();
    let chain = |f: fn(&f64, &f64) -> bool| args().windows(2).all(|w| f(&w[0], &w[1]));
    match head.word() {
        "and" => each().all(|b| b),
        "or" => each().any(|b| b),
        "not" => !each().any(|b| b),
        "<" => chain(f64::lt),
        ">" => chain(f64::gt),
        "<=" => chain(f64::le),
        ">=" => chain(f64::ge),
        "==" => chain(f64::eq),
        "!=" => {
            let x = args();
            (0..x.len()).all(|i| (0..i).all(|j| x[i] != x[j]))
        }
        _ => false,
    }
}

/// Narrows the ends of arguments to what a precondition states for each alone.
fn narrow(item: &Item, names: &[String], ends: &mut [(f64, f64)]) {
    let Some((head, rest)) = item.list().split_first() else { return };
    match head.word() {
        "and" => rest.iter().for_each(|i| narrow(i, names, ends)),
        sign @ ("<" | "<=" | ">" | ">=") => {
            for pair in rest.windows(2) {
                let (low, high) = if sign.starts_with('<') { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
                let of = |i: &Item| names.iter().position(|n| n == i.word());
                let (a, b) = (value(low, &[], &[]), value(high, &[], &[]));
                if let (Some(i), false) = (of(high), a.is_nan()) {
                    ends[i].0 = ends[i].0.max(a);
                }
                if let (Some(i), false) = (of(low), b.is_nan()) {
                    ends[i].1 = ends[i].1.min(b);
                }
            }
        }
        _ => {}
    }
}
