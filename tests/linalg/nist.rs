//! NIST's certified linear regressions, read from the folder that the variable GRADUS_NIST names.

use gradus::{Array, Tensor};

/// A data set: certified coefficients, responses, and predictors by column.
struct Set {
    certified: Vec<f64>,
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
}

fn read(folder: &str, name: &str) -> Set {
    let text = std::fs::read_to_string(format!("{folder}/{name}.dat")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // The header names the line ranges: "Data (lines 61 to 142)".
    let range = |word: &str| {
        let line = lines[..12].iter().find(|l| l.contains(word) && l.contains("lines")).unwrap();
        let numbers: Vec<usize> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        lines[numbers[0] - 1..numbers[1].min(lines.len())].to_vec()
    };
    let numbers = |line: &&str| line.split_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<f64>>();
    let is_coefficient = |l: &&&str| {
        let word = l.split_whitespace().next().unwrap_or("");
        word.starts_with('B') && word[1..].parse::<u32>().is_ok()
    };
    let certified = range("Certified").iter().filter(is_coefficient).map(|l| numbers(l)[0]).collect();
    let rows: Vec<Vec<f64>> = range("Data ").iter().map(numbers).filter(|r| r.len() > 1).collect();
    let columns = rows[0].len();
    Set {
        certified,
        y: rows.iter().map(|r| r[0]).collect(),
        x: (1..columns).map(|j| rows.iter().map(|r| r[j]).collect()).collect(),
    }
}

fn vector(v: &[f64]) -> Tensor {
    Tensor::from(Array::from_vec(v.to_vec(), &[v.len()]).unwrap())
}

/// Matching decimal digits of the worst coefficient, at most 15: that many are certified.
fn digits(got: &[f64], want: &[f64]) -> f64 {
    let one = |(g, w): (&f64, &f64)| {
        let error = if *w == 0.0 { g.abs() } else { ((g - w) / w).abs() };
        if error == 0.0 { 15.0 } else { (-error.log10()).min(15.0) }
    };
    got.iter().zip(want).map(one).fold(15.0, f64::min)
}

/// Name, and digits that the worst coefficient has at least.
const SETS: &[(&str, f64)] = &[
    ("Norris", 12.0),
    ("Pontius", 12.0),
    ("NoInt1", 12.0),
    ("NoInt2", 12.0),
    ("Filip", 8.0),
    ("Longley", 13.0),
    ("Wampler1", 9.0),
    ("Wampler2", 9.0),
    ("Wampler3", 9.0),
    ("Wampler4", 9.0),
    ("Wampler5", 9.0),
];

/// `GRADUS_NIST=folder cargo test --test linalg nist -- --nocapture` prints the digits.
#[test]
fn linear_regressions() {
    let Ok(folder) = std::env::var("GRADUS_NIST") else {
        println!("GRADUS_NIST names no folder: nothing was compared");
        return;
    };
    let mut bad = vec![];
    for &(name, least) in SETS {
        let set = read(&folder, name);
        let y = vector(&set.y);
        let terms = set.certified.len();
        let design = match (set.x.len(), terms) {
            // Without an intercept.
            (1, 1) => vector(&set.x[0]).expand_dims(-1),
            (1, n) => vector(&set.x[0]).vander(n, true),
            _ => {
                let ones = vector(&vec![1.0; set.y.len()]);
                let columns: Vec<Tensor> = std::iter::once(ones).chain(set.x.iter().map(|c| vector(c))).collect();
                Tensor::stack(&columns.iter().collect::<Vec<_>>(), -1)
            }
        };
        let got = design.lstsq(&y, None).eval().unwrap().to_f64();
        let found = digits(&got, &set.certified);
        println!("{name:9} {found:.1} digits");
        if !(found >= least) {
            bad.push(format!("{name}: {found:.1} digits, not {least}: {got:?}"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
