"""Values of the minima of the problems of More, Garbow and Hillstrom (1981), to 20 digits, for tests/optim/mgh.rs.

Where the paper knows the value in closed form, that is written; elsewhere Levenberg's method is run in 60 digits with
mpmath until its steps vanish, from the published start or, for a second minimum, from near the published place.
Run: python3 tests/reference/mgh.py > tests/reference/mgh.csv
"""
from mpmath import mp, mpf, matrix, exp, sin, cos, sqrt, lu_solve

mp.dps = 60


def jacobian(f, x, r):
    """Differences with a step so small that their error lies below 25 digits."""
    h = mpf(10) ** -25
    columns = []
    for j in range(len(x)):
        up, down = list(x), list(x)
        up[j] += h * max(1, abs(x[j]))
        down[j] -= h * max(1, abs(x[j]))
        width = up[j] - down[j]
        columns.append([(a - b) / width for a, b in zip(f(up), f(down))])
    return columns


def least(f, x):
    x = [mpf(str(v)) if isinstance(v, float) else mpf(v) for v in x]
    r, lam = f(x), mpf(1)
    value = sum(v * v for v in r)
    for _ in range(2000):
        J = jacobian(f, x, r)
        n = len(x)
        A = matrix(n, n)
        for i in range(n):
            for j in range(n):
                A[i, j] = sum(a * b for a, b in zip(J[i], J[j]))
        g = matrix([sum(a * b for a, b in zip(J[i], r)) for i in range(n)])
        moved = False
        for _ in range(200):
            M = A.copy()
            for i in range(n):
                M[i, i] = M[i, i] * (1 + lam) + mpf(10) ** -40
            d = lu_solve(M, -g)
            new = [a + b for a, b in zip(x, d)]
            q = f(new)
            v = sum(a * a for a in q)
            if v < value:
                moved = True
                step = max(abs(b) / (abs(a) + mpf(10) ** -8) for a, b in zip(new, d))
                x, r, value, lam = new, q, v, lam / 8
                break
            lam *= 5
        if not moved or step < mpf(10) ** -18:
            break
    return value


def decimals(text):
    return [mpf(w) for w in text.split()]


def freudenstein(x):
    return [-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]]


def jennrich(x):
    return [2 + 2 * i - (exp(i * x[0]) + exp(i * x[1])) for i in range(1, 11)]


BARD = decimals("0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39")


def bard(x):
    return [y - (x[0] + i / ((16 - i) * x[1] + min(i, 16 - i) * x[2])) for i, y in enumerate(BARD, 1)]


HALF = decimals("0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521")
GAUSS = HALF + [mpf("0.3989")] + HALF[::-1]


def gaussian(x):
    return [x[0] * exp(-x[1] * (mpf(8 - i) / 2 - x[2]) ** 2 / 2) - y for i, y in enumerate(GAUSS, 1)]


MEYER = decimals("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")


def meyer(x):
    return [x[0] * exp(x[1] / (45 + 5 * i + x[2])) - y for i, y in enumerate(MEYER, 1)]


KOY = decimals("0.1957 0.1947 0.1735 0.1600 0.0844 0.0627 0.0456 0.0342 0.0323 0.0235 0.0246")
KOU = decimals("4 2 1 0.5 0.25 0.167 0.125 0.1 0.0833 0.0714 0.0625")


def kowalik(x):
    return [y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]) for y, u in zip(KOY, KOU)]


def brown_dennis(x):
    t = [mpf(i) / 5 for i in range(1, 21)]
    return [(x[0] + s * x[1] - exp(s)) ** 2 + (x[2] + x[3] * sin(s) - cos(s)) ** 2 for s in t]


OSB1 = decimals(
    "0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 0.628 0.603 0.580 0.558 "
    "0.538 0.522 0.506 0.490 0.478 0.467 0.457 0.448 0.438 0.431 0.424 0.420 0.414 0.411 0.406"
)


def osborne1(x):
    return [y - (x[0] + x[1] * exp(-10 * i * x[3]) + x[2] * exp(-10 * i * x[4])) for i, y in enumerate(OSB1)]


def biggs(x):
    t = [mpf(i) / 10 for i in range(1, 14)]
    y = [exp(-s) - 5 * exp(-10 * s) + 3 * exp(-4 * s) for s in t]
    return [x[2] * exp(-s * x[0]) - x[3] * exp(-s * x[1]) + x[5] * exp(-s * x[4]) - v for s, v in zip(t, y)]


OSB2 = decimals(
    "1.366 1.191 1.112 1.013 0.991 0.885 0.831 0.847 0.786 0.725 0.746 0.679 0.608 0.655 0.616 0.606 0.602 0.626 0.651 "
    "0.724 0.649 0.649 0.694 0.644 0.624 0.661 0.612 0.558 0.533 0.495 0.500 0.423 0.395 0.375 0.372 0.391 0.396 0.405 "
    "0.428 0.429 0.523 0.562 0.607 0.653 0.672 0.708 0.633 0.668 0.645 0.632 0.591 0.559 0.597 0.625 0.739 0.710 0.729 "
    "0.720 0.636 0.581 0.428 0.292 0.162 0.098 0.054"
)


