//! Scripts: statements, functions, data, and derivatives in anything that has a name.

use super::{assert_close, run, value};
use gradus::formula::{Answer, Program};
use gradus::{Array, DType};

fn all(source: &str, bindings: &[&str]) -> Vec<Vec<f64>> {
    let outcome = run(source, bindings).unwrap_or_else(|e| panic!("{source}: {e}"));
    let one = |a: &Answer| a.array().unwrap().to_f64();
    outcome.results.iter().map(|r| one(r.value.as_ref().unwrap())).collect()
}

#[test]
fn statements_run_in_order_and_bare_expressions_are_results() {
    let outcome = run("a = 2; b = a*3\na = 10 # rebound\na; a + b", &[]).unwrap();
    let names: Vec<_> = outcome.results.iter().map(|r| (r.name.as_deref(), r.text.as_str())).collect();
    assert_eq!(names, [(Some("a"), "a"), (None, "a + b")]);
    assert_eq!(all("a = 2; b = a*3\na = 10\na; a + b", &[]), [[10.0], [16.0]]);
    assert_eq!(all("1, 2 + 3", &[]), [[1.0], [5.0]]);
    assert_eq!(
        all("a, b = [1, 2]; c, d = (3, [4, 5]); a; b; c; d", &[]),
        [vec![1.0], vec![2.0], vec![3.0], vec![4.0, 5.0]]
    );
    assert_eq!(all("sign, logabsdet = slogdet([[2, 0], [0, 3]]); sign", &[]), [[1.0]]);
}

#[test]
fn functions_are_inlined_and_see_the_script() {
    assert_eq!(all("k = 2; f(x) = k*x; k = 3; f(1)", &[]), [[3.0]]);
    assert_eq!(all("f(x, y) = x - y; f(y=1, x=3); f(3, y=1)", &[]), [[2.0], [2.0]]);
    assert_eq!(all("f(x) = x**2; g(x) = f(x) + f(2*x); g(3)", &[]), [[45.0]]);
    assert_eq!(
        all("f(x) = x + 1; apply(h, x) = h(h(x)); apply(f, 1); apply(lambda t: 3*t, 1); apply(exp, 0)", &[])[..2],
        [[3.0], [9.0]]
    );
    assert_eq!(all("sum(x) = 7; sum(1)", &[]), [[7.0]]);
    assert_eq!(all("adder(n) = lambda x: x + n; adder(2)(3)", &[]), [[5.0]]);
    assert_eq!(all("e = 5; pi = 6; e + pi", &[]), [[11.0]]);
}

#[test]
fn values_from_outside_bind_names_or_replace_a_line() {
    assert_eq!(all("lr = 0.1; lr*2", &["lr=3"]), [[6.0]]);
    assert_eq!(all("w = zeros(2); w = w + 1; w", &["w=[5, 6]"]), [[6.0, 7.0]]);
    assert_eq!(all("x", &["x=-1.5"]), [[-1.5]]);
    assert_eq!(all("x", &["x=inf"]), [[f64::INFINITY]]);
    assert_eq!(all("x", &["x=[1, \"inf\", -inf]"]), [[1.0, f64::INFINITY, f64::NEG_INFINITY]]);
    assert_eq!(all("x", &["x=-pi"]), [[-std::f64::consts::PI]]);
    assert_eq!(all("sum(x)", &["x=[True, False]"]), [[1.0]]);
    assert_eq!(all("ones(n)[n - 1]", &["n=3"]), [[1.0]]);
}

#[test]
fn columns_of_files_are_named_or_counted() {
    let shape = |binding: &str| value("X", &[binding]).shape().to_vec();
    assert_eq!(shape("X=datasets/iris.csv:0-3"), [150, 4]);
    assert_eq!(shape("X=datasets/iris.csv:0"), [150]);
    assert_eq!(shape("X=datasets/iris.csv:0,2"), [150, 2]);
    assert_eq!(shape("X=datasets/old_faithful.csv"), [272, 2]);
    let outcome = run("X", &["X=datasets/iris.csv"]).unwrap();
    assert!(outcome.notices.iter().all(|n| n.contains("is text, read as codes")), "{:?}", outcome.notices);
    assert_close(
        &value("mean(load('datasets/iris.csv', '0-3'), axis=0)[0]", &[]).to_f64(),
        &[5.843333333333334],
        "mean",
    );
}

