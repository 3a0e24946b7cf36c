//! The worst error of every function at the points of the reference, in units in the last place.

use super::{Floor, Function, bounds};

/// One line of math.csv.
struct Point {
    name: String,
    inputs: Vec<f64>,
    /// The nearest f64 to the truth, and the truth minus that.
    truth: (f64, f64),
}

fn points() -> Vec<Point> {
    let text = include_str!("../reference/math.csv");
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
