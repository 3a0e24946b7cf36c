//! What is said about the mistakes that a newcomer makes in the first ten minutes.

use super::{error, run};
use gradus::ErrorKind;

/// Formula over x = [1, 2] and A = 2×3, message, and the place that it points at.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    ("x^2", "`^` is not power; write `x**2`", "^"),
    ("2*|x|", "bars are not brackets: for `|x|` write `abs(x)`", "|"),
    ("ln(x)", "`ln` is not a function here; write `log`", "ln"),
    ("1 + softmx(x)", "there is no function `softmx`; did you mean `softmax`?", "softmx"),
    ("sum(y)", "nothing binds `y`; bound names: `x`, `A`", "y"),
    ("X + 1", "nothing binds `X`; did you mean `x`? bound names: `x`, `A`", "X"),
    ("A @ A", "`@`: shapes (2, 3) and (2, 3) do not fit together", "A @ A"),
    ("x + [1, 2, 3]", "`+`: shapes (2,) and (3,) do not fit together", "x + [1, 2, 3]"),
    ("max(x, 0)", "`max` takes the max of one array; for the larger of two write `maximum(x, …)`, for an axis `axis=…`", "0"),
    ("min(x, 0)", "`min` takes the min of one array; for the smaller of two write `minimum(x, …)`, for an axis `axis=…`", "0"),
    ("sum(x, axs=0)", "`sum(x, axis=None, keepdims=False)` has no parameter `axs`; did you mean `axis`?", "axs"),
    ("sum(x, axis=1)", "axis 1 is not there: of shape (2,), axes run from 0 to 0", "sum(x, axis=1)"),
    ("sum()", "`sum(x, axis=None, keepdims=False)` needs `x`", "sum()"),
    ("exp(x, 2)", "`exp(x)` takes at most 1 arguments", "2"),
    ("x[2]", "index 2 is outside axis 0 of length 2 (shape (2,))", "x[2]"),
    ("x[0, 0]", "2 indices for the 1 axes of shape (2,)", "x[0, 0]"),
    ("x[0.5]", "an index is an integer, not 0.5", "0.5"),
    ("x['a']", "an index is an integer, a slice or an array, not text", "'a'"),
    ("x(3)", "`x` is an array, not a function; for a product write `x*(…)`", "x"),
    ("grad(x**2, x)", "grad of a formula of shape (2,); sum it, or take its jacobian", "x**2"),
    ("grad(sum(x))", "`grad(y, x=None)` needs what the formula is differentiated in, as `grad(y, x)`", "grad(sum(x))"),
    ("x.summ()", "there is no function `summ`; did you mean `sum`?", "summ"),
    ("x.mean", "there is no attribute `mean`; for the method write `.mean()`", "mean"),
    ("f(t) = t + f(t); f(x)", "`f` calls itself; functions are inlined, so none may", "f"),
    ("f(a, b) = a; f(1)", "`f(a, b)` takes 2 arguments, not 1", "f(1)"),
    ("a, b = [1, 2, 3]; a", "3 rows cannot be unpacked into 2 names", "[1, 2, 3]"),
    ("exp", "this is a function; call it, as `f(x)`", "exp"),
    ("exp + 1", "a function stands where a number should; call it, as `f(x)`", "exp"),
    ("'abc'", "this is text, not a number", "'abc'"),
    ("y = 3", "the script gives nothing back; end it with an expression, such as a name, on a line of its own", "y = 3"),
    ("load('nothere.csv')", "there is no file `nothere.csv`", "load('nothere.csv')"),
    ("reshape(x, (3,))", "`reshape`: (2,) and (3,) differ in number of elements", "reshape(x, (3,))"),
    ("if(x, 1, 2)", "the formula language has no statements like `if`; write `where(condition, a, b)`", "if"),
    ("[[1, 2], [3]] + 1", "a list of arrays of shapes (2,) and (1,) is no array", "[[1, 2], [3]]"),
    ("zeros(-1)", "-1 is no length of an axis", "zeros(-1)"),
    ("cast(x, 'f99')", "there is no dtype `f99`", "cast(x, 'f99')"),
    ("finfo('f32').epsilon", "there is no field `epsilon`; the fields are eps, max, min, tiny, smallest_subnormal, precision", "epsilon"),
    ("inv([[1, 2], [2, 4]])", "`inv`: the matrix is singular", "inv([[1, 2], [2, 4]])"),
    ("assume(x > 1); log(x)", "assume(x > 1) does not hold: element [0] is 1", "x > 1"),
    ("9223372036854775807 * arange(3)", "an integer result does not fit i64", "9223372036854775807 * arange(3)"),
];

#[test]
fn every_mistake_is_explained_under_its_place() {
    for (source, message, place) in TABLE {
        let e = error(source, &["x=[1, 2]", "A=[[1, 2, 3], [4, 5, 6]]"]);
        assert!(e.message().contains(message), "{source}: {}", e.message());
        let span = e.span().unwrap_or_else(|| panic!("{source} points nowhere"));
        assert_eq!(&source[span.start..span.end], *place, "{source}");
    }
}

#[test]
fn an_unbound_name_alone_is_told_how_to_bind_it() {
    assert_eq!(error("log(z)", &[]).message(), "nothing binds `z`; give it a value, as `z=[1, 2]` behind the formula");
}

#[test]
fn one_result_that_fails_leaves_the_others_their_values() {
    let outcome = run("x + 1; x @ [1, 2, 3]; q; x*2; inv([[0]])", &["x=[1, 2]"]).unwrap();
    let fine: Vec<bool> = outcome.results.iter().map(|r| r.value.is_ok()).collect();
    assert_eq!(fine, [true, false, false, true, false]);
    assert!(outcome.results[2].value.as_ref().unwrap_err().is_name());
    assert!(outcome.results[4].value.as_ref().unwrap_err().is_singular());
}

#[test]
fn bindings_that_make_no_sense_are_refused() {
    let refuse = |binding: &str, kind: ErrorKind, message: &str| {
        let e = error("x", &[binding]);
        assert_eq!(e.kind(), kind, "{binding}: {}", e.message());
        assert!(e.message().contains(message), "{binding}: {}", e.message());
    };
    refuse("x", ErrorKind::Argument, "is no NAME=VALUE");
    refuse("3x=1", ErrorKind::Argument, "is no NAME=VALUE");
    refuse("x=", ErrorKind::Argument, "has no value");
    refuse("x=[1, 2", ErrorKind::Syntax, "never closed");
    refuse("x=[[1, 2], [3]]", ErrorKind::Data, "ragged");
    refuse("x=[1, [2]]", ErrorKind::Data, "ragged");
    refuse("x=missing.csv", ErrorKind::Io, "there is no file `missing.csv`");
    refuse("x=missing", ErrorKind::Io, "no literal, no range");
    refuse("x=0..1", ErrorKind::Argument, "is a range, which only `check` takes");
    refuse("x=datasets/iris.csv:9", ErrorKind::Name, "there is no column 9; it has 5, numbered 0 to 4");
    refuse("x=datasets/iris.csv:width", ErrorKind::Name, "there is no column \"width\"; the columns are");
    refuse("x=datasets/iris.csv:3-1", ErrorKind::Argument, "runs backwards");
    let e = error("f(x) = x; f(1)", &["f=2"]);
    assert!(e.message().contains("`f` is a function of the script"));
}
