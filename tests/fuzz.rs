//! The promises that the fuzz targets check (see `fuzz/`), on files that are nearly right and on formulas from a grammar.

mod common {
    pub mod grammar;
    pub mod promises;
}

use common::{grammar, promises};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// The longest that any one input may take; it is far above what any takes, so that a busy machine is no hang.
const LONGEST: Duration = Duration::from_secs(20);

/// Checks a promise, and that keeping it took no longer than a person would wait.
fn soon(promise: fn(&[u8]), bytes: &[u8]) {
    let start = Instant::now();
    promise(bytes);
    assert!(start.elapsed() < LONGEST, "took {:?}", start.elapsed());
}

/// One change to a file: a byte set, cut out, put in, a part cut off, a part repeated.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    End(usize),
    Repeat(usize, usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let n = bytes.len().max(1);
        match self {
            Change::Set(at, _) | Change::Cut(at, _) | Change::Repeat(at, _) if at % n >= bytes.len() => {}
            Change::Set(at, to) => bytes[at % n] = *to,
            Change::Cut(at, length) => drop(bytes.drain(at % n..(at % n + length).min(n))),
            Change::Insert(at, what) => drop(bytes.splice(at % n..at % n, what.iter().copied())),
            Change::End(at) => bytes.truncate(at % n),
            Change::Repeat(at, length) => {
                let part = bytes[at % n..(at % n + length).min(n)].to_vec();
                drop(bytes.splice(at % n..at % n, part));
            }
        }
    }
}

/// Changes that hit the first 200 bytes, where headers are, as often as the rest, and put in what readers look out for.
fn change(words: &'static [&'static str]) -> impl Strategy<Value = Change> {
    let at = || prop_oneof![0..200usize, 0..100_000usize];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(a, b)| Change::Set(a, b)),
        (at(), prop::sample::select(&[0u8, 1, 0x7f, 0x80, 0xff][..])).prop_map(|(a, b)| Change::Set(a, b)),
        (at(), 1..9usize).prop_map(|(a, n)| Change::Cut(a, n)),
        (at(), prop::sample::select(words)).prop_map(|(a, w)| Change::Insert(a, w.into())),
        at().prop_map(Change::End),
        (at(), 1..40usize).prop_map(|(a, n)| Change::Repeat(a, n)),
    ]
}

/// Files of the repository with some changes.
fn files(
    names: &[&'static str],
    words: &'static [&'static str],
    changes: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<u8>> {
    let read =
        |n: &&str| std::fs::read(format!("{}/{n}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|e| panic!("{n}: {e}"));
    let whole: Vec<Vec<u8>> = names.iter().map(read).collect();
    (prop::sample::select(whole), prop::collection::vec(change(words), changes)).prop_map(|(mut bytes, changes)| {
        changes.iter().for_each(|c| c.apply(&mut bytes));
        bytes
    })
}

const NPY_WORDS: &[&str] =
    &["9", "000000000", "-", "(", ",", "'<f8'", "True", "'", "}", "O", "9223372036854775807, ", "0, "];
const CSV_WORDS: &[&str] =
    &["\"", ",", "\n", ";", "\t", "nan", "inf", "1e999", "\r", "x", "\"\"", "\u{feff}", "\0", "é", "-"];
const JSON_WORDS: &[&str] =
    &["[", "]", ",", "\"", "nan", "-", "1e999", "null", "true", "{", "}", "\\u12", ":", "\"re\"", "\"im\": 1", "é"];
const CSV_FILES: &[&str] = &["datasets/iris.csv", "datasets/old_faithful.csv"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn npy_files(bytes in files(&["tests/reference/npy/le_f8.npy", "tests/reference/npy/be_c8.npy", "tests/reference/npy/le_i2.npy", "tests/reference/npy/fortran.npy"], NPY_WORDS, 1..5)) {
        soon(promises::npy, &bytes);
    }

    #[test]
    fn npz_files(bytes in files(&["tests/reference/npy/stored.npz", "tests/reference/npy/deflated.npz"], NPY_WORDS, 1..4)) {
        soon(promises::npz, &bytes);
    }

    #[test]
    fn texts(text in "\\PC{0,30}") {
        soon(promises::parser, text.as_bytes());
    }

    #[test]
    fn token_soup(choices in prop::collection::vec(any::<u8>(), 30), pieces in 1..15usize) {
        let soup = grammar::soup(&mut grammar::Choices::new(&choices), pieces);
        soon(promises::parser, soup.as_bytes());
    }

    #[test]
    fn formulas(choices in prop::collection::vec(any::<u8>(), 0..120)) {
        soon(promises::evaluator, &choices);
    }

    #[test]
    fn json_soup(text in "[\\[\\]{}\",:0-9eE.tfnaiull \\\\-]{0,40}") {
        soon(promises::json, format!("{{\"x\": {text}}}").as_bytes());
    }

    #[test]
    fn json_files(mut text in Just(br#"{"x": [[1, 2.5e-3], [-1, "inf"]], "flags": [true, false], "z": {"re": 1, "im": -2}, "name": []}"#.to_vec()), changes in prop::collection::vec(change(JSON_WORDS), 1..4)) {
        changes.iter().for_each(|c| c.apply(&mut text));
        soon(promises::json, &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn csv_files(bytes in files(CSV_FILES, CSV_WORDS, 1..4)) {
        soon(promises::csv, &bytes);
    }

    #[test]
    fn csv_soup(text in "([a-c0-9.,;\"\\n\\t -]|nan|inf|1e5|\\r\\n){0,60}") {
        soon(promises::csv, text.as_bytes());
    }
}
