//! Sample statistics beside exact fractions, whole, weighted and merged from parts; NIST's certified values.

use gradus::formula::Program;
use gradus::prob::{Moments, Weights};
use gradus::{Array, Tensor};

/// One line of tests/reference/statistics.csv.
struct Sample {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    weights: Vec<f64>,
    want: Vec<f64>,
}

fn samples() -> Vec<Sample> {
    let numbers = |t: &str| t.split(' ').map(|v| v.parse().unwrap()).collect::<Vec<f64>>();
    let one = |line: &str| {
        let cells: Vec<&str> = line.split(';').collect();
        let want = cells[4..].iter().map(|v| v.parse().unwrap()).collect();
        Sample { name: cells[0].into(), x: numbers(cells[1]), y: numbers(cells[2]), weights: numbers(cells[3]), want }
    };
    include_str!("reference/statistics.csv").lines().filter(|l| !l.starts_with('#')).map(one).collect()
}

impl Sample {
    /// Observations from one place to another, in rows.
    fn rows(&self, from: usize, to: usize) -> Array {
        let values = (from..to).flat_map(|i| [self.x[i], self.y[i]]).collect();
        Array::from_vec::<f64>(values, &[to - from, 2]).unwrap()
    }

    /// Mean, variance, covariance and correlation of the whole, then the weighted ones, from parts of this length.
    fn found(&self, part: usize) -> Vec<f64> {
        let n = self.x.len();
        let merged = |weights: fn(&[f64]) -> Weights| {
            let mut parts = (0..n).step_by(part).map(|i| {
                let end = (i + part).min(n);
                Moments::of(&self.rows(i, end), weights(&self.weights[i..end])).unwrap()
            });
            let first = parts.next().unwrap();
            parts.fold(first, |all, p| all.merge(&p).unwrap())
        };
        let (plain, rated, counted) = (merged(|_| Weights::Equal), merged(reliable), merged(often));
        let at = |a: gradus::Result<Array>, i: usize| a.unwrap().to_f64()[i];
        vec![
            at(plain.mean(), 0),
            at(plain.variance(1.0), 0),
            at(plain.covariance(1.0), 1),
            at(plain.correlation(), 1),
            at(counted.mean(), 0),
            at(rated.variance(1.0), 0),
            at(counted.covariance(1.0), 1),
        ]
    }
}

fn reliable(w: &[f64]) -> Weights<'_> {
    Weights::Reliability(w)
}

fn often(w: &[f64]) -> Weights<'_> {
    Weights::Frequency(w)
}

const NAMES: [&str; 7] = ["mean", "variance", "covariance", "correlation", "weighted mean", "aweights", "fweights"];

#[test]
fn statistics_are_those_of_exact_fractions() {
    let mut bad = vec![];
    let mut worst: f64 = 0.0;
    for s in samples() {
        for part in [s.x.len(), 7, 1] {
            for ((got, want), what) in s.found(part).iter().zip(&s.want).zip(NAMES) {
                let error = ((got - want) / want).abs();
                worst = worst.max(error);
                // A covariance is small beside its terms where the variables hardly correlate.
                let size = if what.contains("cov") || what == "fweights" || what == "correlation" {
                    1.0 / s.want[3].abs()
                } else {
                    1.0
                };
                if !(error <= 4e-15 * size) {
                    bad.push(format!("{} in parts of {part}: {what} {got}, not {want}: {error:.1e}", s.name));
                }
            }
        }
    }
    println!("worst relative error {worst:.1e}");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn parts_may_be_merged_in_any_tree() {
    for s in samples() {
        let n = s.x.len();
        let part = |i: usize| Moments::of(&s.rows(i, i + 1), Weights::Equal).unwrap();
        let mut level: Vec<Moments> = (0..n).map(part).collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|p| if let [a, b] = p { a.merge(b).unwrap() } else { p[0].clone() }).collect();
        }
        let got = level[0].variance(1.0).unwrap().to_f64()[0];
        assert!(((got - s.want[1]) / s.want[1]).abs() <= 4e-15, "{}: {got}, not {}", s.name, s.want[1]);
        assert_eq!(level[0].weight(), n as f64);
    }
}

#[test]
fn a_weight_is_how_often_an_observation_stands() {
    let x = Array::from(vec![1.0, 5.0, 2.0]);
    let again = Array::from(vec![1.0, 1.0, 1.0, 5.0, 2.0, 2.0]);
    let counted = Moments::of(&x, Weights::Frequency(&[3.0, 1.0, 2.0])).unwrap();
    let written = Moments::of(&again, Weights::Equal).unwrap();
    assert!(
        (counted.variance(1.0).unwrap().item().unwrap() - written.variance(1.0).unwrap().item().unwrap()).abs() < 1e-15
    );
    // Reliabilities count only beside one another.
    let (a, b) = ([0.3, 0.1, 0.2], [30.0, 10.0, 20.0]);
    let of = |w: &[f64]| Moments::of(&x, Weights::Reliability(w)).unwrap();
    assert!(
        (of(&a).variance(1.0).unwrap().item().unwrap() - of(&b).variance(1.0).unwrap().item().unwrap()).abs() < 1e-14
    );
    assert!((of(&a).effective_count() - 36.0 / 14.0).abs() < 1e-15);
    // What has no weight is not looked at.
    let hole = Array::from(vec![1.0, f64::NAN, 3.0]);
    assert_eq!(Moments::of(&hole, Weights::Frequency(&[1.0, 0.0, 1.0])).unwrap().mean().unwrap().item().unwrap(), 2.0);
}

