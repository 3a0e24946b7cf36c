//! Holds the direction of the layers: no file uses a layer above its own, and every file says what it is.

use std::path::{Path, PathBuf};

/// Lower layers first; layers of one row may use one another.
const LAYERS: &[&[&str]] = &[
    &["error"],
    &["array"],
    &["graph"],
    &["ops"],
    &["text", "calculus"],
    &["numerics"],
    &["verbs"],
    &["linalg"],
    &["prob", "optim"],
    &["formula"],
];

fn level(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// All Rust files below a folder.
fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The layers that a line names through `crate::`; re-exports at the crate root count as the layer they come from.
fn used(line: &str) -> Vec<String> {
    let roots = [
        ("Array", "array"),
        ("DType", "array"),
        ("Error", "error"),
        ("ErrorKind", "error"),
        ("Origin", "error"),
        ("Result", "error"),
        ("Span", "error"),
        ("Tensor", "graph"),
        ("Note", "graph"),
        ("NoteKind", "graph"),
        ("Fired", "numerics"),
        ("stabilize", "numerics"),
        ("eval", "verbs"),
        ("grad", "verbs"),
    ];
    let mut found = vec![];
    for part in line.split("crate::").skip(1) {
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![part],
        };
        for name in names {
            let word: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let layer = roots.iter().find(|(n, _)| *n == word).map_or(word.as_str(), |(_, l)| *l);
            found.push(layer.to_string());
        }
    }
    found
}

#[test]
fn no_layer_uses_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = vec![];
    files(&source, &mut all);
    let mut wrong = vec![];
    for path in &all {
        let relative = path.strip_prefix(&source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let Some(own) = level(&first) else { continue };
        let text = std::fs::read_to_string(path).unwrap();
        // Documentation and tests inside a file may use the whole crate.
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for (n, line) in code.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
            for layer in used(line) {
                if level(&layer).is_some_and(|l| l > own) {
                    wrong.push(format!("{}:{} uses {layer}: {}", relative.display(), n + 1, line.trim()));
                }
            }
        }
    }
    assert!(all.len() > 50, "only {} files found", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_a_sentence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![];
    for folder in ["src", "cli/src", "tests"] {
        files(&root.join(folder), &mut all);
    }
    let opens = |p: &PathBuf| std::fs::read_to_string(p).unwrap().starts_with("//!");
    let without: Vec<&PathBuf> = all.iter().filter(|p| !opens(p)).collect();
    assert!(without.is_empty(), "{without:?}");
}
