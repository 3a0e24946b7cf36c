#!/usr/bin/env python3
"""Reference data for the textbook corpus: every case in ten spellings, with truth.

    python3 textbook.py path/to/visible.json [--naive]        (needs mpmath and numpy)

Writes, next to this script,
  textbook_plain.json       the cases of visible.json, unchanged
  textbook_spellings.json   {"about", "classes", "entries", "not_applicable"}; an entry has the
                            fields of a case plus `case` (the original id) and `class`.

Classes: plain, order, scaled, weighted, indexed, axis, keepdims, lines, function, inside,
respelt. Every class holds every case at least once in f32 and once in f64; what cannot be
said in a class is listed in `not_applicable` with the reason.

How the truth is made. A formula is parsed with Python's `ast` and evaluated on dual numbers
over mpmath at DIGITS decimal digits; inputs are rounded to the entry's dtype first, literals
and pi are exact. Gradients are forward mode, one direction per input element. Conventions at
the places where mathematics leaves a choice:
  * 0*log(0) = 0 (a product of an exact zero with an infinity is zero);
  * norm'(0) = 0 and std' of a constant vector = 0: sqrt and **0.5 at 0 pass on 0 where what
    comes in is a zero derivative;
  * abs'(0) = 0;
  * where(c, a, b): the branch not taken contributes nothing to value or derivative.
A value of magnitude below 1e-330 is written 0.0.

Checks, each of which ends the run with an error:
  * the truth of every f32 `plain` entry agrees with visible.json to 1e-20 relative, once
    arithmetic between literals (1/3 in lp-norm-3, the only place) is done in double as there;
    the entries themselves have it exact, which moves that case by 2e-15;
  * every truth fits its dtype;
  * the truth moves by less than tol/4 when inputs move by one unit of rounding; exempt are the
    cases in EXACT, which are well posed only for inputs taken as exact (differences of close
    numbers, exponents near 1000) and whose textbook remedies are exact in them; there a spelling
    may be at most four times as sensitive as the case itself.
`--naive` also evaluates each entry as written in NumPy at its own dtype and prints the share
that is right, class by class: how much of the stress a spelling keeps.
"""
import ast
import json
import math
import operator
import os
import re
import sys
import warnings

import numpy as np
from mpmath import mp, mpf

DIGITS = 800          # exp(1200) costs 521 of them when it meets a 1
mp.dps = DIGITS
HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = ["plain", "order", "scaled", "weighted", "indexed", "axis", "keepdims", "lines",
           "function", "inside", "respelt"]

# ---------------------------------------------------------------------------- dual numbers


