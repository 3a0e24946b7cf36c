//! `check` of FPCore files: every core at points spread over the floats that its precondition allows.

use std::fmt::Write;

use super::check::{Checked, report_json};
use super::fpcore::{Core, Refused, read_fpcore};
use super::program::{Outcome, Program};
use super::ranges::van_der_corput;
use super::show::{at_place, line_and_column};
use crate::array::{Array, from_ordinal, ordinal, round_f64_to};
use crate::error::Result;
use crate::numerics::check::{BITS, Shadow, Site, format_of, sites};
use crate::text::{json_number, json_string};
use crate::{Possible, Report, Tensor};

/// How many points a core is looked at, and how many are drawn for them at most.
const POINTS: usize = 256;
const DRAWS: usize = 20_000;
/// Bases of the sequences along which arguments are drawn.
const BASES: [usize; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// What was found in one core.
#[derive(Clone, Debug)]
pub struct CheckedCore {
    /// The core.
    pub core: Core,
    /// The points that it was looked at: those that fulfil the precondition and have a finite true result.
    pub points: Vec<Vec<f64>>,
    /// What goes wrong in its result.
    pub report: Report,
    /// The ops that are wrong by themselves somewhere, whether it shows or not.
    pub sites: Vec<Site>,
}

/// What was found in the cores of a file.
#[derive(Clone, Debug)]
pub struct CheckedCores {
    /// The cores that could be read.
    pub cores: Vec<CheckedCore>,
    /// The others.
    pub refused: Vec<Refused>,
}

/// Looks at every straight-line core of an FPCore text as it is written.
///
/// ```
/// use gradus::formula::check_fpcore;
/// let text = "(FPCore (x) :name \"a root\" :pre (< 1 x 1e20) (- (sqrt (+ x 1)) (sqrt x)))
/// (FPCore (n) (while (< n 3) ([n n (+ n 1)]) n))";
/// let checked = check_fpcore(text)?;
/// assert!(checked.cores[0].report.findings.iter().any(|f| f.op == "sub"));
/// assert_eq!(checked.refused[0].what, "while");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn check_fpcore(text: &str) -> Result<CheckedCores> {
    let (mut cores, mut refused) = (vec![], vec![]);
    for core in read_fpcore(text)? {
        match core {
            Ok(core) => cores.push(check(core)?),
            Err(why) => refused.push(why),
        }
    }
    Ok(CheckedCores { cores, refused })
}

fn check(core: Core) -> Result<CheckedCore> {
    let drawn = draw(&core);
    let written = |points: &[Vec<f64>]| -> Result<(Program, Vec<Tensor>)> {
        let mut program = core.program()?;
        for (k, name) in core.arguments.iter().enumerate() {
            let column = points.iter().map(|p| p[k]).collect();
            program.bind_array(name, Array::from_vec(column, &[points.len()])?.cast(core.dtype)?);
        }
        let mut plain = program.clone();
        let formulas = plain.as_written(true).formulas()?;
        Ok((program, formulas))
    };
    // Where the true result is not finite, nothing is expected of a program.
    let (_, formulas) = written(&drawn)?;
    let shadow = Shadow::of(&formulas.iter().collect::<Vec<_>>());
    let truth = formulas.first().and_then(|t| shadow.of_tensor(t));
    let finite = |i: usize| truth.is_none_or(|v| v.exact.get(i).is_none_or(|w| w.to_f64().is_finite()));
    let points: Vec<Vec<f64>> = (0..drawn.len()).filter(|&i| finite(i)).map(|i| drawn[i].clone()).collect();
    let (program, formulas) = written(&points)?;
    let sites = sites(&Shadow::of(&formulas.iter().collect::<Vec<_>>()));
    let mut report = if points.is_empty() { Report::default() } else { program.report()? };
    report.formats = vec![core.dtype.name()];
    for f in &mut report.findings {
        let point = if let [i] = f.index[..] { points.get(i) } else { None };
        let witness = point.map(|p| core.arguments.iter().cloned().zip(p.iter().copied()).collect());
        f.possible = witness.map(|witness| Possible { witness, reach: vec![] });
    }
    Ok(CheckedCore { core, points, report, sites })
}

