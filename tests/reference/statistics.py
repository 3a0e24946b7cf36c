"""Writes statistics.csv: samples on which textbook formulas lose their digits, and their statistics from exact fractions.

usage: python3 statistics.py > statistics.csv
Lines are `name;x;y;weights;mean x;var x;cov;corr;weighted mean x;weighted var x (aweights);weighted cov (fweights)`:
ddof is 1; values are taken as the f64 that they are, results rounded once; square roots by mpmath with 60 digits.
"""
import random
from fractions import Fraction

from mpmath import mp, mpf, sqrt

mp.dps = 60
random.seed(5)
number = lambda f: mpf(f.numerator) / f.denominator


def moments(x, y, w):
    n = sum(w)
    mx, my = sum(a * b for a, b in zip(w, x)) / n, sum(a * b for a, b in zip(w, y)) / n
    s = lambda u, mu, v, mv: sum(c * (a - mu) * (b - mv) for a, b, c in zip(u, v, w))
    return n, mx, s(x, mx, x, mx), s(x, mx, y, my), s(y, my, y, my)


def line(name, x, y, w):
    fx, fy, fw = ([Fraction(v) for v in z] for z in (x, y, w))
    n, mx, sxx, sxy, syy = moments(fx, fy, [Fraction(1)] * len(x))
    corr = number(sxy) / sqrt(number(sxx) * number(syy))
    total, wmx, wxx, wxy, _ = moments(fx, fy, fw)
    reliable = total - sum(v * v for v in fw) / total
    out = [mx, sxx / (n - 1), sxy / (n - 1), corr, wmx, wxx / reliable, wxy / (total - 1)]
    text = lambda z: " ".join(repr(float(v)) for v in z)
    values = ";".join(repr(float(v if isinstance(v, mpf) else number(v))) for v in out)
    print(f"{name};{text(x)};{text(y)};{text(w)};{values}")


print("# made by statistics.py")
counts = lambda n: [float(random.randint(1, 9)) for _ in range(n)]
noise = lambda n: [random.gauss(0, 1) for _ in range(n)]
x = [1e9 + i for i in range(1, 41)]
line("large mean", x, [3e9 - 2 * i + random.random() for i in range(40)], counts(40))
line("a million and a half", [1.5e6 + random.random() * 1e-3 for _ in range(60)], [v * 1e-8 for v in noise(60)], counts(60))
line("last bits", [1.0 + i * 2.0 ** -52 for i in range(30)], [7.0 - (i * i) * 2.0 ** -50 for i in range(30)], counts(30))
line("mixed sizes", [10.0 ** random.randint(-8, 8) * v for v in noise(50)], [10.0 ** random.randint(-3, 3) for _ in range(50)], counts(50))
line("tiny", [1e-140 * v for v in noise(25)], [1e-150 * v + 1e-145 for v in noise(25)], counts(25))
line("huge", [1e140 * v + 1e148 for v in noise(25)], [1e120 * v for v in noise(25)], counts(25))
line("nearly collinear", [float(i) for i in range(40)], [float(i) + 1e-9 * v for i, v in enumerate(noise(40))], counts(40))
line("two", [1e15, 1e15 + 1], [1.0, 3.0], [2.0, 3.0])
