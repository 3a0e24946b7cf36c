//! One walk over all rows: accuracy of values and derivatives, both modes, batches, bad input, facts that are true.
//!
//! Every row is measured in units in the last place, or compared bit by bit, or stands in a list with its reason.
//! `cargo test --test ops -- --nocapture` prints the tables.

#[path = "ops/accuracy.rs"]
mod accuracy;
#[path = "ops/arrays.rs"]
mod arrays;
#[path = "ops/exact.rs"]
mod exact;
#[path = "ops/facts.rs"]
mod facts;
#[path = "ops/inputs.rs"]
mod inputs;
#[path = "ops/modes.rs"]
mod modes;
#[path = "ops/robust.rs"]
mod robust;

use accuracy::Worst;
use gradus::DType;
use gradus::graph::Op;

/// Units in the last place that values and derivatives of every row stay within, but for the rows below.
const ULP: f64 = 4.0;

/// Rows with a larger error somewhere: in f64 value, first and second derivative (or that in a and that in b), then the
/// same in f32, and why.
const LARGER: &[(&str, [f64; 3], [f64; 3], &str)] = &[
    ("cbrt", [4., 4., 4.], [4., 4., 6.], "the second derivative is a chain of five roundings"),
    ("sigmoid_grad", [4., 4., 12.], [4., 4., 11.], "the second derivative has a zero at 1.317, near the point 1.25"),
    ("xlog_ratio", [4., 7., 4.], [4., 4., 4.], "log(a/b) + 1 has a zero at b = e a, near the point (1, 3)"),
    ("exp_neg_square", [4., 4., 4.], [4., 9., 180.], "in f32 the value is subnormal, and its rounding is multiplied"),
    ("ndtri_exp", [4., 4., 6.], [4., 8., 23.], "right of 5 its slope is that at a rounded quantile"),
    ("erf", [4., 4., 4.], [4., 4., 10.], "in f32 the first derivative is subnormal, and its rounding is multiplied"),
    ("erfc", [4., 4., 4.], [4., 4., 10.], "as erf"),
    ("log_ndtr_grad", [4., 4., 37.], [4., 4., 4.], "third derivative of log_ndtr, by a recurrence right of -1"),
    ("mills_excess", [4., 8., 37.], [4., 4., 4.], "its derivatives, by a recurrence right of -1"),
    ("log_ndtr_curve", [4., 37., 540.], [4., 4., 4.], "its second derivative has a zero at 1.002, near the point 1"),
    ("trigamma", [4., 4., 189.], [4., 4., 4.], "polygamma(3, 1e100) goes through logarithms, as its parts underflow"),
];

fn bounds(name: &str) -> ([f64; 3], [f64; 3]) {
    LARGER.iter().find(|row| row.0 == name).map_or(([ULP; 3], [ULP; 3]), |row| (row.1, row.2))
}

