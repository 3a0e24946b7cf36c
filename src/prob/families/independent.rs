//! Elements of a batch as one value of independent elements.

use crate::error::{Error, ErrorKind};
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Support};

/// The last axes of a tensor, one for every batch axis that became part of the event.
fn axes(d: &Distribution) -> Vec<isize> {
    (0..d.own_axes()).map(|i| -1 - i as isize).collect()
}

/// The distribution of the elements.
fn base(d: &Distribution) -> &Distribution {
    &d.parts()[0]
}

/// The batch axes of the elements that became part of the event.
fn own(d: &Distribution) -> Vec<usize> {
    let batch = base(d).batch_shape().unwrap_or_default();
    batch[batch.len().saturating_sub(d.own_axes())..].to_vec()
}

/// Π p(xᵢ).
pub static INDEPENDENT: Family = Family {
    name: "Independent",
    summary: "Independent elements: the last batch axes of a distribution become axes of one value.",
    density: "prod(p_i(x_i))",
    source: "section 3.7",
    forms: &[],
    discrete: false,
    event: |d| [own(d), base(d).event_shape()].concat(),
    support: |_| Support::Other("elements in the support of their own distribution"),
    log_prob: Formula(|d, x| base(d).log_prob(x).sum(axes(d))),
    prob: Formula(|d, x| base(d).prob(x).prod(axes(d))),
    log_cdf: Formula(|d, x| base(d).log_cdf(x).sum(axes(d))),
    cdf: Formula(|d, x| base(d).cdf(x).prod(axes(d))),
    log_sf: Absent("what is not below x in every element is not above it in every one"),
    quantile: Absent("vectors have no order"),
    mean: Formula(|d| base(d).mean()),
    variance: Formula(|d| base(d).variance()),
    mode: Formula(|d| base(d).mode()),
    entropy: Formula(|d| base(d).entropy().sum(axes(d))),
    expectation: Absent("it is a sum over all combinations of elements"),
    sample: Formula(|d, draw| base(d).drawn_by(&draw.with_event(&own(d)))),
    rsample: Formula(|d, draw| base(d).path_by(&draw.with_event(&own(d)))),
    fit: Absent("its elements are fitted by the family that they have"),
};

/// The distribution of independent elements: the last `axes` batch axes of `base` become axes of one value.
///
/// ```
/// use gradus::prob;
/// let d = prob::independent(&prob::normal([0.0; 400], 1.0), 1);
/// assert_eq!(d.event_shape(), [400]);
/// let log_p = d.log_prob(vec![0.0; 400]).eval()?.item()?;
/// assert!((log_p + 200.0 * (2.0 * std::f64::consts::PI).ln()).abs() < 1e-12);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn independent(base: &Distribution, axes: usize) -> Distribution {
    match base.batch_shape() {
        Ok(batch) if batch.len() >= axes => Distribution::of_parts(&INDEPENDENT, &[], vec![], vec![base.clone()], axes),
        Ok(batch) => {
            let shape = crate::array::display_shape(&batch);
            let m = format!("`Independent` cannot take {axes} axes of a batch of shape {shape}");
            Distribution::poisoned(&INDEPENDENT, Error::new(ErrorKind::Shape, m))
        }
        Err(e) => Distribution::poisoned(&INDEPENDENT, e),
    }
}
