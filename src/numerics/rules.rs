//! The table of rules: name, before, after, condition, as text that a reader of the book can check.

use super::matcher::Matcher;
use super::pattern::{Env, Pattern};
use super::sight::Need;
use crate::graph::{Interval, Op, Tensor};
use crate::ops;

/// One rule: wherever `before` stands and `when` holds, `after` is evaluated instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The name, by which `gradus rules NAME` finds it.
    pub name: &'static str,
    /// What is recognised, in one-letter variables.
    pub before: &'static str,
    /// What it becomes.
    pub after: &'static str,
    /// The side condition; empty if there is none.
    pub when: &'static str,
}

pub(super) const fn rule(name: &'static str, before: &'static str, after: &'static str, when: &'static str) -> Rule {
    Rule { name, before, after, when }
}

/// √(b² − 4ac) that does not leave its range on the way: as written, as a hypotenuse, or as a product of two roots.
macro_rules! discriminant {
    () => {
        "where(minimum(as_written(b**2 + abs(4*a*c)) - 1e-290, inf - as_written(b**2 + abs(4*a*c))) > 0, as_written(sqrt(b**2 - 4*a*c)), where(sign(a)*sign(c) < 0, hypot(b, 2*sqrt(abs(a))*sqrt(abs(c))), sqrt(abs(b) - 2*sqrt(abs(a))*sqrt(abs(c)))*sqrt(abs(b) + 2*sqrt(abs(a))*sqrt(abs(c)))))"
    };
}

/// The same of √(b² − ac).
macro_rules! half_discriminant {
    () => {
        "where(minimum(as_written(b**2 + abs(a*c)) - 1e-290, inf - as_written(b**2 + abs(a*c))) > 0, as_written(sqrt(b**2 - a*c)), where(sign(a)*sign(c) < 0, hypot(b, sqrt(abs(a))*sqrt(abs(c))), sqrt(abs(b) - sqrt(abs(a))*sqrt(abs(c)))*sqrt(abs(b) + sqrt(abs(a))*sqrt(abs(c)))))"
    };
}

