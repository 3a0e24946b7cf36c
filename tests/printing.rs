//! Graphs are written as formulas that can be read back, however deep or shared they are.

use gradus::Tensor;
use gradus::text::{Names, brief, dot, infix, json, latex, parse_expr};

fn data(name: &str) -> Tensor {
    Tensor::from([[0.5; 3]; 4]).named(name)
}

#[test]
fn formulas_print_as_they_are_written() {
    let (x, y) = (data("x"), data("y"));
    let b = Tensor::from(vec![0.5; 20]).named("b");
    let table = [
        ((&x + &y) * &x, "(x + y)*x"),
        (&x - (&y - &x), "x - (y - x)"),
        (&x / (&y * 2), "x/(y*2)"),
        (-(&x * &y), "-(x*y)"),
        ((-&x).pow(2), "(-x)**2"),
        (x.pow(&y).pow(&x), "(x**y)**x"),
        (x.sum(1), "sum(x, axis=-1)"),
        (x.sum(()), "sum(x)"),
        (x.mean(gradus::ops::keep(0)), "mean(x, axis=-2, keepdims=True)"),
        (x.softmax(-1), "softmax(x, axis=-1)"),
        (b.log_softmax(-1), "log_softmax(b)"),
        (x.t().matmul(&y), "x.T @ y"),
        (x.index(1, 2), "x[:, 2]"),
        (x.slice(0, Some(1), Some(3), 1), "x[1:3]"),
        (b.slice(0, None, None, -1), "b[::-1]"),
        (x.less(&y).logical_and(x.greater(0.0)), "(x < y) & (x > 0.0)"),
        (x.reshape(&[-1]), "reshape(x, (12,))"),
        (Tensor::concatenate(&[&x, &y], 0), "concatenate((x, y), axis=-2)"),
        (x.cast(gradus::DType::F32), "cast(x, 'f32')"),
        (x.require(&x.greater(0.0), "positive").log(), "log(x)"),
        (Tensor::from([1.0, -0.1]).exp(), "exp([1.0, -0.1])"),
        (Tensor::from(vec![0.5; 99]) + Tensor::from(vec![0.5; 99]), "x0 + x1"),
    ];
    for (formula, text) in table {
        assert_eq!(formula.to_string(), text);
        parse_expr(text).unwrap();
    }
}

#[test]
fn shared_parts_get_names_and_given_names_cut_the_text() {
    let x = data("x");
    let t = x.exp();
    let y = (&t / t.sum(())).log();
    assert_eq!(y.to_string(), "t1 = exp(x); log(t1/sum(t1))");
    let mut names = Names::new();
    names.insert(&t, "z");
    assert_eq!(infix(&y, &names), "log(z/sum(z))");
    let other = Tensor::from([2.0]).named("t1");
    assert_eq!((&t * &t + other).to_string(), "t2 = exp(x); t2*t2 + t1");
    assert_eq!((data("x") * data("x")).to_string(), "x*x_2");
}

#[test]
fn deep_and_wide_graphs_print_in_linear_time_and_little_space() {
    let x = data("x");
    let mut y = x.clone();
    for _ in 0..200_000 {
        y = y + 1.0;
    }
    assert!(y.to_string().len() < 6000);
    let mut y = x.clone();
    for _ in 0..60 {
        y = &y * &y;
    }
    let text = y.to_string();
    assert!(text.starts_with("t1 = x*x; t2 = t1*t1;") && text.ends_with("t59*t59"), "{text}");
}

#[test]
fn formulas_print_as_latex() {
    let (x, y) = (data("x"), data("y"));
    let (mu, w1) = (Tensor::from([[0.5; 3]; 4]).named("mu"), Tensor::from([[0.5; 3]; 4]).named("w_1"));
    let table = [
        (&x + &y, "x + y"),
        ((&x + &y) * &mu, r"\left(x + y\right) \mu"),
        (&x / (&y + 1), r"\frac{x}{y + 1}"),
        ((&x - &mu).square(), r"\left(x - \mu\right)^2"),
        ((&x / &y).square(), r"\left(\frac{x}{y}\right)^2"),
        ((-&x).exp(), "e^{-x}"),
        ((&x * &y).log(), r"\log \left(x y\right)"),
        (-(&x + &y), r"-\left(x + y\right)"),
        (x.abs().sqrt(), r"\sqrt{\left|x\right|}"),
        (x.sum(()), r"\sum x"),
        ((&x + &y).sum(()), r"\sum \left(x + y\right)"),
        (x.sum(1), r"\sum_{\text{axis }-1} x"),
        (x.mean(1), r"\operatorname{mean}_{\text{axis }-1}(x)"),
        (x.t().matmul(&w1), r"x^\top w_{1}"),
        (&x * 1e-8, r"x 10^{-8}"),
        (x.index(0, 2), "x_{2}"),
        (x.pow(&y), "x^{y}"),
        (x.maximum(0.0), r"\max(x, 0)"),
        (Tensor::select(&x.greater(0.0), &x, &y), r"\begin{cases}x & x > 0\\y\end{cases}"),
    ];
    for (formula, text) in table {
        assert_eq!(latex(&formula), text, "{formula}");
    }
    let t = x.exp();
    assert_eq!(
        latex(&(&t / t.sum(()))),
        "\\begin{aligned}\nt_{1} &= e^{x} \\\\\n& \\frac{t_{1}}{\\sum t_{1}}\n\\end{aligned}"
    );
}

#[test]
fn named_parts_stand_for_themselves() {
    let x = data("x");
    let p = x.sigmoid().named("p");
    let y = p.log() + (1.0 - &p).log();
    assert_eq!(y.to_string(), "p = sigmoid(x); log(p) + log(1.0 - p)");
    assert_eq!(brief(&y), "log(p) + log(1.0 - p)");
    assert_eq!(brief(&p), "sigmoid(x)");
}

#[test]
fn every_way_to_write_survives_deep_graphs() {
    let mut y = data("x");
    for _ in 0..100_000 {
        y = (&y + 1.0).tanh();
    }
    for text in [y.to_string(), brief(&y), latex(&y)] {
        assert!(!text.is_empty() && text.len() < 10_000);
    }
    assert!(dot(&y).len() < 1_000_000);
    assert!(json(&y).ends_with("]}"));
}
