"""Writes integrals.csv: integrals in one to three dimensions by mpmath with 40 digits, most of them in closed form.

usage: python3 integrals.py > integrals.csv
Lines are `formula;lower ends;upper ends;value`: the formula is one of the language, of x, y and z.
"""
from mpmath import mp, mpf, pi, sqrt, exp, log, erf, gamma, beta, besselk, euler, quad, inf, sin, cos, atan, zeta, catalan, ellipk, e1

mp.dps = 40
rows = [
    ("exp(-x**2 / 2) / sqrt(2 * pi)", "-inf", "inf", mpf(1)),
    ("exp(-x**2 / 2) / sqrt(2 * pi)", "-inf", "-3", erf(-3 / sqrt(mpf(2))) / 2 + mpf(1) / 2),
    ("exp(-x**2 / 2) / sqrt(2 * pi)", "10", "inf", mp.erfc(10 / sqrt(mpf(2))) / 2),
    ("1 / (pi * (1 + x**2))", "-inf", "inf", mpf(1)),
    ("1 / (pi * (1 + x**2))", "1000", "inf", (pi / 2 - atan(mpf(1000))) / pi),
    ("exp(-x)", "0", "inf", mpf(1)),
    ("x**9.5 * exp(-x)", "0", "inf", gamma(mpf("10.5"))),
    ("exp(-x) / sqrt(x)", "0", "inf", gamma(mpf("0.5"))),
    ("x**(-0.9)", "0", "1", mpf(10)),
    ("x**(-0.3) * (1 - x)**2.5", "0", "1", beta(mpf("0.7"), mpf("3.5"))),
    ("log(x)", "0", "1", mpf(-1)),
    ("log(x)**4 * sqrt(x)", "0", "1", quad(lambda x: log(x) ** 4 * sqrt(x), [0, 1])),
    ("abs(x - 0.3)", "0", "1", (mpf("0.3") ** 2 + mpf("0.7") ** 2) / 2),
    ("exp(-abs(x - 1.25))", "-inf", "inf", mpf(2)),
    ("1 / (1e-6 + (x - 0.4)**2)", "0", "1", (atan(mpf("0.6") * 1000) + atan(mpf("0.4") * 1000)) * 1000),
    ("cos(50 * x)", "0", "3", sin(mpf(150)) / 50),
    ("exp(x) * sin(3 * x)", "-2", "5", quad(lambda x: exp(x) * sin(3 * x), [-2, 0, 1, 2, 3, 4, 5])),
    ("x / (exp(x) - 1)", "0", "inf", pi ** 2 / 6),
    ("exp(-2 * cosh(x))", "0", "inf", besselk(0, 2)),
    ("where(x < 1, x, exp(1 - x))", "0", "inf", mpf(1) / 2 + 1),
    ("1 / x**1.5", "1", "inf", mpf(2)),
    ("exp(-(x**2 + x*y + y**2))", "-inf -inf", "inf inf", 2 * pi / sqrt(mpf(3))),
    ("x * y**2 * exp(x * y)", "0 0", "1 2", quad(lambda y: y ** 2 * ((y - 1) * exp(y) + 1) / y ** 2, [0, 2])),
    ("1 / (1 - x * y)", "0 0", "1 1", pi ** 2 / 6),
    ("exp(-x - 2 * y)", "0 0", "inf inf", mpf(1) / 2),
    ("1 / (1 + x**2 + y**2)**2", "-inf -inf", "inf inf", pi),
    ("exp(-(x**2 + 2*y**2 + 3*z**2))", "-inf -inf -inf", "inf inf inf", pi ** mpf("1.5") / sqrt(mpf(6))),
    ("x**2 * y * exp(-z)", "0 0 0", "1 2 inf", mpf(2) / 3),
    ("exp(-(x**2 + y**2 + z**2 + x*y))", "-inf -inf -inf", "inf inf inf", pi ** mpf("1.5") / sqrt(mpf(3) / 4)),
]
print("# made by integrals.py with mpmath", mp.__version__ if hasattr(mp, "__version__") else "")
for formula, lo, hi, value in rows:
    print(f"{formula};{lo};{hi};{float(value)!r}")