/// Algebra that needs no row: one-way identities, each true on the domain of its left side.
///
/// Conditions: `cancels(s)` – terms of the sum s cancel; `data(a)`, `constant(c)` – a is no constant, c is one, `other(c)` – and not 1;
/// `spread(x)` – a reduced value is spread over all of x again; `simple(a)` – a is no product;
/// `whole(a)` – the left side is the whole product; `plain(a)` – nodes are taken as they stand, not by their meanings; `positive(a)`, `nonnegative(a)` – known from ranges; `uniform(a)` – the same along the reduced axes; `given(a)` – a is data as they were given.
#[rustfmt::skip]
pub static ALGEBRA: &[Rule] = &[
    // Exponentials and logarithms undo one another.
    rule("log of exp",            "log(exp(x))",                "x",                                            ""),
    rule("exp of log",            "exp(log(x))",                "x",                                            "nonnegative(x)"),
    rule("power of exp",          "exp(x)**c",                  "exp(c*x)",                                     "other(c); plain(c)"),
    rule("log of reciprocal",     "log(1/x)",                   "-log(x)",                                      "data(x); plain(x)"),
    rule("log of root",           "log(sqrt(x))",               "0.5*log(x)",                                   "data(x); plain(x)"),
    rule("log of square",         "log(x**2)",                  "2*log(abs(x))",                                "data(x); plain(x)"),
    rule("abs of power",          "abs(x**c)",                  "abs(x)**c",                                    ""),
    rule("exp of multiple of log", "exp(c*log(x))",             "x**c",                                         "constant(c); nonnegative(x)"),
    rule("log of abs",            "log(abs(1 + x))",            "where(x > -1, log1p(x), as_written(log(abs(1 + x))))",     "data(x); plain(x)"),
    rule("exp of log_softmax",    "exp(log_softmax(x))",        "softmax(x)",                                   ""),
    rule("log_softmax of logsumexp", "x - logsumexp(x)",        "log_softmax(x)",                               "spread(x)"),
    rule("log of sigmoid",        "log(sigmoid(x))",            "log_sigmoid(x)",                               ""),
    rule("log of 1 - sigmoid",    "log(1 - sigmoid(x))",        "log_sigmoid(-x)",                              ""),
    rule("log of softmax",        "log(softmax(x))",            "log_softmax(x)",                               ""),
    rule("log of ndtr",           "log(ndtr(x))",               "log_ndtr(x)",                                  ""),
    rule("log of erfc",           "log(erfc(x))",               "where(x < 0.5, log1p(-erf(x)), log_ndtr(-1.4142135623730951*x) + 0.6931471805599453)", ""),
    rule("log of gamma",          "log(gamma(x))",              "lgamma(x)",                                    "positive(x)"),
    rule("log of expm1",          "log(exp(x) - 1)",            "x + log1mexp(-x)",                             ""),
    rule("log of cosh",           "log(cosh(x))",               "where(abs(x) < 1, log1p(2*sinh(0.5*x)**2), abs(x) + log1p(exp(-2*abs(x))) - 0.6931471805599453)", ""),
    rule("log of sinh",           "log(sinh(x))",               "x + log1mexp(-2*x) - 0.6931471805599453",      ""),
    rule("log of one plus square",      "log(1 + x**2)",              "where(abs(x) < 1e9, log1p(as_written(x**2)), 2*log(abs(x)) + log1p(as_written(1/x)**2))", "data(x)"),
    rule("log of one plus scaled square", "log(1 + x**2/b)",            "where(abs(x) < 1e9*sqrt(abs(b)), log1p(as_written(x/b)*x), 2*log(abs(x)) - log(b) + log1p(as_written(b/x)/x))", "data(x); data(b)"),
    rule("log of sum of squares",       "log(sum(x**2))",             "where(abs(log(norm(x))) < 30, as_written(log(sum(x**2))), 2*log(norm(x)))", ""),
    rule("log of difference of erf",    "log(c*(erf(a) - erf(b)))",   "where(minimum(a, b) > 5, log(c) + log_ndtr(-1.4142135623730951*b) + log1mexp(log_ndtr(-1.4142135623730951*a) - log_ndtr(-1.4142135623730951*b)) + 0.6931471805599453, where(maximum(a, b) < -5, log(c) + log_ndtr(1.4142135623730951*a) + log1mexp(log_ndtr(1.4142135623730951*b) - log_ndtr(1.4142135623730951*a)) + 0.6931471805599453, log(c*where(minimum(a, b) > 0.5, as_written(erfc(b) - erfc(a)), where(maximum(a, b) < -0.5, as_written(erfc(-a) - erfc(-b)), as_written(erf(a) - erf(b)))))))", "constant(c)"),
    // Sigmoids.
    rule("sigmoid of exp",        "exp(x)/(1 + exp(x))",        "sigmoid(x)",                                   ""),
    rule("sigmoid of two",        "exp(a)/(exp(a) + exp(b))",   "sigmoid(a - b)",                               ""),
    rule("sigmoid of minus",      "1/(1 + exp(x))",             "sigmoid(-x)",                                  ""),
    rule("1 - sigmoid",           "1 - sigmoid(x)",             "sigmoid(-x)",                                  ""),
    rule("one minus sigmoid of minus",  "1 - 1/(1 + exp(x))",         "sigmoid(x)",                                   ""),
    rule("sigmoid minus target",         "sigmoid(x) - b",              "where(minimum(x, b - 0.5) > 0, as_written((1 - b) - sigmoid(-x)), as_written(sigmoid(x) - b))", "given(b)"),
    rule("softmax minus target",         "softmax(x) - b",              "where(b > 0.5, as_written((1 - b) + expm1(log_softmax(x))), as_written(softmax(x) - b))", "given(b)"),
    rule("1 - softmax",                  "1 - softmax(x)",              "-expm1(log_softmax(x))", ""),
    rule("softplus minus x",      "softplus(x) - x",            "softplus(-x)",                                 ""),
    rule("softplus plus x",       "softplus(-x) + x",           "softplus(x)",                                  ""),
    rule("sigmoid slope",         "exp(x)/(1 + exp(x))**2",     "sigmoid_grad(x)",                              ""),
    rule("1 - tanh",              "1 - tanh(x)",                "2*sigmoid(-2*x)",                              ""),
    rule("1 + tanh",              "1 + tanh(x)",                "2*sigmoid(2*x)",                               ""),
    rule("tanh of exp",           "(exp(2*x) - 1)/(exp(2*x) + 1)", "tanh(x)",                                   ""),
    rule("tanh of both",          "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)",                           ""),
    rule("sech squared",          "1/cosh(x)**2",               "tanh_grad(x)",                                 ""),
    rule("share of sigmoid slope", "sigmoid_grad(x)/sigmoid(x)", "sigmoid(-x)",                                  ""),
    rule("exp over expm1",              "exp(x)/(exp(x) - 1)",        "where(x > -30, -1/expm1(-x), as_written(exp(x)/expm1(x)))", ""),
    rule("exp over expm1 squared",      "exp(x)/(exp(x) - 1)**2",     "where(x > 0, exp(-x)/expm1(-x)**2, as_written(exp(x)/expm1(x)**2))", ""),
    rule("cosh minus one",              "cosh(x) - 1",                "where(abs(x) < 1, 2*sinh(0.5*x)**2, as_written(cosh(x) - 1))", ""),
    rule("sum of both exponentials less two", "exp(x) + exp(-x) - 2",        "where(abs(x) < 1, 4*sinh(0.5*x)**2, as_written(exp(x) + exp(-x) - 2))", "plain(x)"),
    // Distribution functions.
    rule("1 + erf",               "1 + erf(x)",                 "erfc(-x)",                                     ""),
    rule("1 - erfc",              "1 - erfc(x)",                "erf(x)",                                       ""),
    rule("1 - ndtr",              "1 - ndtr(x)",                "ndtr(-x)",                                     ""),
    rule("difference of erf",     "erf(a) - erf(b)",            "where(minimum(a, b) > 0.5, as_written(erfc(b) - erfc(a)), where(maximum(a, b) < -0.5, as_written(erfc(-a) - erfc(-b)), as_written(erf(a) - erf(b))))", ""),
    rule("difference of ndtr",          "ndtr(a) - ndtr(b)",          "where(minimum(a, b) > 1, as_written(ndtr(-b) - ndtr(-a)), as_written(ndtr(a) - ndtr(b)))", ""),
    // Information.
    rule("x log1p",               "a*log1p(b)",                 "xlog1py(a, b)",                                "data(a); plain(a)"),
    rule("x log y",               "a*log(b)",                   "xlogy(a, b)",                                  "data(a); data(b); simple(b); plain(a)"),
    rule("x log of x times",      "a*log(a*b)",                 "xlog_ratio(a, 1/b)",                           "data(a)"),
    rule("x log of over x",       "a*log(b/a)",                 "-xlog_ratio(a, b)",                            "data(a)"),
    rule("x log of scaled ratio", "a*log(a*b/c)",               "xlog_ratio(a, c/b)",                           "data(a)"),
    rule("x log of over scaled",  "a*log(c/(a*b))",             "-xlog_ratio(a, c/b)",                          "data(a)"),
    rule("x log2 y",              "a*log2(b)",                  "where(a == 0, 1.4426950408889634*xlogy(a, b), as_written(a*log2(b)))", "data(a); data(b); plain(a)"),
    rule("x times difference of logarithms", "a*(log(b) - log(c))", "where(a == 0, xlogy(a, b) - xlogy(a, c), a*log_ratio(b, c))", "data(a); data(b); data(c)"),
    rule("x log x and more",             "a*(log(a) + b)",              "where(a == 0, xlogy(a, a), a*(log(where(a == 0, 1, a)) + b))", "data(a); data(b)"),
    rule("xlogy of nearly one",          "xlogy(c, a/b)",               "where(abs(a - b) < 0.5*abs(b), c*log1p((a - b)/b), as_written(xlogy(c, a/b)))", "cancels(a - b)"),
    rule("xlogy of one plus",            "xlogy(a, 1 + x)",             "xlog1py(a, x)", "data(x); plain(x)"),
    rule("entropy of softmax",          "logsumexp(x) - sum(x*softmax(x))", "where(abs(logsumexp(x)) < 8, as_written(logsumexp(x) - sum(x*softmax(x))), -sum(softmax(x)*log_softmax(x)))", ""),
    rule("entropy by sums",             "log(sum(exp(x))) - sum(x*exp(x))/sum(exp(x))", "where(abs(log(sum(exp(x)))) < 8, as_written(log(sum(exp(x))) - sum(x*exp(x))/sum(exp(x))), -sum(softmax(x)*log_softmax(x)))", ""),
    rule("difference of logsumexp",     "logsumexp(a) - logsumexp(b)", "as_written(logsumexp(a) - logsumexp(b)) + stop_gradient(where(minimum(abs(logsumexp(a)) + abs(logsumexp(b)) - 16, inf - abs(logsumexp(a)) + abs(logsumexp(b))) > 0, max(a) - max(b) + (as_written(logsumexp(a - max(a, keepdims=True))) - as_written(logsumexp(b - max(b, keepdims=True)))) - as_written(logsumexp(a) - logsumexp(b)), 0))", ""),
    // Differences of nearly equal values.
    rule("difference of roots",   "sqrt(a) - sqrt(b)",          "where(sqrt(a) + sqrt(b) == 0, as_written(sqrt(a) - sqrt(b)), (a - b)/(sqrt(a) + sqrt(b)))", "data(b)"),
    rule("root minus one",        "sqrt(a) - 1",                "(a - 1)/(sqrt(a) + 1)",                        "cancels(a - 1)"),
    rule("root minus value",      "sqrt(a) - b",                "where(minimum(b, inf - a) > 0, (a - b**2)/(sqrt(a) + abs(b)), as_written(sqrt(a) - b))", "cancels(a - b**2)"),
    rule("quadratic root less b",       "(sqrt(b**2 - 4*a*c) - b)/a", concat!("where(a == 0, nan, where(b > 0, as_written(-4*c/(", discriminant!(), " + b)), as_written((", discriminant!(), " - b)/a)))"), ""),
    rule("quadratic root and b",         "(sqrt(b**2 - 4*a*c) + b)/a", concat!("where(a == 0, nan, where(b < 0, as_written(-4*c/(", discriminant!(), " - b)), as_written((", discriminant!(), " + b)/a)))"), ""),
    rule("reduced root less b",         "(sqrt(b**2 - a*c) - b)/a",  concat!("where(a == 0, nan, where(b > 0, as_written(-c/(", half_discriminant!(), " + b)), as_written((", half_discriminant!(), " - b)/a)))"), ""),
    rule("reduced root and b",           "(sqrt(b**2 - a*c) + b)/a",   concat!("where(a == 0, nan, where(b < 0, as_written(-c/(", half_discriminant!(), " - b)), as_written((", half_discriminant!(), " + b)/a)))"), ""),
    rule("hypot minus value",     "hypot(a, b) - b",            "where(b > 0, a*as_written(a/(hypot(a, b) + abs(b))), as_written(hypot(a, b) - b))", ""),
    rule("hypot minus other",     "hypot(a, b) - a",            "where(a > 0, b*as_written(b/(hypot(a, b) + abs(a))), as_written(hypot(a, b) - a))", ""),
    rule("difference of reciprocals", "1/a - 1/b",              "where(abs(b - a) < 0.5*abs(b), as_written((b - a)/a)/b, as_written(1/a - 1/b))", "cancels(b - a)"),
    rule("difference of inverse roots", "1/sqrt(a) - 1/sqrt(b)", "where(abs(b - a) < 0.5*b, as_written((b - a)/(sqrt(a) + sqrt(b)))/(sqrt(a)*sqrt(b)), as_written(1/sqrt(a) - 1/sqrt(b)))", "cancels(b - a)"),
    rule("inverse root minus one",      "1/sqrt(a) - 1",              "where(abs(a - 1) < 0.5, (1 - a)/(sqrt(a)*(1 + sqrt(a))), as_written(1/sqrt(a) - 1))", "cancels(a - 1)"),
    rule("reciprocal minus one",        "1/a - 1",                    "where(abs(a - 1) < 0.5, (1 - a)/a, as_written(1/a - 1))", "cancels(a - 1)"),
    rule("ratio minus one",       "a/b - 1",                    "(a - b)/b",                                    "cancels(a - b)"),
    rule("power minus one",             "a**c - 1",                   "where(abs(c*log1p(a - 1)) < 0.7, expm1(c*log1p(a - 1)), as_written(a**c - 1))", "cancels(a - 1); above_one(c)"),
    rule("power of nearly one minus one", "pow(a, c) - 1",              "where(abs(c*log1p(a - 1)) < 0.7, expm1(c*log1p(a - 1)), pow(a, c) - as_written(1))", "cancels(a - 1); data(c)"),
    rule("power minus one in the exponent", "pow(a, c) - 1",              "where(abs(c*log(a)) < 0.7, expm1(c*log(a)), pow(a, c) - as_written(1))", "data(a); data(c)"),
    rule("power near one",              "pow(1 + x, n)",              "where(maximum(abs(x), 0.01*abs(n*stop_gradient(x - as_written(as_written(1 + x) - 1))/(1 + x))) < 0.5, as_written(pow(as_written(1 + x), n)*exp(n*stop_gradient(x - as_written(as_written(1 + x) - 1))/(1 + x))), as_written(pow(1 + x, n)))", "data(n); data(x); plain(x)"),
    rule("difference of cube roots", "cbrt(a) - cbrt(b)",       "where(abs(a - b) < 0.5*abs(b), (a - b)/(cbrt(a)**2 + cbrt(a)*cbrt(b) + cbrt(b)**2), as_written(cbrt(a) - cbrt(b)))", "cancels(a - b)"),
    rule("difference of powers",  "a**c - b**c",                "where(abs(a - b) < 0.5*abs(b), as_written(b*expm1(c*log1p((a - b)/b)))*b**(c - 1), as_written(a**c - b**c))", "cancels(a - b); fraction(c)"),
    rule("difference of powers of data", "pow(a, c) - pow(b, c)",       "where(abs(a - b) < 0.5*abs(b), as_written(pow(b, c)*expm1(c*log1p((a - b)/b))), where(abs(c*log_ratio(a, b)) < 0.5, as_written(pow(b, c)*expm1(c*log_ratio(a, b))), as_written(pow(a, c) - pow(b, c))))", "cancels(a - b); data(c)"),
    rule("difference of cubes",         "a**3 - b**3",                "where(abs(a - b) < minimum(0.5*abs(b), inf - 5*a**2), (a - b)*(a**2 + a*b + b**2), as_written(a**3 - b**3))", "data(a); data(b)"),
    rule("difference of fourth powers", "a**4 - b**4",                "where(abs(abs(a) - abs(b)) < minimum(0.5*abs(b), inf - 9*abs(a)**3), (a - b)*(a + b)*(a**2 + b**2), as_written(a**4 - b**4))", "data(a); data(b)"),
    rule("difference of exponentials", "exp(a) - exp(b)",       "where(abs(a - b) < 1, exp(b)*expm1(a - b), where(exp(minimum(a, b)) < inf, as_written(exp(a) - exp(b)), where(a > b, -exp(a)*expm1(b - a), exp(b)*expm1(a - b))))", ""),
    rule("difference of logarithms", "log(a) - log(b)",         "where(abs(a - b) < 0.5*abs(b), log1p((a - b)/b), log_ratio(a, b))", "cancels(a - b); plain(a)"),
    rule("difference of weighted logarithms", "xlogy(c, a) - xlogy(c, b)", "where(abs(a - b) < 0.5*abs(b), c*log1p((a - b)/b), as_written(xlogy(c, a) - xlogy(c, b)))", "cancels(a - b)"),
    rule("difference of log1p",   "log1p(a) - log(a)",          "where(a > 2, log1p(1/a), as_written(log1p(a) - log(a)))",  ""),
    rule("difference of n log n",        "(1 + x)*log(1 + x) - x*log(x)", "where(x > 1, x*log1p(1/x) + log1p(x), as_written((1 + x)*log(1 + x) - x*log(x)))", ""),
    rule("difference of two log1p", "log1p(a) - log1p(b)",      "where(abs(a - b) < 0.5*(1 + b), log1p((a - b)/(1 + b)), as_written(log1p(a) - log1p(b)))", "data(a); data(b)"),
    rule("log of nearly one",     "log(a/b)",                   "where(abs(a - b) < 0.5*abs(b), log1p((a - b)/b), log_ratio(a, b))", "cancels(a - b); plain(a)"),
    rule("difference of sines",   "sin(a) - sin(b)",            "where(abs(a - b) < 1, cos(b)*sin(a - b) - sin(b)*versin(a - b), where(as_written(a) - b == a - b, as_written(sin(a) - sin(b)), cos(b)*sin(a - b) - sin(b)*versin(a - b)))", "cancels(a - b)"),
    rule("difference of cosines", "cos(a) - cos(b)",            "where(abs(a - b) < 1, -(sin(b)*sin(a - b) + cos(b)*versin(a - b)), where(as_written(a) - b == a - b, as_written(cos(a) - cos(b)), -(sin(b)*sin(a - b) + cos(b)*versin(a - b))))", "cancels(a - b)"),
    rule("difference of tangents", "tan(a) - tan(b)",           "where(as_written(a) - b == a - b, sin(a - b)/(cos(a)*cos(b)), sin(a - b)/(cos(b)*(cos(b)*cos(a - b) - sin(b)*sin(a - b))))", "cancels(a - b)"),
    rule("difference of arctangents", "arctan(a) - arctan(b)",  "where(abs(a - b) < 0.5*abs(b), where(abs(b) < 1, arctan((a - b)/(1 + a*b)), arctan(as_written((a - b)/b)/(1/b + a))), as_written(arctan(a) - arctan(b)))", "cancels(a - b)"),
    rule("difference of squares", "a**2 - b**2",                "where(abs(abs(a) - abs(b)) < 0.5*abs(b), (a - b)*(a + b), where(minimum(abs(a), abs(b))**2 < inf, as_written(a**2 - b**2), (a - b)*(a + b)))", "data(a); data(b)"),
    rule("nearby sines",                 "sin(a) - sin(b)",             "where(abs(a - b) < minimum(1, 0.5*abs(b)), cos(b)*sin(a - b) - sin(b)*versin(a - b), as_written(sin(a) - sin(b)))", "data(a); data(b); plain(a)"),
    rule("nearby cosines",               "cos(a) - cos(b)",             "where(abs(a - b) < minimum(1, 0.5*abs(b)), -(sin(b)*sin(a - b) + cos(b)*versin(a - b)), as_written(cos(a) - cos(b)))", "data(a); data(b); plain(a)"),
    rule("nearby tangents",              "tan(a) - tan(b)",             "where(abs(a - b) < minimum(1, 0.5*abs(b)), sin(a - b)/(cos(a)*cos(b)), as_written(tan(a) - tan(b)))", "data(a); data(b); plain(a)"),
    rule("nearby arctangents",           "arctan(a) - arctan(b)",       "where(abs(a - b) < 0.5*abs(b), where(abs(b) < 1, arctan((a - b)/(1 + a*b)), arctan(as_written((a - b)/b)/(1/b + a))), as_written(arctan(a) - arctan(b)))", "data(a); data(b); plain(a)"),
    rule("nearby reciprocals",           "1/a - 1/b",                   "where(minimum(0.5*abs(b) - abs(b - a), abs(b) - 1e-100) > 0, as_written((b - a)/a)/b, as_written(1/a - 1/b))", "data(a); data(b); plain(a)"),
    rule("second difference of reciprocals", "1/(x + 1) - 2/x + 1/(x - 1)", "where(abs(x) > 2, as_written(2/x/(x - 1)/(x + 1)), as_written(1/(x + 1) - 2/x + 1/(x - 1)))", "data(x)"),
    rule("nearby inverse roots",         "1/sqrt(a) - 1/sqrt(b)",       "where(minimum(0.5*b - abs(b - a), b - 1e-100) > 0, as_written((b - a)/(sqrt(a) + sqrt(b)))/(sqrt(a)*sqrt(b)), as_written(1/sqrt(a) - 1/sqrt(b)))", "data(a); data(b); plain(a)"),
    rule("nearby cube roots",            "cbrt(a) - cbrt(b)",           "where(abs(a - b) < 0.5*abs(b), (a - b)/(cbrt(a)**2 + cbrt(a)*cbrt(b) + cbrt(b)**2), as_written(cbrt(a) - cbrt(b)))", "data(a); data(b); plain(a)"),
    rule("one minus square",      "1 - x**2",                   "where(abs(abs(x) - 1) < 0.5, (1 - x)*(1 + x), as_written(1 - x**2))", "data(x)"),
    rule("one minus complements",        "1 - prod(1 - x)",             "where(max(abs(x)) < 0.5, -expm1(sum(log1p(-x))), as_written(1 - prod(1 - x)))", ""),
    rule("square of a difference", "a**2 - 2*a*b + b**2",       "(a - b)**2",                                   ""),
    rule("half angle",            "(1 - cos(x))/sin(x)",        "tan(0.5*x)",                                   ""),
    rule("versin over x",         "versin(x)/sin(x)",           "tan(0.5*x)",                                   ""),
    // Moments and distances.
    rule("midpoint",              "0.5*(a + b)",                "0.5*a + 0.5*b",                                "data(a); data(b); whole(a)"),
    rule("gamma over predecessor", "gamma(1 + x)/gamma(x)",     "x",                                            "data(x)"),
    rule("binomial coefficient",        "1/(gamma(a)*gamma(b))*gamma(a + b - 1)", "where(gamma(a)*gamma(b) + gamma(a + b - 1) < inf, as_written(gamma(a + b - 1)/(gamma(a)*gamma(b))), exp(-betaln(a, b))/(a + b - 1))", ""),
    rule("beta function",               "gamma(a)*gamma(b)/gamma(a + b)", "where(gamma(a)*gamma(b) + gamma(a + b) < inf, as_written(gamma(a)*gamma(b)/gamma(a + b)), exp(betaln(a, b)))", ""),
    rule("mean of multiple",      "mean(x*c)",                  "c*mean(x)",                                    "constant(c); data(x)"),
    rule("sum of multiple",       "sum(x*c)",                   "c*sum(x)",                                     "constant(c); data(x)"),
    rule("variance",              "mean(x**2) - mean(x)**2",    "mean((x - mean(x, keepdims=True))**2)",        ""),
    rule("covariance",            "mean(a*b) - mean(a)*mean(b)", "mean((a - mean(a, keepdims=True))*(b - mean(b, keepdims=True)))", ""),
    rule("sum of squares about the mean", "sum(x**2) - sum(x)*mean(x)", "sum((x - mean(x, keepdims=True))**2)",  ""),
    rule("sum of products about the means", "sum(a*b) - sum(a)*mean(b)", "sum((a - mean(a, keepdims=True))*(b - mean(b, keepdims=True)))", ""),
    rule("weighted variance",     "sum(c*x**2)/sum(c) - (sum(c*x)/sum(c))**2", "sum(c*(x - sum(c*x, keepdims=True)/sum(c, keepdims=True))**2)/sum(c)", ""),
    rule("weighted mean variance", "mean(c*x**2)/mean(c) - (mean(c*x)/mean(c))**2", "mean(c*(x - mean(c*x, keepdims=True)/mean(c, keepdims=True))**2)/mean(c)", ""),
    rule("squared distance",      "sum(a**2) - 2*sum(a*b) + sum(b**2)", "sum((a - b)**2)",                      ""),
    rule("weighted squared distance", "sum(c*a**2) - 2*sum(c*a*b) + sum(c*b**2)", "sum(c*(a - b)**2)",        ""),
    rule("square of norm",              "norm(x)**2",                 "sum(x**2)",                                    ""),
    rule("root of mean square",   "sqrt(mean(x**2))",           "norm(x)/sqrt(count(x))",                       ""),
    rule("power of a product",          "prod(x)**c",                 "where(minimum(abs(prod(x)), inf - abs(prod(x))) > 1e-30, as_written(prod(x)**c), where(prod(sign(x)) < 0, nan, prod(abs(x)**c)))", "root(c)"),
    rule("hypot of three",        "sqrt(a**2 + b**2 + c**2)",   "hypot(hypot(a, b), c)",                        "data(a); data(b); data(c)"),
    rule("root of square",        "sqrt(x**2)",                 "abs(x)",                                       "data(x)"),
    rule("root of reciprocal",          "sqrt(1/x)",                  "1/sqrt(x)",                                    "data(x)"),
    rule("power sum",                   "sum(x**c)**d",               "as_written(scale(x)**d)**c*where(sum((x/scale(x, keepdims=True))**c) == 0, 0, sum((x/scale(x, keepdims=True))**c)**d)", "above_one(c); fraction(d); not_inverse(c*d)"),
    rule("power mean",                  "mean(x**c)**d",              "as_written(scale(x)**d)**c*where(mean((x/scale(x, keepdims=True))**c) == 0, 0, mean((x/scale(x, keepdims=True))**c)**d)", "above_one(c); fraction(d); not_inverse(c*d)"),
    rule("weighted power sum",    "sum(b*x**c)**d",             "as_written(scale(x)**d)**c*where(sum(b*(x/scale(x, keepdims=True))**c) == 0, 0, sum(b*(x/scale(x, keepdims=True))**c)**d)", "above_one(c); fraction(d)"),
    rule("weighted power mean",   "mean(b*x**c)**d",            "as_written(scale(x)**d)**c*where(mean(b*(x/scale(x, keepdims=True))**c) == 0, 0, mean(b*(x/scale(x, keepdims=True))**c)**d)", "above_one(c); fraction(d)"),
    // Places of extrema do not care for what is the same everywhere, nor for increasing functions.
    rule("argmax of sum",         "argmax(b + a)",              "argmax(a)",                                    "uniform(b)"),
    rule("argmin of sum",         "argmin(b + a)",              "argmin(a)",                                    "uniform(b)"),
    rule("argmax of multiple",    "argmax(x*c)",                "argmax(x)",                                    "constant(c); positive(c)"),
    rule("argmin of multiple",    "argmin(x*c)",                "argmin(x)",                                    "constant(c); positive(c)"),
    rule("argmax of exp",         "argmax(exp(x))",             "argmax(x)",                                    ""),
    rule("argmax of softmax",     "argmax(softmax(x))",         "argmax(x)",                                    ""),
    rule("argmax of log_softmax", "argmax(log_softmax(x))",     "argmax(x)",                                    ""),
    rule("argmax of sigmoid",     "argmax(sigmoid(x))",         "argmax(x)",                                    ""),
];

