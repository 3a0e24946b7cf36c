"""Writes incomplete.csv: truth for the incomplete gamma and beta functions, their logarithms, inverses and derivatives.

usage: python3 incomplete.py > incomplete.csv
Lines are `name,inputs…,value`, inputs as hexadecimal bits of f64. The values are series of positive terms in mpmath at a
hundred and more digits, on the side of the mean where they converge; the other side is 1 less that, with as many digits
more as cancel. Derivatives in shapes are central differences with a step of 1e-40 of the shape.
"""
import struct
import sys

from mpmath import mp, mpf


def bits(x):
    return struct.pack(">d", float(x)).hex()


def text(x):
    with mp.workdps(30):
        return mp.nstr(+x, 26, strip_zeros=True)


def lower_gamma(a, x):
    """x^a e^-x / Gamma(1 + a) * sum of x^n/((a + 1)...(a + n))."""
    term, total, n = mpf(1), mpf(1), 0
    tiny = mpf(10) ** -mp.dps
    while term > tiny * total or n < x - a:
        n += 1
        term *= x / (a + n)
        total += term
    return mp.exp(a * mp.log(x) - x - mp.loggamma(1 + a)) * total


def digits_gamma(a, x):
    """How many digits 1 - P loses."""
    a, x = float(a), float(x)
    lost = max(0, (x - a - a * float(mp.log(mpf(x) / a))) / 2.3) if x > a else 0
    return int(lost + abs(float(mp.log10(a))) * 2 + 10)


def P(a, x):
    return lower_gamma(a, x)


def Q(a, x):
    return 1 - lower_gamma(a, x)


def lower_beta(a, b, x):
    """x^a (1 - x)^b / (a B(a, b)) * sum of (a + b)_n/(a + 1)_n x^n; where that is slow, by hypergeometric functions."""
    if x > 0.9 and max(a, b) < 2000:
        return mp.betainc(a, b, 0, x, regularized=True)
    term, total, n = mpf(1), mpf(1), 0
    tiny = mpf(10) ** -mp.dps
    while term > tiny * total or (a + b + n) * x > a + n + 1:
        term *= (a + b + n) * x / (a + 1 + n)
        total += term
        n += 1
    log_b = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return mp.exp(a * mp.log(x) + b * mp.log(1 - x) - log_b) / a * total


def I(a, b, x):
    return lower_beta(a, b, x) if x * (a + b) <= a else 1 - lower_beta(b, a, 1 - x)


def I_c(a, b, x):
    return 1 - lower_beta(a, b, x) if x * (a + b) <= a else lower_beta(b, a, 1 - x)


def weight_gamma(a, x):
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a))


def weight_beta(a, b, x):
    return mp.exp(a * mp.log(x) + b * mp.log(1 - x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b))


def slope(f, i):
    def g(*v):
        h = v[i] * mpf(10) ** -40
        up, down = list(v), list(v)
        up[i] += h
        down[i] -= h
        return (f(*up) - f(*down)) / (2 * h)
    return g


def show(name, v, value):
    print(",".join([name] + [bits(x) for x in v] + [text(value)]))


def log_of(p, q):
    return mp.log(p) if p < 0.5 else mp.log1p(-q)


def gamma_points():
    for a in [1e-300, 1e-30, 1e-8, 1e-3, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3.7, 7, 9.9, 12, 15.9, 16, 17, 30, 100, 1000, 1e4, 1e6]:
        s = a**0.5
        xs = [1e-300, 1e-20, 1e-5, 0.01, 0.3, 0.56, 0.9, 0.999, 1, 1.1, 2, 5, 20, 100, 300, 700]
        xs = xs if a < 1000 else [a / 1e100, a / 100, a / 2, 0.9 * a, 1.2 * a]
        xs += [a + k * s for k in (-38, -20, -8, -3, -1, -0.1, 0, 0.1, 1, 3, 8, 20, 38)] if a >= 1 else [a]
        for x in sorted(set(xs)):
            if x > 0:
                yield a, x


def gamma():
    for a, x in gamma_points():
        mp.dps = 130 + digits_gamma(a, x)
        if mp.dps > 1200:
            continue
        v = (mpf(a), mpf(x))
        p, q = P(*v), Q(*v)
        w, da = weight_gamma(*v), slope(P, 0)(*v)
        if p > mpf("1e-307"):
            show("gammainc", v, p)
        if q > mpf("1e-307"):
            show("gammaincc", v, q)
        show("log_gammainc", v, log_of(p, q))
        show("log_gammaincc", v, log_of(q, p))
        if mpf("1e-307") < w / v[1] < mpf("1e307"):
            show("gamma_density", v, w / v[1])
        if abs(da) > mpf("1e-307"):
            show("gammainc_slope", v, da)
        for name, value in [("log_gammainc_slope", da / p), ("log_gammaincc_slope", -da / q), ("gammainc_share", w / p),
                            ("gammaincc_share", w / q), ("gamma_flow", -v[1] * da / w)]:
            if mpf("1e-307") < abs(value) < mpf("1e307"):
                show(name, v, value)
        # The quantile of a rounded probability, by one step of Newton's method in 100 digits from x.
        for name, f, sign in [("gammaincinv", p, 1), ("gammainccinv", q, -1)]:
            if mpf("1e-300") < f < mpf("0.9"):
                r = mpf(float(f))
                d, u = r - f, mpf(1) / 10**6
                lx = mp.log(v[1])
                c = sign * w
                curve = sign * w * (v[0] - v[1])
                step = d / c
                step -= curve / c * step * step / 2
                show(name, (v[0], r), mp.exp(lx + step))


