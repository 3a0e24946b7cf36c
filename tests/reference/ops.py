"""Writes ops.csv: truth for the elementwise rows and their derivatives, from mpmath.

usage: python3 ops.py > ops.csv
Lines are `name,x,value,first,second` for one input and `name,a,b,value,in_a,in_b` for two. Inputs are hexadecimal bits
of f64, rounded to f32 wherever that has the range, so that the same points test both. Derivatives that no formula gives
are central differences with a step of 1e-40 |x| at several hundred digits. Points lie in the tails as much as near 0.
"""
import struct
import sys

from mpmath import mp, mpf, psi

INF = mpf("inf")


def f32(x):
    y = struct.unpack("<f", struct.pack("<f", x))[0] if abs(x) < 3e38 else x
    return y if abs(y) > 1e-37 or x == 0 else x


def bits(x):
    return struct.pack(">d", float(x)).hex()


MAGNITUDES = [1e-300, 1e-30, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1, 1.25, 2, 3, 5, 8, 9, 10, 15, 20, 30, 37.5, 40, 80, 100,
              300, 700, 740, 1000, 1e5, 1e10, 1e30, 1e100, 1e200, 1e300]
SMALL = [m for m in MAGNITUDES if m <= 1e5]
NEAR_ONE = [0.25, 0.75, 0.99, 0.999, 1 - 2.0**-20, 1 - 2.0**-24]


def both(points):
    return [-m for m in reversed(points)] + list(points)


def two(x):
    return mpf(2) ** x


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def Phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def quantile(p):
    """The inverse of Phi by Newton's method on its logarithm."""
    if p > mpf("0.5"):
        return -quantile(1 - p)
    target, w = mp.log(p), mp.sqrt(-2 * mp.log(p))
    x = -(w - (mp.log(w) + 1) / w) if p < 0.3 else mpf(0)
    for _ in range(60):
        step = (mp.log(Phi(x)) - target) * Phi(x) / phi(x)
        x -= step
        if abs(step) < mpf(10) ** (20 - mp.dps):
            break
    return x


def erfinv(y):
    return quantile((1 + y) / 2) / mp.sqrt(2)


def log_abs_gamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 1000 else mp.loggamma(x)


def log1p(x):
    return mp.log(1 + x)


