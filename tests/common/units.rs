//! How far a float is from the truth, in units in the last place and in bits.

use astro_float_num::{BigFloat, RoundingMode};

use super::interval::{Interval, big, power_of_two};

const ANY: RoundingMode = RoundingMode::None;

/// A float format: bits of the significand, exponents of the smallest normal number and of the end of the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    pub name: &'static str,
    pub bits: i32,
    pub smallest: i32,
    pub end: i32,
}

pub const F64: Format = Format { name: "f64", bits: 53, smallest: -1022, end: 1024 };
pub const F32: Format = Format { name: "f32", bits: 24, smallest: -126, end: 128 };

/// A big number times 2^shift as f64; 0 or infinite where it is out of range.
fn scaled(x: &BigFloat, shift: i32) -> f64 {
    let Some((words, _, sign, e, _)) = x.as_raw_parts() else {
        return if x.is_inf_neg() { f64::NEG_INFINITY } else { f64::INFINITY };
    };
    let top = words.last().copied().unwrap_or(0) as f64 / 2f64.powi(64);
    let e = i64::from(e) + i64::from(shift);
    let v = if e < -1000 { 0.0 } else { top * 2f64.powi(e.min(1100) as i32) };
    if sign.is_negative() { -v } else { v }
}

impl Format {
    /// The distance of a float from the truth in units in the last place of the truth; infinite for NaN.
    ///
    /// An infinity counts as the number at which the range ends, and so does a truth beyond it.
    pub fn ulps(self, got: f64, truth: &Interval) -> f64 {
        if got.is_nan() {
            return f64::INFINITY;
        }
        let end = power_of_two(self.end);
        let clamp = |x: BigFloat| x.min(&end).max(&end.neg());
        let truth = clamp(truth.middle());
        let got = clamp(if got.is_infinite() {
            if got > 0.0 { astro_float_num::INF_POS } else { astro_float_num::INF_NEG }
        } else {
            big(got)
        });
        let e = if truth.is_zero() { self.smallest } else { truth.exponent().unwrap_or(0) - 1 };
        let unit = e.clamp(self.smallest, self.end - 1) - (self.bits - 1);
        scaled(&got.sub(&truth, 256, ANY), unit.saturating_neg()).abs()
    }

    /// The truth as the nearest float.
    pub fn round(self, truth: &Interval) -> f64 {
        let x = truth.middle();
        if x.is_zero() {
            return 0.0;
        }
        let e = x.exponent().unwrap_or(0) - 1;
        if e >= self.end {
            return if x.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        let unit = e.max(self.smallest) - (self.bits - 1);
        // Exactly, from the words above the unit: `scaled` alone would round twice.
        let mut y = x.clone();
        y.set_exponent(y.exponent().unwrap_or(0).saturating_sub(unit));
        let whole = y.round(0, RoundingMode::ToEven);
        let v = scaled(&whole, 0);
        let half = unit / 2;
        let v = v * 2f64.powi(half) * 2f64.powi(unit - half);
        if self.bits == 24 { f64::from(v as f32) } else { v }
    }

    /// The place of a float among all floats of the format.
    pub fn ordinal(self, x: f64) -> i64 {
        let (bits, sign) = match self.bits {
            24 => (i64::from((x as f32).to_bits() as i32), i64::from(i32::MIN)),
            _ => (x.to_bits() as i64, i64::MIN),
        };
        if bits < 0 { sign.wrapping_sub(bits) } else { bits }
    }

    /// The float at a place.
    pub fn of_ordinal(self, n: i64) -> f64 {
        let magnitude = n.unsigned_abs();
        let v = if self.bits == 24 { f64::from(f32::from_bits(magnitude as u32)) } else { f64::from_bits(magnitude) };
        if n < 0 { -v } else { v }
    }

    /// Bits of error: the logarithm of how many floats lie between; all bits for NaN.
    pub fn bits_of_error(self, got: f64, truth: &Interval) -> f64 {
        if got.is_nan() {
            return f64::from(self.bits + if self.bits == 24 { 8 } else { 11 });
        }
        let distance = self.ordinal(got).abs_diff(self.ordinal(self.round(truth)));
        (distance as f64 + 1.0).log2()
    }
}

/// More than 1 bit worse and more than 4 units off.
pub fn is_worse(before: f64, after: f64) -> bool {
    after > 4.0 && (after.is_infinite() && before.is_finite() || after + 1.0 > 2.0 * (before + 1.0))
}
