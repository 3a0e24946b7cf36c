//! Random numbers that need a rejection: gamma, Poisson and binomial, each element from counters of its own.
//!
//! Element i of a stream draws from the counters (i, stream, attempt), so it depends on the key, on i and on its
//! parameters alone, whatever is drawn beside it and on however many threads.

use super::math::{scalar64 as math, trig};
use super::random::philox;

/// Attempts after which a rejection gives up; the chance of that is below 1e-100.
const ATTEMPTS: u32 = 500;

/// The streams, as the third word of a counter: 0 are the plain numbers, 1 the keys that are split off.
#[derive(Clone, Copy)]
enum Stream {
    Gamma = 2,
    Poisson = 3,
    Binomial = 4,
}

/// The random words of one element.
struct Source {
    key: [u32; 2],
    element: u64,
    stream: Stream,
}

impl Source {
    fn new(key: u64, element: u64, stream: Stream) -> Source {
        Source { key: [key as u32, (key >> 32) as u32], element, stream }
    }

    /// Two uniform numbers of an attempt, the first from [0, 1), the second from (0, 1].
    fn pair(&self, attempt: u32) -> (f64, f64) {
        let w = philox(self.key, [self.element as u32, (self.element >> 32) as u32, self.stream as u32, attempt]);
        let unit = |hi: u32, lo: u32| ((u64::from(hi) << 32 | u64::from(lo)) >> 11) as f64 * 2f64.powi(-53);
        (unit(w[0], w[1]), 1.0 - unit(w[2], w[3]))
    }
}

/// A number of the gamma distribution of shape a and scale 1, by Marsaglia and Tsang (2000).
///
/// Small shapes are raised by one and multiplied by U^(1/a).
pub fn gamma(key: u64, element: u64, a: f64) -> f64 {
    if !(0.0..f64::INFINITY).contains(&a) {
        return f64::NAN;
    }
    let source = Source::new(key, element, Stream::Gamma);
    let raised = a < 1.0;
    let d = if raised { a + 2.0 / 3.0 } else { a - 1.0 / 3.0 };
    let c = 1.0 / (9.0 * d).sqrt();
    let cube = |z: f64| {
        let t = c.mul_add(z, 1.0);
        t * t * t
    };
    let accept = |attempt: u32| {
        let (u, v) = source.pair(2 * attempt);
        let z = trig::box_muller(u, v).0;
        let (v, t) = (source.pair(2 * attempt + 1), cube(z));
        let fits = t > 0.0 && math::log(v.1) < 0.5 * z * z + d * (1.0 - t + math::log(t));
        fits.then_some((d * t, v.0))
    };
    let (x, u) = (0..ATTEMPTS).find_map(accept).unwrap_or((d, 0.5));
    // 1 - u is uniform from 0 to 1, 0 excluded.
    if raised { x * math::exp(math::log1p(-u) / a) } else { x }
}

/// The number of terms of p₀, p₀·r(1), p₀·r(1)·r(2), … whose sum stays below u.
fn search(u: f64, first: f64, last: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut k, mut term, mut sum) = (0.0, first, first);
    while u >= sum && k < last && (term > 0.0 || k < 100.0) {
        k += 1.0;
        term *= ratio(k);
        sum += term;
    }
    k
}

/// Hörmann's transformed rejection: a table mountain hat over a mass with its mode near `centre`.
struct Hat {
    a: f64,
    b: f64,
    centre: f64,
    alpha: f64,
    sure: f64,
}

impl Hat {
    /// The first k that is accepted; `log_mass` is up to the constant that `alpha` knows of.
    fn draw(&self, source: &Source, last: f64, mode: f64, log_mass: impl Fn(f64) -> f64) -> f64 {
        let accept = |attempt: u32| {
            let (u, v) = source.pair(attempt);
            let u = u - 0.5;
            let us = 0.5 - u.abs();
            let k = ((2.0 * self.a / us + self.b) * u + self.centre).floor();
            if us >= 0.07 && v <= self.sure {
                return Some(k);
            }
            if !(0.0 <= k && k <= last) || (us < 0.013 && v > us) {
                return None;
            }
            let height = math::log(v * self.alpha / (self.a / (us * us) + self.b));
            (height <= log_mass(k)).then_some(k)
        };
        (0..ATTEMPTS).find_map(accept).unwrap_or(mode)
    }
}

/// A number of the Poisson distribution: by searching through its masses, or by Hörmann's PTRS (1993).
pub fn poisson(key: u64, element: u64, lam: f64) -> f64 {
    if !(0.0..f64::INFINITY).contains(&lam) {
        return f64::NAN;
    }
    let source = Source::new(key, element, Stream::Poisson);
    if lam < 10.0 {
        return search(source.pair(0).0, math::exp(-lam), f64::INFINITY, |k| lam / k);
    }
    let b = 2.53f64.mul_add(lam.sqrt(), 0.931);
    let a = 0.02483f64.mul_add(b, -0.059);
    let hat = Hat { a, b, centre: lam + 0.43, alpha: 1.1239 + 1.1328 / (b - 3.4), sure: 0.9277 - 3.6224 / (b - 2.0) };
    // The density of the gamma distribution of shape k + 1 at λ is the mass at k.
    hat.draw(&source, f64::INFINITY, lam.floor(), |k| math::log(math::gamma_density(k + 1.0, lam)))
}

/// A number of the binomial distribution: by searching through its masses, or by Hörmann's BTRS (1993).
pub fn binomial(key: u64, element: u64, n: f64, p: f64) -> f64 {
    if !((0.0..f64::INFINITY).contains(&n) && n == n.floor() && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    if p > 0.5 {
        return n - binomial_of_rare(key, element, n, 1.0 - p);
    }
    binomial_of_rare(key, element, n, p)
}

/// The same for p up to one half.
fn binomial_of_rare(key: u64, element: u64, n: f64, p: f64) -> f64 {
    let source = Source::new(key, element, Stream::Binomial);
    let odds = p / (1.0 - p);
    if n * p < 10.0 {
        let first = math::exp(n * math::log1p(-p));
        return search(source.pair(0).0, first, n, |k| odds * ((n + 1.0 - k) / k));
    }
    let spread = (n * p * (1.0 - p)).sqrt();
    let b = 2.53f64.mul_add(spread, 1.15);
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let hat = Hat { a, b, centre: n * p + 0.5, alpha: (2.83 + 5.1 / b) * spread, sure: 0.92 - 4.2 / b };
    let mode = ((n + 1.0) * p).floor();
    let (top, log_odds) = (math::log_binomial(n, mode), math::log(odds));
    hat.draw(&source, n, mode, |k| math::log_binomial(n, k) - top + (k - mode) * log_odds)
}
