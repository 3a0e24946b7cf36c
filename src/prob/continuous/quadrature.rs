//! Integrals in up to three dimensions: a change of variables that tames ends and infinity, then Gauss-Kronrod rules on
//! boxes that are halved where the error is; by Monte Carlo beyond. Every integral says its error.

use super::range::{FAR, Range};
use crate::array::random::fill_uniform_f64;
use crate::array::sums::Compensated;
use crate::error::{Error, ErrorKind, Result};

/// An integral and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integral {
    /// The value.
    pub value: f64,
    /// The error: of a quadrature an estimate of its bound, by Monte Carlo the standard error.
    pub error: f64,
    /// At how many points the integrand was evaluated.
    pub evaluations: usize,
}

/// Nodes of the Gauss-Kronrod rule with 15 points from the middle outwards, weights, and those of the rule with 7.
#[rustfmt::skip]
const NODES: [f64; 8] = [
    0.0, 0.20778495500789847, 0.40584515137739717, 0.58608723546769113, 0.74153118559939444, 0.86486442335976907,
    0.94910791234275852, 0.99145537112081264,
];
#[rustfmt::skip]
const KRONROD: [f64; 8] = [
    0.20948214108472783, 0.20443294007529889, 0.19035057806478541, 0.1690047266392679, 0.14065325971552592,
    0.10479001032225018, 0.063092092629978553, 0.022935322010529225,
];
const GAUSS: [f64; 8] =
    [0.41795918367346939, 0.0, 0.38183005050511894, 0.0, 0.27970539148927667, 0.0, 0.12948496616886969, 0.0];
const POINTS: usize = 15;

/// The node, Kronrod's weight and Gauss's weight of a point.
fn rule(i: usize) -> (f64, f64, f64) {
    let k = i.abs_diff(POINTS / 2);
    (if i < POINTS / 2 { -NODES[k] } else { NODES[k] }, KRONROD[k], GAUSS[k])
}

/// Weights of all points of a box: by Kronrod's rule, then by Gauss's rule along each axis in turn.
fn weights(d: usize) -> Vec<Vec<f64>> {
    let along = |p: usize, k: usize| rule(p / POINTS.pow((d - 1 - k) as u32) % POINTS);
    let weight = |p: usize, gauss: Option<usize>| {
        (0..d).map(|k| if gauss == Some(k) { along(p, k).2 } else { along(p, k).1 }).product::<f64>()
    };
    let all = |gauss: Option<usize>| (0..POINTS.pow(d as u32)).map(|p| weight(p, gauss)).collect();
    std::iter::once(None).chain((0..d).map(Some)).map(all).collect()
}

/// A function of several numbers at many points, the numbers of a point next to one another.
pub(super) type Integrand<'f> = dyn FnMut(&[f64]) -> Result<Vec<f64>> + 'f;

/// A box in the changed variables.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) lo: Vec<f64>,
    pub(super) hi: Vec<f64>,
    pub(super) value: f64,
    size: f64,
    error: f64,
    /// What rounding the place of every point may change, in one dimension.
    rounding: f64,
    /// The axis along which the rule is worst.
    axis: usize,
}

/// What an integration found: the integral, and the boxes that make it up.
pub(super) struct Found {
    pub(super) integral: Integral,
    pub(super) cells: Vec<Cell>,
}

/// The most points, and how exact the answer should be, by the number of dimensions.
fn effort(dimensions: usize) -> (usize, f64) {
    match dimensions {
        1 => (200_000, 1e-14),
        2 => (3_000_000, 1e-11),
        _ => (12_000_000, 1e-8),
    }
}

/// The integral of a function over ranges, in up to three dimensions by quadrature, else by Monte Carlo.
pub(super) fn integrate(f: &mut Integrand, ranges: &[Range]) -> Result<Found> {
    match ranges.len() {
        0 => Err(Error::new(ErrorKind::Argument, "an integral is over at least one variable")),
        1..=3 => reaching(f, ranges),
        _ => monte_carlo(f, ranges).map(|integral| Found { integral, cells: vec![] }),
    }
}

/// The integral as far out as the integrand is a number: x^9 exp(−x) is none where x^9 overflows.
fn reaching(f: &mut Integrand, ranges: &[Range]) -> Result<Found> {
    let mut found = adaptive(f, ranges);
    for far in FAR.iter().skip(1).filter(|_| ranges.iter().any(Range::is_infinite)) {
        if !found.as_ref().is_err_and(Error::is_domain) {
            break;
        }
        found = adaptive(f, &ranges.iter().map(|r| r.left_at(*far)).collect::<Vec<_>>());
    }
    found
}

