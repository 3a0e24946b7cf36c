//! Fractions: exact sums, products and quotients, read from decimals and from f64, rounded once on the way back.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use num_bigint::{BigInt, BigUint, Sign};

/// A fraction in lowest terms; its denominator is positive.
///
/// ```
/// use gradus::array::Rational;
/// let third: Rational = "1/3".parse()?;
/// let tenth: Rational = "0.1".parse()?;
/// assert_eq!(third.plus(&tenth).to_string(), "13/30");
/// assert_eq!(third.to_f64(), 1.0 / 3.0);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rational {
    n: BigInt,
    d: BigUint,
}

/// The longest exponent of a decimal: far beyond f64, and still a number of bearable length.
const MAX_EXPONENT: i64 = 5000;

impl Rational {
    /// n / d in lowest terms; `None` of d = 0.
    pub fn new(n: BigInt, d: BigInt) -> Option<Rational> {
        if d.sign() == Sign::NoSign {
            return None;
        }
        let n = if d.sign() == Sign::Minus { -n } else { n };
        let d = d.magnitude().clone();
        let g = gcd(n.magnitude().clone(), d.clone());
        Some(Rational { n: n / BigInt::from(g.clone()), d: d / g })
    }

    /// The fraction that an f64 is; `None` of infinities and NaN.
    pub fn exactly(x: f64) -> Option<Rational> {
        let (m, e) = x.is_finite().then(|| parts(x))?;
        let power = BigInt::from(1) << e.unsigned_abs() as usize;
        if e < 0 { Rational::new(BigInt::from(m), power) } else { Rational::new(BigInt::from(m) * power, 1.into()) }
    }

    /// The shortest decimal that an f64 prints as: 1/10 of 0.1; `None` of infinities and NaN.
    pub fn decimal(x: f64) -> Option<Rational> {
        x.is_finite().then(|| format!("{x:e}").parse().ok())?
    }

    /// The sum.
    pub fn plus(&self, other: &Rational) -> Rational {
        let n = &self.n * BigInt::from(other.d.clone()) + &other.n * BigInt::from(self.d.clone());
        reduced(n, &self.d * &other.d)
    }

    /// The product.
    pub fn times(&self, other: &Rational) -> Rational {
        reduced(&self.n * &other.n, &self.d * &other.d)
    }

    /// The quotient; `None` over 0.
    pub fn over(&self, other: &Rational) -> Option<Rational> {
        Rational::new(&self.n * BigInt::from(other.d.clone()), BigInt::from(self.d.clone()) * &other.n)
    }

    /// −1, 0 or 1.
    pub fn sign(&self) -> i32 {
        match self.n.sign() {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        }
    }

    /// The nearest f64.
    pub fn to_f64(&self) -> f64 {
        quotient(&self.n, &BigInt::from(self.d.clone()))
    }

    /// The logarithm, also where the number itself lies outside the range of f64; −inf of 0, NaN below it.
    pub fn ln(&self) -> f64 {
        let x = self.to_f64();
        if self.sign() <= 0 || (x.is_normal() && x.is_finite()) {
            return x.ln();
        }
        // n / d is (n / 2ᵃ) / (d / 2ᵇ) · 2ᵃ⁻ᵇ with both quotients in f64's range.
        let (a, b) = (self.n.bits(), self.d.bits());
        let front = quotient(&(&self.n << b as usize), &(BigInt::from(self.d.clone()) << a as usize));
        front.ln() + (a as f64 - b as f64) * std::f64::consts::LN_2
    }
}

impl From<i64> for Rational {
    fn from(n: i64) -> Rational {
        Rational { n: n.into(), d: 1u32.into() }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Rational) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Rational) -> Ordering {
        (&self.n * BigInt::from(other.d.clone())).cmp(&(&other.n * BigInt::from(self.d.clone())))
    }
}

impl fmt::Display for Rational {
    /// Writes `1/3`, and a whole number without its denominator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.d == BigUint::from(1u32) { write!(f, "{}", self.n) } else { write!(f, "{}/{}", self.n, self.d) }
    }
}

impl FromStr for Rational {
    type Err = String;

    /// Reads `1/3`, `0.25`, `2.5e-3`, `-7`, and quotients of such numbers.
    fn from_str(text: &str) -> Result<Rational, String> {
        let wrong = || format!("`{text}` is no fraction; write `1/3` or `0.25`");
        let read = |t: &str| decimal(t.trim()).ok_or_else(wrong);
        match text.split_once('/') {
            Some((n, d)) => read(n)?.over(&read(d)?).ok_or_else(|| format!("`{text}` divides by 0")),
            None => read(text),
        }
    }
}

/// A decimal such as `-2.5e-3` as a fraction.
fn decimal(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(i) => (&text[..i], text[i + 1..].parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.trim_start_matches(['-', '+']);
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.len() - digits.len() > 1 || !all_digits(digits) || !all_digits(fraction) || mantissa.len() > 5000 {
        return None;
    }
    let n: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent.checked_sub(fraction.len() as i64).filter(|s| s.abs() <= MAX_EXPONENT)?;
    let power = BigInt::from(10).pow(shift.unsigned_abs() as u32);
    if shift < 0 { Rational::new(n, power) } else { Rational::new(n * power, 1.into()) }
}

/// n / d in lowest terms, of a d that is not 0.
fn reduced(n: BigInt, d: BigUint) -> Rational {
    let g = gcd(n.magnitude().clone(), d.clone());
    Rational { n: n / BigInt::from(g.clone()), d: d / g }
}

/// The greatest common divisor, by Euclid; that of 0 and d is d.
fn gcd(mut a: BigUint, mut b: BigUint) -> BigUint {
    while b.bits() > 0 {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// The integers m and e with x = m · 2ᵉ.
pub(crate) fn parts(x: f64) -> (i64, i64) {
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (m, e) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if x < 0.0 { -m } else { m }, e)
}

/// n / d rounded to the nearest f64.
pub(crate) fn quotient(n: &BigInt, d: &BigInt) -> f64 {
    if n.sign() == Sign::NoSign {
        return 0.0;
    }
    let negative = (n.sign() == Sign::Minus) != (d.sign() == Sign::Minus);
    let (n, d) = (n.magnitude(), d.magnitude());
    // 64 to 65 bits of quotient, with what is left over in the last of them.
    let shift = n.bits() as i64 - d.bits() as i64 - 64;
    let (n, d) = if shift < 0 { (n << (-shift) as usize, d.clone()) } else { (n.clone(), d << shift as usize) };
    let q = &n / &d;
    let rest = &q * &d != n;
    let q: u128 = q.iter_u64_digits().enumerate().map(|(k, digit)| u128::from(digit) << (64 * k)).sum();
    let m = (q | u128::from(rest)) as f64;
    let y = super::scaled_by_power(m, shift);
    if negative { -y } else { y }
}
