//! The gamma family: gamma, lgamma, digamma, trigamma, polygamma, betaln.
//!
//! These branch, so their loops do not vectorise; each is compiled once and chooses its instruction set itself.

use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, horner, mul_pair, scale, two_prod, two_sum};
use super::log;
use super::power;
use super::trig;

/// log Γ(1 + y)/y on |y| ≤ ½.
const LGAMMA1: [f64; 28] = [
    -0.5772156649015329,
    0.8224670334241132,
    -0.4006856343865406,
    0.2705808084277935,
    -0.2073855510262953,
    0.16955717699509998,
    -0.14404989701106719,
    0.1255096697597847,
    -0.1113342530365414,
    0.10009944506030896,
    -0.09095442301348973,
    0.08335423437020126,
    -0.07692423568567124,
    0.07142491150665906,
    -0.06678275881746833,
    0.0626116167474043,
    -0.057737256640806416,
    0.054501409023364235,
    -0.059850048562680856,
    0.057003000096539545,
    -0.014509338086091672,
    0.01333577663873192,
    -0.14497971020532596,
    0.14011729595820724,
    0.1528715168258553,
    -0.14857260899606312,
    -0.22471180158915516,
    0.21762817640022097,
];
/// log Γ(2 + y)/y on |y| ≤ ½.
const LGAMMA2: [f64; 19] = [
    0.42278433509846713,
    0.32246703342411326,
    -0.0673523010531981,
    0.02058080842778038,
    -0.0073855510286719986,
    0.002890510331034267,
    -0.0011927539118428156,
    0.0005096695154115458,
    -0.00022315475400520507,
    9.945767355819498e-05,
    -4.49263133791557e-05,
    2.0505590755833454e-05,
    -9.438715099211532e-06,
    4.38470440459836e-06,
    -2.0439048107029907e-06,
    9.200527894968101e-07,
    -4.325239344560481e-07,
    2.78740805211359e-07,
    -1.3219945666117882e-07,
];
/// Γ(2 + y) on |y| ≤ ½.
const GAMMA2: [f64; 19] = [
    1.0,
    0.4227843350984668,
    0.41184033042643986,
    0.08157691924717193,
    0.07424901075347107,
    -0.0002669820747604432,
    0.01115404572113896,
    -0.0028526456294803125,
    0.0021039332448517375,
    -0.0009195771393381067,
    0.0004903901012192666,
    -0.0002409081678851826,
    0.00012165717113737426,
    -6.099437734759249e-05,
    3.0554308764876926e-05,
    -1.4518030694390135e-05,
    7.2632956346064904e-06,
    -5.167425827999643e-06,
    2.584210735300929e-06,
];
/// ψ(x)/(x - root) on [1, 2] as a function of x - 1.5.
const DIGAMMA: [f64; 22] = [
    0.951055876031833,
    -0.4236274212814605,
    0.2405424842407742,
    -0.14840492305390884,
    0.09498872445494122,
    -0.061922133273064534,
    0.04076083381242074,
    -0.02697579675613825,
    0.0179072524394512,
    -0.011908218001568644,
    0.007926944646403797,
    -0.005279964873257405,
    0.003519006401502276,
    -0.002345267632540769,
    0.0015566317474486838,
    -0.0010376374098418604,
    0.0007233266279287554,
    -0.0004821990530566789,
    0.0002272331660987376,
    -0.00015148586836773365,
    0.00025968482126430747,
    -0.00017312261802727394,
];

/// B_2k/(2k(2k - 1)): the terms of Stirling's series.
const STIRLING: [f64; 9] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360360.0,
    1.0 / 156.0,
    -3617.0 / 122400.0,
    43867.0 / 244188.0,
];
/// The Bernoulli numbers B_2, B_4, ….
const BERNOULLI: [f64; 9] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
];
const HALF_LOG_2PI: (f64, f64) = (0.9189385332046728, -3.8782941580672414e-17);
const PI: (f64, f64) = (std::f64::consts::PI, 1.2246467991473532e-16);
/// The positive zero of ψ less one.
const DIGAMMA_ROOT: (f64, f64) = (1.4616321449683622 - 1.0, 9.549995429965697e-17);

/// What Stirling's formula lacks: log Γ(x) - (x - ½)log x + x - ½ log 2π, for x ≥ 10.
#[inline(always)]
fn stirling_rest(x: f64) -> f64 {
    let r = 1.0 / x;
    r * horner(&STIRLING, r * r)
}

