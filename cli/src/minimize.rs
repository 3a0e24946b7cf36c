//! `gradus minimize`: the place where the last result of a script is smallest, and what kind of place that is.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gradus::optim::{Minimize, Minimum, Step, StepSize, Stopped};
use gradus::{Array, Error, ErrorKind, Result};

use crate::args::Args;
use crate::{eval, out};

/// What `gradus minimize --help` prints.
const HELP: &str = "\
gradus minimize FORMULA|FILE.gr --over w,b [NAME=VALUE ...]

Minimises the last result of the script in the given names, whose values are the start; prints the
value, the place, what kind of point it is and how sure that is, and why it stopped. Derivatives are
exact. Ctrl-C ends with the best place so far.

  --over NAMES       what to minimise over, separated by commas
  --method NAME      gradient-descent, momentum, nesterov, adam, conjugate-gradient, newton, newton-cg,
                     bfgs, lbfgs, levenberg-marquardt, golden-section, brent; by the problem if left out
  --lr RATE          the fixed rate of a first-order method
  --bounds LIST      as w=-1..1,b=0..inf
  --starts N         from N more places, drawn between the bounds
  --max-iter N       so many steps (2000)
  --max-time SECONDS
  --tolerance G      until no entry of the gradient is larger
  --trace FILE.csv   the way: step, value, gradient, length, promised decrease
  --json             one JSON object

Exit code: 0 a place was found, 2 something failed, or values were no numbers.

  gradus minimize \"x = [-1.2, 1]; 100*(x[1] - x[0]**2)**2 + (1 - x[0])**2\" --over x
  gradus minimize examples/logistic.gr --over w,b --method lbfgs --trace /tmp/trace.csv
";

/// Runs the verb.
pub fn run(words: &[String]) -> ExitCode {
    let args = match Args::or_exit(words, HELP) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match minimum(&args) {
        Ok(found) => {
            out::print(&if args.json { format!("{}\n", found.json()) } else { format!("{found}\n") });
            ExitCode::from(if found.stopped == Stopped::NotFinite { 2 } else { 0 })
        }
        Err(e) => {
            let (file, source) = args.source();
            eval::fail(&e, args.json, file.as_deref(), &source)
        }
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Argument, message)
}

fn minimum(args: &Args) -> Result<Minimum> {
    let mut program = args.program()?;
    args.bind(&mut program)?;
    let over: Vec<&str> = args.over.iter().map(String::as_str).collect();
    if over.is_empty() {
        return Err(wrong("`gradus minimize` needs names to minimise over, as `--over w,b`".into()));
    }
    let options = Options::read(args, &over)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    // Where no handler can be set, an interrupt ends the program as it always does.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    let mut progress = Progress::new();
    let found = program.minimize(&over, |m| {
        options.apply(m, args).on_step(|step| {
            progress.show(step);
            if interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    })?;
    progress.clear();
    if let Some(path) = &options.trace {
        std::fs::write(path, found.trace_csv())
            .map_err(|e| Error::new(ErrorKind::Io, format!("`{path}` cannot be written: {e}")))?;
    }
    Ok(found)
}

/// What the options say.
#[derive(Default)]
struct Options {
    method: Option<String>,
    iterations: Option<usize>,
    time: Option<Duration>,
    tolerance: Option<f64>,
    trace: Option<String>,
    bounds: Vec<(usize, f64, f64)>,
    starts: Option<usize>,
}

impl Options {
    fn read(args: &Args, over: &[&str]) -> Result<Options> {
        let mut o = Options::default();
        for (option, value) in &args.descent {
            let no = |what: &str| wrong(format!("`{option} {value}` is no {what}"));
            let number = || value.parse().ok().filter(|v: &f64| *v >= 0.0);
            match option.as_str() {
                "--method" => o.method = Some(value.clone()),
                "--trace" => o.trace = Some(value.clone()),
                "--max-iter" => o.iterations = Some(value.parse().map_err(|_| no("count of steps"))?),
                "--starts" => o.starts = Some(value.parse().map_err(|_| no("count of starts"))?),
                "--tolerance" => o.tolerance = Some(number().ok_or_else(|| no("size of a gradient"))?),
                "--max-time" => {
                    let seconds = number().and_then(|s| Duration::try_from_secs_f64(s).ok());
                    o.time = Some(seconds.ok_or_else(|| no("number of seconds"))?);
                }
                _ => o.bounds = bounds(value, over)?,
            }
        }
        Ok(o)
    }

    fn apply<'a>(&self, mut m: Minimize<'a>, args: &Args) -> Minimize<'a> {
        if let Some(name) = &self.method {
            m = m.method(name);
        }
        if let Some(rate) = args.rate {
            m = m.step_size(StepSize::Fixed(rate));
        }
        if let Some(count) = self.iterations {
            m = m.max_iterations(count);
        }
        if let Some(time) = self.time {
            m = m.max_time(time);
        }
        if let Some(largest) = self.tolerance {
            m = m.until_gradient(largest);
        }
        for &(leaf, lo, hi) in &self.bounds {
            m = m.bounds(leaf, Array::scalar(lo), Array::scalar(hi));
        }
        if let Some(count) = self.starts {
            m = m.multi_start(count, args.seed);
        }
        m
    }
}

/// `w=-1..1,b=0..inf` as the place of each name and its ends.
fn bounds(text: &str, over: &[&str]) -> Result<Vec<(usize, f64, f64)>> {
    let one = |part: &str| {
        let (name, range) = part.split_once('=')?;
        let (lo, hi) = range.split_once("..")?;
        let leaf = over.iter().position(|n| *n == name.trim())?;
        Some((leaf, lo.trim().parse().ok()?, hi.trim().parse().ok()?))
    };
    let message = |part: &str| wrong(format!("`{part}` bounds no name of --over; write `--bounds w=-1..1,b=0..inf`"));
    text.split(',').map(|part| one(part).ok_or_else(|| message(part))).collect()
}

/// A line on a terminal that is written over.
struct Progress {
    terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    fn new() -> Progress {
        Progress { terminal: std::io::stderr().is_terminal(), shown: None }
    }

    fn show(&mut self, s: &Step) {
        let due = self.shown.is_none_or(|t| t.elapsed() >= Duration::from_millis(100));
        if self.terminal && due {
            let line = format!(
                "step {}  value {:.8e}  gradient {:.2e}  length {:.2e}",
                s.iteration, s.value, s.gradient_norm, s.step
            );
            out::complain(&format!("\r\x1b[K{line}"));
            self.shown = Some(Instant::now());
        }
    }

    fn clear(&self) {
        if self.shown.is_some() {
            out::complain("\r\x1b[K");
        }
    }
}
