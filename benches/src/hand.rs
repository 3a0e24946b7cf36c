//! Fused loops written by hand for one task each: the practical limit.

/// Compiles a function for AVX2 with FMA as well and picks at run time.
macro_rules! wide {
    ($(#[$doc:meta])* pub fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? $body:block) => {
        $(#[$doc])*
        pub fn $name($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn body($($arg: $ty),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn vector($($arg: $ty),*) $(-> $ret)? { body($($arg),*) }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: both features were just detected.
                    return unsafe { vector($($arg),*) };
                }
            }
            body($($arg),*)
        }
    };
}

const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_7;
const LANES: usize = 16;

wide! {
    /// Σ log N(x; μ, σ), as the book writes it, with a division per element.
    pub fn gaussian(x: &[f64], mu: f64, sigma: f64) -> f64 {
        let log = sigma.ln();
        let mut acc = [0.0; LANES];
        for c in x.chunks_exact(LANES) {
            for l in 0..LANES {
                let z = (c[l] - mu) / sigma;
                acc[l] += -0.5 * (z * z) - log - HALF_LOG_2PI;
            }
        }
        acc.iter().sum()
    }
}

wide! {
    /// The same with the reciprocal of σ taken out of the loop.
    pub fn gaussian_hoisted(x: &[f64], mu: f64, sigma: f64) -> f64 {
        let (log, inverse) = (sigma.ln(), 1.0 / sigma);
        let mut acc = [0.0; LANES];
        for c in x.chunks_exact(LANES) {
            for l in 0..LANES {
                let z = (c[l] - mu) * inverse;
                acc[l] += -0.5 * (z * z) - log - HALF_LOG_2PI;
            }
        }
        acc.iter().sum()
    }
}

wide! {
    /// Value and both gradients of the sum in one pass.
    pub fn gaussian_gradients(x: &[f64], mu: f64, sigma: f64) -> [f64; 3] {
        let log = sigma.ln();
        let (mut v, mut m, mut s) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for c in x.chunks_exact(LANES) {
            for l in 0..LANES {
                let z = (c[l] - mu) / sigma;
                let square = z * z;
                v[l] += -0.5 * square - log - HALF_LOG_2PI;
                m[l] += z / sigma;
                s[l] += (square - 1.0) / sigma;
            }
        }
        [v.iter().sum(), m.iter().sum(), s.iter().sum()]
    }
}

/// e^x for an element type: Cody and Waite's reduction and a Taylor polynomial, good to a few units in the last place,
/// and nothing for what overflows or underflows.
trait Exp: Copy {
    fn exp(self) -> Self;
}

impl Exp for f64 {
    #[inline(always)]
    fn exp(self) -> f64 {
        const SHIFTER: f64 = 6755399441055744.0;
        let x = if self < -708.0 { -708.0 } else { self };
        let x = if x > 709.0 { 709.0 } else { x };
        let shifted = x.mul_add(std::f64::consts::LOG2_E, SHIFTER);
        let n = shifted - SHIFTER;
        let r = n.mul_add(-2.319046813846299e-17, n.mul_add(-std::f64::consts::LN_2, x));
        let mut p = 1.0 / 39916800.0;
        for c in [3628800.0, 362880.0, 40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0] {
            p = r.mul_add(p, 1.0 / c);
        }
        f64::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 52))
    }
}

impl Exp for f32 {
    #[inline(always)]
    fn exp(self) -> f32 {
        const SHIFTER: f32 = 12582912.0;
        let x = if self < -87.0 { -87.0 } else { self };
        let x = if x > 88.0 { 88.0 } else { x };
        let shifted = x.mul_add(std::f32::consts::LOG2_E, SHIFTER);
        let n = shifted - SHIFTER;
        let r = n.mul_add(1.904_654_3e-9, n.mul_add(-std::f32::consts::LN_2, x));
        let mut p = 1.0 / 5040.0;
        for c in [720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0] {
            p = r.mul_add(p, 1.0 / c);
        }
        f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
    }
}