/// log Γ(x) as a pair, for x ≥ 10.
#[inline(always)]
fn stirling(x: f64) -> (f64, f64) {
    let (l, ll) = log::accurate(x);
    let (m, ml) = add_pair(l, ll, -1.0, 0.0);
    let p = x * m;
    if p == f64::INFINITY {
        return (p, 0.0);
    }
    let (p, pl) = if p > 1e290 { (p, 0.0) } else { mul_pair(x, 0.0, m, ml) };
    let (p, pl) = add_pair(p, pl, -0.5 * l, -0.5 * ll);
    let (c, cl) = add_pair(HALF_LOG_2PI.0, HALF_LOG_2PI.1, stirling_rest(x), 0.0);
    add_pair(p, pl, c, cl)
}

/// |sin πx| as a pair, and whether sin πx < 0; exact zeros at whole x.
#[inline(always)]
fn sin_pi(x: f64) -> (f64, f64, bool) {
    let a = x.abs();
    let near = a.round_ties_even();
    let f = a - near; // exact, in [-½, ½]
    let odd = (0.5 * near).trunc() != 0.5 * near;
    let g = f.abs();
    let (h, l) = if g <= 0.25 {
        let (r, low) = mul_pair(g, 0.0, PI.0, PI.1);
        trig::sin_pair(r, low)
    } else {
        let (r, low) = mul_pair(0.5 - g, 0.0, PI.0, PI.1);
        trig::cos_pair(r, low)
    };
    (h, l, odd != ((f < 0.0) != (x < 0.0)))
}

/// Γ(x) as a pair, for ½ ≤ x < 24: a product of at most 22 factors.
#[inline(always)]
fn gamma_pair(x: f64) -> (f64, f64) {
    if x < 1.5 {
        let (g, gl) = gamma2(x - 1.0);
        return div_pair(g, gl, x, 0.0);
    }
    let steps = (x - 1.5).floor();
    let y = x - steps; // in [1.5, 2.5)
    let (mut p, mut pl) = gamma2(y - 2.0);
    for i in 0..steps as u32 {
        (p, pl) = mul_pair(p, pl, y + f64::from(i), 0.0);
    }
    (p, pl)
}

/// Γ(2 + y) as a pair, for |y| ≤ ½.
#[inline(always)]
fn gamma2(y: f64) -> (f64, f64) {
    // 1 + y·(…): the first coefficient is exact and is added last, with its error.
    let mut r = GAMMA2[GAMMA2.len() - 1];
    for c in GAMMA2[1..GAMMA2.len() - 1].iter().rev() {
        r = r.mul_add(y, *c);
    }
    let (p, pl) = two_prod(r, y);
    let (s, e) = two_sum(1.0, p);
    (s, e + pl)
}

/// Γ(x); NaN at the negative whole numbers, ±∞ at ±0.
pub fn gamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { gamma_here(x) })
}

#[inline(always)]
fn gamma_here(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        return 1.0 / x;
    }
    if x >= 24.0 {
        if x > 172.0 {
            return f64::INFINITY;
        }
        let (h, l) = stirling(x);
        return exp::exp_of_pair(h, l);
    }
    if x >= 0.5 {
        let (h, l) = gamma_pair(x);
        return h + l;
    }
    if x > -0.5 {
        // Γ(2 + x)/(x(1 + x))
        let (g, gl) = gamma2(x);
        let (d, dl) = two_sum(1.0, x);
        let (q, ql) = div_pair(g, gl, d, dl);
        let top = q / x;
        let rest = (-top).mul_add(x, q) + ql;
        return if top.abs() < 1e300 && x.abs() > 1e-290 { top + rest / x } else { top };
    }
    let a = -x;
    if a == a.trunc() {
        return f64::NAN;
    }
    // Γ(x)·Γ(-x) = -π/(x sin πx)
    let (s, sl, negative) = sin_pi(a);
    let (d, dl) = mul_pair(s, sl, a, 0.0);
    let (c, cl) = div_pair(PI.0, PI.1, d, dl);
    let y = if a < 24.0 {
        let (g, gl) = gamma_pair(a);
        let (q, ql) = div_pair(c, cl, g, gl);
        q + ql
    } else if a < 190.0 {
        let (h, l) = stirling(a);
        let (n, e, el) = exp::pair(-h, -l);
        let (p, pl) = mul_pair(e, el, c, cl);
        scale(p + pl, n)
    } else {
        0.0
    };
    // sin π|x| > 0 means sin πx < 0 and Γ(x) = -π/(|x||sin|Γ(|x|))
    if negative { y } else { -y }
}

