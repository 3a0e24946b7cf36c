//! Every family beside high-precision values, over the whole support: `tests/reference/prob.py` wrote them.

use std::collections::BTreeMap;

use gradus::Array;
use gradus::formula::Program;
use gradus::prob::FAMILIES;

/// The largest error, as a share of the value or of the sum of the magnitudes of its terms.
const TOLERANCE: f64 = 1e-13;

/// The values of a method of a distribution, as the formula language has it; vectors are rows of x.
fn evaluated(distribution: &str, method: &str, x: Array) -> Vec<f64> {
    let formula = match method {
        "log of prob" => format!("log({distribution}.prob(x))"),
        "entropy" | "mean" | "variance" => format!("{distribution}.{method}() + 0*x"),
        _ => format!("{distribution}.{method}(x)"),
    };
    let mut program = Program::formula(&formula).unwrap();
    program.bind_array("x", x);
    let outcome = program.run().unwrap_or_else(|e| panic!("{formula}: {e}"));
    outcome.results[0].value.clone().unwrap_or_else(|e| panic!("{formula}: {e}")).to_f64()
}

#[test]
fn every_family_is_right_over_its_whole_support() {
    let mut worst: BTreeMap<(String, &str), (f64, String)> = BTreeMap::new();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = vec![];
    for line in include_str!("../reference/prob.csv").lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let [distribution, method, x, truth] = fields[..] else { panic!("{line}") };
        let x: Vec<&str> = x.split(' ').collect();
        let numbers: Vec<f64> = x.iter().flat_map(|v| v.split(',')).map(|v| v.parse().unwrap()).collect();
        let (rows, width) = (x.len(), numbers.len() / x.len());
        let shape = if x[0].contains(',') { vec![rows, width] } else { vec![rows] };
        let family = distribution.split('(').next().unwrap();
        *count.entry(family).or_default() += x.len();
        let got = evaluated(distribution, method, Array::from_vec(numbers, &shape).unwrap());
        for ((x, got), truth) in x.iter().zip(got).zip(truth.split(' ')) {
            let (v, size) = truth.split_once(':').unwrap();
            let (v, size): (f64, f64) = (v.parse().unwrap(), size.parse().unwrap());
            // A value that rounds to 0 or to a number of few digits is as near as f64 has one.
            let error = if got == v { 0.0 } else { (got - v).abs() / size.max(v.abs()) };
            let tiny = (got - v).abs() <= 1e-320;
            if !(error <= TOLERANCE || tiny) {
                wrong.push(format!("{distribution}.{method}({x:.60}) is {got:?}, not {v:?}: {error:.1e}"));
            }
            let slot = worst.entry((family.to_string(), method)).or_default();
            if error > slot.0 && !tiny {
                *slot = (error, format!("{distribution} at {x:.60}"));
            }
        }
    }
    for ((family, method), (error, at)) in &worst {
        println!("{family:<20} {method:<12} {error:.1e}  {at}");
    }
    println!("{} values", count.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    for family in FAMILIES {
        let n = count.get(family.name).copied().unwrap_or(0);
        assert!(n >= 50 || family.forms.is_empty(), "{family:?} has {n} values");
    }
}
