//! Input that is absurd, hostile or broken is answered with a message, soon.

use super::{error, run, value};
use gradus::formula::Program;
use proptest::prelude::*;

#[test]
fn absurd_depth_and_size_are_refused() {
    let brackets = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(error(&brackets, &[]).is_syntax());
    let lists = format!("x={}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(run("x", &[&lists]).is_err());
    for n in ["10**15", "10**11", "10**18"] {
        for f in ["ones", "zeros", "eye", "arange", "rand"] {
            let e = error(&format!("sum({f}({n}))"), &[]);
            assert!(e.is_memory() || e.is_shape() || e.is_argument(), "{f}({n}): {e}");
        }
        let e = error(&format!("full({n}, 1)"), &[]);
        assert!(e.is_memory(), "full({n}): {e}");
        assert!(run(&format!("linspace(0, 1, {n})"), &[]).unwrap().results[0].value.is_err());
    }
    assert!(error("ones((1000000, 1000000))", &[]).is_memory());
    assert!(error("ones(1e300)", &[]).is_argument());
    assert!(error("ones(nan)", &[]).is_argument());
}

#[test]
fn doubling_functions_end_with_a_message() {
    let mut script = "f0(x) = x + 1\n".to_string();
    for i in 1..60 {
        script += &format!("f{i}(x) = f{0}(x) + f{0}(x)\n", i - 1);
    }
    assert!(error(&(script + "f59(1.0)"), &[]).message().contains("come to more than"));
    let mut script = "f0(x) = x + 1\n".to_string();
    for i in 1..5000 {
        script += &format!("f{i}(x) = f{}(x)\n", i - 1);
    }
    assert!(error(&(script + "f4999(1.0)"), &[]).message().contains("deep"));
}

#[test]
fn long_chains_build_differentiate_and_print() {
    let sum = format!("x{}", " + 1.0".repeat(200_000));
    assert_eq!(value(&sum, &["x=1"]).item().unwrap(), 200_001.0);
    let mut script = "y = x\n".to_string();
    for _ in 0..60 {
        script += "y = y*y\n";
    }
    let mut bound = Program::formula(&(script + "y")).unwrap();
    bound.as_written(true).bind("x=1").unwrap();
    assert!(bound.formulas().unwrap()[0].to_string().len() < 10_000);
    assert_eq!(bound.run().unwrap().results[0].value.as_ref().unwrap().array().unwrap().item().unwrap(), 1.0);
}

#[test]
fn broken_files_are_told_with_their_place() {
    let folder = std::env::temp_dir().join(format!("gradus-bad-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let csv =
        |name: &str, text: &str| error("x", &[&format!("x={}", write(name, text.as_bytes()))]).message().to_string();
    assert!(csv("ragged.csv", "a,b\n1,2\n3\n").contains("row 3 has 1"));
    assert!(csv("mixed.csv", "a,b\n1,2\nx,4\n").contains("mixes numbers and text"));
    assert!(csv("nan.csv", "a,b\n1,2\n,4\n").contains("row 3"));
    assert!(csv("twice.csv", "a,a\n1,2\n").contains("the same header"));
    assert!(csv("empty.csv", "").contains("empty.csv"));
    let short = write("short.npy", b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8'");
    assert!(run("x", &[&format!("x={short}")]).is_err());
    for (name, text) in [
        ("a.json", "[1, 2]"),
        ("b.json", "{\"x\": [1, 2}"),
        ("c.json", "{\"x\": [1, [2]]}"),
        ("d.json", "{\"x\": null}"),
        ("e.json", "{\"x\": \"one\"}"),
        ("f.json", "{\"x\": 1, \"x\": 2}"),
        ("g.json", "{\"x\": 1} 2"),
        ("h.json", "{\"x\": 1e999}"),
        ("i.json", "{\"x\": {\"y\": 1}}"),
        ("j.json", "{\"x\""),
        ("k.json", ""),
    ] {
        let e = Program::formula("x").unwrap().data_file(&write(name, text.as_bytes())).map(|_| ()).unwrap_err();
        assert!(e.is_data() && e.message().contains(name), "{text}: {e}");
    }
    let deep = format!("{{\"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Program::formula("x").unwrap().data_file(&write("deep.json", deep.as_bytes())).is_err());
    assert!(Program::formula("x").unwrap().data_file(&write("bin.json", b"\xff\xfe")).is_err());
    assert!(Program::formula("x").unwrap().data_file("not/there.json").map(|_| ()).unwrap_err().is_io());
    assert!(Program::file("not/there.gr").unwrap_err().is_io());
    assert!(Program::file(folder.join("bin.json")).unwrap_err().is_io());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn empty_reductions_have_a_value_or_a_message() {
    assert_eq!(value("sum([])", &[]).item().unwrap(), 0.0);
    assert_eq!(value("prod([])", &[]).item().unwrap(), 1.0);
    assert_eq!(value("logsumexp([])", &[]).item().unwrap(), f64::NEG_INFINITY);
    assert_eq!(value("all(ones((0, 2)), axis=0)", &[]).to_f64(), [1.0, 1.0]);
    assert_eq!(value("any([])", &[]).item().unwrap(), 0.0);
    assert_eq!(value("argmax(ones((2, 0)), axis=0)", &[]).shape(), [0]);
    assert!(error("max([])", &[]).is_shape());
    assert!(error("argmax([])", &[]).is_shape());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(source in "\\PC{0,30}", binding in "[a-z]=\\PC{0,12}") {
        let _ = run(&source, &[&binding]);
    }
}

/// What is said about input that no honest user gives, and some do.
#[test]
fn each_absurdity_has_its_message() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let says = |source: &str, bindings: &[&str], part: &str| {
        let e = error(source, bindings);
        assert!(e.message().contains(part), "{:.40}: {}", source, e.message());
    };
    says(&deep("(", ")"), &[], "nest");
    says(&deep("[", "]"), &[], "nest");
    says(&deep("exp(", ")"), &[], "nest");
    says(&format!("{}1", "-".repeat(100_000)), &[], "nest");
    says("x", &[&format!("x={}", deep("[", "]"))], "nest");
    says("ones(10**15)", &[], "memory budget");
    says("ones(10**11)", &[], "memory budget");
    says("ones(10**15) @ ones(10**15)", &[], "memory budget");
    says("y", &[], "nothing binds `y`");
    says("ones((2, 3)) + ones((4,))", &[], "`+`: shapes (2, 3) and (4,) do not fit together");
    says("ones((2, 3)) @ ones((2, 3))", &[], "`@`: shapes (2, 3) and (2, 3) do not fit together");
    says("max(ones((0, 3)), axis=0)", &[], "`max` of no elements has no value");
    says("min([])", &[], "`min` of no elements has no value");
    says("mean([])", &[], "`mean` of no elements has no value");
    says("argmin([])", &[], "`argmin` of no elements has no value");
    let e = gradus::formula::parse_json(&format!("{{\"x\": {}}}", deep("[", "]")), "deep.json").unwrap_err();
    assert_eq!(e.message(), "deep.json:1:507: \"x\": arrays stand more than 500 deep here");
    let parts = format!("{{\"x\": {}1{}}}", "{\"re\": ".repeat(100_000), "}".repeat(100_000));
    let e = gradus::formula::parse_json(&parts, "deep.json").unwrap_err();
    assert!(e.message().contains("a part of a complex number is a number"), "{e}");
}

#[test]
fn a_binding_is_taken_once_and_json_brings_its_own_names() {
    let mut program = Program::formula("x").unwrap();
    let e = program.bind("x=1").unwrap().bind("x=2").map(|_| ()).unwrap_err();
    assert_eq!(e.message(), "`x` is bound twice");
    let e = Program::formula("x").unwrap().bind("x=examples/batch.json").map(|_| ()).unwrap_err();
    assert!(e.message().contains("give it by `--data`"), "{e}");
}

/// A value used twice sixty times over has 2⁶⁰ paths, constants among them too; no pass may follow them all.
#[test]
fn sixty_steps_that_double() {
    let script = |start: &str, step: &str| format!("x = {start}\n{}x", format!("x = {step}\n").repeat(60));
    let last = |start: &str, step: &str| value(&script(start, step), &[]).item().unwrap();
    assert_eq!(last("2.0", "x * x"), f64::INFINITY);
    assert_eq!(last("1.0001", "x * x"), f64::INFINITY);
    assert_eq!(last("0.5", "x * x"), 0.0);
    assert_eq!(last("1.0", "x + x"), 60f64.exp2());
    assert_eq!(last("3.0", "x - 0.5 * x - 0.5 * x"), 0.0);
    assert_eq!(last("3.0", "x / x"), 1.0);
}
