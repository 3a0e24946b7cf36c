//! Integrals and sums over the support of a distribution, by the double exponential rule.

use gradus::Tensor;
use gradus::prob::{Distribution, Support};

/// Points and weights of a rule on one piece of the line.
fn piece(lo: f64, hi: f64, scale: f64) -> Vec<(f64, f64)> {
    let h = 1.0 / 64.0;
    let half_pi = std::f64::consts::FRAC_PI_2;
    let mut out = vec![];
    for k in -420..=420i32 {
        let t = f64::from(k) * h;
        let (x, w) = if lo.is_finite() && hi.is_finite() {
            // tanh-sinh, with the distance from the nearer end computed without cancellation.
            let u = half_pi * t.sinh();
            let share = 1.0 / (1.0 + (-2.0 * u).exp());
            let other = 1.0 / (1.0 + (2.0 * u).exp());
            let x = if u < 0.0 { lo + (hi - lo) * share } else { hi - (hi - lo) * other };
            (x, (hi - lo) * 2.0 * share * other * half_pi * t.cosh())
        } else {
            // exp-sinh from the finite end.
            let r = (half_pi * t.sinh()).exp();
            let w = r * half_pi * t.cosh() * scale;
            if lo.is_finite() { (lo + r * scale, w) } else { (hi - r * scale, w) }
        };
        if x.is_finite() && w.is_finite() && w > 0.0 {
            out.push((x, w * h));
        }
    }
    out
}

fn item(t: &Tensor) -> f64 {
    t.eval().unwrap().item().unwrap()
}

/// A place in the middle, and how far most of it is spread.
pub fn centre(d: &Distribution) -> (f64, f64) {
    if d.family().quantile.absent().is_some() {
        return (item(&d.mean()), item(&d.variance()).sqrt());
    }
    (item(&d.quantile(0.5)), item(&d.quantile(0.75)) - item(&d.quantile(0.25)))
}

/// Places at which a density may bend or jump.
fn breaks(d: &Distribution) -> Vec<f64> {
    if d.parts().len() > 1 {
        return d.parts().iter().flat_map(breaks).collect();
    }
    let mut places = vec![centre(d).0];
    if let Support::Interval(lo, hi) = d.support() {
        places.extend([item(&lo), item(&hi)]);
    }
    places
}

/// Points that cover the support of a distribution of numbers, with their weights: 1 of a mass, those of a rule of a density.
pub fn points(d: &Distribution) -> Vec<(f64, f64)> {
    points_split(d, &[])
}

/// The same, of a density in pieces that end at some more places.
pub fn points_split(d: &Distribution, more: &[f64]) -> Vec<(f64, f64)> {
    match d.support() {
        Support::Integers(lo, hi) => {
            let (lo, hi) = (item(&lo), item(&hi));
            let far = item(&d.mean()) + 60.0 * item(&d.variance()).sqrt() + 60.0;
            let hi = hi.min(far.ceil());
            (0..=(hi - lo) as i64).map(|k| (lo + k as f64, 1.0)).collect()
        }
        Support::Values(v) => v.eval().unwrap().to_f64().into_iter().map(|x| (x, 1.0)).collect(),
        Support::Interval(lo, hi) => {
            let (lo, hi, scale) = (item(&lo), item(&hi), centre(d).1);
            let mut ends: Vec<f64> = [breaks(d), more.to_vec(), vec![lo, hi]].concat();
            ends.retain(|x| (lo..=hi).contains(x));
            ends.sort_by(f64::total_cmp);
            ends.dedup();
            ends.windows(2).flat_map(|w| piece(w[0], w[1], scale)).collect()
        }
        other => panic!("{d}: no points in {other}"),
    }
}

/// Σ w p(x) g(x, log p(x)) over the points.
pub fn expect(d: &Distribution, g: impl Fn(f64, f64) -> f64) -> f64 {
    let points = points(d);
    let x = Tensor::from(points.iter().map(|p| p.0).collect::<Vec<f64>>());
    let log_p = d.log_prob(&x).eval().unwrap().to_f64();
    let term = |((x, w), l): (&(f64, f64), &f64)| if l.exp() == 0.0 { 0.0 } else { w * l.exp() * g(*x, *l) };
    points.iter().zip(&log_p).map(term).sum()
}