# name: (function, points, first derivative, second derivative); None: by differences.
UNARY = {
    "neg": (lambda x: -x, both(MAGNITUDES)),
    "square": (lambda x: x * x, both(MAGNITUDES)),
    "reciprocal": (lambda x: 1 / x, both(MAGNITUDES)),
    "abs": (abs, both(MAGNITUDES)),
    "exp": (mp.exp, both(SMALL)),
    "expm1": (lambda x: mp.exp(x) - 1, both(SMALL)),
    "log": (mp.log, MAGNITUDES + [1 - 2.0**-20]),
    "log1p": (log1p, MAGNITUDES + [-m for m in SMALL if m < 1] + [-0.999, -1 + 2.0**-20]),
    "log1mexp": (lambda x: mp.log(1 - mp.exp(x)), [-m for m in SMALL]),
    "log2": (lambda x: mp.log(x) / mp.log(2), MAGNITUDES),
    "log10": (lambda x: mp.log(x) / mp.log(10), MAGNITUDES),
    "sqrt": (mp.sqrt, MAGNITUDES),
    "cbrt": (lambda x: mp.sign(x) * abs(x) ** (mpf(1) / 3), both(MAGNITUDES)),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), both(SMALL)),
    "sigmoid_grad": (lambda x: 1 / (2 + mp.exp(-x) + mp.exp(x)), both(SMALL)),
    "log_sigmoid": (lambda x: -mp.log(1 + mp.exp(-x)), both(SMALL)),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), both(SMALL)),
    "sin": (mp.sin, both(SMALL)),
    "cos": (mp.cos, both(SMALL)),
    "tan": (mp.tan, both(SMALL)),
    "versin": (lambda x: 1 - mp.cos(x), both(SMALL)),
    "arcsin": (mp.asin, both([m for m in SMALL if m < 1] + NEAR_ONE)),
    "arccos": (mp.acos, both([m for m in SMALL if m < 1] + NEAR_ONE)),
    "arctan": (mp.atan, both(MAGNITUDES)),
    "sinh": (mp.sinh, both(SMALL)),
    "cosh": (mp.cosh, both(SMALL)),
    "tanh": (mp.tanh, both(SMALL)),
    "tanh_grad": (lambda x: mp.sech(x) ** 2, both(SMALL)),
    "arcsinh": (mp.asinh, both(MAGNITUDES)),
    "arccosh": (mp.acosh, [1 + 2.0**-20, 1.001] + [m for m in MAGNITUDES if m > 1]),
    "arctanh": (mp.atanh, both([m for m in SMALL if m < 1] + NEAR_ONE)),
    "exp_neg_square": (lambda x: mp.exp(-x * x), both(SMALL)),
    # Not at 1, where the second derivative is exactly 0.
    "normal_bell": (lambda x: mp.exp(-x * x / 2), both([m for m in SMALL if m != 1])),
    "erf": (lambda x: mp.erf(x), both(SMALL)),
    "erfc": (mp.erfc, both(SMALL)),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), both(SMALL)),
    "erfinv": (erfinv, both([m for m in SMALL if 1e-8 <= m < 1] + NEAR_ONE)),
    "ndtr": (Phi, both(SMALL)),
    "ndtri": (quantile, [1e-300, 1e-100, 1e-30, 1e-8, 1e-3, 0.1, 0.2, 0.3] + NEAR_ONE),
    "ndtri_exp": (lambda x: quantile(mp.exp(x)), [-m for m in [1e-8, 1e-3, 0.1, 0.3, 1, 1.25, 1.5, 2, 5, 10, 30, 100, 740, 1e5]]),
    "erfinv_grad": (lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(erfinv(x) ** 2),
                    both([m for m in SMALL if 1e-8 <= m < 1] + NEAR_ONE)),
    "ndtri_grad": (lambda p: 1 / phi(quantile(p)), [1e-100, 1e-30, 1e-8, 1e-3, 0.1, 0.2, 0.3] + NEAR_ONE),
    "one_minus_square": (lambda x: 1 - x * x, both([m for m in MAGNITUDES if m < 1e100] + NEAR_ONE)),
    "log_ndtr": (lambda x: mp.log(Phi(x)), both(SMALL)),
    "log_ndtr_grad": (lambda x: phi(x) / Phi(x), both(SMALL)),
    "log_ndtr_curve": (lambda x: -phi(x) / Phi(x) * (x + phi(x) / Phi(x)), both(SMALL)),
    "mills_excess": (lambda x: x + phi(x) / Phi(x), both(SMALL)),
    "gamma": (mp.gamma, [m for m in MAGNITUDES if 1e-30 <= m <= 160] + [-0.5, -1.25, -5.5, -30.25],
              lambda x: mp.gamma(x) * psi(0, x), lambda x: mp.gamma(x) * (psi(0, x) ** 2 + psi(1, x))),
    "lgamma": (log_abs_gamma, [m for m in MAGNITUDES] + [-0.5, -1.25, -5.5, -30.25], lambda x: psi(0, x),
               lambda x: psi(1, x)),
    "digamma": (lambda x: psi(0, x), [m for m in MAGNITUDES] + [-0.25, -1.25, -5.75, -30.25], lambda x: psi(1, x),
                lambda x: psi(2, x)),
    "trigamma": (lambda x: psi(1, x), [m for m in MAGNITUDES] + [-0.25, -1.25, -5.75, -30.25], lambda x: psi(2, x),
                 lambda x: psi(3, x)),
}

PAIRS = [(a, b) for a in [1e-200, 1e-8, 0.3, 1, 3, 20, 700, 1e10, 1e200] for b in [1e-200, 1e-8, 0.3, 1, 3, 20, 700, 1e10, 1e200]]
MILD = [(a, b) for a in [-800, -30, -1, 0, 1e-8, 0.5, 3, 45, 700] for b in [-800, -31, -1, 0, 1e-7, 0.5, 3.5, 44, 701]]
GAMMAS = [(a, b) for a in [1e-30, 1e-8, 0.3, 1, 3.5, 20, 700, 1e10] for b in [1e-30, 1e-8, 0.25, 1, 3, 20, 700, 1e10]]

