//! The binary `gradus` by its contract: output, JSON, exit codes, carets.

use std::io::Read;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs the binary in the root of the repository.
fn gradus(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradus"))
        .args(words)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap()
}

fn stdout(o: &Output) -> String {
    String::from_utf8(o.stdout.clone()).unwrap()
}

fn stderr(o: &Output) -> String {
    String::from_utf8(o.stderr.clone()).unwrap()
}

#[track_caller]
fn json(words: &[&str]) -> (Value, i32) {
    let o = gradus(&[words, &["--json"]].concat());
    let value = serde_json::from_slice(&o.stdout).unwrap_or_else(|e| panic!("{words:?}: {e}: {}", stdout(&o)));
    (value, o.status.code().unwrap())
}

#[test]
fn values_go_to_stdout_and_nothing_else_does() {
    let o = gradus(&["eval", "x + 1", "x=[1,2]"]);
    assert_eq!((stdout(&o).as_str(), stderr(&o).as_str(), o.status.code()), ("[2. 3.]\n", "", Some(0)));
    let o = gradus(&["eval", "-x**2", "x=3"]);
    assert_eq!(stdout(&o), "-9.0\n");
    let o = gradus(&["eval", "--json", "--x", "x=3"]);
    assert!(stdout(&o).contains("\"value\": 3.0"));
    let o = gradus(&["eval", "y = 2*x; y; y + 1", "x=1"]);
    assert_eq!(stdout(&o), "y = 2.0\ny + 1 = 3.0\n");
}

#[test]
fn the_main_job_prints_the_numbers_and_one_line_about_them() {
    let o = gradus(&["eval", "examples/one_step.gr"]);
    assert_eq!(o.status.code(), Some(0));
    assert!(stdout(&o).starts_with("before = 0.69314718055994"), "{}", stdout(&o));
    assert!(stdout(&o).contains("\nafter = 420.36474930320"), "{}", stdout(&o));
    assert!(!stdout(&o).contains("nan"));
    let lines: Vec<String> = stderr(&o).lines().map(str::to_string).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("note: as written, `after` and `grad(after, w1)` are nan: log at 5:24 of 0 gives -inf")
    );
    assert!(lines[0].contains("log_sigmoid"));
    let o = gradus(&["eval", "examples/one_step.gr", "--as-written"]);
    assert!(stdout(&o).contains("after = nan"));
    assert_eq!(gradus(&["eval", "examples/one_step.gr", "--as-written", "--strict"]).status.code(), Some(1));
    assert!(stdout(&gradus(&["eval", "examples/one_step.gr", "lr=0"])).contains("after = 0.693147180559945"));
}

#[test]
fn json_keeps_the_contract() {
    let (v, code) = json(&["eval", "a = x/3; a; x > 1; 2 + 3; log(sum(exp(x)))", "x=[1000, 1001]"]);
    assert_eq!(code, 0);
    let results = v["results"].as_array().unwrap();
    assert_eq!(results[0]["name"], "a");
    assert_eq!((&results[0]["text"], &results[0]["dtype"]), (&Value::from("a"), &Value::from("f64")));
    assert_eq!(results[0]["shape"], serde_json::json!([2]));
    assert_eq!(results[0]["value"][0].as_f64().unwrap(), 1000.0 / 3.0);
    assert_eq!(results[1]["name"], Value::Null);
    assert_eq!(results[1]["value"], serde_json::json!([true, true]));
    assert_eq!((&results[2]["dtype"], &results[2]["value"]), (&Value::from("i64"), &Value::from(5)));
    assert_eq!(v["rewrites"][0]["rule"], "logsumexp");
    assert_eq!(v["rewrites"][0]["before"], "log(sum(exp(x)))");
    assert_eq!(v["rewrites"][0]["after"], "logsumexp(x)");
    assert_eq!((v["rewrites"][0]["line"].as_u64(), v["rewrites"][0]["column"].as_u64()), (Some(1), Some(27)));
    assert!(v["notes"].is_array());
    let keys: Vec<&String> = v.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["results", "rewrites", "notes"]);
}

