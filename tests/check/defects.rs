//! Families of real defects in published training code, as formulas, each with a healthy twin.

use super::{faults, report};
use gradus::DType::{self, F32, F64};

/// The defect, the healthy form, data, dtype, and the ops one of which is to blame.
type Family = (&'static str, &'static str, &'static [&'static str], DType, &'static [&'static str]);

#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    // Logarithms of probabilities.
    ("log(exp(x)/sum(exp(x)))", "log_softmax(x)", &["x=[0, 200]"], F32, &["exp"]),
    ("log(1/(1 + exp(-x)))", "log_sigmoid(x)", &["x=-200"], F32, &["exp"]),
    ("p = 1/(1 + exp(-x)); -mean(y*log(p) + (1 - y)*log(1 - p))", "mean(maximum(x, 0) - x*y + log1p(exp(-abs(x))))", &["x=[-200, 30]", "y=[1.0, 0]"], F32, &["exp", "add"]),
    ("p = 1/(1 + exp(-x)); (1 - p)**2*log(p)", "sigmoid(-x)**2*log_sigmoid(x)", &["x=-200"], F32, &["exp"]),
    ("p = 1/(1 + exp(-x)); log(p/(1 - p))", "x*1", &["x=30"], F32, &["add"]),
    ("log(prod(p))", "sum(log(p))", &["p=[1e-20, 1e-20, 1e-10]"], F32, &["prod"]),
    ("log(mean(exp(x)))", "max(x) + log(mean(exp(x - max(x))))", &["x=[100, 101]"], F32, &["exp"]),
    ("log(exp(-x**2/2)/sqrt(2*pi))", "-x**2/2 - 0.5*log(2*pi)", &["x=20"], F32, &["exp"]),
    ("log(exp(-m)*m**k)", "k*log(m) - m", &["m=200", "k=200"], F32, &["exp", "pow"]),
    ("log(1 - tanh(u)**2)", "2*(log(2) - u - softplus(-2*u))", &["u=20"], F32, &["sub", "tanh"]),
    // Hand-made functions.
    ("e = exp(x); e/sum(e)", "e = exp(x - max(x)); e/sum(e)", &["x=[100, 101]"], F32, &["exp"]),
    ("e = exp(x/t); e/sum(e)", "softmax(x/t)", &["x=[1, 2]", "t=0.001"], F32, &["exp"]),
    ("exp(x)/sum(exp(x))", "softmax(x)", &["x=[-1e9, -1e9]"], F32, &["exp"]),
    ("log(1 + exp(x))", "maximum(x, 0) + log1p(exp(-abs(x)))", &["x=100"], F32, &["exp"]),
    ("log(exp(x) - 1)", "x + log(-expm1(-x))", &["x=100"], F32, &["exp"]),
    ("log(cosh(x))", "abs(x) + log1p(exp(-2*abs(x))) - log(2)", &["x=100"], F32, &["cosh"]),
    ("0.5*log((1 + x)/(1 - x))", "arctanh(x)", &["x=1e-12"], F32, &["add", "sub"]),
    ("log(1 + x**2/nu)", "log1p(x**2/nu)", &["x=1e-10", "nu=3"], F64, &["add"]),
    // Scales and variances.
    ("sqrt(exp(v))", "exp(0.5*v)", &["v=150"], F32, &["exp"]),
    ("d**2/exp(v)", "(d*exp(-0.5*v))**2", &["d=1e-3", "v=-100"], F32, &["exp"]),
    ("x/(s*s)*s", "x/s", &["x=1e-20", "s=1e-25"], F32, &["mul"]),
    ("mean(x**2) - mean(x)**2", "mean((x - mean(x))**2)", &["x=[10000, 10001, 10003]"], F32, &["sub"]),
    ("prod(x)**(1/3)", "exp(mean(log(x)))", &["x=[1e-20, 1e-20, 1e-10]"], F32, &["prod"]),
    ("g/sqrt(g**2)", "sign(g)", &["g=1e-25"], F32, &["pow"]),
    // Guards that are absorbed.
    ("log(1 + 1e-10 - p)", "log((1 - p) + 1e-10)", &["p=1"], F32, &["add", "sub"]),
    // Distances and directions.
    ("grad(sqrt(sum((x - y)**2)), x)", "grad(norm(x - y), x)", &["x=[1.0, 2]", "y=[1.0, 2]"], F32, &["div"]),
    ("x/sqrt(sum(x**2))", "x/maximum(norm(x), 1e-12)", &["x=[0.0, 0]"], F32, &["div"]),
    ("a @ b/(sqrt(a @ a)*sqrt(b @ b))", "(a/norm(a)) @ (b/norm(b))", &["a=[1e20, 2e20]", "b=[1, 2]"], F32, &["dot"]),
    // Entropies of zeros.
    ("-sum(p*log(p))", "-sum(xlogy(p, p))", &["p=[0.0, 1]"], F32, &["log"]),
    ("sum(p*log(p/q))", "sum(where(p > 0, p*(log(p) - log(q)), 0))", &["p=[0.0, 1]", "q=[0.0, 1]"], F32, &["div"]),
];

#[test]
fn every_defect_is_found_at_its_op_and_no_twin_is_accused() {
    let mut wrong = vec![];
    for (defect, twin, bindings, dtype, ops) in FAMILIES {
        let found = report(defect, bindings, *dtype);
        let blamed = found.findings.iter().filter(|f| f.severity != gradus::Severity::Note);
        let blamed: Vec<&str> = blamed.map(|f| f.op).collect();
        if blamed.is_empty() || !blamed.iter().all(|op| ops.contains(op)) {
            wrong.push(format!("{defect} {bindings:?}: blamed {blamed:?}, not {ops:?}"));
        }
        let used: Vec<&str> = bindings.iter().copied().filter(|b| twin.contains(&b[..1])).collect();
        let accused = faults(&report(twin, &used, *dtype));
        if !accused.is_empty() {
            wrong.push(format!("{twin} {bindings:?}: accused {accused:?}"));
        }
    }
    assert!(FAMILIES.len() >= 24 && wrong.is_empty(), "{}", wrong.join("\n"));
}
