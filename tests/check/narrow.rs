//! Forecasts for narrow formats beside the formulas as written, really run in them; condition numbers; descents.

use gradus::array::Format;
use gradus::formula::{Conclusion, Program, Verdict};
use gradus::{DType, Origin, Tensor, condition, forecast};

/// Inputs over several powers of ten, the same every time.
fn inputs(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 * 0.618_033_988_749_894_9).fract() * 24.0 - 12.0).collect()
}

/// The share of values that fulfil a condition.
fn share(values: &[f64], f: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|v| f(**v)).count() as f64 / values.len() as f64
}

#[test]
fn shares_are_those_of_a_run_in_the_format() {
    let x = Tensor::from(inputs(1000)).cast(DType::F32);
    for format in [Format::BF16, Format::F16, Format::F8E4M3, Format::F8E5M2] {
        let f = forecast(&[&x.exp()], &[], format);
        let run = x.round_to(format.name()).exp().round_to(format.name()).as_written().eval().unwrap().to_f64();
        let loss = f.losses.iter().find(|l| l.op == "exp");
        let foreseen = loss.map_or([0.0; 3], |l| [l.not_finite, l.zero, l.subnormal]);
        let tiny = |v: f64| v != 0.0 && v.abs() < format.min_normal();
        let found = [share(&run, |v| !v.is_finite()), share(&run, |v| v == 0.0), share(&run, tiny)];
        for (a, b) in foreseen.iter().zip(found) {
            assert!((a - b).abs() <= 0.01, "{format}: {foreseen:?} foreseen, {found:?} found");
        }
        assert!(format == Format::BF16 || foreseen[0] > 0.0, "{format} loses nothing");
    }
}

#[test]
fn whole_scripts_in_f16_and_bf16_fail_where_the_forecast_says() {
    let source = "e = exp(x); s = sum(e); e/s";
    for (format, dtype) in [(Format::F16, DType::F16), (Format::BF16, DType::BF16)] {
        let mut program = Program::formula(source).unwrap();
        program.as_written(true).dtype(DType::F32).bind("x=[1, 5, 11, 12]").unwrap();
        let formulas = program.formulas().unwrap();
        let f = forecast(&formulas.iter().collect::<Vec<_>>(), &[], format);
        let run = program.dtype(dtype).run().unwrap().results[0].value.clone().unwrap().to_f64();
        assert_eq!(run.iter().any(|v| v.is_nan()), format == Format::F16, "{run:?}");
        let first = f.findings.first().map(|g| g.op);
        assert_eq!(first, (format == Format::F16).then_some("exp"), "{:?}", f.findings);
        if format == Format::F16 {
            let because = &f.findings[0].because;
            assert!(because.starts_with("exp overflows f16 above 11.09"), "{because}");
            let scale = f.losses.iter().find(|l| l.op == "exp").and_then(|l| l.scale).unwrap();
            assert!((12f64.exp() * 2f64.powi(scale as i32)) < 65504.0, "{scale}");
        }
    }
}

#[test]
fn condition_numbers_are_those_of_the_book() {
    let value = |t: Tensor| t.eval().unwrap().item().unwrap();
    let x = Tensor::from(gradus::Array::scalar(1.0001));
    // |1 / log x|, |x|, |y| and |a/(a − b)| + |b/(a − b)|.
    assert!((value(condition(&x.log(), &x)) - 1.0 / 1.0001f64.ln()).abs() < 1e-6);
    assert!((value(condition(&x.exp(), &x)) - 1.0001).abs() < 1e-14);
    assert!((value(condition(&x.pow(7.0), &x)) - 7.0).abs() < 1e-12);
    let v = Tensor::from([5.0, 4.0]);
    assert_eq!(value(condition(&(v.index(0, 0) - v.index(0, 1)), &v)), 9.0);
}

#[test]
fn digits_are_lost_to_the_problem_or_to_the_way_it_is_computed() {
    let mut program = Program::formula("mean(x**2) - mean(x)**2").unwrap();
    program.bind("x=[10000, 10001, 10002]").unwrap();
    let checked = program.check_with(Some(3.0)).unwrap();
    let d = &checked.digits[0];
    assert!((4.0..5.0).contains(&d.problem) && d.algorithm > 7.0, "{d:?}");
    assert!(checked.report.findings.iter().any(|f| f.because.starts_with("data of 3 digits leave 0.0 digits")));
    assert!(!program.check().unwrap().report.findings.iter().any(|f| f.because.starts_with("data of")));
}

#[test]
fn a_hunt_tells_the_formula_from_the_rate() {
    let quadratic = Program::formula("w = [3.0, 4]; sum(w**2)").unwrap().hunt(&["w"], 0.1).unwrap();
    assert_eq!(quadratic.conclusion, Conclusion::Rate, "{quadratic}");
    assert_eq!(quadratic.descents[4].verdict, Verdict::Explodes);
    let source = "X = [[1.0, 200], [2, -300], [0.5, 400]]; y = [1.0, 0, 1]; w = [0.0, 0.0]
p = 1/(1 + exp(-(X @ w)))
-mean(y*log(p) + (1 - y)*log(1 - p))";
    let entropy = Program::formula(source).unwrap().hunt(&["w"], 0.1).unwrap();
    assert_eq!(entropy.conclusion, Conclusion::Formula, "{entropy}");
    assert!(entropy.descents.iter().any(|d| d.as_written && d.cause.is_some()), "{entropy}");
    assert!(Program::formula("w = 1.0; w**2").unwrap().hunt(&["v"], 0.1).is_err());
}

#[test]
fn what_a_hunt_refuses_and_how_it_speaks() {
    let hunt = |source: &str, rate: f64| Program::formula(source).unwrap().hunt(&["w"], rate);
    // Of a rate that descends nothing is said against it.
    let fine = hunt("w = [3.0, 4]; sum(w**2)", 0.1).unwrap().advice();
    assert!(fine.contains("0.1 does not explode") && !fine.contains("too high"), "{fine}");
    for rate in [-1.0, 0.0, f64::NAN, f64::INFINITY] {
        assert!(hunt("w = [3.0, 4]; sum(w**2)", rate).unwrap_err().to_string().contains("above 0"));
    }
    // What is added to a script to hunt is no place in it.
    let e = hunt("w = [3.0, 4]; w**2", 0.1).unwrap_err();
    assert_eq!(
        (e.message(), e.origin()),
        ("the loss, which is the last result of the script, is not one number", Origin::Unknown)
    );
}

#[test]
fn nothing_is_not_found_where_nothing_was_looked_at() {
    let unbound = Program::formula("x").unwrap().check().unwrap();
    let text = unbound.text(None, "x");
    assert!(text.contains("nothing binds") && !text.contains("nothing found"), "{text}");
}
