//! What formulas would give in a narrower format: which ops fail, what share of the values is lost, how many digits stay.

use super::finding::Finding;
use super::judge::{overflows, relative};
use super::shadow::Shadow;
use crate::array::Format;
use crate::error::Origin;
use crate::graph::{Kernel, Tensor};
use crate::text::brief;

/// What becomes of the values of one op in a format.
#[derive(Clone, Debug)]
pub struct Loss {
    /// The op.
    pub op: &'static str,
    /// Where it was written.
    pub origin: Origin,
    /// The formula there.
    pub text: String,
    /// How many values it makes.
    pub elements: usize,
    /// The share of them that becomes zero and is not.
    pub zero: f64,
    /// The share that becomes infinite or NaN and is not.
    pub not_finite: f64,
    /// The share that becomes subnormal.
    pub subnormal: f64,
    /// The power of two by which its values would have to be scaled to fit, if one will do.
    pub scale: Option<i64>,
}

/// What becomes of formulas in a format.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The format.
    pub format: Format,
    /// What goes wrong, the first cause first.
    pub findings: Vec<Finding>,
    /// The ops that lose values.
    pub losses: Vec<Loss>,
    /// The decimal digits that the worst element of the results keeps, if one of them has a value that fits.
    pub digits: Option<f64>,
}

/// Runs formulas as written with every value rounded to a format, and beside it the truth.
///
/// ```
/// use gradus::{Tensor, array::Format, forecast};
/// let x = Tensor::from([1.0, 12.0]);
/// let f = forecast(&[&x.exp()], &[], Format::F16);
/// assert_eq!((f.losses[0].op, f.losses[0].not_finite), ("exp", 0.5));
/// ```
pub fn forecast(outputs: &[&Tensor], gradients: &[bool], format: Format) -> Forecast {
    let shadow = Shadow::in_format(outputs, format);
    let findings = super::examine(&shadow, outputs, gradients);
    let mut losses: Vec<(Loss, Range)> = vec![];
    for (t, values) in shadow.nodes.iter().zip(&shadow.values) {
        if matches!(t.op().kernel, Kernel::Leaf) {
            continue;
        }
        for v in values.iter().filter(|v| v.meta.dtype.is_float()) {
            let at = losses.iter().position(|(l, _)| l.op == t.op().name && l.origin == t.origin());
            let at = at.unwrap_or_else(|| {
                losses.push((Loss::none(t), Range::default()));
                losses.len() - 1
            });
            let (loss, range) = &mut losses[at];
            for (&c, w) in v.computed.iter().zip(&v.exact).filter(|(_, w)| w.is_known(0.01)) {
                loss.count(c, w.is_zero(), w.is_finite(), format);
                range.take(w.log2(), w.is_finite() && !w.is_zero());
            }
        }
    }
    let share = |(mut l, range): (Loss, Range)| {
        let n = l.elements.max(1) as f64;
        (l.zero, l.not_finite, l.subnormal) = (l.zero / n, l.not_finite / n, l.subnormal / n);
        l.scale = range.scale(format);
        l
    };
    let lossy = |l: &Loss| l.zero > 0.0 || l.not_finite > 0.0 || l.subnormal > 0.0;
    let losses = losses.into_iter().map(share).filter(lossy).collect();
    Forecast { format, findings, losses, digits: digits(&shadow, outputs, format) }
}

impl Loss {
    fn none(t: &Tensor) -> Loss {
        let (op, origin, text) = (t.op().name, t.origin(), brief(t));
        Loss { op, origin, text, elements: 0, zero: 0.0, not_finite: 0.0, subnormal: 0.0, scale: None }
    }

    fn count(&mut self, computed: f64, zero: bool, finite: bool, format: Format) {
        self.elements += 1;
        self.zero += f64::from(u8::from(computed == 0.0 && !zero));
        self.not_finite += f64::from(u8::from(!computed.is_finite() && finite));
        self.subnormal += f64::from(u8::from(computed != 0.0 && computed.abs() < format.min_normal()));
    }
}

/// The range of magnitudes, as logarithms to base 2.
struct Range {
    low: f64,
    high: f64,
}

impl Default for Range {
    fn default() -> Range {
        Range { low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Range {
    fn take(&mut self, log2: f64, counts: bool) {
        if counts {
            self.low = self.low.min(log2);
            self.high = self.high.max(log2);
        }
    }

    /// The power of two that brings the range into a format, if one will do and one is needed.
    fn scale(&self, format: Format) -> Option<i64> {
        let (least, most) = (format.min_normal().log2(), format.max().log2());
        let needed = if self.high > most {
            (most - self.high).floor()
        } else if self.low < least {
            (least - self.low).ceil()
        } else {
            return None;
        };
        let fits = self.high + needed <= most && self.low + needed >= least;
        (fits && needed.is_finite()).then_some(needed as i64)
    }
}

/// The decimal digits of the worst element of the results; what is beyond the format by nature does not count.
fn digits(shadow: &Shadow, outputs: &[&Tensor], format: Format) -> Option<f64> {
    let most = f64::from(format.precision());
    let mut worst: Option<f64> = None;
    for v in outputs.iter().filter_map(|t| shadow.of_tensor(t)).filter(|v| v.meta.dtype.is_float()) {
        for (&c, w) in v.computed.iter().zip(&v.exact) {
            let tiny = w.to_f64().abs() < format.min_normal();
            if w.is_finite() && w.is_known(0.01) && !overflows(w, format) && !tiny {
                worst = Some(worst.unwrap_or(most).min(-relative(c, w)).max(0.0));
            }
        }
    }
    worst.map(|bits| bits * std::f64::consts::LOG10_2)
}