fn adaptive(f: &mut Integrand, ranges: &[Range]) -> Result<Found> {
    let (budget, relative) = effort(ranges.len());
    let each = POINTS.pow(ranges.len() as u32);
    let mut done: Vec<Cell> = vec![];
    let mut fresh = grid(ranges);
    let mut evaluations = 0;
    loop {
        evaluations += fresh.len() * each;
        apply(f, ranges, &mut fresh)?;
        done.append(&mut fresh);
        let total = |part: fn(&Cell) -> f64| sum(done.iter().map(part));
        let (value, error, size) = (total(|c| c.value), total(|c| c.error), total(|c| c.size));
        // No sum of rounded terms is better than that.
        let floor = 4.0 * f64::EPSILON * size;
        let wanted = (relative * value.abs()).max(floor);
        let worst = done.iter().map(|c| c.error).fold(0.0, f64::max);
        let (split, keep): (Vec<_>, Vec<_>) =
            done.into_iter().partition(|c| c.error > 0.1 * worst && c.error > 0.0 && c.divisible());
        let full = evaluations + 2 * split.len() * each > budget;
        if error <= wanted || full || split.is_empty() {
            let cells: Vec<Cell> = keep.into_iter().chain(split).collect();
            let error = error + floor + sum(cells.iter().map(|c| c.rounding)) + ends(f, ranges)?;
            return Ok(Found { integral: Integral { value, error, evaluations }, cells });
        }
        fresh = split.iter().flat_map(Cell::halves).collect();
        done = keep;
    }
}

/// The boxes to begin with, small enough to see a peak.
fn grid(ranges: &[Range]) -> Vec<Cell> {
    let parts = [0, 32, 6, 3][ranges.len()];
    let mut cells = vec![Cell::new(vec![], vec![])];
    for r in ranges {
        let (a, b) = r.span();
        let at = |i: usize| a + (b - a) * i as f64 / parts as f64;
        let longer = |c: &Cell, i: usize| {
            let mut c = c.clone();
            c.lo.push(at(i));
            c.hi.push(at(i + 1));
            c
        };
        cells = cells.iter().flat_map(|c| (0..parts).map(move |i| longer(c, i))).collect();
    }
    cells
}

impl Cell {
    fn new(lo: Vec<f64>, hi: Vec<f64>) -> Cell {
        Cell { lo, hi, value: 0.0, size: 0.0, error: 0.0, rounding: 0.0, axis: 0 }
    }

    /// False once the middle is no number between the ends.
    fn divisible(&self) -> bool {
        let (a, b) = (self.lo[self.axis], self.hi[self.axis]);
        b - a > 1e-12 * (1.0 + a.abs().max(b.abs()))
    }

    fn halves(&self) -> [Cell; 2] {
        let middle = 0.5 * (self.lo[self.axis] + self.hi[self.axis]);
        let (mut left, mut right) = (self.clone(), self.clone());
        left.hi[self.axis] = middle;
        right.lo[self.axis] = middle;
        [left, right]
    }
}

/// Applies the rule to boxes, all their points in one batch.
fn apply(f: &mut Integrand, ranges: &[Range], cells: &mut [Cell]) -> Result<()> {
    let d = ranges.len();
    let each = POINTS.pow(d as u32);
    let weights = weights(d);
    // A batch is bounded, so that many boxes in three dimensions fit into memory.
    for cells in cells.chunks_mut((1 << 20) / each + 1) {
        let mut points = Vec::with_capacity(cells.len() * each * d);
        let mut slopes = Vec::with_capacity(cells.len() * each);
        for c in cells.iter() {
            for p in 0..each {
                let mut slope = 1.0;
                for (k, r) in ranges.iter().enumerate() {
                    let (node, _, _) = rule(p / POINTS.pow((d - 1 - k) as u32) % POINTS);
                    let half = 0.5 * (c.hi[k] - c.lo[k]);
                    let (x, dx) = r.point(0.5 * (c.lo[k] + c.hi[k]) + half * node);
                    points.push(x);
                    slope *= dx * half;
                }
                slopes.push(slope);
            }
        }
        let values = f(&points)?;
        for (i, (v, x)) in values.iter().zip(points.chunks(d)).enumerate() {
            if !(v * slopes[i]).is_finite() {
                return Err(no_number(*v, x));
            }
        }
        for (i, c) in cells.iter_mut().enumerate() {
            let terms = values[i * each..].iter().zip(&slopes[i * each..]).map(|(v, s)| v * s).take(each);
            if d == 1 {
                c.rounding = slack(&values[i * each..(i + 1) * each], &points[i * each..(i + 1) * each]);
            }
            c.measure(&terms.collect::<Vec<_>>(), &weights);
        }
    }
    Ok(())
}