/// log Γ(x) as a pair, for x > 0.
#[inline(always)]
fn lgamma_pair(x: f64) -> (f64, f64) {
    if x >= 10.0 {
        return stirling(x);
    }
    if x < 0.5 {
        // log Γ(1 + x) - log x
        let (p, pl) = two_prod(x, horner(&LGAMMA1, x));
        let (h, l) = log::pair(x, 0.0);
        return add_pair(p, pl, -h, -l);
    }
    if x < 1.5 {
        return two_prod(x - 1.0, horner(&LGAMMA1, x - 1.0));
    }
    let steps = (x - 1.5).floor();
    let y = x - steps;
    let (p, pl) = two_prod(y - 2.0, horner(&LGAMMA2, y - 2.0));
    if steps == 0.0 {
        return (p, pl);
    }
    let (mut f, mut fl) = (1.0, 0.0);
    for i in 0..steps as u32 {
        (f, fl) = mul_pair(f, fl, y + f64::from(i), 0.0);
    }
    let (h, l) = log::pair(f, fl);
    add_pair(h, l, p, pl)
}

/// log |Γ(x)|.
pub fn lgamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { lgamma_here(x) })
}

#[inline(always)]
fn lgamma_here(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.abs() == f64::INFINITY || x == 0.0 {
        return f64::INFINITY;
    }
    if x > 0.0 {
        let (h, l) = lgamma_pair(x);
        return h + l;
    }
    let a = -x;
    if a == a.trunc() {
        return f64::INFINITY;
    }
    if a < 0.5 {
        // log Γ(1 - a) - log a
        let (p, pl) = two_prod(-a, horner(&LGAMMA1, -a));
        let (h, l) = log::pair(a, 0.0);
        let (s, sl) = add_pair(p, pl, -h, -l);
        return s + sl;
    }
    // log(π/(a |sin πa|)) - log Γ(a)
    let (s, sl, _) = sin_pi(a);
    let (d, dl) = mul_pair(s, sl, a, 0.0);
    let (c, cl) = div_pair(PI.0, PI.1, d, dl);
    let (h, l) = log::pair(c, cl);
    let (g, gl) = lgamma_pair(a);
    let (y, yl) = add_pair(h, l, -g, -gl);
    y + yl
}

/// ψ(1 + x) as a pair, for 0 ≤ x ≤ 1.
#[inline(always)]
fn digamma_1(x: f64) -> (f64, f64) {
    let (d, dl) = two_sum(x, -DIGAMMA_ROOT.0);
    let p = horner(&DIGAMMA, x - 0.5);
    let (h, l) = two_prod(d, p);
    (h, l + (dl - DIGAMMA_ROOT.1) * p)
}

/// ψ(x), the derivative of log Γ; NaN at the negative whole numbers, ∓∞ at ±0.
pub fn digamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { digamma_here(x) })
}

#[inline(always)]
fn digamma_here(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        return -1.0 / x;
    }
    if x < 0.0 {
        let a = -x;
        if a == a.trunc() {
            return f64::NAN;
        }
        // ψ(x) = ψ(a) + 1/a + π/tan(πa)
        let (c, cl) = pi_cot_pi(a);
        let (s, sl) = add_pair(1.0 / a, 0.0, c, cl);
        let (h, l) = digamma_pair(a);
        let (y, yl) = add_pair(h, l, s, sl);
        return y + yl;
    }
    let (h, l) = digamma_pair(x);
    h + l
}

/// π/tan(πa) as a pair, for a > 0 that is not whole.
#[inline(always)]
fn pi_cot_pi(a: f64) -> (f64, f64) {
    let f = a - a.round_ties_even();
    let g = f.abs();
    let (r, low) = mul_pair(if g <= 0.25 { g } else { 0.5 - g }, 0.0, PI.0, PI.1);
    let (s, sl) = trig::sin_pair(r, low);
    let (c, cl) = trig::cos_pair(r, low);
    let (n, nl, d, dl) = if g <= 0.25 { (c, cl, s, sl) } else { (s, sl, c, cl) };
    let (n, nl) = mul_pair(n, nl, PI.0, PI.1);
    let (q, ql) = if d > 1e-300 { div_pair(n, nl, d, dl) } else { (n / d, 0.0) };
    if f < 0.0 { (-q, -ql) } else { (q, ql) }
}