#[test]
fn numbers_in_json_can_be_read_back() {
    let (v, _) = json(&["eval", "[1/0.0, -1/0.0, 0/0.0, 0.1, 1e300*10]"]);
    let items: Vec<String> = v["results"][0]["value"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert_eq!(items, ["\"inf\"", "\"-inf\"", "\"nan\"", "0.1", "1e+301"]);
    let o = gradus(&["eval", "[0.1, 16777216.0]", "--dtype", "f32", "--json"]);
    assert!(stdout(&o).contains("\"value\": [0.1, 16777216.0]"), "{}", stdout(&o));
    let (v, _) = json(&["eval", "[[1, 2], [3, 4]]; zeros((0, 2)); zeros((2, 0))"]);
    assert_eq!(v["results"][0]["value"], serde_json::json!([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(v["results"][1]["value"], serde_json::json!([]));
    assert_eq!(v["results"][2]["value"], serde_json::json!([[], []]));
    let (v, _) = json(&["eval", "slogdet([[1, 2], [3, 4]])"]);
    assert_eq!(v["results"][0]["value"]["sign"], -1.0);
}

#[test]
fn failures_are_json_too_and_exit_with_2() {
    let (v, code) = json(&["eval", "y = 1\ny + x^2"]);
    assert_eq!((code, &v["error"]["kind"]), (2, &Value::from("syntax")));
    assert_eq!((v["error"]["line"].as_u64(), v["error"]["column"].as_u64()), (Some(2), Some(6)));
    assert_eq!(v["error"]["message"], "`^` is not power; write `x**2`");
    let (v, code) = json(&["eval", "1 + 1; q; 3"]);
    assert_eq!(code, 2);
    assert_eq!(v["results"][0]["value"], 2);
    assert_eq!(v["results"][1]["error"]["kind"], "name");
    assert_eq!(v["results"][1]["error"]["column"].as_u64(), Some(8));
    assert_eq!(v["results"][2]["value"], 3);
    assert!(v.get("error").is_none());
    let (v, code) = json(&["eval", "x @ x", "x=[[1, 2, 3]]"]);
    assert_eq!((code, &v["error"]["kind"], &v["results"][0]["error"]["kind"]), (2, &"shape".into(), &"shape".into()));
    for words in
        [&["eval", "nothere.gr"][..], &["eval"], &["eval", "x", "x=nothere.csv"], &["eval", "1", "--dtype", "f8"]]
    {
        let (v, code) = json(words);
        assert_eq!(code, 2);
        assert!(v["error"]["message"].is_string(), "{words:?}: {v}");
    }
}

#[test]
fn mistakes_get_a_caret_under_their_place() {
    let o = gradus(&["eval", "y = 1\ny + ln(2)"]);
    assert_eq!(o.status.code(), Some(2));
    assert_eq!(
        stderr(&o),
        "error: `ln` is not a function here; write `log`\n --> formula:2:5\n2 | y + ln(2)\n  |     ^^\n"
    );
    let o = gradus(&["eval", "x @ y", "x=[1,2]", "y=[1,2,3]"]);
    assert!(
        stderr(&o).contains("`@`: shapes (2,) and (3,) do not fit together\n --> formula:1:1\n1 | x @ y\n  | ^^^^^\n")
    );
    let o = gradus(&["eval", "x", "x=datasets/iris.csv:petal"]);
    assert!(stderr(&o).contains("there is no column \"petal\""), "{}", stderr(&o));
    let o = gradus(&["eval", "examples/nothere.gr"]);
    assert!(stderr(&o).contains("`examples/nothere.gr` is not there"), "{}", stderr(&o));
    let o = gradus(&["evil", "1"]);
    assert!(o.status.code() == Some(2) && stderr(&o).contains("there is no verb `evil`"));
    let o = gradus(&["eval", "1", "--jsn"]);
    assert!(o.status.code() == Some(2) && stderr(&o).contains("there is no option `--jsn`"));
}

#[test]
fn options_do_what_they_say() {
    let dtype = |name: &str| json(&["eval", "x/3", "x=1", "--dtype", name]).0["results"][0].clone();
    for name in ["f32", "f64", "bf16", "f16"] {
        assert_eq!(dtype(name)["dtype"], name);
    }
    assert_eq!(dtype("bf16")["value"].as_f64().map(|v| v as f32), Some(0.33398438));
    assert_eq!(json(&["eval", "log(1 + x)", "x=1e-20", "--as-written"]).0["results"][0]["value"], 0.0);
    assert_eq!(json(&["eval", "log(1 + x)", "x=1e-20"]).0["results"][0]["value"], 1e-20);
    let draw = |seed: &str| json(&["eval", "rand(2)", "--seed", seed]).0["results"][0]["value"].clone();
    assert_eq!(draw("1"), draw("1"));
    assert_ne!(draw("1"), draw("2"));
    assert_eq!(gradus(&["eval", "x - x", "x=inf", "--as-written", "--strict"]).status.code(), Some(1));
    assert_eq!(gradus(&["eval", "x + 1", "x=nan", "--strict"]).status.code(), Some(0));
    let file = std::env::temp_dir().join(format!("gradus-cli-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"x": [1, "inf"], "y": 2}"#).unwrap();
    let path = file.display().to_string();
    let (v, _) = json(&["eval", "x; y", "--data", &path, "y=5"]);
    assert_eq!(v["results"][0]["value"], serde_json::json!([1.0, "inf"]));
    assert_eq!(v["results"][1]["value"], 5.0);
    std::fs::remove_file(&file).unwrap();
    let o = gradus(&["eval", "mean(k)", "k=datasets/iris.csv:0"]);
    assert!(stdout(&o).starts_with("5.843333333333"));
}

#[test]
fn tables_and_help_are_printed() {
    for words in [&[][..], &["--help"], &["eval", "--help"], &["ops"], &["rules"], &["ops", "--help"], &["--version"]] {
        let o = gradus(words);
        assert!(o.status.success() && !o.stdout.is_empty(), "{words:?}");
    }
    let examples = stdout(&gradus(&[]));
    assert_eq!(examples.matches("  gradus ").count(), 4);
    let o = stdout(&gradus(&["ops", "gammaln"]));
    assert!(o.starts_with("lgamma(x)\n") && o.contains("also called: gammaln"), "{o}");
    assert!(stderr(&gradus(&["ops", "softmx"])).contains("did you mean `softmax`?"));
    let o = stdout(&gradus(&["rules", "log", "of", "exp"]));
    assert!(o.contains("log(exp(x))\n  is evaluated as\n  x\n"), "{o}");
    assert_eq!(gradus(&["rules", "nothere"]).status.code(), Some(2));
}

#[test]
fn the_examples_that_gradus_prints_work() {
    for line in stdout(&gradus(&[])).lines().filter(|l| l.starts_with("  gradus ")) {
        let command = line.trim().split("    ").next().unwrap();
        let words: Vec<String> = command
            .split('"')
            .enumerate()
            .flat_map(|(i, piece)| {
                if i % 2 == 1 {
                    vec![piece.to_string()]
                } else {
                    piece.split_whitespace().map(str::to_string).collect()
                }
            })
            .skip(1)
            .collect();
        let o = gradus(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(o.status.success(), "{line}: {}", stderr(&o));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradus"))
        .args(["eval", "arange(200000)", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let o = child.wait_with_output().unwrap();
    assert!(!stderr(&o).contains("panicked"), "{}", stderr(&o));
}
