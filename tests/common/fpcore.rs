//! FPCore, the notation of FPBench: straight-line cores as formulas over real numbers, with their preconditions.

use std::collections::HashMap;

use super::formula::{Formula, Node, row};

/// A parenthesised list or a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Word(String),
    List(Vec<Item>),
}

/// A core that could be read.
pub struct Core {
    pub name: String,
    pub single: bool,
    pub formula: Formula,
    pub pre: Option<Item>,
}

/// The items of a text.
pub fn read(text: &str) -> Vec<Item> {
    let mut stack: Vec<Vec<Item>> = vec![vec![]];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let top = stack.len() - 1;
        match c {
            ';' => while chars.next().is_some_and(|c| c != '\n') {},
            '(' | '[' => stack.push(vec![]),
            ')' | ']' if top > 0 => {
                let list = stack.pop().unwrap_or_default();
                stack[top - 1].push(Item::List(list));
            }
            '"' => {
                let text: String = chars.by_ref().take_while(|c| *c != '"').collect();
                stack[top].push(Item::Word(text));
            }
            c if c.is_whitespace() || ")]".contains(c) => {}
            c => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !"()[];\"".contains(*c)) {
                    word.push(c);
                }
                stack[top].push(Item::Word(word));
            }
        }
    }
    stack.swap_remove(0)
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

/// A core, or its name and why it is not one straight line.
pub fn core(item: &Item) -> Result<Core, (String, String)> {
    let list = item.list();
    // A name may stand between FPCore and the arguments.
    let at = list.iter().position(|i| matches!(i, Item::List(_))).unwrap_or(0);
    let property = |key: &str| list.iter().position(|i| i.word() == key).and_then(|i| list.get(i + 1)).cloned();
    let name = property(":name").unwrap_or(Item::Word("unnamed".into())).word().to_string();
    let leaves: Vec<String> = list[at].list().iter().map(|a| a.word().to_string()).collect();
    let fail = |why: String| (name.clone(), why);
    if leaves.is_empty() || leaves.iter().any(String::is_empty) {
        return Err(fail("no arguments, or annotated ones".into()));
    }
    let mut formula = Formula { leaves, ..Formula::default() };
    let body = list.last().ok_or_else(|| fail("empty".into()))?;
    let root = add(&mut formula, body, &HashMap::new()).map_err(fail)?;
    formula.root = root;
    let single = property(":precision").is_some_and(|p| p.word() == "binary32");
    Ok(Core { name, single, formula, pre: property(":pre") })
}

/// A number or a named constant.
fn constant(word: &str) -> Option<f64> {
    Some(match word {
        "PI" => std::f64::consts::PI,
        "E" => std::f64::consts::E,
        "INFINITY" => f64::INFINITY,
        _ => match word.split_once('/') {
            Some((a, b)) => a.parse::<f64>().ok()? / b.parse::<f64>().ok()?,
            None => word.parse().ok()?,
        },
    })
}

/// Adds an expression to a formula.
fn add(f: &mut Formula, item: &Item, bound: &HashMap<String, usize>) -> Result<usize, String> {
    let list = match item {
        Item::Word(w) => {
            if let Some(&at) = bound.get(w) {
                return Ok(at);
            }
            if f.leaves.contains(w) {
                return Ok(f.leaf(w));
            }
            return constant(w).map(|v| f.push(Node::Number(v))).ok_or_else(|| format!("`{w}`"));
        }
        Item::List(list) => list,
    };
    let head = list.first().map(Item::word).unwrap_or_default();
    if head == "let" || head == "let*" {
        let mut inner = bound.clone();
        for pair in list[1].list() {
            let scope = if head == "let" { bound } else { &inner.clone() };
            let at = add(f, &pair.list()[1], scope)?;
            inner.insert(pair.list()[0].word().to_string(), at);
        }
        return add(f, &list[2], &inner);
    }
    if let "while" | "while*" | "for" | "for*" | "!" | "cast" = head {
        return Err(format!("`{head}`"));
    }
    let args = list[1..].iter().map(|i| add(f, i, bound)).collect::<Result<Vec<_>, _>>()?;
    operation(f, head, args)
}

