//! Floating-point formats narrower than f64: their limits, and rounding into them once, ties to even.

use super::DType;

/// A binary floating-point format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// OCP 8-bit, 4 exponent and 3 mantissa bits; it has no infinity, overflow becomes NaN.
    F8E4M3,
    /// OCP 8-bit, 5 exponent and 2 mantissa bits.
    F8E5M2,
    /// IEEE half precision.
    F16,
    /// Brain floating point.
    BF16,
    /// IEEE single precision.
    F32,
    /// IEEE double precision.
    F64,
}

impl Format {
    /// All formats, narrow to wide.
    pub const ALL: [Format; 6] = [Format::F8E4M3, Format::F8E5M2, Format::F16, Format::BF16, Format::F32, Format::F64];

    /// The name as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Format::F8E4M3 => "f8e4m3",
            Format::F8E5M2 => "f8e5m2",
            Format::F16 => "f16",
            Format::BF16 => "bf16",
            Format::F32 => "f32",
            Format::F64 => "f64",
        }
    }

    /// The format of this name; long names (`float16`, `float8_e4m3fn`, …) are accepted too.
    pub fn from_name(name: &str) -> Option<Format> {
        Some(match name {
            "f8e4m3" | "float8_e4m3fn" | "float8_e4m3" => Format::F8E4M3,
            "f8e5m2" | "float8_e5m2" => Format::F8E5M2,
            "f16" | "half" | "float16" => Format::F16,
            "bf16" | "bfloat16" => Format::BF16,
            "f32" | "float" | "float32" => Format::F32,
            "f64" | "double" | "float64" => Format::F64,
            _ => return None,
        })
    }

    /// Significant bits, the hidden one included.
    pub fn precision(self) -> i32 {
        match self {
            Format::F8E4M3 => 4,
            Format::F8E5M2 => 3,
            Format::F16 => 11,
            Format::BF16 => 8,
            Format::F32 => 24,
            Format::F64 => 53,
        }
    }

    /// The exponent of the smallest normal number: that number is 2 to this power.
    pub fn min_exponent(self) -> i32 {
        match self {
            Format::F8E4M3 => -6,
            Format::F8E5M2 | Format::F16 => -14,
            Format::BF16 | Format::F32 => -126,
            Format::F64 => -1022,
        }
    }

    /// The largest finite number.
    pub fn max(self) -> f64 {
        match self {
            Format::F8E4M3 => 448.0,
            Format::F8E5M2 => 57344.0,
            Format::F16 => 65504.0,
            Format::BF16 => 255.0 * power_of_two(120),
            Format::F32 => f64::from(f32::MAX),
            Format::F64 => f64::MAX,
        }
    }

    /// The distance from 1 to the next larger number.
    pub fn eps(self) -> f64 {
        power_of_two(1 - self.precision())
    }

    /// The smallest positive number with full precision.
    pub fn min_normal(self) -> f64 {
        power_of_two(self.min_exponent())
    }

    /// The smallest positive number.
    pub fn min_subnormal(self) -> f64 {
        power_of_two(self.min_exponent() + 1 - self.precision())
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl DType {
    /// The floating-point format of the elements, or of the parts of complex ones; `None` for bool and i64.
    pub fn format(self) -> Option<Format> {
        Some(match self {
            DType::F16 => Format::F16,
            DType::BF16 => Format::BF16,
            DType::F32 | DType::C64 => Format::F32,
            DType::F64 | DType::C128 => Format::F64,
            DType::Bool | DType::I64 => return None,
        })
    }
}

/// The number of the format nearest to x, ties to even, rounded once.
///
/// Overflow gives infinity, in F8E4M3 (which has none) NaN; subnormals and the sign of zero are kept.
///
/// ```
/// use gradus::array::{Format, round_f64_to};
/// assert_eq!(round_f64_to(0.1, Format::BF16), 0.10009765625);
/// assert_eq!(round_f64_to(65520.0, Format::F16), f64::INFINITY);
/// assert!(round_f64_to(465.0, Format::F8E4M3).is_nan());
/// ```
pub fn round_f64_to(x: f64, format: Format) -> f64 {
    match format {
        Format::F64 => x,
        Format::F32 => f64::from(x as f32),
        _ => round_narrow(x, format),
    }
}

/// Rounding by scaling the last place of the format to 1; both scalings are by powers of two and exact.
fn round_narrow(x: f64, format: Format) -> f64 {
    if !x.is_finite() {
        let lost = x.is_infinite() && format == Format::F8E4M3;
        return if lost { f64::NAN } else { x };
    }
    let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let last_place = exponent.max(format.min_exponent()) + 1 - format.precision();
    let rounded = (x * power_of_two(-last_place)).round_ties_even() * power_of_two(last_place);
    if rounded.abs() <= format.max() {
        rounded
    } else if format == Format::F8E4M3 {
        f64::NAN
    } else {
        f64::INFINITY.copysign(x)
    }
}

/// The number of the format nearest to an f32, ties to even; the fast path of kernels that compute in f32.
pub fn round_f32_to(x: f32, format: Format) -> f32 {
    match format {
        Format::F32 | Format::F64 => x,
        Format::BF16 if !x.is_nan() => {
            // Adding just under half of the last kept place, plus its parity, carries exactly where rounding is up.
            let bits = x.to_bits();
            f32::from_bits((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff_0000)
        }
        _ => round_narrow(f64::from(x), format) as f32,
    }
}

/// 2 to the power `n`, for every n whose power is a normal or subnormal f64.
pub(crate) fn power_of_two(n: i32) -> f64 {
    if n >= -1022 {
        f64::from_bits(((n + 1023).clamp(0, 2047) as u64) << 52)
    } else {
        f64::from_bits(1u64.checked_shl((n + 1074).max(0) as u32).unwrap_or(0))
    }
}

/// The place of a float among all floats in ascending order.
pub(crate) fn ordinal(x: f64) -> i128 {
    let bits = i128::from(x.abs().to_bits());
    if x < 0.0 { -bits } else { bits }
}

/// The float at a place.
pub(crate) fn from_ordinal(n: i128) -> f64 {
    let x = f64::from_bits(n.unsigned_abs() as u64);
    if n < 0 { -x } else { x }
}
