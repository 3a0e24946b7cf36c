"""Derives the polynomial coefficients of src/array/math by interpolation at Chebyshev nodes in 60 digits.

usage: python3 fit.py [NAME ...]     prints a Rust array for each polynomial and its worst relative error
"""
import sys
from mpmath import mp, mpf, matrix, lu_solve, cos, pi, log, sqrt, exp, sin, tan, atan, asin, erf, erfc, loggamma, gamma, digamma, erfinv, expm1, log1p

mp.dps = 70


def fit(f, lo, hi, degree):
    """Coefficients, lowest first, of the polynomial through f at the Chebyshev nodes of [lo, hi]."""
    n = degree + 1
    mid, half = (mpf(lo) + hi) / 2, (mpf(hi) - lo) / 2
    nodes = [cos((2 * i + 1) * pi / (2 * n)) for i in range(n)]
    values = [f(mid + half * t) for t in nodes]
    cheb = []
    for j in range(n):
        s = sum(v * cos(j * (2 * i + 1) * pi / (2 * n)) for i, v in enumerate(values))
        cheb.append(s * (2 if j else 1) / n)
    # from Chebyshev to powers of t, then t = (x - mid)/half
    prev, cur, out = [mpf(1)], [mpf(0), mpf(1)], [mpf(0)] * n
    for j in range(n):
        basis = prev if j == 0 else cur
        for i, b in enumerate(basis):
            out[i] += cheb[j] * b
        if j >= 1:
            nxt = [mpf(0)] + [2 * c for c in cur]
            for i, p in enumerate(prev):
                nxt[i] -= p
            prev, cur = cur, nxt
    poly = [mpf(0)]
    for c in reversed(out):  # Horner with polynomials
        shifted = [mpf(0)] + [p / half for p in poly]
        for i, p in enumerate(poly):
            shifted[i] -= p * mid / half
        shifted[0] += c
        poly = shifted
    return poly[:n]


def horner(c, x):
    r = mpf(0)
    for a in reversed(c):
        r = r * x + a
    return r


def worst(c, f, lo, hi, bits=53):
    """log2 of the worst relative error of the polynomial with coefficients rounded to `bits`."""
    with mp.workprec(bits):
        rounded = [+a for a in c]
    w = mpf(0)
    for i in range(401):
        x = lo + (mpf(hi) - lo) * (i + mpf(1) / 7) / 402
        t = f(x)
        w = max(w, abs(horner(c, x) / t - 1))
    return float(log(w, 2)), rounded


def atanh_tail(first):
    """(atanh(s) - s - s^3/3 - ...)*2/s^first as a function of z = s^2, by its series."""
    return lambda z: 2 * sum(z ** i / (2 * i + first) for i in range(0, 60))


def exp_tail(r):
    return sum(r ** i / mp.factorial(i + 2) for i in range(40))


def sin_tail(z):
    return sum((-1) ** (i + 1) * z ** i / mp.factorial(2 * i + 3) for i in range(30))


def cos_tail(z):
    return sum((-1) ** i * z ** i / mp.factorial(2 * i + 4) for i in range(30))


def tan_tail(z):
    with mp.workdps(120):
        x = sqrt(mpf(z)) + mpf(10) ** -30
        return (tan(x) - x) / x ** 3


def atan_tail(z):
    with mp.workdps(120):
        x = sqrt(mpf(z)) + mpf(10) ** -30
        return (atan(x) - x) / x ** 3


def asin_tail(z):
    with mp.workdps(120):
        x = sqrt(mpf(z)) + mpf(10) ** -30
        return (asin(x) - x) / x ** 3


def erf_over_x(z):
    x = sqrt(mpf(z)) + mpf(10) ** -40
    return erf(x) / x


