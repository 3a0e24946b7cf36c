//! Interleaved timing: every contestant once per round, so that a busy machine slows all of them alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A contestant: a name and what it does.
pub type Entry<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// A contestant that does `f` and lets nobody optimise its result away.
pub fn entry<'a, R>(name: &'a str, mut f: impl FnMut() -> R + 'a) -> Entry<'a> {
    (name, Box::new(move || drop(black_box(f()))))
}

/// Times the first entry against the others and prints a line for each of them.
pub fn compare(row: &str, target: &str, mut entries: Vec<Entry>) {
    let repeats: Vec<u32> = entries.iter_mut().map(|(_, f)| repeats(f)).collect();
    let rounds = 15;
    let mut times: Vec<Vec<f64>> = vec![vec![]; entries.len()];
    for _ in 0..rounds {
        for ((times, (_, f)), &n) in times.iter_mut().zip(&mut entries).zip(&repeats) {
            let start = Instant::now();
            (0..n).for_each(|_| f());
            times.push(start.elapsed().as_secs_f64() / f64::from(n));
        }
    }
    let first = times[0].clone();
    let mine = median(first.clone());
    for ((name, _), theirs) in entries.iter().zip(&times).skip(1) {
        let ratios = first.iter().zip(theirs).map(|(a, b)| a / b).collect();
        let label = format!("{row} / {name}");
        let (a, b) = (display(mine), display(median(theirs.clone())));
        println!("{label:<52} {a:>11} {b:>11} {:>7.2}  {target}", median(ratios));
    }
}

/// How often to run in one measurement: about ten milliseconds.
fn repeats(f: &mut Box<dyn FnMut() + '_>) -> u32 {
    f();
    let start = Instant::now();
    f();
    let one = start.elapsed().max(Duration::from_nanos(20));
    (10_000_000 / one.as_nanos().max(1) as u64).clamp(1, 10_000) as u32
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

fn display(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} us", s * 1e6),
        s => format!("{:.3} ms", s * 1e3),
    }
}
