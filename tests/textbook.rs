//! The textbook corpus: formulas as the book writes them, in eleven spellings, values and gradients against 800-digit truth.
//!
//! Prints the score per chapter and per class of spelling, and holds the floors reached. `GRADUS_FAILURES=1` lists what
//! is wrong; `GRADUS_CASE=softmax` looks at some cases only. Formulas that were held back while rules were written are
//! listed by `GRADUS_FAILURES=held` alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use gradus::formula::Program;
use gradus::{Array, DType};
use serde_json::Value;

/// Values and gradients that were right before, in f32 and in f64: of formulas held back, of those worked on, and of a
/// later lot, which at its first run, before any of its failures was read, had 147 and 94 right in f32, 183 and 104 in f64.
const HELD: [(usize, usize); 2] = [(109, 86), (108, 85)];
const WORKED: [(usize, usize); 2] = [(158, 108), (158, 108)];
const FRESH: [(usize, usize); 2] = [(197, 106), (195, 106)];

/// One formula with its data and its truth.
#[derive(Clone)]
struct Case {
    id: String,
    class: String,
    chapter: String,
    formula: String,
    dtype: DType,
    tol: f64,
    inputs: Vec<(String, Array)>,
    reduce: bool,
    value: (Vec<usize>, Vec<f64>),
    grad: Vec<(String, Vec<f64>)>,
    /// Per input a direction, and the product of the Hessian with it.
    second: Vec<(String, Array, Vec<f64>)>,
}

/// A number, or a string that stands for one.
fn number(v: &Value) -> f64 {
    match v {
        Value::String(s) => s.parse().unwrap(),
        v => v.as_f64().unwrap(),
    }
}

/// Nested lists as shape and elements.
fn nested(v: &Value) -> (Vec<usize>, Vec<f64>) {
    let Value::Array(items) = v else { return (vec![], vec![number(v)]) };
    let parts: Vec<_> = items.iter().map(nested).collect();
    let inner = parts.first().map(|p| p.0.clone()).unwrap_or_default();
    (std::iter::once(items.len()).chain(inner).collect(), parts.into_iter().flat_map(|p| p.1).collect())
}

fn data(v: &Value, dtype: DType) -> Array {
    let (shape, values) = nested(v);
    Array::from_vec(values, &shape).unwrap().cast(dtype).unwrap()
}