def erfcx_of_t(c):
    def f(t):
        if t >= 1:
            return 1 / sqrt(pi)
        x = c * (1 + mpf(t)) / (1 - t)
        if x > 1000:
            v = sum((-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(1, 12)) + 1
            v = v / (x * sqrt(pi))
        else:
            v = exp(x * x) * erfc(x)
        return v * (x + mpf(1) / 2)
    return f


def erfinv_of_w(w):
    """erfinv(x)/x where w = -log(1 - x^2)."""
    x = sqrt(-expm1(-mpf(w)))
    return erfinv_hp(x, w) / x


def erfinv_hp(x, w):
    # solve erfc(y) = 1 - x with 1 - x = exp(-w)/(1+x): no loss near 1
    c = exp(-mpf(w)) / (1 + x)
    y = sqrt(mpf(w)) * mpf("0.9") if w > 1 else x
    for _ in range(60):
        if w > 1:
            step = -(log(erfc(y)) - log(c)) * erfc(y) * sqrt(pi) / 2 * exp(y * y) * -1
        else:
            step = -(erf(y) - x) * sqrt(pi) / 2 * exp(y * y)
        y += step
        if abs(step) < abs(y) * mpf(10) ** -60:
            break
    return y


def erfinv_of_s(centre):
    """erfinv(x)/x where sqrt(w) = centre + u, as a function of u."""
    return lambda u: erfinv_of_w((centre + mpf(u)) ** 2)


def lgamma1(y):
    y = mpf(y) + mpf(10) ** -40
    return loggamma(1 + y) / y


def lgamma2(y):
    y = mpf(y) + mpf(10) ** -40
    return loggamma(2 + y) / y


ROOT = mp.findroot(digamma, mpf("1.4616"))


def digamma_root(x):
    d = x + mpf("1.5") - ROOT
    if abs(d) < mpf(10) ** -30:
        d = mpf(10) ** -30
    return digamma(ROOT + d) / d


L2 = log(mpf(2)) / 2 * mpf("1.0001")
ZL = mpf("0.0295")
Q = (pi / 4) ** 2 * mpf("1.0001")
T8 = tan(pi / 8) ** 2 * mpf("1.001")
FITS = {
    # name: (function, lo, hi, degree, bits)
    "EXP64": (exp_tail, -L2, L2, 10, 53),
    "EXP32": (exp_tail, -L2, L2, 4, 24),
    "LOG64": (atanh_tail(3), 0, ZL, 6, 53),
    "LOG32": (atanh_tail(3), 0, ZL, 2, 24),
    "LOG_TAIL": (atanh_tail(7), 0, ZL, 7, 53),
    "SIN": (sin_tail, 0, Q, 6, 53),
    "COS": (cos_tail, 0, Q, 5, 53),
    "TAN_TAIL": (tan_tail, 0, Q, 15, 53),
    "ATAN": (atan_tail, 0, T8, 11, 53),
    "ASIN": (asin_tail, 0, mpf("0.25"), 12, 53),
    "ERF": (erf_over_x, 0, mpf(1), 12, 53),
    "ERFCX": (erfcx_of_t(mpf(3)), -1, 1, 24, 53),
    "ERFINV_A": (lambda u: erfinv_of_w(u + mpf("2.5")), mpf("-2.5"), mpf("2.5"), 21, 53),
    "ERFINV_B": (erfinv_of_s(mpf("3.125")), mpf("-0.9"), mpf("0.9"), 20, 53),
    "ERFINV_C": (erfinv_of_s(mpf(5)), mpf("-1.1"), mpf("1.1"), 18, 53),
    "LGAMMA1": (lgamma1, -0.5, 0.5, 27, 53),
    "LGAMMA2": (lgamma2, -0.5, 0.5, 18, 53),
    "GAMMA2": (lambda z: gamma(2 + z), -0.5, 0.5, 18, 53),
    "DIGAMMA": (digamma_root, -0.5, 0.5, 21, 53),
    "CBRT": (lambda m: mp.cbrt(m), 1, 2, 3, 53),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FITS:
        f, lo, hi, degree, bits = FITS[name]
        c = fit(f, mpf(lo), mpf(hi), degree)
        err, rounded = worst(c, f, mpf(lo), mpf(hi), bits)
        kind = "f32" if bits == 24 else "f64"
        print(f"// worst relative error 2^{err:.1f}, degree {degree}")
        print(f"const {name}: [{kind}; {degree + 1}] = [")
        import struct
        for a in rounded:
            print(f"    {repr(float(a)) if bits == 53 else mp.nstr(a, 10)},")
        print("];")
