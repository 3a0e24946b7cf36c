//! Rules by series: near 0 the remainders and quotients of elementary functions are sums that neither cancel nor divide by 0.

use super::rules::{Rule, rule};

/// Taylor series in nested form, as x − sin x = x³/6 (1 − x²/20 (1 − …)), and Lambert's continued fractions, as
/// coth x − 1/x = x/(3 + x²/(5 + …)), cut where the next term is below half a unit of f64.
///
/// Their derivatives are right to any order, where those of the closed forms cancel again. At 0 a quotient stays as it
/// was written.
#[rustfmt::skip]
pub static SERIES: &[Rule] = &[
    rule("remainder of exp",           "exp(x) - 1 - x",              "where(abs(x) < 0.5, as_written(x**2/2*(1 + x/3*(1 + x/4*(1 + x/5*(1 + x/6*(1 + x/7*(1 + x/8*(1 + x/9*(1 + x/10*(1 + x/11*(1 + x/12*(1 + x/13*(1 + x/14*(1 + x/15*(1 + x/16))))))))))))))), as_written(expm1(x) - x))", ""),
    rule("remainder of log",           "log(1 + x) - x",              "where(abs(x) < 0.125, as_written(-x**2/2*(1 - 2*x/3*(1 - 3*x/4*(1 - 4*x/5*(1 - 5*x/6*(1 - 6*x/7*(1 - 7*x/8*(1 - 8*x/9*(1 - 9*x/10*(1 - 10*x/11*(1 - 11*x/12*(1 - 12*x/13*(1 - 13*x/14*(1 - 14*x/15*(1 - 15*x/16*(1 - 16*x/17*(1 - 17*x/18*(1 - 18*x/19*(1 - 19*x/20))))))))))))))))))), as_written(log1p(x) - x))", ""),
    rule("remainder of sin",           "x - sin(x)",                  "where(abs(x) < 1, as_written(x/6*x**2*(1 - x**2/20*(1 - x**2/42*(1 - x**2/72*(1 - x**2/110*(1 - x**2/156*(1 - x**2/210*(1 - x**2/272*(1 - x**2/342))))))))), as_written(x - sin(x)))", ""),
    rule("remainder of cos",           "cos(x) - 1 + 0.5*x**2",       "where(abs(x) < 1, as_written(x**4/24*(1 - x**2/30*(1 - x**2/56*(1 - x**2/90*(1 - x**2/132*(1 - x**2/182*(1 - x**2/240*(1 - x**2/306*(1 - x**2/380))))))))), as_written(0.5*x**2 - versin(x)))", ""),
    rule("x cos minus sin",            "x*cos(x) - sin(x)",           "where(abs(x) < 1, as_written(-sin(x)*(x**2/(3 - x**2/(5 - x**2/(7 - x**2/(9 - x**2/(11 - x**2/(13 - x**2/(15 - x**2/17))))))))), as_written(x*cos(x) - sin(x)))", ""),
    rule("sin over x",                 "sin(x)/x",                    "where(minimum(abs(x), 1 - abs(x)) > 0, as_written(1 - x**2/6*(1 - x**2/20*(1 - x**2/42*(1 - x**2/72*(1 - x**2/110*(1 - x**2/156*(1 - x**2/210*(1 - x**2/272)))))))), as_written(sin(x)/x))", ""),
    rule("versin over square",         "versin(x)/x**2",              "where(minimum(abs(x), 1 - abs(x)) > 0, as_written(0.5*(1 - x**2/12*(1 - x**2/30*(1 - x**2/56*(1 - x**2/90*(1 - x**2/132*(1 - x**2/182*(1 - x**2/240*(1 - x**2/306))))))))), as_written(versin(x)/x**2))", ""),
    rule("expm1 over x",               "expm1(x)/x",                  "where(minimum(abs(x), 0.5 - abs(x)) > 0, as_written(1 + x/2*(1 + x/3*(1 + x/4*(1 + x/5*(1 + x/6*(1 + x/7*(1 + x/8*(1 + x/9*(1 + x/10*(1 + x/11*(1 + x/12*(1 + x/13*(1 + x/14*(1 + x/15)))))))))))))), as_written(expm1(x)/x))", ""),
    rule("log1p over x",               "log1p(x)/x",                  "where(minimum(abs(x), 0.125 - abs(x)) > 0, as_written(1 - 1*x/2*(1 - 2*x/3*(1 - 3*x/4*(1 - 4*x/5*(1 - 5*x/6*(1 - 6*x/7*(1 - 7*x/8*(1 - 8*x/9*(1 - 9*x/10*(1 - 10*x/11*(1 - 11*x/12*(1 - 12*x/13*(1 - 13*x/14*(1 - 14*x/15*(1 - 15*x/16*(1 - 16*x/17)))))))))))))))), as_written(log1p(x)/x))", ""),
    rule("sinh over x",                "sinh(x)/x",                   "where(minimum(abs(x), 1 - abs(x)) > 0, as_written(1 + x**2/6*(1 + x**2/20*(1 + x**2/42*(1 + x**2/72*(1 + x**2/110*(1 + x**2/156*(1 + x**2/210*(1 + x**2/272)))))))), as_written(sinh(x)/x))", ""),
    rule("coth minus reciprocal",      "1/tanh(x) - 1/x",             "where(minimum(abs(x), 1 - abs(x)) > 0, as_written(x/(3 + x**2/(5 + x**2/(7 + x**2/(9 + x**2/(11 + x**2/(13 + x**2/(15 + x**2/17)))))))), as_written(1/tanh(x) - 1/x))", ""),
    rule("remainder of tan",           "tan(x) - x",                  "where(abs(x) < 1, as_written(tan(x)*(x**2/(3 - x**2/(5 - x**2/(7 - x**2/(9 - x**2/(11 - x**2/(13 - x**2/(15 - x**2/(17 - x**2/19)))))))))), as_written(tan(x) - x))", ""),
    rule("reciprocal minus cotangent", "1/x - 1/tan(x)",              "where(minimum(abs(x), 1 - abs(x)) > 0, as_written(x/(3 - x**2/(5 - x**2/(7 - x**2/(9 - x**2/(11 - x**2/(13 - x**2/(15 - x**2/(17 - x**2/19))))))))), as_written(1/x - 1/tan(x)))", ""),
];
