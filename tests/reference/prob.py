"""Writes prob.csv: truth for the methods of distributions, from mpmath at 60 digits.

usage: python3 prob.py > prob.csv
Each line is: distribution | method | values, as Python prints floats | truth:size, ... The size is the sum of the
magnitudes of the terms that the value is a sum of (for a probability v that is v times max(1, |log v|), since it is the
exponential of them): what an error is measured against. Parameters and values are exactly the floats that are printed.
"""
from fractions import Fraction

import mpmath
from mpmath import mp, mpf

mp.dps = 60
INF = mpf("inf")


def show(v):
    return "inf" if v == INF else "-inf" if v == -INF else mpmath.nstr(v, 25, strip_zeros=False)


def log(p):
    return mpmath.log(p) if p > 0 else -INF


def line(text, method, values, truth):
    """truth: value -> terms of a sum, or ('p', probability)."""
    out = []
    for x in values:
        t = truth(mpf(x))
        if isinstance(t, tuple):
            v = t[1]
            size = v * max(1, abs(log(v))) if v > 0 else mpf(0)
        else:
            v = mpmath.fsum(t)
            size = mpmath.fsum(abs(s) for s in t) if abs(v) != INF else mpf(0)
        out.append(f"{show(v)}:{mpmath.nstr(max(size, abs(v)), 6)}")
    print("|".join([text, method, " ".join(repr(float(x)) for x in values), " ".join(out)]))


def methods(text, xs, log_prob, cdf=None, sf=None, quantile=None, qs=()):
    """log_prob gives terms; cdf and sf give probabilities."""
    line(text, "log_prob", xs, log_prob)
    line(text, "log of prob", xs, log_prob)
    line(text, "prob", xs, lambda x: ("p", mpmath.exp(mpmath.fsum(log_prob(x)))))
    if cdf:
        line(text, "cdf", xs, lambda x: ("p", cdf(x)))
        # Near 1 the logarithm is that of what is left: 60 digits do not hold 1 - 1e-300.
        line(text, "log_cdf", xs, lambda x: [mpmath.log1p(-sf(x)) if sf and cdf(x) > 0.5 else log(cdf(x))])
    if sf:
        line(text, "log_sf", xs, lambda x: [mpmath.log1p(-cdf(x)) if cdf and sf(x) > 0.5 else log(sf(x))])
    if quantile:
        line(text, "quantile", qs, lambda q: quantile(q))


QS = [1e-300, 1e-20, 1e-5, 0.1, 0.3, 0.5, 0.75, 0.99, 1 - 1e-10]
AWAY = [0.0, 1e-300, -1e-300, 1e-20, -1e-8, 0.1, -0.5, 1.0, -1.5, 2.0, 3.25, -5.0, 8.0, -12.0, 20.0, -37.5, 40.0, -40.0, 100.0, -1e5, 1e8]
POSITIVE = [0.0, 1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 3.25, 5.0, 10.0, 30.0, 50.0, 100.0, 700.0, 1e4, 1e10]


def phi(z):
    # ncdf cancels in the upper tail only, and erfc does not.
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2


def phi_inverse(q):
    if q == 0.5:
        return mpf(0)
    if q > 0.5:
        return -phi_inverse(1 - q)
    # log phi is concave, so Newton's steps from the left of the root stay there.
    z = -mpmath.sqrt(-2 * mpmath.log(q))
    for _ in range(100):
        step = (mpmath.log(phi(z)) - mpmath.log(q)) * phi(z) / mpmath.npdf(z)
        z -= step
        if abs(step) < mpf(10) ** -50:
            return z
    raise ValueError(q)


def normal():
    for mu, text, sigma in [
        (0.0, "sigma=1.0", mpf(1)),
        (0.5, "sigma=2.0", mpf(2)),
        (-1.0, "sigma=0.001", mpf(0.001)),
        (3.0, "variance=0.3", mpmath.sqrt(mpf(0.3))),
        (0.1, "precision=7.0", 1 / mpmath.sqrt(mpf(7))),
    ]:
        m = mpf(mu)
        z = lambda x: (x - m) / sigma
        xs = [mu + float(sigma) * a for a in AWAY]
        methods(
            f"Normal(mu={mu!r}, {text})", xs,
            lambda x: [-z(x) ** 2 / 2, -mpmath.log(sigma), -mpmath.log(2 * mp.pi) / 2],
            lambda x: phi(z(x)), lambda x: phi(-z(x)),
            lambda q: [m, sigma * phi_inverse(q)], QS,
        )
    methods("Normal(mu=0.0, sigma=1e-300)", [0.0, 1e-300, 3e-300], lambda x: [-(x / mpf(1e-300)) ** 2 / 2, -mpmath.log(mpf(1e-300)), -mpmath.log(2 * mp.pi) / 2])


