#!/usr/bin/env python3
"""Reference data for second derivatives: every shown case that has a gradient, and the known traps, with truth.

    python3 second.py                                  (needs mpmath and numpy)

Writes, next to this script, second.json: the fields of textbook_plain.json, in f32 and f64, plus `second`: per input
`along`, a direction v, and `truth`, the product of the Hessian with it. Values and gradients are those of dual numbers
at 800 digits; a Hessian times v is the central difference of gradients at x ± 1e-180 v. Of formulas with `where` the
direction is 0 where an input is 0: there a branch ends. Left out are places where the second derivative does not exist.
"""
import json
import os

import numpy as np
from mpmath import mp, mpf

import fresh
import textbook
import unseen
from textbook import chain, elementwise, numbers, written

HERE = os.path.dirname(os.path.abspath(__file__))
STEP = mpf(10)**-180
NOWHERE = {"norm2-zero-grad": "a norm has no second derivative at 0",
           "std-constant-grad": "a standard deviation has no second derivative at a constant vector"}


def ndtr(x):
    return mp.erfc(-x/mp.sqrt(2))/2


unseen.SPACE.update({
    "ndtr": elementwise(lambda a: chain(a, ndtr(a.v), mp.exp(-a.v**2/2)/mp.sqrt(2*mp.pi))),
    "arcsinh": elementwise(lambda a: chain(a, mp.asinh(a.v), 1/mp.sqrt(1 + a.v**2))),
    "expm1": elementwise(lambda a: chain(a, mp.expm1(a.v), mp.exp(a.v))),
})

# Known traps: name, formula, inputs; all in the inputs' gradients, at places where a careless rule is wrong.
TRAPS = [
    ("softmax-by-hand", "sum(t*exp(x)/sum(exp(x)))", dict(x=[50.0, 49.0], t=[1.0, 0.0])),
    ("quotient", "300/y", dict(y=300.0)),
    ("expm1-left", "expm1(x)", dict(x=-40.0)),
    ("sigmoid-right", "1/(1 + exp(-x))", dict(x=20.0)),
    ("tanh-right", "tanh(x)", dict(x=10.0)),
    ("arcsinh-large", "arcsinh(x)", dict(x=1e30)),
    ("log-ndtr-left", "log(ndtr(x))", dict(x=-5000.0)),
    ("hypot-equal", "sqrt(a**2 + b**2)", dict(a=3.0, b=3.0)),
    ("squared-norm-at-0", "sqrt(sum(x**2))**2", dict(x=[0.0, 0.0])),
    ("square-at-0", "x**2", dict(x=0.0)),
    ("prod-with-zeros", "prod(x)", dict(x=[0.0, 2.0, 0.0])),
    ("cumprod-with-zero", "sum(cumprod(x))", dict(x=[2.0, 0.0, 3.0, 4.0])),
    ("det-singular", "det(A)", dict(A=[[1.0, 2.0], [2.0, 4.0]])),
    ("standard-normal-400", "log(prod(exp(-x**2/2)/sqrt(2*pi)))", dict(x=[0.5]*40)),
    ("poisson-mass-0", "k*log(l) - l", dict(l=3.0, k=0.0)),
    ("bce-right", "-(y*log(1/(1 + exp(-z))) + (1 - y)*log(1 - 1/(1 + exp(-z))))", dict(z=[60.0, -60.0], y=[1.0, 0.0])),
    ("mixture-zero-weight", "log(sum(w*exp(-(x - m)**2/2)))", dict(x=40.0, w=[0.0, 1.0], m=[39.0, 1.0])),
    ("masked-log", "sum(where(x > 0, log(x), 0*x))", dict(x=[0.0, -1.0, 2.0])),
    ("relu-by-where", "sum(where(x > 0, x**2, 0*x))", dict(x=[-1.0, 3.0])),
    ("exp-minus-exp", "log(exp(a) - exp(b))", dict(a=800.0, b=799.0)),
    ("moments", "mean(x**2) - mean(x)**2", dict(x=[10000.0, 10001.0, 10003.0])),
    ("underflow-in-1-plus", "log(1 + exp(x))", dict(x=-200.0)),
]
WRT = {"softmax-by-hand": "x", "poisson-mass-0": "l", "bce-right": "z", "mixture-zero-weight": "x m"}


def second(formula, arrays, name, along):
    """The Hessian in one input times a direction."""
    sides = []
    for sign in (1, -1):
        values = {k: textbook.exactly(a) for k, a in arrays.items()}
        values[name] = [v + sign*STEP*d for v, d in zip(values[name], along)]
        grad = textbook.truth(formula, arrays, [name], values=values, evaluator=unseen.EXACT)[1]
        sides.append(grad[name].reshape(-1))
    out = np.empty(len(along), dtype=object)
    # What is below 1e-60 of the largest is what the difference leaves of 0.
    out[:] = [(p - m)/(2*STEP) for p, m in zip(*sides)]
    largest = max(abs(v) for v in out)
    out[:] = [v if abs(v) > largest*mpf(10)**-60 else mpf(0) for v in out]
    return out.reshape(arrays[name].shape)


def entry(name, cls, chapter, formula, wrt, tol, inputs, dtype):
    arrays = {k: numbers(v, dtype) for k, v in inputs.items()}
    value, grad, ndim = textbook.truth(formula, arrays, wrt, evaluator=unseen.EXACT)
    seconds = {}
    for k in wrt:
        flat = arrays[k].reshape(-1)
        # A direction in which no symmetry makes the product 0.
        along = [0.0 if "where" in formula and v == 0 else 1.0 + j % 3 for j, v in enumerate(flat)]
        truth = second(formula, arrays, k, along)
        limit = textbook.LIMIT[dtype]
        if any(abs(v) > limit for v in truth.reshape(-1)):
            continue
        seconds[k] = {"along": np.array(along).reshape(arrays[k].shape).tolist(), "truth": written(truth)}
    return {"id": "%s/%s" % (name, dtype), "class": cls, "chapter": chapter, "formula": formula, "dtype": dtype,
            "tol": tol if dtype == "f32" else 1e-11, "inputs": inputs, "reduce": "sum" if ndim else None,
            "value": written(value), "grad": {k: written(g) for k, g in grad.items()}, "second": seconds}


def main():
    entries = []
    for c in json.load(open(os.path.join(HERE, "textbook_plain.json"))):
        if not c["grad"] or c["id"] in NOWHERE:
            continue
        for dtype in ("f32", "f64"):
            entries.append(entry(c["id"], "shown", c["chapter"], c["formula"], list(c["grad"]), c["tol"], c["inputs"], dtype))
    for name, formula, inputs in TRAPS:
        wrt = WRT.get(name, " ".join(inputs)).split()
        for dtype in ("f32", "f64"):
            entries.append(entry(name, "trap", "traps", formula, wrt, 1e-5, inputs, dtype))
    with open(os.path.join(HERE, "second.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(e) for e in entries) + "\n]\n")
    print(len(entries), "entries,", sum(len(e["second"]) for e in entries), "second derivatives")


if __name__ == "__main__":
    main()
