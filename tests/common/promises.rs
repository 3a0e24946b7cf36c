//! What is promised for any input: no panic, no hang, bounded memory, results that read back, and no silent NaN.
//!
//! Each function takes any bytes, and panics where a promise is broken. Time and memory are watched by what calls them.

use gradus::array::{Missing, memory, parse_csv, parse_npy, parse_npz};
use gradus::formula::{Answer, Outcome, Program, parse_json};
use gradus::text::{json_array, parse, render};
use gradus::{Array, DType, Error, NoteKind};

use super::grammar::{self, Choices, ELEMENTS, LEAVES};

/// The most memory that one array may take here.
const BUDGET: u64 = 64 << 20;

/// An error has words, and its place can be shown.
fn told(e: &Error, source: &str) {
    assert!(!e.message().is_empty());
    if let Some(span) = e.span() {
        assert!(source.get(span.start..span.end).is_some(), "{source:?}: {e:?} points outside");
    }
    assert!(!render(e, None, source).is_empty());
}

/// Text is parsed or refused; what is parsed prints as text that parses to the same, and runs over an x and an A.
///
/// Bytes that are text are taken as they are; others choose pieces of formulas.
pub fn parser(bytes: &[u8]) {
    let spelled = std::str::from_utf8(bytes).map_or_else(|_| grammar::soup(&mut Choices::new(bytes), 14), Into::into);
    match parse(&spelled) {
        Err(e) => told(&e, &spelled),
        Ok(script) => {
            let printed = script.to_string();
            let again = parse(&printed).unwrap_or_else(|e| panic!("{spelled:?} prints as {printed:?}: {e}"));
            assert_eq!(again.to_string(), printed, "{spelled:?}");
        }
    }
    if let Ok(mut program) = Program::formula(&spelled) {
        memory::set_budget(Some(BUDGET));
        program.bind_array("x", [1.0, 2.0].into()).bind_array("A", [[1.0, 2.0], [3.0, 4.0]].into());
        match program.run() {
            Err(e) => told(&e, &spelled),
            Ok(outcome) => {
                outcome.results.iter().filter_map(|r| r.value.as_ref().err()).for_each(|e| told(e, &spelled))
            }
        }
    }
}

/// What holds for every array that a reader gives: it prints, and it casts or says why not.
fn usable(a: &Array) {
    assert!(a.len() <= a.buffer().len());
    assert!(!a.to_string().is_empty());
    json_array(a);
    for dtype in DType::ALL {
        if let Err(e) = a.cast(dtype) {
            assert!(!e.message().is_empty());
        }
    }
}

/// A .npy file is read or refused; elements take at most eight times the bytes of the file, eight of them for one.
pub fn npy(bytes: &[u8]) {
    memory::set_budget(Some(BUDGET));
    match parse_npy(bytes, "a.npy") {
        Ok(a) => {
            assert!(a.is_empty() || a.buffer().len() <= bytes.len(), "{} elements of {} bytes", a.len(), bytes.len());
            usable(&a);
        }
        Err(e) => assert!(e.message().contains("a.npy") || e.is_memory(), "{e}"),
    }
}

/// A .npz file is read or refused.
pub fn npz(bytes: &[u8]) {
    memory::set_budget(Some(BUDGET));
    match parse_npz(bytes, "a.npz") {
        Ok(arrays) => arrays.iter().for_each(|(_, a)| usable(a)),
        Err(e) => assert!(e.message().contains("a.npz") || e.is_memory(), "{e}"),
    }
}

/// A CSV file is read or refused; a NaN is in it only where that was asked for.
pub fn csv(bytes: &[u8]) {
    for missing in [Missing::Error, Missing::Nan] {
        match parse_csv(bytes, "a.csv", missing) {
            Ok(table) => {
                for array in [table.to_array(), table.select("0"), table.select("0-1")].into_iter().flatten() {
                    usable(&array);
                    assert!(missing == Missing::Nan || !array.to_f64().iter().any(|v| v.is_nan()), "a silent NaN");
                }
                assert!(table.notices(None).is_ok_and(|n| n.iter().all(|n| !n.is_empty())));
            }
            Err(e) => assert!(e.message().contains("a.csv") || e.is_memory(), "{e}"),
        }
    }
}

/// A file of `--data` is read or refused; NaN is in it only as such.
pub fn json(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse_json(text, "a.json") {
        Ok(arrays) => {
            for (_, a) in &arrays {
                usable(a);
                let said = text.to_ascii_lowercase().contains("nan") || text.contains('\\');
                assert!(said || !a.to_f64().iter().any(|v| v.is_nan()), "a silent NaN");
            }
        }
        Err(e) => assert!(e.message().contains("a.json"), "{e}"),
    }
}

/// A formula over small arrays, in f32 or f64, as written or stabilised, has values or errors, and no silent NaN.
pub fn evaluator(bytes: &[u8]) {
    memory::set_budget(Some(BUDGET));
    let c = &mut Choices::new(bytes);
    let dtype = c.pick(&[DType::F64, DType::F32]);
    let as_written = c.below(4) == 1;
    let tame = c.below(2) == 0;
    let mut data = vec![];
    for (name, shape) in LEAVES {
        let elements: Vec<f64> = (0..shape.iter().product())
            .map(|_| if tame { c.pick(&ELEMENTS[..8]) } else { c.pick(&ELEMENTS) })
            .collect();
        let array = Array::from_vec(elements, shape).and_then(|a| a.cast(dtype)).expect("an array of its own shape");
        data.push((name, array));
    }
    let source = grammar::script(c);
    let mut program = match Program::formula(&source) {
        Ok(program) => program,
        Err(e) => panic!("{source}: the grammar makes formulas only: {e}"),
    };
    program.dtype(dtype).as_written(as_written);
    for (name, array) in data {
        program.bind_array(name, array);
    }
    match program.run() {
        Err(e) => told(&e, &source),
        Ok(outcome) => answered(&program, &outcome, &source),
    }
}

/// Every result has a value or an error, and where a NaN was made, a note says so.
fn answered(program: &Program, outcome: &Outcome, source: &str) {
    let noted = outcome.notes.iter().any(|n| n.kind == NoteKind::Nan);
    for result in &outcome.results {
        match &result.value {
            Ok(answer) => {
                assert!(noted || !has_nan(answer), "{source}: a silent NaN in {answer}, {program:?}");
                assert!(!answer.to_string().is_empty());
            }
            Err(e) => told(e, source),
        }
    }
    assert!(!outcome.json().is_empty());
    outcome.explained(&program.explain(outcome));
}

fn has_nan(answer: &Answer) -> bool {
    match answer {
        Answer::Array(a) => match a.to_vec::<[f64; 2]>() {
            Ok(v) => v.iter().flatten().any(|x| x.is_nan()),
            Err(_) => a.to_f64().iter().any(|x| x.is_nan()),
        },
        Answer::Text(_) => false,
        Answer::Record(_, fields) | Answer::Distribution(_, fields) => fields.iter().any(|(_, v)| has_nan(v)),
    }
}