/// Rows whose meaning is no rule: the plain spelling is as good, or a rule above is better.
pub const NOT_DERIVED: &[(&str, &str)] = &[
    ("square", "x ** 2 is evaluated as a square anyway"),
    ("reciprocal", "1 / x is as good"),
    ("tan", "sin(x) / cos(x) is as good"),
    ("xlogy", "the rule `x log y` has a condition"),
    ("xlog1py", "the rule `x log1p` has a condition"),
    ("log_ratio", "stands last among the rules of log, with a condition"),
    ("log_product", "stands last among the rules of log, with a condition"),
    ("log1p", "stands last among the rules of log"),
    ("log_ndtr", "the rule `log of ndtr` says the same"),
    ("one_minus_square", "the rule `one minus square` has a condition"),
    ("logistic_share", "sigmoid(a - b) is as good unless differentiated"),
    ("logsubexp_share", "1 / (exp(a - b) - 1) is a value of expm1"),
    ("exp_neg_square", "the rules of exp see more in exp(-x**2)"),
    ("normal_bell", "the rules of exp see more in exp(-x**2 / 2)"),
    ("lgamma", "log(abs(gamma(x))) is rare; the rule `log of gamma` has a condition"),
];

/// What is tried after the exponents of a logarithm's argument have been taken out.
#[rustfmt::skip]
pub static LATE: &[Rule] = &[
    rule("log of choice",         "log(where(c, a, b))",        "where(c, log(a), log(b))",                     ""),
    rule("log1p",                 "log(1 + x)",                 "log1p(x)",                                     "data(x); plain(x)"),
    rule("log of power",          "log(x**c)",                  "c*log(x)",                                     "odd_or_fraction(c); other(c); data(x); plain(x)"),
    rule("log of two near one",          "log((1 + x)*(1 + y))",        "where(maximum(abs(x), abs(y)) < 0.5, log1p(x + y + x*y), log_product(1 + x, 1 + y))", "data(x); data(y); plain(x)"),
    rule("log of three in a product",   "log(a*b*c)",                 "where(minimum(abs(as_written(a*b*c)), inf - abs(as_written(a*b*c))) > 1e-30, log(as_written(a*b*c)), where(sign(a)*sign(b)*sign(c) < 0, nan, log(abs(a)) + log_product(abs(b), abs(c))))", "data(a); data(b); data(c); plain(a)"),
    rule("log of product over",         "log(a*b/c)",                 "where(minimum(abs(as_written(a*b/c)), inf - abs(as_written(a*b/c))) > 1e-30, log(as_written(a*b/c)), where(sign(a)*sign(b)*sign(c) < 0, nan, log(abs(a)) + log_ratio(abs(b), abs(c))))", "data(a); data(b); data(c); plain(a)"),
    rule("log_ratio",             "log(a/b)",                   "log_ratio(a, b)",                              "data(a); data(b); plain(a)"),
    rule("log_product",           "log(a*b)",                   "log_product(a, b)",                            "data(a); data(b); plain(a)"),
    rule("log of abs of ratio",   "log(abs(a/b))",              "log_ratio(abs(a), abs(b))",                    "data(a); data(b); plain(a)"),
    rule("log of abs of product", "log(abs(a*b))",              "log_product(abs(a), abs(b))",                  "data(a); data(b); plain(a)"),
];