/// Loops over exponentials for one element type.
macro_rules! exponentials {
    ($($ty:ident $all:ident $max:ident $sum:ident $log:ident;)*) => {$(
        wide! {
            /// e^x.
            pub fn $all(x: &[$ty], out: &mut [$ty]) {
                out.iter_mut().zip(x).for_each(|(o, &v)| *o = Exp::exp(v));
            }
        }

        #[inline(always)]
        fn $max(x: &[$ty]) -> $ty {
            let mut acc = [$ty::NEG_INFINITY; 32];
            let chunks = x.chunks_exact(32);
            for (a, &v) in acc.iter_mut().zip(chunks.remainder()) {
                *a = v;
            }
            for c in chunks {
                for l in 0..32 {
                    acc[l] = if c[l] > acc[l] { c[l] } else { acc[l] };
                }
            }
            acc.into_iter().fold($ty::NEG_INFINITY, $ty::max)
        }

        /// Σ exp(x − max), in pieces whose sums are added in f64; every term is written to `out` on the way.
        #[inline(always)]
        fn $sum(x: &[$ty], max: $ty, out: &mut [$ty]) -> f64 {
            let mut total = 0.0f64;
            for (x, out) in x.chunks(1024).zip(out.chunks_mut(1024)) {
                let mut acc = [0.0; 32];
                let (mut from, mut to) = (x.chunks_exact(32), out.chunks_exact_mut(32));
                for (c, o) in (&mut from).zip(&mut to) {
                    for l in 0..32 {
                        o[l] = Exp::exp(c[l] - max);
                        acc[l] += o[l];
                    }
                }
                let rest = from.remainder().iter().zip(to.into_remainder());
                for (a, (&v, o)) in acc.iter_mut().zip(rest) {
                    *o = Exp::exp(v - max);
                    *a += *o;
                }
                total += acc.iter().map(|&v| f64::from(v)).sum::<f64>();
            }
            total
        }

        wide! {
            /// max + log Σ exp(x − max), in two passes.
            pub fn $log(x: &[$ty]) -> $ty {
                let max = $max(x);
                let mut terms = [0.0; 1024];
                let mut total = 0.0f64;
                for x in x.chunks(1024) {
                    total += $sum(x, max, &mut terms[..x.len()]);
                }
                max + total.ln() as $ty
            }
        }
    )*};
}
exponentials! {
    f64 exp_f64 max_f64 sum_exp_f64 logsumexp_f64;
    f32 exp_f32 max_f32 sum_exp_f32 logsumexp_f32;
}

wide! {
    /// Every row minus its logsumexp.
    pub fn log_softmax_f32(x: &[f32], n: usize, out: &mut [f32]) {
        for (x, out) in x.chunks(n).zip(out.chunks_mut(n)) {
            let max = max_f32(x);
            let shift = max + sum_exp_f32(x, max, out).ln() as f32;
            for (o, &v) in out.iter_mut().zip(x) {
                *o = v - shift;
            }
        }
    }
}

wide! {
    /// (softmax − one-hot)/rows for the given labels.
    pub fn cross_entropy_gradient_f32(x: &[f32], n: usize, labels: &[i64], out: &mut [f32]) {
        let scale = 1.0 / labels.len() as f32;
        for ((x, out), &label) in x.chunks(n).zip(out.chunks_mut(n)).zip(labels) {
            let max = max_f32(x);
            let factor = scale / sum_exp_f32(x, max, out) as f32;
            for o in out.iter_mut() {
                *o *= factor;
            }
            out[label as usize] -= scale;
        }
    }
}

/// Steps of gradient descent on Rosenbrock's function in two dimensions.
pub fn rosenbrock(mut x: f64, mut y: f64, steps: usize) -> (f64, f64) {
    for _ in 0..steps {
        let t = y - x * x;
        let (gx, gy) = (-2.0 * (1.0 - x) - 400.0 * x * t, 200.0 * t);
        x -= 1e-3 * gx;
        y -= 1e-3 * gy;
    }
    (x, y)
}

/// The Hessian of Rosenbrock's valley, dense.
pub fn rosenbrock_hessian(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut h = vec![0.0; n * n];
    for i in 0..n - 1 {
        h[i * n + i] += 2.0 + 1200.0 * x[i] * x[i] - 400.0 * x[i + 1];
        h[(i + 1) * n + i + 1] += 200.0;
        h[i * n + i + 1] = -400.0 * x[i];
        h[(i + 1) * n + i] = -400.0 * x[i];
    }
    h
}

/// p (1 - p) / rows for every row of a logistic model.
fn logistic_weights(x: &[f64], w: &[f64]) -> Vec<f64> {
    let rows = x.len() / w.len();
    let weight = |row: &[f64]| {
        let p = 1.0 / (1.0 + (-row.iter().zip(w).map(|(a, b)| a * b).sum::<f64>()).exp());
        p * (1.0 - p) / rows as f64
    };
    x.chunks(w.len()).map(weight).collect()
}

/// The Hessian of the logistic loss, Xᵀ diag(p (1 - p)) X / rows, by faer's product.
pub fn logistic_hessian(x: &[f64], w: &[f64]) -> faer::Mat<f64> {
    let (n, weights) = (w.len(), logistic_weights(x, w));
    let whole = faer::MatRef::from_row_major_slice(x, weights.len(), n);
    let scaled = faer::Mat::from_fn(weights.len(), n, |i, j| weights[i] * x[i * n + j]);
    let mut h = faer::Mat::zeros(n, n);
    faer::linalg::matmul::matmul(&mut h, faer::Accum::Replace, whole.transpose(), &scaled, 1.0, faer::Par::Seq);
    h
}

/// The same times a vector, without the matrix.
pub fn logistic_product(x: &[f64], w: &[f64], v: &[f64]) -> Vec<f64> {
    let weights = logistic_weights(x, w);
    let mut out = vec![0.0; w.len()];
    for (row, weight) in x.chunks(w.len()).zip(weights) {
        let along = weight * row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>();
        out.iter_mut().zip(row).for_each(|(o, a)| *o += along * a);
    }
    out
}