#[test]
fn mistakes() {
    let says = |result: gradus::Result<Moments>, message: &str| {
        let e = result.unwrap_err();
        assert!(e.message().contains(message), "{e}");
    };
    let x = Array::from(vec![1.0, 2.0]);
    says(Moments::of(&x, Weights::Frequency(&[1.0])), "1 weights for 2 observations");
    says(Moments::of(&x, Weights::Reliability(&[1.0, -1.0])), "a weight is a number of 0 or more, not -1");
    says(Moments::of(&x, Weights::Reliability(&[0.0, 0.0])), "at least one observation of weight above 0");
    says(Moments::of(&Array::from(Vec::<f64>::new()), Weights::Equal), "at least one observation");
    says(Moments::of(&Array::scalar(1.0), Weights::Equal), "a sample has shape (n,) or (n, k)");
    let one = Moments::of(&Array::from(vec![1.0]), Weights::Equal).unwrap();
    assert!(one.variance(1.0).unwrap_err().is_domain() && one.variance(0.0).unwrap().item().unwrap() == 0.0);
    let two = Moments::of(&Array::from([[1.0, 2.0]]), Weights::Equal).unwrap();
    says(one.merge(&two), "a sample of 1 variables and one of 2 cannot be merged");
}

#[test]
fn statistics_in_the_language() {
    let run = |source: &str| {
        let outcome = Program::formula(source).unwrap().run().unwrap_or_else(|e| panic!("{source}: {e}"));
        outcome.results.last().unwrap().value.clone().unwrap_or_else(|e| panic!("{source}: {e}"))
    };
    let x = "x = [1000000001, 1000000002, 1000000003, 1000000004]\n";
    assert_eq!(run(&format!("{x}moments(x).variance()")).to_f64(), [5.0 / 3.0]);
    assert_eq!(run(&format!("{x}moments(x).variance(ddof=0)")).to_f64(), [1.25]);
    assert_eq!(run(&format!("{x}moments(x[:1]).merge(moments(x[1:])).variance()")).to_f64(), [5.0 / 3.0]);
    assert_eq!(run(&format!("{x}moments(x, fweights=[1, 0, 0, 1]).mean")).to_f64(), [1000000002.5]);
    assert_eq!(run("moments([[1, 2], [2, 1], [3, 0]]).correlation()").to_f64(), [1.0, -1.0, -1.0, 1.0]);
    assert_eq!(run("moments([[1, 2], [2, 1], [3, 0]]).covariance()").to_f64(), [1.0, -1.0, -1.0, 1.0]);
    assert_eq!(run("moments([1, 2, 3])").to_string(), "moments\nweight = 3.0\nmean = 2.0\nvariance = 1.0");
}

/// A NIST univariate set: certified mean, standard deviation and correlation with the value before; the data.
fn nist(folder: &str, name: &str) -> ([f64; 3], Vec<f64>) {
    let text = std::fs::read_to_string(format!("{folder}/{name}.dat")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().rposition(|l| l.starts_with("---")).unwrap();
    let certified = ["Sample Mean", "Sample Standard", "Sample Auto"].map(|key| {
        let line = lines[..start].iter().find(|l| l.trim().starts_with(key)).unwrap();
        let last = line.rsplit(':').next().unwrap();
        last.split_whitespace().next().unwrap().parse().unwrap()
    });
    let data = lines[start + 1..].iter().flat_map(|l| l.split_whitespace()).map(|v| v.parse().unwrap()).collect();
    (certified, data)
}

/// Digits that exact arithmetic on the f64 nearest the data has, at most 15: tests/reference/nist_univariate.py.
const SETS: &[(&str, [f64; 3])] = &[
    ("Lew", [15.0, 15.0, 14.8]),
    ("Lottery", [15.0, 15.0, 15.0]),
    ("Mavro", [15.0, 13.1, 13.9]),
    ("Michelso", [15.0, 13.8, 13.4]),
    ("NumAcc1", [15.0, 15.0, 15.0]),
    ("NumAcc2", [15.0, 15.0, 15.0]),
    ("NumAcc3", [15.0, 9.5, 12.2]),
    ("NumAcc4", [15.0, 8.3, 11.0]),
];

/// `GRADUS_NIST=folder cargo test --test sample_statistics nist -- --nocapture` prints the digits.
#[test]
fn nist_univariate_sets() {
    let Ok(folder) = std::env::var("GRADUS_NIST") else {
        println!("GRADUS_NIST names no folder: nothing was compared");
        return;
    };
    for &(name, possible) in SETS {
        let (certified, data) = nist(&folder, name);
        let array = Array::from(data.clone());
        let m = Moments::of(&array, Weights::Equal).unwrap();
        let y = Tensor::from(array);
        // Centred twice: the rounded mean alone costs a digit.
        let d = &y - y.mean(());
        let d = &d - d.mean(());
        let n = data.len() as isize;
        let lag = (d.slice(0, Some(1), None, 1) * d.slice(0, None, Some(n as i64 - 1), 1)).sum(()) / d.square().sum(());
        let got = [
            m.mean().unwrap().item().unwrap(),
            m.variance(1.0).unwrap().item().unwrap().sqrt(),
            lag.eval().unwrap().item().unwrap(),
        ];
        let digits: Vec<f64> =
            got.iter().zip(certified).map(|(g, c)| -((g - c) / c).abs().max(1e-15).log10()).collect();
        println!("{name:9} {:.1} {:.1} {:.1}", digits[0], digits[1], digits[2]);
        for (have, can) in digits.iter().zip(possible) {
            // The last digit is that of one rounding.
            assert!(*have >= (can - 0.3).min(14.6), "{name}: {digits:?}, not {possible:?}");
        }
    }
}
