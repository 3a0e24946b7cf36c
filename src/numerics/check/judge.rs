//! Whether a computed number is right, and by how much it is wrong.

use crate::array::Format;
use crate::array::wide::{Scaled, Wide};

/// What a computed number is beside the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// As near as the format allows, or nearly so.
    Right,
    /// The truth is not known well enough to say.
    Unknown,
    /// Wrong by this part of the truth; infinite if it is not finite and should be.
    Wrong(f64),
}

/// How far from the truth a number may be: three tenths of its bits may be lost.
pub fn tolerance(format: Format) -> f64 {
    2f64.powf(-0.7 * f64::from(format.precision()))
}

/// The distance of two numbers; infinite unless both are finite or the same infinity, zero of two NaNs.
pub fn distance(a: Wide, b: Wide) -> Scaled {
    if a.is_finite() && b.is_finite() {
        return (a - b).size();
    }
    let same = (a.is_nan() && b.is_nan()) || (a.is_infinite() && b.is_infinite() && a.sign() == b.sign());
    if same { Scaled::ZERO } else { Scaled::INFINITY }
}

/// The distance from the truth as a part of it, as a logarithm to base 2: −∞ of what is right to the last bit.
pub fn relative(computed: f64, exact: &Wide) -> f64 {
    let d = distance(Wide::from(computed), *exact);
    if d == Scaled::ZERO { f64::NEG_INFINITY } else { d.over(exact.size()).log2() }
}

/// True if the truth rounds to infinity in a format.
pub fn overflows(exact: &Wide, format: Format) -> bool {
    let edge = format.max() * (1.0 + format.eps() / 8.0);
    exact.is_finite() && Scaled::from(edge).less(exact.size()) || (exact.is_finite() && exact.to_f64().is_infinite())
}

/// True if a number is finite in a format, whatever else is known of it.
fn bounded(exact: &Wide, format: Format) -> bool {
    exact.size().up(exact.error()).less(Scaled::from(format.max()))
}

/// Judges a number of a format.
pub fn judge(computed: f64, exact: &Wide, format: Format) -> Verdict {
    if exact.is_nan() {
        return if computed.is_nan() { Verdict::Right } else { Verdict::Unknown };
    }
    if exact.error().order(Scaled::INFINITY).is_eq() {
        return Verdict::Unknown;
    }
    if !computed.is_finite() {
        let lost = exact.is_infinite() || overflows(exact, format);
        return match (lost, computed.is_nan()) {
            // A format without infinities has only NaN to say so.
            (true, true) if format == Format::F8E4M3 => Verdict::Right,
            // The sign of an infinity may hang on that of a zero.
            (true, false) if exact.is_infinite() || exact.sign() == computed.signum() => Verdict::Right,
            // Little may be known of the truth, and still that it is finite.
            _ if !exact.is_infinite() && !exact.is_known(0.5) && !bounded(exact, format) => Verdict::Unknown,
            _ => Verdict::Wrong(f64::INFINITY),
        };
    }
    if exact.is_infinite() {
        return Verdict::Wrong(f64::INFINITY);
    }
    let d = distance(Wide::from(computed), *exact);
    let least = Scaled::from(1.01 * format.min_subnormal());
    if d.less(least) || d.less(exact.size().times(Scaled::from(tolerance(format)))) || d.to_f64() == 0.0 {
        return Verdict::Right;
    }
    if !exact.error().less(d.times(Scaled::from(0.25))) && exact.error() != Scaled::ZERO {
        return Verdict::Unknown;
    }
    Verdict::Wrong(d.over(exact.size()).to_f64())
}