def osborne2(x):
    def bump(s, a, b, c):
        return a * exp(-((s - c) ** 2) * b)

    t = [mpf(i) / 10 for i in range(65)]
    return [
        y - (x[0] * exp(-s * x[4]) + bump(s, x[1], x[5], x[8]) + bump(s, x[2], x[6], x[9]) + bump(s, x[3], x[7], x[10]))
        for y, s in zip(OSB2, t)
    ]


def watson(x):
    n, r = len(x), []
    for i in range(1, 30):
        s = mpf(i) / 29
        slope = sum(j * x[j] * s ** (j - 1) for j in range(1, n))
        r.append(slope - sum(x[j] * s**j for j in range(n)) ** 2 - 1)
    return r + [x[0], x[1] - x[0] ** 2 - 1]


def penalty1(x):
    return [sqrt(mpf("1e-5")) * (v - 1) for v in x] + [sum(v * v for v in x) - mpf("0.25")]


def penalty2(x):
    n, a = len(x), sqrt(mpf("1e-5"))
    ten = mpf(10)
    middle = [
        a * (exp(x[i] / 10) + exp(x[i - 1] / 10) - exp((i + 1) / ten) - exp(i / ten)) for i in range(1, n)
    ]
    late = [a * (exp(x[i] / 10) - exp(-1 / ten)) for i in range(1, n)]
    return [x[0] - mpf("0.2")] + middle + late + [sum((n - j) * x[j] ** 2 for j in range(n)) - 1]


def trigonometric(x):
    n = len(x)
    s = sum(cos(v) for v in x)
    return [n - s + (i + 1) * (1 - cos(v)) - sin(v) for i, v in enumerate(x)]


def chebyquad(x):
    n, r = len(x), []
    low, high = [mpf(1)] * n, [2 * v - 1 for v in x]
    for i in range(1, n + 1):
        r.append(sum(high) / n + (0 if i % 2 else mpf(1) / (i * i - 1)))
        low, high = high, [2 * (2 * v - 1) * h - l for v, h, l in zip(x, high, low)]
    return r


m = mpf(20)
ROWS = [
    ("Rosenbrock", [0]),
    ("Freudenstein and Roth", [0, least(freudenstein, [0.5, -2])]),
    ("Powell badly scaled", [0]),
    ("Brown badly scaled", [0]),
    ("Beale", [0]),
    ("Jennrich and Sampson", [least(jennrich, [0.3, 0.4])]),
    ("Helical valley", [0]),
    ("Bard", [least(bard, [1, 1, 1])]),
    ("Gaussian", [least(gaussian, [0.4, 1, 0])]),
    ("Meyer", [least(meyer, [0.0056, 6181, 345])]),
    ("Gulf research and development", [0]),
    ("Box three-dimensional", [0]),
    ("Powell singular", [0]),
    ("Wood", [0]),
    ("Kowalik and Osborne", [least(kowalik, [0.25, 0.39, 0.415, 0.39])]),
    ("Brown and Dennis", [least(brown_dennis, [-11.6, 13.2, -0.4, 0.24])]),
    ("Osborne 1", [least(osborne1, [0.3754, 1.9358, -1.4647, 0.01287, 0.02212])]),
    ("Biggs EXP6", [0, least(biggs, [1.7, 18, 1.2, 16, 1.7, -3.8e-5])]),
    ("Osborne 2", [least(osborne2, [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5])]),
    ("Watson", [least(watson, [0] * 6)]),
    ("Extended Rosenbrock", [0]),
    ("Extended Powell singular", [0]),
    ("Penalty I", [least(penalty1, [0.25] * 4)]),
    ("Penalty II", [least(penalty2, [0.2, 0.19, 0.48, 0.51])]),
    ("Variably dimensioned", [0]),
    ("Trigonometric", [0, least(trigonometric, [0.0551, 0.0568, 0.0587, 0.0609, 0.0633, 0.0662, 0.208, 0.165, 0.0850, 0.0914])]),
    ("Brown almost-linear", [0, 1]),
    ("Discrete boundary value", [0]),
    ("Discrete integral equation", [0]),
    ("Broyden tridiagonal", [0]),
    ("Broyden banded", [0]),
    ("Linear, full rank", [10]),
    ("Linear, rank 1", [m * (m - 1) / (2 * (2 * m + 1))]),
    ("Linear, rank 1 with zero columns and rows", [(m * m + 3 * m - 6) / (2 * (2 * m - 3))]),
    ("Chebyquad", [least(chebyquad, [mpf(j) / 9 for j in range(1, 9)])]),
]
for name, values in ROWS:
    print("|".join([name] + [mp.nstr(mpf(v), 20) for v in values]))