/// A rule ready for use.
pub struct Ready {
    /// The row of the table.
    pub rule: Rule,
    /// Its left side.
    pub before: Pattern,
    /// Its right side.
    pub after: Pattern,
    /// Its conditions.
    pub when: Vec<Condition>,
    /// What its left side needs to see.
    pub need: Need,
}

/// A condition ready for use: its name and argument.
pub struct Condition {
    name: String,
    argument: Pattern,
}

/// Rules that rows state by their meanings.
pub fn derived() -> Vec<Rule> {
    let excluded = |name: &str| NOT_DERIVED.iter().any(|(n, _)| *n == name);
    ops::all()
        .filter(|op| !op.meaning.is_empty() && !excluded(op.name))
        .map(|op| {
            let after: &'static str = after_text(op.name, op.meaning);
            Rule { name: op.name, before: op.meaning, after, when: "" }
        })
        .collect()
}

/// `name(x)` or `name(a, b)`, kept for the life of the program: there is one per row.
fn after_text(name: &str, meaning: &str) -> &'static str {
    let two = meaning.split(|c: char| !c.is_alphanumeric()).any(|w| w == "b");
    String::leak(if two { format!("{name}(a, b)") } else { format!("{name}(x)") })
}

impl Ready {
    /// Parses the sides and the condition of a rule.
    pub fn new(rule: Rule) -> Result<Ready, String> {
        let conditions = rule.when.split(';').map(str::trim).filter(|s| !s.is_empty());
        let when = conditions
            .map(|text| {
                let (name, rest) = text.split_once('(').ok_or_else(|| format!("condition {text}"))?;
                let argument = Pattern::parse(rest.strip_suffix(')').ok_or_else(|| format!("condition {text}"))?)?;
                Ok(Condition { name: name.into(), argument })
            })
            .collect::<Result<Vec<_>, String>>()?;
        let before = Pattern::parse(rule.before)?;
        Ok(Ready { need: Need::of(&before), before, after: Pattern::parse(rule.after)?, when, rule })
    }
}

