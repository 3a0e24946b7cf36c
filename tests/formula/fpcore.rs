//! FPCore: what cores become in the language, what is refused, and what `check` says of them.

use gradus::DType;
use gradus::formula::{check_fpcore, read_fpcore};

/// The formula of a core over x, y and z.
fn formula(body: &str) -> String {
    let text = format!("(FPCore (x y z) {body})");
    read_fpcore(&text).unwrap().remove(0).unwrap_or_else(|r| panic!("{body}: {}", r.what)).formula
}

#[test]
fn operators_become_those_of_the_language() {
    for (body, expected) in [
        ("(- (+ x y z) (- x) (* 2 -3))", "x + y + z - (-x) - 2.0*(-3.0)"),
        ("(/ (- x y) (* (+ x 1) (/ y z)))", "(x - y)/((x + 1)*(y/z))"),
        ("(pow (- x) (/ 1 3))", "(-x)**(1.0/3.0)"),
        ("(- (pow x 2))", "-x**2"),
        (
            "(if (and (< 0 x y) (not (== z 1/2))) (fabs x) PI)",
            "where(logical_and(0 < x < y, logical_not(z == 0.5)), abs(x), pi)",
        ),
        ("(atan2 (fmax x y) (tgamma z))", "arctan2(maximum(x, y), gamma(z))"),
        // A name that stands again is another one, and `let` sees the outer names where `let*` sees the line before.
        ("(let ([x y] [y x]) (- x y))", "x_2 = y\ny_2 = x\nx_2 - y_2"),
        ("(let* ([x y] [y x]) (- x y))", "x_2 = y\ny_2 = x_2\nx_2 - y_2"),
        ("(let ([exp (exp x)] [a' 1e400] [e 1]) (* exp a' e))", "exp_ = exp(x)\na_ = inf\ne_ = 1\nexp_*a_*e_"),
    ] {
        assert_eq!(formula(body), expected, "{body}");
    }
}

#[test]
fn what_a_core_means_is_what_its_formula_gives() {
    let text =
        "; a comment\n(FPCore named (x) :precision binary32 :pre (and (<= 1 x) (< x 1e3)) (+ x 0.1)) (FPCore () 2)";
    let cores: Vec<_> = read_fpcore(text).unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!((cores[0].name.as_str(), cores[0].dtype, cores[0].ends()), ("named", DType::F32, vec![(1.0, 1e3)]));
    assert!(cores[0].holds(&[1.0]) && !cores[0].holds(&[1e3]));
    let outcome = cores[0].program().unwrap().bind("x=2").unwrap().run().unwrap();
    assert_eq!(outcome.results[0].value.clone().unwrap().array().unwrap().to_f64(), [f64::from(2.1f32)]);
    assert_eq!(cores[1].program().unwrap().run().unwrap().results.len(), 1);
}

#[test]
fn what_is_no_straight_line_is_refused_by_name_and_counted() {
    let text = "(FPCore (n) :name \"a\" (while (< n 3) ([n 0 (+ n 1)]) n))
        (FPCore (n) (+ 1 (for ([i 3]) ([n 0 i]) n)))
        (FPCore (x) :precision binary80 x) (FPCore (x) (! :precision binary32 x)) (FPCore (x) (fma x x x))
        (FPCore ((x 3)) x) (FPCore (x) (pow x)) (FPCore (x) y) (FPCore (x) (- x 1))";
    let checked = check_fpcore(text).unwrap();
    let what: Vec<&str> = checked.refused.iter().map(|r| r.what.as_str()).collect();
    assert_eq!(what, ["while", "for", "binary80", "!", "fma", "x", "pow of 1 operands", "y"]);
    assert_eq!((checked.cores.len(), checked.refused[0].name.as_str()), (1, "a"));
    assert!(checked.text().ends_with("1 cores checked, 8 refused: `!` 1, `binary80` 1, `fma` 1, `for` 1, `pow of 1 operands` 1, `while` 1, `x` 1, `y` 1\n"), "{}", checked.text());
    for bad in ["(FPCore (x) x", "(FPCore (x) x))", &"(".repeat(600)] {
        assert!(read_fpcore(bad).unwrap_err().message().starts_with("this is no FPCore"));
    }
    assert!(check_fpcore("no core here").unwrap().cores.is_empty());
}

#[test]
fn findings_of_a_core_come_with_a_point_of_its_precondition() {
    let text = "(FPCore (x y) :name \"difference\" :pre (and (< 1 x 1e300) (< 0 y 1)) (- (sqrt (+ x y)) (sqrt x)))";
    let checked = check_fpcore(text).unwrap();
    let core = &checked.cores[0];
    assert_eq!(core.points.len(), 256);
    for f in &core.report.findings {
        let point: Vec<f64> = f.possible.as_ref().unwrap().witness.iter().map(|w| w.1).collect();
        assert!(core.core.holds(&point), "{point:?}");
    }
    assert_eq!(core.report.findings[0].op, "sub");
    // The difference is wrong by itself nearly everywhere, and nothing else is.
    assert_eq!(core.sites.iter().map(|s| s.op).collect::<Vec<_>>(), ["sub"]);
    assert!(core.sites[0].wrong > 200 && !core.report.is_clean());
    let json: serde_json::Value = serde_json::from_str(&checked.json()).unwrap();
    let core = &json["cores"][0];
    assert_eq!((core["name"].as_str(), core["points"].as_u64()), (Some("difference"), Some(256)));
    assert!(core["findings"][0]["possible"]["witness"]["x"].as_f64().unwrap() > 1.0);
    assert!(core["local_errors"][0]["share"].as_f64().unwrap() > 0.7);
}