class D:
    """A value and its derivatives along each direction (None: constant)."""
    __slots__ = ("v", "d")

    def __init__(self, v, d=None):
        self.v, self.d = v, d

    def __add__(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        b = lift(b)
        return D(a.v + b.v, lin(a.d, 1, b.d, 1))

    __radd__ = __add__

    def __sub__(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        b = lift(b)
        return D(a.v - b.v, lin(a.d, 1, b.d, -1))

    def __rsub__(a, b):
        return lift(b) - a

    def __mul__(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        b = lift(b)
        return D(times(a.v, b.v), lin(a.d, b.v, b.d, a.v))

    __rmul__ = __mul__

    def __truediv__(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        b = lift(b)
        q = divide(a.v, b.v)
        return D(q, lin(a.d, divide(mpf(1), b.v), b.d, -divide(q, b.v)))

    def __rtruediv__(a, b):
        return lift(b) / a

    def __neg__(a):
        return D(-a.v, lin(a.d, -1, None, 0))

    def __pow__(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        b = lift(b)
        if b.v == mpf(0.5) and b.d is None:
            return d_sqrt(a)
        if b.v == 0:
            value, slope = mpf(1), mpf(0)
        elif a.v == 0:
            value = mpf(0) if b.v > 0 else mp.inf
            slope = mpf(1) if b.v == 1 else mpf(0) if b.v > 1 else mp.inf
        elif a.v < 0 and b.v != mp.floor(b.v):
            value = slope = mp.nan
        else:
            value = mp.power(a.v, b.v)
            slope = times(b.v, divide(value, a.v))
        return D(value, lin(a.d, slope, b.d, times(value, mp.log(a.v)) if b.d is not None else 0))

    def __rpow__(a, b):
        return lift(b) ** a

    def compare(op):
        return lambda a, b: NotImplemented if isinstance(b, np.ndarray) else op(a.v, lift(b).v)

    __lt__, __le__, __gt__ = compare(operator.lt), compare(operator.le), compare(operator.gt)
    __ge__, __eq__, __ne__ = compare(operator.ge), compare(operator.eq), compare(operator.ne)
    __hash__ = None


def lift(x):
    return x if isinstance(x, D) else D(mpf(int(x) if isinstance(x, np.integer) else x))


def times(a, b):
    return mpf(0) if a == 0 or b == 0 else a * b


def divide(a, b):
    if b == 0:
        return mp.nan if a == 0 or mp.isnan(a) else mp.inf if a > 0 else -mp.inf
    if mp.isinf(b):
        return mp.nan if mp.isinf(a) else mpf(0)
    return a / b


def lin(da, fa, db, fb):
    """fa*da + fb*db over the directions."""
    if da is None and db is None:
        return None
    if db is None:
        return [times(x, fa) for x in da]
    if da is None:
        return [times(y, fb) for y in db]
    return [times(x, fa) + times(y, fb) for x, y in zip(da, db)]


def chain(a, value, slope):
    return D(value, lin(a.d, slope, None, 0))


def d_exp(a):
    v = mp.exp(a.v)
    return chain(a, v, v)


def d_log(a):
    if a.v < 0 or mp.isnan(a.v):
        return chain(a, mp.nan, mp.nan)
    return chain(a, mp.log(a.v) if a.v != 0 else -mp.inf, divide(mpf(1), a.v))


def d_sqrt(a):
    if a.v < 0 or mp.isnan(a.v):
        return chain(a, mp.nan, mp.nan)
    r = mp.sqrt(a.v)
    return chain(a, r, divide(mpf(1), 2 * r))   # at 0: infinite slope, and times(0, inf) = 0


def d_abs(a):
    return chain(a, abs(a.v), mpf((a.v > 0) - (a.v < 0)))


def d_cos(a):
    return chain(a, mp.cos(a.v), -mp.sin(a.v))


def d_erf(a):
    return chain(a, mp.erf(a.v), 2 / mp.sqrt(mp.pi) * mp.exp(-a.v ** 2))


def objects(x):
    return np.asarray(x, dtype=object)


def elementwise(f):
    g = np.frompyfunc(lambda x: f(lift(x)), 1, 1)
    return lambda x: g(objects(x))


def eliminate(m, rhs=None):
    """Gauss with pivoting on lists of duals: determinant, and the solution for rhs."""
    m = [[lift(x) for x in row] for row in m]
    n = len(m)
    r = [[lift(x) for x in row] for row in rhs] if rhs is not None else None
    det = D(mpf(1))
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(m[i][k].v))
        if p != k:
            m[k], m[p] = m[p], m[k]
            det = -det
            if r:
                r[k], r[p] = r[p], r[k]
        det = det * m[k][k]
        for i in range(k + 1, n):
            if m[i][k].v == 0 and m[i][k].d is None:
                continue
            f = m[i][k] / m[k][k]
            for j in range(k + 1, n):
                m[i][j] = m[i][j] - f * m[k][j]
            if r:
                for j in range(len(r[i])):
                    r[i][j] = r[i][j] - f * r[k][j]
    if r is None:
        return det, None
    for k in reversed(range(n)):
        for j in range(len(r[k])):
            s = r[k][j]
            for i in range(k + 1, n):
                s = s - m[k][i] * r[i][j]
            r[k][j] = s / m[k][k]
    return det, r


def over_matrices(f):
    def g(a):
        a = objects(a)
        if a.ndim == 2:
            return f(a)
        return objects([g(b) for b in a])
    return g


def eye(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def o_argmax(x, axis=None, keepdims=False):
    values = np.frompyfunc(lambda t: lift(t).v, 1, 1)(objects(x))
    return np.argmax(values, axis=axis, keepdims=keepdims)


def o_mean(x, axis=None, keepdims=False):
    x = objects(x)
    n = x.size if axis is None else x.shape[axis]
    return np.sum(x, axis=axis, keepdims=keepdims) / mpf(n)


EXACT_SPACE = {
    "exp": elementwise(d_exp), "log": elementwise(d_log), "sqrt": elementwise(d_sqrt),
    "abs": elementwise(d_abs), "cos": elementwise(d_cos), "erf": elementwise(d_erf),
    "sum": lambda x, **k: np.sum(objects(x), **k),
    "prod": lambda x, **k: np.prod(objects(x), **k),
    "mean": o_mean, "argmax": o_argmax,
    "where": lambda c, a, b: np.where(np.asarray(c, dtype=bool), objects(a), objects(b)),
    "det": over_matrices(lambda a: eliminate(a.tolist())[0]),
    "inv": over_matrices(lambda a: objects(eliminate(a.tolist(), eye(len(a)))[1])),
    "trace": lambda a: np.sum(np.diagonal(objects(a))),
    "stack": lambda xs: objects(xs),
    "concatenate": lambda xs: np.concatenate([np.atleast_1d(objects(x)) for x in xs]),
}


def naive_space(t):
    erf = np.vectorize(math.erf)
    return {
        "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "cos": np.cos,
        "erf": lambda x: np.asarray(erf(x), dtype=t)[()], "sum": np.sum, "prod": np.prod,
        "mean": np.mean, "argmax": np.argmax, "where": np.where, "det": np.linalg.det,
        "inv": np.linalg.inv, "trace": np.trace, "stack": np.stack,
        "concatenate": lambda xs: np.concatenate([np.atleast_1d(x) for x in xs]),
    }


# ---------------------------------------------------------------------------- evaluation

OPS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
       ast.Div: lambda a, b: a / b, ast.Pow: lambda a, b: a ** b, ast.MatMult: lambda a, b: a @ b}
CMP = {ast.Gt: lambda a, b: a > b, ast.Lt: lambda a, b: a < b, ast.GtE: lambda a, b: a >= b,
       ast.LtE: lambda a, b: a <= b, ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b}
DEFINE = re.compile(r"^([A-Za-z_]\w*)\(([\w\s,]*)\)\s*=(?!=)\s*(.*)$")
ASSIGN = re.compile(r"^([A-Za-z_]\w*)\s*=(?!=)\s*(.*)$")


class Evaluator:
    def __init__(self, space, number, pi, fold=False):
        self.space, self.number, self.pi, self.fold = space, number, pi, fold

    def run(self, text, inputs):
        env, functions, last = dict(inputs), {}, None
        for line in (s.strip() for s in text.split(";")):
            define, assign = DEFINE.match(line), ASSIGN.match(line)
            if define:
                name, params, body = define.groups()
                functions[name] = ([p.strip() for p in params.split(",")], parse(body))
            elif assign:
                env[assign.group(1)] = self.eval(parse(assign.group(2)), env, functions)
            else:
                last = self.eval(parse(line), env, functions)
        if last is None:
            raise ValueError("no bare expression in " + text)
        return last

    def eval(self, n, env, fs):
        go = lambda m: self.eval(m, env, fs)
        if isinstance(n, ast.Constant):
            return self.number(n.value)
        if isinstance(n, ast.Name):
            return env[n.id] if n.id in env else {"pi": self.pi}[n.id]
        if isinstance(n, ast.BinOp):
            if self.fold and all(isinstance(m, (ast.Constant, ast.BinOp, ast.operator)) for m in ast.walk(n)):
                return self.number(float(eval(ast.unparse(n), {})))
            return OPS[type(n.op)](go(n.left), go(n.right))
        if isinstance(n, ast.UnaryOp):
            return -go(n.operand)
        if isinstance(n, ast.Compare):
            return CMP[type(n.ops[0])](go(n.left), go(n.comparators[0]))
        if isinstance(n, ast.Attribute) and n.attr == "T":
            return go(n.value).T
        if isinstance(n, ast.Subscript):
            return go(n.value)[index(n.slice)]
        if isinstance(n, (ast.List, ast.Tuple)):
            return [go(x) for x in n.elts]
        if isinstance(n, ast.Call):
            args = [go(x) for x in n.args]
            if n.func.id in fs:
                params, body = fs[n.func.id]
                return self.eval(body, {**env, **dict(zip(params, args))}, fs)
            return self.space[n.func.id](*args, **{k.arg: ast.literal_eval(k.value) for k in n.keywords})
        raise ValueError(ast.dump(n))


def parse(text):
    return ast.parse(text.strip(), mode="eval").body


def index(n):
    if isinstance(n, ast.Tuple):
        return tuple(index(x) for x in n.elts)
    if isinstance(n, ast.Slice):
        return slice(*(None if x is None else ast.literal_eval(x) for x in (n.lower, n.upper, n.step)))
    return ast.literal_eval(n)


EXACT_EVAL = Evaluator(EXACT_SPACE, lambda v: lift(mpf(repr(v))), D(+mp.pi))
# visible.json has arithmetic between literals done in double: its 1/3 is the double nearest to it.
DOUBLE_LITERALS = Evaluator(EXACT_SPACE, lambda v: lift(mpf(v)), D(+mp.pi), fold=True)


def flat(x):
    return [y for z in x for y in flat(z)] if isinstance(x, list) else [x]


def shape(x):
    return (len(x),) + shape(x[0]) if isinstance(x, list) else ()


def numbers(x, dtype):
    """Nested lists to an array of the dtype, and that array as exact numbers."""
    a = np.array(x, dtype=np.float64)
    with np.errstate(over="ignore"):
        a = a.astype(np.float32 if dtype == "f32" else np.float64)
    return a


def exactly(a):
    return [mpf(float(v)) for v in a.reshape(-1)]


def build(arrays, values, wanted):
    """Inputs as arrays of duals; one direction per element of the names in wanted."""
    total = sum(arrays[k].size for k in wanted)
    env, at = {}, 0
    for k, a in arrays.items():
        cells = []
        for v in values[k]:
            d = None
            if k in wanted:
                d = [mpf(0)] * total
                d[at] = mpf(1)
                at += 1
            cells.append(D(v, d))
        box = np.empty(a.size, dtype=object)
        box[:] = cells
        env[k] = box.reshape(a.shape) if a.ndim else cells[0]
    return env


def truth(formula, arrays, wanted, values=None, evaluator=EXACT_EVAL):
    values = values or {k: exactly(a) for k, a in arrays.items()}
    y = evaluator.run(formula, build(arrays, values, wanted))
    y = np.asarray(y)
    if y.dtype != object:                       # indices
        return y, {}, y.ndim
    cells = [lift(c) for c in y.reshape(-1)]
    value = objects([c.v for c in cells]).reshape(y.shape)
    total = sum(arrays[k].size for k in wanted)
    g = [mpf(0)] * total
    for c in cells:
        if c.d is not None:
            g = [p + q for p, q in zip(g, c.d)]
    grad, at = {}, 0
    for k in arrays:
        if k in wanted:
            n = arrays[k].size
            part = np.empty(n, dtype=object)
            part[:] = g[at:at + n]
            grad[k] = part.reshape(arrays[k].shape)
            at += n
    return value, grad, y.ndim


def text_of(v):
    if isinstance(v, (int, np.integer)):
        return int(v)
    if mp.isnan(v):
        raise ValueError("a truth is NaN")
    if mp.isinf(v):
        return "inf" if v > 0 else "-inf"
    if abs(v) < mpf("1e-330"):
        return "0.0"
    return mp.nstr(v, 25, min_fixed=1, max_fixed=0)


def written(a):
    a = a.tolist() if isinstance(a, np.ndarray) else a
    return [written(x) for x in a] if isinstance(a, list) else text_of(a)


# ---------------------------------------------------------------------------- spellings by machine


def commuted(formula):
    """Operands of every + and * exchanged, a - b as -b + a."""
    class Swap(ast.NodeTransformer):
        def visit_BinOp(self, n):
            self.generic_visit(n)
            if isinstance(n.op, (ast.Add, ast.Mult)):
                n.left, n.right = n.right, n.left
            elif isinstance(n.op, ast.Sub):
                n = ast.BinOp(ast.UnaryOp(ast.USub(), n.right), ast.Add(), n.left)
            return n
    return ast.unparse(ast.fix_missing_locations(Swap().visit(parse(formula))))


def renamed(formula, names):
    class Rename(ast.NodeTransformer):
        def visit_Call(self, n):
            n.args = [self.visit(a) for a in n.args]
            return n

        def visit_Name(self, n):
            return parse(names[n.id]) if n.id in names else n
    return ast.unparse(ast.fix_missing_locations(Rename().visit(parse(formula))))


def as_function(formula, inputs):
    used = [k for k in inputs if re.search(r"\b%s\b" % k, formula)]
    name = next(c for c in ("f", "step") if c not in inputs)
    fresh = [c for c in "tuvwrs" if c not in inputs][:len(used)]
    return "%s(%s) = %s; %s(%s)" % (name, ", ".join(fresh), renamed(formula, dict(zip(used, fresh))),
                                    name, ", ".join(used))


def in_lines(formula, inputs):
    """One named line per operation."""
    out = []

    def constant(n):
        return all(isinstance(m, (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop))
                   for m in ast.walk(n))

    def walk(n):
        if isinstance(n, (ast.Name, ast.Constant, ast.Attribute)) or constant(n):
            return n
        if isinstance(n, ast.BinOp):
            n = ast.BinOp(walk(n.left), n.op, walk(n.right))
        elif isinstance(n, ast.UnaryOp):
            n = ast.UnaryOp(n.op, walk(n.operand))
        elif isinstance(n, ast.Compare):
            n = ast.Compare(walk(n.left), n.ops, [walk(n.comparators[0])])
        elif isinstance(n, ast.Call):
            n = ast.Call(n.func, [walk(a) for a in n.args], n.keywords)
        elif isinstance(n, ast.Subscript):
            n = ast.Subscript(walk(n.value), n.slice, n.ctx)
        name = "t%d" % (len(out) + 1)
        out.append("%s = %s" % (name, ast.unparse(ast.fix_missing_locations(n))))
        return ast.Name(name)

    last = walk(parse(formula))
    head, tail = out[:-1], out[-1].split(" = ", 1)[1]
    assert isinstance(last, ast.Name)
    return "; ".join(head + [tail])


def padded(formula, inputs):
    """Numbers and vectors lie inside longer vectors and are indexed or sliced out."""
    names, data = {}, {}
    for k, v in inputs.items():
        s = shape(v)
        if len(s) == 0:
            names[k], data[k] = k + "[1]", [v, v, v]
        elif len(s) == 1:
            names[k], data[k] = "%s[1:%d]" % (k, len(v) + 1), [v[-1]] + v + [v[0]]
        else:
            data[k] = v
    return renamed(formula, names), data


# ---------------------------------------------------------------------------- the table

TABLE = {}


class Case:
    def __init__(self, id, f64, f32=None, own_scaled=False):
        self.id, self.f64, self.f32, self.own_scaled = id, f64, f32, own_scaled
        self.rows = []
        TABLE[id] = self

    def v(self, cls, formula, **over):
        assert cls in CLASSES, cls
        self.rows.append((cls, formula, over))
        return self


def two(name):
    """The vector and its reverse as the rows of a matrix."""
    return lambda d: [list(d[name]), list(reversed(d[name]))]


def two_t(name):
    return lambda d: [[a, b] for a, b in zip(d[name], reversed(d[name]))]


def same2(name):
    return lambda d: [list(d[name]), list(d[name])]


def vec(name, *factors):
    return lambda d: [d[name] * f for f in factors]


def plus(name, *shifts):
    return lambda d: [d[name] + s for s in shifts]


# norms ------------------------------------------------------------------------
for id, f64 in (("norm2-large", [3e180, 4e180]), ("norm2-small", [3e-180, 4e-180])):
    c = Case(id, {"x": f64})
    c.v("order", "sqrt(x[1]**2 + x[0]**2)")
    c.v("scaled", "sqrt(4*sum(x**2))").v("scaled", "sqrt(sum((0.5*x)**2))").v("scaled", "sqrt(sum(x**2))/4")
    c.v("weighted", "sqrt(sum(w*x**2))", w=[0.5, 2.0]).v("weighted", "w*sqrt(sum(x**2))", w=0.75)
    c.v("indexed", "sqrt(sum(x[[1, 0]]**2))")
    c.v("indexed", "sqrt(x[0]**2 + x[2]**2)", x=lambda d: [d["x"][0], d["x"][0], d["x"][1]])
    c.v("axis", "sqrt(sum(x**2, axis=1))", x=two("x")).v("axis", "sum(sqrt(sum(x.T**2, axis=1)))", x=two_t("x"))
    c.v("keepdims", "sqrt(sum(x**2, keepdims=True))")
    c.v("keepdims", "w*x/sqrt(sum(x**2, axis=1, keepdims=True))", x=two("x"), w=[[0.5, 2.0], [1.0, 0.25]])
    c.v("lines", "s = sum(x**2); sqrt(s)").v("lines", "q = x**2; s = sum(q); n = sqrt(s); n")
    c.v("function", "length(t) = sqrt(sum(t**2)); length(2*x)/2")
    c.v("inside", "0.25*sqrt(sum(x**2)) + mean(x)").v("inside", "log(sqrt(sum(x**2))) + 2.5")
    c.v("inside", "mean(x)/sqrt(sum(x**2))")
    c.v("respelt", "sqrt(sum(x*x))").v("respelt", "sum(x**2)**0.5").v("respelt", "sqrt(x @ x)")
    c.v("respelt", "sqrt(2*mean(x**2))").v("respelt", "1/sqrt(1/sum(x**2))")

c = Case("norm2-zero-grad", {"x": [0.0, 0.0, 0.0]})
c.v("order", "sqrt(x[2]**2 + x[0]**2 + x[1]**2)")
c.v("scaled", "sqrt(4*sum(x**2))").v("scaled", "sqrt(sum((0.5*x)**2))")
c.v("weighted", "sqrt(sum(w*x**2))", w=[0.5, 2.0, 1.0]).v("weighted", "w*sqrt(sum(x**2))", w=0.75)
c.v("indexed", "sqrt(sum(x[[2, 0]]**2))").v("indexed", "sqrt(sum(x[1:]**2))", x=[2.0, 0.0, 0.0])
c.v("axis", "sqrt(sum(x**2, axis=1))", x=[[0.0, 0.0], [3.0, 4.0]])
c.v("axis", "sum(sqrt(sum(x.T**2, axis=0)))", x=[[0.0, 0.0], [3.0, 4.0]])
c.v("keepdims", "sqrt(sum(x**2, keepdims=True))")
c.v("keepdims", "sqrt(sum(x**2, axis=1, keepdims=True))", x=[[0.0, 0.0], [3.0, 4.0]])
c.v("lines", "s = sum(x**2); sqrt(s)")
c.v("function", "length(t) = sqrt(sum(t**2)); length(2*x)/2")
c.v("inside", "sum((x - 0.5)**2) + 0.25*sqrt(sum(x**2))").v("inside", "mean(exp(x)) - 2*sqrt(sum(x**2))")
c.v("respelt", "sqrt(sum(x*x))").v("respelt", "sum(x**2)**0.5").v("respelt", "sqrt(x @ x)")
c.v("respelt", "sqrt(3*mean(x**2))")

c = Case("lp-norm-3", {"x": [1e110, 2e110, -3e110]})
c.v("order", "(abs(x[2])**3 + abs(x[0])**3 + abs(x[1])**3)**(1/3)")
c.v("scaled", "(8*sum(abs(x)**3))**(1/3)").v("scaled", "sum(abs(0.5*x)**3)**(1/3)").v("scaled", "sum(abs(x)**3)**(1/3)/4")
c.v("weighted", "sum(w*abs(x)**3)**(1/3)", w=[0.5, 2.0, 1.0]).v("weighted", "w*sum(abs(x)**3)**(1/3)", w=0.75)
c.v("indexed", "sum(abs(x[[2, 0]])**3)**(1/3)")
c.v("axis", "sum(abs(x)**3, axis=1)**(1/3)", x=two("x")).v("axis", "sum(abs(x.T)**3, axis=0)**(1/3)", x=two("x"))
c.v("keepdims", "sum(abs(x)**3, axis=1, keepdims=True)**(1/3)", x=two("x"))
c.v("keepdims", "w*x/sum(abs(x)**3, keepdims=True)**(1/3)", w=[1.0, 0.5, 2.0])
c.v("lines", "a = abs(x)**3; s = sum(a); s**(1/3)")
c.v("function", "length(t) = sum(abs(t)**3)**(1/3); length(2*x)/2")
c.v("inside", "0.25*sum(abs(x)**3)**(1/3) + mean(x)").v("inside", "log(sum(abs(x)**3)**(1/3)) - 0.5")
c.v("respelt", "sum(abs(x)*abs(x)*abs(x))**(1/3)").v("respelt", "sum(abs(x**3))**(1/3)")
c.v("respelt", "(3*mean(abs(x)**3))**(1/3)").v("respelt", "exp(log(sum(abs(x)**3))/3)")


# determinants -----------------------------------------------------------------
def matrix(n, scale, k=7):
    """scale*(I + small), rows dominated by the diagonal, not symmetric."""
    return [[float("%.6g" % (scale * ((i == j) + ((3 * i + 5 * j + i * j) % k - k // 2) / 64))) for j in range(n)]
            for i in range(n)]


def spd(n, scale, k=7):
    return [[float("%.6g" % (scale * ((i == j) + ((i + 1) * (j + 1) % k - k // 2) / 64))) for j in range(n)]
            for i in range(n)]


c = Case("logdet-underflow", {"A": matrix(12, 1e-38)}, {"A": matrix(12, 1e-5)})
c.v("order", "log(det(A)*4)").v("order", "log(det(A.T @ A))")
c.v("scaled", "log(2.5*det(A))").v("scaled", "log(det(2*A))").v("scaled", "0.5*log(det(A))")
c.v("weighted", "log(w*det(A))", w=0.75).v("weighted", "w*log(det(A))", w=0.75)
c.v("indexed", "log(det(A[:10, :10]))").v("indexed", "log(det(A[1:12, 1:12]))")
c.v("axis", "log(det(A.T))")
c.v("axis", "sum(log(det(A)))", A=lambda d: [[r[:9] for r in d["A"][:9]], [r[3:] for r in d["A"][3:]]])
c.v("keepdims", "sum(log(det(A)), keepdims=True)", A=lambda d: [[r[:9] for r in d["A"][:9]], [r[3:] for r in d["A"][3:]]])
c.v("lines", "d = det(A); log(d)")
c.v("function", "h(M) = log(det(M)); 0.5*h(A)")
c.v("inside", "0.5*(trace(A) - log(det(A)) - 12)").v("inside", "0.25*log(det(A))**2 + 0.5")
c.v("respelt", "-log(1/det(A))").v("respelt", "-log(det(inv(A)))").v("respelt", "2*log(sqrt(det(A)))")
c.v("respelt", "0.5*log(det(A)**2)")

c = Case("logdet-ratio", {"A": matrix(12, 1e-38), "B": spd(12, 2e-38)}, {"A": matrix(12, 1e-5), "B": spd(12, 2e-5)})
c.v("order", "log(1/det(B)*det(A))").v("order", "-log(det(B)) + log(det(A))")
c.v("scaled", "log(2.5*det(A)/det(B))").v("scaled", "log(det(2*A)/det(B))").v("scaled", "0.5*log(det(A)/det(B))")
c.v("weighted", "log(w*det(A)/det(B))", w=0.75).v("weighted", "w*log(det(A)/det(B))", w=0.75)
c.v("indexed", "log(det(A[:10, :10])/det(B[:10, :10]))").v("indexed", "log(det(A[1:, 1:])/det(B[:11, :11]))")
c.v("axis", "log(det(A.T)/det(B.T))")
c.v("axis", "sum(log(det(A)/det(B)))",
    A=lambda d: [[r[:9] for r in d["A"][:9]], [r[3:] for r in d["A"][3:]]],
    B=lambda d: [[r[:9] for r in d["B"][:9]], [r[3:] for r in d["B"][3:]]])
c.v("keepdims", "sum(log(det(A)/det(B)), keepdims=True)",
    A=lambda d: [[r[:9] for r in d["A"][:9]], [r[3:] for r in d["A"][3:]]],
    B=lambda d: [[r[:9] for r in d["B"][:9]], [r[3:] for r in d["B"][3:]]])
c.v("lines", "a = det(A); b = det(B); log(a/b)")
c.v("function", "h(M) = det(M); log(h(A)/h(B))")
c.v("inside", "0.5*(trace(inv(B) @ A) - 12 + log(det(B)/det(A)))").v("inside", "0.25*log(det(A)/det(B))**2 + 0.5")
c.v("respelt", "-log(det(B)/det(A))").v("respelt", "log(det(A)) - log(det(B))").v("respelt", "log(det(A)*(1/det(B)))")
c.v("respelt", "log(det(A)*det(inv(B)))")

c = Case("log-prod", {"x": [1e-40] * 12})
c.v("order", "log(prod(x[6:])*prod(x[:6]))")
c.v("scaled", "log(2.5*prod(x))").v("scaled", "log(prod(2*x))").v("scaled", "0.5*log(prod(x))")
c.v("weighted", "log(prod(w*x))", w=[0.5, 2.0, 1.0, 0.25] * 3).v("weighted", "log(w*prod(x))", w=0.75)
c.v("weighted", "log(prod(x**w))", w=[1.0, 2.0, 3.0] * 4)
c.v("indexed", "log(prod(x[1:]))").v("indexed", "log(prod(x)/x[0])").v("indexed", "log(prod(x[[3, 1, 2, 7, 5, 4]]))")
c.v("axis", "log(prod(x, axis=1))", x=lambda d: [d["x"], [2 * t for t in d["x"]]])
c.v("axis", "sum(log(prod(x.T, axis=0)))", x=lambda d: [d["x"], [2 * t for t in d["x"]]])
c.v("keepdims", "log(prod(x, axis=1, keepdims=True))", x=lambda d: [d["x"], [2 * t for t in d["x"]]])
c.v("lines", "p = prod(x); log(p)")
c.v("function", "like(t) = prod(t); -log(like(x))")
c.v("inside", "-log(prod(x))/12 + 0.5*sum(x)").v("inside", "(0.0625*log(prod(x)) + 0.5)**2")
c.v("respelt", "-log(1/prod(x))").v("respelt", "-log(prod(1/x))").v("respelt", "2*log(sqrt(prod(x)))")
c.v("respelt", "0.5*log(prod(x)**2)").v("respelt", "log(prod(x*x))/2")

# quadratic forms --------------------------------------------------------------
H2 = [[2.0, 1.0], [1.0, 3.0]]
for id, f64 in (("quad-form-scale", [1e-170, 2e-170]), ("quad-form-scale-large", [1e160, 2e160])):
    c = Case(id, {"g": f64, "H": H2})
    c.v("order", "(g @ g) / (g @ (H @ g))").v("order", "1/(g @ H @ g)*(g @ g)")
    c.v("scaled", "(g @ g) / (2*(g @ H @ g))").v("scaled", "((2*g) @ (2*g)) / (g @ H @ g)").v("scaled", "2.5*(g @ g) / (g @ H @ g)")
    c.v("weighted", "(g @ (w*g)) / (g @ H @ g)", w=[0.5, 2.0]).v("weighted", "w*((g @ g) / (g @ H @ g))", w=0.75)
    c.v("indexed", "(g[1:] @ g[1:]) / (g[1:] @ H[1:, 1:] @ g[1:])", g=lambda d: [d["g"][0]] + d["g"],
        H=[[5.0, 0.0, 0.0], [0.0, 2.0, 1.0], [0.0, 1.0, 3.0]])
    c.v("indexed", "(g[0]*g[0] + g[1]*g[1]) / (g @ H @ g)")
    c.v("axis", "sum(g*g, axis=1) / sum((g @ H)*g, axis=1)", g=two("g"))
    c.v("axis", "(g @ g) / (g @ H.T @ g)", H=[[2.0, 0.5], [1.0, 3.0]])
    c.v("keepdims", "sum(g*g, axis=1, keepdims=True) / sum((g @ H)*g, axis=1, keepdims=True)", g=two("g"))
    c.v("lines", "n = g @ g; d = g @ H @ g; n/d")
    c.v("function", "q(u, M) = u @ M @ u; (g @ g) / q(g, H)")
    c.v("inside", "0.5*(g @ g) / (g @ H @ g) + 0.25").v("inside", "((g @ g) / (g @ H @ g) - 1)**2")
    c.v("respelt", "sum(g**2) / sum(g*(H @ g))").v("respelt", "1/((g @ H @ g) / (g @ g))")
    c.v("respelt", "(g @ g) * (1/(g @ H @ g))").v("respelt", "sqrt(g @ g)**2 / (g @ H @ g)")

c = Case("prod-grad-zero", {"x": [2.0, 0.0, 3.0]})
c.v("order", "prod(x[[2, 0, 1]])").v("order", "prod(x[1:])*prod(x[:1])")
c.v("scaled", "prod(2*x)").v("scaled", "prod(x)/4")
c.v("weighted", "prod(w*x)", w=[0.5, 2.0, 4.0]).v("weighted", "w*prod(x)", w=0.75)
c.v("indexed", "prod(x[:2])").v("indexed", "prod(x[::2])", x=[2.0, 7.0, 0.0, 7.0, 3.0])
c.v("axis", "prod(x, axis=1)", x=[[2.0, 0.0, 3.0], [0.0, 0.0, 4.0], [1.0, 2.0, 0.5]])
c.v("axis", "sum(prod(x.T, axis=0))", x=[[2.0, 0.0, 3.0], [0.0, 0.0, 4.0]])
c.v("keepdims", "prod(x, keepdims=True)").v("keepdims", "prod(x, axis=1, keepdims=True)", x=[[2.0, 0.0, 3.0], [1.0, 2.0, 0.5]])
c.v("lines", "p = prod(x); p/2")
c.v("function", "h(t) = prod(t); h(x) + h(x[:2])")
c.v("inside", "(prod(x) - 1)**2 + 0.5*sum(x**2)").v("inside", "mean(x) + prod(x)")
c.v("respelt", "x[0]*x[1]*x[2]").v("respelt", "-prod(-x)").v("respelt", "8*prod(x/2)")

c = Case("frobenius-by-trace", {"A": [[1e160, 2e160], [3e160, 4e160]]})
c.v("order", "sqrt(trace(A @ A.T))")
c.v("scaled", "sqrt(4*trace(A.T @ A))").v("scaled", "sqrt(trace((0.5*A).T @ (0.5*A)))")
c.v("weighted", "sqrt(trace(A.T @ (w[:, None]*A)))", w=[0.5, 2.0]).v("weighted", "w*sqrt(trace(A.T @ A))", w=0.75)
c.v("indexed", "sqrt(trace(A[1:].T @ A[1:]))", A=lambda d: [d["A"][1]] + d["A"])
c.v("indexed", "sqrt(trace(A[[1, 0]].T @ A[[1, 0]]))")
c.v("axis", "sqrt(sum(A**2, axis=0))").v("axis", "sqrt(sum(sum(A.T*A.T, axis=1)))")
c.v("keepdims", "sqrt(sum(A**2, axis=1, keepdims=True))")
c.v("keepdims", "w*A/sqrt(sum(A*A, keepdims=True))", w=[[0.5, 2.0], [1.0, 0.25]])
c.v("lines", "G = A.T @ A; t = trace(G); sqrt(t)")
c.v("function", "h(M) = sqrt(trace(M.T @ M)); h(2*A)")
c.v("inside", "0.25*sqrt(trace(A.T @ A)) + mean(A)").v("inside", "log(sqrt(trace(A.T @ A))) + 0.5")
c.v("respelt", "sqrt(sum(A*A))").v("respelt", "trace(A.T @ A)**0.5").v("respelt", "sqrt(sum(A**2))")

c = Case("sq-distance-expanded", {"x": [1e8, 1e8 + 0.25], "y": [1e8 + 0.125, 1e8]})
c.v("order", "sum(y**2) + sum(x**2) - 2*sum(x*y)").v("order", "sum(x**2) + sum(y**2) - 2*sum(y*x)")
c.v("scaled", "0.5*sum(x**2) - sum(x*y) + 0.5*sum(y**2)").v("scaled", "2.5*sum(x**2) - 5*sum(x*y) + 2.5*sum(y**2)")
c.v("weighted", "sum(w*x**2) - 2*sum(w*x*y) + sum(w*y**2)", w=[0.5, 2.0])
c.v("weighted", "w*(sum(x**2) - 2*sum(x*y) + sum(y**2))", w=0.75)
c.v("indexed", "sum(x[[1, 0]]**2) - 2*sum(x[[1, 0]]*y[[1, 0]]) + sum(y[[1, 0]]**2)")
c.v("indexed", "x[0]**2 - 2*x[0]*y[0] + y[0]**2")
c.v("axis", "sum(x**2, axis=1) - 2*sum(x*y, axis=1) + sum(y**2, axis=1)", x=two("x"), y=same2("y"))
c.v("axis", "sum(x.T**2, axis=0) - 2*sum(x.T*y.T, axis=0) + sum(y.T**2, axis=0)", x=two("x"), y=same2("y"))
c.v("keepdims", "sum(x**2, axis=1, keepdims=True) - 2*sum(x*y, axis=1, keepdims=True) + sum(y**2, axis=1, keepdims=True)",
    x=two("x"), y=same2("y"))
c.v("keepdims", "sum(x**2, axis=1, keepdims=True) - 2*(x @ y.T) + sum(y**2, axis=1)[None, :]", x=two("x"), y=same2("y"))
c.v("lines", "a = sum(x**2); b = sum(x*y); c = sum(y**2); a - 2*b + c")
c.v("function", "s(u, v) = sum(u*v); s(x, x) - 2*s(x, y) + s(y, y)")
c.v("inside", "sqrt(sum(x**2) - 2*sum(x*y) + sum(y**2))").v("inside", "exp(-0.5*(sum(x**2) - 2*sum(x*y) + sum(y**2)))")
c.v("respelt", "x @ x - 2*(x @ y) + y @ y").v("respelt", "sum(x*x) - 2*sum(x*y) + sum(y*y)")
c.v("respelt", "sum(x**2 - 2*x*y + y**2)").v("respelt", "sum(x**2) + sum(y**2) - sum(x*y) - sum(y*x)")

# densities --------------------------------------------------------------------
c = Case("gauss-logpdf-far", {"x": [80.0, -90.0, 2.0], "mu": 0.5, "s2": 1.5})
N = "sqrt(1/(2*pi*s2)) * exp(-(x-mu)**2/(2*s2))"
c.v("order", "log(exp(-(x-mu)**2/(2*s2)) * sqrt(1/(2*pi*s2)))").v("order", "log(sqrt(1/(s2*2*pi)) * exp(-(mu-x)**2/(s2*2)))")
c.v("scaled", f"log(2.5*{N})").v("scaled", "log(0.5*exp(-(x-mu)**2/(2*s2)))").v("scaled", f"0.25*log({N})")
c.v("weighted", f"w*log({N})", w=[0.5, 1.0, 2.0]).v("weighted", f"log(w*{N})", w=[0.5, 1.0, 2.0])
c.v("indexed", f"log({N})[1]").v("indexed", f"log({N.replace('x-', 'x[[0, 2]]-')})")
c.v("axis", f"sum(log({N}), axis=1)", x=two("x")).v("axis", f"mean(log({N.replace('x-', 'x.T-')}), axis=0)", x=two("x"))
c.v("keepdims", f"sum(log({N}), axis=1, keepdims=True)", x=two("x"))
c.v("lines", "z = (x-mu)**2/(2*s2); p = sqrt(1/(2*pi*s2))*exp(-z); log(p)")
c.v("function", "dens(t, m, v) = sqrt(1/(2*pi*v)) * exp(-(t-m)**2/(2*v)); log(dens(x, mu, s2))")
c.v("inside", f"-mean(log({N}))").v("inside", f"-sum(log({N})) + 0.5*mu**2 + s2")
c.v("respelt", "log(exp(-(x-mu)**2/(2*s2))/sqrt(2*pi*s2))").v("respelt", "-log(sqrt(2*pi*s2)*exp((x-mu)**2/(2*s2)))")
c.v("respelt", "-log(sqrt(2*pi*s2)/exp(-(x-mu)**2/(2*s2)))").v("respelt", "log((2*pi*s2)**-0.5 * exp(-0.5*(x-mu)*(x-mu)/s2))")
c.v("respelt", "log(1/sqrt(2*pi*s2)) + log(exp(-(x-mu)**2/(2*s2)))")

c = Case("gauss-logpdf-precision", {"x": 60.0, "mu": 1.0, "beta": 2.0})
N = "sqrt(beta/(2*pi)) * exp(-0.5*beta*(x-mu)**2)"
c.v("order", "log(exp(-0.5*beta*(x-mu)**2) * sqrt(beta/(2*pi)))").v("order", "log(sqrt(1/(2*pi)*beta) * exp(-(x-mu)**2*beta*0.5))")
c.v("scaled", f"log(2.5*{N})").v("scaled", "log(0.25*exp(-0.5*beta*(x-mu)**2))").v("scaled", f"0.25*log({N})")
c.v("weighted", f"w*log({N})", w=0.75).v("weighted", f"log(w*{N})", w=0.75)
X2 = plus("x", 0.0, -75.0)
c.v("indexed", f"log({N.replace('x-', 'x[0]-')})", x=X2).v("indexed", f"log({N})[1]", x=X2)
c.v("axis", f"sum(log({N}), axis=0)", x=lambda d: [[d["x"], 2.0], [0.5, -0.5 * d["x"]]])
c.v("axis", f"sum(log({N.replace('x-', 'x.T-')}), axis=1)", x=lambda d: [[d["x"], 2.0], [0.5, -0.5 * d["x"]]])
c.v("keepdims", f"mean(log({N}), axis=1, keepdims=True)", x=lambda d: [[d["x"], 2.0], [0.5, -0.5 * d["x"]]])
c.v("lines", "q = -0.5*beta*(x-mu)**2; k = sqrt(beta/(2*pi)); log(k*exp(q))")
c.v("function", "dens(t, m, b) = sqrt(b/(2*pi)) * exp(-0.5*b*(t-m)**2); log(dens(x, mu, beta))")
c.v("inside", f"-log({N}) + 0.5*mu**2 + 0.25*beta").v("inside", f"0.25 - mean(log({N}))", x=X2)
c.v("respelt", "log(exp(-0.5*beta*(x-mu)**2)/sqrt(2*pi/beta))").v("respelt", "-log(sqrt(2*pi/beta)*exp(0.5*beta*(x-mu)**2))")
c.v("respelt", "log(beta**0.5/exp(0.5*beta*(x-mu)*(x-mu))) - 0.5*log(2*pi)").v("respelt", "-log(1/(sqrt(beta/(2*pi))*exp(-0.5*beta*(x-mu)**2)))")

c = Case("mixture-logpdf-far", {"x": 70.0, "w": [0.2, 0.3, 0.5], "mu": [-1.0, 0.0, 2.0], "s2": [0.5, 1.0, 2.0]})
N = "sqrt(1/(2*pi*s2)) * exp(-(x-mu)**2/(2*s2))"
NC = "sqrt(1/(2*pi*s2)) * exp(-(x[:, None]-mu)**2/(2*s2))"
X2 = lambda d: [d["x"], -0.5 * d["x"], 1.0]
c.v("order", f"log(sum({N} * w))").v("order", "log(sum(exp(-(x-mu)**2/(2*s2)) * w * sqrt(1/(2*pi*s2))))")
c.v("scaled", f"log(2.5*sum(w * {N}))").v("scaled", f"log(sum(0.25*w * {N}))").v("scaled", f"0.25*log(sum(w * {N}))")
c.v("weighted", f"log(sum(c * w * {N}))", c=[0.5, 1.0, 2.0]).v("weighted", f"c*log(sum(w * {N}))", c=0.75)
c.v("indexed", "log(w[0]*sqrt(1/(2*pi*s2[0]))*exp(-(x-mu[0])**2/(2*s2[0])) + w[2]*sqrt(1/(2*pi*s2[2]))*exp(-(x-mu[2])**2/(2*s2[2])))")
c.v("indexed", f"log(sum((w * {N})[1:]))")
c.v("axis", f"log(sum(w * {NC}, axis=1))", x=X2)
c.v("axis", "sum(log(sum(w[:, None] * sqrt(1/(2*pi*s2[:, None])) * exp(-(x-mu[:, None])**2/(2*s2[:, None])), axis=0)))", x=X2)
c.v("keepdims", f"log(sum(w * {NC}, axis=1, keepdims=True))", x=X2)
c.v("lines", "k = w*sqrt(1/(2*pi*s2)); z = (x-mu)**2/(2*s2); p = sum(k*exp(-z)); log(p)")
c.v("function", "dens(t, m, v) = sqrt(1/(2*pi*v)) * exp(-(t-m)**2/(2*v)); log(sum(w*dens(x, mu, s2)))")
c.v("inside", f"-mean(log(sum(w * {NC}, axis=1))) + 0.5*sum(mu**2)", x=X2).v("inside", f"0.25*x**2 - log(sum(w * {N}))")
c.v("respelt", "log(sum(w*exp(-(x-mu)**2/(2*s2))/sqrt(2*pi*s2)))").v("respelt", f"-log(1/sum(w * {N}))")
c.v("respelt", "log(sum(w/(sqrt(2*pi*s2)*exp(0.5*(x-mu)*(x-mu)/s2))))").v("respelt", "log(w @ (sqrt(1/(2*pi*s2)) * exp(-(x-mu)**2/(2*s2))))")

c = Case("mixture-responsibility", {"x": 70.0, "w": [0.2, 0.3, 0.5], "mu": [-1.0, 0.0, 2.0], "s2": [1.9, 1.95, 2.0]})
E = "w*sqrt(1/(2*pi*s2))*exp(-(x-mu)**2/(2*s2))"
E2 = E.replace("x-", "x[:, None]-")
ET = "w[:, None]*sqrt(1/(2*pi*s2[:, None]))*exp(-(x-mu[:, None])**2/(2*s2[:, None]))"
X2 = lambda d: [d["x"], 0.75 * d["x"]]
c.v("order", f"1/sum({E})*({E})").v("order", "exp(-(x-mu)**2/(2*s2))*w*sqrt(1/(2*pi*s2)) / sum(sqrt(1/(2*pi*s2))*w*exp(-(x-mu)**2/(2*s2)))")
c.v("scaled", f"2.5*{E} / sum({E})").v("scaled", f"0.5*{E} / (0.5*sum({E}))")
c.v("weighted", f"c*{E} / sum(c*{E})", c=[0.5, 1.0, 2.0]).v("weighted", f"c*({E} / sum({E}))", c=[0.5, 1.0, 2.0])
c.v("indexed", f"({E} / sum({E}))[2]").v("indexed", f"({E})[1:] / sum({E})")
c.v("axis", f"({E2}).T / sum({E2}, axis=1)", x=X2).v("axis", f"{ET} / sum({ET}, axis=0)", x=X2)
c.v("keepdims", f"{E2} / sum({E2}, axis=1, keepdims=True)", x=X2)
c.v("lines", f"p = {E}; p/sum(p)")
c.v("function", f"g(t, m, v) = sqrt(1/(2*pi*v))*exp(-(t-m)**2/(2*v)); w*g(x, mu, s2) / sum(w*g(x, mu, s2))")
c.v("inside", f"sum(y * {E} / sum({E})) + 0.25", y=[2.0, 1.0, 0.5]).v("inside", f"mean(({E} / sum({E}) - 0.5)**2)")
c.v("respelt", f"{E} * (1/sum({E}))").v("respelt", "w*exp(-(x-mu)**2/(2*s2))/sqrt(2*pi*s2) / sum(w*exp(-(x-mu)**2/(2*s2))/sqrt(2*pi*s2))")
c.v("respelt", "w/sqrt(s2)/exp(0.5*(x-mu)*(x-mu)/s2) / sum(w/sqrt(s2)/exp(0.5*(x-mu)*(x-mu)/s2))")

S3 = [[2.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.5]]
c = Case("mvn-logpdf-far", {"x": [40.0, -20.0, 30.0], "m": [0.0, 0.5, 1.0], "S": S3})
K = "sqrt(1/((2*pi)**3*det(S)))"
Q = "exp(-0.5*(x-m) @ inv(S) @ (x-m))"
QB = "exp(-0.5*sum(((x-m) @ inv(S)) * (x-m), axis=1{}))"
XB = lambda d: [d["x"], [-d["x"][0], 1.0, d["x"][1]]]
c.v("order", f"log({Q} * {K})").v("order", "log(sqrt(1/(det(S)*(2*pi)**3)) * exp(-(x-m) @ inv(S) @ (x-m)*0.5))")
c.v("scaled", f"log(2.5*{K} * {Q})").v("scaled", f"0.25*log({K} * {Q})").v("scaled", f"log(0.5*{Q})")
c.v("weighted", f"w*log({K} * {Q})", w=0.75).v("weighted", f"log(w*{K} * {Q})", w=0.75)
c.v("indexed", f"log({K} * exp(-0.5*(x[0]-m) @ inv(S) @ (x[0]-m)))", x=XB)
c.v("indexed", "log(sqrt(1/((2*pi)**2*det(S[:2, :2]))) * exp(-0.5*(x-m)[:2] @ inv(S[:2, :2]) @ (x-m)[:2]))")
c.v("axis", f"log({K} * {QB.format('')})", x=XB)
c.v("axis", f"log({K} * exp(-0.5*sum((x-m).T * (inv(S) @ (x-m).T), axis=0)))", x=XB)
c.v("keepdims", f"log({K} * {QB.format(', keepdims=True')})", x=XB)
c.v("lines", "d = x - m; q = d @ inv(S) @ d; k = sqrt(1/((2*pi)**3*det(S))); log(k*exp(-0.5*q))")
c.v("function", "dens(t, u, C) = sqrt(1/((2*pi)**3*det(C))) * exp(-0.5*(t-u) @ inv(C) @ (t-u)); log(dens(x, m, S))")
c.v("inside", f"-log({K} * {Q}) + 0.5*sum(m**2)").v("inside", f"0.25*trace(S) - mean(log({K} * {QB.format('')}))", x=XB)
c.v("respelt", f"log({Q}/sqrt((2*pi)**3*det(S)))").v("respelt", "-log(sqrt((2*pi)**3*det(S)) * exp(0.5*(x-m) @ inv(S) @ (x-m)))")
c.v("respelt", f"log({Q}) - 0.5*log(det(S)) - 1.5*log(2*pi)").v("respelt", f"-log(1/({K} * {Q}))")


def wave(n, scale, shift):
    return [float("%.6g" % (scale * ((7 * i + shift) % 11 - 5) / 5)) for i in range(n)]


c = Case("mvn-logpdf-precision",
         {"x": wave(12, 1e-14, 1), "m": wave(12, 1e-15, 4), "B": spd(12, 1e30)},
         {"x": wave(12, 1.0, 1), "m": wave(12, 0.1, 4), "B": spd(12, 1e4)})
K = "sqrt(det(B)/((2*pi)**12))"
Q = "exp(-0.5*(x-m) @ B @ (x-m))"
QB = "exp(-0.5*sum(((x-m) @ B) * (x-m), axis=1{}))"
XB = lambda d: [d["x"], list(reversed(d["x"]))]
c.v("order", f"log({Q} * {K})").v("order", "log(sqrt(1/((2*pi)**12)*det(B)) * exp(-(x-m) @ B @ (x-m)*0.5))")
c.v("scaled", f"log(2.5*{K} * {Q})").v("scaled", f"0.25*log({K} * {Q})").v("scaled", f"log(0.5*sqrt(det(B)) * {Q})")
c.v("weighted", f"w*log({K} * {Q})", w=0.75).v("weighted", f"log(w*{K} * {Q})", w=0.75)
c.v("indexed", f"log({K} * exp(-0.5*(x[0]-m) @ B @ (x[0]-m)))", x=XB)
c.v("indexed", "log(sqrt(det(B[:11, :11])/((2*pi)**11)) * exp(-0.5*(x-m)[:11] @ B[:11, :11] @ (x-m)[:11]))")
c.v("axis", f"log({K} * {QB.format('')})", x=XB)
c.v("axis", f"log({K} * exp(-0.5*sum((x-m).T * (B @ (x-m).T), axis=0)))", x=XB)
c.v("keepdims", f"log({K} * {QB.format(', keepdims=True')})", x=XB)
c.v("lines", "d = x - m; q = d @ B @ d; k = sqrt(det(B)/((2*pi)**12)); log(k*exp(-0.5*q))")
c.v("function", "dens(t, u, P) = sqrt(det(P)/((2*pi)**12)) * exp(-0.5*(t-u) @ P @ (t-u)); log(dens(x, m, B))")
c.v("inside", f"-log({K} * {Q}) + 0.5*sum(m**2)").v("inside", f"0.25 - mean(log({K} * {QB.format('')}))", x=XB)
c.v("respelt", f"log(sqrt(det(B))*{Q}) - 6*log(2*pi)").v("respelt", "-log(sqrt((2*pi)**12/det(B)) * exp(0.5*(x-m) @ B @ (x-m)))")
c.v("respelt", f"log({Q}) + 0.5*log(det(B)/((2*pi)**12))").v("respelt", f"-log(1/({K} * {Q}))")

c = Case("expon-logpdf", {"x": [800.0, 1.0], "lam": 1.5})
c.v("order", "log(exp(-lam*x)*lam)").v("order", "log(exp(-x*lam)*lam)")
c.v("scaled", "log(2.5*lam*exp(-lam*x))").v("scaled", "0.25*log(lam*exp(-lam*x))").v("scaled", "log(lam*exp(-2*lam*x))")
c.v("weighted", "w*log(lam*exp(-lam*x))", w=[0.5, 2.0]).v("weighted", "log(w*lam*exp(-lam*x))", w=[0.5, 2.0])
c.v("indexed", "log(lam*exp(-lam*x))[0]").v("indexed", "log(lam*exp(-lam*x[[1, 0]]))")
c.v("axis", "sum(log(lam*exp(-lam*x)), axis=1)", x=two("x")).v("axis", "mean(log(lam*exp(-lam*x.T)), axis=0)", x=two("x"))
c.v("keepdims", "sum(log(lam*exp(-lam*x)), axis=1, keepdims=True)", x=two("x"))
c.v("lines", "r = exp(-lam*x); p = lam*r; log(p)")
c.v("function", "dens(t, l) = l*exp(-l*t); log(dens(x, lam))")
c.v("inside", "-mean(log(lam*exp(-lam*x))) + 0.25*lam**2").v("inside", "sum(0.0625*log(lam*exp(-lam*x))**2)")
c.v("respelt", "log(lam/exp(lam*x))").v("respelt", "-log(exp(lam*x)/lam)").v("respelt", "-log(1/(lam*exp(-lam*x)))")
c.v("respelt", "log(lam) + log(1/exp(lam*x))")

c = Case("laplace-logpdf", {"x": [800.0, -900.0, 700.0], "mu": 0.5, "g": 0.75},
         {"x": [150.0, -200.0, 120.0], "mu": 0.5, "g": 0.75})   # three points: the gradient of mu is not 0
N = "1/(2*g) * exp(-abs(x-mu)/g)"
c.v("order", "log(exp(-abs(x-mu)/g) * (1/(2*g)))").v("order", "log(1/(g*2) * exp(-abs(mu-x)/g))")
c.v("scaled", f"log(2.5/(2*g) * exp(-abs(x-mu)/g))").v("scaled", f"0.25*log({N})").v("scaled", "log(0.5*exp(-abs(x-mu)/g))")
c.v("weighted", f"w*log({N})", w=[0.5, 1.0, 2.0]).v("weighted", f"log(w*({N}))", w=[0.5, 1.0, 2.0])
c.v("indexed", f"log({N})[1]").v("indexed", f"log({N.replace('x-', 'x[[2, 0]]-')})")
c.v("axis", f"sum(log({N}), axis=1)", x=two("x")).v("axis", f"mean(log({N.replace('x-', 'x.T-')}), axis=0)", x=two("x"))
c.v("keepdims", f"sum(log({N}), axis=1, keepdims=True)", x=two("x"))
c.v("lines", "z = abs(x-mu)/g; p = exp(-z)/(2*g); log(p)")
c.v("function", "dens(t, m, b) = 1/(2*b) * exp(-abs(t-m)/b); log(dens(x, mu, g))")
c.v("inside", f"-mean(log({N})) + 0.5*g").v("inside", f"0.25*mu**2 - sum(w*log({N}))", w=[0.5, 1.0, 2.0])
c.v("respelt", "log(exp(-abs(x-mu)/g)/(2*g))").v("respelt", "-log(2*g*exp(abs(x-mu)/g))")
c.v("respelt", "-log(2*g/exp(-abs(x-mu)/g))").v("respelt", "log(0.5/g/exp(abs(x-mu)/g))")

c = Case("bce-from-probs", {"z": [800.0, -900.0, 0.5, -0.25], "y": [0.0, 1.0, 1.0, 0.0]})
P = "1/(1+exp(-z))"
A, B = f"y*log({P})", f"(1-y)*log(1-{P})"
c.v("order", f"-mean({B} + {A})").v("order", "-mean(log(1/(exp(-z)+1))*y + log(1-1/(exp(-z)+1))*(1-y))")
c.v("scaled", f"-2.5*mean({A} + {B})").v("scaled", f"-mean(2*{A} + 0.5*{B})").v("scaled", f"-sum({A} + {B})/4")
c.v("weighted", f"-mean(w*({A} + {B}))", w=[0.5, 2.0, 1.0, 0.25]).v("weighted", f"-mean(w*{A} + {B})", w=2.5)
c.v("indexed", f"-mean(({A} + {B})[1:])").v("indexed", "-(y[0]*log(1/(1+exp(-z[0]))) + (1-y[0])*log(1-1/(1+exp(-z[0]))))")
c.v("axis", f"-mean({A} + {B}, axis=1)", z=two("z"), y=two("y"))
c.v("axis", "-mean(y.T*log(1/(1+exp(-z.T))) + (1-y.T)*log(1-1/(1+exp(-z.T))), axis=0)", z=two("z"), y=two("y"))
c.v("keepdims", f"-mean({A} + {B}, axis=1, keepdims=True)", z=two("z"), y=two("y"))
c.v("lines", "p = 1/(1+exp(-z)); -mean(y*log(p) + (1-y)*log(1-p))")
c.v("function", "s(t) = 1/(1+exp(-t)); -mean(y*log(s(z)) + (1-y)*log(1-s(z)))")
c.v("inside", f"-mean({A} + {B}) + 0.25*mean(y*z)").v("inside", f"0.5*sum(w**2) - mean({A} + {B})", w=[0.5, 2.0])
c.v("respelt", "-mean(y*log(exp(z)/(1+exp(z))) + (1-y)*log(exp(-z)/(1+exp(-z))))")
c.v("respelt", "mean(y*log(1+exp(-z)) + (1-y)*log(1+exp(z)))")
c.v("respelt", "-mean(y*log(1/(1+1/exp(z))) + (1-y)*log(1-1/(1+1/exp(z))))")
c.v("respelt", f"-mean(where(y > 0.5, log({P}), log(1-{P})))")

c = Case("bayes-huge-likelihood", {"ll": [800.0, 801.0, 795.0], "prior": [0.2, 0.5, 0.3]})
E = "exp(ll)*prior"
c.v("order", "prior*exp(ll) / sum(prior*exp(ll))").v("order", f"1/sum({E})*{E}")
c.v("scaled", f"2.5*{E} / sum({E})").v("scaled", f"{E} / sum(2*{E})").v("scaled", "exp(2*ll)*prior / sum(exp(2*ll)*prior)")
c.v("weighted", "w*exp(ll)*prior / sum(w*exp(ll)*prior)", w=[0.5, 1.0, 2.0]).v("weighted", f"w*({E} / sum({E}))", w=[0.5, 1.0, 2.0])
c.v("indexed", f"({E} / sum({E}))[1]").v("indexed", "exp(ll[0])*prior[0] / (exp(ll[0])*prior[0] + exp(ll[1])*prior[1])")
c.v("axis", f"({E}).T / sum({E}, axis=1)", ll=two("ll")).v("axis", "(exp(ll.T)*prior[:, None]) / sum(exp(ll.T)*prior[:, None], axis=0)", ll=two("ll"))
c.v("keepdims", f"{E} / sum({E}, axis=1, keepdims=True)", ll=two("ll"))
c.v("lines", "j = exp(ll)*prior; s = sum(j); j/s")
c.v("function", "like(t) = exp(t); like(ll)*prior / sum(like(ll)*prior)")
c.v("inside", f"sum(v*({E} / sum({E}))) + 0.25", v=[1.0, 2.0, 0.5]).v("inside", f"mean(({E} / sum({E}) - 0.5)**2)")
c.v("respelt", f"{E} * (1/sum({E}))").v("respelt", "prior/exp(-ll) / sum(prior/exp(-ll))").v("respelt", f"{E} / (exp(ll) @ prior)")
c.v("respelt", "1/(sum(exp(ll)*prior)/(exp(ll)*prior))")

c = Case("variance-moments", {"x": [1e8, 1e8 + 1, 1e8 + 2, 1e8 + 3]})
c.v("order", "-mean(x)**2 + mean(x**2)")
c.v("scaled", "2.5*mean(x**2) - 2.5*mean(x)**2").v("scaled", "mean((2*x)**2) - mean(2*x)**2")
c.v("weighted", "sum(w*x**2)/sum(w) - (sum(w*x)/sum(w))**2", w=[1.0, 3.0, 2.0, 2.0])
c.v("weighted", "w*(mean(x**2) - mean(x)**2)", w=0.75)
c.v("indexed", "mean(x[1:3]**2) - mean(x[1:3])**2").v("indexed", "mean(x[[2, 0]]**2) - mean(x[[2, 0]])**2")
XA = lambda d: [d["x"], [d["x"][0], d["x"][3], d["x"][3], d["x"][1]]]
c.v("axis", "mean(x**2, axis=1) - mean(x, axis=1)**2", x=XA).v("axis", "sum(mean(x.T**2, axis=0) - mean(x.T, axis=0)**2)", x=XA)
c.v("keepdims", "mean(x**2, axis=1, keepdims=True) - mean(x, axis=1, keepdims=True)**2", x=XA)
c.v("lines", "m = mean(x); m2 = mean(x**2); m2 - m**2")
c.v("function", "moment(t, k) = mean(t**k); moment(x, 2) - moment(x, 1)**2")
c.v("inside", "sqrt(mean(x**2) - mean(x)**2)").v("inside", "0.5*log(mean(x**2) - mean(x)**2) + 0.25")
c.v("respelt", "mean(x*x) - mean(x)*mean(x)").v("respelt", "sum(x**2)/4 - (sum(x)/4)**2").v("respelt", "sum(x**2)/4 - sum(x)**2/16")
c.v("respelt", "(x @ x)/4 - mean(x)**2")

c = Case("std-constant-grad", {"x": [3.5, 3.5, 3.5]})
XA = [[2.0, 2.0, 2.0], [1.0, 2.0, 4.0]]
c.v("order", "sqrt(mean((mean(x)-x)**2))").v("order", "sqrt(mean((-mean(x)+x)**2))")
c.v("scaled", "sqrt(4*mean((x-mean(x))**2))").v("scaled", "sqrt(mean((2*x-2*mean(x))**2))")
c.v("weighted", "sqrt(mean(w*(x-mean(x))**2))", w=[0.5, 2.0, 1.0]).v("weighted", "w*sqrt(mean((x-mean(x))**2))", w=0.75)
c.v("indexed", "sqrt(mean((x[1:]-mean(x[1:]))**2))", x=[1.0, 2.0, 2.0]).v("indexed", "sqrt(mean((x-mean(x))[[2, 0]]**2))")
c.v("axis", "sqrt(mean((x.T-mean(x, axis=1))**2, axis=0))", x=XA)
c.v("axis", "sqrt(mean((x-mean(x, axis=0))**2, axis=0))", x=[[2.0, 1.0], [2.0, 4.0]])
c.v("keepdims", "sqrt(mean((x-mean(x, axis=1, keepdims=True))**2, axis=1, keepdims=True))", x=XA)
c.v("lines", "m = mean(x); d = x - m; v = mean(d**2); sqrt(v)")
c.v("function", "sd(t) = sqrt(mean((t-mean(t))**2)); sd(2*x)")
c.v("inside", "sqrt(mean((x-mean(x))**2)) + 0.25*sum(x**2)").v("inside", "(mean(x) - 1)**2 - 2*sqrt(mean((x-mean(x))**2))")
c.v("respelt", "mean((x-mean(x))**2)**0.5").v("respelt", "sqrt(sum((x-mean(x))*(x-mean(x)))/3)").v("respelt", "sqrt(mean(x**2) - mean(x)**2)")

# tails ------------------------------------------------------------------------
c = Case("sigmoid-tails", {"x": [-708.0, -40.0, 0.0, 40.0, 800.0]})
P = "1/(1+exp(-x))"
W5 = [0.5, 2.0, 1.0, 0.25, 4.0]
c.v("order", "1/(exp(-x)+1)")
c.v("scaled", "2.5/(1+exp(-x))").v("scaled", "1/(2+2*exp(-x))").v("scaled", "1/(1+0.5*exp(-2*x))", x=[-40.0, -20.0, 0.0, 20.0, 400.0])
c.v("weighted", f"w*({P})", w=W5).v("weighted", "1/(1+w*exp(-x))", w=W5)
c.v("indexed", f"({P})[1]").v("indexed", "1/(1+exp(-x[3]))").v("indexed", f"({P})[[4, 1]]")
c.v("axis", f"sum({P}, axis=1)", x=lambda d: [d["x"][:2], d["x"][3:]]).v("axis", "sum(1/(1+exp(-x.T)), axis=0)", x=lambda d: [d["x"][:2], d["x"][3:]])
c.v("keepdims", f"mean({P}, axis=1, keepdims=True)", x=lambda d: [d["x"][:2], d["x"][3:]])
c.v("lines", "a = exp(-x); b = 1 + a; 1/b")
c.v("function", "s(t) = 1/(1+exp(-t)); s(x)").v("function", "s(t) = 1/(1+exp(-t)); 0.5*s(x) - s(-x)")
c.v("inside", f"0.5*sum(w*(({P}) - y)**2)", w=W5, y=[0.0, 0.0, 1.0, 0.0, 0.5]).v("inside", f"0.25 + mean(({P})**2)")
c.v("respelt", "exp(x)/(1+exp(x))").v("respelt", "1/(1+1/exp(x))").v("respelt", "1 - 1/(1+exp(x))")
c.v("respelt", "(1+exp(-x))**-1").v("respelt", "exp(-log(1+exp(-x)))")

for id, f64 in (("softplus-tails", [-40.0, -20.0, 0.0, 50.0, 200.0, 1000.0]), ("softplus-value-neg", [-40.0, -50.0])):
    c = Case(id, {"x": f64})
    n = len(f64)
    W = [0.5, 2.0, 1.0, 0.25, 4.0, 1.5][:n]
    half = lambda d: [d["x"][:len(d["x"]) // 2], d["x"][len(d["x"]) // 2:]]
    c.v("order", "log(exp(x)+1)")
    c.v("scaled", "2.5*log(1+exp(x))").v("scaled", "log(1+exp(0.5*x))").v("scaled", "log(1+2.5*exp(x))")
    c.v("weighted", "w*log(1+exp(x))", w=W).v("weighted", "log(1+w*exp(x))", w=W)
    c.v("indexed", "log(1+exp(x))[0]").v("indexed", "log(1+exp(x[1]))").v("indexed", "log(1+exp(x))[[1, 0]]")
    c.v("axis", "mean(log(1+exp(x)), axis=0)", x=half).v("axis", "sum(log(1+exp(x.T)), axis=0)", x=half)
    c.v("keepdims", "sum(log(1+exp(x)), axis=1, keepdims=True)", x=half)
    c.v("lines", "a = exp(x); b = 1 + a; log(b)")
    c.v("function", "sp(t) = log(1+exp(t)); sp(x)").v("function", "sp(t) = log(1+exp(t)); 0.5*sp(x)")
    if n > 2:
        c.v("inside", "mean(log(1+exp(x))**2) + 0.25").v("inside", "sum(0.5*log(1+exp(x)) - y*x)", y=[0.0, 0.0, 1.0, 0.0, 0.0, 0.25])
    else:
        c.v("inside", "mean(log(1+exp(x))**2)").v("inside", "sum(0.5*log(1+exp(x)) - y*x)", y=[0.0, 0.0])
    c.v("respelt", "-log(1/(1+exp(x)))").v("respelt", "log(1+1/exp(-x))").v("respelt", "x + log(1+exp(-x))")
    c.v("respelt", "-log(1 - exp(x)/(1+exp(x)))")

c = Case("log-sigmoid-grad", {"x": -800.0})
L = "log(1/(1+exp(-x)))"
X2 = lambda d: [d["x"], 40.0, -1.0]
XM = lambda d: [[d["x"], 2.0], [-1.0, 0.5 * d["x"]]]
c.v("order", "log(1/(exp(-x)+1))")
c.v("scaled", f"2.5*{L}").v("scaled", "log(2.5/(1+exp(-x)))").v("scaled", "log(1/(1+exp(-2*x)))")
c.v("weighted", f"w*{L}", w=0.75).v("weighted", "log(w/(1+exp(-x)))", w=0.75).v("weighted", f"sum(w*{L})", w=[0.5, 2.0, 1.0], x=X2)
c.v("indexed", f"{L}[0]", x=X2).v("indexed", "log(1/(1+exp(-x[1])))", x=X2).v("indexed", f"{L}[[1, 0]]", x=X2)
c.v("axis", f"sum({L}, axis=1)", x=XM).v("axis", "mean(log(1/(1+exp(-x.T))), axis=1)", x=XM)
c.v("keepdims", f"sum({L}, axis=1, keepdims=True)", x=XM)
c.v("lines", "p = 1/(1+exp(-x)); log(p)")
c.v("function", "s(t) = 1/(1+exp(-t)); log(s(x))")
c.v("inside", f"0.25*x - {L}").v("inside", f"(0.0625*{L} + 0.5)**2")
c.v("respelt", "-log(1+exp(-x))").v("respelt", "log(exp(x)/(1+exp(x)))").v("respelt", "-log(1+1/exp(x))")
c.v("respelt", "log(1 - 1/(1+exp(x)))").v("respelt", "log(1) - log(1+exp(-x))")

c = Case("normal-sf-tail", {"x": [9.0, 30.0]})
S = "1 - 0.5*(1+erf(x/sqrt(2)))"
XA = lambda d: [[d["x"][0], 7.0], [5.75, d["x"][1]]]
c.v("order", "1 - (erf(x/sqrt(2))+1)*0.5")
c.v("scaled", "2.5 - 1.25*(1+erf(x/sqrt(2)))").v("scaled", f"2*({S})")
c.v("weighted", f"w*({S})", w=[0.5, 2.0]).v("weighted", f"sum(w*({S}))", w=[0.5, 2.0])
c.v("indexed", f"({S})[0]").v("indexed", "1 - 0.5*(1+erf(x[0]/sqrt(2)))").v("indexed", f"({S})[[1, 0]]")
c.v("axis", f"sum({S}, axis=1)", x=XA).v("axis", "mean(1 - 0.5*(1+erf(x.T/sqrt(2))), axis=1)", x=lambda d: [d["x"], [7.0, 8.0]])
c.v("keepdims", f"sum({S}, axis=1, keepdims=True)", x=XA)
c.v("lines", "c = 0.5*(1+erf(x/sqrt(2))); 1 - c")
c.v("function", "cdf(t) = 0.5*(1+erf(t/sqrt(2))); 1 - cdf(x)")
c.v("inside", f"log({S})").v("inside", f"-mean(log({S})) + 0.25").v("inside", f"sum(w*({S}))/2 + 0.125*({S})[0]", w=[0.5, 2.0])
c.v("respelt", "0.5*(1-erf(x/sqrt(2)))").v("respelt", "0.5 - 0.5*erf(x/sqrt(2))").v("respelt", "1 - (1+erf(x/2**0.5))/2")
c.v("respelt", "1 - 0.5 - 0.5*erf(x/sqrt(2))").v("respelt", "0.5*(1+erf(-x/sqrt(2)))")

c = Case("gelu-tail", {"x": [-12.0, -20.0]})
G = "x*0.5*(1+erf(x/sqrt(2)))"
XA = lambda d: [[d["x"][0], -7.0], [-5.0, d["x"][1]]]
c.v("order", "0.5*(1+erf(x/sqrt(2)))*x").v("order", "(erf(x/sqrt(2))+1)*x*0.5")
c.v("scaled", "x*1.25*(1+erf(x/sqrt(2)))").v("scaled", f"2*({G})")
c.v("weighted", f"w*({G})", w=[0.5, 2.0]).v("weighted", f"sum(w*({G}))", w=[0.5, 2.0])
c.v("indexed", f"({G})[0]").v("indexed", "x[0]*0.5*(1+erf(x[0]/sqrt(2)))").v("indexed", f"({G})[[1, 0]]")
c.v("axis", f"sum({G}, axis=1)", x=XA).v("axis", "mean(x.T*0.5*(1+erf(x.T/sqrt(2))), axis=1)", x=lambda d: [d["x"], [-5.0, -6.0]])
c.v("keepdims", f"sum({G}, axis=1, keepdims=True)", x=XA)
c.v("lines", "p = 0.5*(1+erf(x/sqrt(2))); x*p")
c.v("function", "cdf(t) = 0.5*(1+erf(t/sqrt(2))); x*cdf(x)")
c.v("inside", f"sum(({G})*v)/4", v=[0.5, 2.0]).v("inside", f"0.25*mean(x*({G}))").v("inside", f"log(-({G}))")
c.v("respelt", "x*(0.5+0.5*erf(x/sqrt(2)))").v("respelt", "x*(1+erf(x/2**0.5))/2").v("respelt", "0.5*x*(1-erf(-x/sqrt(2)))")
c.v("respelt", "x*(1 - 0.5*(1-erf(x/sqrt(2))))").v("respelt", "0.5*x + 0.5*x*erf(x/sqrt(2))")

# softmax and its kin ----------------------------------------------------------
for id, f64 in (("softmax-large", [1000.0, 1001.0, 1002.5]), ("softmax-masked", [800.0, "-inf", 799.0])):
    c = Case(id, {"x": f64})
    W = [0.5, 1.0, 2.0]
    c.v("order", "1/sum(exp(x))*exp(x)").v("order", "exp(x)/(exp(x[2]) + exp(x[0]) + exp(x[1]))")
    c.v("scaled", "2.5*exp(x)/sum(exp(x))").v("scaled", "exp(2*x)/sum(exp(2*x))").v("scaled", "exp(x)/(4*sum(exp(x)))")
    c.v("weighted", "w*exp(x)/sum(w*exp(x))", w=W).v("weighted", "w*(exp(x)/sum(exp(x)))", w=W)
    c.v("indexed", "(exp(x)/sum(exp(x)))[0]").v("indexed", "exp(x[0])/sum(exp(x))").v("indexed", "exp(x[[2, 0]])/sum(exp(x[[2, 0]]))")
    c.v("axis", "exp(x.T)/sum(exp(x), axis=1)", x=two("x")).v("axis", "exp(x)/sum(exp(x), axis=0)", x=two_t("x"))
    c.v("keepdims", "exp(x)/sum(exp(x), axis=1, keepdims=True)", x=two("x")).v("keepdims", "exp(x)/sum(exp(x), keepdims=True)")
    c.v("lines", "a = exp(x); s = sum(a); a/s")
    c.v("function", "p(t) = exp(t)/sum(exp(t)); p(x)").v("function", "p(t) = exp(t)/sum(exp(t)); 0.5*p(x + 1)")
    c.v("inside", "sum(y*exp(x)/sum(exp(x))) + 0.25", y=[1.0, 2.0, 0.5]).v("inside", "mean((exp(x)/sum(exp(x)) - y)**2)", y=[1.0, 0.0, 0.5])
    c.v("respelt", "exp(x)*(1/sum(exp(x)))").v("respelt", "1/exp(-x)/sum(1/exp(-x))").v("respelt", "exp(x)/(3*mean(exp(x)))")
    if id == "softmax-large":
        c.v("respelt", "1/(exp(-x)*sum(exp(x)))").v("respelt", "exp(x - log(sum(exp(x))))")
    else:
        c.v("respelt", "exp(x)/(exp(x) @ ones(3))".replace("ones(3)", "u"), u=[1.0, 1.0, 1.0])

c = Case("log-softmax", {"x": [1000.0, 0.0, -1000.0]})
S = "exp(x)/sum(exp(x))"
c.v("order", "log(1/sum(exp(x))*exp(x))").v("order", "-log(sum(exp(x))) + log(exp(x))")
c.v("scaled", f"2.5*log({S})").v("scaled", "log(exp(0.5*x)/sum(exp(0.5*x)))").v("scaled", "log(2.5*exp(x)/sum(exp(x)))")
c.v("weighted", f"w*log({S})", w=[0.5, 1.0, 2.0]).v("weighted", "log(w*exp(x)/sum(w*exp(x)))", w=[0.5, 1.0, 2.0])
c.v("indexed", f"log({S})[1]").v("indexed", "log(exp(x[2])/sum(exp(x)))").v("indexed", f"log(({S})[[1, 2]])")
c.v("axis", "log(exp(x.T)/sum(exp(x), axis=1))", x=two("x")).v("axis", "sum(log(exp(x)/sum(exp(x), axis=0)), axis=0)", x=two_t("x"))
c.v("keepdims", "log(exp(x)/sum(exp(x), axis=1, keepdims=True))", x=two("x"))
c.v("lines", "a = exp(x); s = sum(a); p = a/s; log(p)")
c.v("function", "p(t) = exp(t)/sum(exp(t)); log(p(x))")
c.v("inside", f"-sum(y*log({S}))", y=[0.25, 0.5, 0.25]).v("inside", f"0.25 - mean(log({S}))")
c.v("respelt", "log(exp(x)*(1/sum(exp(x))))").v("respelt", "-log(sum(exp(x))/exp(x))").v("respelt", "log(exp(x)) - log(sum(exp(x)))")
c.v("respelt", "-log(exp(-x)*sum(exp(x)))").v("respelt", "x - log(sum(exp(x)))")

c = Case("xent-rows", {"z": [[800.0, -100.0, 50.0], [0.5, 0.25, -0.125]], "y": [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]})
S = "exp(z)/sum(exp(z), axis=1, keepdims=True)"
tr = lambda k: (lambda d: [list(r) for r in zip(*d[k])])
c.v("order", f"-mean(sum(log({S})*y, axis=1))").v("order", "-mean(sum(y*log(1/sum(exp(z), axis=1, keepdims=True)*exp(z)), axis=1))")
c.v("scaled", f"-2.5*mean(sum(y*log({S}), axis=1))").v("scaled", f"-sum(y*log({S}))/2").v("scaled", f"-mean(sum(0.25*y*log({S}), axis=1))")
c.v("weighted", f"-mean(sum(w*y*log({S}), axis=1))", w=[0.5, 2.0, 1.0]).v("weighted", f"-mean(c*sum(y*log({S}), axis=1))", c=[0.5, 2.0])
c.v("indexed", f"-sum(y*log({S}), axis=1)[0]").v("indexed", f"-0.5*(log({S})[0, 1] + log({S})[1, 0])")
c.v("axis", "-mean(sum(y*log(exp(z)/sum(exp(z), axis=0)), axis=0))", z=tr("z"), y=tr("y"))
c.v("axis", "-mean(sum(y.T*log(exp(z.T)/sum(exp(z), axis=1)), axis=0))")
c.v("keepdims", f"-mean(sum(y*log({S}), axis=1, keepdims=True))").v("keepdims", f"-mean(sum(y*log({S}), axis=1, keepdims=True), axis=0, keepdims=True)")
c.v("lines", "a = exp(z); p = a/sum(a, axis=1, keepdims=True); l = sum(y*log(p), axis=1); -mean(l)")
c.v("function", "p(t) = exp(t)/sum(exp(t), axis=1, keepdims=True); -mean(sum(y*log(p(z)), axis=1))")
c.v("inside", f"-mean(sum(y*log({S}), axis=1)) + 0.25*mean(z*y)").v("inside", f"0.5*sum(w**2) - mean(sum(y*log({S}), axis=1))", w=[0.5, 2.0])
c.v("respelt", "mean(sum(y*log(sum(exp(z), axis=1, keepdims=True)/exp(z)), axis=1))")
c.v("respelt", "mean(log(sum(exp(z), axis=1)) - sum(y*z, axis=1))").v("respelt", f"-mean(log(sum(y*({S}), axis=1)))")
c.v("respelt", "-mean(sum(y*log(exp(z)/sum(exp(z), axis=1)[:, None]), axis=1))")

c = Case("logsumexp-large", {"x": [1000.0, 1001.0, 1002.0]})
c.v("order", "log(exp(x[2]) + exp(x[0]) + exp(x[1]))")
c.v("scaled", "log(2.5*sum(exp(x)))").v("scaled", "log(sum(exp(2*x)))/2").v("scaled", "log(sum(0.25*exp(x)))").v("scaled", "log(0.5*exp(x[0]) + 2*exp(x[1]))")
c.v("weighted", "log(sum(w*exp(x)))", w=[0.5, 1.0, 2.0]).v("weighted", "w*log(sum(exp(x)))", w=0.75).v("weighted", "log(w @ exp(x))", w=[0.5, 1.0, 2.0])
c.v("indexed", "log(sum(exp(x[1:])))").v("indexed", "log(sum(exp(x)[:2]))").v("indexed", "log(sum(exp(x[[2, 0]])))")
c.v("axis", "log(sum(exp(x), axis=1))", x=two("x")).v("axis", "sum(log(sum(exp(x.T), axis=1)))", x=two_t("x"))
c.v("keepdims", "log(sum(exp(x), axis=1, keepdims=True))", x=two("x")).v("keepdims", "log(sum(exp(x), keepdims=True))")
c.v("lines", "a = exp(x); s = sum(a); log(s)")
c.v("function", "z(t) = sum(exp(t)); log(z(x))")
c.v("inside", "log(sum(exp(x))) - mean(x)/2").v("inside", "0.25*log(sum(exp(x)))**2 + 0.5")
c.v("respelt", "-log(1/sum(exp(x)))").v("respelt", "log(sum(1/exp(-x)))").v("respelt", "log(3*mean(exp(x)))").v("respelt", "2*log(sqrt(sum(exp(x))))")

c = Case("logmeanexp", {"x": [800.0, 801.0, 802.0, 799.0]})
c.v("order", "log((exp(x[3]) + exp(x[1]) + exp(x[0]) + exp(x[2]))/4)")
c.v("scaled", "log(2.5*mean(exp(x)))").v("scaled", "log(mean(exp(2*x)))/2").v("scaled", "log(mean(0.25*exp(x)))")
c.v("weighted", "log(mean(w*exp(x)))", w=[0.5, 1.0, 2.0, 4.0]).v("weighted", "w*log(mean(exp(x)))", w=0.75)
c.v("indexed", "log(mean(exp(x[1:])))").v("indexed", "log(mean(exp(x)[:2]))").v("indexed", "log(mean(exp(x[[2, 0]])))")
c.v("axis", "log(mean(exp(x), axis=1))", x=two("x")).v("axis", "sum(log(mean(exp(x.T), axis=1)))", x=two_t("x"))
c.v("keepdims", "log(mean(exp(x), axis=1, keepdims=True))", x=two("x"))
c.v("lines", "a = exp(x); m = mean(a); log(m)")
c.v("function", "z(t) = mean(exp(t)); log(z(x))")
c.v("inside", "log(mean(exp(x))) - mean(x)/2").v("inside", "0.25*log(mean(exp(x)))**2 + 0.5")
c.v("respelt", "-log(1/mean(exp(x)))").v("respelt", "log(mean(1/exp(-x)))").v("respelt", "log(sum(exp(x))/4)").v("respelt", "log(sum(exp(x))) - log(4)")

for id, f64, op in (("logaddexp", 800.0, "+"), ("logsubexp", 800.0, "-")):
    c = Case(id, {"a": f64, "b": f64 - 1})
    F = f"log(exp(a) {op} exp(b))"
    VA, VB = plus("a", 0.0, 2.0, -300.0), plus("b", 0.0, 2.5, -302.0)
    MA = lambda d: [[d["a"], d["a"] + 1], [-d["a"], 3.0]]
    MB = lambda d: [[d["b"], d["b"] + 0.5], [-d["a"] - 2, 1.0]]
    c.v("order", "log(exp(b) + exp(a))" if op == "+" else "log(-exp(b) + exp(a))")
    c.v("scaled", f"2.5*{F}").v("scaled", f"log(2.5*exp(a) {op} 2.5*exp(b))").v("scaled", f"log(4*exp(a) {op} 0.5*exp(b))").v("scaled", f"log(0.25*(exp(a) {op} exp(b)))")
    c.v("weighted", f"log(w*exp(a) {op} v*exp(b))", w=2.0, v=0.5).v("weighted", f"sum(w*{F})", w=[0.5, 1.0, 2.0], a=VA, b=VB)
    c.v("indexed", f"log(exp(a[1]) {op} exp(b[0]))", a=VA, b=VB).v("indexed", f"{F}[2]", a=VA, b=VB).v("indexed", f"log((exp(a) {op} exp(b))[[0, 2]])", a=VA, b=VB)
    c.v("axis", f"sum({F}, axis=1)", a=MA, b=MB).v("axis", f"sum(log(exp(a.T) {op} exp(b.T)), axis=0)", a=MA, b=MB)
    c.v("keepdims", f"mean({F}, axis=1, keepdims=True)", a=MA, b=MB)
    c.v("lines", f"p = exp(a); q = exp(b); log(p {op} q)")
    c.v("function", f"h(u, v) = exp(u) {op} exp(v); log(h(a, b))")
    c.v("inside", f"{F} - 0.25*a - 0.5*b").v("inside", f"0.25*{F}**2 + 0.5")
    c.v("respelt", f"-log(1/(exp(a) {op} exp(b)))").v("respelt", f"log(1/exp(-a) {op} 1/exp(-b))")
    c.v("respelt", f"a + log(1 {op} exp(b - a))").v("respelt", f"log(exp(a)*(1 {op} exp(b)/exp(a)))").v("respelt", f"2*log(sqrt(exp(a) {op} exp(b)))")

# entropies --------------------------------------------------------------------
c = Case("entropy-zero", {"p": [0.0, 0.5, 0.5]})
PA = [[0.0, 0.5, 0.5], [0.25, 0.75, 0.0]]
c.v("order", "-sum(log(p)*p)").v("order", "-(p[1]*log(p[1]) + p[0]*log(p[0]) + p[2]*log(p[2]))")
c.v("scaled", "-2.5*sum(p*log(p))").v("scaled", "-sum(2*p*log(p))").v("scaled", "-sum(p*log(4*p))").v("scaled", "-sum(p*log(p))/log(2)")
c.v("weighted", "-sum(w*p*log(p))", w=[2.0, 0.5, 1.0]).v("weighted", "-sum(p*log(w*p))", w=[2.0, 0.5, 1.0])
c.v("indexed", "-sum(p[:2]*log(p[:2]))").v("indexed", "-p[0]*log(p[0]) - p[1]*log(p[1])").v("indexed", "-sum((p*log(p))[[1, 0]])")
c.v("axis", "-sum(p*log(p), axis=1)", p=PA).v("axis", "-sum(p.T*log(p.T), axis=0)", p=PA)
c.v("keepdims", "-sum(p*log(p), axis=1, keepdims=True)", p=PA)
c.v("lines", "l = log(p); t = p*l; -sum(t)")
c.v("function", "h(t) = -sum(t*log(t)); h(p)")
c.v("inside", "0.25 - 0.5*sum(p*log(p)) + sum(p**2)").v("inside", "exp(-sum(p*log(p)))")
c.v("respelt", "sum(p*log(1/p))").v("respelt", "-(p @ log(p))").v("respelt", "-sum(log(p**p))").v("respelt", "-3*mean(p*log(p))")

c = Case("entropy-bernoulli-edge", {"p": [0.0, 1.0, 0.5]})
H = "-p*log(p) - (1-p)*log(1-p)"
PA = [[0.0, 0.5], [0.25, 1.0]]
c.v("order", "-(1-p)*log(1-p) - p*log(p)").v("order", "-log(p)*p - log(1-p)*(1-p)")
c.v("scaled", f"2.5*({H})").v("scaled", "-2*p*log(p) - 2*(1-p)*log(1-p)").v("scaled", f"({H})/log(2)")
c.v("weighted", f"w*({H})", w=[2.0, 0.5, 1.0]).v("weighted", "-w*p*log(p) - (1-p)*log(1-p)", w=[2.0, 0.5, 1.0])
c.v("indexed", f"({H})[1]").v("indexed", "-p[0]*log(p[0]) - (1-p[0])*log(1-p[0])").v("indexed", f"({H})[[2, 0]]")
c.v("axis", f"sum({H}, axis=1)", p=PA).v("axis", "sum(-p.T*log(p.T) - (1-p.T)*log(1-p.T), axis=0)", p=PA)
c.v("keepdims", f"mean({H}, axis=1, keepdims=True)", p=PA)
c.v("lines", "q = 1 - p; a = p*log(p); b = q*log(q); -a - b")
c.v("function", "h(t) = t*log(t); -h(p) - h(1-p)")
c.v("inside", f"mean({H}) + 0.25").v("inside", f"sum(({H} - 0.5)**2)")
c.v("respelt", "p*log(1/p) + (1-p)*log(1/(1-p))").v("respelt", "-(p*log(p) + (1-p)*log(1-p))").v("respelt", "-log(p**p) - log((1-p)**(1-p))")

KLF = "sum(p*log(p/q))"
for id, q64 in (("kl-zero-p", [0.25, 0.25, 0.5]), ("kl-ratio-overflow", [1e-320, 1.0])):
    p0 = [0.0, 0.5, 0.5] if id == "kl-zero-p" else [0.75, 0.25]
    n = len(p0)
    c = Case(id, {"p": p0, "q": q64})
    W = [2.0, 0.5, 1.0][:n]
    terms = " + ".join(f"p[{i}]*log(p[{i}]/q[{i}])" for i in reversed(range(n)))
    c.v("order", "sum(log(p/q)*p)").v("order", terms).v("order", "sum(p*log(1/q*p))")
    c.v("scaled", "2.5*sum(p*log(p/q))").v("scaled", "sum(p*log(2*p/q))").v("scaled", "sum(0.5*p*log(p/q))").v("scaled", "sum(p*log(p/q))/log(2)")
    c.v("weighted", "sum(w*p*log(p/q))", w=W).v("weighted", "sum(p*log(w*p/q))", w=W)
    c.v("indexed", "p[0]*log(p[0]/q[0]) + p[1]*log(p[1]/q[1])").v("indexed", "sum((p*log(p/q))[[1, 0]])")
    if id == "kl-zero-p":
        c.v("axis", "sum(p*log(p/q), axis=1)", p=two("p")).v("axis", "sum(p.T*log(p.T/q.T), axis=0)", p=two("p"), q=same2("q"))
        c.v("keepdims", "sum(p*log(p/q), axis=1, keepdims=True)", p=two("p"))
    else:
        c.v("axis", "sum(p*log(p/q), axis=1)", p=[[0.75, 0.25], [0.5, 0.5]]).v("axis", "sum(p.T*log(p.T/q.T), axis=0)", p=two("p"), q=same2("q"))
        c.v("keepdims", "sum(p*log(p/q), axis=1, keepdims=True)", p=[[0.75, 0.25], [0.5, 0.5]])
    c.v("lines", "r = p/q; l = log(r); sum(p*l)")
    c.v("function", "kl(a, b) = sum(a*log(a/b)); kl(p, q)")
    c.v("inside", "0.25 + 0.5*sum(p*log(p/q))").v("inside", "(sum(p*log(p/q)) - 0.125)**2 + sum(p**2)")
    c.v("respelt", "-sum(p*log(q/p))").v("respelt", "sum(p*log(p) - p*log(q))").v("respelt", "p @ log(p/q)").v("respelt", "sum(p*log(p)) - sum(p*log(q))")
    c.v("respelt", "sum(p*log(p*(1/q)))")

c = Case("js-divergence", {"p": [0.0, 1.0], "q": [1.0, 0.0]})
M = "(0.5*(p+q))"
A, B = f"sum(p*log(p/{M}))", f"sum(q*log(q/{M}))"
PA, QA = [[0.0, 1.0], [0.25, 0.75]], [[1.0, 0.0], [1.0, 0.0]]
c.v("order", f"0.5*{B} + 0.5*{A}").v("order", "sum(log(p/((q+p)*0.5))*p)*0.5 + sum(log(q/((q+p)*0.5))*q)*0.5")
c.v("scaled", f"2*(0.5*{A} + 0.5*{B})").v("scaled", f"{A} + {B}").v("scaled", f"0.25*{A} + 0.75*{B}")
c.v("weighted", f"0.5*sum(w*p*log(p/{M})) + 0.5*sum(w*q*log(q/{M}))", w=[2.0, 0.5]).v("weighted", f"w*{A} + v*{B}", w=0.75, v=0.25)
c.v("indexed", "0.5*p[1]*log(p[1]/(0.5*(p[1]+q[1]))) + 0.5*q[1]*log(q[1]/(0.5*(p[1]+q[1])))").v("indexed", f"0.5*sum((p*log(p/{M}))[[1, 0]]) + 0.5*sum((q*log(q/{M}))[[1, 0]])")
c.v("axis", f"0.5*sum(p*log(p/{M}), axis=1) + 0.5*sum(q*log(q/{M}), axis=1)", p=PA, q=QA)
c.v("axis", "0.5*sum(p.T*log(p.T/(0.5*(p.T+q.T))), axis=0) + 0.5*sum(q.T*log(q.T/(0.5*(p.T+q.T))), axis=0)", p=PA, q=QA)
c.v("keepdims", f"0.5*sum(p*log(p/{M}), axis=1, keepdims=True) + 0.5*sum(q*log(q/{M}), axis=1, keepdims=True)", p=PA, q=QA)
c.v("lines", "m = 0.5*(p+q); a = sum(p*log(p/m)); b = sum(q*log(q/m)); 0.5*a + 0.5*b")
c.v("function", "kl(a, b) = sum(a*log(a/b)); 0.5*kl(p, 0.5*(p+q)) + 0.5*kl(q, 0.5*(p+q))")
c.v("inside", f"0.25 + (0.5*{A} + 0.5*{B})**2").v("inside", f"sqrt(0.5*{A} + 0.5*{B})")
c.v("respelt", "0.5*sum(p*log(2*p/(p+q))) + 0.5*sum(q*log(2*q/(p+q)))").v("respelt", f"-0.5*sum(p*log({M}/p)) - 0.5*sum(q*log({M}/q))")
c.v("respelt", f"0.5*sum(p*log(p) - p*log({M})) + 0.5*sum(q*log(q) - q*log({M}))")

# scalar numerics --------------------------------------------------------------
c = Case("log-exp", {"x": [1000.0, -1000.0]})
XA = lambda d: [[d["x"][0], 1.0], [0.5, d["x"][1]]]
c.v("order", "log(exp(x)*2)").v("order", "1.5 + log(exp(x))")
c.v("scaled", "2.5*log(exp(x))").v("scaled", "log(2.5*exp(x))").v("scaled", "log(exp(0.5*x)/4)")
c.v("weighted", "log(w*exp(x))", w=[0.5, 2.0]).v("weighted", "w*log(exp(x))", w=[0.5, 2.0])
c.v("indexed", "log(exp(x))[1]").v("indexed", "log(exp(x[0]))").v("indexed", "log(exp(x)[[1, 0]])")
c.v("axis", "sum(log(exp(x)), axis=0)", x=XA).v("axis", "sum(log(exp(x.T)), axis=1)", x=XA)
c.v("keepdims", "mean(log(exp(x)), axis=1, keepdims=True)", x=XA)
c.v("lines", "a = exp(x); log(a)")
c.v("function", "up(t) = exp(t); log(up(x))")
c.v("inside", "mean(log(exp(x))**2) + 0.25").v("inside", "sum(w*log(exp(x)))/2", w=[0.5, 2.0])
c.v("respelt", "-log(1/exp(x))").v("respelt", "-log(exp(-x))").v("respelt", "log(1/exp(-x))").v("respelt", "2*log(sqrt(exp(x)))").v("respelt", "log(exp(x)*exp(x))/2")

c = Case("log1p", {"x": [1e-20, -1e-17, 1e-25]})
XA = lambda d: [[d["x"][0], d["x"][2]], [d["x"][1], 0.5]]
c.v("order", "log(x+1)")
c.v("scaled", "2.5*log(1+x)").v("scaled", "log(1+0.5*x)").v("scaled", "log(2+2*x) - log(2)").v("scaled", "log(1+x)/log(2)")
c.v("weighted", "w*log(1+x)", w=[0.5, 2.0, 1.0]).v("weighted", "log(1+w*x)", w=[0.5, 2.0, 1.0])
c.v("indexed", "log(1+x)[2]").v("indexed", "log(1+x[1])").v("indexed", "log((1+x)[[2, 0]])")
c.v("axis", "log(1+x.T)", x=XA).v("axis", "sum(log(1+x), axis=0)", x=lambda d: [[d["x"][0], d["x"][2]], [2 * d["x"][0], d["x"][2]]])
c.v("keepdims", "sum(log(1+x), axis=1, keepdims=True)", x=lambda d: [[d["x"][0], d["x"][2]], [d["x"][1], 0.25 * d["x"][0]]])
c.v("lines", "u = 1 + x; log(u)")
c.v("function", "l(t) = log(1+t); l(x)").v("function", "l(t) = log(t); l(1+x)")
c.v("inside", "sum(w*log(1+x))/2 + 0.25*x[0]", w=[0.5, 2.0, 1.0]).v("inside", "mean(x - 0.5*log(1+x))")
c.v("respelt", "-log(1/(1+x))").v("respelt", "0.5*log((1+x)**2)").v("respelt", "2*log(sqrt(1+x))").v("respelt", "log(1-(-x))")

c = Case("log-ratio", {"a": [1e200, 1e-200], "b": [1e-200, 1e200]})
c.v("order", "log(1/b*a)").v("order", "-log(b) + log(a)")
c.v("scaled", "2.5*log(a/b)").v("scaled", "log(2*a/b)").v("scaled", "log(a/(4*b))")
c.v("weighted", "log(w*a/b)", w=[0.5, 2.0]).v("weighted", "w*log(a/b)", w=[0.5, 2.0])
c.v("indexed", "log(a/b)[1]").v("indexed", "log(a[0]/b[0])").v("indexed", "log((a/b)[[1, 0]])")
c.v("axis", "log(a/b.T)", a=same2("a"), b=two("b")).v("axis", "sum(log(a.T/b.T), axis=1)", a=lambda d: [d["a"], [2.0, 0.5]], b=lambda d: [d["b"], [0.5, 4.0]])
c.v("keepdims", "sum(log(a/b), axis=0, keepdims=True)", a=lambda d: [d["a"], [2.0, 0.5]], b=lambda d: [d["b"], [0.5, 4.0]])
c.v("lines", "r = a/b; log(r)")
c.v("function", "r(u, v) = u/v; log(r(a, b))")
c.v("inside", "mean(log(a/b)**2) + 0.25").v("inside", "sum(w*log(a/b))/2 - 0.5", w=[0.5, 2.0])
c.v("respelt", "-log(b/a)").v("respelt", "log(a) - log(b)").v("respelt", "log(a*(1/b))").v("respelt", "0.5*log((a/b)**2)").v("respelt", "2*log(sqrt(a/b))")

c = Case("sqrt-difference", {"x": [1e12, 1e16]})
XA = lambda d: [d["x"], [4.0, 0.5 * d["x"][0]]]
c.v("order", "-sqrt(x) + sqrt(1+x)").v("order", "sqrt(1+x)-sqrt(x)")
c.v("scaled", "2.5*sqrt(x+1)-2.5*sqrt(x)").v("scaled", "2*(sqrt(x+1)-sqrt(x))").v("scaled", "sqrt(4*x+4)-sqrt(4*x)")
c.v("weighted", "w*sqrt(x+1)-w*sqrt(x)", w=[0.5, 2.0]).v("weighted", "sum(w*(sqrt(x+1)-sqrt(x)))", w=[0.5, 2.0])
c.v("indexed", "(sqrt(x+1)-sqrt(x))[1]").v("indexed", "sqrt(x[0]+1)-sqrt(x[0])").v("indexed", "sqrt(x+1)[[1, 0]]-sqrt(x)[[1, 0]]")
c.v("axis", "sum(sqrt(x+1)-sqrt(x), axis=1)", x=XA).v("axis", "sqrt(x.T+1)-sqrt(x.T)", x=XA)
c.v("keepdims", "mean(sqrt(x+1)-sqrt(x), axis=1, keepdims=True)", x=XA)
c.v("lines", "a = sqrt(x+1); b = sqrt(x); a - b")
c.v("function", "r(t) = sqrt(t); r(x+1) - r(x)")
c.v("inside", "sum((sqrt(x+1)-sqrt(x))*v)/2", v=[0.5, 2.0]).v("inside", "log(sqrt(x+1)-sqrt(x))").v("inside", "mean((sqrt(x+1)-sqrt(x))**2)")
c.v("respelt", "(x+1)**0.5-x**0.5").v("respelt", "(1+x)**0.5-sqrt(x)").v("respelt", "-(sqrt(x)-sqrt(x+1))")

c = Case("reciprocal-difference", {"x": [1e9, 1e14]})
XA = lambda d: [d["x"], [2 * d["x"][0], 0.5 * d["x"][0]]]
c.v("order", "-1/(x+1) + 1/x").v("order", "1/x - 1/(1+x)")
c.v("scaled", "2.5/x - 2.5/(x+1)").v("scaled", "2*(1/x - 1/(x+1))").v("scaled", "1/(2*x) - 1/(2*x+2)")
c.v("weighted", "w/x - w/(x+1)", w=[0.5, 2.0]).v("weighted", "sum(w*(1/x - 1/(x+1)))", w=[0.5, 2.0])
c.v("indexed", "(1/x - 1/(x+1))[1]").v("indexed", "1/x[0] - 1/(x[0]+1)").v("indexed", "(1/x)[[1, 0]] - (1/(x+1))[[1, 0]]")
c.v("axis", "sum(1/x - 1/(x+1), axis=1)", x=XA).v("axis", "1/x.T - 1/(x.T+1)", x=XA)
c.v("keepdims", "mean(1/x - 1/(x+1), axis=1, keepdims=True)", x=XA)
c.v("lines", "a = 1/x; b = 1/(x+1); a - b")
c.v("function", "r(t) = 1/t; r(x) - r(x+1)")
c.v("inside", "sum((1/x - 1/(x+1))*v)/2", v=[0.5, 2.0]).v("inside", "log(1/x - 1/(x+1))").v("inside", "1/sum(1/x - 1/(x+1))")
c.v("respelt", "x**-1 - (x+1)**-1").v("respelt", "-(1/(x+1) - 1/x)").v("respelt", "1/x - 1/(1-(-x))")

c = Case("one-minus-cos", {"x": [1e-9, 1e-8]})
XA = lambda d: [d["x"], [0.5 * d["x"][1], 2 * d["x"][1]]]
c.v("order", "-cos(x)+1")
c.v("scaled", "2.5-2.5*cos(x)").v("scaled", "2*(1-cos(x))").v("scaled", "1-cos(0.5*x)").v("scaled", "(1-cos(x))/4")
c.v("weighted", "w*(1-cos(x))", w=[0.5, 2.0]).v("weighted", "sum(w-w*cos(x))", w=[0.5, 2.0])
c.v("indexed", "(1-cos(x))[0]").v("indexed", "1-cos(x[1])").v("indexed", "(1-cos(x))[[1, 0]]")
c.v("axis", "sum(1-cos(x), axis=1)", x=XA).v("axis", "1-cos(x.T)", x=XA)
c.v("keepdims", "mean(1-cos(x), axis=1, keepdims=True)", x=XA)
c.v("lines", "a = cos(x); 1 - a")
c.v("function", "h(t) = 1-cos(t); h(x)")
c.v("inside", "log(1-cos(x))").v("inside", "sum((1-cos(x))*v)/2", v=[0.5, 2.0]).v("inside", "(1-cos(x))/x**2")
c.v("respelt", "1-cos(-x)").v("respelt", "-(cos(x)-1)").v("respelt", "0.5*(2-2*cos(x))")

c = Case("quadratic-root", {"a": 1.0, "b": 1e10, "c": 1.0})
R = "(-b+sqrt(b**2-4*a*c))/(2*a)"
VA, VB, VC = [1.0, 2.0], vec("b", 1.0, 0.5), [1.0, 0.5]
MA, MB, MC = [[1.0, 2.0], [1.0, 0.5]], (lambda d: [[d["b"], 0.5 * d["b"]], [0.25 * d["b"], 2 * d["b"]]]), [[1.0, 0.5], [0.25, 2.0]]
c.v("order", "(sqrt(b**2-4*a*c)-b)/(2*a)").v("order", "(sqrt(-4*a*c+b**2)-b)/(a*2)")
c.v("scaled", f"2.5*{R}").v("scaled", "(-b+sqrt(b**2-4*a*c))/a").v("scaled", "(-0.5*b+sqrt(0.25*b**2-a*c))/a")
c.v("weighted", f"w*{R}", w=0.75).v("weighted", f"sum(w*{R})", a=VA, b=VB, c=VC, w=[0.5, 2.0])
c.v("indexed", "(-b[0]+sqrt(b[0]**2-4*a[0]*c[0]))/(2*a[0])", a=VA, b=VB, c=VC).v("indexed", f"({R})[1]", a=VA, b=VB, c=VC)
c.v("axis", f"sum({R}, axis=1)", a=MA, b=MB, c=MC).v("axis", "(-b.T+sqrt(b.T**2-4*a.T*c.T))/(2*a.T)", a=MA, b=MB, c=MC)
c.v("keepdims", f"mean({R}, axis=1, keepdims=True)", a=MA, b=MB, c=MC)
c.v("lines", "d = b**2-4*a*c; r = sqrt(d); (-b+r)/(2*a)")
c.v("function", "root(p, q, r) = (-q+sqrt(q**2-4*p*r))/(2*p); root(a, b, c)")
c.v("inside", f"sum(v*{R})/2", a=VA, b=VB, c=VC, v=[0.5, 2.0]).v("inside", f"log(-{R})")
c.v("respelt", "(-b+sqrt(b*b-4*a*c))/(2*a)").v("respelt", "(-b+(b**2-4*a*c)**0.5)/(2*a)").v("respelt", "-(b-sqrt(b**2-4*a*c))/(2*a)")
c.v("respelt", "0.5*(-b+sqrt(b**2-4*a*c))/a")

c = Case("exp-diff", {"x": 1.0, "h": 1e-15})
F = "exp(x+h)-exp(x)"
VX, VH = [1.0, 0.5, -2.0], vec("h", 1.0, 2.0, -1.0)
MX, MH = [[1.0, 0.5], [-2.0, 3.0]], (lambda d: [[d["h"], 2 * d["h"]], [0.5 * d["h"], d["h"]]])
c.v("order", "-exp(x)+exp(x+h)").v("order", "exp(h+x)-exp(x)")
c.v("scaled", "2.5*exp(x+h)-2.5*exp(x)").v("scaled", f"({F})/4").v("scaled", "exp(0.5*x+0.5*h)-exp(0.5*x)")
c.v("weighted", "w*exp(x+h)-w*exp(x)", w=0.75).v("weighted", f"w*({F})", x=VX, h=VH, w=[0.5, 2.0, 1.0])
c.v("indexed", "exp(x[0]+h[0])-exp(x[0])", x=VX, h=VH).v("indexed", f"({F})[2]", x=VX, h=VH)
c.v("axis", f"sum({F}, axis=1)", x=MX, h=MH).v("axis", "exp(x.T+h.T)-exp(x.T)", x=MX, h=MH)
c.v("keepdims", f"mean({F}, axis=1, keepdims=True)", x=MX, h=MH)
c.v("lines", "a = exp(x+h); b = exp(x); a - b")
c.v("function", "k(t) = exp(t); k(x+h) - k(x)")
c.v("inside", f"({F})/h").v("inside", f"(({F})/h - 1)**2 + 0.25")
c.v("respelt", "exp(x)*exp(h)-exp(x)").v("respelt", "1/exp(-x-h)-1/exp(-x)").v("respelt", "exp(x)*(exp(h)-1)").v("respelt", "-(exp(x)-exp(x+h))")

c = Case("where-sqrt-grad", {"x": [0.0, -1.0, 4.0]})
F = "where(x > 0, sqrt(x), 0*x)"
XA = [[0.0, 4.0], [-1.0, 9.0]]
c.v("order", "sum(where(x <= 0, 0*x, sqrt(x)))").v("order", "sum(where(x > 0, sqrt(x), x*0))").v("order", "sum(where(0 < x, sqrt(x), 0*x))")
c.v("scaled", "sum(where(x > 0, 2.5*sqrt(x), 0*x))").v("scaled", "sum(where(x > 0, sqrt(4*x), 0*x))")
c.v("weighted", f"sum(w*{F})", w=[0.5, 2.0, 1.5]).v("weighted", "sum(where(x > 0, w*sqrt(x), 0*x))", w=[0.5, 2.0, 1.5])
c.v("indexed", f"{F}[2] + {F}[0]").v("indexed", "sum(where(x[:2] > 0, sqrt(x[:2]), 0*x[:2]))", x=[4.0, 0.0, 9.0]).v("indexed", f"sum({F}[[2, 1]])")
c.v("axis", f"sum({F}, axis=1)", x=XA).v("axis", "sum(where(x.T > 0, sqrt(x.T), 0*x.T), axis=0)", x=XA)
c.v("keepdims", f"sum({F}, axis=1, keepdims=True)", x=XA).v("keepdims", f"sum({F}, keepdims=True)")
c.v("lines", "m = x > 0; r = sqrt(x); s = where(m, r, 0*x); sum(s)")
c.v("function", "h(t) = where(t > 0, sqrt(t), 0*t); sum(h(x))")
c.v("inside", f"mean({F}**2) + 0.25*sum(x**2)").v("inside", f"0.5*sum({F}) + mean(x)")
c.v("respelt", "sum(where(x > 0, x**0.5, 0*x))").v("respelt", "sum(where(x > 0, sqrt(x), 0))").v("respelt", "sum(where(x > 0, exp(0.5*log(x)), 0*x))")

c = Case("where-div-grad", {"x": [0.0, 2.0]})
F = "where(x == 0, 0*x, 1/x)"
XA = [[0.0, 4.0], [2.0, -8.0]]
c.v("order", "sum(where(x != 0, 1/x, 0*x))").v("order", "sum(where(x == 0, x*0, 1/x))").v("order", "sum(where(0 == x, 0*x, 1/x))")
c.v("scaled", "sum(where(x == 0, 0*x, 2.5/x))").v("scaled", "sum(where(x == 0, 0*x, 1/(4*x)))")
c.v("weighted", f"sum(w*{F})", w=[0.5, 2.5]).v("weighted", "sum(where(x == 0, 0*x, w/x))", w=[0.5, 2.5])
c.v("indexed", f"{F}[1] + {F}[0]").v("indexed", "sum(where(x[1:] == 0, 0*x[1:], 1/x[1:]))", x=[4.0, 0.0, 2.0]).v("indexed", f"sum({F}[[1, 0]])")
c.v("axis", f"sum({F}, axis=1)", x=XA).v("axis", "sum(where(x.T == 0, 0*x.T, 1/x.T), axis=0)", x=XA)
c.v("keepdims", f"sum({F}, axis=1, keepdims=True)", x=XA).v("keepdims", f"sum({F}, keepdims=True)")
c.v("lines", "m = x == 0; r = 1/x; s = where(m, 0*x, r); sum(s)")
c.v("function", "h(t) = where(t == 0, 0*t, 1/t); sum(h(x))")
c.v("inside", f"mean({F}**2) + 0.25*sum(x**2)").v("inside", f"0.5*sum({F}) + mean(x)")
c.v("respelt", "sum(where(x == 0, 0*x, x**-1))").v("respelt", "sum(where(x == 0, 0, 1/x))").v("respelt", "sum(where(x*x == 0, 0*x, x/x**2))")

c = Case("mean-large", {"x": [1.5e308, 1.5e308, 1.5e308]}, own_scaled=True)
c.v("order", "(x[2] + x[0] + x[1])/3").v("order", "mean(x[[2, 0, 1]])")
c.v("scaled", "0.25*mean(x)").v("scaled", "0.5*mean(2*x)").v("scaled", "mean(x)/2")
c.v("weighted", "mean(w*x)", w=[0.5, 1.0, 0.75]).v("weighted", "sum(w*x)/sum(w)", w=[1.0, 2.0, 1.0]).v("weighted", "w*mean(x)", w=0.75)
c.v("indexed", "mean(x[1:])").v("indexed", "mean(x[[0, 2]])")
c.v("axis", "mean(x, axis=1)", x=lambda d: [d["x"], [0.5 * t for t in d["x"]]]).v("axis", "mean(x.T, axis=0)", x=lambda d: [d["x"], [0.5 * t for t in d["x"]]])
c.v("keepdims", "mean(x, keepdims=True)").v("keepdims", "mean(x, axis=1, keepdims=True)", x=lambda d: [d["x"], [0.5 * t for t in d["x"]]])
c.v("lines", "s = sum(x); s/3").v("lines", "m = mean(x); m/2")
c.v("function", "avg(t) = sum(t)/3; avg(x)")
c.v("inside", "0.5*mean(x) - 0.25*x[0]").v("inside", "x/mean(x)").v("inside", "log(mean(x)) + 0.5")
c.v("respelt", "sum(x)/3").v("respelt", "sum(x)*(1/3)").v("respelt", "1/(3/sum(x))").v("respelt", "(x @ u)/3", u=[1.0, 1.0, 1.0])

c = Case("argmax-absorbed", {"a": [0.0, 1e-17]}, own_scaled=True)
AA = lambda d: [[0.0, d["a"][1]], [d["a"][1], 0.0]]
c.v("order", "argmax(1+a)")
c.v("scaled", "argmax(2.5*(a+1))").v("scaled", "argmax(0.5*a+4)").v("scaled", "2*argmax(a+1)")
c.v("weighted", "argmax(w*a+1)", w=[2.0, 0.5]).v("weighted", "w*argmax(a+1)", w=0.75)
c.v("indexed", "argmax(a[::-1]+1)", a=lambda d: [d["a"][1], 0.0]).v("indexed", "argmax((a+1)[1:])", a=lambda d: [0.5, 0.0, d["a"][1]])
c.v("axis", "argmax(a+1, axis=1)", a=AA).v("axis", "argmax(a.T+1, axis=0)", a=AA)
c.v("keepdims", "argmax(a+1, axis=1, keepdims=True)", a=AA)
c.v("lines", "s = a + 1; argmax(s)")
c.v("function", "best(t) = argmax(t+1); best(a)")
c.v("inside", "0.5*argmax(a+1) + 2").v("inside", "(argmax(a+1) + 0.5)**2")
c.v("respelt", "argmax(a-(-1))").v("respelt", "argmax((a+1)/2)").v("respelt", "argmax(a+2-1)")

c = Case("taylor-step", {"f": 1.0, "e": 0.001, "g": [1e150, 1e150], "H": [[0.0, 0.0], [0.0, 0.0]]})
T = "f - e*(g @ g) + 0.5*e**2*(g @ H @ g)"
c.v("order", "0.5*e**2*(g @ H @ g) - e*(g @ g) + f").v("order", "f + 0.5*(g @ H @ g)*e**2 - (g @ g)*e")
c.v("scaled", f"0.25*({T})").v("scaled", "f - 2*e*(g @ g) + 2*e**2*(g @ H @ g)")
c.v("weighted", "f - e*(g @ (w*g)) + 0.5*e**2*(g @ H @ g)", w=[0.5, 2.0]).v("weighted", f"w*({T})", w=0.75)
c.v("indexed", "f - e*(g[1:] @ g[1:]) + 0.5*e**2*(g[1:] @ H[1:, 1:] @ g[1:])").v("indexed", "f - e*(g[0]*g[0] + g[1]*g[1]) + 0.5*e**2*(g @ H @ g)")
c.v("axis", "f - e*sum(g*g, axis=1) + 0.5*e**2*sum((g @ H)*g, axis=1)", g=lambda d: [d["g"], [0.5 * t for t in d["g"]]])
c.v("axis", "f - e*(g @ g) + 0.5*e**2*(g @ H.T @ g)")
c.v("keepdims", "f - e*sum(g*g, axis=1, keepdims=True) + 0.5*e**2*sum((g @ H)*g, axis=1, keepdims=True)", g=lambda d: [d["g"], [0.5 * t for t in d["g"]]])
c.v("lines", "d = g @ g; q = g @ H @ g; f - e*d + 0.5*e**2*q")
c.v("function", "q(u, M) = u @ M @ u; f - e*(g @ g) + 0.5*e**2*q(g, H)")
c.v("inside", f"0.25*({T}) + 0.5*sum(g)").v("inside", f"({T})/(g @ g)")
c.v("respelt", "f - e*sum(g**2) + 0.5*e*e*sum(g*(H @ g))").v("respelt", "f - e*((g @ g) - 0.5*e*(g @ H @ g))").v("respelt", "f - e*sum(g*g) + e**2*(g @ H @ g)/2")

# Nothing was found that a class cannot say about a case: numbers were stacked into vectors and
# matrices where a formula has no axis of its own.
NOT_APPLICABLE = []

# Well posed for inputs taken as exact, though not for inputs known to a rounding.
CANCEL = "a difference of close numbers; exact in the inputs"
LARGE = "exponents of hundreds or more: a rounding of the input is a factor in the result; differences of the inputs are exact"
KINK = "at a kink, or at the end of the domain: a neighbour has another answer"
EXACT = {
    "sq-distance-expanded": CANCEL, "variance-moments": CANCEL,
    "softmax-large": LARGE, "softmax-masked": LARGE, "bayes-huge-likelihood": LARGE,
    "logsumexp-large": LARGE, "logmeanexp": LARGE, "logaddexp": LARGE, "logsubexp": LARGE,
    "std-constant-grad": KINK, "entropy-bernoulli-edge": KINK,
}
# Entries in f64 with a looser tolerance than 1e-10, by case.
TOL64 = {}
TOL64_DEFAULT = 1e-10

# ---------------------------------------------------------------------------- making and checking


def rounded_text(x, dtype):
    """Inputs as the shortest decimals that name the rounded numbers."""
    if isinstance(x, list):
        return [rounded_text(y, dtype) for y in x]
    if isinstance(x, str):
        return x
    if dtype == "f32":
        r = np.float32(x)
        s = float(str(r))
        assert np.float32(s) == r
        return s
    return float(x)


def scale_of(a):
    m = [abs(v) for v in a.reshape(-1) if mp.isfinite(v)]
    return max(m) if m else mpf(0)


def agree(mine, theirs, what):
    """1e-20 relative, or the digits shown where truth is given as a float."""
    theirs_flat, mine_flat = flat(theirs), flat(mine.tolist() if isinstance(mine, np.ndarray) else mine)
    assert len(theirs_flat) == len(mine_flat), what
    top = max([abs(mpf(t)) for t in theirs_flat if not mp.isinf(mpf(t))] + [mpf(0)])
    for m, t in zip(mine_flat, theirs_flat):
        loose = isinstance(t, float) and t != 0.0
        t = mpf(t) if isinstance(t, str) else mpf(repr(t))
        m = mpf(int(m)) if isinstance(m, (int, np.integer)) else m
        if mp.isinf(t) or mp.isinf(m):
            assert m == t, what
            continue
        # The floor takes up what a difference quotient leaves where the truth is (nearly) 0.
        bound = abs(t) * mpf("1e-15" if loose else "1e-20") + max(top, mpf(1)) * mpf("1e-250")
        if abs(m - t) > bound:
            raise SystemExit("truth differs from visible.json: %s: %s, there %s" % (what, mp.nstr(m, 25), t))


PLAIN_CONDITION = {}
PERTURB = mpf(10) ** -60


def condition(formula, arrays, wanted, value, grad):
    """Largest relative change of any result per unit of relative change of the inputs."""
    worst = mpf(0)
    for seed in (1, 2):
        values, k = {}, seed
        for name, a in arrays.items():
            moved = []
            for v in exactly(a):
                k = (k * 1103515245 + 12345) % 2 ** 31
                moved.append(v * (1 + (PERTURB if (k >> 16) & 1 else -PERTURB)) if mp.isfinite(v) else v)
            values[name] = moved
        v2, g2, _ = truth(formula, arrays, wanted, values)
        for old, new in [(value, v2)] + [(grad[n], g2[n]) for n in grad]:
            top = scale_of(old)
            for o, n in zip(old.reshape(-1), new.reshape(-1)):
                if mp.isfinite(o) and top > 0:
                    worst = max(worst, abs(n - o) / PERTURB / max(abs(o), top / 1000))
    return worst


LIMIT = {"f32": mpf(float(np.finfo(np.float32).max)), "f64": mpf(float(np.finfo(np.float64).max))}
TINY = {"f32": mpf(float(np.finfo(np.float32).tiny)), "f64": mpf(float(np.finfo(np.float64).tiny))}
ROUND = {"f32": mpf(2) ** -24, "f64": mpf(2) ** -53}


def entry(original, cls, number, formula, inputs, dtype, problems):
    wanted = [k for k in original["grad"]]
    inputs = {k: rounded_text(v, dtype) for k, v in inputs.items()}
    arrays = {k: numbers(v, dtype) for k, v in inputs.items()}
    name = "%s/%s/%d/%s" % (original["id"], cls, number, dtype)
    try:
        value, grad, ndim = truth(formula, arrays, wanted)
    except Exception as err:
        raise SystemExit("%s: %s: %r" % (name, formula, err))
    tol = original["tol"] if dtype == "f32" else TOL64.get(original["id"], TOL64_DEFAULT)
    for what, a in [("value", value)] + [("grad " + k, g) for k, g in grad.items()]:
        if a.dtype != object:
            continue
        for v in a.reshape(-1):
            if mp.isnan(v) or (mp.isfinite(v) and abs(v) > LIMIT[dtype]):
                problems.append("%s: %s does not fit: %s" % (name, what, mp.nstr(v, 5)))
        top = scale_of(a)
        if what == "value" and 0 < top < TINY[dtype]:
            problems.append("%s: %s lies below the normal range: %s" % (name, what, mp.nstr(top, 5)))
    if value.dtype == object:
        c = condition(formula, arrays, wanted, value, grad)
        why = EXACT.get(original["id"])
        if cls == "plain":
            PLAIN_CONDITION[original["id"], dtype] = c
        if c * ROUND[dtype] > tol / 4 and not (
                why == KINK or why and c <= 4 * PLAIN_CONDITION[original["id"], dtype]):
            problems.append("%s: condition %s: %s" % (name, mp.nstr(c, 5), formula))
    out = {"id": name, "case": original["id"], "class": cls, "chapter": original["chapter"], "formula": formula,
           "dtype": dtype, "tol": tol, "inputs": inputs,
           "reduce": original["reduce"] if cls == "plain" else "sum" if ndim and wanted else None,
           "value": written(value), "grad": {k: written(g) for k, g in grad.items()}}
    return out, value, grad, arrays


def right(got, value, tol):
    got = np.asarray(got, dtype=object).reshape(-1)
    value = [v if isinstance(v, mpf) else mpf(int(v)) for v in value.reshape(-1)]
    if len(got) != len(value):
        return False
    top = max([abs(mpf(v)) for v in value if mp.isfinite(v)] + [mpf(0)])
    for g, v in zip(got, value):
        g, v = mpf(float(g)), mpf(v)
        if mp.isnan(g) or (mp.isinf(g) or mp.isinf(v)) and g != v:
            return False
        if mp.isfinite(v) and abs(g - v) > tol * max(abs(v), top / 1000) + mpf("5e-324"):
            return False
    return True


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    naive = "--naive" in sys.argv
    if len(args) != 1:
        raise SystemExit(__doc__)
    cases = json.load(open(args[0]))
    problems, entries, seen = [], [], set()
    score = {}
    for original in cases:
        table = TABLE[original["id"]]
        base = {"f32": table.f32 or original["inputs"], "f64": table.f64}
        formula = original["formula"]
        for dtype in ("f32", "f64"):
            d = base[dtype]
            rows = [("plain", formula, original["inputs"] if dtype == "f32" else d)]
            big = shape(original["inputs"].get("B", 0)) == (30, 30)
            if big:                                    # the constant 30 is the size of the data
                formula = original["formula"].replace("30", "12")
                if dtype == "f64":
                    rows = [("plain", formula, d)]
            auto = [("order", commuted(formula), d), ("function", as_function(formula, d), d)]
            lines = in_lines(formula, d)
            if ";" in lines:
                auto.append(("lines", lines, d))
            f, data = padded(formula, d)
            if f != ast.unparse(parse(formula)):
                auto.append(("indexed", f, data))
            if not table.own_scaled:
                auto.append(("scaled", "2.5*(%s)" % formula, d))
            for cls, f, over in table.rows:
                used = set(re.findall(r"[A-Za-z_]\w*", f))
                data = {k: v for k, v in d.items() if k in used or k in original["grad"]}
                data.update({k: v(d) if callable(v) else v for k, v in over.items()})
                rows.append((cls, f, data))
            rows += auto
            count, formulas = {}, set()
            for cls, f, data in rows:
                key = (cls, f, json.dumps(data))
                if key in formulas or (cls != "plain" and f == ast.unparse(parse(formula)) and data == d):
                    continue                           # the same again, or nothing to commute
                formulas.add(key)
                count[cls] = count.get(cls, 0) + 1
                e, value, grad, arrays = entry(original, cls, count[cls], f, data, dtype, problems)
                if cls == "plain" and dtype == "f32":
                    check, check_grad, _ = truth(f, arrays, list(original["grad"]), evaluator=DOUBLE_LITERALS)
                    agree(check, original["value"], original["id"])
                    for k, g in check_grad.items():
                        agree(g, original["grad"][k], original["id"] + " d/d" + k)
                entries.append(e)
                seen.add((original["id"], cls, dtype))
                if naive:
                    t = np.float32 if dtype == "f32" else np.float64
                    ev = Evaluator(naive_space(t), lambda v: v, math.pi)
                    with np.errstate(all="ignore"), warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        ok = right(ev.run(f, {k: a if a.ndim else t(a) for k, a in arrays.items()}), value, e["tol"])
                    s = score.setdefault((cls, dtype), [0, 0])
                    s[0] += ok
                    s[1] += 1
                    if ok and not original["grad"] and "--show" in sys.argv:
                        print("naive is right:", e["id"], f)
    for original in cases:
        for cls in CLASSES:
            for dtype in ("f32", "f64"):
                listed = any(n["case"] == original["id"] and n["class"] == cls for n in NOT_APPLICABLE)
                if (original["id"], cls, dtype) not in seen and not listed:
                    problems.append("no entry: %s %s %s" % (original["id"], cls, dtype))
    if problems:
        raise SystemExit("\n".join(problems))
    with open(os.path.join(HERE, "textbook_plain.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    about = ("The textbook corpus in ten spellings, written by textbook.py. A result passes when every element satisfies "
             "|got - truth| <= tol*max(|truth|, 1e-3*max|truth|) + the smallest subnormal of the dtype, infinities match "
             "and nothing is NaN; gradients (of the sum where reduce is \"sum\") use max(tol, 1e-5) in f32 and tol in f64. "
             "Inputs are rounded to dtype before use.")
    with open(os.path.join(HERE, "textbook_spellings.json"), "w") as out:
        out.write('{"about": %s,\n"classes": %s,\n"not_applicable": %s,\n"entries": [\n' %
                  (json.dumps(about), json.dumps(CLASSES), json.dumps(NOT_APPLICABLE)))
        out.write(",\n".join(json.dumps(e) for e in entries) + "\n]}\n")
    print("%-10s %6s %6s %6s" % ("class", "f32", "f64", "grads"))
    for cls in CLASSES:
        mine = [e for e in entries if e["class"] == cls]
        row = "%-10s %6d %6d %6d" % (cls, sum(e["dtype"] == "f32" for e in mine), sum(e["dtype"] == "f64" for e in mine),
                                     sum(bool(e["grad"]) for e in mine))
        if naive:
            row += "   as written in NumPy, right: " + ", ".join(
                "%s %d/%d" % (t, *score[cls, t]) for t in ("f32", "f64"))
        print(row)


if __name__ == "__main__":
    main()