fn load(path: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(format!("{}/tests/reference/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let root: Value = serde_json::from_str(&text).unwrap();
    let entries = root.get("entries").unwrap_or(&root).as_array().unwrap();
    let text = |e: &Value, k: &str| e[k].as_str().unwrap_or_default().to_string();
    let pairs = |v: &Value| v.as_object().cloned().unwrap_or_default().into_iter().collect::<Vec<_>>();
    let wanted = std::env::var("GRADUS_CASE").unwrap_or_default();
    let case = |e: &Value| {
        let dtype = DType::from_name(&text(e, "dtype")).unwrap();
        Case {
            id: text(e, "id"),
            class: e.get("class").and_then(Value::as_str).unwrap_or("shown").to_string(),
            chapter: text(e, "chapter"),
            formula: text(e, "formula"),
            dtype,
            tol: number(&e["tol"]),
            inputs: pairs(&e["inputs"]).into_iter().map(|(k, v)| (k, data(&v, dtype))).collect(),
            reduce: e["reduce"].as_str() == Some("sum"),
            value: nested(&e["value"]),
            grad: pairs(&e["grad"]).into_iter().map(|(k, v)| (k, nested(&v).1)).collect(),
            second: pairs(e.get("second").unwrap_or(&Value::Null))
                .into_iter()
                .map(|(k, v)| (k, data(&v["along"], dtype), nested(&v["truth"]).1))
                .collect(),
        }
    };
    entries.iter().filter(|e| text(e, "id").contains(&wanted)).map(case).collect()
}

/// The rule of the corpus: an error relative to the element, or to a thousandth of the largest.
fn passes(got: &[f64], truth: &[f64], tol: f64, dtype: DType) -> bool {
    let largest = truth.iter().filter(|t| t.is_finite()).fold(0.0f64, |a, t| a.max(t.abs()));
    let slack = if dtype == DType::F32 { 1.5e-45 } else { 5e-324 };
    got.len() == truth.len()
        && got.iter().zip(truth).all(|(g, t)| {
            if t.is_infinite() { g == t } else { (g - t).abs() <= tol * t.abs().max(1e-3 * largest) + slack }
        })
}

/// The formula and its derivatives as one program, whose results are the value, the gradients, and Hessians times vectors.
fn run(case: &Case) -> Vec<Result<Vec<f64>, String>> {
    let at = case.formula.rfind(';').map_or(0, |i| i + 1);
    let (before, last) = case.formula.split_at(at);
    let mut source = format!("{before} result_ = {last}; result_");
    for (name, _) in &case.grad {
        let y = if case.reduce { "sum(result_)" } else { "result_" };
        write!(source, "; grad({y}, {name})").unwrap();
    }
    for (name, ..) in &case.second {
        write!(source, "; grad(sum(grad(sum(result_), {name})*along_{name}), {name})").unwrap();
    }
    let count = 1 + case.grad.len() + case.second.len();
    let mut program = match Program::formula(&source) {
        Ok(p) => p,
        Err(e) => return vec![Err(e.to_string()); count],
    };
    program.dtype(case.dtype);
    for (name, along, _) in &case.second {
        program.bind_array(&format!("along_{name}"), along.clone());
    }
    for (name, array) in &case.inputs {
        program.bind_array(name, array.clone());
    }
    match program.run() {
        Ok(o) => o.results.into_iter().map(|r| r.value.map(|v| v.to_f64()).map_err(|e| e.to_string())).collect(),
        Err(e) => vec![Err(e.to_string()); count],
    }
}

/// Right and all, for values and for gradients.
#[derive(Default, Clone, Copy)]
struct Score {
    value: (usize, usize),
    grad: (usize, usize),
}

impl Score {
    fn add(&mut self, value: bool, grad: Option<bool>) {
        self.value.0 += usize::from(value);
        self.value.1 += 1;
        if let Some(g) = grad {
            self.grad.0 += usize::from(g);
            self.grad.1 += 1;
        }
    }

    fn share(&self) -> f64 {
        let part = |(n, of): (usize, usize)| if of == 0 { 1.0 } else { n as f64 / of as f64 };
        part(self.value).min(part(self.grad))
    }
}

fn score(cases: &[Case]) -> BTreeMap<(String, String), Score> {
    let mut scores: BTreeMap<(String, String), Score> = BTreeMap::new();
    let wish = std::env::var("GRADUS_FAILURES").unwrap_or_default();
    for case in cases {
        let list = !wish.is_empty() && (wish == "held") == (case.class == "held");
        let results = run(case);
        let value = matches!(results.first(), Some(Ok(v)) if passes(v, &case.value.1, case.tol, case.dtype));
        let tol = if case.dtype == DType::F32 { case.tol.max(1e-5) } else { case.tol };
        let right = |(r, (_, t)): (&Result<Vec<f64>, String>, &(String, Vec<f64>))| matches!(r, Ok(v) if passes(v, t, tol, case.dtype));
        let grad = (!case.grad.is_empty())
            .then(|| results.len() == 1 + case.grad.len() && results[1..].iter().zip(&case.grad).all(right));
        if list && (!value || grad == Some(false)) {
            let bad = |v: &[f64]| format!("{:?}", &v[..v.len().min(6)]);
            println!("{} {}", case.id, case.formula);
            if !value {
                println!(
                    "    value {:?} truth {}",
                    results.first().map(|r| r.as_ref().map(|v| bad(v))),
                    bad(&case.value.1)
                );
            }
            for (r, (name, t)) in results.iter().skip(1).zip(&case.grad).filter(|_| grad == Some(false)) {
                if !right((r, &(name.clone(), t.clone()))) {
                    println!("    d/d{name} {:?} truth {}", r.as_ref().map(|v| bad(v)), bad(t));
                }
            }
        }
        let dtype = case.dtype.name().to_string();
        for key in [(case.class.clone(), dtype), ("by chapter".into(), case.chapter.clone())] {
            scores.entry(key).or_default().add(value, grad);
        }
    }
    scores
}

fn print(title: &str, scores: &BTreeMap<(String, String), Score>) {
    println!("{title}");
    for ((class, part), s) in scores {
        let (v, g) = (s.value, s.grad);
        println!("  {class:<12} {part:<9} values {:>4} of {:<4} gradients {:>4} of {:<4}", v.0, v.1, g.0, g.1);
    }
}

#[test]
fn formulas_as_the_book_writes_them() {
    let cases = load("textbook_plain.json");
    let scores = score(&cases);
    print("shown cases", &scores);
    let shown = scores.get(&("shown".into(), "f32".into())).copied().unwrap_or_default();
    if cases.len() == 56 {
        assert!(shown.value.0 >= 56, "values: {} of 56", shown.value.0);
        assert!(shown.grad.0 >= 30, "gradients: {} of 30", shown.grad.0);
    }
}

#[test]
fn every_spelling() {
    let cases = load("textbook_spellings.json");
    let scores = score(&cases);
    print("spellings", &scores);
    if cases.len() > 2000 {
        let worst = scores.iter().filter(|(k, _)| k.0 != "by chapter").map(|(_, s)| s.share()).fold(1.0, f64::min);
        println!("the worst class: {:.1} %", 100.0 * worst);
        assert!(worst >= 0.98, "the worst class has {:.1} %", 100.0 * worst);
    }
}

#[test]
fn second_derivatives() {
    let cases = load("second.json");
    let mut counts: BTreeMap<(&str, &str), [(usize, usize); 3]> = BTreeMap::new();
    let mut wrong = vec![];
    println!("{:<32} value gradient second", "case");
    for case in &cases {
        let results = run(case);
        let tol = if case.dtype == DType::F32 { case.tol.max(1e-5) } else { case.tol };
        let right = |k: usize, truth: &[f64]| matches!(&results[k], Ok(v) if passes(v, truth, tol, case.dtype));
        let value = right(0, &case.value.1);
        let grad = case.grad.iter().enumerate().all(|(k, (_, t))| right(1 + k, t));
        let at = 1 + case.grad.len();
        let second = case.second.iter().enumerate().all(|(k, (.., t))| right(at + k, t));
        let count = counts.entry((&case.class, case.dtype.name())).or_default();
        for (c, ok) in count.iter_mut().zip([value, grad, second]) {
            *c = (c.0 + usize::from(ok), c.1 + 1);
        }
        let mark = |ok: bool| if ok { "right" } else { "WRONG" };
        println!("{:<32} {} {:<8} {}", case.id, mark(value), mark(grad), mark(second));
        if !(value && grad && second) {
            let few: Vec<_> = results.iter().map(|r| r.as_ref().map(|v| v[..v.len().min(5)].to_vec())).collect();
            println!("    {}: {few:?}", case.formula);
            let truths = case.grad.iter().map(|g| &g.1).chain(case.second.iter().map(|s| &s.2));
            println!("    truth {:?} {:?}", case.value.1, truths.map(|t| &t[..t.len().min(5)]).collect::<Vec<_>>());
            wrong.push(case.id.clone());
        }
    }
    for ((class, dtype), c) in &counts {
        let [v, g, s] = c.map(|(n, of)| format!("{n} of {of}"));
        println!("{class} {dtype}: values {v}, gradients {g}, second derivatives {s}");
    }
    assert!(wrong.is_empty(), "wrong: {wrong:?}");
}

#[test]
fn formulas_no_rule_was_written_for() {
    let cases = [load("unseen.json"), load("fresh.json")].concat();
    let whole = cases.len() > 900;
    for (class, floors) in [("held", HELD), ("worked", WORKED), ("fresh", FRESH)] {
        let mine: Vec<Case> = cases.iter().filter(|c| c.class == class).cloned().collect();
        for (dtype, floor) in [DType::F32, DType::F64].into_iter().zip(floors) {
            let of: Vec<Case> = mine.iter().filter(|c| c.dtype == dtype).cloned().collect();
            let scores = score(&of);
            print(&format!("{class}, {}", dtype.name()), &scores);
            let s = scores.get(&(class.to_string(), dtype.name().to_string())).copied().unwrap_or_default();
            assert!(
                !whole || s.value.0 >= floor.0,
                "{class}: {} values of {}, of {} before",
                s.value.0,
                s.value.1,
                floor.0
            );
            assert!(
                !whole || s.grad.0 >= floor.1,
                "{class}: {} gradients of {}, of {} before",
                s.grad.0,
                s.grad.1,
                floor.1
            );
        }
    }
}