#[test]
fn derivatives_are_taken_in_whatever_has_a_name() {
    assert_eq!(all("b = 0.5; grad(b**2, b)", &[]), [[1.0]]);
    assert_eq!(all("x = 3; grad(x**2, x)", &[]), [[6.0]]);
    assert_eq!(all("a = 1.0; b = 2*a; c = b**2; grad(c, b); grad(c, a)", &[]), [[4.0], [8.0]]);
    assert_eq!(all("f(t) = grad(t**3, t); f(2.0)", &[]), [[12.0]]);
    assert_eq!(all("grad(lambda t: t**3)(2.0)", &[]), [[12.0]]);
    assert_eq!(all("w = [1, 2]; grad(sum(w**2), w)", &[]), [[2.0, 4.0]]);
    assert_eq!(all("a = 1.0; w = [a, 2*a]; grad(sum(w**2), w); grad(sum(w**2), a)", &[]), [vec![2.0, 4.0], vec![10.0]]);
    assert_eq!(all("assume(x > 0); grad(log(x), x)", &["x=4"]), [[0.25]]);
    assert_eq!(all("x = 2.0; y = 3.0; grad(x*y, [x, y])[0]; g = grad(x*y, (x, y)); g[1]", &[]), [[3.0], [2.0]]);
}

#[test]
fn random_numbers_depend_on_the_seed_and_the_place() {
    let draw = |seed: i64| {
        let outcome = Program::formula("rand(3); rand(3); randn(2)").unwrap().seed(seed).run().unwrap();
        outcome.results.iter().map(|r| r.value.as_ref().unwrap().array().unwrap().to_f64()).collect::<Vec<_>>()
    };
    assert_eq!(draw(0), draw(0));
    assert_ne!(draw(0), draw(1));
    assert_ne!(draw(0)[0], draw(0)[1]);
}

#[test]
fn data_files_bind_names_and_keep_their_floats() {
    let folder = std::env::temp_dir().join(format!("gradus-formula-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(path("d.json"), r#"{"x": [[1, 2.5], ["inf", "nan"]], "on": [true, false], "n": 3}"#).unwrap();
    let mut program = Program::formula("x; on; n").unwrap();
    let outcome = program.data_file(&path("d.json")).unwrap().run().unwrap();
    let answers: Vec<&Array> = outcome.results.iter().map(|r| r.value.as_ref().unwrap().array().unwrap()).collect();
    assert_eq!((answers[0].shape(), answers[0].dtype()), (&[2, 2][..], DType::F64));
    assert!(answers[0].to_f64()[2].is_infinite() && answers[0].to_f64()[3].is_nan());
    assert_eq!((answers[1].dtype(), answers[2].to_f64()[0]), (DType::Bool, 3.0));

    let half = Array::from(vec![0.5f32, 1.5]);
    gradus::array::write_npy(path("z.npy"), &half).unwrap();
    gradus::array::write_npz(path("b.npz"), &[("u", &half), ("k", &Array::from(vec![1i64, 2]))]).unwrap();
    // The widest float among the data files is the dtype of the numbers.
    let z = format!("z={}", path("z.npy"));
    assert_eq!(value("z*0.1 + [1, 2]", &[&z]).dtype(), DType::F32);
    let b = format!("b={}", path("b.npz"));
    assert_eq!(value("b.u + b['k']", &[&b]).to_f64(), [1.5, 3.5]);
    let u = format!("u={}:u", path("b.npz"));
    assert_eq!(value("u", &[&u]).to_f64(), [0.5, 1.5]);
    let mut program = Program::formula("u*2.5").unwrap();
    let outcome = program.dtype(DType::F64).data_file(&path("b.npz")).unwrap().run().unwrap();
    assert_eq!(outcome.results[0].value.as_ref().unwrap().array().unwrap().dtype(), DType::F64);

    std::fs::write(path("s.gr"), "load('t.csv')[:, 1]").unwrap();
    std::fs::write(path("t.csv"), "a,b\n1,2\n3,4\n").unwrap();
    let outcome = Program::file(path("s.gr")).unwrap().run().unwrap();
    assert_eq!(outcome.results[0].value.as_ref().unwrap().array().unwrap().to_f64(), [2.0, 4.0]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_result_without_parts_is_shown() {
    let outcome = run("s = 3; s.shape", &[]).unwrap();
    assert_eq!(outcome.to_string(), "()\n");
}
