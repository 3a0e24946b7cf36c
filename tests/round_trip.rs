//! What is printed reads back as the same formula: the same text once more, and the same bits, on random graphs.

mod common;

use common::sample::Random;
use gradus::formula::Program;
use gradus::graph::{Attrs, evaluate};
use gradus::ops::keep;
use gradus::text::{Names, infix, parse_expr};
use gradus::{Array, DType, Tensor, ops, stabilize};

/// Formulas tried.
const FORMULAS: u64 = 3000;
/// Names and shapes of the leaves; they all broadcast.
const LEAVES: [(&str, &[usize]); 4] = [("x", &[2, 3]), ("y", &[3]), ("s", &[2, 1]), ("c", &[])];

fn leaves(r: &mut Random) -> Vec<(&'static str, Array)> {
    let element = |r: &mut Random| r.unit() * 4.0 - 1.0;
    let leaf = |&(name, shape): &(&'static str, &[usize])| {
        let values: Vec<f64> = (0..shape.iter().product()).map(|_| element(r)).collect();
        (name, Array::from_vec(values, shape).unwrap())
    };
    LEAVES.iter().map(leaf).collect()
}

/// A number, as the language and as Rust write it.
fn number(r: &mut Random) -> Tensor {
    match r.below(9) {
        0 => Tensor::from(2i64),
        1 => Tensor::from(7i64),
        2 => Tensor::from(f64::INFINITY),
        3 => Tensor::from(f64::NEG_INFINITY),
        k => Tensor::from([0.1, -0.5, 1e-300, -2.0, 3.0][k - 4]),
    }
}

/// A formula of floats of at most this depth.
fn formula(r: &mut Random, leaves: &[Tensor], depth: usize) -> Tensor {
    if depth == 0 || r.below(8) == 0 {
        return if r.below(3) == 0 { number(r) } else { leaves[r.below(leaves.len())].clone() };
    }
    let x = formula(r, leaves, depth - 1);
    let vector = x.shape().is_ok_and(|s| !s.is_empty());
    let of_two: [fn(&Tensor, &Tensor) -> Tensor; 13] = [
        |a, b| a + b,
        |a, b| a - b,
        |a, b| a * b,
        |a, b| a / b,
        |a, b| a.pow(b),
        |a, b| a.floor_divide(b),
        |a, b| a.modulo(b),
        |a, b| a.maximum(b),
        |a, b| a.arctan2(b),
        |a, b| Tensor::select(&a.less(b).logical_and(a.less_equal(0.5)), a, b),
        |a, b| Tensor::select(&a.equal(b).logical_or(a.greater(b).logical_not()), b, a),
        |a, b| Tensor::select(&a.isnan().logical_and(b.isfinite().logical_or(a.not_equal(1.0))), a, &(a - b)),
        |a, b| (a - b).logaddexp(b),
    ];
    let of_one: [fn(&Tensor) -> Tensor; 11] = [
        |x| -x,
        |x| x.exp(),
        |x| x.abs(),
        |x| x.square(),
        |x| x.sigmoid(),
        |x| x.reciprocal(),
        |x| x.stop_gradient() - x.as_written(),
        |x| x.clip(-0.5, 1.5),
        |x| x.round_to("bf16"),
        |x| x.cast(DType::F32).cast(DType::F64),
        |x| ops::POLYGAMMA.call(&[&Tensor::from(1.0), x], Attrs::None),
    ];
    let of_arrays: [fn(&Tensor) -> Tensor; 16] = [
        |x| x.sum(keep(-1)),
        |x| x.mean(-1).expand_dims(-1),
        |x| x.max(()) * x,
        |x| x.softmax(-1),
        |x| x.logsumexp(keep(())),
        |x| x.norm(()) - x,
        |x| x.index(-1, 0),
        |x| x.slice(-1, None, None, -1),
        |x| x.slice(-1, None, Some(1), 1),
        |x| x.matmul(x.mean(keep(())).broadcast_like(x).t()),
        |x| (x * 2.0).matmul((x + 1.0).t()),
        |x| x.t().t(),
        |x| x.flatten().sort(-1).sum(()),
        |x| x.cumsum(-1),
        |x| Tensor::stack(&[x, &(x * 2.0)], 0).index(0, 1),
        |x| x.argmax(()) + x,
    ];
    match r.below(20) {
        0..=10 => {
            let b = formula(r, leaves, depth - 1);
            of_two[r.below(of_two.len())](&x, &b)
        }
        11..=13 => of_one[r.below(of_one.len())](&x),
        14..=18 if vector => of_arrays[r.below(of_arrays.len())](&x),
        _ => x.clone() - (x.clone() - x),
    }
}