/// Σ |Δv| |x| ε/2 along a line: what a function changes where its places are rounded.
fn slack(values: &[f64], x: &[f64]) -> f64 {
    let step = |(v, x): (&[f64], &[f64])| (v[1] - v[0]).abs() * x[0].abs().max(x[1].abs());
    values.windows(2).zip(x.windows(2)).map(step).sum::<f64>() * 0.5 * f64::EPSILON
}

fn no_number(v: f64, x: &[f64]) -> Error {
    let at: Vec<String> = x.iter().map(f64::to_string).collect();
    Error::new(ErrorKind::Domain, format!("the integrand is {v} at ({})", at.join(", ")))
}

impl Cell {
    /// The integral by Kronrod's rule, and its error by what Gauss's rule gives along each axis.
    fn measure(&mut self, terms: &[f64], weights: &[Vec<f64>]) {
        let d = weights.len() - 1;
        let by = |rule: usize| sum(terms.iter().zip(&weights[rule]).map(|(t, w)| w * t));
        self.value = by(0);
        self.size = sum(terms.iter().zip(&weights[0]).map(|(t, w)| w * t.abs()));
        let mean = self.value / 2f64.powi(d as i32);
        let spread = sum(terms.iter().zip(&weights[0]).map(|(t, w)| w * (t - mean).abs()));
        // How far the two rules lie apart overstates the error of the better one (Piessens et al., QUADPACK, 1983).
        let error = |k: usize| {
            let apart = (by(k + 1) - self.value).abs();
            if apart == 0.0 || spread == 0.0 { apart } else { spread * (200.0 * apart / spread).powf(1.5).min(1.0) }
        };
        let errors: Vec<f64> = (0..d).map(error).collect();
        self.error = errors.iter().sum();
        self.axis = (0..d).max_by(|&a, &b| errors[a].total_cmp(&errors[b])).unwrap_or(0);
    }
}

/// What may lie beyond the last number before an end, in one dimension: where the integrand grows without bound at a
/// finite end, or falls slowly towards an infinite one.
fn ends(f: &mut Integrand, ranges: &[Range]) -> Result<f64> {
    let [r] = ranges else { return Ok(0.0) };
    let near = r.ends();
    let values = f(&near.map(|e| e.0))?;
    if let Some(i) = values.iter().position(|v| v.is_nan()) {
        return Err(no_number(values[i], &[near[i].0]));
    }
    Ok(values.iter().zip(near).map(|(v, (_, beyond))| if *v == 0.0 { 0.0 } else { (v * beyond).abs() }).sum())
}

/// How many points Monte Carlo takes, and under which key.
const DRAWS: usize = 1 << 20;
const KEY: u64 = 0x6772_6164_7573;

/// The mean of the integrand at random points, and its standard error.
fn monte_carlo(f: &mut Integrand, ranges: &[Range]) -> Result<Integral> {
    let d = ranges.len();
    let mut uniform = vec![0.0; DRAWS * d];
    fill_uniform_f64(KEY, 0, &mut uniform);
    let (mut points, mut slopes) = (Vec::with_capacity(DRAWS * d), Vec::with_capacity(DRAWS));
    for u in uniform.chunks(d) {
        let mut slope = 1.0;
        for (r, u) in ranges.iter().zip(u) {
            let (x, dx) = r.spread(*u);
            points.push(x);
            slope *= dx;
        }
        slopes.push(slope);
    }
    let values = f(&points)?;
    let terms: Vec<f64> = values.iter().zip(&slopes).map(|(v, s)| v * s).collect();
    if let Some(i) = terms.iter().position(|t| !t.is_finite()) {
        return Err(no_number(values[i], &points[i * d..(i + 1) * d]));
    }
    let n = DRAWS as f64;
    let mean = sum(terms.iter().copied()) / n;
    let variance = sum(terms.iter().map(|t| (t - mean) * (t - mean))) / (n - 1.0);
    Ok(Integral { value: mean, error: (variance / n).sqrt(), evaluations: DRAWS })
}

pub(super) fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut total = Compensated::default();
    terms.for_each(|t| total.add(t));
    total.value()
}

/// The integrals over pieces of boxes in one dimension, each by one rule.
pub(super) fn pieces(f: &mut Integrand, range: &Range, from: &[f64], to: &[f64]) -> Result<Vec<f64>> {
    let cell = |(a, b): (&f64, &f64)| Cell::new(vec![*a], vec![*b]);
    let mut cells: Vec<Cell> = from.iter().zip(to).map(cell).collect();
    apply(f, std::slice::from_ref(range), &mut cells)?;
    Ok(cells.iter().map(|c| c.value).collect())
}