/// Rows that are neither measured nor compared bit by bit, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("leaf", "data as it is"),
    ("constant", "a number as it is"),
    ("key", "random: tests/math.rs has the published answers of the generator"),
    ("split_key", "random: as key"),
    ("random_uniform", "random: tests/math.rs has the published answers and the moments"),
    ("random_normal", "random: as random_uniform"),
    ("random_gamma", "random: tests/samplers.rs compares with distribution functions, and slopes with differences"),
    ("random_poisson", "random: as random_gamma"),
    ("random_binomial", "random: as random_gamma"),
    ("gammainc", "tests/incomplete.rs: values, logarithms, quantiles and slopes in the shapes to 1e-13"),
    ("gammaincc", "as gammainc"),
    ("log_gammainc", "as gammainc"),
    ("log_gammaincc", "as gammainc"),
    ("gammaincinv", "as gammainc"),
    ("gammainccinv", "as gammainc"),
    ("gamma_density", "as gammainc"),
    ("gammainc_slope", "as gammainc"),
    ("log_gammainc_slope", "as gammainc"),
    ("log_gammaincc_slope", "as gammainc"),
    ("gammainc_share", "as gammainc"),
    ("gammaincc_share", "as gammainc"),
    ("gamma_flow", "as gammainc"),
    ("betainc", "as gammainc"),
    ("betaincc", "as gammainc"),
    ("log_betainc", "as gammainc"),
    ("log_betaincc", "as gammainc"),
    ("betaincinv", "as gammainc"),
    ("betainccinv", "as gammainc"),
    ("beta_density", "as gammainc"),
    ("betainc_slope", "as gammainc"),
    ("log_betainc_slope", "as gammainc"),
    ("betainc_share", "as gammainc"),
    ("beta_flow", "as gammainc"),
    ("stdtr", "as gammainc"),
    ("log_stdtr", "as gammainc"),
    ("log_stdtr_slope", "as gammainc"),
    ("stdtrit", "as gammainc"),
    ("poisson_quantile", "tests/incomplete.rs: the least k, by sums of masses"),
    ("binomial_quantile", "as poisson_quantile"),
    ("cond_estimate", "tests/linalg: beside the exact one on pathological matrices"),
    ("qr", "not unique: tests/linalg has its residual ratios on 26 matrices"),
    ("qr_pivoted", "as qr"),
    ("lu", "as qr"),
    ("eigh", "as qr"),
    ("svd", "as qr"),
    ("eig", "tests/linalg: A V = V diag(w) on pathological matrices"),
    ("solve_triangular", "tests/linalg: gradients against differences; tests/lecture.rs has a value"),
    ("over_gap", "tests/linalg: the derivatives of eigh and svd, which are made of it"),
    ("spectral", "tests/linalg: functions of a symmetric matrix at equal eigenvalues"),
    ("sqrtm", "tests/linalg: gradients, and exact ones at the identity"),
    ("lyapunov", "tests/linalg: the derivative of sqrtm"),
    ("pinv", "tests/linalg: the four conditions of Moore and Penrose"),
    ("least_squares", "tests/linalg: orthogonal residuals, and NIST's certified regressions"),
    ("vander", "tests/linalg: NIST's certified polynomials"),
    ("fit_powers", "as vander"),
];