impl Ready {
    /// True of a rule that must match a whole product, with no coefficient and no factors around it.
    pub fn whole(&self) -> bool {
        self.when.iter().any(|c| c.name == "whole")
    }

    /// The op that the right side begins with, if it begins with a function.
    pub fn makes(&self) -> Option<&'static Op> {
        let mut p = &self.after;
        loop {
            p = match p {
                Pattern::Apply(op, _) | Pattern::Along(op, ..) => return Some(op),
                // Behind a sign or a number.
                Pattern::Sum(terms, 0.0) if terms.len() == 1 => &terms[0].1,
                Pattern::Product(_, factors) if factors.len() == 1 => &factors[0].0,
                _ => return None,
            };
        }
    }

    /// True of a rule that takes nodes as they stand: it would undo what a better rule has done.
    pub fn plain(&self) -> bool {
        self.when.iter().any(|c| c.name == "plain")
    }
}

impl Condition {
    /// True if the condition holds for what the variables stand for.
    pub fn holds(&self, env: &Env, m: &mut Matcher) -> bool {
        if self.name == "cancels" {
            let Some(sum) = self.argument.fill_sum(env, &mut m.algebra) else { return false };
            let constants = usize::from(sum.constant != 0.0);
            let before = sum.terms.len();
            let after = m.algebra.collect(sum);
            return after.terms.len() < before || (constants == 0 && has_constant(&self.argument, env));
        }
        let Some(t) = self.argument.fill(env, &mut m.algebra) else { return false };
        match self.name.as_str() {
            // How to match, not whether: see `Ready::plain`.
            "plain" | "whole" => true,
            "data" => t.constant().is_none(),
            "given" => given(&t),
            "other" => t.constant().is_some_and(|c| c != 1.0),
            "constant" => t.constant().is_some(),
            // The logsumexp is spread over x again, not subtracted from something of another shape.
            "spread" => env.lanes.as_ref().is_some_and(|l| l.kept || l.axes.len() == t.rank()),
            "simple" => super::algebra::product_of(&t).factors.len() == 1,
            "positive" => range(&t, 6).is_some_and(|r| r.lo > 0.0 || (r.lo == 0.0 && r.open)),
            "nonnegative" => range(&t, 6).is_some_and(|r| r.lo >= 0.0),
            "fraction" => t.constant().is_some_and(|c| c.fract() != 0.0),
            "odd_or_fraction" => t.constant().is_some_and(|c| c % 2.0 != 0.0),
            "root" => t.constant().is_some_and(|c| c != 0.0 && c.abs() < 1.0),
            "not_inverse" => t.constant() != Some(-1.0),
            "above_one" => t.constant().is_some_and(|c| c > 1.0),
            "uniform" => env.lanes.as_ref().is_some_and(|lanes| {
                let n = t.rank() as isize;
                t.constant().is_some() || lanes.axes.iter().all(|a| -a > n || t.dims()[(n + a) as usize] == 1)
            }),
            _ => false,
        }
    }
}

