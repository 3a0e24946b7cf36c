//! Rows that do not round: every bit of their values against loops that know nothing of the library.

use gradus::graph::{Attrs, Op, evaluate};
use gradus::{Array, DType, Tensor};

/// Numbers at which exact functions have something to get wrong.
const NUMBERS: [f64; 24] = [
    0.0,
    -0.0,
    5e-324,
    -2.2250738585072014e-308,
    1e-300,
    0.1,
    -0.1,
    0.5,
    -0.5,
    1.0,
    -1.0,
    1.5,
    2.5,
    -2.5,
    3.0,
    -7.0,
    1e10 + 0.5,
    4503599627370497.5,
    9007199254740993.0,
    1e300,
    -1.7976931348623157e308,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// The value of a node over these inputs.
fn value(op: &'static Op, inputs: &[&Array], attrs: Attrs) -> Array {
    let leaves: Vec<Tensor> = inputs.iter().map(|a| Tensor::from(*a)).collect();
    evaluate(&[&op.call(&leaves.iter().collect::<Vec<_>>(), attrs)], &mut vec![]).unwrap().remove(0)
}

/// True if both are NaN or the same bits.
fn same(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || a.to_bits() == b.to_bits()
}

/// Every number with every other.
fn pairs() -> (Vec<f64>, Vec<f64>) {
    NUMBERS.iter().flat_map(|&a| NUMBERS.iter().map(move |&b| (a, b))).unzip()
}

/// What a function of two numbers gets wrong, in f64 and in f32.
fn two(op: &'static Op, f64s: fn(f64, f64) -> f64, f32s: fn(f32, f32) -> f32) -> Option<String> {
    let (a, b) = pairs();
    let inputs = [&a, &b].map(|v| Array::from(v.clone()));
    let wide = value(op, &[&inputs[0], &inputs[1]], Attrs::None).to_f64();
    let narrow = inputs.each_ref().map(|x| x.cast(DType::F32).unwrap());
    let narrow = value(op, &[&narrow[0], &narrow[1]], Attrs::None).to_f64();
    let wrong = (0..a.len()).find(|&i| {
        let small = f32s(a[i] as f32, b[i] as f32);
        !same(wide[i], f64s(a[i], b[i])) || !same(narrow[i], f64::from(small))
    })?;
    Some(format!("({}, {}) gives {} and {}", a[wrong], b[wrong], wide[wrong], narrow[wrong]))
}

/// What a function of one number gets wrong, in f64 and in f32.
fn one(op: &'static Op, attrs: Attrs, f64s: fn(f64) -> f64, f32s: fn(f32) -> f32) -> Option<String> {
    let x = Array::from(NUMBERS.to_vec());
    let wide = value(op, &[&x], attrs.clone()).to_f64();
    let narrow = value(op, &[&x.cast(DType::F32).unwrap()], attrs).to_f64();
    let wrong = (0..NUMBERS.len())
        .find(|&i| !same(wide[i], f64s(NUMBERS[i])) || !same(narrow[i], f64::from(f32s(NUMBERS[i] as f32))))?;
    Some(format!("{} gives {} and {}", NUMBERS[wrong], wide[wrong], narrow[wrong]))
}

/// An array of the numbers from 0 on, so that every element says where it came from.
fn places(shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    Array::from_vec((0..n).map(|i| i as f64).collect::<Vec<_>>(), shape).unwrap()
}

/// What moving elements of a 2×3×4 array gets wrong; `from` gives the element at a place, or none for a zero.
fn moved(
    op: &'static Op,
    more: &[&Array],
    attrs: Attrs,
    shape: &[usize],
    from: fn(&[usize]) -> Option<[usize; 3]>,
) -> Option<String> {
    let x = places(&[2, 3, 4]);
    let got = value(op, &[&[&x], more].concat(), attrs);
    if got.shape() != shape {
        return Some(format!("gives shape {:?}, not {shape:?}", got.shape()));
    }
    let want = |i: usize| {
        let mut rest = i;
        let mut at = vec![0; shape.len()];
        for (k, n) in shape.iter().enumerate().rev() {
            (at[k], rest) = (rest % n, rest / n);
        }
        from(&at).map_or(0.0, |p| (p[0] * 12 + p[1] * 4 + p[2]) as f64)
    };
    let wrong = got.iter_f64().enumerate().find(|(i, g)| *g != want(*i))?;
    Some(format!("gives {} at place {}, not {}", wrong.1, wrong.0, want(wrong.0)))
}

fn max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a > b || (a == b && b.is_sign_negative()) {
        a
    } else {
        b
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) }
}

fn nearest_even(x: f64) -> f64 {
    x.round_ties_even()
}

