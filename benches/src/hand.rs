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

wide! {
    /// One row minus its maximum, and the sum of exponentials, by the library's own exp.
    pub fn log_softmax_f32(x: &[f32], n: usize, out: &mut [f32]) {
        let mut e = [0.0f32; 1024];
        for (x, out) in x.chunks(n).zip(out.chunks_mut(n)) {
            let max = max_f32(x);
            let mut total = 0.0f64;
            for c in x.chunks(1024) {
                let mut shifted = [0.0f32; 1024];
                for (s, &v) in shifted.iter_mut().zip(c) {
                    *s = v - max;
                }
                gradus::array::math::exp_f32(&shifted[..c.len()], &mut e[..c.len()]);
                total += f64::from(sum_f32(&e[..c.len()]));
            }
            let shift = max + total.ln() as f32;
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
            let mut total = 0.0f64;
            for (c, o) in x.chunks(1024).zip(out.chunks_mut(1024)) {
                let mut shifted = [0.0f32; 1024];
                for (s, &v) in shifted.iter_mut().zip(c) {
                    *s = v - max;
                }
                gradus::array::math::exp_f32(&shifted[..c.len()], o);
                total += f64::from(sum_f32(o));
            }
            let factor = scale / total as f32;
            for o in out.iter_mut() {
                *o *= factor;
            }
            out[label as usize] -= scale;
        }
    }
}

#[inline(always)]
fn max_f32(x: &[f32]) -> f32 {
    let mut acc = [f32::NEG_INFINITY; 32];
    let chunks = x.chunks_exact(32);
    for (a, &v) in acc.iter_mut().zip(chunks.remainder()) {
        *a = v;
    }
    for c in chunks {
        for l in 0..32 {
            acc[l] = if c[l] > acc[l] { c[l] } else { acc[l] };
        }
    }
    acc.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

#[inline(always)]
fn sum_f32(x: &[f32]) -> f32 {
    let mut acc = [0.0f32; 32];
    let chunks = x.chunks_exact(32);
    for (a, &v) in acc.iter_mut().zip(chunks.remainder()) {
        *a = v;
    }
    for c in chunks {
        for l in 0..32 {
            acc[l] += c[l];
        }
    }
    acc.iter().sum()
}

/// logsumexp in two passes, by the library's own exp.
macro_rules! log_sum_exp {
    ($($name:ident $ty:ident $exp:path;)*) => {$(
        wide! {
            /// max + log Σ exp(x − max).
            pub fn $name(x: &[$ty]) -> $ty {
                let mut best = [$ty::NEG_INFINITY; 16];
                for c in x.chunks_exact(16) {
                    for (b, &v) in best.iter_mut().zip(c) {
                        *b = if v > *b { v } else { *b };
                    }
                }
                let max = best.into_iter().fold($ty::NEG_INFINITY, $ty::max);
                let (mut shifted, mut e) = ([0.0; 1024], [0.0; 1024]);
                let mut total = 0.0f64;
                for c in x.chunks(1024) {
                    for (s, &v) in shifted.iter_mut().zip(c) {
                        *s = v - max;
                    }
                    $exp(&shifted[..c.len()], &mut e[..c.len()]);
                    let mut acc = [0.0; 16];
                    let chunks = e[..c.len()].chunks_exact(16);
                    for (a, &v) in acc.iter_mut().zip(chunks.remainder()) {
                        *a = v;
                    }
                    for c in chunks {
                        for l in 0..16 {
                            acc[l] += c[l];
                        }
                    }
                    total += acc.iter().map(|&v| f64::from(v)).sum::<f64>();
                }
                max + total.ln() as $ty
            }
        }
    )*};
}
log_sum_exp! {
    logsumexp_f64 f64 gradus::array::math::exp_f64;
    logsumexp_f32 f32 gradus::array::math::exp_f32;
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
