//! Elementwise functions against 60-digit truth: the worst error of each in units in the last place, in f64 and f32.

use gradus::array::math::{self, scalar32, scalar64};
use gradus::array::random;
use std::sync::Mutex;

/// How far a result may be from the truth, in units in the last place.
struct Bound {
    name: &'static str,
    /// Units in f64 and in f32.
    ulp: (f64, f64),
    /// What the error is measured against where the result passes through 0 at irrational places.
    floor: Floor,
    f: Function,
}

enum Floor {
    None,
    /// Units of a number of this size are allowed besides.
    Absolute(f64),
    /// The same, left of 0 only: there the function has zeros between its poles.
    Left(f64),
    /// Units of the larger input are allowed besides: the sum of two numbers of that size cancels.
    Inputs,
}

enum Function {
    One(fn(f64) -> f64, fn(f32) -> f32, fn(&[f64], &mut [f64]), fn(&[f32], &mut [f32])),
    Two(fn(f64, f64) -> f64, fn(f32, f32) -> f32, fn(&[f64], &[f64], &mut [f64]), fn(&[f32], &[f32], &mut [f32])),
}

macro_rules! one {
    ($name:ident, $a:ident, $b:ident, $w:expr, $n:expr, $floor:expr) => {
        Bound {
            name: stringify!($name),
            ulp: ($w, $n),
            floor: $floor,
            f: Function::One(scalar64::$name, scalar32::$name, math::$a, math::$b),
        }
    };
}
macro_rules! two {
    ($name:ident, $a:ident, $b:ident, $w:expr, $n:expr, $floor:expr) => {
        Bound {
            name: stringify!($name),
            ulp: ($w, $n),
            floor: $floor,
            f: Function::Two(scalar64::$name, scalar32::$name, math::$a, math::$b),
        }
    };
}