/// The row that an operator of FPCore means.
fn operation(f: &mut Formula, head: &str, args: Vec<usize>) -> Result<usize, String> {
    let name = match (head, args.len()) {
        ("-", 1) => "neg",
        ("+", _) => "add",
        ("-", _) => "sub",
        ("*", _) => "mul",
        ("/", _) => "div",
        ("fabs", 1) => "abs",
        ("asin", 1) => "arcsin",
        ("acos", 1) => "arccos",
        ("atan", 1) => "arctan",
        ("atan2", 2) => "arctan2",
        ("fmin", 2) => "minimum",
        ("fmax", 2) => "maximum",
        ("if", 3) => "where",
        ("<", 2) => "less",
        (">", 2) => "greater",
        ("<=", 2) => "less_equal",
        (">=", 2) => "greater_equal",
        ("==", 2) => "equal",
        ("sqrt" | "cbrt" | "exp" | "expm1" | "log" | "log1p" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh", 1) => {
            head
        }
        ("pow" | "hypot", 2) => head,
        _ => return Err(format!("`{head}`")),
    };
    let op = row(name)?;
    if let (true, [first, rest @ ..]) = (["add", "sub", "mul", "div"].contains(&name), &args[..]) {
        return Ok(rest.iter().fold(*first, |left, right| f.push(Node::Op(op, vec![left, *right]))));
    }
    Ok(f.push(Node::Op(op, args)))
}

/// A value of a precondition, in floats.
fn number(item: &Item, names: &[String], point: &[f64]) -> f64 {
    let Item::List(list) = item else {
        let w = item.word();
        return names.iter().position(|n| n == w).map_or_else(|| constant(w).unwrap_or(f64::NAN), |i| point[i]);
    };
    let args: Vec<f64> = list[1..].iter().map(|i| number(i, names, point)).collect();
    match (list[0].word(), &args[..]) {
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
pub fn holds(item: &Item, names: &[String], point: &[f64]) -> bool {
    let list = item.list();
    let Some(head) = list.first().map(Item::word) else { return item.word() == "TRUE" };
    if head == "and" {
        return list[1..].iter().all(|i| holds(i, names, point));
    }
    if head == "or" {
        return list[1..].iter().any(|i| holds(i, names, point));
    }
    if head == "not" {
        return !holds(&list[1], names, point);
    }
    let args: Vec<f64> = list[1..].iter().map(|i| number(i, names, point)).collect();
    let chain = |f: fn(&f64, &f64) -> bool| args.windows(2).all(|w| f(&w[0], &w[1]));
    match head {
        "<" => chain(f64::lt),
        ">" => chain(f64::gt),
        "<=" => chain(f64::le),
        ">=" => chain(f64::ge),
        "==" => chain(f64::eq),
        "!=" => (0..args.len()).all(|i| (0..i).all(|j| args[i] != args[j])),
        _ => false,
    }
}

/// For every leaf, the ends that a precondition states for it alone.
pub fn ends(item: &Item, names: &[String], largest: f64) -> Vec<(f64, f64)> {
    let mut out = vec![(-largest, largest); names.len()];
    narrow(item, names, &mut out);
    out
}

fn narrow(item: &Item, names: &[String], out: &mut [(f64, f64)]) {
    let list = item.list();
    let head = list.first().map(Item::word).unwrap_or_default();
    match head {
        "and" => list[1..].iter().for_each(|i| narrow(i, names, out)),
        "<" | "<=" | ">" | ">=" => {
            let up = head.starts_with('<');
            for pair in list[1..].windows(2) {
                let (low, high) = if up { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
                let of = |i: &Item| names.iter().position(|n| n == i.word());
                let (a, b) = (number(low, &[], &[]), number(high, &[], &[]));
                if let (Some(i), false) = (of(high), a.is_nan()) {
                    out[i].0 = out[i].0.max(a);
                }
                if let (Some(i), false) = (of(low), b.is_nan()) {
                    out[i].1 = out[i].1.min(b);
                }
            }
        }
        _ => {}
    }
}
