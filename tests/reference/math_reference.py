"""Writes math.csv: truth for the elementwise functions, from mpmath at 60 digits and more.

usage: python3 math_reference.py > math.csv
Each line is name, inputs as hexadecimal bits of f64, truth (26 digits, or inf, -inf, nan, 0, -0). Inputs are floats of
both formats: every other one is a float of f32, so that the same file tests both.
"""
import random
import struct
import sys

import mpmath
from mpmath import mp, mpf

mp.dps = 60
random.seed(20261124)
INF, NAN = float("inf"), float("nan")


def bits(x):
    return struct.unpack("<q", struct.pack("<d", x))[0]


def ordinal(x):
    b = bits(x)
    return b if b >= 0 else -(b & 0x7FFFFFFFFFFFFFFF)


def of_ordinal(n):
    return struct.unpack("<d", struct.pack("<q", n))[0] if n >= 0 else -of_ordinal(-n)


def f32(x):
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        return x


def spread(lo, hi, n):
    """n floats spread evenly over the ordinals of [lo, hi], every other one a float of f32."""
    a, b = ordinal(lo), ordinal(hi)
    out = []
    for i in range(n):
        x = of_ordinal(a + ((b - a) * (2 * i + 1)) // (2 * n) + random.randint(-(b - a) // (3 * n), (b - a) // (3 * n)))
        out.append(f32(x) if i % 2 and lo <= f32(x) <= hi else x)
    return out


def even(lo, hi, n):
    """n floats drawn uniformly from [lo, hi], every other one a float of f32."""
    out = []
    for i in range(n):
        x = lo + (hi - lo) * (i + random.random()) / n
        out.append(f32(x) if i % 2 else x)
    return out


def both(lo, hi, n):
    return spread(lo, hi, n) + [-x for x in spread(lo, hi, n)]


def near(points):
    """The points and their neighbours in both formats."""
    out = []
    for p in points:
        out += [p, of_ordinal(ordinal(p) + 1), of_ordinal(ordinal(p) - 1)]
        q = f32(p)
        if abs(q) > 3e38:
            continue
        s = struct.unpack("<i", struct.pack("<f", q))[0]
        out += [struct.unpack("<f", struct.pack("<i", s + d))[0] for d in (1, -1)]
    return out


EDGE = [0.0, -0.0, INF, -INF, NAN, 5e-324, -5e-324, 2.2250738585072014e-308, 1.1754943508222875e-38, 1.401298464324817e-45,
        -1.401298464324817e-45, 1e-310, 1e-40, 1.7976931348623157e308, -1.7976931348623157e308, 3.4028234663852886e38, 1.0, -1.0, 0.5, -0.5, 2.0]
TINY = both(1e-300, 1e-10, 12) + both(1e-40, 1e-6, 8)


def lift(f, domain=None):
    """f on exact numbers, with more digits until the result has 30 good ones."""
    def g(*a):
        return f(*[mpf(x) for x in a])
    return g


def log1mexp(x):
    return mp.log(-mp.expm1(x))


def softplus(x):
    return mp.log1p(mp.exp(x))


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def log_ndtr(x):
    if x > 0:
        return mp.log1p(-ndtr(-x))
    if x < -1e3:
        t = -x
        s, term = mpf(1), mpf(1)
        for k in range(1, 40):
            term *= -(2 * k - 1) / (t * t)
            s += term
            if abs(term) < mpf(10) ** -50:
                break
        return -t * t / 2 - mp.log(t * mp.sqrt(2 * mp.pi)) + mp.log(s)
    return mp.log(ndtr(x))


def mills(x):
    if x < -1e3:
        return mp.sqrt(2 / mp.pi) / erfcx(-x / mp.sqrt(2))
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) / ndtr(x)


def erfcx(x):
    if x > 1e3:
        s, term = mpf(1), mpf(1)
        for k in range(1, 40):
            term *= -(2 * k - 1) / (2 * x * x)
            s += term
            if abs(term) < mpf(10) ** -50:
                break
        return s / (x * mp.sqrt(mp.pi))
    return mp.exp(x * x) * mp.erfc(x)