/// The bounds are what was measured at thirty times as many points, rounded up to a twentieth; with one processor's
/// bits equal to another's they do not depend on the machine.
fn bounds() -> Vec<Bound> {
    vec![
        one!(sqrt, sqrt_f64, sqrt_f32, 0.5, 0.5, Floor::None),
        one!(cbrt, cbrt_f64, cbrt_f32, 0.5, 0.5, Floor::None),
        one!(exp, exp_f64, exp_f32, 1.0, 0.85, Floor::None),
        one!(expm1, expm1_f64, expm1_f32, 1.0, 0.9, Floor::None),
        one!(log, log_f64, log_f32, 0.55, 0.5, Floor::None),
        one!(log1p, log1p_f64, log1p_f32, 0.85, 0.65, Floor::None),
        one!(log2, log2_f64, log2_f32, 0.55, 0.5, Floor::None),
        one!(log10, log10_f64, log10_f32, 0.55, 0.5, Floor::None),
        one!(log1mexp, log1mexp_f64, log1mexp_f32, 0.75, 0.65, Floor::None),
        one!(sin, sin_f64, sin_f32, 0.7, 0.5, Floor::None),
        one!(cos, cos_f64, cos_f32, 0.7, 0.5, Floor::None),
        one!(tan, tan_f64, tan_f32, 0.7, 0.5, Floor::None),
        one!(asin, asin_f64, asin_f32, 0.6, 0.5, Floor::None),
        one!(acos, acos_f64, acos_f32, 0.55, 0.5, Floor::None),
        one!(atan, atan_f64, atan_f32, 0.6, 0.5, Floor::None),
        one!(sinh, sinh_f64, sinh_f32, 0.8, 0.5, Floor::None),
        one!(cosh, cosh_f64, cosh_f32, 0.55, 0.5, Floor::None),
        one!(tanh, tanh_f64, tanh_f32, 0.75, 0.7, Floor::None),
        one!(asinh, asinh_f64, asinh_f32, 0.6, 0.5, Floor::None),
        one!(acosh, acosh_f64, acosh_f32, 0.55, 0.5, Floor::None),
        one!(atanh, atanh_f64, atanh_f32, 0.55, 0.5, Floor::None),
        one!(sigmoid, sigmoid_f64, sigmoid_f32, 1.0, 0.65, Floor::None),
        one!(log_sigmoid, log_sigmoid_f64, log_sigmoid_f32, 1.1, 0.9, Floor::None),
        one!(softplus, softplus_f64, softplus_f32, 1.0, 0.7, Floor::None),
        one!(erf, erf_f64, erf_f32, 1.2, 0.5, Floor::None),
        // 1 - erf(x) below ½.
        one!(erfc, erfc_f64, erfc_f32, 1.7, 0.5, Floor::None),
        // Just below 1 a unit is half of what it is above, and the quotient is taken above.
        one!(erfcx, erfcx_f64, erfcx_f32, 3.0, 0.5, Floor::None),
        one!(erfinv, erfinv_f64, erfinv_f32, 2.0, 0.5, Floor::None),
        one!(ndtr, ndtr_f64, ndtr_f32, 2.15, 0.5, Floor::None),
        // Just below 0, where log ½ and the rest partly cancel.
        one!(log_ndtr, log_ndtr_f64, log_ndtr_f32, 2.5, 0.5, Floor::None),
        one!(log_ndtr_grad, log_ndtr_grad_f64, log_ndtr_grad_f32, 1.8, 0.5, Floor::None),
        one!(gamma, gamma_f64, gamma_f32, 0.75, 0.5, Floor::None),
        // Relative accuracy at the zeros 1 and 2; left of 0 the zeros lie at irrational places.
        one!(lgamma, lgamma_f64, lgamma_f32, 1.85, 0.5, Floor::Left(1.0)),
        one!(digamma, digamma_f64, digamma_f32, 1.5, 0.5, Floor::Left(1.0)),
        one!(trigamma, trigamma_f64, trigamma_f32, 1.65, 0.5, Floor::None),
        one!(sigmoid_grad, sigmoid_grad_f64, sigmoid_grad_f32, 1.0, 0.7, Floor::None),
        one!(tanh_grad, tanh_grad_f64, tanh_grad_f32, 1.0, 0.65, Floor::None),
        one!(versin, versin_f64, versin_f32, 0.85, 0.5, Floor::None),
        one!(expm1_over_x, expm1_over_x_f64, expm1_over_x_f32, 0.9, 0.9, Floor::None),
        one!(log1p_over_x, log1p_over_x_f64, log1p_over_x_f32, 0.65, 0.6, Floor::None),
        // A cube times a polynomial.
        one!(x_minus_sin, x_minus_sin_f64, x_minus_sin_f32, 2.5, 0.5, Floor::None),
        // A cube times a polynomial: three roundings.
        one!(tan_minus_x, tan_minus_x_f64, tan_minus_x_f32, 2.2, 0.5, Floor::None),
        one!(log1p_minus_x, log1p_minus_x_f64, log1p_minus_x_f32, 1.5, 0.5, Floor::None),
        // A square times a polynomial.
        one!(expm1_minus_x, expm1_minus_x_f64, expm1_minus_x_f32, 2.55, 0.5, Floor::None),
        two!(pow, pow_f64, pow_f32, 0.65, 0.5, Floor::None),
        two!(hypot, hypot_f64, hypot_f32, 0.5, 0.5, Floor::None),
        two!(atan2, atan2_f64, atan2_f32, 0.55, 0.5, Floor::None),
        // The logarithm of a sum near 1 is a difference of the inputs.
        two!(logaddexp, logaddexp_f64, logaddexp_f32, 0.55, 0.5, Floor::Inputs),
        two!(logsubexp, logsubexp_f64, logsubexp_f32, 0.55, 0.5, Floor::Inputs),
        two!(xlogy, xlogy_f64, xlogy_f32, 0.95, 0.5, Floor::None),
        two!(xlog1py, xlog1py_f64, xlog1py_f32, 0.75, 0.5, Floor::None),
        two!(xlog_ratio, xlog_ratio_f64, xlog_ratio_f32, 1.45, 0.5, Floor::None),
        two!(log_ratio, log_ratio_f64, log_ratio_f32, 0.65, 0.5, Floor::None),
        two!(log_product, log_product_f64, log_product_f32, 0.55, 0.5, Floor::None),
        two!(betaln, betaln_f64, betaln_f32, 0.7, 0.5, Floor::Absolute(1.0)),
        // The sum of powers is multiplied by n!.
        two!(polygamma, polygamma_f64, polygamma_f32, 3.65, 0.5, Floor::Left(16.0)),
    ]
}

/// One line of math.csv.
struct Point {
    name: String,
    inputs: Vec<f64>,
    /// The nearest f64 to the truth, and the truth minus that.
    truth: (f64, f64),
}

fn points() -> Vec<Point> {
    let text = include_str!("reference/math.csv");
    text.lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let inputs =
                fields[1].split(' ').map(|h| f64::from_bits(u64::from_str_radix(h, 16).unwrap())).collect::<Vec<_>>();
            Point { name: fields[0].to_string(), inputs, truth: exact(fields[2]) }
        })
        .collect()
}