def exponential():
    for lam in [1.0, 0.3, 1e-200, 7e10]:
        l = mpf(lam)
        xs = [float(mpf(x) / l) for x in POSITIVE]
        methods(
            f"Exponential(lam={lam!r})", xs,
            lambda x: [mpmath.log(l), -l * x],
            lambda x: -mpmath.expm1(-l * x), lambda x: mpmath.exp(-l * x),
            lambda q: [-mpmath.log1p(-q) / l], QS,
        )
    line("Exponential(lam=2.0)", "log_prob", [-1.0, -1e-300], lambda x: [-INF])


def bernoulli():
    ps = [0.0, 1e-300, 1e-20, 1e-5, 0.1, 0.3, 0.5, 0.7, 0.999, 1 - 2.0**-53, 1.0]
    for p in ps:
        q = mpf(p)
        methods(f"Bernoulli(p={p!r})", [0.0, 1.0, 0.5, -1.0], lambda x: [log(q) if x == 1 else -INF if x != 0 or q == 1 else mpmath.log1p(-q)])
        line(f"Bernoulli(p={p!r})", "entropy", [0.0], lambda _: [-q * log(q) if q > 0 else mpf(0), -(1 - q) * mpmath.log1p(-q) if q < 1 else mpf(0)])
    for z in [-1000.0, -40.0, -3.0, -1e-8, 0.0, 0.5, 5.0, 37.0, 100.0, 1e10]:
        s = lambda z: -mpmath.log1p(mpmath.exp(-z)) if z > 0 else z - mpmath.log1p(mpmath.exp(z))
        w = mpf(z)
        for text in [f"Bernoulli(logits=[{z!r}])", f"Bernoulli(sigmoid([{z!r}]))"]:
            methods(text, [0.0, 1.0], lambda x: [s(w) if x == 1 else s(-w)])


def laplace():
    for mu, gamma in [(0.0, 1.0), (0.5, 2.0), (-3.0, 1e-5), (1.0, 1e250)]:
        m, g = mpf(mu), mpf(gamma)
        z = lambda x: (x - m) / g
        cdf = lambda x: mpmath.exp(z(x)) / 2 if x < m else 1 - mpmath.exp(-z(x)) / 2
        sf = lambda x: 1 - mpmath.exp(z(x)) / 2 if x < m else mpmath.exp(-z(x)) / 2
        quantile = lambda q: [m, g * (log(2 * q) if q < 0.5 else -log(2 * (1 - q)))]
        xs = [mu + gamma * a for a in AWAY]
        methods(f"Laplace(mu={mu!r}, gamma={gamma!r})", xs, lambda x: [-abs(z(x)), -log(g), -log(mpf(2))], cdf, sf, quantile, QS)


def uniform():
    for a, b in [(0.0, 1.0), (-1.5, 2.25), (1e-300, 3e-300), (-1e200, 1e200)]:
        lo, hi = mpf(a), mpf(b)
        inside = lambda x: lo <= x <= hi
        cdf = lambda x: min(max((x - lo) / (hi - lo), mpf(0)), mpf(1))
        sf = lambda x: min(max((hi - x) / (hi - lo), mpf(0)), mpf(1))
        xs = [a, b, a - abs(a), b + abs(b)] + [a + (b - a) * t for t in [1e-20, 1e-10, 0.125, 0.3, 0.5, 0.9, 1 - 1e-12]]
        methods(f"Uniform(a={a!r}, b={b!r})", xs, lambda x: [-log(hi - lo)] if inside(x) else [-INF], cdf, sf, lambda q: [lo, (hi - lo) * q], QS)


