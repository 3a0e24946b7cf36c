//! Every example of docs/lecture.md runs and prints what the table says; every test that it names is there.

use std::path::Path;

use gradus::formula::Program;

/// The cells of a row of the table; a bar inside a cell is written `\|`.
fn cells(line: &str) -> Vec<String> {
    let marked = line.trim().trim_matches('|').replace("\\|", "\u{1}");
    marked.split('|').map(|c| c.trim().trim_matches('`').replace('\u{1}', "|")).collect()
}

/// Words and numbers of a printed result, without brackets and line breaks.
fn words(text: &str) -> Vec<String> {
    text.replace(['[', ']'], " ").split_whitespace().map(str::to_string).collect()
}

/// True if two printed results agree, numbers to 1e-12.
fn agree(got: &str, want: &str) -> bool {
    let (got, want) = (words(got), words(want));
    let same = |(g, w): (&String, &String)| match (g.parse::<f64>(), w.parse::<f64>()) {
        (Ok(g), Ok(w)) => g == w || (g - w).abs() <= 1e-12 * w.abs().max(1.0) || (g.is_nan() && w.is_nan()),
        _ => g == w,
    };
    got.len() == want.len() && got.iter().zip(&want).all(same)
}

#[test]
fn every_example_prints_what_the_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/lecture.md")).unwrap();
    let (mut rows, mut wrong) = (0, vec![]);
    for line in text.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| topic")) {
        let row = cells(line);
        let [topic, function, example, prints, test] = row.as_slice() else { panic!("five cells: {line}") };
        rows += 1;
        assert!(!topic.is_empty() && !function.is_empty() && root.join(test).exists(), "{line}");
        let got = match Program::formula(example).and_then(|p| p.run()) {
            Ok(outcome) => outcome.to_string(),
            Err(e) => format!("error: {e}"),
        };
        if !agree(&got, prints) {
            wrong.push(format!("{example}\n  prints {}\n  not    {prints}", got.trim()));
        }
    }
    println!("{rows} rows");
    assert!(rows > 50, "{rows} rows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
