"""Makes complex.csv: complex products, quotients, squares, reciprocals and lengths by mpmath, 60 digits in the working.

Lines are `op,operands,results`: the bits of f64 parts in hexadecimal, and 25 digits of each part of the result.
Matrices (`matmul`, `solve`) are written row by row behind their sizes. Run: python3 complex.py > complex.csv
"""

import random
import struct

from mpmath import mp, mpc, mpf

mp.prec = 4000  # exponents of f64 meet without rounding
random.seed(7)

EDGES = [0.0, 1.0, -1.0, 3.0, 1e-300, -1e300, 1.7976931348623157e308, 5e-324, 2.0**-1022, 1e154, 1e-160, 0.1, -2.5]


def part():
    kind = random.random()
    if kind < 0.3:
        return random.choice(EDGES)
    if kind < 0.6:
        return random.gauss(0, 1)
    return random.choice([-1, 1]) * random.uniform(1, 2) * 2.0 ** random.randint(-1000, 1000)


def bits(*values):
    return " ".join(struct.pack(">d", v).hex() for v in values)


def digits(*values):
    return " ".join(mp.nstr(v, 25, strip_zeros=False, min_fixed=1, max_fixed=0) for v in values)


def line(op, operands, *results):
    print(f"{op},{bits(*operands)},{digits(*results)}")


def z(pair):
    return mpc(mpf(pair[0]), mpf(pair[1]))


pairs = [((part(), part()), (part(), part())) for _ in range(300)]
# Products and quotients one part of which cancels: (a + bi)(b' + a'i) with ab' near ba'.
for _ in range(100):
    a, b = random.gauss(0, 1), random.gauss(0, 1)
    near = 1 + random.randint(-4, 4) * 2.0**-52
    pairs += [((a, b), (b, a * near)), ((a, b), (a, b * near))]

for a, b in pairs:
    x, y = z(a), z(b)
    line("mul", a + b, (x * y).real, (x * y).imag)
    line("square", a, (x * x).real, (x * x).imag)
    line("abs", a, mp.sqrt(x.real**2 + x.imag**2))
    if y != 0:
        q = x / y
        line("div", a + b, q.real, q.imag)
        line("reciprocal", b, (1 / y).real, (1 / y).imag)

for n, k, m in [(1, 1, 1), (2, 3, 2), (3, 3, 1), (4, 5, 3), (7, 7, 7), (20, 20, 2)]:
    a = [(random.gauss(0, 1), random.gauss(0, 1)) for _ in range(n * k)]
    b = [(random.gauss(0, 1), random.gauss(0, 1)) for _ in range(k * m)]
    A, B = mp.matrix(n, k), mp.matrix(k, m)
    for i, v in enumerate(a):
        A[i // k, i % k] = z(v)
    for i, v in enumerate(b):
        B[i // m, i % m] = z(v)
    flat = lambda M: [p for i in range(M.rows) for j in range(M.cols) for p in (M[i, j].real, M[i, j].imag)]
    numbers = [p for v in a + b for p in v]
    line(f"matmul {n} {k} {m}", numbers, *flat(A * B))
    if n == k:
        columns = [mp.lu_solve(A, B[:, j]) for j in range(m)]
        X = mp.matrix(n, m)
        for j, c in enumerate(columns):
            for i in range(n):
                X[i, j] = c[i]
        line(f"solve {n} {k} {m}", numbers, *flat(X))