def discrete_uniform():
    for a, b in [(1, 6), (-40, 40), (0, 0), (-1000000, 7)]:
        n = mpf(b - a + 1)
        inside = lambda x: a <= x <= b and x == mpmath.floor(x)
        below = lambda x: min(max(mpmath.floor(x) - a + 1, mpf(0)), n)
        xs = [a - 1.0, float(a), (a + b) / 2 + 0.25, float((a + b) // 2), b - 0.5, float(b), b + 1.0]
        methods(
            f"DiscreteUniform(a={a}, b={b})", xs, lambda x: [-log(n)] if inside(x) else [-INF],
            lambda x: below(x) / n, lambda x: (n - below(x)) / n,
            lambda q: [a + max(mpmath.ceil(q * n) - 1, mpf(0))], [1e-300, 0.1, 0.4, 0.6, 0.95],
        )


def categorical():
    for p in [[0.5, 0.25, 0.0, 0.125, 0.125], [1.0], [1e-300, 1.0], [0.0, 2.0**-60, 1 - 2.0**-53]]:
        q = [mpf(v) for v in p]
        at = lambda x: q[int(x)] if x == mpmath.floor(x) and 0 <= x < len(q) else mpf(0)
        upto = lambda x: mpmath.fsum(q[: max(int(mpmath.floor(x)) + 1, 0)])
        behind = lambda x: mpmath.fsum(q[max(int(mpmath.floor(x)) + 1, 0):])
        xs = [-1.0] + [k / 2 for k in range(2 * len(p) + 1)]
        # Of shares whose floats do not sum to 1 the last step of the cdf is 1 by definition.
        cdf = lambda x: mpf(1) if x >= len(q) - 1 else upto(x)
        sf = lambda x: behind(x) if x >= 0 else mpf(1)
        # Sums of shares that are not exactly 1 are one thing from the left and another from the right.
        exact = sum(Fraction(v) for v in p) == 1
        methods(f"Categorical(p={p!r})", xs, lambda x: [log(at(x))], cdf if exact else None, sf if exact else None)
        line(f"Categorical(p={p!r})", "entropy", [0.0], lambda _: [-v * log(v) if v > 0 else mpf(0) for v in q])
    for z in [[0.0, 3.0, -2.0, 1.5], [1000.0, 0.0, -1000.0], [-5e4, -5e4, 0.5]]:
        w = [mpf(v) for v in z]
        total = log(mpmath.fsum(mpmath.exp(v) for v in w))
        # The terms of log p are the logit and the logarithm of the sum.
        one = lambda x: [w[int(x)], -total]
        xs = [float(k) for k in range(len(z))]
        line(f"Categorical(logits={z!r})", "log_prob", xs, one)
        line(f"Categorical(logits={z!r})", "log of prob", xs, one)
        up = lambda x: [log(mpmath.fsum(mpmath.exp(v) for v in w[: int(x) + 1])), -total]
        line(f"Categorical(logits={z!r})", "log_cdf", xs[:-1], up)


def dirac():
    for mu in [0.0, -2.5, 1e300]:
        m = mpf(mu)
        xs = [mu, mu - abs(mu) - 1e-300, mu + abs(mu) / 2 + 1e-300, -1e308]
        text = f"Dirac(mu={mu!r})"
        line(text, "cdf", xs, lambda x: ("p", mpf(1) if x >= m else mpf(0)))
        line(text, "log_cdf", xs, lambda x: [mpf(0) if x >= m else -INF])
        line(text, "log_sf", xs, lambda x: [mpf(0) if x < m else -INF])
        line(text, "quantile", [0.0, 0.5, 1.0], lambda q: [m])
        line(text, "mean", [0.0], lambda _: [m])
        line(text, "variance", [0.0], lambda _: [mpf(0)])


def empirical():
    for values in [[3.0, -1.0, 4.0, 1.0, 5.0, -9.0, 2.0], [2.0, 2.0, 5.0, 2.0], [1e300]]:
        n = mpf(len(values))
        v = [mpf(x) for x in values]
        share = lambda holds: sum(1 for x in v if holds(x)) / n
        xs = sorted(set(values)) + [-100.0, 0.0, 2.5, 1e9]
        methods(
            f"Empirical(values={values!r})", xs, lambda x: [log(share(lambda u: u == x))],
            lambda x: share(lambda u: u <= x), lambda x: share(lambda u: u > x),
            lambda q: [sorted(v)[max(int(mpmath.ceil(q * n)) - 1, 0)]], [1e-9, 0.1, 0.3, 0.6, 0.9],
        )


def vectors(text, method, points, truth):
    """The same for vectors: values are separated by commas."""
    out = []
    for x in points:
        t = truth([mpf(v) for v in x])
        size = mpmath.fsum(abs(s) for s in t)
        out.append(f"{show(mpmath.fsum(t))}:{mpmath.nstr(size, 6)}")
    print("|".join([text, method, " ".join(",".join(repr(float(v)) for v in x) for x in points), " ".join(out)]))


def multivariate_normal():
    import random

    random.seed(3)
    rho = 1 - 2.0**-40
    cases = [
        ([0.0, 0.0], [[2.0, 1.0], [1.0, 2.0]], "Sigma"),
        ([1.0, -1.0], [[1.0, rho], [rho, 1.0]], "Sigma"),
        ([0.0, 0.0, 0.0], [[4.0, 2.0, 0.5], [2.0, 5.0, -1.0], [0.5, -1.0, 3.0]], "precision"),
        ([0.0, 0.0, 1.0], [[1e-8, 0.0, 0.0], [3.0, 2.0, 0.0], [-1.0, 5.0, 1e5]], "cholesky"),
        ([0.0] * 4, [[1 / (i + j + 1) for j in range(4)] for i in range(4)], "Sigma"),
    ]
    for mu, a, form in cases:
        n = len(mu)
        m, A = mpmath.matrix(mu), mpmath.matrix(a)
        P = A if form == "precision" else (A * A.T) ** -1 if form == "cholesky" else A ** -1
        logdet = -log(mpmath.det(P))
        def terms(x):
            r = [x[i] - m[i] for i in range(n)]
            w = [mpmath.fsum(P[i, j] * r[j] for j in range(n)) for i in range(n)]
            return [-r[i] * w[i] / 2 for i in range(n)] + [-logdet / 2, -n * log(2 * mp.pi) / 2]
        points = [mu, [0.0] * n, [1.0] * n, [100.0 * (-1) ** i for i in range(n)]]
        points += [[random.gauss(0, 3) for _ in range(n)] for _ in range(8)]
        for method in ["log_prob", "log of prob"]:
            vectors(f"MultivariateNormal(mu={mu!r}, {form}={a!r})", method, points, terms)
    # 400 dimensions: the density itself underflows.
    n = 400
    for scale in [1.0, 0.01]:
        text = f"MultivariateNormal(mu=zeros({n}), Sigma={scale!r}*eye({n}))"
        x = [[0.0] * n, [float(i % 7) - 3 for i in range(n)]]
        truth = lambda x: [-mpmath.fsum(v * v for v in x) / (2 * mpf(scale)), -n * log(mpf(scale)) / 2, -n * log(2 * mp.pi) / 2]
        for method in ["log_prob", "log of prob"]:
            vectors(text, method, x, truth)


def density(family, a, b):
    """The density and both distribution functions of a normal or a Laplace distribution."""
    m, s = mpf(a), mpf(b)
    z = lambda x: (x - m) / s
    if family == "Normal":
        return lambda x: mpmath.npdf(x, m, s), lambda x: phi(z(x)), lambda x: phi(-z(x))
    half = lambda t: mpmath.exp(t) / 2 if t < 0 else 1 - mpmath.exp(-t) / 2
    return lambda x: mpmath.exp(-abs(z(x))) / (2 * s), lambda x: half(z(x)), lambda x: half(-z(x))


def mixture():
    cases = [
        ([0.25, 0.75], [("Normal", 0.0, 1.0), ("Laplace", 5.0, 2.0)]),
        ([0.5, 0.5], [("Normal", -10.0, 0.5), ("Normal", 10.0, 2.0)]),
        ([1.0, 0.0], [("Laplace", 1.0, 0.25), ("Normal", 0.0, 3.0)]),
    ]
    for weights, parts in cases:
        text = f"Mixture({weights!r}, [{', '.join(f'{f}({a!r}, {b!r})' for f, a, b in parts)}])"
        parts = [density(*p) for p in parts]
        over = lambda k, x: mpmath.fsum(mpf(w) * p[k](x) for w, p in zip(weights, parts))
        # The terms of the logarithm of a sum are those of its largest part.
        terms = lambda x: [log(over(0, x))]
        xs = AWAY + [10.0, -10.0, 4.5, 1e4]
        methods(text, xs, terms, lambda x: over(1, x), lambda x: over(2, x))


def transformed():
    for m, s in [(0.0, 1.0), (0.3, 0.5), (-20.0, 10.0)]:
        text, M, S = f"Transformed(Normal({m!r}, {s!r}), exp)", mpf(m), mpf(s)
        z = lambda y: (log(y) - M) / S
        def terms(y):
            return [-z(y) ** 2 / 2, -log(S), -log(2 * mp.pi) / 2, -log(y)] if y > 0 else [-INF]
        xs = [1e-300, 1e-100, 1e-10, 0.1, 0.5, 1.0, 1.5, 7.0, 1e3, 1e10, 1e100, 1e300]
        methods(text, xs, terms, lambda y: phi(z(y)), lambda y: phi(-z(y)))
        line(text, "log_prob", [-1.0, 0.0], terms)


def independent():
    n = 400
    for s in [1.0, 0.1, 1e-5]:
        S = mpf(s)
        x = [[0.0] * n, [3.0] * n, [float(i % 7) - 3 for i in range(n)]]
        truth = lambda x: [-mpmath.fsum(v * v for v in x) / (2 * S * S), -n * log(S), -n * log(2 * mp.pi) / 2]
        for method in ["log_prob", "log of prob"]:
            vectors(f"Independent(Normal(zeros({n}), {s!r}))", method, x, truth)


def lower_gamma(a, x):
    """P(a, x) by a series of positive terms."""
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** (-mp.dps - 5) or n < x - a:
        n += 1
        term *= x / (a + n)
        total += term
    return mpmath.exp(a * log(x) - x - mpmath.loggamma(1 + a)) * total if x > 0 else mpf(0)


def upper_gamma(a, x):
    """1 - P(a, x), with digits enough for what cancels."""
    with mpmath.workdps(60 + int(max(x - a, 0) / 2.3) + 20):
        return 1 - lower_gamma(a, x)


def lower_beta(a, b, x):
    """I(a, b; x) by a series of positive terms up to the mean, else by its complement."""
    if x <= 0:
        return mpf(0)
    if x >= 1:
        return mpf(1)
    if x * (a + b) > a:
        return 1 - lower_beta(b, a, 1 - x)
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** (-mp.dps - 5):
        term *= (a + b + n) * x / (a + 1 + n)
        total += term
        n += 1
    return mpmath.exp(a * log(x) + b * mpmath.log1p(-x) - log_beta(a, b)) / a * total


def log_beta(a, b):
    return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)


def upper_beta(a, b, x):
    with mpmath.workdps(400):
        return lower_beta(b, a, 1 - x)


def root(f, lo, hi):
    """Where an increasing function is 0, by bisection of the logarithm and Newton-free to 50 digits."""
    lo, hi = mpf(lo), mpf(hi)
    for _ in range(260):
        middle = mpmath.sqrt(lo * hi) if lo > 0 and hi / lo > 4 else (lo + hi) / 2
        if f(middle) < 0:
            lo = middle
        else:
            hi = middle
    return (lo + hi) / 2


def log_normal():
    for mu, sigma in [(0.0, 1.0), (0.3, 0.5), (-20.0, 10.0)]:
        m, s = mpf(mu), mpf(sigma)
        z = lambda x: (log(x) - m) / s
        terms = lambda x: [-z(x) ** 2 / 2, -log(s), -log(2 * mp.pi) / 2, -log(x)] if x > 0 else [-INF]
        xs = [1e-300, 1e-100, 1e-10, 0.1, 0.5, 1.0, 1.5, 7.0, 1e3, 1e10, 1e100, 1e300]
        quantile = lambda q: [mpmath.exp(m + s * phi_inverse(q))]
        methods(f"LogNormal(mu={mu!r}, sigma={sigma!r})", xs, terms, lambda x: phi(z(x)), lambda x: phi(-z(x)), quantile, [1e-20, 1e-5, 0.1, 0.5, 0.75, 0.99])
        line(f"LogNormal(mu={mu!r}, sigma={sigma!r})", "log_prob", [-1.0, 0.0], terms)


def gamma():
    for a, b in [(2.5, 0.5), (0.4, 3.0), (1.0, 1.0), (300.0, 1e-5), (1e-3, 2.0)]:
        A, B = mpf(a), mpf(b)
        terms = lambda x: [A * log(B), (A - 1) * log(x), -B * x, -mpmath.loggamma(A)] if x > 0 else [-INF]
        xs = [float(t / B) for t in [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 5.0, 10.0, 30.0, 100.0, 200.0, 300.0, 400.0, 700.0]]
        xs = [x for x in xs if x > 0]
        qs = [1e-300, 1e-20, 1e-5, 0.1, 0.3, 0.5, 0.75, 0.99] if a > 0.1 else [0.9, 0.99]
        quantile = lambda q: [root(lambda t: lower_gamma(A, t) - q, mpf(10) ** -2000, 1000) / B]
        methods(f"Gamma(alpha={a!r}, beta={b!r})", xs, terms, lambda x: lower_gamma(A, B * x), lambda x: upper_gamma(A, B * x), quantile, qs)
        line(f"Gamma(alpha={a!r}, beta={b!r})", "log_prob", [-1.0], terms)


def beta():
    for a, b in [(2.0, 3.0), (0.5, 0.7), (20.0, 1.5), (1e-3, 2.0), (400.0, 300.0)]:
        A, B = mpf(a), mpf(b)
        terms = lambda x: [(A - 1) * log(x), (B - 1) * mpmath.log1p(-x), -log_beta(A, B)] if 0 < x < 1 else [-INF]
        xs = [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.3, 0.5, 0.55, 0.6, 0.7, 0.9, 0.99, 1 - 2.0**-20, 1 - 2.0**-50]
        qs = [1e-20, 1e-5, 0.1, 0.3, 0.5, 0.75, 0.9] if a > 0.1 else [0.9, 0.99]
        quantile = lambda q: [root(lambda t: lower_beta(A, B, t) - q, mpf(10) ** -600, 1)]
        cdf = lambda x: lower_beta(A, B, x)
        methods(f"Beta(alpha={a!r}, beta={b!r})", xs, terms, cdf, lambda x: upper_beta(A, B, x), quantile, qs)
        line(f"Beta(alpha={a!r}, beta={b!r})", "log_prob", [-1.0, 1.5], terms)


def student_t():
    for nu, mu, sigma in [(5.0, 0.0, 1.0), (1.0, 0.5, 2.0), (0.3, 0.0, 1.0), (100.0, -1.0, 0.1)]:
        n, m, s = mpf(nu), mpf(mu), mpf(sigma)
        z = lambda x: (x - m) / s
        terms = lambda x: [-(n + 1) / 2 * mpmath.log1p(z(x) ** 2 / n), -log_beta(n / 2, mpf(1) / 2), -log(n) / 2, -log(s)]
        def tail(t):
            x, y = n / (n + t * t), t * t / (n + t * t)
            return (lower_beta(n / 2, mpf(1) / 2, x) if x < 0.7 else 1 - lower_beta(mpf(1) / 2, n / 2, y)) / 2
        cdf = lambda x: tail(z(x)) if z(x) < 0 else 1 - tail(z(x))
        sf = lambda x: tail(z(x)) if z(x) > 0 else 1 - tail(z(x))
        xs = [mu + sigma * v for v in [0.0, 1e-8, -0.1, 0.5, -1.0, 1.5, -3.0, 10.0, -40.0, 1e5, -1e8]]
        def quantile(q):
            t = root(lambda t: (q if q < 0.5 else 1 - q) - tail(t), mpf(10) ** -30, mpf(10) ** 80) if q != 0.5 else mpf(0)
            return [m, (-s if q < 0.5 else s) * t]
        methods(f"StudentT(nu={nu!r}, mu={mu!r}, sigma={sigma!r})", xs, terms, cdf, sf, quantile, [1e-20, 1e-5, 0.1, 0.3, 0.5, 0.75, 0.99])


def binomial():
    for n, p in [(1, 0.3), (10, 0.5), (100, 1e-5), (1000, 0.97), (5, 0.0), (5, 1.0)]:
        q = mpf(p)
        count = lambda x: x == mpmath.floor(x) and 0 <= x <= n
        def terms(x):
            if not count(x) or (p == 0 and x > 0) or (p == 1 and x < n):
                return [-INF]
            heads = x * log(q) if x > 0 else mpf(0)
            return [log(mpmath.binomial(n, x)), heads, (n - x) * mpmath.log1p(-q) if x < n else mpf(0)]
        mass = lambda k: mpmath.exp(mpmath.fsum(terms(mpf(k)))) if terms(mpf(k)) != [-INF] else mpf(0)
        upto = lambda x: mpmath.fsum(mass(k) for k in range(min(int(mpmath.floor(x)), n) + 1)) if x >= 0 else mpf(0)
        behind = lambda x: mpmath.fsum(mass(k) for k in range(max(int(mpmath.floor(x)) + 1, 0), n + 1)) if x < n else mpf(0)
        xs = sorted({-1.0, 0.0, 0.5, 1.0, float(n // 2), float(n - 1), float(n), n + 1.0, float(int(n * 0.9))})
        text = f"Binomial(n={n}, p={p!r})"
        if 0 < p < 1:
            methods(text, xs, terms, upto, behind)
        else:
            line(text, "log_prob", xs, terms)
            line(text, "cdf", xs, lambda x: ("p", upto(x)))


def poisson():
    for lam in [0.01, 3.0, 40.0, 1000.0]:
        l = mpf(lam)
        terms = lambda x: [x * log(l), -l, -mpmath.loggamma(x + 1)] if x >= 0 and x == mpmath.floor(x) else [-INF]
        xs = [-1.0, 0.0, 0.5, 1.0, 2.0, 5.0, 20.0, 39.0, 100.0, 900.0, 1100.0, 2000.0]
        cdf = lambda x: upper_gamma(mpmath.floor(x) + 1, l) if x >= 0 else mpf(0)
        sf = lambda x: lower_gamma(mpmath.floor(x) + 1, l) if x >= 0 else mpf(1)
        methods(f"Poisson(lam={lam!r})", xs, terms, cdf, sf)


def shares():
    import random

    random.seed(5)
    for a in [[1.0, 2.0, 5.0], [0.1, 0.1], [300.0, 200.0, 0.5, 7.0]]:
        A = [mpf(v) for v in a]
        def truth(x):
            return [(v - 1) * log(t) for v, t in zip(A, x)] + [mpmath.loggamma(mpmath.fsum(A))] + [-mpmath.loggamma(v) for v in A]
        points = []
        while len(points) < 10:
            # Shares whose floats sum to 1 exactly.
            cuts = sorted(random.randrange(1, 2**20) for _ in range(len(a) - 1))
            points.append([(hi - lo) / 2**20 for lo, hi in zip([0] + cuts, cuts + [2**20])])
        points = [p for p in points if min(p) > 0]
        for method in ["log_prob", "log of prob"]:
            vectors(f"Dirichlet(alpha={a!r})", method, points, truth)
    for n, p in [(3, [0.5, 0.5]), (100, [0.125, 0.25, 0.5, 0.125]), (20, [1e-300, 1.0])]:
        P = [mpf(v) for v in p]
        def truth(x):
            return [mpmath.loggamma(mpf(n) + 1)] + [-mpmath.loggamma(k + 1) for k in x] + [k * log(v) if k > 0 else mpf(0) for k, v in zip(x, P)]
        points = []
        for _ in range(12):
            cuts = sorted(random.randrange(0, n + 1) for _ in range(len(p) - 1))
            points.append([float(hi - lo) for lo, hi in zip([0] + cuts, cuts + [n])])
        for method in ["log_prob", "log of prob"]:
            vectors(f"Multinomial(n={n}, p={p!r})", method, points, truth)


normal()
exponential()
bernoulli()
laplace()
uniform()
discrete_uniform()
categorical()
dirac()
empirical()
multivariate_normal()
mixture()
transformed()
independent()
log_normal()
gamma()
beta()
student_t()
binomial()
poisson()
shares()