fn truth(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// The next number after a towards b.
fn next(a: f64, b: f64) -> f64 {
    match a.partial_cmp(&b) {
        None => f64::NAN,
        Some(std::cmp::Ordering::Less) => a.next_up(),
        Some(std::cmp::Ordering::Greater) => a.next_down(),
        Some(std::cmp::Ordering::Equal) => b,
    }
}

/// The distance to the next larger number; below the largest one, to the next smaller one.
fn gap(x: f64) -> f64 {
    if x == f64::MAX { x - x.next_down() } else { x.next_up() - x }
}

/// The same in f32.
fn gap_f32(x: f32) -> f32 {
    if x == f32::MAX { x - x.next_down() } else { x.next_up() - x }
}

/// Rows of questions of two numbers.
macro_rules! question {
    ($op:expr, $a:ident, $b:ident => $answer:expr) => {
        two($op, |$a, $b| truth($answer), |$a, $b| truth($answer) as f32)
    };
}

/// Checks a row; `None` if this file does not know it, else what is wrong, or nothing.
pub fn check(op: &'static Op) -> Option<Option<String>> {
    let slice = |axis, start, count, step, length| Attrs::Slice { axis, start, count, step, length };
    let index = Array::from_vec(vec![2i64, 0, -1, 2], &[4]).unwrap();
    let six = places(&[6]);
    Some(match op.name {
        "add" => two(op, |a, b| a + b, |a, b| a + b),
        "sub" => two(op, |a, b| a - b, |a, b| a - b),
        "maximum" => two(op, max, |a, b| max(a.into(), b.into()) as f32),
        "minimum" => two(op, |a, b| -max(-a, -b), |a, b| -max((-a).into(), (-b).into()) as f32),
        "sign" => one(op, Attrs::None, sign, |x| sign(x.into()) as f32),
        // Of complex numbers: tests/complex.rs.
        "real" | "conj" => one(op, Attrs::None, |x| x, |x| x),
        "imag" => one(op, Attrs::None, |_| 0.0, |_| 0.0),
        "floor" => one(op, Attrs::None, f64::floor, f32::floor),
        "ceil" => one(op, Attrs::None, f64::ceil, f32::ceil),
        "round" => one(op, Attrs::None, nearest_even, |x| nearest_even(x.into()) as f32),
        "stop_gradient" | "as_written" => one(op, Attrs::None, |x| x, |x| x),
        "cast" => one(op, Attrs::DType(DType::F32), |x| f64::from(x as f32), |x| x),
        "round_to" => one(op, Attrs::Text("f32".into()), |x| f64::from(x as f32), |x| x),
        "isnan" => one(op, Attrs::None, |x| truth(x.is_nan()), |x| truth(x.is_nan()) as f32),
        "isfinite" => one(op, Attrs::None, |x| truth(x.is_finite()), |x| truth(x.is_finite()) as f32),
        "logical_not" => one(op, Attrs::None, |x| truth(x == 0.0), |x| truth(x == 0.0) as f32),
        "equal" => question!(op, a, b => a == b),
        "not_equal" => question!(op, a, b => a != b),
        "less" => question!(op, a, b => a < b),
        "less_equal" => question!(op, a, b => a <= b),
        "greater" => question!(op, a, b => a > b),
        "greater_equal" => question!(op, a, b => a >= b),
        "logical_and" => question!(op, a, b => a != 0.0 && b != 0.0),
        "logical_or" => question!(op, a, b => a != 0.0 || b != 0.0),
        "nextafter" => two(op, next, |a, b| match a.partial_cmp(&b) {
            None => f32::NAN,
            Some(std::cmp::Ordering::Less) => a.next_up(),
            Some(std::cmp::Ordering::Greater) => a.next_down(),
            Some(std::cmp::Ordering::Equal) => b,
        }),
        "spacing" => one(
            op,
            Attrs::None,
            |x| if x.is_finite() { gap(x.abs()).copysign(x) } else { f64::NAN },
            |x| if x.is_finite() { gap_f32(x.abs()).copysign(x) } else { f32::NAN },
        ),
        "floor_divide" => whole(op, |q, _| q),
        "mod" => whole(op, |_, r| r),
        "where" => selected(op),
        "require" => {
            let x = Array::from(NUMBERS.to_vec());
            let y = value(op, &[&x, &Array::scalar(true)], Attrs::Text("holds".into())).to_f64();
            (0..y.len()).find(|&i| !same(y[i], NUMBERS[i])).map(|i| format!("{} becomes {}", NUMBERS[i], y[i]))
        }
        "reshape" => moved(op, &[], Attrs::Shape { core: 3, shape: vec![4, 6] }, &[4, 6], |p| {
            let i = p[0] * 6 + p[1];
            Some([i / 12, i / 4 % 3, i % 4])
        }),
        "transpose" => moved(op, &[], Attrs::Order(vec![-2, -1, -3]), &[3, 4, 2], |p| Some([p[2], p[0], p[1]])),
        "broadcast_to" => {
            let shape = vec![2, 2, 3, 4];
            moved(op, &[], Attrs::Shape { core: 3, shape: shape.clone() }, &shape, |p| Some([p[1], p[2], p[3]]))
        }
        "expand_dims" => moved(op, &[], Attrs::Axes(vec![-2]), &[2, 3, 1, 4], |p| Some([p[0], p[1], p[3]])),
        "slice" => moved(op, &[], slice(-1, 3, 2, -2, 4), &[2, 3, 2], |p| Some([p[0], p[1], 3 - 2 * p[2]])),
        "pad" => moved(op, &[], slice(-2, 1, 3, 2, 7), &[2, 7, 4], |p| {
            (p[1] % 2 == 1 && p[1] < 6).then(|| [p[0], p[1] / 2, p[2]])
        }),
        "concatenate" => {
            let more = places(&[2, 3, 4]);
            moved(op, &[&more], Attrs::Axes(vec![-2]), &[2, 6, 4], |p| Some([p[0], p[1] % 3, p[2]]))
        }
        "take" => moved(op, &[&index], Attrs::Axes(vec![-1]), &[2, 3, 4], |p| Some([p[0], p[1], [2, 0, 3, 2][p[2]]])),
        "scatter_add" => {
            let got = value(op, &[&places(&[4]), &index], slice(-1, 1, 0, 1, 5)).to_f64();
            // 0 and 3 go to place 2, 1 to place 0, 2 to the last one.
            (got != [1.0, 0.0, 3.0, 0.0, 2.0]).then(|| format!("gives {got:?}"))
        }
        "iota" => {
            let got = value(op, &[], Attrs::Make(vec![6], DType::I64));
            (got.to_f64() != six.to_f64() || got.dtype() != DType::I64).then(|| format!("gives {got}"))
        }
        "max" | "min" | "argmax" | "argmin" | "all" | "any" | "sort" | "scale" => along(op),
        _ => return None,
    })
}

/// Quotient and remainder of whole numbers, which floats hold exactly.
fn whole(op: &'static Op, pick: fn(i64, i64) -> i64) -> Option<String> {
    let cases = || (-9..=9i64).flat_map(|a| (-9..=9i64).filter(|b| *b != 0).map(move |b| (a * 1_000_003, b * 7)));
    let (a, b): (Vec<i64>, Vec<i64>) = cases().unzip();
    let [a, b] = [a, b].map(Array::from);
    let want: Vec<i64> = cases()
        .map(|(a, b)| {
            // The remainder has the sign of b.
            let r = if b > 0 { a.rem_euclid(b) } else { -(-a).rem_euclid(-b) };
            pick((a - r) / b, r)
        })
        .collect();
    let exact = |x: &Array| x.iter_f64().zip(&want).all(|(g, w)| g == *w as f64);
    let floats = value(op, &[&a.cast(DType::F64).unwrap(), &b.cast(DType::F64).unwrap()], Attrs::None);
    let right = exact(&value(op, &[&a, &b], Attrs::None)) && exact(&floats);
    (!right).then(|| "differs from whole numbers".to_string())
}

/// `where` takes every bit of the branch taken.
fn selected(op: &'static Op) -> Option<String> {
    let (a, b) = pairs();
    let c: Vec<bool> = (0..a.len()).map(|i| i % 3 == 0).collect();
    let got = value(op, &[&Array::from(c.clone()), &Array::from(a.clone()), &Array::from(b.clone())], Attrs::None);
    let wrong = got.iter_f64().enumerate().find(|(i, g)| !same(*g, if c[*i] { a[*i] } else { b[*i] }))?;
    Some(format!("gives {} at {}", wrong.1, wrong.0))
}

/// Rows that look for an element of a lane.
fn along(op: &'static Op) -> Option<String> {
    let lanes: [&[f64]; 5] =
        [&[3.0, -1.0, 3.0, 2.0], &[0.0, 0.0], &[1e300, f64::NEG_INFINITY], &[-0.5], &[7.0, 1.0, 7.5]];
    for lane in lanes {
        let got = value(op, &[&Array::from(lane.to_vec())], Attrs::Axes(vec![-1])).to_f64();
        let mut sorted = lane.to_vec();
        sorted.sort_by(f64::total_cmp);
        let first = |v: f64| lane.iter().position(|&x| x == v).unwrap() as f64;
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        let fine = match op.name {
            "max" => got == [high],
            "min" => got == [low],
            "argmax" => got == [first(high)],
            "argmin" => got == [first(low)],
            "all" => got == [truth(lane.iter().all(|&v| v != 0.0))],
            "any" => got == [truth(lane.iter().any(|&v| v != 0.0))],
            "sort" => got == sorted,
            // A power of two, and no further from the largest magnitude than a factor of two; 1 where that is no help.
            _ => {
                let size = lane.iter().fold(0f64, |m, v| m.max(v.abs()));
                let power = got[0].to_bits() << 12 == 0;
                power
                    && if size == 0.0 || size.is_infinite() {
                        got[0] == 1.0
                    } else {
                        (0.5..=2.0).contains(&(size / got[0]))
                    }
            }
        };
        if !fine {
            return Some(format!("of {lane:?} gives {got:?}"));
        }
    }
    None
}
