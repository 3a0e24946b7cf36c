//! Interleaved timing: every contestant once per round, so that a busy machine slows all of them alike.

use std::hint::black_box;

/// A contestant: a name, what it does, and at most how many times its time the first one may take.
pub struct Entry<'a> {
    name: &'a str,
    run: Box<dyn FnMut() + 'a>,
    target: Option<f64>,
}

/// A contestant that does `f` and lets nobody optimise its result away.
pub fn entry<'a, R>(name: &'a str, mut f: impl FnMut() -> R + 'a) -> Entry<'a> {
    Entry { name, run: Box::new(move || drop(black_box(f()))), target: None }
}

impl Entry<'_> {
    /// The ratio to reach against this one.
    pub fn at_most(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }
}

/// How many rounds are run.
const ROUNDS: usize = 21;

/// Times the first entry against the others, prints a line for each of them, and returns their median times.
pub fn compare(row: &str, mut entries: Vec<Entry>) -> Vec<f64> {
    let repeats: Vec<u32> = entries.iter_mut().map(|e| repeats(&mut e.run)).collect();
    let mut times: Vec<Vec<f64>> = vec![vec![]; entries.len()];
    for _ in 0..ROUNDS {
        for ((times, e), &n) in times.iter_mut().zip(&mut entries).zip(&repeats) {
            let start = cpu_time();
            (0..n).for_each(|_| (e.run)());
            times.push((cpu_time() - start) / f64::from(n));
        }
    }
    let first = times[0].clone();
    let mine = median(first.clone());
    for (e, theirs) in entries.iter().zip(&times).skip(1) {
        let ratio = median(first.iter().zip(theirs).map(|(a, b)| a / b).collect());
        line(&format!("{row} / {}", e.name), &display(mine), &display(median(theirs.clone())), ratio, e.target);
    }
    times.into_iter().map(median).collect()
}

/// Prints one line: a ratio beside its target.
pub fn line(label: &str, mine: &str, theirs: &str, ratio: f64, target: Option<f64>) {
    let target = target.map_or(String::new(), |t| format!("<= {t:.2}{}", if ratio <= t { "" } else { "  over" }));
    println!("{label:<48} {mine:>11} {theirs:>11} {ratio:>7.2}  {target}");
}

/// The median time of one run, in seconds, among `rounds`.
pub fn time<R>(rounds: usize, mut f: impl FnMut() -> R) -> f64 {
    let once = |_| {
        let start = cpu_time();
        black_box(f());
        cpu_time() - start
    };
    median((0..rounds).map(once).collect())
}

/// How often to run in one measurement: about ten milliseconds.
fn repeats(f: &mut Box<dyn FnMut() + '_>) -> u32 {
    f();
    let start = cpu_time();
    f();
    (0.01 / (cpu_time() - start).max(2e-8)).clamp(1.0, 10_000.0) as u32
}

/// Seconds for which the processor has worked on this thread: what else runs on the machine counts little.
fn cpu_time() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and the time is written to where the pointer says.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

/// The middle one.
pub fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

/// Seconds as a reader likes them.
pub fn display(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} us", s * 1e6),
        s => format!("{:.3} ms", s * 1e3),
    }
}
