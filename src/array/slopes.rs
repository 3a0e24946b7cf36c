//! Kernels of derivatives for which the textbook formula, or the derivative of that again, loses digits.

use super::math::scalar64;

/// Makes slice kernels of f64 and f32 from a function of f64.
macro_rules! slices {
    ($($doc:literal $wide:ident $narrow:ident = $f:ident($($x:ident),*);)*) => {$(
        #[doc = $doc]
        pub(crate) fn $wide($($x: &[f64],)* out: &mut [f64]) {
            for (i, o) in out.iter_mut().enumerate() {
                *o = $f($($x[i]),*);
            }
        }
        #[doc = $doc]
        pub(crate) fn $narrow($($x: &[f32],)* out: &mut [f32]) {
            for (i, o) in out.iter_mut().enumerate() {
                *o = $f($(f64::from($x[i])),*) as f32;
            }
        }
    )*};
}

slices! {
    "1 − x²." one_minus_square_f64 one_minus_square_f32 = one_minus_square(x);
    "σ(a − b)." logistic_share_f64 logistic_share_f32 = logistic_share(a, b);
    "1/(exp(a − b) − 1)." logsubexp_share_f64 logsubexp_share_f32 = logsubexp_share(a, b);
    "The derivative of erfinv." erfinv_grad_f64 erfinv_grad_f32 = erfinv_grad(x);
    "The derivative of ndtri." ndtri_grad_f64 ndtri_grad_f32 = ndtri_grad(p);
}

fn one_minus_square(x: f64) -> f64 {
    // The plain form is exact enough near 0, the product near ±1.
    if x.abs() < 0.5 { x.mul_add(-x, 1.0) } else { (1.0 - x) * (1.0 + x) }
}

/// a − b, and its rounding error where that is finite.
fn difference(a: f64, b: f64) -> (f64, f64) {
    let d = a - b;
    let t = d - a;
    let e = (a - (d - t)) - (b + t);
    (d, if e.is_finite() { e } else { 0.0 })
}

fn logistic_share(a: f64, b: f64) -> f64 {
    if a == b {
        // Two infinities share equally; of two −inf neither counts.
        return if a == f64::NEG_INFINITY { 0.0 } else { 0.5 };
    }
    let (d, e) = difference(a, b);
    scalar64::sigmoid(d) + scalar64::sigmoid_grad(d) * e
}

fn logsubexp_share(a: f64, b: f64) -> f64 {
    let (d, e) = difference(b, a);
    let exp = scalar64::exp(d);
    let exp = exp + exp * e;
    -exp / (scalar64::expm1(d) + exp * e)
}

fn erfinv_grad(x: f64) -> f64 {
    // exp(y²) as erfcx/erfc of |y|, where erfc is 1 − |x| without an error.
    let rest = 1.0 - x.abs();
    let half_root_pi = 0.886_226_925_452_758;
    if rest == 0.0 { f64::INFINITY } else { half_root_pi * scalar64::erfcx(scalar64::erfinv(x).abs()) / rest }
}

fn ndtri_grad(p: f64) -> f64 {
    // 1/φ(y), with φ = Φ·(φ/Φ) from the nearer tail: exp(y²/2) would multiply the rounding error of y by y².
    let tail = p.min(1.0 - p);
    let slope = tail * scalar64::log_ndtr_grad(-super::normal::ndtri(p).abs());
    if tail == 0.0 { f64::INFINITY } else { 1.0 / slope }
}