/// ψ(x) as a pair, for x > 0.
#[inline(always)]
fn digamma_pair(x: f64) -> (f64, f64) {
    if x == f64::INFINITY {
        return (x, 0.0);
    }
    if x >= 10.0 {
        let r = 1.0 / x;
        let z = r * r;
        let mut series = 0.0;
        for (i, b) in BERNOULLI.iter().enumerate().rev() {
            series = (series + b / (2.0 * (i as f64 + 1.0))) * z;
        }
        let (h, l) = log::pair(x, 0.0);
        return add_pair(h, l, -0.5 * r, -series);
    }
    if x < 1.0 {
        let (h, l) = digamma_1(x);
        let inverse = 1.0 / x;
        let rest = if inverse < 1e290 { (-inverse).mul_add(x, 1.0) * inverse } else { 0.0 };
        if inverse == f64::INFINITY {
            return (-inverse, 0.0);
        }
        return add_pair(h, l, -inverse, -rest);
    }
    let steps = (x - 1.0).floor();
    let y = x - steps;
    let (mut h, mut l) = digamma_1(y - 1.0);
    for i in 0..steps as u32 {
        let d = y + f64::from(i);
        let q = 1.0 / d;
        (h, l) = add_pair(h, l, q, (-q).mul_add(d, 1.0) * q);
    }
    (h, l)
}

/// ψ'(x).
pub fn trigamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { trigamma_here(x) })
}

#[inline(always)]
fn trigamma_here(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x <= 0.0 && x == x.trunc() {
        return f64::INFINITY;
    }
    if x < 0.0 {
        // ψ'(x) = (π/sin πx)² - ψ'(1 - x), with ψ'(1 - x) = ψ'(-x) - 1/x²
        let (s, sl, _) = sin_pi(x);
        let (q, ql) = div_pair(PI.0, PI.1, s, sl);
        let (p, pl) = mul_pair(q, ql, q, ql);
        if x > -0.5 {
            // The poles at 0 dominate: 1/x² and a sum of positive terms.
            return 1.0 / (x * x) + trigamma_right(1.0 + x);
        }
        return p - (trigamma_right(1.0 - x) - pl);
    }
    trigamma_right(x)
}

/// ψ'(x) for x > 0: a sum of positive terms throughout.
#[inline(always)]
fn trigamma_right(x: f64) -> f64 {
    if x < 1e-150 {
        // 1/x² is all of it, and may be infinite, which pairs do not survive.
        let r = 1.0 / x;
        return r * r;
    }
    let steps = if x < 12.0 { (13.0 - x).floor() } else { 0.0 };
    let y = x + steps;
    let r = 1.0 / y;
    let z = r * r;
    let mut series = 0.0;
    for b in BERNOULLI.iter().rev() {
        series = (series + b) * z;
    }
    // 1/y + 1/2y² + Σ B_2k/y^(2k+1), then the steps from the smallest term to the largest
    let (mut h, mut l) = (r, 0.5 * z + series * r);
    for i in (0..steps as u32).rev() {
        let d = x + f64::from(i);
        (h, l) = add_pair(h, l, 1.0 / (d * d), 0.0);
    }
    h + l
}

/// ζ(s, a) = Σ (a + k)^-s for s ≥ 2 and a > 0, by Euler and Maclaurin.
#[inline(always)]
fn hurwitz(s: f64, a: f64) -> f64 {
    if a == f64::INFINITY { 0.0 } else { euler_maclaurin(s, a, |k| shifted_power(a, k, s)) }
}

/// (a + k)^-s, with the rounding of a + k made good to first order.
#[inline(always)]
fn shifted_power(a: f64, k: f64, s: f64) -> f64 {
    let (y, e) = two_sum(a, k);
    let p = power::pow(y, -s);
    if p == f64::INFINITY { p } else { p - p * (s * (e / y)) }
}

/// a^s·ζ(s, a), which is at least 1: no power over- or underflows.
fn hurwitz_scaled(s: f64, a: f64) -> f64 {
    euler_maclaurin(s, a, |k| exp::exp(-s * log::log1p(k / a)))
}

/// Σ term(k) for terms that are (a + k)^-s up to a factor.
#[inline(always)]
fn euler_maclaurin(s: f64, a: f64, term: impl Fn(f64) -> f64) -> f64 {
    let steps = (10.0 + s - a).ceil().max(0.0);
    let (mut h, mut l) = (0.0, 0.0);
    let mut k = 0.0;
    while k < steps {
        let t = term(k);
        // What adds nothing more ends the sum, and so does an overflow.
        if t <= 1e-19 * h || !t.is_finite() {
            return h + l + t;
        }
        (h, l) = add_pair(h, l, t, 0.0);
        k += 1.0;
    }
    let y = a + steps;
    // y/(s-1) + ½ + Σ B_2j/(2j)!·s(s+1)…(s+2j-2)/y^(2j-1)
    let mut sum = y / (s - 1.0) + 0.5;
    let mut part = s / y;
    for (j, b) in BERNOULLI.iter().enumerate() {
        let i = 2.0 * j as f64;
        part /= (i + 1.0) * (i + 2.0);
        sum += b * part;
        part *= (s + i + 1.0) * (s + i + 2.0) / (y * y);
    }
    let (h, l) = add_pair(h, l, term(steps) * sum, 0.0);
    h + l
}

