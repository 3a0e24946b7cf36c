"""Writes language.csv: formulas of the language that NumPy can read too, and what NumPy or mpmath makes of them.

usage: python3 language.py < language.txt > language.csv
Lines are `formula;shape;values`. The formulas are evaluated as Python; functions that NumPy lacks are mpmath's.
"""
import sys

import mpmath as mp
import numpy as np

mp.mp.dps = 40


def each(f):
    """A function of numbers for arrays, in 40 digits."""
    def g(*args):
        arrays = np.broadcast_arrays(*[np.asarray(a, dtype=object) for a in args])
        out = [float(f(*[mp.mpf(float(v)) for v in point])) for point in zip(*[a.ravel() for a in arrays])]
        return np.array(out).reshape(arrays[0].shape)
    return g


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def scatter_add(x, i, n):
    y = np.zeros((n,) + np.shape(x)[np.ndim(i):])
    np.add.at(y, np.asarray(i), x)
    return y


def round_to(x, format):
    if format == "bf16":
        bits = np.asarray(x, dtype=np.float32).view(np.uint32)
        bits = bits + 0x7FFF + ((bits >> 16) & 1)
        return (bits & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(float)
    return np.asarray(x).astype({"f16": np.float16, "f32": np.float32}[format]).astype(float)


def along(f):
    def g(x, axis=-1):
        return np.apply_along_axis(f, axis, np.asarray(x, dtype=float))
    return g


normal = lambda x: mp.erfc(-x / mp.sqrt(2)) / 2
sigmoid = lambda x: 1 / (1 + mp.exp(-x))
NAMES = {k: getattr(np, k) for k in dir(np) if not k.startswith("_")}
NAMES.update({k: __builtins__.__dict__[k] for k in ("True", "False", "None", "float", "int", "tuple")})
NAMES.update(
    e=np.e,
    log1mexp=each(lambda x: mp.log(1 - mp.exp(x))),
    sigmoid=each(sigmoid),
    log_sigmoid=each(lambda x: mp.log(sigmoid(x))),
    softplus=each(lambda x: mp.log(1 + mp.exp(x))),
    logsubexp=each(lambda a, b: mp.log(mp.exp(a) - mp.exp(b))),
    erf=each(mp.erf), erfc=each(mp.erfc), erfinv=each(mp.erfinv),
    erfcx=each(lambda x: mp.exp(x * x) * mp.erfc(x)),
    ndtr=each(normal), log_ndtr=each(lambda x: mp.log(normal(x))),
    gamma=each(mp.gamma), lgamma=each(lambda x: mp.log(abs(mp.gamma(x)))),
    digamma=each(lambda x: mp.psi(0, x)), polygamma=each(lambda n, x: mp.psi(int(n), x)),
    betaln=each(lambda a, b: mp.log(mp.beta(a, b))),
    xlogy=each(lambda a, b: mp.mpf(0) if a == 0 else a * mp.log(b)),
    xlog1py=each(lambda a, b: mp.mpf(0) if a == 0 else a * mp.log(1 + b)),
    gelu=each(lambda x: x * normal(x)), silu=each(lambda x: x * sigmoid(x)), relu=lambda x: np.maximum(x, 0),
    logit=each(lambda p: mp.log(p / (1 - p))),
    logsumexp=lambda x, axis=None: np.log(np.sum(np.exp(x), axis=axis)),
    softmax=softmax, log_softmax=lambda x, axis=-1: np.log(softmax(x, axis)),
    cumlogsumexp=along(lambda x: np.log(np.cumsum(np.exp(x)))),
    norm=np.linalg.norm, det=np.linalg.det, inv=np.linalg.inv, cholesky=np.linalg.cholesky,
    solve=lambda a, b, refine=False: np.linalg.solve(a, b), cond_estimate=lambda a: np.linalg.cond(a, 1),
    slogdet=np.linalg.slogdet, logdet=lambda a: np.linalg.slogdet(a)[1],
    adjugate=lambda a: np.linalg.det(a) * np.linalg.inv(a),
    one_hot=lambda i, n: np.eye(n)[np.asarray(i)],
    scatter_add=scatter_add,
    take_along_axis=lambda x, i, axis: np.take_along_axis(x, np.array(i), axis),
    cast=lambda x, d: np.asarray(x).astype({"f32": np.float32, "i64": np.int64}[d]).astype(float),
    round_to=round_to,
    require=lambda x, condition, message: x,
    stop_gradient=lambda x: x,
    x=np.array([1.0, 2.5, -0.5]), y=np.array([0.3, 1.5, 0.7]), b=np.array([True, False, True]),
    A=np.array([[2.0, 1.0, 0.5], [1.0, 3.0, -0.7], [0.5, -0.7, 4.0]]), M=np.array([[1.0, 2.0, 4.0], [-3.0, 0.5, 6.0]]),
)

print("# made by language.py with NumPy", np.__version__, "and mpmath", mp.__version__)
for line in sys.stdin:
    formula = line.rstrip("\n")
    if not formula or formula.startswith("#"):
        continue
    value = np.asarray(eval(formula, dict(NAMES))).astype(float)
    print(f"{formula};{'x'.join(map(str, value.shape))};{' '.join(repr(float(v)) for v in value.ravel())}")