/// A decimal number as the nearest f64 and the rest, through exact integers: digits·10^e.
fn exact(text: &str) -> (f64, f64) {
    let near: f64 = text.parse().unwrap();
    if !near.is_finite() || near == 0.0 {
        return (near, 0.0);
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = mantissa.trim_start_matches('-').find('.').unwrap_or(digits.len());
    let exponent: i64 = exponent.parse::<i64>().unwrap() - (digits.len() - point) as i64;
    // The error in units of the last place of `near`, by comparing 10^exponent·digits with mantissa·2^k in big integers.
    let a = Big::from_decimal(&digits);
    let bits = near.abs().to_bits();
    let (m, k) = if bits >> 52 == 0 {
        (bits, -1074)
    } else {
        ((bits & ((1 << 52) - 1)) | (1 << 52), (bits >> 52) as i64 - 1075)
    };
    let mut left = a;
    let mut right = Big::from_u64(m);
    if exponent >= 0 {
        left.times_power(10, exponent)
    } else {
        right.times_power(10, -exponent)
    }
    if k >= 0 {
        right.times_power(2, k)
    } else {
        left.times_power(2, -k)
    }
    // left/right = truth/near, so truth - near = near·(left - right)/right.
    let relative = left.relative_difference(&right);
    let rest = near * relative;
    (near, rest)
}

/// A natural number in base 2^32, least significant first.
struct Big(Vec<u32>);

impl Big {
    fn from_u64(v: u64) -> Big {
        Big(vec![v as u32, (v >> 32) as u32])
    }
    fn from_decimal(digits: &str) -> Big {
        let mut b = Big(vec![0]);
        for d in digits.bytes() {
            b.times_add(10, u64::from(d - b'0'));
        }
        b
    }
    fn times_add(&mut self, factor: u64, mut carry: u64) {
        for w in &mut self.0 {
            let t = u64::from(*w) * factor + carry;
            *w = t as u32;
            carry = t >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }
    fn times_power(&mut self, base: u64, mut n: i64) {
        let (chunk, step) = if base == 10 { (1_000_000_000, 9) } else { (1 << 30, 30) };
        while n >= step {
            self.times_add(chunk, 0);
            n -= step;
        }
        for _ in 0..n {
            self.times_add(base, 0);
        }
    }
    /// The number as mantissa·2^exponent, to f64.
    fn leading(&self) -> (f64, i32) {
        let n = self.0.iter().rposition(|w| *w != 0).unwrap_or(0);
        let at = |i: usize| f64::from(self.0.get(i).copied().unwrap_or(0));
        let mut v = at(n);
        for i in 1..=2 {
            v = v * 4294967296.0 + if n >= i { at(n - i) } else { 0.0 };
        }
        (v, 32 * (n as i32 - 2))
    }
    /// (self - other)/other, to f64.
    fn relative_difference(&self, other: &Big) -> f64 {
        let n = self.0.len().max(other.0.len());
        let at = |b: &Big, i: usize| i64::from(b.0.get(i).copied().unwrap_or(0));
        let bigger = (0..n).rev().find_map(|i| match at(self, i).cmp(&at(other, i)) {
            std::cmp::Ordering::Equal => None,
            order => Some(order),
        });
        let Some(order) = bigger else { return 0.0 };
        let (x, y, sign) = if order.is_gt() { (self, other, 1.0) } else { (other, self, -1.0) };
        let mut difference = Vec::with_capacity(n);
        let mut borrow = 0i64;
        for i in 0..n {
            let mut d = at(x, i) - at(y, i) - borrow;
            borrow = i64::from(d < 0);
            if d < 0 {
                d += 1 << 32;
            }
            difference.push(d as u32);
        }
        let (d, de) = Big(difference).leading();
        let (o, oe) = other.leading();
        sign * d / o * 2f64.powi(de - oe)
    }
}

/// The distance between neighbouring numbers at x.
fn unit64(x: f64) -> f64 {
    let e = (x.abs().to_bits() >> 52).max(1) as i64 - 1075;
    if e < -1022 { f64::from_bits(1 << (e + 1074)) } else { f64::from_bits(((e + 1023) as u64) << 52) }
}

fn unit32(x: f64) -> f64 {
    let e = ((x.abs().to_bits() >> 52) as i64 - 1023).max(-126);
    2f64.powi(e as i32 - 23)
}

/// The error of `got` in units of f64.
fn error64(got: f64, truth: (f64, f64), floor: f64) -> f64 {
    if got.is_nan() || truth.0.is_infinite() || got.is_infinite() {
        if got == truth.0 {
            return 0.0;
        }
        // An overflow is right if the truth rounds to it.
        let edge = got.is_infinite() && truth.0.is_finite() && truth.0.abs() == f64::MAX && truth.0 * got > 0.0;
        return if edge { 1.0 } else { f64::INFINITY };
    }
    ((got - truth.0) - truth.1).abs() / unit64(truth.0).max(floor * f64::EPSILON)
}

fn error32(got: f32, truth: (f64, f64), floor: f64) -> f64 {
    let nearest = truth.0 as f32;
    if got.is_nan() || nearest.is_infinite() || got.is_infinite() {
        let close = got.is_infinite() && truth.0.abs() >= f64::from(f32::MAX) && truth.0 * f64::from(got) > 0.0;
        let under = got.abs() == f32::MAX && truth.0.abs() < 3.402_823_8e38 * 1.000_000_2;
        return if got == nearest || close || under { 0.0 } else { f64::INFINITY };
    }
    (f64::from(got) - truth.0).abs() / unit32(truth.0).max(floor * f64::from(f32::EPSILON))
}

#[test]
fn every_function_stays_within_its_bound() {
    let points = points();
    let mut failed = Vec::new();
    println!("{:<16} {:>9} {:>9}   worst at", "function", "f64 ulp", "f32 ulp");
    for bound in bounds() {
        let mut worst = [(0.0, Vec::new(), 0.0, 0.0), (0.0, Vec::new(), 0.0, 0.0)];
        let mut count = 0;
        for p in points.iter().filter(|p| p.name == bound.name) {
            count += 1;
            let floor = match bound.floor {
                Floor::None => 0.0,
                Floor::Absolute(a) => a,
                Floor::Left(a) => {
                    if p.inputs.iter().any(|x| *x < 0.0) {
                        a
                    } else {
                        0.0
                    }
                }
                Floor::Inputs => p.inputs.iter().fold(0.0f64, |m, x| m.max(x.abs())),
            };
            let narrow: Vec<f32> = p.inputs.iter().map(|x| *x as f32).collect();
            let exact = p.inputs.iter().zip(&narrow).all(|(a, b)| *a == f64::from(*b));
            let (wide, short) = match &bound.f {
                Function::One(f, g, ..) => (f(p.inputs[0]), g(narrow[0])),
                Function::Two(f, g, ..) => (f(p.inputs[0], p.inputs[1]), g(narrow[0], narrow[1])),
            };
            let e = error64(wide, p.truth, floor);
            if e > worst[0].0 {
                worst[0] = (e, p.inputs.clone(), wide, p.truth.0);
            }
            if exact {
                let e = error32(short, p.truth, floor);
                if e > worst[1].0 {
                    worst[1] = (e, p.inputs.clone(), f64::from(short), p.truth.0);
                }
            }
        }
        assert!(count > 0, "no reference for {}", bound.name);
        println!(
            "{:<16} {:>9.3} {:>9.3}   {:?} {:e} {:e}   {:?} {:e} {:e}",
            bound.name, worst[0].0, worst[1].0, worst[0].1, worst[0].2, worst[0].3, worst[1].1, worst[1].2, worst[1].3
        );
        // The truth has 26 digits.
        let above = |worst: f64, bound: f64| worst > bound + 1e-6;
        if above(worst[0].0, bound.ulp.0) || above(worst[1].0, bound.ulp.1) {
            failed.push(format!("{} {:.3} {:.3}", bound.name, worst[0].0, worst[1].0));
        }
    }
    assert!(failed.is_empty(), "above their bounds: {failed:#?}");
}

/// The functions that are exact or rounded once by the processor: no bound to measure, but the same bits to keep.
fn exact_functions() -> Vec<Bound> {
    vec![
        one!(neg, neg_f64, neg_f32, 0.0, 0.0, Floor::None),
        one!(abs, abs_f64, abs_f32, 0.0, 0.0, Floor::None),
        one!(sign, sign_f64, sign_f32, 0.0, 0.0, Floor::None),
        one!(square, square_f64, square_f32, 0.5, 0.5, Floor::None),
        one!(reciprocal, reciprocal_f64, reciprocal_f32, 0.5, 0.5, Floor::None),
        one!(floor, floor_f64, floor_f32, 0.0, 0.0, Floor::None),
        one!(ceil, ceil_f64, ceil_f32, 0.0, 0.0, Floor::None),
        one!(round, round_f64, round_f32, 0.0, 0.0, Floor::None),
        one!(trunc, trunc_f64, trunc_f32, 0.0, 0.0, Floor::None),
        one!(spacing, spacing_f64, spacing_f32, 0.0, 0.0, Floor::None),
        two!(add, add_f64, add_f32, 0.5, 0.5, Floor::None),
        two!(sub, sub_f64, sub_f32, 0.5, 0.5, Floor::None),
        two!(mul, mul_f64, mul_f32, 0.5, 0.5, Floor::None),
        two!(div, div_f64, div_f32, 0.5, 0.5, Floor::None),
        two!(maximum, maximum_f64, maximum_f32, 0.0, 0.0, Floor::None),
        two!(minimum, minimum_f64, minimum_f32, 0.0, 0.0, Floor::None),
        two!(fmod, fmod_f64, fmod_f32, 0.0, 0.0, Floor::None),
        two!(floor_mod, floor_mod_f64, floor_mod_f32, 0.5, 0.5, Floor::None),
        two!(floor_div, floor_div_f64, floor_div_f32, 0.5, 0.5, Floor::None),
        two!(copysign, copysign_f64, copysign_f32, 0.0, 0.0, Floor::None),
        two!(nextafter, nextafter_f64, nextafter_f32, 0.0, 0.0, Floor::None),
    ]
}

/// Only one test at a time may choose the loops.
static CHOICE: Mutex<()> = Mutex::new(());

/// Numbers of every kind: all signs, sizes and edges.
fn mixed(n: usize, seed: u64) -> Vec<f64> {
    let edges =
        [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, 1e308, -1e-310, 0.5, 2.5, -7.0];
    (0..n)
        .map(|i| {
            let w = random::philox([seed as u32, 7], [i as u32, 0, 0, 0]);
            let u = f64::from(w[0]) / 4294967296.0;
            match w[1] % 8 {
                0 => edges[w[2] as usize % edges.len()],
                1 => f64::from_bits((u64::from(w[2]) << 32) | u64::from(w[3])),
                2 => (u - 0.5) * 1500.0,
                3 => u,
                4 => -u,
                5 => (u - 0.5) * 40.0,
                6 => (w[2] % 30) as f64 - 10.0,
                _ => (u - 0.5) * 4.0,
            }
        })
        .collect()
}

#[test]
fn slices_equal_scalars_bit_for_bit_on_both_paths() {
    let _choice = CHOICE.lock();
    let same64 = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let same32 = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let (a, b) = (mixed(3000, 1), mixed(3000, 2));
    let (a32, b32): (Vec<f32>, Vec<f32>) =
        (a.iter().map(|x| *x as f32).collect(), b.iter().map(|x| *x as f32).collect());
    for bound in bounds().into_iter().chain(exact_functions()) {
        let mut wide = vec![0.0; a.len()];
        let mut narrow = vec![0.0f32; a.len()];
        let run = |n: std::ops::Range<usize>, wide: &mut [f64], narrow: &mut [f32]| match &bound.f {
            Function::One(_, _, f, g) => {
                f(&a[n.clone()], wide);
                g(&a32[n], narrow);
            }
            Function::Two(_, _, f, g) => {
                f(&a[n.clone()], &b[n.clone()], wide);
                g(&a32[n.clone()], &b32[n], narrow);
            }
        };
        let one = |i: usize| match &bound.f {
            Function::One(f, g, ..) => (f(a[i]), g(a32[i])),
            Function::Two(f, g, ..) => (f(a[i], b[i]), g(a32[i], b32[i])),
        };
        run(0..a.len(), &mut wide, &mut narrow);
        let mut plain = vec![0.0; a.len()];
        let mut plain32 = vec![0.0f32; a.len()];
        math::set_plain(true);
        run(0..a.len(), &mut plain, &mut plain32);
        math::set_plain(false);
        for i in 0..a.len() {
            let (x, y) = one(i);
            assert!(
                same64(x, wide[i]),
                "{} {:?} {:?}: {:e} alone, {:e} in a slice",
                bound.name,
                a[i],
                b[i],
                x,
                wide[i]
            );
            assert!(
                same32(y, narrow[i]),
                "{} {:?} {:?}: {:e} alone, {:e} in a slice",
                bound.name,
                a32[i],
                b32[i],
                y,
                narrow[i]
            );
            assert!(same64(x, plain[i]), "{} {:?} {:?}: {:e}, {:e} plain", bound.name, a[i], b[i], x, plain[i]);
            assert!(same32(y, plain32[i]), "{} {:?} {:?}: {:e}, {:e} plain", bound.name, a32[i], b32[i], y, plain32[i]);
        }
        for n in 0..70 {
            let start = 40 * n;
            let mut w = vec![-1.0; n];
            let mut s = vec![-1.0f32; n];
            run(start..start + n, &mut w, &mut s);
            for i in 0..n {
                assert!(same64(w[i], wide[start + i]), "{} in a slice of {n}", bound.name);
                assert!(same32(s[i], narrow[start + i]), "{} in a slice of {n}", bound.name);
            }
        }
    }
}

#[test]
fn philox_gives_the_published_answers() {
    let all = u32::MAX;
    assert_eq!(random::philox([0, 0], [0; 4]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    assert_eq!(random::philox([all, all], [all; 4]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    assert_eq!(
        random::philox([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
        [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
    );
}

#[test]
fn a_stream_does_not_depend_on_how_it_is_cut() {
    let _choice = CHOICE.lock();
    let n = 1000;
    let (mut whole, mut piece) = (vec![0.0; n], vec![0.0; n]);
    let (mut whole32, mut piece32) = (vec![0.0f32; n], vec![0.0f32; n]);
    for (wide, narrow) in [
        (random::fill_uniform_f64 as fn(u64, u64, &mut [f64]), random::fill_uniform_f32 as fn(u64, u64, &mut [f32])),
        (random::fill_normal_f64, random::fill_normal_f32),
    ] {
        wide(17, 0, &mut whole);
        narrow(17, 0, &mut whole32);
        let cuts = [0, 1, 2, 5, 38, 70, 137, 640, n];
        for c in cuts.windows(2) {
            wide(17, c[0] as u64, &mut piece[c[0]..c[1]]);
            narrow(17, c[0] as u64, &mut piece32[c[0]..c[1]]);
        }
        assert_eq!(whole, piece);
        assert_eq!(whole32, piece32);
        math::set_plain(true);
        wide(17, 0, &mut piece);
        narrow(17, 0, &mut piece32);
        math::set_plain(false);
        assert_eq!(whole, piece);
        assert_eq!(whole32, piece32);
    }
}

#[test]
fn uniform_and_normal_numbers_have_the_right_moments() {
    let n = 1_000_000;
    let mut x = vec![0.0; n];
    let moment = |x: &[f64], k: i32| x.iter().map(|v| v.powi(k)).sum::<f64>() / n as f64;
    random::fill_uniform_f64(3, 0, &mut x);
    assert!(x.iter().all(|v| (0.0..1.0).contains(v)));
    assert!((moment(&x, 1) - 0.5).abs() < 2e-3 && (moment(&x, 2) - 1.0 / 3.0).abs() < 2e-3);
    random::fill_normal_f64(3, 0, &mut x);
    assert!(moment(&x, 1).abs() < 5e-3 && (moment(&x, 2) - 1.0).abs() < 1e-2);
    assert!(moment(&x, 3).abs() < 2e-2 && (moment(&x, 4) - 3.0).abs() < 5e-2);
    let mut y = vec![0.0f32; n];
    random::fill_uniform_f32(3, 0, &mut y);
    assert!(y.iter().all(|v| (0.0..1.0).contains(v)));
    random::fill_normal_f32(3, 0, &mut y);
    let z: Vec<f64> = y.iter().map(|v| f64::from(*v)).collect();
    assert!(moment(&z, 1).abs() < 5e-3 && (moment(&z, 2) - 1.0).abs() < 1e-2 && (moment(&z, 4) - 3.0).abs() < 5e-2);
    // Neighbours are independent.
    let pairs = z.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
    assert!(pairs.abs() < 5e-3);
}

/// Whether two numbers are the same value, sign of zero included, or both NaN.
fn is(got: f64, want: f64) -> bool {
    got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan())
}

#[test]
fn edges_are_numpys() {
    use scalar64::*;
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let unary: &[(fn(f64) -> f64, &[(f64, f64)])] = &[
        (exp, &[(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan), (710.0, inf), (-746.0, 0.0)]),
        (expm1, &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1.0), (nan, nan), (711.0, inf), (5e-324, 5e-324)]),
        (log, &[(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (inf, inf), (-1.0, nan), (-inf, nan), (nan, nan)]),
        (log1p, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, -inf), (-2.0, nan), (inf, inf), (nan, nan), (5e-324, 5e-324)]),
        (log2, &[(8.0, 3.0), (0.125, -3.0), (5e-324, -1074.0), (0.0, -inf), (inf, inf), (-1.0, nan)]),
        (log10, &[(1000.0, 3.0), (1e22, 22.0), (1.0, 0.0), (0.0, -inf), (inf, inf), (-1.0, nan)]),
        (log1mexp, &[(0.0, -inf), (-0.0, -inf), (-inf, 0.0), (1.0, nan), (nan, nan)]),
        (sqrt, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, nan), (inf, inf)]),
        (cbrt, &[(27.0, 3.0), (-8.0, -2.0), (0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)]),
        (sin, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan), (5e-324, 5e-324)]),
        (cos, &[(0.0, 1.0), (inf, nan), (nan, nan)]),
        (tan, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (5e-324, 5e-324)]),
        (asin, &[(-0.0, -0.0), (1.0, std::f64::consts::FRAC_PI_2), (1.1, nan), (nan, nan), (5e-324, 5e-324)]),
        (acos, &[(1.0, 0.0), (-1.0, std::f64::consts::PI), (0.0, std::f64::consts::FRAC_PI_2), (-1.1, nan)]),
        (atan, &[(-0.0, -0.0), (inf, std::f64::consts::FRAC_PI_2), (-inf, -std::f64::consts::FRAC_PI_2), (nan, nan)]),
        (sinh, &[(-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan), (711.0, inf), (5e-324, 5e-324)]),
        (cosh, &[(0.0, 1.0), (inf, inf), (-inf, inf), (nan, nan), (711.0, inf)]),
        (tanh, &[(-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan), (5e-324, 5e-324)]),
        (asinh, &[(-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)]),
        (acosh, &[(1.0, 0.0), (0.5, nan), (inf, inf), (nan, nan), (-inf, nan)]),
        (atanh, &[(-0.0, -0.0), (1.0, inf), (-1.0, -inf), (1.5, nan), (nan, nan)]),
        (sigmoid, &[(0.0, 0.5), (inf, 1.0), (-inf, 0.0), (nan, nan), (-746.0, 0.0)]),
        (softplus, &[(0.0, std::f64::consts::LN_2), (inf, inf), (-inf, 0.0), (nan, nan), (1e308, 1e308)]),
        (log_sigmoid, &[(inf, -0.0), (-inf, -inf), (nan, nan), (-1e308, -1e308)]),
        (sigmoid_grad, &[(0.0, 0.25), (inf, 0.0), (-inf, 0.0), (nan, nan)]),
        (tanh_grad, &[(0.0, 1.0), (inf, 0.0), (-inf, 0.0), (nan, nan), (1e308, 0.0)]),
        (erf, &[(-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan)]),
        (erfc, &[(0.0, 1.0), (inf, 0.0), (-inf, 2.0), (nan, nan)]),
        (erfcx, &[(0.0, 1.0), (inf, 0.0), (-inf, inf), (nan, nan)]),
        (erfinv, &[(0.0, 0.0), (-0.0, -0.0), (1.0, inf), (-1.0, -inf), (1.5, nan), (nan, nan)]),
        (ndtr, &[(0.0, 0.5), (inf, 1.0), (-inf, 0.0), (nan, nan)]),
        (log_ndtr, &[(inf, -0.0), (-inf, -inf), (nan, nan)]),
        (log_ndtr_grad, &[(inf, 0.0), (-inf, inf), (nan, nan)]),
        (
            gamma,
            &[
                (0.0, inf),
                (-0.0, -inf),
                (-1.0, nan),
                (inf, inf),
                (-inf, nan),
                (nan, nan),
                (5.0, 24.0),
                (23.0, 1.1240007277776077e21),
                (180.0, inf),
            ],
        ),
        (lgamma, &[(1.0, 0.0), (2.0, 0.0), (0.0, inf), (-3.0, inf), (inf, inf), (-inf, inf), (nan, nan)]),
        (digamma, &[(0.0, -inf), (-0.0, inf), (-2.0, nan), (inf, inf), (nan, nan)]),
        (trigamma, &[(0.0, inf), (-2.0, inf), (inf, 0.0), (nan, nan)]),
        (floor, &[(-0.5, -1.0), (2.5, 2.0), (-0.0, -0.0), (inf, inf)]),
        (ceil, &[(-0.5, -0.0), (2.5, 3.0)]),
        (round, &[(0.5, 0.0), (1.5, 2.0), (2.5, 2.0), (-0.5, -0.0)]),
        (trunc, &[(-2.7, -2.0), (2.7, 2.0)]),
        (sign, &[(-3.0, -1.0), (0.0, 0.0), (5.0, 1.0), (nan, nan), (-inf, -1.0)]),
        (spacing, &[(1.0, 2.220446049250313e-16), (0.0, 5e-324), (inf, nan), (f64::MAX, 1.99584030953472e292)]),
        (expm1_over_x, &[(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan), (-1e300, 1e-300)]),
        (log1p_over_x, &[(0.0, 1.0), (inf, 0.0), (-1.0, inf), (-2.0, nan), (nan, nan)]),
        (expm1_minus_x, &[(0.0, 0.0), (inf, inf), (-inf, inf), (nan, nan)]),
        (log1p_minus_x, &[(-1.0, -inf), (inf, -inf), (-2.0, nan), (nan, nan)]),
        (versin, &[(0.0, 0.0), (inf, nan), (nan, nan)]),
    ];
    let mut wrong = Vec::new();
    for (i, (f, cases)) in unary.iter().enumerate() {
        for (x, want) in *cases {
            if !is(f(*x), *want) {
                wrong.push(format!("row {i}: f({x:e}) = {:e}, not {want:e}", f(*x)));
            }
        }
    }
    let binary: &[(fn(f64, f64) -> f64, &[(f64, f64, f64)])] = &[
        (
            maximum,
            &[
                (1.0, nan, nan),
                (nan, 1.0, nan),
                (-0.0, 0.0, 0.0),
                (0.0, -0.0, 0.0),
                (2.0, 3.0, 3.0),
                (-inf, inf, inf),
                (inf, inf, inf),
            ],
        ),
        (
            minimum,
            &[
                (1.0, nan, nan),
                (nan, 1.0, nan),
                (-0.0, 0.0, -0.0),
                (0.0, -0.0, -0.0),
                (2.0, 3.0, 2.0),
                (-inf, inf, -inf),
                (0.0, 0.0, 0.0),
            ],
        ),
        (
            pow,
            &[
                (0.0, 0.0, 1.0),
                (nan, 0.0, 1.0),
                (1.0, nan, 1.0),
                (2.0, nan, nan),
                (-8.0, 1.0 / 3.0, nan),
                (-2.0, 3.0, -8.0),
                (-2.0, 2.0, 4.0),
                (0.0, -1.0, inf),
                (-0.0, -1.0, -inf),
                (-0.0, -2.0, inf),
                (-0.0, 3.0, -0.0),
                (-0.0, 0.5, 0.0),
                (inf, -1.0, 0.0),
                (-inf, 3.0, -inf),
                (-inf, -3.0, -0.0),
                (-inf, 0.5, inf),
                (-1.0, inf, 1.0),
                (0.5, inf, 0.0),
                (0.5, -inf, inf),
                (2.0, -inf, 0.0),
                (2.0, inf, inf),
                (-3.0, inf, inf),
                (2.0, 1024.0, inf),
                (2.0, -1075.0, 0.0),
                (10.0, 22.0, 1e22),
                (1.0, inf, 1.0),
                (0.0, inf, 0.0),
                (0.0, -inf, inf),
            ],
        ),
        (
            hypot,
            &[
                (3.0, 4.0, 5.0),
                (inf, nan, inf),
                (nan, 1.0, nan),
                (0.0, 0.0, 0.0),
                (1e308, 1e308, 1.4142135623730951e308),
                (f64::MAX, f64::MAX, inf),
            ],
        ),
        (
            atan2,
            &[
                (0.0, 1.0, 0.0),
                (-0.0, 1.0, -0.0),
                (0.0, -1.0, std::f64::consts::PI),
                (-0.0, -1.0, -std::f64::consts::PI),
                (0.0, 0.0, 0.0),
                (0.0, -0.0, std::f64::consts::PI),
                (-0.0, 0.0, -0.0),
                (1.0, 0.0, std::f64::consts::FRAC_PI_2),
                (1.0, -0.0, std::f64::consts::FRAC_PI_2),
                (inf, inf, std::f64::consts::FRAC_PI_4),
                (inf, -inf, 3.0 * std::f64::consts::FRAC_PI_4),
                (1.0, inf, 0.0),
                (1.0, -inf, std::f64::consts::PI),
                (-inf, 1.0, -std::f64::consts::FRAC_PI_2),
                (nan, 1.0, nan),
            ],
        ),
        (fmod, &[(5.5, 2.0, 1.5), (-5.5, 2.0, -1.5), (1.0, 0.0, nan), (1.0, inf, 1.0)]),
        (
            floor_mod,
            &[
                (5.5, 2.0, 1.5),
                (-5.5, 2.0, 0.5),
                (5.5, -2.0, -0.5),
                (-4.0, 2.0, 0.0),
                (4.0, -2.0, -0.0),
                (1.0, 0.0, nan),
                (-1.0, inf, inf),
            ],
        ),
        (
            floor_div,
            &[
                (7.0, 2.0, 3.0),
                (-7.0, 2.0, -4.0),
                (1.0, 0.1, 9.0),
                (1.0, 0.0, inf),
                (-1.0, 0.0, -inf),
                (0.0, 0.0, nan),
                (-1.0, inf, -1.0),
                (0.0, -3.0, -0.0),
            ],
        ),
        (
            logaddexp,
            &[
                (-inf, -inf, -inf),
                (inf, inf, inf),
                (inf, -inf, inf),
                (-inf, 3.0, 3.0),
                (nan, 1.0, nan),
                (0.0, 0.0, std::f64::consts::LN_2),
                (1e308, -1e308, 1e308),
            ],
        ),
        (
            logsubexp,
            &[
                (3.0, 3.0, -inf),
                (3.0, -inf, 3.0),
                (inf, 3.0, inf),
                (1.0, 2.0, nan),
                (-inf, -inf, -inf),
                (nan, 1.0, nan),
            ],
        ),
        (
            xlogy,
            &[(0.0, 0.0, 0.0), (0.0, nan, nan), (2.0, 0.0, -inf), (0.0, -1.0, 0.0), (1.0, inf, inf), (1.0, -1.0, nan)],
        ),
        (xlog1py, &[(0.0, -1.0, 0.0), (0.0, nan, nan), (2.0, -1.0, -inf), (1.0, inf, inf)]),
        (
            xlog_ratio,
            &[
                (0.0, 0.0, 0.0),
                (0.0, 2.0, 0.0),
                (2.0, 0.0, inf),
                (-1.0, 2.0, nan),
                (nan, 1.0, nan),
                (0.0, nan, nan),
                (1.0, 1.0, 0.0),
            ],
        ),
        (
            log_ratio,
            &[
                (1.0, 0.0, inf),
                (0.0, 1.0, -inf),
                (0.0, 0.0, nan),
                (-1.0, 1.0, nan),
                (inf, 1.0, inf),
                (1.0, inf, -inf),
                (inf, inf, nan),
                (nan, 1.0, nan),
            ],
        ),
        (log_product, &[(0.0, 1.0, -inf), (0.0, inf, nan), (-1.0, 1.0, nan), (inf, 1.0, inf), (nan, 1.0, nan)]),
        (copysign, &[(1.0, -0.0, -1.0), (-3.0, 2.0, 3.0)]),
        (
            nextafter,
            &[
                (0.0, 1.0, 5e-324),
                (0.0, -1.0, -5e-324),
                (1.0, 2.0, 1.0000000000000002),
                (1.0, 0.0, 0.9999999999999999),
                (-1.0, 0.0, -0.9999999999999999),
                (1.0, 1.0, 1.0),
                (0.0, -0.0, -0.0),
                (f64::MAX, inf, inf),
                (inf, 0.0, f64::MAX),
                (nan, 1.0, nan),
            ],
        ),
        (betaln, &[(1.0, 1.0, 0.0), (0.0, 1.0, inf), (nan, 1.0, nan)]),
        (polygamma, &[(1.0, inf, 0.0), (2.0, 0.0, -inf), (0.5, 1.0, nan), (3.0, nan, nan)]),
    ];
    for (i, (f, cases)) in binary.iter().enumerate() {
        for (x, y, want) in *cases {
            if !is(f(*x, *y), *want) {
                wrong.push(format!("binary row {i}: f({x:e}, {y:e}) = {:e}, not {want:e}", f(*x, *y)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