def erfinv(x):
    c = 1 - abs(x)
    if c == 0:
        return mp.sign(x) * mp.inf
    y = mp.sqrt(-mp.log(c)) if c < 0.3 else abs(x)
    y = mp.erfinv(abs(x)) if c > 1e-8 else y
    for _ in range(80):
        if c < 0.3:
            e = mp.erfc(y)
            step = mp.log(e / c) * e * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        else:
            step = -(mp.erf(y) - abs(x)) * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        y += step
        if abs(step) < y * mpf(10) ** -45:
            break
    return y if x > 0 else -y


def digits(n):
    """f evaluated with n digits, for functions that cancel."""
    def wrap(f):
        def g(*a):
            with mp.workdps(n):
                return f(*a)
        return g
    return wrap


def polygamma(n, x):
    return mp.psi(int(n), x)


def betaln(a, b):
    with mp.workdps(400):
        return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def logaddexp(a, b):
    m, d = max(a, b), -abs(a - b)
    return m + mp.log1p(mp.exp(d))


def logsubexp(a, b):
    return a + mp.log(-mp.expm1(b - a))


def hi(f, n=700):
    return digits(n)(f)


def real_lgamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x)


POS = spread(5e-324, 1.79e308, 40) + spread(1.5e-45, 3.4e38, 40) + even(0.5, 2, 30) + near([1.0])
UNARY = {
    "sqrt": (mp.sqrt, POS),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), POS + [-x for x in POS[::3]]),
    "exp": (mp.exp, even(-745, 709.7, 60) + even(-104, 88.7, 60) + even(-1, 1, 30) + TINY + near([709.78, -708.4, -745.1, 88.72, -87.33, -103.9])),
    "expm1": (mp.expm1, even(-60, 709.7, 40) + even(-20, 88.7, 40) + even(-2, 2, 60) + TINY + near([0.34657, -0.34657, 1.0397, 709.78, 88.72])),
    "log": (mp.log, POS + near([0.7071, 1.4142])),
    "log1p": (hi(lambda x: mp.log(1 + x)), POS + TINY + even(-0.9999, 0, 40) + even(-0.3, 0.5, 30) + near([-0.2928, 0.41421]) + [-1 + 2.0**-53, -1 + 2.0**-24]),
    "log2": (lambda x: mp.log(x) / mp.log(2), POS + [2.0**k for k in (-1074, -149, -3, 3, 60, 1023)]),
    "log10": (lambda x: mp.log10(x), POS + [10.0**k for k in range(0, 23, 3)]),
    "log1mexp": (hi(log1mexp), [-x for x in spread(1e-320, 740, 60) + spread(1e-44, 100, 50) + even(0, 3, 40)] + near([-0.6931])),
    "sin": (hi(mp.sin), both(1e-320, 1e9, 30) + both(1e-6, 100, 30) + both(1e9, 1.7e308, 30) + both(1e3, 3e38, 20) + near([3.141592653589793, 6.283185307179586, 1.5707963267948966, 103993.0 / 1, 5.319372648326541e255])),
    "cos": (hi(mp.cos), both(1e-320, 1e9, 30) + both(1e-6, 100, 30) + both(1e9, 1.7e308, 30) + both(1e3, 3e38, 20) + near([3.141592653589793, 6.283185307179586, 1.5707963267948966, 5.319372648326541e255])),
    "tan": (hi(mp.tan), both(1e-320, 1e9, 30) + both(1e-6, 100, 30) + both(1e9, 1.7e308, 30) + both(1e3, 3e38, 20) + near([3.141592653589793, 1.5707963267948966, 5.319372648326541e255])),
    "asin": (hi(mp.asin), both(1e-320, 1, 30) + even(-1, 1, 60) + near([0.5]) + [1 - 2.0**-53, 1 - 2.0**-24]),
    "acos": (hi(mp.acos), both(1e-320, 1, 20) + even(-1, 1, 80) + near([0.5, -0.5]) + [1 - 2.0**-53, 1 - 2.0**-24, -1 + 2.0**-53]),
    "atan": (hi(mp.atan), both(1e-320, 1e308, 40) + both(1e-3, 1e3, 40) + near([0.41421, 2.41421, 1.0])),
    "sinh": (mp.sinh, both(1e-320, 710.4, 40) + both(1e-3, 89.4, 40) + near([40.0, 710.475, 89.41])),
    "cosh": (mp.cosh, both(1e-320, 710.4, 30) + both(1e-3, 89.4, 40) + near([710.475, 89.41])),
    "tanh": (mp.tanh, both(1e-320, 30, 40) + both(1e-4, 10, 50)),
    "asinh": (hi(mp.asinh), both(1e-320, 1.7e308, 40) + both(1e-4, 100, 40) + near([1e9, 1e200])),
    "acosh": (hi(mp.acosh), spread(1, 1.7e308, 40) + spread(1, 3e38, 30) + even(1, 10, 30) + near([1.0])[1:2] + [1 + 2.0**-23, 1e9]),
    "atanh": (hi(mp.atanh), both(1e-320, 1, 40) + even(-1, 1, 60) + [1 - 2.0**-53, 1 - 2.0**-24, -1 + 2.0**-53]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), even(-745, 40, 60) + even(-104, 20, 60) + even(-3, 3, 40) + TINY[::3]),
    "log_sigmoid": (lambda x: -softplus(-x), even(-745, 745, 60) + even(-104, 104, 60) + even(-3, 3, 40) + [700.0, -700.0]),
    "softplus": (softplus, even(-745, 745, 60) + even(-104, 104, 60) + even(-3, 3, 40) + [700.0, -700.0, -745.0]),
    "erf": (mp.erf, both(1e-320, 6, 40) + even(-6, 6, 80) + near([1.0])),
    "erfc": (mp.erfc, even(-6, 26.6, 90) + even(-4, 10, 60) + even(0, 1, 30) + near([0.5, 26.5])),
    "erfcx": (erfcx, even(-26.6, 30, 60) + spread(1e-300, 1.7e308, 40) + spread(1e-3, 100, 50) + even(-9.3, 0, 30)),
    "erfinv": (hi(erfinv, 80), both(1e-320, 1, 30) + even(-1, 1, 80) + [1 - 2.0**-k for k in range(5, 54, 3)]),
    "ndtr": (ndtr, even(-38.4, 9, 90) + even(-13, 6, 60) + even(-1, 1, 40) + TINY[::4]),
    "log_ndtr": (log_ndtr, [-x for x in spread(1e-3, 1.3e154, 50)] + even(-40, 37, 90) + even(-13, 13, 40) + [-5000.0, -1e150, 37.0]),
    "log_ndtr_grad": (mills, [-x for x in spread(1e-3, 1e300, 40)] + even(-40, 38, 90) + even(-13, 13, 40) + [-5000.0, 30.0]),
    "gamma": (hi(mp.gamma, 80), even(0, 171.6, 60) + even(0, 35, 60) + both(1e-300, 1, 20) + even(-184, 0, 60) + [float(k) for k in range(1, 171, 13)] + [-0.5, 0.5, 1.5]),
    "lgamma": (hi(real_lgamma, 120), spread(1e-320, 2.5e305, 50) + spread(1e-30, 4e36, 40) + even(0.5, 3, 80) + near([1.0, 2.0, 1.5, 2.5]) + even(-20, 0, 40)),
    "digamma": (hi(mp.digamma, 120), spread(1e-300, 1e300, 40) + spread(1e-30, 1e30, 30) + even(0.1, 12, 60) + near([1.4616321449683622]) + even(-20, 0, 40)),
    "trigamma": (hi(lambda x: mp.psi(1, x), 80), spread(1e-150, 1e300, 40) + spread(1e-15, 1e30, 30) + even(0.1, 15, 60) + even(-20, 0, 40)),
    "sigmoid_grad": (lambda x: 1 / (1 + mp.exp(-x)) / (1 + mp.exp(x)), even(-745, 745, 60) + even(-104, 104, 60) + even(-3, 3, 40)),
    "tanh_grad": (lambda x: mp.sech(x) ** 2, even(-372, 372, 60) + even(-52, 52, 60) + even(-3, 3, 40)),
    "versin": (hi(lambda x: 1 - mp.cos(x)), both(1e-150, 1e9, 30) + both(1e-15, 100, 30) + both(1e9, 1.7e308, 15) + near([6.283185307179586])),
    "expm1_over_x": (hi(lambda x: mp.expm1(x) / x if x else mpf(1)), even(-60, 709, 40) + even(-20, 88, 40) + even(-2, 2, 40) + TINY + [712.0, 715.0]),
    "log1p_over_x": (hi(lambda x: mp.log(1 + x) / x if x else mpf(1)), POS + TINY + even(-0.9999, 1, 60)),
    "x_minus_sin": (hi(lambda x: x - mp.sin(x)), both(1e-100, 1e12, 40) + both(1e-10, 100, 40) + near([0.785])),
    "tan_minus_x": (hi(lambda x: mp.tan(x) - x), both(1e-100, 1e9, 40) + both(1e-10, 10, 40) + near([0.785])),
    "log1p_minus_x": (hi(lambda x: mp.log(1 + x) - x), both(1e-150, 0.9999, 50) + spread(1e-10, 1e300, 40) + even(-0.5, 0.6, 40) + near([-0.29, 0.4])),
    "expm1_minus_x": (hi(lambda x: mp.expm1(x) - x), both(1e-150, 700, 50) + both(1e-10, 88, 40) + even(-1, 1, 40) + near([0.34, -0.34])),
}