/// What the walk has found so far.
#[derive(Default)]
struct Walk {
    rows: usize,
    measured: Vec<(&'static str, usize, Worst, Worst)>,
    arrays: Vec<(&'static str, usize, f64, f64)>,
    exact: Vec<&'static str>,
    modes: f64,
    differences: f64,
    failures: Vec<String>,
}

impl Walk {
    /// Values and derivatives of a row at the points of the reference.
    fn accuracy(&mut self, op: &'static Op, points: &[accuracy::Point]) {
        let wide = accuracy::measure(op, points, DType::F64);
        let narrow = accuracy::measure(op, points, DType::F32);
        let (w, n) = bounds(op.name);
        for (got, bound) in [(&wide, w), (&narrow, n)] {
            for k in (0..3).filter(|&k| got.ulp[k] > bound[k]) {
                let (ulp, at) = (got.ulp[k], &got.at[k]);
                self.failures.push(format!("`{}`: {k} is off by {ulp} ulp at {at:?}", op.name));
            }
        }
        self.measured.push((op.name, points.len(), wide, narrow));
    }

    /// Values of a row over whole axes or matrices.
    fn arrays(&mut self, op: &'static Op, cases: &[arrays::Case]) {
        let got = [DType::F64, DType::F32].map(|d| arrays::measure(op, cases, d));
        if got[0].max(got[1]) > ULP {
            self.failures.push(format!("`{}`: off by {:.1} ulp in f64, {:.1} in f32", op.name, got[0], got[1]));
        }
        self.arrays.push((op.name, cases.len(), got[0], got[1]));
    }

    /// Every bit of a row that does not round, or the reason why a row is looked at elsewhere.
    fn bits(&mut self, op: &'static Op) {
        match (exact::check(op), ELSEWHERE.iter().any(|row| row.0 == op.name)) {
            (Some(wrong), false) => {
                self.exact.push(op.name);
                self.failures.extend(wrong.map(|w| format!("`{}`: {w}", op.name)));
            }
            (None, true) => {}
            (Some(_), true) => {
                self.failures.push(format!("`{}` is compared bit by bit, and listed all the same", op.name))
            }
            (None, false) => {
                self.failures.push(format!("`{}` is neither measured nor compared, and no list says why", op.name))
            }
        }
    }

    /// Both modes, differences and batches of a row.
    fn modes(&mut self, op: &'static Op, sample: &inputs::Sample) {
        let a = modes::agree(op, sample);
        self.modes = self.modes.max(a.modes);
        self.differences = self.differences.max(a.differences);
        if a.modes > 1e-14 || a.differences > 1e-9 {
            let (m, d) = (a.modes, a.differences);
            self.failures.push(format!("`{}`: the modes differ by {m:.1e}, differences by {d:.1e}", op.name));
        }
    }

    /// The table of what was measured, and that of what is left out.
    fn print(&self) {
        let three = |w: &Worst| w.ulp.map(|u| format!("{u:4.0}")).join("");
        println!("units in the last place: value, first and second derivative (of two inputs: value, in a, in b)");
        for (name, points, wide, narrow) in &self.measured {
            println!("  {name:16} {points:3} points   f64 {}   f32 {}", three(wide), three(narrow));
        }
        let worst = |k: usize| {
            let wide = self.measured.iter().map(|m| m.2.ulp[k]).fold(0.0, f64::max);
            let narrow = self.measured.iter().map(|m| m.3.ulp[k]).fold(0.0, f64::max);
            format!("f64 {wide} ulp, f32 {narrow} ulp")
        };
        println!("\nthe same of values over whole axes and matrices");
        for (name, cases, wide, narrow) in &self.arrays {
            println!("  {name:17} {cases:2} cases   f64 {wide:6.1}   f32 {narrow:6.1}");
        }
        println!("\ncompared bit by bit with plain loops: {}", self.exact.join(", "));
        println!("\nneither, and why:");
        ELSEWHERE.iter().for_each(|row| println!("  {:17} {}", row.0, row.1));
        let counts = [self.measured.len(), self.arrays.len(), self.exact.len(), ELSEWHERE.len()];
        println!(
            "\n{} rows: {} + {} measured, {} exact, {} elsewhere",
            self.rows, counts[0], counts[1], counts[2], counts[3]
        );
        println!("worst value: {}; worst derivative: {}", worst(0), worst(1));
        println!("forward against reverse mode: {:.1e}", self.modes);
        println!("reverse mode against differences: {:.1e}", self.differences);
        println!("\nabove {ULP} ulp somewhere, and why:");
        LARGER.iter().for_each(|row| println!("  {:16} {}", row.0, row.3));
        let bare = gradus::ops::all().filter(|op| op.meaning.is_empty()).map(|op| op.name).collect::<Vec<_>>();
        println!("\nwithout a textbook meaning, being their own: {}", bare.join(", "));
    }
}

#[test]
fn every_row() {
    let (reference, arrays) = (accuracy::reference(), arrays::reference());
    let mut walk = Walk::default();
    for op in gradus::ops::all() {
        walk.rows += 1;
        let points = reference.get(op.name);
        walk.failures.extend(facts::faults(op, points));
        match (points, arrays.get(op.name)) {
            (Some(points), _) => walk.accuracy(op, points),
            (None, Some(cases)) => walk.arrays(op, cases),
            (None, None) => walk.bits(op),
        }
        if let Some(sample) = inputs::sample(op, points) {
            walk.modes(op, &sample);
        }
        walk.failures.extend(robust::panics(op));
    }
    walk.print();
    let n = walk.failures.len();
    assert!(n == 0, "{n} failures, such as\n{}", walk.failures[..n.min(20)].join("\n"));
}
