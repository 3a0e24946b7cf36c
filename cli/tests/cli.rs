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

/// The keys of a JSON object, in order.
fn keys(v: &Value) -> Vec<&str> {
    v.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_object_in_json_has_its_keys_and_no_others() {
    let error = ["kind", "message", "line", "column"];
    let note = ["kind", "op", "message", "line", "column"];
    let (v, _) =
        json(&["eval", "a = x + 1; a; b = log(sum(exp(x))); b; ones(2) @ ones(3); log(x - 2e3)", "x=[1000, 1001]"]);
    assert_eq!(keys(&v), ["results", "rewrites", "notes"]);
    let results = v["results"].as_array().unwrap();
    assert_eq!(keys(&results[0]), ["name", "text", "dtype", "shape", "value"]);
    assert_eq!((&results[1]["name"], &results[1]["text"]), (&Value::from("b"), &Value::from("b")));
    assert_eq!(keys(&results[2]), ["name", "text", "error"]);
    assert_eq!((&results[2]["name"], &results[2]["text"]), (&Value::Null, &Value::from("ones(2) @ ones(3)")));
    assert_eq!(keys(&results[2]["error"]), error);
    let message = "`@`: shapes (2,) and (3,) do not fit together";
    assert_eq!(results[2]["error"], serde_json::json!({"kind": "shape", "message": message, "line": 1, "column": 40}));
    assert_eq!(keys(&v["rewrites"][0]), ["rule", "before", "after", "line", "column"]);
    assert_eq!(keys(&v["notes"][0]), note);
    assert_eq!((&v["notes"][0]["kind"], &v["notes"][0]["op"]), (&Value::from("nan"), &Value::from("log")));
    // Where nothing at all has a value, the first error stands on top as well.
    let (v, code) = json(&["eval", "y"]);
    assert_eq!((code, keys(&v)), (2, vec!["error", "results", "rewrites", "notes"]));
    assert_eq!((&v["error"], keys(&v["error"])), (&v["results"][0]["error"], error.to_vec()));
    for words in
        [&["eval", "x^2"][..], &["eval", "x", "x=nothere.csv"], &["eval", "nothere.gr"], &["eval", "1", "--no"]]
    {
        let (v, code) = json(words);
        assert_eq!((code, keys(&v), keys(&v["error"])), (2, vec!["error"], error.to_vec()), "{words:?}");
    }
    // A record is an object of its fields.
    let (v, _) = json(&["eval", "slogdet([[2, 0], [0, 3]]); finfo('f32')"]);
    assert_eq!(keys(&v["results"][0]), ["name", "text", "value"]);
    assert_eq!(keys(&v["results"][0]["value"]), ["sign", "logabsdet"]);
    let (v, _) = json(&["eval", "sum(k)", "k=datasets/iris.csv:4", "--dtype", "f32"]);
    assert_eq!((&v["results"][0]["dtype"], &v["results"][0]["shape"]), (&Value::from("f32"), &serde_json::json!([])));
    assert!(v["notes"].as_array().unwrap().iter().all(|n| keys(n) == note));
}

/// What goes to standard error, where the exit code is 2 and nothing goes to standard output.
#[track_caller]
fn complaint(words: &[&str]) -> String {
    let o = gradus(words);
    assert_eq!((o.status.code(), stdout(&o).as_str()), (Some(2), ""), "{words:?}");
    stderr(&o)
}

#[test]
fn a_power_written_with_a_roof() {
    let caret = "error: `^` is not power; write `x**2`\n --> formula:1:2\n1 | x^2\n  |  ^\n";
    assert_eq!(complaint(&["eval", "x^2", "x=3"]), caret);
}

#[test]
fn a_logarithm_called_ln() {
    let caret = "error: `ln` is not a function here; write `log`\n --> formula:1:5\n1 | 1 + ln(x)\n  |     ^^\n";
    assert_eq!(complaint(&["eval", "1 + ln(x)", "x=3"]), caret);
}

#[test]
fn a_name_that_nothing_binds() {
    let caret = "error: nothing binds `y`; bound names: `x`\n --> formula:1:5\n1 | x + y\n  |     ^\n";
    assert_eq!(complaint(&["eval", "x + y", "x=3"]), caret);
    assert!(complaint(&["eval", "x"]).contains("give it a value, as `x=[1, 2]` behind the formula"));
}

#[test]
fn a_name_that_is_misspelt() {
    assert!(
        complaint(&["eval", "softmx(x)", "x=3"]).contains("there is no function `softmx`; did you mean `softmax`?")
    );
    assert!(complaint(&["eval", "sum(x, axs=0)", "x=3"]).contains("did you mean `axis`?"));
    assert!(
        complaint(&["eval", "Weigths @ 2", "Weights=3"]).contains("nothing binds `Weigths`; did you mean `Weights`?")
    );
}

#[test]
fn a_column_that_is_not_there() {
    let said = complaint(&["eval", "mean(x)", "x=datasets/iris.csv:petal"]);
    assert!(said.starts_with("error: ") && said.contains("there is no column \"petal\"; the columns are"), "{said}");
    let said = complaint(&["eval", "mean(x)", "x=datasets/iris.csv:9"]);
    assert!(said.contains("there is no column 9; it has 5, numbered 0 to 4"), "{said}");
}

#[test]
fn shapes_that_do_not_fit() {
    let said = complaint(&["eval", "X @ w", "X=datasets/iris.csv:0-3", "w=[1,2]"]);
    let caret = "`@`: shapes (150, 4) and (2,) do not fit together\n --> formula:1:1\n1 | X @ w\n  | ^^^^^\n";
    assert_eq!(said, format!("error: {caret}"));
}

#[test]
fn a_file_that_is_not_there() {
    assert!(complaint(&["eval", "x", "x=nothere.csv"]).contains("there is no file `nothere.csv`"));
    assert!(complaint(&["eval", "nothere.gr"]).contains("`nothere.gr` is not there"));
    let said = complaint(&["eval", "load('nothere.csv')"]);
    assert!(
        said.contains("there is no file `nothere.csv`\n --> formula:1:1\n1 | load('nothere.csv')\n  | ^^^"),
        "{said}"
    );
}

#[test]
fn a_formula_that_begins_with_a_minus() {
    let o = gradus(&["eval", "-x + 1", "x=3"]);
    assert_eq!((stdout(&o).as_str(), stderr(&o).as_str(), o.status.code()), ("-2.0\n", "", Some(0)));
    let o = gradus(&["eval", "--x", "x=3"]);
    assert_eq!(stdout(&o), "3.0\n");
}

#[test]
fn a_caret_stands_in_the_file_of_a_script() {
    let file = std::env::temp_dir().join(format!("gradus-caret-{}.gr", std::process::id()));
    std::fs::write(&file, "x = [1, 2]\n# a comment\n  y = x + lgo(x)\ny\n").unwrap();
    let path = file.display().to_string();
    let said = complaint(&["eval", &path]);
    std::fs::remove_file(&file).unwrap();
    let place = format!("{path}:3:11\n3 |   y = x + lgo(x)\n  |           ^^^\n");
    assert_eq!(said, format!("error: there is no function `lgo`; did you mean `log`?\n --> {place}"));
}

/// Commands that a text shows between backticks or behind a dollar sign; a bar in a table is written `\|`.
fn commands(text: &str) -> Vec<String> {
    let text = &text.replace("\\|", "|");
    let quoted = text.split('`').filter(|p| p.starts_with("gradus ") && !p.starts_with("gradus =")).map(str::to_string);
    let cargo = "$ cargo run --release -- ";
    quoted.chain(text.lines().filter_map(|l| Some(format!("gradus {}", l.strip_prefix(cargo)?)))).collect()
}

/// The words of a command, quotes taken off.
fn words(command: &str) -> Vec<String> {
    let pieces = command.split('"').enumerate();
    let inside = |(i, piece): (usize, &str)| match i % 2 {
        1 => vec![piece.to_string()],
        _ => piece.split_whitespace().map(str::to_string).collect(),
    };
    pieces.flat_map(inside).skip(1).collect()
}

#[test]
fn the_commands_of_the_readme_work_and_print_what_it_says() {
    let readme = include_str!("../../README.md");
    let all = commands(readme);
    assert!(all.len() >= 8, "{all:?}");
    for command in all {
        let o = gradus(&words(&command).iter().map(String::as_str).collect::<Vec<_>>());
        // A check that finds an error says so by its exit code.
        let found = command.contains(" check ") && o.status.code() == Some(1);
        assert!(o.status.success() || found, "{command}: {}", stderr(&o));
    }
    let o = gradus(&["eval", "examples/one_step.gr"]);
    let block = readme.split("-- eval examples/one_step.gr\n").nth(1).unwrap();
    let shown: Vec<&str> = block.lines().take_while(|l| !l.starts_with(" …")).collect();
    let printed = stderr(&o) + &stdout(&o);
    for (shown, printed) in shown.iter().zip(printed.lines()) {
        // The last digits of a sum depend on the instruction set.
        let text = |l: &str| l.split(' ').map(|w| w.chars().take(14).collect::<String>()).collect::<Vec<_>>();
        assert_eq!(text(shown), text(printed));
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
    let o = stdout(&gradus(&["ops", "log1mexp"]));
    assert!(o.contains("stands for:  log(1 - exp(x))") && o.contains("takes        (-inf, 0)"), "{o}");
    assert!(stdout(&gradus(&["ops", "@"])).starts_with("matmul(a, b)\n"));
    assert!(stdout(&gradus(&["ops", "**"])).contains("written:     **"));
    let o = stdout(&gradus(&["rules", "log", "of", "exp"]));
    assert!(o.contains("log(exp(x))\n  is evaluated as\n  x\n"), "{o}");
    assert_eq!(gradus(&["rules", "nothere"]).status.code(), Some(2));
}

#[test]
fn the_examples_that_gradus_prints_work() {
    for line in stdout(&gradus(&[])).lines().filter(|l| l.starts_with("  gradus ")) {
        let command = line.trim().split("    ").next().unwrap();
        let words = words(command);
        let o = gradus(&words.iter().map(String::as_str).collect::<Vec<_>>());
        // A check that finds something says so by its exit code.
        let found = words[0] == "check" && o.status.code() == Some(1);
        assert!(o.status.success() || found, "{line}: {}", stderr(&o));
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

#[test]
fn check_names_cause_place_and_cure() {
    let (v, code) = json(&["check", "log(sum(exp(x)))", "x=[1000, 0]"]);
    assert_eq!(code, 1);
    let f = &v["findings"][0];
    assert_eq!((&f["severity"], &f["kind"], &f["op"]), (&"error".into(), &"overflow".into(), &"exp".into()));
    assert_eq!(f["formats"], serde_json::json!(["f64", "f32"]));
    assert_eq!((f["line"].as_u64(), f["column"].as_u64(), &f["text"]), (Some(1), Some(9), &"exp(x)".into()));
    assert_eq!(
        (&f["index"], &f["operands"], &f["result"]),
        (&serde_json::json!([0]), &serde_json::json!([1000.0]), &"inf".into())
    );
    assert_eq!(f["because"], "exp overflows f64 above 709.7827");
    assert_eq!(f["leads_to"], "log at 1:1 gives inf, not 1000");
    assert_eq!(f["fix"], "logsumexp(x)");
    assert_eq!(v["results"][0]["value"].as_f64(), Some(1000.0));
    let (v, code) = json(&["check", "1 + x", "x=1"]);
    assert_eq!((code, v["findings"].as_array().map(Vec::len)), (0, Some(0)));
    let (v, code) = json(&["check", "1 + q"]);
    assert_eq!((code, &v["error"]["kind"]), (2, &"name".into()));
    let o = gradus(&["check", "sqrt(x - 2)", "x=1", "--dtype", "f64"]);
    assert_eq!(o.status.code(), Some(1));
    assert!(stdout(&o).starts_with("error[domain]: sqrt of -1 does not exist"), "{}", stdout(&o));
    assert!(stdout(&o).contains("1 | sqrt(x - 2)\n  | ^^^^^^^^^^^\n"), "{}", stdout(&o));
    let o = gradus(&["check", "sqrt(x - 2)", "x=1", "--format", "markdown"]);
    assert!(
        stdout(&o).contains("### error: domain at line 1, column 1\n\n`sqrt(x - 2)`: sqrt of -1"),
        "{}",
        stdout(&o)
    );
}

const VALLEY: &str = "x = [-1.2, 1]; 100*(x[1] - x[0]**2)**2 + (1 - x[0])**2";

#[test]
fn minimize_keeps_the_contract() {
    let (v, code) = json(&["minimize", VALLEY, "--over", "x"]);
    let m = &v["minimum"];
    assert_eq!((code, m["kind"].as_str(), m["method"].as_str()), (0, Some("minimum"), Some("levenberg-marquardt")));
    assert!(m["value"].as_f64().unwrap() < 1e-20 && m["gradient_norm"].as_f64().unwrap() < 1e-8);
    assert!(m["iterations"].as_u64().unwrap() > 3 && m["stopped"].is_string() && m["cause"].is_null());
    assert!((m["x"]["x"][1].as_f64().unwrap() - 1.0).abs() < 1e-10);
    // Several names, bound from outside, and a method of one's own.
    let words = ["minimize", "(a - 2)**2 + exp(b) - b", "a=5", "b=[1]", "--over", "a,b", "--method", "lbfgs"];
    let o = gradus(&words);
    assert_eq!(o.status.code(), Some(2), "{}", stdout(&o));
    let (v, code) =
        json(&["minimize", "(a - 2)**2 + sum(exp(b) - b)", "a=5", "b=[1]", "--over", "a,b", "--method", "lbfgs"]);
    assert_eq!(code, 0);
    assert!(
        (v["minimum"]["x"]["a"].as_f64().unwrap() - 2.0).abs() < 1e-7
            && v["minimum"]["x"]["b"][0].as_f64().unwrap().abs() < 1e-7
    );
}

#[test]
fn minimize_prints_a_table_and_writes_its_trace() {
    let path = std::env::temp_dir().join(format!("gradus-trace-{}.csv", std::process::id()));
    let o = gradus(&["minimize", VALLEY, "--over", "x", "--method", "bfgs", "--trace", path.to_str().unwrap()]);
    assert_eq!((o.status.code(), stderr(&o).as_str()), (Some(0), ""));
    assert!(stdout(&o).contains("kind       minimum (0 negative, 0 zero, 2 positive"), "{}", stdout(&o));
    let trace = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(trace.starts_with("iteration,value,gradient_norm,step,predicted\n0,24.1") && trace.lines().count() > 10);
    let (v, _) = json(&["minimize", VALLEY, "--over", "x", "--max-iter", "3", "--method", "newton"]);
    assert_eq!((v["minimum"]["iterations"].as_u64(), v["minimum"]["stopped"].as_str()), (Some(3), Some("iterations")));
    let (v, _) = json(&["minimize", "sum((x - 2)**2)", "x=[0,0]", "--over", "x", "--bounds", "x=-1..1"]);
    assert_eq!(v["minimum"]["x"]["x"], serde_json::json!([1.0, 1.0]));
}

#[test]
fn minimize_names_what_is_wrong() {
    let fails = |words: &[&str]| {
        let o = gradus(&[&["minimize"], words].concat());
        assert_eq!(o.status.code(), Some(2), "{words:?}");
        stderr(&o)
    };
    assert!(fails(&[VALLEY]).contains("--over"));
    assert!(fails(&[VALLEY, "--over", "x", "--method", "newtn"]).contains("there are gradient-descent"));
    assert!(fails(&[VALLEY, "--over", "y"]).contains('y'));
    assert!(fails(&["x = 1.0; b = 2.0; x**2", "--over", "x,b"]).contains("does not depend on `b`"));
    assert!(fails(&["x = [1, 2]; x**2", "--over", "x"]).contains("not one number"));
    assert!(fails(&[VALLEY, "--over", "x", "--bounds", "x=2..1"]).contains("contradict"));
    assert!(fails(&[VALLEY, "--over", "x", "--bounds", "q=2..1"]).contains("--bounds"));
    assert!(fails(&[VALLEY, "--over", "x", "--max-iter", "many"]).contains("--max-iter many"));
    // Values that are no numbers are no success, and are explained.
    let o = gradus(&["minimize", "sum(log(x))", "x=[-1,2]", "--over", "x"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stdout(&o).contains("cause      log at 1:5"), "{}", stdout(&o));
    let (v, code) = json(&["minimize", "sum(log(x))", "x=[-1,2]", "--over", "x"]);
    assert_eq!((code, v["minimum"]["stopped"].as_str()), (2, Some("not finite")));
    assert_eq!(
        (v["minimum"]["cause"]["op"].as_str(), v["minimum"]["cause"]["column"].as_u64()),
        (Some("log"), Some(5))
    );
}