def pairs(a, b):
    b = list(b)
    random.shuffle(b)
    out = []
    for i, (x, y) in enumerate(zip(a, b)):
        u, v = f32(x), f32(y)
        out.append((x, y) if i % 2 == 0 or u == 0 or v == 0 else (u, v))
    return out


def power_points():
    out = pairs(spread(1e-300, 1e300, 60), even(-1.2, 1.2, 60)) + pairs(spread(1e-5, 1e5, 60), even(-20, 20, 60))
    out += pairs(even(0.9, 1.1, 60), even(-3000, 3000, 60)) + [(float(a), float(b)) for a in (3, -3, 7, 10, -2) for b in (2, 3, 8, -1, 20)]
    out += [(2.0, 1023.0), (2.0, -1074.0), (2.0, 127.0), (2.0, -149.0), (10.0, 308.0), (10.0, -323.0), (1.0000000000000002, 3e18), (-1.5, 751.0), (-8.0, 3.0), (0.5, 1074.0)]
    out += [(x, 2.0) for x in spread(1e-150, 1e150, 20)] + [(x, 0.5) for x in spread(1e-150, 1e150, 20)]
    return out


ANY = both(1e-300, 1e300, 30)
BINARY = {
    "pow": (mp.power, power_points()),
    "hypot": (hi(mp.hypot), pairs(both(1e-320, 1e308, 40), both(1e-320, 1e308, 40)) + pairs(both(1e-2, 1e2, 40), both(1e-2, 1e2, 40)) + [(3.0, 4.0), (1e308, 1e308), (5e-324, 5e-324), (3e38, 1e38)]),
    "atan2": (hi(mp.atan2), pairs(ANY, ANY) + pairs(both(1e-2, 1e2, 60), both(1e-2, 1e2, 60)) + [(1e-300, 1e300), (1e300, 1e-300), (1e-300, -1e300), (3.0, 1e308), (5e-324, 1e10)]),
    "logaddexp": (hi(logaddexp, 500), pairs(even(-800, 800, 60), even(-800, 800, 60)) + pairs(even(-3, 3, 60), even(-3, 3, 60)) + [(1000.0, 1000.0), (-1000.0, -1001.0), (0.1, 0.1)]),
    "logsubexp": (hi(logsubexp, 500), [(max(p), min(p)) for p in pairs(even(-800, 800, 60), even(-800, 800, 60)) + pairs(even(-3, 3, 60), even(-3, 3, 60))] + [(1000.0, 999.0), (700.5, 700.25)]),
    "xlogy": (lambda x, y: x * mp.log(y), pairs(ANY, spread(1e-300, 1e300, 60)) + pairs(both(1e-2, 1e2, 30), spread(1e-2, 1e2, 60))),
    "xlog1py": (hi(lambda x, y: x * mp.log(1 + y)), pairs(both(1e-100, 1e200, 30), both(1e-100, 0.99, 30)) + pairs(both(1e-2, 1e2, 30), spread(1e-2, 1e2, 60))),
    "xlog_ratio": (hi(lambda x, y: x * mp.log(x / y)), pairs(spread(1e-300, 1e300, 60), spread(1e-300, 1e300, 60)) + pairs(even(0.01, 1, 60), even(0.01, 1, 60)) + [(1.0, 1 - 2.0**-53), (0.3, 0.1 + 0.2), (0.25, 0.25)]),
    "log_ratio": (hi(lambda x, y: mp.log(x / y)), pairs(spread(5e-324, 1.7e308, 60), spread(5e-324, 1.7e308, 60)) + pairs(even(0.5, 2, 60), even(0.5, 2, 60)) + [(1.0, 1 - 2.0**-53), (0.3, 0.1 + 0.2), (-1e308, -1e-308), (1.42, 1.41)] + [(x, of_ordinal(ordinal(x) + 5)) for x in spread(1e-300, 1e300, 20)]),
    "log_product": (hi(lambda x, y: mp.log(x * y)), pairs(spread(5e-324, 1.7e308, 60), spread(5e-324, 1.7e308, 60)) + pairs(even(0.5, 2, 60), even(0.5, 2, 60)) + [(3.0, 1 / 3.0), (-1e308, -1e308)] + [(x, 1 / x) for x in spread(1e-300, 1e300, 30)]),
    "betaln": (betaln, pairs(spread(1e-10, 1e10, 80), spread(1e-10, 1e10, 80)) + pairs(even(0.1, 30, 60), even(0.1, 30, 60)) + [(0.5, 1e15), (1e-5, 1e8), (1e6, 1e6), (3.0, 1e300)]),
    "polygamma": (hi(polygamma, 60), [(float(n), x) for n in (2, 3, 4, 7, 20) for x in even(0.1, 20, 8) + spread(1e-3, 1e5, 8)] + [(float(n), x) for n in (2, 3) for x in even(-6, 0, 8)]),
}


def show(v):
    if isinstance(v, mpmath.mpc):
        return "nan"
    if mp.isnan(v):
        return "nan"
    if mp.isinf(v):
        return "inf" if v > 0 else "-inf"
    if v == 0:
        return "0"
    return mp.nstr(v, 26, min_fixed=1, max_fixed=0)


def line(name, f, args):
    if any(a != a for a in args):
        return None
    try:
        v = f(*[mpf(a) for a in args])
    except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.NoConvergence):
        return None
    return f"{name},{' '.join('%016x' % (bits(a) & (2**64 - 1)) for a in args)},{show(v)}"


if __name__ == "__main__":
    only = sys.argv[1:]
    seen = set()
    for name, (f, points) in list(UNARY.items()) + list(BINARY.items()):
        if only and name not in only:
            continue
        sys.stderr.write(name + "\n")
        for args in points:
            args = args if isinstance(args, tuple) else (args,)
            text = line(name, f, args)
            if text and text not in seen and "nan" not in text.split(",")[2]:
                seen.add(text)
                print(text)
