"""Writes arrays.csv: truth for rows that look at whole axes or matrices, from mpmath.

usage: python3 arrays.py > arrays.csv
Lines are `name;attribute;inputs;value;unit`. An input is `shape:bits bits ...`, several are separated by `|`; bits are
those of f64, of numbers that f32 has too. The value is a list of decimals, and so is the unit: what an error is measured
against, which is the value itself unless terms of both signs are added up, and their sum without signs then.
"""
import struct

import mpmath as mp
from mpmath import mpf

mp.mp.dps = 60
STATE = [2026]


def noise():
    STATE[0] = (STATE[0] * 6364136223846793005 + 1442695040888963407) % 2**64
    return (STATE[0] >> 11) / 2.0**52 - 1.0


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def lane(n, scale=1.0, shift=0.0):
    return [f32(scale * noise() + shift) for _ in range(n)]


def line(name, attribute, inputs, value, unit=None):
    text = lambda xs: " ".join(mp.nstr(v, 25, strip_zeros=True) for v in xs)
    bits = lambda x: struct.pack(">d", float(x)).hex()
    shown = "|".join("x".join(map(str, s)) + ":" + " ".join(map(bits, xs)) for s, xs in inputs)
    print(";".join([name, attribute, shown, text(value), text(unit or value)]))


def exact(xs):
    return [mpf(x) for x in xs]


def lanes():
    tails = [1e-30, 3e4, -3e4, 0.5, 1e20, -1e20, 2.0**-40]
    cases = [lane(5), lane(100), lane(300, 1e3), lane(7, 1e-30), lane(64, 30.0), [f32(x) for x in tails], [1.5]]
    for xs in cases:
        x, n, i = exact(xs), len(xs), [((len(xs),), xs)]
        signs = mp.fsum(abs(v) for v in x)
        line("sum", "axis", i, [mp.fsum(x)], [signs])
        line("mean", "axis", i, [mp.fsum(x) / n], [signs / n])
        line("norm", "axis", i, [mp.sqrt(mp.fsum(v * v for v in x))])
        top = max(x)
        total = mp.fsum(mp.exp(v - top) for v in x)
        line("logsumexp", "axis", i, [top + mp.log(total)], [max(abs(top), mp.log(total))])
        line("softmax", "axis", i, [mp.exp(v - top) / total for v in x])
        line("log_softmax", "axis", i, [v - top - mp.log(total) for v in x])
        running = [mp.fsum(x[: k + 1]) for k in range(n)]
        line("cumsum", "axis", i, running, [mp.fsum(abs(v) for v in x[: k + 1]) for k in range(n)])
        shifted = [mp.log(mp.fsum(mp.exp(v) for v in x[: k + 1])) for k in range(n)]
        line("cumlogsumexp", "axis", i, shifted, [max(abs(v), abs(max(x[: k + 1])), 1) for k, v in enumerate(shifted)])
    for xs in [lane(5), lane(40, 0.5, 1.0), [1e-20, 1e20, 3.0, -2.0], [2.0, 0.0, 3.0]]:
        xs = [f32(v) for v in xs]
        x, n, i = exact(xs), len(xs), [((len(xs),), xs)]
        line("prod", "axis", i, [mp.fprod(x)])
        line("cumprod", "axis", i, [mp.fprod(x[: k + 1]) for k in range(n)])
        line("prod_others", "axis", i, [mp.fprod(x[:k] + x[k + 1 :]) for k in range(n)])
    for n in (4, 50):
        a, b = lane(n), lane(n)
        s, size, values, units = mpf(0), mpf(0), [], []
        for x, y in zip(exact(a), exact(b)):
            s, size = x * s + y, abs(x) * size + abs(y)
            values.append(s)
            units.append(size)
        line("linear_recurrence", "axis", [((n,), a), ((n,), b)], values, units)


def product(a, b, shape_a, shape_b):
    rows, inner = shape_a
    columns = shape_b[1]
    value, unit = [], []
    for r in range(rows):
        for c in range(columns):
            terms = [mpf(a[r * inner + k]) * mpf(b[k * columns + c]) for k in range(inner)]
            value.append(mp.fsum(terms))
            unit.append(mp.fsum(abs(t) for t in terms))
    return value, unit


def products():
    for n, k, m in [(1, 5, 1), (3, 4, 2), (17, 33, 9)]:
        a, b = lane(n * k), lane(k * m)
        line("matmul", "22", [((n, k), a), ((k, m), b)], *product(a, b, (n, k), (k, m)))
        x = lane(k)
        line("matvec", "21", [((n, k), a), ((k,), x)], *product(a, x, (n, k), (k, 1)))
        y = lane(n)
        line("vecmat", "12", [((n,), y), ((n, k), a)], *product(y, a, (1, n), (n, k)))
        line("dot", "11", [((k,), x), ((k,), x[::-1])], *product(x, x[::-1], (1, k), (k, 1)))


def matrices():
    for n in (1, 2, 3, 6):
        # Diagonally dominant, so that every pivot keeps its digits.
        a = [f32(noise() + (4.0 if r == c else 0.0)) for r in range(n) for c in range(n)]
        m = mp.matrix(n, n)
        for k, v in enumerate(a):
            m[k // n, k % n] = mpf(v)
        det, inv = mp.det(m), m**-1
        flat = lambda t: [t[r, c] for r in range(t.rows) for c in range(t.cols)]
        size = lambda t: [max(abs(v) for v in flat(t))] * (t.rows * t.cols)
        i = [((n, n), a)]
        line("det", "", i, [det])
        line("slogdet", "", i, [mp.sign(det), mp.log(abs(det))], [1, max(abs(mp.log(abs(det))), 1)])
        line("inv", "", i, flat(inv), size(inv))
        line("adjugate", "", i, flat(det * inv), size(det * inv))
        b = lane(2 * n)
        right = mp.matrix(n, 2)
        for k, v in enumerate(b):
            right[k // 2, k % 2] = mpf(v)
        x = inv * right
        line("solve", "", [((n, n), a), ((n, 2), b)], flat(x), size(x))
        # An exact Gram matrix of small whole numbers is symmetric and positive definite.
        g = [[round(3 * noise()) + (7 if r == c else 0) for c in range(n)] for r in range(n)]
        gram = mp.matrix([[sum(g[r][k] * g[c][k] for k in range(n)) for c in range(n)] for r in range(n)])
        low = mp.cholesky(gram)
        line("cholesky", "", [((n, n), [float(v) for v in flat(gram)])], flat(low), size(low))


def orders():
    for n in (0, 1, 2, 3, 7, 20):
        xs = [f32(v) for v in (1e-3, 0.1, 0.5, 1.0, 1.25, 2.0, 5.0, 10.0, 40.0, 1e3, 1e8)]
        value = [mp.psi(n, mpf(x)) for x in xs]
        line("polygamma", "", [((len(xs),), [float(n)] * len(xs)), ((len(xs),), xs)], value)


lanes()
products()
matrices()
orders()