/// True of data as they were given, whole or in part.
fn given(t: &Tensor) -> bool {
    let mut t = t;
    while super::algebra::moves(t.op()) {
        t = &t.node().inputs()[0];
    }
    t.data().is_some()
}

/// True if the constants in a sum were there and cancelled, as in (1 + x) − 1.
fn has_constant(argument: &Pattern, env: &Env) -> bool {
    let Pattern::Sum(terms, c) = argument else { return false };
    let inside = terms.iter().any(|(_, p)| match p {
        Pattern::Var(v) => env.get(*v).is_some_and(|t| super::algebra::sum_of(t).constant != 0.0),
        _ => false,
    });
    inside || *c != 0.0
}

/// Where a value lies, known from ops and constants, never from data.
pub fn range(t: &Tensor, depth: usize) -> Option<Interval> {
    if let Some(c) = t.constant() {
        return Some(Interval::closed(c, c));
    }
    let known = t.op().range;
    if known != Interval::ALL {
        return Some(known);
    }
    if depth == 0 {
        return None;
    }
    let sum = super::algebra::sum_of(t);
    if sum.terms.len() > 1 || sum.constant != 0.0 {
        // A sum of non-negative terms.
        let all = sum.terms.iter().all(|(c, u)| *c > 0.0 && range(u, depth - 1).is_some_and(|r| r.lo >= 0.0));
        return (all && sum.constant >= 0.0).then_some(Interval { lo: sum.constant, hi: f64::INFINITY, open: false });
    }
    let product = super::algebra::product_of(t);
    if product.factors.len() > 1 || product.factors.first().is_some_and(|f| f.1 != 1.0) {
        let good = |(u, p): &(Tensor, f64)| p % 2.0 == 0.0 || range(u, depth - 1).is_some_and(|r| r.lo >= 0.0);
        return (product.coefficient > 0.0 && product.factors.iter().all(good)).then_some(Interval::NON_NEGATIVE);
    }
    let keeps =
        ["sum", "mean", "prod", "max", "min", "reshape", "transpose", "broadcast_to", "expand_dims", "slice", "take"];
    if keeps.contains(&t.op().name) {
        return range(&t.node().inputs()[0], depth - 1).filter(|r| r.lo >= 0.0).map(|_| Interval::NON_NEGATIVE);
    }
    None
}
