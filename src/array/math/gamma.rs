//! The gamma function, its logarithm and the beta function.
//!
//! These branch, so their loops do not vectorise; each is compiled once and chooses its instruction set itself.

use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, horner, mul_pair, scale, two_prod, two_sum};
use super::log;
use super::polygamma::digamma_here;
use super::trig;

/// log Γ(1 + y)/y on |y| ≤ ½.
pub(super) const LGAMMA1: [f64; 28] = [
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
pub(super) const LGAMMA2: [f64; 19] = [
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

/// B_2k/(2k(2k - 1)): the terms of Stirling's series.
pub(super) const STIRLING: [f64; 9] = [
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

const HALF_LOG_2PI: (f64, f64) = (0.9189385332046728, -3.8782941580672414e-17);
pub(super) const PI: (f64, f64) = (std::f64::consts::PI, 1.2246467991473532e-16);

/// What Stirling's formula lacks: log Γ(x) - (x - ½)log x + x - ½ log 2π, for x ≥ 10.
#[inline(always)]
pub(super) fn stirling_rest(x: f64) -> f64 {
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
pub(super) fn sin_pi(x: f64) -> (f64, f64, bool) {
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
pub(super) fn gamma_here(x: f64) -> f64 {
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
pub(super) fn lgamma_pair(x: f64) -> (f64, f64) {
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
pub(super) fn lgamma_here(x: f64) -> f64 {
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

/// log B(a, b) = log Γ(a) + log Γ(b) - log Γ(a + b), for a, b > 0; NaN elsewhere.
pub fn betaln(a: f64, b: f64) -> f64 {
    dispatch!((a: f64, b: f64) -> f64, { betaln_here(a, b) })
}

#[inline(always)]
fn betaln_here(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a < 0.0 || b < 0.0 {
        return f64::NAN;
    }
    if a == 0.0 || b == 0.0 {
        return f64::INFINITY;
    }
    if a == f64::INFINITY || b == f64::INFINITY {
        return f64::NEG_INFINITY;
    }
    let (h, l) = betaln_pair(a, b);
    h + l
}

/// log B(a, b) as a pair, for positive finite numbers.
#[inline(always)]
pub(super) fn betaln_pair(a: f64, b: f64) -> (f64, f64) {
    let (a, b) = if a > b { (b, a) } else { (a, b) };
    if b < 10.0 {
        let (h, l) = lgamma_pair(a);
        let (g, gl) = lgamma_pair(b);
        let (h, l) = add_pair(h, l, g, gl);
        let (s, e) = two_sum(a, b);
        let (g, gl) = lgamma_pair(s);
        // the rounding of a + b enters through ψ
        let (y, yl) = add_pair(h, l, -g, -gl - e * digamma_here(s));
        return (y, yl);
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
        return (y, yl + rest);
    }
    // Both large: (a - ½) log(a/b) - (a + b - ½) log1p(a/b) - ½ log b + ½ log 2π + the three rests
    let (k, kl) = log::accurate(a);
    let (d, dl) = add_pair(k, kl, -l, -ll);
    let (t, tl) = two_sum(a, -0.5);
    let (v, vl) = mul_pair(t, tl, d, dl);
    let (y, yl) = add_pair(v, vl, -u, -ul);
    let (y, yl) = add_pair(y, yl, -0.5 * l, -0.5 * ll);
    let (y, yl) = add_pair(y, yl, HALF_LOG_2PI.0, HALF_LOG_2PI.1);
    (y, yl + (stirling_rest(a) + rest))
}

/// log(Γ(n + 1)/(Γ(k + 1)·Γ(n - k + 1))) for 0 ≤ k ≤ n; NaN elsewhere.
pub fn log_binomial(n: f64, k: f64) -> f64 {
    dispatch!((n: f64, k: f64) -> f64, {
        if !(0.0 <= k && k <= n && n < f64::INFINITY) {
            return f64::NAN;
        }
        // C(n, k) = 1/((n + 1) B(k + 1, n - k + 1)), where small k leaves little of both.
        let k = k.min(n - k);
        if k == 0.0 {
            return 0.0;
        }
        if k == 1.0 {
            return log::log(n);
        }
        let (h, l) = log::log1p_pair(n, 0.0);
        let (rest, low) = two_sum(n - k, 1.0);
        let (g, gl) = betaln_pair(k + 1.0, rest);
        let (h, l) = add_pair(-h, -l, -g, -gl);
        (h + (l + low * (log::log1p(n) - log::log1p(n - k)))).max(0.0)
    })
}
