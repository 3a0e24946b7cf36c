//! Joint distributions of discrete variables: the rules of probability against sums written out, and their edges.

#[path = "joint/language.rs"]
mod language;
#[path = "joint/mistakes.rs"]
mod mistakes;
#[path = "joint/rules.rs"]
mod rules;

use gradus::prob::{Joint, Variable};

/// Numbers in (0, 1) that follow one another without a pattern.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Variables a, b, c, … with these numbers of states.
fn variables(sizes: &[usize]) -> Vec<Variable> {
    sizes.iter().zip("abcdefgh".chars()).map(|(&k, n)| Variable::numbered(&n.to_string(), k).unwrap()).collect()
}

/// A random joint distribution, and its table.
fn random(sizes: &[usize], seed: u64) -> (Joint, Vec<f64>) {
    let mut stream = Stream(seed);
    let count: usize = sizes.iter().product();
    let raw: Vec<f64> = (0..count).map(|_| stream.next()).collect();
    let joint = Joint::normalized(&variables(sizes), raw).unwrap();
    let table = joint.table().unwrap().to_f64();
    (joint, table)
}

#[track_caller]
fn assert_near(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(want) {
        assert!(g == w || (g - w).abs() <= tolerance * w.abs(), "{g} is not {w}");
    }
}