def beta_points():
    shapes = [1e-10, 1e-3, 0.1, 0.5, 1, 2.5, 11.9, 12, 30, 1000, 1e6]
    count = 0
    for a in shapes:
        for b in shapes:
            m = a / (a + b)
            s = (m * (1 - m) / (a + b + 1)) ** 0.5
            xs = [1e-300, 1e-10, 0.01, 0.3, 0.5, 0.9, 1 - 2.0**-30]
            xs += [m + k * s for k in (-20, -3, -0.5, 0, 0.5, 2, 8, 30)]
            for x in sorted(set(xs)):
                # Every third of all pairs and places; the slowest series are left out.
                count += 1
                if count % 3 == 0 and 0 < x < 1 and (max(a, b) < 1e6 or (0.01 < x < 0.9 and min(a, b) > 0.01)):
                    yield a, b, x


def lost(f):
    """Digits that 1 - f loses, of an f in 40 digits."""
    with mp.workdps(40):
        return int(max(0, -mp.log10(f))) if f > 0 else 100


def beta():
    for a, b, x in beta_points():
        v = (mpf(a), mpf(b), mpf(x))
        mp.dps = 120
        m = v[0] / (v[0] + v[1])
        small = lower_beta(*v) if x <= m else lower_beta(v[1], v[0], 1 - v[2])
        mp.dps = 130 + lost(1 - small) + (25 if min(a, b) < 1e-5 else 0)
        p, q = I(*v), I_c(*v)
        w = weight_beta(*v)
        if x <= m:
            da, db = slope(lower_beta, 0)(*v), slope(lower_beta, 1)(*v)
        else:
            u = (v[1], v[0], 1 - v[2])
            da, db = -slope(lower_beta, 1)(*u), -slope(lower_beta, 0)(*u)
        if p > mpf("1e-307"):
            show("betainc", v, p)
        if q > mpf("1e-307"):
            show("betaincc", v, q)
        show("log_betainc", v, log_of(p, q))
        show("log_betaincc", v, log_of(q, p))
        rows = [("beta_density", w / v[2] / (1 - v[2])), ("betainc_slope_a", da), ("betainc_slope_b", db), ("betainc_share", w / p),
                ("betaincc_share", w / q), ("log_betainc_slope_a", da / p), ("log_betainc_slope_b", db / p),
                ("log_betaincc_slope_a", -da / q), ("log_betaincc_slope_b", -db / q),
                ("beta_flow_a", -v[2] * (1 - v[2]) * da / w), ("beta_flow_b", -v[2] * (1 - v[2]) * db / w)]
        for name, value in rows:
            if mpf("1e-307") < abs(value) < mpf("1e307"):
                show(name, v, value)
        for name, f, sign in [("betaincinv", p, 1), ("betainccinv", q, -1)]:
            # Smaller shapes magnify the rounding of the probability beyond all measure.
            if mpf("1e-300") < f < mpf("0.9") and min(a, b) >= 0.1:
                r = mpf(float(f))
                c = sign * w
                step = (r - f) / c
                step -= (v[0] - (v[0] + v[1]) * v[2]) * step * step / 2
                odds = v[2] / (1 - v[2]) * mp.exp(step)
                show(name, (v[0], v[1], r), odds / (1 + odds))


def tail_student(nu, t):
    """P(T < -|t|), by the incomplete beta function on the side where it converges."""
    x, y = nu / (nu + t * t), t * t / (nu + t * t)
    return (lower_beta(nu / 2, mpf(1) / 2, x) if x < 0.7 else 1 - lower_beta(mpf(1) / 2, nu / 2, y)) / 2


def student():
    for nu in [0.01, 0.3, 1, 2, 5, 30.5, 1000]:
        for t in [1e-300, 1e-8, 0.1, 0.7, 1, 2.5, 6, 40, 1e5, 1e100, 1e200]:
            mp.dps = 150
            if nu * float(mp.log10(1 + mpf(t) ** 2 / nu)) > 1000:
                continue
            n, z = mpf(nu), mpf(t)
            tail = tail_student(n, z)
            mp.dps = 150 + lost(1 - 2 * tail) + lost(tail)
            tail, slope_of_tail = tail_student(n, z), slope(tail_student, 0)(n, z)
            density = mp.exp(-(n + 1) / 2 * mp.log1p(z * z / n) - mp.log(mp.beta(n / 2, mpf(1) / 2)) - mp.log(n) / 2)
            for sign, f, d in [(-1, tail, slope_of_tail), (1, 1 - tail, -slope_of_tail)]:
                v = (n, sign * z)
                if f > mpf("1e-307"):
                    show("stdtr", v, f)
                show("log_stdtr", v, mp.log(f) if sign < 0 else mp.log1p(-tail))
                if abs(d / f) > mpf("1e-300"):
                    show("log_stdtr_slope", v, d / f)
                if mpf("1e-300") < f < mpf("0.9") and 0.1 <= t < 1e100:
                    r = mpf(float(f))
                    step = (r - f) / density
                    step += (n + 1) / 2 * 2 * v[1] / (n + z * z) * step * step / 2
                    show("stdtrit", (n, r), v[1] + step)


if __name__ == "__main__":
    print("student", file=sys.stderr)
    student()
    print("gamma", file=sys.stderr)
    gamma()
    print("beta", file=sys.stderr)
    beta()
