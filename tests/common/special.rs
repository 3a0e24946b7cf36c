//! Functions that the arbitrary-precision library lacks: error functions and the logarithm of gamma.

use super::interval::{Context, Interval, power_of_two};
use astro_float_num::{BigFloat, RoundingMode};

const ANY: RoundingMode = RoundingMode::None;

/// A sign and a magnitude as f64, good enough to choose a method by.
pub fn rough(x: &BigFloat) -> f64 {
    let Some((words, _, sign, e, _)) = x.as_raw_parts() else {
        return if x.is_inf_pos() { f64::INFINITY } else { f64::NEG_INFINITY };
    };
    let top = words.last().copied().unwrap_or(0) as f64 / 2f64.powi(64);
    let v = if e > 1030 { f64::INFINITY } else { top * 2f64.powi(e.max(-1000)) };
    if sign.is_negative() { -v } else { v }
}

impl Context {
    /// erf: an increasing function.
    pub fn erf(&mut self, x: &Interval) -> Option<Interval> {
        let (lo, hi) = (self.erf_at(&x.lo)?, self.erf_at(&x.hi)?);
        Some(lo.hull(&hi))
    }

    /// 1 − erf: a decreasing function with a tail of its own.
    pub fn erfc(&mut self, x: &Interval) -> Option<Interval> {
        let (lo, hi) = (self.erfc_at(&x.lo)?, self.erfc_at(&x.hi)?);
        Some(lo.hull(&hi))
    }

    /// 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, all of whose terms have one sign.
    fn erf_at(&mut self, x: &BigFloat) -> Option<Interval> {
        let size = rough(x).abs();
        if size > 40.0 {
            let one = Interval::exact(if rough(x) < 0.0 { -1.0 } else { 1.0 });
            // 1 − erf(40) is below 2^-2300.
            return if self.p > 2000 { None } else { self.grown(&one, -2300) };
        }
        let p = self.p + 64;
        let square = x.mul(x, p, ANY);
        let (mut term, mut sum) = (x.clone(), x.clone());
        for n in 1..100_000u32 {
            let k = BigFloat::from_f64(f64::from(2 * n + 1) / 2.0, 64);
            term = term.mul(&square, p, ANY).div(&k, p, ANY);
            sum = sum.add(&term, p, ANY);
            let (Some(t), Some(s)) = (term.exponent(), sum.exponent()) else { break };
            if term.is_zero() || (t < s - p as i32 && f64::from(n) > 2.0 * size * size) {
                break;
            }
        }
        let sum = if sum.is_zero() { Some(Interval::exact(0.0)) } else { self.near(sum) }?;
        let bell = self.bell(x)?;
        self.mul(&sum, &bell)
    }

    /// 2/√π · exp(−x²).
    fn bell(&mut self, x: &BigFloat) -> Option<Interval> {
        let x = Interval::point(x.clone());
        let square = self.mul(&x, &x)?;
        let e = self.exp(&square.neg())?;
        let pi = self.pi()?;
        let root = self.sqrt(&pi)?;
        let e = self.div(&e, &root)?;
        self.add(&e, &e)
    }

    /// The tail by its asymptotic series where that is exact enough, else one minus erf.
    fn erfc_at(&mut self, x: &BigFloat) -> Option<Interval> {
        let size = rough(x);
        if size * size * std::f64::consts::LOG2_E < self.p as f64 + 64.0 || size < 4.0 {
            // What cancels is known beforehand.
            let more = if size > 0.0 { (size * size * 1.5) as usize + 32 } else { 0 };
            let p = self.p;
            self.p += more;
            let erf = self.erf_at(x);
            let y = erf.and_then(|e| self.sub(&Interval::exact(1.0), &e));
            self.p = p;
            return y;
        }
        let p = self.p + 64;
        let square = x.mul(x, p, ANY);
        let two = square.add(&square, p, ANY);
        let (mut term, mut sum) = (BigFloat::from_f64(1.0, 64), BigFloat::from_f64(1.0, 64));
        // Terms shrink until n reaches x², and by then are below 2^-p.
        for n in 1..100_000u32 {
            let k = BigFloat::from_f64(-f64::from(2 * n - 1), 64);
            term = term.mul(&k, p, ANY).div(&two, p, ANY);
            sum = sum.add(&term, p, ANY);
            if term.exponent().is_none_or(|e| e < -(p as i32)) {
                break;
            }
        }
        let sum = self.near(sum)?;
        let bell = self.bell(x)?;
        let y = self.mul(&sum, &bell)?;
        self.div(&y, &Interval::point(x.add(x, p, ANY)))
    }

    /// A number known to about the precision of the context.
    fn near(&mut self, x: BigFloat) -> Option<Interval> {
        self.increasing(&Interval::point(x), |x, _, _| x.clone())
    }

    /// log Γ(x) for x above 0: decreasing, then increasing; `None` around the smallest value between.
    pub fn lgamma(&mut self, x: &Interval) -> Option<Interval> {
        if x.sign()? != 1 || x.hi.is_inf() || rough(&x.hi) > 1e30 {
            return None;
        }
        let lo = self.lgamma_at(&x.lo)?;
        if x.is_point() {
            return Some(lo);
        }
        let hi = self.lgamma_at(&x.hi)?;
        (rough(&x.hi) < 1.45 || rough(&x.lo) > 1.47).then(|| lo.hull(&hi))
    }