/// Points that fulfil the precondition, spread over the floats.
fn draw(core: &Core) -> Vec<Vec<f64>> {
    let (ends, format) = (core.ends(), format_of(core.dtype));
    let coordinate = |n: usize, k: usize| {
        let (low, high) = (ordinal(ends[k].0), ordinal(ends[k].1));
        let part = van_der_corput(n, BASES[k % BASES.len()]);
        round_f64_to(from_ordinal(low + ((high - low) as f64 * part) as i128), format)
    };
    if core.arguments.is_empty() {
        return vec![vec![]];
    }
    let points = (1..=DRAWS).map(|n| (0..ends.len()).map(|k| coordinate(n, k)).collect::<Vec<f64>>());
    points.filter(|p| core.holds(p)).take(POINTS).collect()
}

impl CheckedCores {
    /// The exit code: 1 if there is an error.
    pub fn code(&self) -> u8 {
        u8::from(self.cores.iter().any(|c| c.report.has_errors()))
    }

    /// The report for people: every core with its formula, its findings and its local errors.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for c in &self.cores {
            let lines = c.core.formula.replace('\n', "\n  ");
            let _ = writeln!(out, "{}: {} points of {}\n  {lines}", c.core.name, c.points.len(), c.core.dtype.name());
            let outcome = Outcome { results: vec![], fired: vec![], notes: vec![], notices: vec![] };
            let (report, none) = (c.report.clone(), || vec![]);
            let shown = Checked { report, outcome, forecasts: vec![], digits: none(), searched: None };
            out.push_str(&shown.text(None, &c.core.formula));
            for s in &c.sites {
                let share = 100.0 * s.wrong as f64 / s.elements.max(1) as f64;
                let place = at_place(s.origin);
                let _ = writeln!(out, "local error above {BITS} bits: {}{place} at {share:.0} % of the points", s.op);
            }
            out.push('\n');
        }
        out + &self.summary()
    }

    /// How many cores were looked at, and how many were refused for what.
    fn summary(&self) -> String {
        let mut counts: Vec<(&str, usize)> = vec![];
        for r in &self.refused {
            match counts.iter_mut().find(|c| c.0 == r.what) {
                Some(c) => c.1 += 1,
                None => counts.push((&r.what, 1)),
            }
        }
        counts.sort();
        let why: Vec<String> = counts.iter().map(|(what, n)| format!("`{what}` {n}")).collect();
        let colon = if why.is_empty() { "" } else { ": " };
        format!("{} cores checked, {} refused{colon}{}\n", self.cores.len(), self.refused.len(), why.join(", "))
    }

    /// The report as one JSON object.
    pub fn json(&self) -> String {
        let core = |c: &CheckedCore| {
            let sites = c.sites.iter().map(|s| {
                let share = json_number(s.wrong as f64 / s.elements.max(1) as f64);
                let (op, text) = (json_string(s.op), json_string(&s.text));
                format!("{{\"op\": {op}, {}, \"text\": {text}, \"share\": {share}}}", line_and_column(s.origin))
            });
            let sites: Vec<String> = sites.collect();
            format!(
                "{{\"name\": {}, \"formula\": {}, \"dtype\": \"{}\", \"points\": {}, {}, \"local_errors\": [{}]}}",
                json_string(&c.core.name),
                json_string(&c.core.formula),
                c.core.dtype.name(),
                c.points.len(),
                report_json(&c.report),
                sites.join(", ")
            )
        };
        let refused =
            |r: &Refused| format!("{{\"name\": {}, \"because\": {}}}", json_string(&r.name), json_string(&r.what));
        let cores: Vec<String> = self.cores.iter().map(core).collect();
        let refused: Vec<String> = self.refused.iter().map(refused).collect();
        format!("{{\"cores\": [{}], \"refused\": [{}]}}", cores.join(", "), refused.join(", "))
    }
}
