//! Ranges in place of data: a search for points at which a formula as written goes wrong, and how far each fault reaches.
//!
//! The points are spread over the numbers of a range and over its floats, with the whole numbers among them; from the
//! worst of them the search climbs to where more digits are lost. A fault is pursued along every range to the last
//! point that has it, by bisection over floats.

use super::bind::Data;
use super::check::{is_derivative, tensors};
use super::program::Program;
use crate::array::{Array, DType, from_ordinal, ordinal};
use crate::error::{Error, ErrorKind, Result};
use crate::numerics::check::{Shadow, examine, relative};
use crate::{Finding, Possible, Range, Severity, Tensor};

/// What was searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    /// The ranges.
    pub ranges: Vec<Range>,
    /// At how many points the formulas were looked at.
    pub points: usize,
}

/// How many points a range gets of each kind: evenly spaced numbers, evenly spaced floats, whole numbers.
const SPREAD: usize = 65;
/// The most points of several ranges together, and of the line on which the reach of a fault is sought.
const TOGETHER: usize = 257;
const LINE: usize = 33;
/// How many of the worst points are climbed from.
const CLIMBED: usize = 3;
/// How often a step is halved.
const HALVINGS: usize = 40;

/// What one point shows.
struct Look {
    point: Vec<f64>,
    findings: Vec<Finding>,
    /// The largest relative error of a result, as a logarithm to base 2.
    error: f64,
}

/// A range of a binding; an error if no number is in it.
fn range(name: &str, from: f64, to: f64) -> Result<Range> {
    if from <= to && from < f64::INFINITY && to > f64::NEG_INFINITY {
        return Ok(Range { name: name.to_string(), from: from.max(f64::MIN), to: to.min(f64::MAX) });
    }
    Err(Error::new(ErrorKind::Argument, format!("`{name}={from}..{to}`: no number is in this range")))
}

/// Points of a range in ascending order, about three times `n`.
fn points(r: &Range, n: usize) -> Vec<f64> {
    let (a, b) = (r.from, r.to);
    let at = |i: usize| i as f64 / (n - 1) as f64;
    let even = (0..n).map(|i| a * (1.0 - at(i)) + b * at(i));
    let (low, high) = (ordinal(a), ordinal(b));
    let floats = (0..n).map(|i| from_ordinal(low + ((high - low) as f64 * at(i)) as i128));
    // Whole numbers around zero and, evenly, over the range: faults like to sit on them.
    let whole = (0..n).map(|i| (a * (1.0 - at(i)) + b * at(i)).round()).chain((-8..=8).map(f64::from));
    // Adding zero makes -0 of what was rounded to it 0.
    let all = even.chain(floats).chain(whole).map(|x| x + 0.0);
    let mut points: Vec<f64> = all.filter(|x| (a..=b).contains(x)).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    points
}

/// The digit-reversed fraction of `i` to a base: numbers that fill 0 to 1 evenly.
pub(super) fn van_der_corput(mut i: usize, base: usize) -> f64 {
    let (mut x, mut unit) = (0.0, 1.0);
    while i > 0 {
        unit /= base as f64;
        x += unit * (i % base) as f64;
        i /= base;
    }
    x
}

/// The points at which ranges are looked at: all of one range; of several, their corners and a spread of combinations.
fn spread(ranges: &[Range]) -> Vec<Vec<f64>> {
    const BASES: [usize; 8] = [2, 3, 5, 7, 11, 13, 17, 19];
    let lists: Vec<Vec<f64>> = ranges.iter().map(|r| points(r, SPREAD)).collect();
    if let [list] = lists.as_slice() {
        return list.iter().map(|x| vec![*x]).collect();
    }
    let corners = (0..1usize << ranges.len().min(4)).map(|bits| {
        let corner = |(k, r): (usize, &Range)| if bits >> k & 1 == 1 { r.to } else { r.from };
        ranges.iter().enumerate().map(corner).collect()
    });
    let inner = (1..TOGETHER).map(|i| {
        let pick = |(k, list): (usize, &Vec<f64>)| {
            let t = van_der_corput(i + i * (k / BASES.len()), BASES[k % BASES.len()]);
            list[((list.len() as f64 * t) as usize).min(list.len() - 1)]
        };
        lists.iter().enumerate().map(pick).collect()
    });
    corners.chain(inner).collect()
}

impl Program {
    /// The names that stand for ranges.
    pub(super) fn ranges(&self) -> Result<Vec<Range>> {
        let ranges = self.data().iter().filter_map(|(name, d)| match d {
            Data::Range(a, b) => Some(range(name, *a, *b)),
            _ => None,
        });
        ranges.collect()
    }

    /// The program at a point of its ranges.
    pub(super) fn at_point(&self, ranges: &[Range], point: &[f64], dtype: DType) -> Program {
        let mut program = self.clone();
        program.dtype(dtype);
        for (r, x) in ranges.iter().zip(point) {
            program.set(&r.name, Data::Numbers(Array::scalar(*x)));
        }
        program
    }

    /// Looks at one point.
    fn look(&self, ranges: &[Range], point: Vec<f64>, dtype: DType) -> Result<Look> {
        let built = self.at_point(ranges, &point, dtype).build(true)?;
        if let Some(e) = built.formulas.iter().find_map(|f| f.pending.as_ref().err()) {
            return Err(e.clone());
        }
        let formulas = tensors(&built.formulas);
        let outputs: Vec<&Tensor> = formulas.iter().map(|(t, _)| *t).collect();
        let gradients: Vec<bool> = formulas.iter().map(|(_, f)| is_derivative(self.script(), &f.text)).collect();
        let shadow = Shadow::of(&outputs);
        let loud = |f: &Finding| f.severity != Severity::Note;
        let findings = examine(&shadow, &outputs, &gradients).into_iter().filter(loud).collect();
        let values = outputs.iter().filter_map(|t| shadow.of_tensor(t));
        let errors = values.flat_map(|v| v.computed.iter().zip(&v.exact).map(|(c, e)| relative(*c, e)));
        let error = errors.filter(|e| !e.is_nan()).fold(f64::NEG_INFINITY, f64::max);
        Ok(Look { point, findings, error })
    }

