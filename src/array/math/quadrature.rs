//! Integrals of exponentials of concave functions on a half-line, by one Gauss and Legendre rule.

use super::exp;

/// The positive nodes and the weights of Gauss and Legendre's rule of 32 points.
const NODES: [(f64, f64); 16] = [
    (0.04830766568773832, 0.0965400885147278),
    (0.1444719615827965, 0.09563872007927486),
    (0.23928736225213706, 0.09384439908080457),
    (0.33186860228212767, 0.09117387869576389),
    (0.42135127613063533, 0.08765209300440381),
    (0.5068999089322294, 0.08331192422694675),
    (0.5877157572407623, 0.07819389578707031),
    (0.6630442669302152, 0.0723457941088485),
    (0.7321821187402897, 0.06582222277636185),
    (0.7944837959679424, 0.058684093478535544),
    (0.84936761373257, 0.050998059262376175),
    (0.8963211557660521, 0.04283589802222668),
    (0.9349060759377397, 0.03427386291302143),
    (0.9647622555875064, 0.02539206530926206),
    (0.9856115115452684, 0.01627439473090567),
    (0.9972638618494816, 0.007018610009470096),
];

/// What is left out beyond the end of the integral is e^-CUT of its first value, times what the decay makes of it.
pub(super) const CUT: f64 = 38.0;

/// ∫ exp(-g(s)) ds over s > 0, and the mean of f(s) under it, for a convex g with g(0) = 0 and g′(0) ≥ 0 up to rounding;
/// `g` gives its value and slope, and at `far` it is at least `CUT`.
#[inline(always)]
pub(super) fn tilted<const N: usize>(
    g: impl Fn(f64) -> (f64, f64),
    far: f64,
    f: impl Fn(f64) -> [f64; N],
) -> (f64, [f64; N]) {
    let end = reach(&g, far);
    let (mut sum, mut moments) = (0.0, [0.0; N]);
    for (node, weight) in NODES {
        for t in [0.5 - 0.5 * node, 0.5 + 0.5 * node] {
            let s = end * t;
            let w = weight * exp::exp(-g(s).0);
            sum += w;
            for (m, v) in moments.iter_mut().zip(f(s)) {
                *m = w.mul_add(v, *m);
            }
        }
    }
    (0.5 * end * sum, moments.map(|m| m / sum))
}

/// The s at which g(s) is about `CUT`: from the right, Newton's method comes down on a convex function.
#[inline(always)]
fn reach(g: &impl Fn(f64) -> (f64, f64), far: f64) -> f64 {
    let mut s = far;
    for _ in 0..60 {
        let (value, slope) = g(s);
        let over = value - CUT;
        if over < 0.5 {
            break;
        }
        // Where the exponential is out of range, halve instead.
        s = if over.is_finite() && slope.is_finite() { s - over / slope } else { 0.5 * s };
    }
    s
}

/// The standard normal quantile of a probability of at most one half, given by its logarithm, to some three digits:
/// where Newton's methods begin (Abramowitz and Stegun 26.2.23).
#[inline(always)]
pub(super) fn normal_start(log_p: f64) -> f64 {
    let w = (-2.0 * log_p).sqrt();
    let above = w.mul_add(w.mul_add(0.010328, 0.802853), 2.515517);
    let below = w.mul_add(w.mul_add(w.mul_add(0.001308, 0.189269), 1.432788), 1.0);
    above / below - w
}