fn bits(t: &Tensor) -> Option<(DType, Vec<usize>, Vec<u64>)> {
    let value = evaluate(&[t], &mut vec![]).ok()?.pop()?;
    // A NaN is a NaN.
    let canonical = |v: f64| if v.is_nan() { f64::NAN } else { v };
    Some((value.dtype(), value.shape().to_vec(), value.iter_f64().map(|v| canonical(v).to_bits()).collect()))
}

/// Prints, reads back and prints again; what is wrong with it, if anything. Numbers that have met no dtype are left out:
/// as results they take that of the script.
fn fault(y: &Tensor, data: &[(&str, Array)]) -> Option<String> {
    let text = infix(y, &Names::new());
    if text.contains('…') || y.meta().is_ok_and(|m| m.weak) {
        return None;
    }
    let mut program = match Program::formula(&text) {
        Ok(program) => program,
        Err(e) => return Some(format!("{text}\n  cannot be read: {e}")),
    };
    for (name, array) in data {
        program.bind_array(name, array.clone());
    }
    let again = match program.formulas() {
        Ok(all) => all.into_iter().last()?,
        Err(e) => return Some(format!("{text}\n  cannot be built: {e}")),
    };
    let second = infix(&again, &Names::new());
    if second != text {
        return Some(format!("{text}\n  is printed again as\n  {second}"));
    }
    match (bits(y), bits(&again)) {
        (a, b) if a == b => None,
        (a, b) => Some(format!("{text}\n  has other bits: {a:?}\n  {b:?}")),
    }
}

#[test]
fn random_graphs_print_and_read_back() {
    let (mut compared, mut faults) = (0, vec![]);
    for seed in 1..=FORMULAS {
        let mut r = Random::new(seed);
        let data = leaves(&mut r);
        let x: Vec<Tensor> = data.iter().map(|(name, a)| Tensor::from(a.clone()).named(name)).collect();
        let y = formula(&mut r, &x, 5);
        if y.meta().is_err() {
            continue;
        }
        compared += 1;
        faults.extend(fault(&y, &data));
        // What the stabiliser makes of it is a formula too.
        faults.extend(fault(&stabilize(&y).0, &data).map(|f| format!("stabilised: {f}")));
    }
    assert!(compared > FORMULAS / 2, "only {compared} formulas could be built");
    let n = faults.len();
    faults.sort_by_key(String::len);
    assert!(n == 0, "{n} of {compared}:\n{}", faults[..n.min(12)].join("\n"));
}

/// A random text with more brackets than it needs.
fn text(r: &mut Random, depth: usize) -> String {
    if depth == 0 || r.below(9) == 0 {
        return ["a", "b", "x", "2", "0.5", "f(x)", "x[0]", "x.T", "[1, a]", "(a, b)"][r.below(10)].into();
    }
    let mut part = || {
        let inner = text(r, depth - 1);
        if r.below(4) == 0 { inner } else { format!("({inner})") }
    };
    let (a, b) = (part(), part());
    let signs = ["+", "-", "*", "/", "//", "%", "@", "**", "<", ">=", "==", "&", "|", " and ", " or "];
    match r.below(22) {
        k @ 0..=14 => format!("{a}{}{b}", signs[k]),
        15 => format!("-{a}"),
        16 => format!("~{a}"),
        17 => format!("not {a}"),
        18 => format!("{a}[{b}, :]"),
        19 => format!("g({a}, k={b})"),
        20 => format!("({a}).sum(axis={b})"),
        _ => format!("(lambda t: {a})({b})"),
    }
}

#[test]
fn random_texts_print_and_read_back() {
    let mut read = 0;
    for seed in 1..=20 * FORMULAS {
        let source = text(&mut Random::new(seed), 4);
        let Ok(tree) = parse_expr(&source) else { continue };
        read += 1;
        let printed = tree.to_string();
        let again = parse_expr(&printed).unwrap_or_else(|e| panic!("{source}\n  printed as {printed}: {e}"));
        assert_eq!(again, tree, "{source}\n  printed as {printed}");
        assert_eq!(again.to_string(), printed);
        assert!(
            printed.len() <= source.len() + 4 * source.matches(['+', '-', '@', '<', '=', '&', '|', '%', ',']).count()
        );
    }
    assert!(read > 10 * FORMULAS, "only {read} texts could be read");
}
