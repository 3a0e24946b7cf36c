//! From the start of a process to its first gradient, beside a process that does nothing.

use std::process::{Command, Stdio};
use std::time::Instant;

use gradus::{Tensor, grad};

use crate::timer::{display, line, median};

/// The row's name.
pub const NAME: &str = "start of a process to the first gradient";

/// What a child process does instead of benchmarks.
pub fn child(argument: &str) -> Option<fn()> {
    match argument {
        "--nothing" => Some(|| {}),
        "--gradient" => Some(first_gradient),
        _ => None,
    }
}

/// The gradient of a logistic loss, from nothing to a number.
fn first_gradient() {
    let (x, w) = (Tensor::from([[1.0, 2.0], [-3.0, 0.5]]), Tensor::from([0.1, 0.2]));
    let loss = (1.0 + (-x.matmul(&w)).exp()).log().mean(());
    match grad(&loss, &w).eval() {
        Ok(g) => println!("{g}"),
        Err(e) => eprintln!("{e}"),
    }
}

/// Times both kinds of children in turn.
pub fn row() {
    let Ok(program) = std::env::current_exe() else { return };
    let run = |argument: &str| {
        let start = Instant::now();
        let done = Command::new(&program).arg(argument).stdout(Stdio::null()).status();
        done.is_ok_and(|s| s.success()).then(|| start.elapsed().as_secs_f64())
    };
    let pairs: Vec<(f64, f64)> = (0..41).filter_map(|_| Some((run("--gradient")?, run("--nothing")?))).collect();
    if pairs.is_empty() {
        return eprintln!("{NAME}: a child failed");
    }
    let (ours, empty): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let ratio = median(ours.iter().zip(&empty).map(|(a, b)| a / b).collect());
    let ours = median(ours);
    let within = if ours <= 0.010 { "" } else { "  over" };
    line(&format!("{NAME} / empty"), &display(ours), &display(median(empty)), ratio, None);
    println!("{:<48} {:>11} {:>11} {:>7}  <= 10 ms{within}", "", display(ours), "", "");
}