/// ψ⁽ⁿ⁾(x), the nth derivative of digamma, for whole n ≥ 0.
pub fn polygamma(n: f64, x: f64) -> f64 {
    dispatch!((n: f64, x: f64) -> f64, { polygamma_here(n, x) })
}

#[inline(always)]
fn polygamma_here(n: f64, x: f64) -> f64 {
    if n.is_nan() || x.is_nan() || n < 0.0 || n != n.trunc() {
        return f64::NAN;
    }
    if n == 0.0 {
        return digamma_here(x);
    }
    if n == 1.0 {
        return trigamma_here(x);
    }
    let s = n + 1.0;
    let odd = (0.5 * n).trunc() != 0.5 * n;
    let zeta = if x > 0.0 {
        if n > 170.0 { 0.0 } else { hurwitz(s, x) }
    } else if x == x.trunc() {
        f64::INFINITY
    } else {
        // x = f - m: the terms on both sides of 0, in closed form
        let m = x.abs().ceil();
        let f = x + m;
        let sides = hurwitz(s, 1.0 - f) - hurwitz(s, 1.0 - x);
        hurwitz(s, f) + if odd { sides } else { -sides }
    };
    let magnitude = if x > 0.0 && x < f64::INFINITY && (zeta == 0.0 || zeta.is_infinite() || n > 170.0) {
        // n! and ζ over- and underflow before their product does
        exp::exp(lgamma_here(s) - s * log::log(x) + log::log(hurwitz_scaled(s, x)))
    } else {
        gamma_here(s) * zeta
    };
    if odd { magnitude } else { -magnitude }
}

/// log B(a, b) = log Γ(a) + log Γ(b) - log Γ(a + b), for a, b > 0; NaN elsewhere.
pub fn betaln(a: f64, b: f64) -> f64 {
    dispatch!((a: f64, b: f64) -> f64, { betaln_here(a, b) })
}

#[inline(always)]
fn betaln_here(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a < 0.0 || b < 0.0 {
        return f64::NAN;
    }
    let (a, b) = if a > b { (b, a) } else { (a, b) };
    if a == 0.0 {
        return f64::INFINITY;
    }
    if b == f64::INFINITY {
        return f64::NEG_INFINITY;
    }
    if b < 10.0 {
        let (h, l) = lgamma_pair(a);
        let (g, gl) = lgamma_pair(b);
        let (h, l) = add_pair(h, l, g, gl);
        let (s, e) = two_sum(a, b);
        let (g, gl) = lgamma_pair(s);
        // the rounding of a + b enters through ψ
        let (y, yl) = add_pair(h, l, -g, -gl - e * digamma_here(s));
        return y + yl;
    }
    // log Γ(b) - log Γ(a + b) = -(b - ½ + a) log1p(a/b) - a (log b - 1) + rest(b) - rest(a + b)
    let (q, ql) = div_pair(a, 0.0, b, 0.0);
    let (p, pl) = log::log1p_pair(q, ql);
    let (s, e) = two_sum(a, b);
    let (c, cl) = add_pair(s, e, -0.5, 0.0);
    let (u, ul) = mul_pair(c, cl, p, pl);
    let (l, ll) = log::accurate(b);
    let rest = stirling_rest(b) - stirling_rest(s);
    if a < 10.0 {
        let (m, ml) = add_pair(l, ll, -1.0, 0.0);
        let (v, vl) = mul_pair(a, 0.0, m, ml);
        let (y, yl) = add_pair(-u, -ul, -v, -vl);
        let (g, gl) = lgamma_pair(a);
        let (y, yl) = add_pair(y, yl, g, gl);
        return y + (yl + rest);
    }
    // Both large: (a - ½) log(a/b) - (a + b - ½) log1p(a/b) - ½ log b + ½ log 2π + the three rests
    let (k, kl) = log::accurate(a);
    let (d, dl) = add_pair(k, kl, -l, -ll);
    let (t, tl) = two_sum(a, -0.5);
    let (v, vl) = mul_pair(t, tl, d, dl);
    let (y, yl) = add_pair(v, vl, -u, -ul);
    let (y, yl) = add_pair(y, yl, -0.5 * l, -0.5 * ll);
    let (y, yl) = add_pair(y, yl, HALF_LOG_2PI.0, HALF_LOG_2PI.1);
    y + (yl + (stirling_rest(a) + rest))
}