    /// Stirling's series for x + n, less the logarithm of x(x+1)…(x+n−1).
    fn lgamma_at(&mut self, x: &BigFloat) -> Option<Interval> {
        let enough = 0.2 * self.p as f64 + 10.0;
        let mut z = Interval::point(x.clone());
        let one = Interval::exact(1.0);
        let mut product = one.clone();
        while rough(&z.lo) < enough {
            product = self.mul(&product, &z)?;
            z = self.add(&z, &one)?;
        }
        let series = self.stirling(&z)?;
        let log = self.log(&product)?;
        self.sub(&series, &log)
    }

    /// (z − ½) log z − z + ½ log 2π + Σ B₂ₖ / (2k(2k−1) z²ᵏ⁻¹); the first term left out bounds the error.
    fn stirling(&mut self, z: &Interval) -> Option<Interval> {
        let half = Interval::exact(0.5);
        let log = self.log(z)?;
        let shifted = self.sub(z, &half)?;
        let main = self.mul(&shifted, &log)?;
        let main = self.sub(&main, z)?;
        let pi = self.pi()?;
        let two_pi = self.add(&pi, &pi)?;
        let log = self.log(&two_pi)?;
        let constant = self.mul(&log, &half)?;
        let mut sum = self.add(&main, &constant)?;
        let square = self.mul(z, z)?;
        let mut power = z.clone();
        for (k, b) in (1..).zip(self.known_numbers()?) {
            let c = Interval::exact(f64::from(2 * k * (2 * k - 1)));
            let below = self.mul(&c, &power)?;
            let term = self.div(&b, &below)?;
            let e = term.lo.exponent().unwrap_or(0).max(term.hi.exponent().unwrap_or(0));
            if e < -(self.p as i32) {
                return self.grown(&sum, e + 1);
            }
            sum = self.add(&sum, &term)?;
            power = self.mul(&power, &square)?;
        }
        None
    }

    /// ψ(x) for x above 0, where it increases.
    pub fn digamma(&mut self, x: &Interval) -> Option<Interval> {
        if x.sign()? != 1 || x.hi.is_inf() || rough(&x.hi) > 1e30 {
            return None;
        }
        let (lo, hi) = (self.digamma_at(&x.lo)?, self.digamma_at(&x.hi)?);
        Some(lo.hull(&hi))
    }

    /// log z − 1/2z − Σ B₂ₖ / (2k z²ᵏ) for z = x + n, less 1/x + 1/(x+1) + … + 1/(x+n−1).
    fn digamma_at(&mut self, x: &BigFloat) -> Option<Interval> {
        let one = Interval::exact(1.0);
        let (mut z, mut sum) = (Interval::point(x.clone()), Interval::exact(0.0));
        while rough(&z.lo) < 0.2 * self.p as f64 + 10.0 {
            let term = self.div(&one, &z)?;
            sum = self.sub(&sum, &term)?;
            z = self.add(&z, &one)?;
        }
        let log = self.log(&z)?;
        let half = self.div(&Interval::exact(0.5), &z)?;
        sum = self.add(&sum, &log)?;
        sum = self.sub(&sum, &half)?;
        let square = self.mul(&z, &z)?;
        let mut power = square.clone();
        for (k, b) in (1..).zip(self.known_numbers()?) {
            let below = self.mul(&Interval::exact(f64::from(2 * k)), &power)?;
            let term = self.div(&b, &below)?;
            let e = term.lo.exponent().unwrap_or(0).max(term.hi.exponent().unwrap_or(0));
            if e < -(self.p as i32) {
                return self.grown(&sum, e + 1);
            }
            sum = self.sub(&sum, &term)?;
            power = self.mul(&power, &square)?;
        }
        None
    }

    /// Bernoulli numbers enough for this precision.
    fn known_numbers(&mut self) -> Option<Vec<Interval>> {
        if self.bernoulli.is_empty() {
            self.bernoulli = self.numbers(self.p / 4 + 8)?;
        }
        Some(self.bernoulli.clone())
    }

    /// B₂, B₄, …: from tangent numbers, which are whole.
    fn numbers(&mut self, n: usize) -> Option<Vec<Interval>> {
        let p = self.p;
        // Whole numbers below (2n)!, held exactly.
        self.p = p + 64 + (2.0 * n as f64 * (2.0 * n as f64).log2()) as usize;
        let mut t: Vec<Interval> = vec![Interval::exact(1.0)];
        for k in 1..n {
            let next = self.mul(&t[k - 1], &Interval::exact(k as f64))?;
            t.push(next);
        }
        for k in 1..n {
            for j in k..n {
                let a = self.mul(&t[j - 1], &Interval::exact((j - k) as f64))?;
                let b = self.mul(&t[j], &Interval::exact((j - k + 2) as f64))?;
                t[j] = self.add(&a, &b)?;
            }
        }
        let mut out = vec![];
        for (i, t) in t.iter().enumerate() {
            let k = i as i32 + 1;
            let four = Interval::point(power_of_two(2 * k));
            let less = self.sub(&four, &Interval::exact(1.0))?;
            let below = self.mul(&four, &less)?;
            let top = self.mul(t, &Interval::exact(f64::from(2 * k)))?;
            let b = self.div(&top, &below)?;
            out.push(if k % 2 == 0 { b.neg() } else { b });
        }
        self.p = p;
        Some(out)
    }
}
