//! What is said about tables, names and questions that make no sense.

use gradus::prob::{Joint, Masses, Variable};
use gradus::{Array, Error};

use super::{random, variables};

#[track_caller]
fn says<T>(result: Result<T, Error>, message: &str) -> Error {
    let e = result.err().unwrap_or_else(|| panic!("no error that says {message}"));
    assert!(e.message().contains(message), "{e}");
    e
}

#[test]
fn tables() {
    let ab = variables(&[2, 2]);
    let e = says(
        Joint::new(&ab, [0.5, 0.6, -0.1, 0.0]),
        "the table has -0.1 at a=1, b=0; a probability is a number of 0 or more",
    );
    assert!(e.is_domain());
    says(Joint::new(&ab, [0.5, f64::NAN, 0.1, 0.0]), "the table has NaN at a=0, b=1");
    says(Joint::new(&ab, [0.5, f64::INFINITY, 0.1, 0.0]), "the table has inf at a=0, b=1");
    assert!(says(Joint::new(&ab, [0.5, 0.5]), "the table has shape (2,); the variables need (2, 2)").is_shape());
    let turned = Array::zeros(&[4, 1], gradus::DType::F64).unwrap();
    says(Joint::new(&ab, Masses::Plain(turned)), "the table has shape (4, 1); the variables need (2, 2)");
    says(Joint::new(&ab, [0.5, 0.25, 0.1, 0.1]), "the table sums to 0.95, not to 1 within 1.8e-15; normalize=True");
    says(Joint::normalized(&ab, [0.0; 4]), "all masses of the table are 0");
    says(Joint::new(&[ab[0].clone(), ab[0].clone()], [0.25; 4]), "the variable `a` stands twice");
}

#[test]
fn names() {
    says(Variable::new("weather", &["sun", "sun"]), "the state `sun` of `weather` stands twice");
    says(Variable::new("", &["sun"]), "needs a name");
    says(Variable::new::<&str>("weather", &[]), "at least one named state");
    let weather = Variable::new("weather", &["sunny", "rainy"]).unwrap();
    let joint = Joint::new(&[weather], [0.5, 0.5]).unwrap();
    assert!(says(joint.marginal(&["wether"]), "there is no variable `wether`; did you mean `weather`?").is_name());
    says(joint.given(&[("weather", "rany")]), "`weather` has no state `rany`; did you mean `rainy`?");
    says(joint.marginal(&["x"]), "the variables are `weather`");
    says(joint.marginal(&["weather", "weather"]), "the variable `weather` stands twice");
    says(joint.values("weather"), "the state `sunny` of `weather` is no number");
}

#[test]
fn questions() {
    let (joint, _) = random(&[2, 2], 1);
    says(joint.prob("a | b=1"), "which state of `a`?");
    says(joint.prob("a=1 | b"), "which state of `b`?");
    says(joint.prob("a=1 | b=1 | c=1"), "more than one bar");
    says(joint.prob(""), "names at least one variable");
    says(joint.prob("a=1, , b=0"), "is no list such as");
    says(joint.prob("a=1, a=0"), "`a` cannot be both `1` and `0`");
    says(joint.prob("a=1 | a=1"), "`a` is both asked for and observed");
    says(joint.chain(&["a"]), "the chain rule names every variable; `b` is missing");
    says(joint.independent(&["a"], &["a"], &[]), "the variable `a` stands twice");
    says(joint.independent(&["a"], &[], &[]), "two groups");
    says(joint.conditional(&[], &["a"]), "at least one variable");
    says(
        joint.expectation(&gradus::Tensor::from([1.0, 2.0, 3.0])),
        "a function of shape (3,) does not fit the table, (2, 2)",
    );
    assert_eq!(joint.given(&[("a", "1"), ("a", "1")]).unwrap().known().unwrap().joint.variables().len(), 1);
}

#[test]
fn samples() {
    let bad = Array::from([[0.0, 1.5]]);
    says(Joint::from_samples(&["a", "b"], &bad), "states in samples are numbers 0, 1, …, not 1.5");
    says(Joint::from_samples(&["a"], &bad), "2 columns of samples, 1 names");
    says(Joint::from_samples(&["a"], &Array::from(vec![0.0])), "samples are a matrix");
}
