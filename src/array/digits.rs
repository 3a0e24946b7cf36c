//! Decimal digits of a number: the fewest that tell it from its neighbours in its format, or a given number of them.

use super::format::{Format, round_f64_to};

/// A finite number in scientific notation: sign, first digit and fraction, decimal exponent.
pub(crate) struct Scientific {
    /// True of negative numbers and of −0.
    pub negative: bool,
    /// The digit before the point.
    pub first: char,
    /// The digits after the point, without trailing zeros unless a number of them was asked for.
    pub fraction: String,
    /// The power of ten.
    pub exponent: i32,
}

impl Scientific {
    /// Reads what `{:e}` prints of a finite number.
    fn parse(text: &str) -> Scientific {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let negative = mantissa.starts_with('-');
        let mantissa = mantissa.trim_start_matches('-');
        let (first, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        Scientific {
            negative,
            first: first.chars().next().unwrap_or('0'),
            fraction: fraction.to_string(),
            exponent: exponent.parse().unwrap_or(0),
        }
    }

    /// The fewest digits that round back to x in the format, but no more than `most` after the point.
    pub fn shortest(x: f64, format: Format, most: usize) -> Scientific {
        let shortest = match format {
            Format::F64 => Scientific::parse(&format!("{x:e}")),
            Format::F32 => Scientific::parse(&format!("{:e}", x as f32)),
            _ => {
                // Nine digits tell all numbers of the narrower formats apart.
                let found = (0..9)
                    .map(|n| format!("{x:.n$e}"))
                    .find(|t| t.parse::<f64>().is_ok_and(|back| round_f64_to(back, format) == x));
                Scientific::parse(&found.unwrap_or_else(|| format!("{x:e}"))).trimmed()
            }
        };
        if shortest.fraction.len() <= most { shortest } else { Scientific::exact(x, most).trimmed() }
    }

    /// The exact value rounded to `n` digits after the point, ties to even.
    pub fn exact(x: f64, n: usize) -> Scientific {
        Scientific::parse(&format!("{x:.n$e}"))
    }

    /// Drops trailing zeros of the fraction.
    fn trimmed(mut self) -> Scientific {
        self.fraction.truncate(self.fraction.trim_end_matches('0').len());
        self
    }
}

/// A finite number in positional notation: the digits before the point with their sign, and those after it.
///
/// The fewest digits that round back to x in the format, but no more than `most` after the point.
pub(crate) fn positional(x: f64, format: Format, most: usize) -> (String, String) {
    let short = Scientific::shortest(x, format, usize::MAX);
    let digits = format!("{}{}", short.first, short.fraction);
    let point = short.exponent + 1;
    let (whole, fraction) = if point <= 0 {
        ("0".to_string(), format!("{}{digits}", "0".repeat(point.unsigned_abs() as usize)))
    } else if digits.len() <= point as usize {
        (format!("{digits:0<width$}", width = point as usize), String::new())
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        (whole.to_string(), fraction.to_string())
    };
    let sign = if short.negative { "-" } else { "" };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() <= most {
        return (format!("{sign}{whole}"), fraction.to_string());
    }
    let rounded = format!("{x:.most$}");
    let (whole, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    (whole.to_string(), fraction.trim_end_matches('0').to_string())
}
