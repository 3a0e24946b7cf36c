//! Change of variables: the distribution of g(X) for an invertible differentiable g.

use std::sync::Arc;

use super::otherwise;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Support};
use crate::{Array, Tensor, grad};

/// A function of tensors, element by element.
type Function = Arc<dyn Fn(&Tensor) -> Tensor + Send + Sync>;

/// An invertible function, element by element, and its inverse.
#[derive(Clone)]
pub struct Map {
    /// What it is called when printed.
    pub name: String,
    forward: Function,
    inverse: Function,
}

impl Map {
    /// The map g with this inverse; both are applied element by element.
    pub fn new(
        name: impl Into<String>,
        forward: impl Fn(&Tensor) -> Tensor + Send + Sync + 'static,
        inverse: impl Fn(&Tensor) -> Tensor + Send + Sync + 'static,
    ) -> Map {
        Map { name: name.into(), forward: Arc::new(forward), inverse: Arc::new(inverse) }
    }
}

/// Maps that go by a name, with their inverses.
type Named = (&'static str, fn(&Tensor) -> Tensor, fn(&Tensor) -> Tensor);
static NAMED: &[Named] = &[
    ("exp", Tensor::exp, Tensor::log),
    ("log", Tensor::log, Tensor::exp),
    ("sigmoid", Tensor::sigmoid, Tensor::logit),
    ("tanh", Tensor::tanh, Tensor::arctanh),
    ("sinh", Tensor::sinh, Tensor::arcsinh),
    ("softplus", Tensor::softplus, |y| y + (-y).log1mexp()),
    ("neg", |x| -x, |y| -y),
];

impl Map {
    /// The map of this name: exp, log, sigmoid, tanh, sinh, softplus or neg.
    pub fn named(name: &str) -> Option<Map> {
        let (name, forward, inverse) = NAMED.iter().find(|(n, ..)| *n == name)?;
        Some(Map::new(*name, *forward, *inverse))
    }

    /// The names of the maps that go by one.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(n, ..)| *n)
    }
}

fn base(d: &Distribution) -> &Distribution {
    &d.parts()[0]
}

fn forward(d: &Distribution, x: &Tensor) -> Tensor {
    d.map().map_or_else(|| x.clone(), |m| (m.forward)(x))
}

/// g⁻¹(y) and its slope.
fn back(d: &Distribution, y: &Tensor) -> (Tensor, Tensor) {
    // A derivative is taken in data, not in a constant.
    let y = y.constant().map_or_else(|| y.clone(), |c| Tensor::new(Array::scalar(c)));
    let x = d.map().map_or_else(|| y.clone(), |m| (m.inverse)(&y));
    let slope = grad(&x.sum(()), &y);
    (x, slope)
}

/// The ends of the support, the lower first.
fn ends(d: &Distribution) -> Option<(Tensor, Tensor, Tensor)> {
    let Support::Interval(lo, hi) = base(d).support() else { return None };
    let (a, b) = (forward(d, &lo), forward(d, &hi));
    Some((a.minimum(&b), a.maximum(&b), b.greater(&a)))
}

/// A distribution function: of the base or, where g falls, its complement; `below` and `above` the support.
fn through(
    d: &Distribution,
    y: &Tensor,
    rising: impl Fn(&Distribution, &Tensor) -> Tensor,
    falling: impl Fn(&Distribution, &Tensor) -> Tensor,
    [below, above]: [f64; 2],
) -> Tensor {
    let x = back(d, y).0;
    let Some((lo, hi, rises)) = ends(d) else { return rising(base(d), &x) };
    let inside = Tensor::select(&rises, &rising(base(d), &x), &falling(base(d), &x));
    let upper = otherwise(&y.less(hi), &inside, above);
    Tensor::select(&y.less_equal(lo), &Tensor::from(below), &upper)
}

/// p(g⁻¹(y)) |d g⁻¹(y)/dy|.
pub static TRANSFORMED: Family = Family {
    name: "Transformed",
    summary: "Change of variables: the distribution of g(X) for an invertible differentiable g.",
    density: "p_x(inverse(y)) abs(grad(inverse)(y))",
    source: "section 3.12",
    forms: &[],
    discrete: false,
    event: |d| base(d).event_shape(),
    support: |d| match ends(d) {
        Some((lo, hi, _)) => Support::Interval(lo, hi),
        None => Support::Other("what the map makes of the support of its base"),
    },
    log_prob: Formula(|d, y| {
        let (x, slope) = back(d, y);
        otherwise(&x.isfinite(), &(base(d).log_prob(&x) + slope.abs().log()), f64::NEG_INFINITY)
    }),
    prob: Formula(|d, y| {
        let (x, slope) = back(d, y);
        otherwise(&x.isfinite(), &(base(d).prob(&x) * slope.abs()), 0.0)
    }),
    log_cdf: Formula(|d, y| through(d, y, |b, x| b.log_cdf(x), |b, x| b.log_sf(x), [f64::NEG_INFINITY, 0.0])),
    cdf: Formula(|d, y| through(d, y, |b, x| b.cdf(x), |b, x| b.sf(x), [0.0, 1.0])),
    log_sf: Formula(|d, y| through(d, y, |b, x| b.log_sf(x), |b, x| b.log_cdf(x), [0.0, f64::NEG_INFINITY])),
    quantile: Formula(|d, q| {
        let rises = ends(d).map_or_else(|| Tensor::from(Array::scalar(true)), |(_, _, rises)| rises);
        forward(d, &base(d).quantile(Tensor::select(&rises, q, &(1.0 - q))))
    }),
    mean: Absent("E[g(X)] has no formula that holds for every g"),
    variance: Absent("the variance of g(X) has no formula that holds for every g"),
    mode: Absent("the peak of the image is not the image of the peak"),
    entropy: Absent("E[log abs(g'(X))] has no formula that holds for every g"),
    expectation: Formula(|d, f| base(d).expectation(|x| f(&forward(d, x)))),
    sample: Formula(|d, draw| forward(d, &base(d).drawn_by(draw))),
    rsample: Formula(|d, draw| forward(d, &base(d).path_by(draw))),
    fit: Absent("fit the base to the inverse of the data"),
};

/// The distribution of g(X): a change of variables. Source: section 3.12.
///
/// ```
/// use gradus::prob::{Map, normal, transformed};
/// let exp = Map::new("exp", |x| x.exp(), |y| y.log());
/// let d = transformed(&normal(0.0, 1.0), &exp);                // log-normal
/// assert!((d.log_prob(1e-100).eval()?.item()? - -26280.15098162579).abs() < 1e-9);
/// assert_eq!(d.log_prob(-1.0).eval()?.item()?, f64::NEG_INFINITY);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn transformed(base: &Distribution, map: &Map) -> Distribution {
    Distribution::of_parts(&TRANSFORMED, &[], vec![], vec![base.clone()], 0).with_map(map)
}
