//! NIST's certified nonlinear regressions, read from the folder that the variable GRADUS_NIST names.

use gradus::formula::Program;
use gradus::graph::topological;
use gradus::optim::minimize;

/// A data set: two starts, certified parameters, and the columns of the data.
struct Set {
    starts: [Vec<f64>; 2],
    certified: Vec<f64>,
    columns: Vec<Vec<f64>>,
}

fn read(folder: &str, name: &str) -> Set {
    let text = std::fs::read_to_string(format!("{folder}/{name}.dat")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // The header names the lines: "Data (lines 61 to 74)".
    let data = lines[..12].iter().find(|l| l.trim_start().starts_with("Data") && l.contains("lines")).unwrap();
    let first: usize = data.split(|c: char| !c.is_ascii_digit()).find_map(|n| n.parse().ok()).unwrap();
    let numbers = |l: &str| l.split_whitespace().map_while(|w| w.parse().ok()).collect::<Vec<f64>>();
    let parameter = |l: &&&str| l.trim_start().starts_with('b') && l.contains('=') && !l.contains('(');
    let rows: Vec<Vec<f64>> =
        lines[..first - 1].iter().filter(parameter).map(|l| numbers(l.split_once('=').unwrap().1)).collect();
    let column = |k: usize| rows.iter().map(|r| r[k]).collect::<Vec<f64>>();
    let table: Vec<Vec<f64>> = lines[first - 1..].iter().map(|l| numbers(l)).filter(|r| r.len() > 1).collect();
    Set {
        starts: [column(0), column(1)],
        certified: column(2),
        columns: (0..table[0].len()).map(|k| table.iter().map(|r| r[k]).collect()).collect(),
    }
}

/// The models as NIST writes them, in the parameters b and the predictors x (or x and z).
const MODELS: &[(&str, &str)] = &[
    ("Misra1a", "b[0] * (1 - exp(-b[1] * x))"),
    ("Chwirut2", "exp(-b[0] * x) / (b[1] + b[2] * x)"),
    ("Chwirut1", "exp(-b[0] * x) / (b[1] + b[2] * x)"),
    ("Lanczos3", "b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)"),
    ("Gauss1", "b[0] * exp(-b[1] * x) + b[2] * exp(-(x - b[3])**2 / b[4]**2) + b[5] * exp(-(x - b[6])**2 / b[7]**2)"),
    ("Gauss2", "b[0] * exp(-b[1] * x) + b[2] * exp(-(x - b[3])**2 / b[4]**2) + b[5] * exp(-(x - b[6])**2 / b[7]**2)"),
    ("DanWood", "b[0] * x**b[1]"),
    ("Misra1b", "b[0] * (1 - (1 + b[1] * x / 2)**(-2))"),
    ("Kirby2", "(b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2)"),
    ("Hahn1", "(b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)"),
    ("Nelson", "b[0] - b[1] * x * exp(-b[2] * z)"),
    ("MGH17", "b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4])"),
    ("Lanczos1", "b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)"),
    ("Lanczos2", "b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)"),
    ("Gauss3", "b[0] * exp(-b[1] * x) + b[2] * exp(-(x - b[3])**2 / b[4]**2) + b[5] * exp(-(x - b[6])**2 / b[7]**2)"),
    ("Misra1c", "b[0] * (1 - (1 + 2 * b[1] * x)**(-0.5))"),
    ("Misra1d", "b[0] * b[1] * x * (1 + b[1] * x)**(-1)"),
    ("Roszman1", "b[0] - b[1] * x - arctan(b[2] / (x - b[3])) / pi"),
    (
        "ENSO",
        "b[0] + b[1] * cos(2 * pi * x / 12) + b[2] * sin(2 * pi * x / 12) + b[4] * cos(2 * pi * x / b[3]) + b[5] * sin(2 * pi * x / b[3]) + b[7] * cos(2 * pi * x / b[6]) + b[8] * sin(2 * pi * x / b[6])",
    ),
    ("MGH09", "b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])"),
    ("Thurber", "(b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)"),
    ("BoxBOD", "b[0] * (1 - exp(-b[1] * x))"),
    ("Rat42", "b[0] / (1 + exp(b[1] - b[2] * x))"),
    ("MGH10", "b[0] * exp(b[1] / (x + b[2]))"),
    ("Eckerle4", "(b[0] / b[1]) * exp(-0.5 * ((x - b[2]) / b[1])**2)"),
    ("Rat43", "b[0] / ((1 + exp(b[1] - b[2] * x))**(1 / b[3]))"),
    ("Bennett5", "b[0] * (b[1] + x)**(-1 / b[2])"),
];

/// Matching decimal digits of the worst parameter, at most the 11 that are certified, and at least 0.
fn digits(got: &[f64], want: &[f64]) -> f64 {
    let one = |(g, w): (&f64, &f64)| (-((g - w) / w).abs().log10()).clamp(0.0, 11.0);
    got.iter().zip(want).map(one).fold(11.0, f64::min)
}

/// `GRADUS_NIST=folder cargo test --test optim nist -- --nocapture` prints the digits.
#[test]
fn nonlinear_regressions() {
    let Ok(folder) = std::env::var("GRADUS_NIST") else {
        println!("GRADUS_NIST names no folder: nothing was compared");
        return;
    };
    let (mut all, mut bad) = (vec![], vec![]);
    for (name, model) in MODELS {
        let set = read(&folder, name);
        let y = if *name == "Nelson" { "log(y)" } else { "y" };
        for (k, start) in set.starts.iter().enumerate() {
            let mut program = Program::formula(&format!("sum(({y} - ({model}))**2)")).unwrap();
            program.bind_array("b", start.into());
            for (name, column) in ["y", "x", "z"].iter().zip(&set.columns) {
                program.bind_array(name, column.into());
            }
            let loss = program.formulas().unwrap().pop().unwrap();
            let b = topological(&[&loss], |_| true).into_iter().find(|t| t.label() == Some("b")).unwrap();
            let found = minimize(&loss, &[&b]).run().unwrap();
            let found_digits = digits(&found.x[0].1.to_f64(), &set.certified);
            println!(
                "{name:9} start {}  {found_digits:4.1} digits  {:4} steps of {}, {}",
                k + 1,
                found.iterations,
                found.method,
                found.stopped.word()
            );
            if !(found_digits >= 4.0) {
                bad.push(format!("{name}, start {}: {found_digits:.1} digits: {:?}", k + 1, found.x[0].1.to_f64()));
            }
            all.push(found_digits);
        }
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    println!("{} of {} solved, {mean:.2} digits in the mean", all.len() - bad.len(), all.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(all.len() == 54 && mean >= 9.4, "{mean} digits in the mean of {}", all.len());
}
