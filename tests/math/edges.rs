//! Values at the edges of domains and ranges are NumPy's.

use gradus::array::math::scalar64;

/// Whether two numbers are the same value, sign of zero included, or both NaN.
fn is(got: f64, want: f64) -> bool {
    got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan())
}

#[test]
fn edges_are_numpys() {
    use scalar64::*;
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let unary: &[(fn(f64) -> f64, &[(f64, f64)])] = &[
        (exp, &[(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan), (710.0, inf), (-746.0, 0.0)]),
        (expm1, &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1.0), (nan, nan), (711.0, inf), (5e-324, 5e-324)]),
        (log, &[(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (inf, inf), (-1.0, nan), (-inf, nan), (nan, nan)]),
        (log1p, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, -inf), (-2.0, nan), (inf, inf), (nan, nan), (5e-324, 5e-324)]),
        (log2, &[(8.0, 3.0), (0.125, -3.0), (5e-324, -1074.0), (0.0, -inf), (inf, inf), (-1.0, nan)]),
        (log10, &[(1000.0, 3.0), (1e22, 22.0), (1.0, 0.0), (0.0, -inf), (inf, inf), (-1.0, nan)]),
        (log1mexp, &[(0.0, -inf), (-0.0, -inf), (-inf, 0.0), (1.0, nan), (nan, nan)]),
        (sqrt, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, nan), (inf, inf)]),
        (cbrt, &[(27.0, 3.0), (-8.0, -2.0), (0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)]),
        (sin, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan), (5e-324, 5e-324)]),
        (cos, &[(0.0, 1.0), (inf, nan), (nan, nan)]),
        (tan, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (5e-324, 5e-324)]),
        (asin, &[(-0.0, -0.0), (1.0, std::f64::consts::FRAC_PI_2), (1.1, nan), (nan, nan), (5e-324, 5e-324)]),
        (acos, &[(1.0, 0.0), (-1.0, std::f64::consts::PI), (0.0, std::f64::consts::FRAC_PI_2), (-1.1, nan)]),
        (atan, &[(-0.0, -0.0), (inf, std::f64::consts::FRAC_PI_2), (-inf, -std::f64::consts::FRAC_PI_2), (nan, nan)]),
        (sinh, &[(-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan), (711.0, inf), (5e-324, 5e-324)]),
        (cosh, &[(0.0, 1.0), (inf, inf), (-inf, inf), (nan, nan), (711.0, inf)]),
        (tanh, &[(-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan), (5e-324, 5e-324)]),
        (asinh, &[(-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)]),
        (acosh, &[(1.0, 0.0), (0.5, nan), (inf, inf), (nan, nan), (-inf, nan)]),
        (atanh, &[(-0.0, -0.0), (1.0, inf), (-1.0, -inf), (1.5, nan), (nan, nan)]),
        (sigmoid, &[(0.0, 0.5), (inf, 1.0), (-inf, 0.0), (nan, nan), (-746.0, 0.0)]),
        (softplus, &[(0.0, std::f64::consts::LN_2), (inf, inf), (-inf, 0.0), (nan, nan), (1e308, 1e308)]),
        (log_sigmoid, &[(inf, -0.0), (-inf, -inf), (nan, nan), (-1e308, -1e308)]),
        (sigmoid_grad, &[(0.0, 0.25), (inf, 0.0), (-inf, 0.0), (nan, nan)]),
        (tanh_grad, &[(0.0, 1.0), (inf, 0.0), (-inf, 0.0), (nan, nan), (1e308, 0.0)]),
        (erf, &[(-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan)]),
        (erfc, &[(0.0, 1.0), (inf, 0.0), (-inf, 2.0), (nan, nan)]),
        (erfcx, &[(0.0, 1.0), (inf, 0.0), (-inf, inf), (nan, nan)]),
        (erfinv, &[(0.0, 0.0), (-0.0, -0.0), (1.0, inf), (-1.0, -inf), (1.5, nan), (nan, nan)]),
        (ndtr, &[(0.0, 0.5), (inf, 1.0), (-inf, 0.0), (nan, nan)]),
        (log_ndtr, &[(inf, -0.0), (-inf, -inf), (nan, nan)]),
        (log_ndtr_grad, &[(inf, 0.0), (-inf, inf), (nan, nan)]),
        (
            gamma,
            &[
                (0.0, inf),
                (-0.0, -inf),
                (-1.0, nan),
                (inf, inf),
                (-inf, nan),
                (nan, nan),
                (5.0, 24.0),
                (23.0, 1.1240007277776077e21),
                (180.0, inf),
            ],
        ),
        (lgamma, &[(1.0, 0.0), (2.0, 0.0), (0.0, inf), (-3.0, inf), (inf, inf), (-inf, inf), (nan, nan)]),
        (digamma, &[(0.0, -inf), (-0.0, inf), (-2.0, nan), (inf, inf), (nan, nan)]),
        (trigamma, &[(0.0, inf), (-2.0, inf), (inf, 0.0), (nan, nan)]),
        (floor, &[(-0.5, -1.0), (2.5, 2.0), (-0.0, -0.0), (inf, inf)]),
        (ceil, &[(-0.5, -0.0), (2.5, 3.0)]),
        (round, &[(0.5, 0.0), (1.5, 2.0), (2.5, 2.0), (-0.5, -0.0)]),
        (trunc, &[(-2.7, -2.0), (2.7, 2.0)]),
        (sign, &[(-3.0, -1.0), (0.0, 0.0), (5.0, 1.0), (nan, nan), (-inf, -1.0)]),
        (spacing, &[(1.0, 2.220446049250313e-16), (0.0, 5e-324), (inf, nan), (f64::MAX, 1.99584030953472e292)]),
        (expm1_over_x, &[(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan), (-1e300, 1e-300)]),
        (log1p_over_x, &[(0.0, 1.0), (inf, 0.0), (-1.0, inf), (-2.0, nan), (nan, nan)]),
        (expm1_minus_x, &[(0.0, 0.0), (inf, inf), (-inf, inf), (nan, nan)]),
        (log1p_minus_x, &[(-1.0, -inf), (inf, -inf), (-2.0, nan), (nan, nan)]),
        (versin, &[(0.0, 0.0), (inf, nan), (nan, nan)]),
    ];
    let mut wrong = Vec::new();
    for (i, (f, cases)) in unary.iter().enumerate() {
        for (x, want) in *cases {
            if !is(f(*x), *want) {
                wrong.push(format!("row {i}: f({x:e}) = {:e}, not {want:e}", f(*x)));
            }
        }
    }
    let binary: &[(fn(f64, f64) -> f64, &[(f64, f64, f64)])] = &[
        (
            maximum,
            &[
                (1.0, nan, nan),
                (nan, 1.0, nan),
                (-0.0, 0.0, 0.0),
                (0.0, -0.0, 0.0),
                (2.0, 3.0, 3.0),
                (-inf, inf, inf),
                (inf, inf, inf),
            ],
        ),
        (
            minimum,
            &[
                (1.0, nan, nan),
                (nan, 1.0, nan),
                (-0.0, 0.0, -0.0),
                (0.0, -0.0, -0.0),
                (2.0, 3.0, 2.0),
                (-inf, inf, -inf),
                (0.0, 0.0, 0.0),
            ],
        ),
        (
            pow,
            &[
                (0.0, 0.0, 1.0),
                (nan, 0.0, 1.0),
                (1.0, nan, 1.0),
                (2.0, nan, nan),
                (-8.0, 1.0 / 3.0, nan),
                (-2.0, 3.0, -8.0),
                (-2.0, 2.0, 4.0),
                (0.0, -1.0, inf),
                (-0.0, -1.0, -inf),
                (-0.0, -2.0, inf),
                (-0.0, 3.0, -0.0),
                (-0.0, 0.5, 0.0),
                (inf, -1.0, 0.0),
                (-inf, 3.0, -inf),
                (-inf, -3.0, -0.0),
                (-inf, 0.5, inf),
                (-1.0, inf, 1.0),
                (0.5, inf, 0.0),
                (0.5, -inf, inf),
                (2.0, -inf, 0.0),
                (2.0, inf, inf),
                (-3.0, inf, inf),
                (2.0, 1024.0, inf),
                (2.0, -1075.0, 0.0),
                (10.0, 22.0, 1e22),
                (1.0, inf, 1.0),
                (0.0, inf, 0.0),
                (0.0, -inf, inf),
            ],
        ),
        (
            hypot,
            &[
                (3.0, 4.0, 5.0),
                (inf, nan, inf),
                (nan, 1.0, nan),
                (0.0, 0.0, 0.0),
                (1e308, 1e308, 1.4142135623730951e308),
                (f64::MAX, f64::MAX, inf),
            ],
        ),
        (
            atan2,
            &[
                (0.0, 1.0, 0.0),
                (-0.0, 1.0, -0.0),
                (0.0, -1.0, std::f64::consts::PI),
                (-0.0, -1.0, -std::f64::consts::PI),
                (0.0, 0.0, 0.0),
                (0.0, -0.0, std::f64::consts::PI),
                (-0.0, 0.0, -0.0),
                (1.0, 0.0, std::f64::consts::FRAC_PI_2),
                (1.0, -0.0, std::f64::consts::FRAC_PI_2),
                (inf, inf, std::f64::consts::FRAC_PI_4),
                (inf, -inf, 3.0 * std::f64::consts::FRAC_PI_4),
                (1.0, inf, 0.0),
                (1.0, -inf, std::f64::consts::PI),
                (-inf, 1.0, -std::f64::consts::FRAC_PI_2),
                (nan, 1.0, nan),
            ],
        ),
        (fmod, &[(5.5, 2.0, 1.5), (-5.5, 2.0, -1.5), (1.0, 0.0, nan), (1.0, inf, 1.0)]),
        (
            floor_mod,
            &[
                (5.5, 2.0, 1.5),
                (-5.5, 2.0, 0.5),
                (5.5, -2.0, -0.5),
                (-4.0, 2.0, 0.0),
                (4.0, -2.0, -0.0),
                (1.0, 0.0, nan),
                (-1.0, inf, inf),
            ],
        ),
        (
            floor_div,
            &[
                (7.0, 2.0, 3.0),
                (-7.0, 2.0, -4.0),
                (1.0, 0.1, 9.0),
                (1.0, 0.0, inf),
                (-1.0, 0.0, -inf),
                (0.0, 0.0, nan),
                (-1.0, inf, -1.0),
                (0.0, -3.0, -0.0),
            ],
        ),
        (
            logaddexp,
            &[
                (-inf, -inf, -inf),
                (inf, inf, inf),
                (inf, -inf, inf),
                (-inf, 3.0, 3.0),
                (nan, 1.0, nan),
                (0.0, 0.0, std::f64::consts::LN_2),
                (1e308, -1e308, 1e308),
            ],
        ),
        (
            logsubexp,
            &[
                (3.0, 3.0, -inf),
                (3.0, -inf, 3.0),
                (inf, 3.0, inf),
                (1.0, 2.0, nan),
                (-inf, -inf, -inf),
                (nan, 1.0, nan),
            ],
        ),
        (
            xlogy,
            &[(0.0, 0.0, 0.0), (0.0, nan, nan), (2.0, 0.0, -inf), (0.0, -1.0, 0.0), (1.0, inf, inf), (1.0, -1.0, nan)],
        ),
        (xlog1py, &[(0.0, -1.0, 0.0), (0.0, nan, nan), (2.0, -1.0, -inf), (1.0, inf, inf)]),
        (
            xlog_ratio,
            &[
                (0.0, 0.0, 0.0),
                (0.0, 2.0, 0.0),
                (2.0, 0.0, inf),
                (-1.0, 2.0, nan),
                (nan, 1.0, nan),
                (0.0, nan, nan),
                (1.0, 1.0, 0.0),
            ],
        ),
        (
            log_ratio,
            &[
                (1.0, 0.0, inf),
                (0.0, 1.0, -inf),
                (0.0, 0.0, nan),
                (-1.0, 1.0, nan),
                (inf, 1.0, inf),
                (1.0, inf, -inf),
                (inf, inf, nan),
                (nan, 1.0, nan),
            ],
        ),
        (log_product, &[(0.0, 1.0, -inf), (0.0, inf, nan), (-1.0, 1.0, nan), (inf, 1.0, inf), (nan, 1.0, nan)]),
        (copysign, &[(1.0, -0.0, -1.0), (-3.0, 2.0, 3.0)]),
        (
            nextafter,
            &[
                (0.0, 1.0, 5e-324),
                (0.0, -1.0, -5e-324),
                (1.0, 2.0, 1.0000000000000002),
                (1.0, 0.0, 0.9999999999999999),
                (-1.0, 0.0, -0.9999999999999999),
                (1.0, 1.0, 1.0),
                (0.0, -0.0, -0.0),
                (f64::MAX, inf, inf),
                (inf, 0.0, f64::MAX),
                (nan, 1.0, nan),
            ],
        ),
        (betaln, &[(1.0, 1.0, 0.0), (0.0, 1.0, inf), (nan, 1.0, nan)]),
        (polygamma, &[(1.0, inf, 0.0), (2.0, 0.0, -inf), (0.5, 1.0, nan), (3.0, nan, nan)]),
    ];
    for (i, (f, cases)) in binary.iter().enumerate() {
        for (x, y, want) in *cases {
            if !is(f(*x, *y), *want) {
                wrong.push(format!("binary row {i}: f({x:e}, {y:e}) = {:e}, not {want:e}", f(*x, *y)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