BINARY = {
    "mul": (lambda a, b: a * b, PAIRS),
    "div": (lambda a, b: a / b, PAIRS),
    "pow": (lambda a, b: a**b, [(a, b) for a in [1e-200, 1e-8, 0.3, 1.5, 20, 1e10] for b in [-20, -2, -0.5, 0.5, 1, 2, 3, 7.25, 30]]),
    "hypot": (lambda a, b: mp.sqrt(a * a + b * b), PAIRS),
    "direction": (lambda a, b: a / mp.sqrt(a * a + b * b), PAIRS),
    "arctan2": (lambda a, b: mp.atan2(a, b), PAIRS),
    "logaddexp": (lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), MILD),
    "logsubexp": (lambda a, b: mp.log(mp.exp(a) - mp.exp(b)), [(a, b) for a, b in MILD if a > b]),
    "logistic_share": (lambda a, b: 1 / (1 + mp.exp(b - a)), MILD),
    "logsubexp_share": (lambda a, b: 1 / (mp.exp(a - b) - 1), [(a, b) for a, b in MILD if a > b]),
    "xlogy": (lambda a, b: a * mp.log(b), PAIRS),
    "xlog1py": (lambda a, b: a * mp.log(1 + b), PAIRS),
    "xlog_ratio": (lambda a, b: a * mp.log(a / b), PAIRS),
    "log_ratio": (lambda a, b: mp.log(a / b), PAIRS),
    "log_product": (lambda a, b: mp.log(a * b), PAIRS),
    "betaln": (lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b), GAMMAS,
               lambda a, b: psi(0, a) - psi(0, a + b), lambda a, b: psi(0, b) - psi(0, a + b)),
    "log_binomial": (lambda n, k: mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1),
                     [(n, k) for n in [5, 30.25, 700, 2.0**20, 1e10, 1e15] for k in [1.5, 2, 3, 4.75, n / 4, n - 2, n - 3.5] if 1 < k < n],
                     lambda n, k: psi(0, n + 1) - psi(0, n - k + 1), lambda n, k: psi(0, n - k + 1) - psi(0, k + 1)),
    "digamma_step": (lambda a, b: psi(0, a + b) - psi(0, a), GAMMAS, lambda a, b: psi(1, a + b) - psi(1, a),
                     lambda a, b: psi(1, a + b)),
}


def precise(x):
    """Digits enough for differences at x."""
    size = abs(mp.log10(abs(x))) if x else 0
    return int(520 + 4 * size + min(abs(x), 1e5) ** 2 / 2 * (abs(x) <= 100))


def step(x):
    return mpf(10) ** -40 * (min(abs(x), 1) if x else 1)


def text(x):
    with mp.workdps(30):
        return mp.nstr(+x, 26, strip_zeros=True)


def differences(f, x):
    h = step(x)
    lo, mid, hi = f(x - h), f(x), f(x + h)
    return mid, (hi - lo) / (2 * h), (hi - 2 * mid + lo) / (h * h)


def unary(name, f, points, first=None, second=None):
    for p in sorted({f32(p) for p in points}):
        mp.dps = 80 + int(abs(mp.log10(abs(p)))) if first else precise(p)
        x = mpf(p)
        row = (f(x), first(x), second(x)) if first else differences(f, x)
        print(",".join([name, bits(p)] + [text(v) for v in row]))


def binary(name, f, points, in_a=None, in_b=None):
    for p, q in points:
        p, q = f32(p), f32(q)
        mp.dps = 200 if in_a else max(precise(p), precise(q)) + 900 * ((name.startswith("log") and "exp" in name))
        a, b = mpf(p), mpf(q)
        if in_a:
            row = (f(a, b), in_a(a, b), in_b(a, b))
        else:
            h, k = step(a), step(b)
            row = (f(a, b), (f(a + h, b) - f(a - h, b)) / (2 * h), (f(a, b + k) - f(a, b - k)) / (2 * k))
        print(",".join([name, bits(p), bits(q)] + [text(v) for v in row]))


for name, entry in UNARY.items():
    print(name, file=sys.stderr)
    unary(name, *entry)
for name, entry in BINARY.items():
    print(name, file=sys.stderr)
    binary(name, *entry)