    /// Searches the ranges in one dtype: a point and the reach of every fault, and how many points were looked at.
    pub(super) fn search(&self, ranges: &[Range], dtype: DType) -> Result<(Vec<(Finding, Possible)>, usize)> {
        // Beyond the largest number of a dtype it has infinities, which are no numbers of the range.
        let most = crate::numerics::check::format_of(dtype).max();
        let inside = |r: &Range| Range { from: r.from.clamp(-most, most), to: r.to.clamp(-most, most), ..r.clone() };
        let ranges: &[Range] = &ranges.iter().map(inside).collect::<Vec<_>>();
        let mut looks = vec![];
        for point in spread(ranges) {
            looks.push(self.look(ranges, point, dtype)?);
        }
        self.climb(ranges, dtype, &mut looks)?;
        let mut points = looks.len();
        let mut faults: Vec<(Finding, Possible)> = vec![];
        // The worst point that has a fault is its witness; of equals the one that is shortest to write.
        let worse = |a: &(&Finding, &Look), b: &(&Finding, &Look)| {
            let length = |l: &Look| l.point.iter().map(|x| format!("{x:?}").len()).sum::<usize>();
            (a.0.severity.cmp(&b.0.severity)).then(length(b.1).cmp(&length(a.1)))
        };
        let all: Vec<(&Finding, &Look)> = looks.iter().flat_map(|l| l.findings.iter().map(move |f| (f, l))).collect();
        for (f, _) in &all {
            if faults.iter().any(|(g, _)| f.is_same(g)) {
                continue;
            }
            let Some((f, look)) = all.iter().copied().filter(|(g, _)| f.is_same(g)).max_by(worse) else { continue };
            let reach = self.reach(ranges, dtype, f, &look.point, &mut points)?;
            let names = ranges.iter().map(|r| r.name.clone());
            faults.push((f.clone(), Possible { witness: names.zip(look.point.iter().copied()).collect(), reach }));
        }
        Ok((faults, points))
    }

    /// Climbs from the worst points without a fault to where more digits are lost.
    fn climb(&self, ranges: &[Range], dtype: DType, looks: &mut Vec<Look>) -> Result<()> {
        let mut starts: Vec<(f64, Vec<f64>)> =
            looks.iter().filter(|l| l.findings.is_empty()).map(|l| (l.error, l.point.clone())).collect();
        starts.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (mut error, mut point) in starts.into_iter().take(CLIMBED) {
            let mut step = 0.25;
            for _ in 0..HALVINGS / 2 {
                for k in 0..ranges.len() {
                    for sign in [-1.0, 1.0] {
                        let mut next = point.clone();
                        let r = &ranges[k];
                        next[k] = (next[k] + sign * step * (r.to / 2.0 - r.from / 2.0)).clamp(r.from, r.to);
                        // One rounding error says little: a neighbour is asked too.
                        let eps = crate::numerics::check::format_of(dtype).eps();
                        let near = |(k, x): (usize, &f64)| {
                            (x * (1.0 + (3 + k) as f64 * eps)).clamp(ranges[k].from, ranges[k].to)
                        };
                        let beside = next.iter().enumerate().map(near).collect();
                        let pair = [self.look(ranges, next, dtype)?, self.look(ranges, beside, dtype)?];
                        let both = pair[0].error.max(pair[1].error);
                        if both > error {
                            (error, point) = (both, pair[0].point.clone());
                        }
                        looks.extend(pair);
                    }
                }
                step /= 2.0;
            }
        }
        Ok(())
    }

    /// How far a fault reaches from a point along each range.
    fn reach(
        &self,
        ranges: &[Range],
        dtype: DType,
        fault: &Finding,
        witness: &[f64],
        points: &mut usize,
    ) -> Result<Vec<Range>> {
        let mut reach = vec![];
        for (k, r) in ranges.iter().enumerate() {
            let mut has = |x: f64| -> Result<bool> {
                let mut point = witness.to_vec();
                point[k] = x;
                *points += 1;
                Ok(self.look(ranges, point, dtype)?.findings.iter().any(|f| f.is_same(fault)))
            };
            let line = self::points(r, LINE);
            let below = line.iter().rev().copied().filter(|x| *x < witness[k]);
            let above = line.iter().copied().filter(|x| *x > witness[k]);
            let from = edge(witness[k], below, &mut has)?;
            let to = edge(witness[k], above, &mut has)?;
            reach.push(Range { name: r.name.clone(), from, to });
        }
        Ok(reach)
    }
}

/// The last point that has a fault on the way from `inside` over `line`, to the last float.
fn edge(mut inside: f64, line: impl Iterator<Item = f64>, has: &mut impl FnMut(f64) -> Result<bool>) -> Result<f64> {
    for x in line {
        if has(x)? {
            inside = x;
            continue;
        }
        let (mut good, mut bad) = (ordinal(x), ordinal(inside));
        for _ in 0..HALVINGS {
            let middle = good + (bad - good) / 2;
            if middle == good || middle == bad {
                break;
            }
            if has(from_ordinal(middle))? { bad = middle } else { good = middle }
        }
        return Ok(from_ordinal(bad));
    }
    Ok(inside)
}
