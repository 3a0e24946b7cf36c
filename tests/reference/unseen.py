#!/usr/bin/env python3
"""Reference data for formulas that no rule was written for: another 200 as textbooks write them, with truth.

    python3 unseen.py                                  (needs mpmath and numpy)

Writes, next to this script, unseen.json: entries with the fields of textbook_plain.json plus `class`.
Class `worked`: formulas whose failures were read one by one while rules were written.
Class `held`: written before any of them was run, and looked at only as a score, so that it says how
rules do on formulas they have not seen.

Truth is made as in textbook.py: dual numbers over mpmath at 800 digits on inputs rounded to the
dtype, literals exact, with the conventions listed there. In f64 the same numbers are asked for to 1e-12.
"""
import json
import os
import re
import sys

import numpy as np
from mpmath import mp, mpf

import textbook
from textbook import D, Evaluator, chain, elementwise, lift, numbers, objects, written

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = []


def C(chapter, name, formula, wrt, tol=1e-5, **inputs):
    used = set(re.findall(r"[A-Za-z_]\w*", formula))
    CASES.append((CLASS, chapter, name, formula, wrt.split(), tol, {k: v for k, v in inputs.items() if k in used}))


def diag(d, off):
    """A symmetric matrix with this diagonal and small numbers beside it."""
    return [[v if i == j else off*(1 + (i*j) % 3) for j in range(len(d))] for i, v in enumerate(d)]


def d_log2(a):
    r = textbook.d_log(a)
    return D(r.v/mp.log(2), None if r.d is None else [x/mp.log(2) for x in r.d])


def larger(a, b):
    """Where one side is a constant, its tie has derivative 0."""
    a, b = lift(a), lift(b)
    return a if a.v > b.v or (a.v == b.v and a.d is None) else b


def along(f):
    def g(x, **k):
        return f(objects(x), **k)
    return g


SPACE = dict(textbook.EXACT_SPACE)
SPACE.update({
    "sin": elementwise(lambda a: chain(a, mp.sin(a.v), mp.cos(a.v))),
    "tan": elementwise(lambda a: chain(a, mp.tan(a.v), 1/mp.cos(a.v)**2)),
    "tanh": elementwise(lambda a: chain(a, mp.tanh(a.v), 1/mp.cosh(a.v)**2)),
    "cosh": elementwise(lambda a: chain(a, mp.cosh(a.v), mp.sinh(a.v))),
    "sinh": elementwise(lambda a: chain(a, mp.sinh(a.v), mp.cosh(a.v))),
    "arctan": elementwise(lambda a: chain(a, mp.atan(a.v), 1/(1 + a.v**2))),
    "gamma": elementwise(lambda a: chain(a, mp.gamma(a.v), mp.gamma(a.v)*mp.digamma(a.v) if a.d else mpf(0))),
    "log2": elementwise(d_log2),
    "sign": elementwise(lambda a: D(mpf((a.v > 0) - (a.v < 0)))),
    "maximum": lambda a, b: np.frompyfunc(larger, 2, 1)(objects(a), objects(b)),
    "minimum": lambda a, b: np.frompyfunc(lambda a, b: -larger(-lift(a), -lift(b)), 2, 1)(objects(a), objects(b)),
    "cumprod": along(np.cumprod),
})
EXACT = Evaluator(SPACE, lambda v: lift(mpf(repr(v))), D(+mp.pi))

CLASS = "held"
# ---- linear algebra
C("linalg", "norm4-large", "sum(x**4)**0.25", "x", x=[3e15, -4e15, 1e15])
C("linalg", "cosine-large", "(x @ y)/(sqrt(sum(x**2))*sqrt(sum(y**2)))", "x", x=[3e20, 4e20], y=[1e22, -2e22])
C("linalg", "rms-large", "sqrt(mean(x**2))", "x", x=[1e25, -2e25, 3e25])
C("linalg", "unit-vector-small", "x/sqrt(sum(x**2))", "x", x=[3e-25, 4e-25, 1e-25], s=1)
C("linalg", "distance-large", "sqrt(sum((x - y)**2))", "x y", x=[3e25, 1e24], y=[1e25, -2e25])
C("linalg", "log-kernel", "log(exp(-sum((x - y)**2)/(2*s**2)))", "x s", x=[30.0, 40.0], y=[1.0, -2.0], s=1.5)
C("linalg", "mahalanobis-large", "sqrt((x - m) @ inv(S) @ (x - m))", "x", x=[1e22, -2e22], m=[0.5, 1.0], S=[[2.0, 0.5], [0.5, 1.0]])
C("linalg", "log-root-det", "log(sqrt(det(A)))", "", A=diag([1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9], 1e-11))
C("linalg", "logdet-gradient", "log(det(A))", "A", A=diag([1e20, 2e19, 3e20, 1e18], 1e16))
C("linalg", "projection-coefficient", "(a @ b)/(b @ b)", "a", a=[1e20, 2e20], b=[2e21, -1e21])
C("linalg", "rayleigh-small", "(x @ A @ x)/(x @ x)", "", x=[1e-25, 3e-25], A=[[2.0, 1.0], [1.0, 3.0]])
C("linalg", "columns-normalised", "A/sqrt(sum(A**2, axis=0, keepdims=True))", "", A=[[3e22, 1e-25], [4e22, 2e-25]])
C("linalg", "log-volume", "log(abs(prod(d)))", "d", d=[1e-20, -1e-20, 2e-20])
C("linalg", "norm-ratio", "sqrt(sum(x**2))/sqrt(sum(y**2))", "x y", x=[1e25, 2e25], y=[2e24, 5e24])
C("linalg", "weighted-norm", "sqrt(sum(w*x**2))", "x", w=[0.5, 2.0, 1.0], x=[1e22, -3e22, 2e22])
# ---- probability
C("prob", "student-t", "log(gamma((nu + 1)/2)/(sqrt(nu*pi)*gamma(nu/2))*(1 + x**2/nu)**(-(nu + 1)/2))", "x", x=30.0, nu=120.0)
C("prob", "gamma-density", "log(b**a/gamma(a)*x**(a - 1)*exp(-b*x))", "b", x=[30.0, 50.0], a=60.0, b=2.0, s=1)
C("prob", "poisson", "log(lam**k*exp(-lam)/gamma(k + 1))", "lam", lam=120.0, k=100.0)
C("prob", "binomial", "log(gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))*p**k*(1 - p)**(n - k))", "p", n=200.0, k=3.0, p=0.01)
C("prob", "weibull", "log(k/lam*(x/lam)**(k - 1)*exp(-(x/lam)**k))", "x", k=5.0, lam=1.5, x=[10.0, 0.01], s=1)
C("prob", "gumbel", "log(1/b*exp(-((x - mu)/b + exp(-(x - mu)/b))))", "mu b", x=[100.0, -3.0], mu=0.5, b=1.25, s=1)
C("prob", "logistic-density", "log(exp(-(x - mu)/s)/(s*(1 + exp(-(x - mu)/s))**2))", "mu s", x=[300.0, -300.0, 1.0], mu=0.5, s=1.5, r=1)
C("prob", "bayes-many-likelihoods", "q*prod(L, axis=1)/sum(q*prod(L, axis=1))", "", q=[0.3, 0.7], L=[[1e-3, 2e-3, 1e-3, 1e-4, 3e-3, 1e-3, 2e-3, 1e-3, 5e-3, 1e-3, 1e-4, 2e-3, 1e-3, 1e-3, 1e-3, 2e-3], [2e-3, 1e-3, 1e-3, 2e-4, 2e-3, 1e-3, 1e-3, 2e-3, 5e-3, 1e-3, 1e-4, 1e-3, 2e-3, 1e-3, 1e-3, 2e-3]])
C("prob", "naive-bayes-bernoulli", "log(prod(t**x*(1 - t)**(1 - x)))", "t", t=[1e-9, 0.25, 1e-12, 0.5, 1e-10, 0.125, 1e-11], x=[1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0])
C("prob", "variance-by-sums", "sum(x**2)/4 - (sum(x)/4)**2", "x", x=[10000.0, 10001.0, 10002.5, 10003.0])
C("prob", "correlation-offset", "(mean(x*y) - mean(x)*mean(y))/(sqrt(mean(x**2) - mean(x)**2)*sqrt(mean(y**2) - mean(y)**2))", "", x=[10000.0, 10001.0, 10003.0, 10002.0], y=[5000.5, 5001.0, 5002.0, 5002.5])
C("prob", "logistic-loss-signs", "mean(log(1 + exp(-t*z)))", "z", t=[1.0, -1.0, 1.0, -1.0], z=[150.0, 200.0, -300.0, 0.5])
C("prob", "bce-softplus-form", "mean(log(1 + exp(z)) - y*z)", "z", z=[120.0, -100.0, 0.5], y=[1.0, 0.0, 1.0])
C("prob", "focal", "-mean((1 - 1/(1 + exp(-z)))**2*log(1/(1 + exp(-z))))", "z", z=[60.0, -100.0, 0.5])
C("prob", "log-normal-cdf", "log(0.5*(1 + erf(x/sqrt(2))))", "x", x=[-20.0, -5.0, 6.0], s=1)
C("prob", "inverse-mills", "exp(-x**2/2)/sqrt(2*pi)/(1 - 0.5*(1 + erf(x/sqrt(2))))", "", x=[8.0, 15.0])
C("prob", "cauchy", "log(1/(pi*g*(1 + ((x - m)/g)**2)))", "x", x=1e25, m=1.0, g=2.0)
C("prob", "pareto", "log(a*m**a/x**(a + 1))", "a", a=3.0, m=1e20, x=3e20)
C("prob", "chi-square", "log(x**(k/2 - 1)*exp(-x/2)/(2**(k/2)*gamma(k/2)))", "x", k=300.0, x=250.0)
C("prob", "at-least-one", "1 - (1 - p)**n", "p", p=1e-10, n=50.0)
C("prob", "exponential-cdf", "1 - exp(-lam*x)", "lam", lam=1e-10, x=3.0)
C("prob", "log-odds", "log(p/(1 - p))", "p", p=[1e-30, 0.25, 0.875], s=1)
C("prob", "multinomial", "log(gamma(n + 1)/prod(gamma(k + 1))*prod(p**k))", "p", n=60.0, k=[10.0, 20.0, 30.0], p=[0.25, 0.25, 0.5])
C("prob", "dirichlet", "log(gamma(sum(a))/prod(gamma(a))*prod(x**(a - 1)))", "x", a=[20.0, 15.0, 30.0], x=[0.25, 0.25, 0.5])
C("prob", "gaussian-product", "log(prod(1/sqrt(2*pi*v)*exp(-(x - m)**2/(2*v))))", "m v", x=[20.0, -30.0, 25.0, 1.0], m=0.5, v=1.5)
C("prob", "likelihood-ratio", "log(prod(exp(-(x - a)**2/2))/prod(exp(-(x - b)**2/2)))", "a b", x=[20.0, 15.0, 18.0], a=1.0, b=2.0)
C("prob", "logistic-posterior", "exp(-(x - a)**2/(2*v))/(exp(-(x - a)**2/(2*v)) + exp(-(x - b)**2/(2*v)))", "x", x=25.0, a=1.0, b=1.0625, v=2.0)
C("prob", "geometric-tail", "log((1 - p)**n)", "p", p=1e-10, n=30.0)
C("prob", "standardised", "(x - mean(x))/sqrt(mean(x**2) - mean(x)**2)", "", x=[4096.0, 4097.0, 4099.0, 4100.0])
# ---- information
C("info", "softmax-temperature", "exp(x/T)/sum(exp(x/T))", "", x=[3.0, 2.5, 3.25], T=0.015625)
C("info", "logsumexp-base-2", "log2(sum(2**x))", "x", x=[1000.0, 1001.0, 999.0])
C("info", "softmin", "exp(-x)/sum(exp(-x))", "", x=[-300.0, -301.0, 5.0])
C("info", "softmax-entropy", "-sum(exp(x)/sum(exp(x))*log(exp(x)/sum(exp(x))))", "x", x=[500.0, 499.0, -500.0])
C("info", "label-smoothing", "-sum((0.9*y + 0.1/3)*log(exp(z)/sum(exp(z))))", "z", y=[0.0, 1.0, 0.0], z=[200.0, -100.0, 30.0])
C("info", "kl-by-logits", "sum(exp(a)/sum(exp(a))*log((exp(a)/sum(exp(a)))/(exp(b)/sum(exp(b)))))", "a b", a=[300.0, 299.0, -200.0], b=[10.0, 400.0, 398.0])
C("info", "kl-bernoulli", "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))", "q", p=[0.0, 1.0, 0.5], q=[0.25, 0.125, 0.75], s=1)
C("info", "cross-entropy-zeros", "-sum(p*log(q))", "", p=[0.0, 0.75, 0.25], q=[0.0, 0.5, 0.5])
C("info", "perplexity-by-product", "prod(p)**(-1/5)", "p", p=[1e-12, 1e-9, 2e-11, 1e-10, 3e-12])
C("info", "mutual-information", "sum(P*log(P/(sum(P, axis=1, keepdims=True)*sum(P, axis=0, keepdims=True))))", "", P=[[0.25, 0.0], [0.25, 0.5]])
C("info", "info-nce", "-log(exp(s[0]/t)/sum(exp(s/t)))", "s t", s=[0.75, 0.5, 0.875, -0.25], t=0.0078125)
C("info", "attention", "exp(q @ K.T)/sum(exp(q @ K.T)) @ V", "", q=[20.0, -10.0], K=[[8.0, 1.0], [8.0, 1.0625], [-3.0, 2.0]], V=[[1.0, 0.5], [2.0, -1.0], [0.25, 4.0]])
C("info", "free-energy", "-T*log(sum(exp(-E/T)))", "E T", E=[-3.0, -2.875, 1.0], T=0.015625)
C("info", "mean-energy", "sum(E*exp(-E/T))/sum(exp(-E/T))", "E", E=[-3.0, -2.984375, 1.0], T=0.015625)
C("info", "logsumexp-weighted", "log(sum(w*exp(x)))", "x w", w=[0.25, 0.5, 0.25], x=[-500.0, -501.0, -499.0])
C("info", "log-one-minus-exp", "log(1 - exp(x))", "x", x=[-1e-10, -1.0, -100.0], s=1)
C("info", "two-class-softmax", "exp(a)/(exp(a) + exp(b))", "a b", a=500.0, b=501.5)
C("info", "renyi", "log(sum(p**a*q**(1 - a)))/(a - 1)", "p", p=[0.5, 0.25, 0.25], q=[0.125, 0.375, 0.5], a=100.0)
C("info", "bhattacharyya", "-log(sum(sqrt(p*q)))", "p", p=[1e-25, 2e-25], q=[3e-25, 1e-25])
C("info", "gumbel-softmax", "exp((log(p) + g)/T)/sum(exp((log(p) + g)/T))", "", p=[0.5, 0.0, 0.5], g=[0.25, 3.0, 0.375], T=0.00390625)
C("info", "importance-bound", "log(mean(exp(a - b)))", "a b", a=[-1000.0, -1002.0, -999.0], b=[10.0, 11.0, 10.5])
C("info", "entropy-gaussian", "log(sqrt(2*pi*exp(1)*s**2))", "s", s=1e-25)
C("info", "xent-gathered", "-log(exp(z[2])/sum(exp(z)))", "z", z=[200.0, 100.0, -150.0])
C("info", "pointwise-information", "log(p/(a*b))", "p a b", p=1e-30, a=1e-25, b=2e-20)
C("info", "weighted-rows", "-sum(w*log(sum(y*exp(z)/sum(exp(z), axis=1, keepdims=True), axis=1)))/sum(w)", "z", w=[1.0, 3.0], y=[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], z=[[200.0, -100.0, 50.0], [0.5, 0.25, -0.125]])
# ---- numerics
C("numerics", "expm1-over-x", "(exp(x) - 1)/x", "", x=[1e-9, 1e-5, 2.0])
C("numerics", "sinc", "sin(x)/x", "", x=[1e-30, 1e-5, 2.0])
C("numerics", "hypot-minus-one", "sqrt(x**2 + 1) - 1", "x", x=[1e-5, 3e-4, 2.0], s=1)
C("numerics", "root-minus-x", "sqrt(x**2 + 1) - x", "x", x=[1e4, 1e6, 2.0], s=1)
C("numerics", "roots-both-sides", "sqrt(1 + x) - sqrt(1 - x)", "x", x=[1e-9, 1e-4, 0.5], s=1)
C("numerics", "log-difference", "log(x + 1) - log(x)", "x", x=[1e10, 1e6, 0.5], s=1)
C("numerics", "sinh-small", "(exp(x) - exp(-x))/2", "x", x=[1e-8, 1e-3, 3.0], s=1)
C("numerics", "tanh-large", "(exp(2*x) - 1)/(exp(2*x) + 1)", "x", x=[300.0, -300.0, 0.5, 1e-8], s=1)
C("numerics", "mish", "x*tanh(log(1 + exp(x)))", "x", x=[200.0, -50.0, 0.5], s=1)
C("numerics", "silu", "x/(1 + exp(-x))", "x", x=[200.0, -80.0, -200.0, 0.5], s=1)
C("numerics", "log-cosh", "log((exp(x) + exp(-x))/2)", "x", x=[500.0, -400.0, 1e-3, 0.5], s=1)
C("numerics", "elu", "where(x > 0, x, exp(x) - 1)", "x", x=[500.0, -1e-8, -0.5], s=1)
C("numerics", "huber", "where(abs(x) < 1, 0.5*x**2, abs(x) - 0.5)", "x", x=[1e25, -0.5, 3.0], s=1)
C("numerics", "compound-interest", "(1 + r/n)**n", "r", r=0.05, n=1e8)
C("numerics", "annuity", "(1 - (1 + r)**(-n))/r", "", r=1e-8, n=12.0)
C("numerics", "harmonic-mean-of-two", "2*a*b/(a + b)", "a b", a=1e25, b=3e25)
C("numerics", "geometric-mean-of-two", "sqrt(a*b)", "a b", a=1e30, b=2e20)
C("numerics", "difference-of-squares", "a**2 - b**2", "a b", a=10000.25, b=10000.0)
C("numerics", "reciprocals-shifted", "1/(x - 1) - 1/(x + 1)", "", x=[1e5, 1e7])
C("numerics", "inverse-softplus", "log(exp(x) - 1)", "x", x=[200.0, 1e-8, 0.5], s=1)
C("numerics", "tanh-slope", "1 - tanh(x)**2", "x", x=[20.0, -15.0, 0.5], s=1)
C("numerics", "sigmoid-slope", "1/(1 + exp(-x))*(1 - 1/(1 + exp(-x)))", "x", x=[60.0, -70.0, 0.5], s=1)
C("numerics", "quadratic-other-root", "(-b - sqrt(b**2 - 4*a*c))/(2*a)", "", a=1.0, b=-10000.0, c=1.0)
C("numerics", "arcsinh", "log(x + sqrt(x**2 + 1))", "x", x=[-1e4, 1e-6, 1e25, 0.5], s=1)
C("numerics", "arctanh", "0.5*log((1 + x)/(1 - x))", "x", x=[1e-9, -1e-5, 0.5], s=1)
C("numerics", "sine-step", "sin(x + h) - sin(x)", "", x=1.0, h=1e-6)
C("numerics", "lorentz", "1/sqrt(1 - v**2) - 1", "v", v=[1e-5, 1e-3, 0.5], s=1)
C("numerics", "planck", "x**3/(exp(x) - 1)", "x", x=[1e-5, 60.0, 2.0], s=1)
C("numerics", "fermi", "1/(exp((E - m)/T) + 1)", "E", E=[2.0, -1.0, 0.5], m=0.5, T=0.015625, s=1)
C("numerics", "rms-norm", "x/sqrt(mean(x**2) + 1e-6)", "", x=[1e25, -2e25, 3e25])
C("numerics", "clip-by-norm", "g*minimum(1, c/sqrt(sum(g**2)))", "", g=[3e25, -4e25], c=2.0)
C("numerics", "layer-norm", "(x - mean(x, axis=1, keepdims=True))/sqrt(mean(x**2, axis=1, keepdims=True) - mean(x, axis=1, keepdims=True)**2 + 1e-5)", "", x=[[4096.0, 4097.0, 4098.0], [0.5, 0.25, 3.0]])
C("numerics", "softplus-beta", "log(1 + exp(b*x))/b", "x", x=[50.0, -4.0, 0.25], b=10.0, s=1)
C("numerics", "powers-meet", "exp(a)*x**n/exp(b)", "x", a=200.0, b=190.0, x=1.5, n=3.0)
C("numerics", "relative-change", "(a - b)/((a + b)/2)", "a", a=3e38, b=2e38)
C("numerics", "squared-sine", "1 - cos(x)**2", "x", x=[1e-4, 1e-3, 0.5], s=1)
C("numerics", "smooth-max-of-two", "(a + b + sqrt((a - b)**2 + e))/2", "a", a=3.0e25, b=1.0e25, e=1e-6)
C("numerics", "growth-factor", "(1 + x)**n - 1", "x", x=1e-10, n=30.0)
C("numerics", "masked-log", "sum(where(x > 0, x*log(x), 0*x))", "x", x=[0.0, -2.0, 3.0])
C("numerics", "mean-of-products", "mean(a*b)/mean(b)", "a", a=[1e20, 2e20, 3e20], b=[1e22, 3e22, 2e22])

CLASS = "worked"
# ---- linear algebra
C("linalg", "norm4-small", "sum(x**4)**(1/4)", "x", x=[3e-15, 4e-15])
C("linalg", "norm-axis", "sqrt(sum(A**2, axis=1))", "A", A=[[3e25, 4e25], [3e-25, 4e-25]], s=1)
C("linalg", "cosine-small", "(x @ y)/sqrt((x @ x)*(y @ y))", "x y", x=[3e-25, 4e-25], y=[1e-22, -2e-22])
C("linalg", "cosine-distance", "1 - sum(x*y)/(sqrt(sum(x**2))*sqrt(sum(y**2)))", "", x=[3e22, 4e22], y=[1e-20, -2e-20])
C("linalg", "rms-small", "sqrt(sum(x**2)/3)", "x", x=[1e-25, -2e-25, 3e-25])
C("linalg", "unit-vector-large", "x/sqrt(x @ x)", "", x=[3e25, 4e25])
C("linalg", "distance-pairwise", "sqrt(sum((x - c)**2, axis=1))", "x", x=[[3e25, 1e24], [1e-25, 2e-25]], c=[0.0, 0.0], s=1)
C("linalg", "pairwise-expanded", "sum(x**2, axis=1, keepdims=True) - 2*(x @ y.T) + sum(y**2, axis=1)", "", x=[[1000.0, 1000.25], [999.5, 1000.0]], y=[[1000.125, 1000.0], [1000.0, 1000.5]])
C("linalg", "kernel-expanded", "exp(-(sum(x**2) - 2*(x @ y) + sum(y**2))/(2*s**2))", "", x=[1000.0, 1000.25], y=[1000.125, 1000.0], s=0.5)
C("linalg", "log-product-of-dets", "log(det(A)*det(B))", "A", A=diag([1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9], 1e-11), B=diag([1e-9, 1e-9, 3e-9, 1e-9, 5e-9, 2e-9], 1e-11))
C("linalg", "gauss-normaliser", "1/2*log((2*pi)**4*det(S))", "S", S=diag([1e-12, 2e-12, 1e-11, 1e-12], 1e-14))
C("linalg", "projection", "(a @ b)/(b @ b)*b", "", a=[1e22, 2e22], b=[2e21, -1e21])
C("linalg", "rayleigh-large", "(x @ A @ x)/(x @ x)", "x", x=[1e22, 3e22], A=[[2.0, 1.0], [1.0, 3.0]])
C("linalg", "frobenius", "sqrt(sum((A - B)**2))", "A", A=[[1e22, 2e22], [3e22, 4e22]], B=[[2e22, 1e22], [1e22, 1e21]])
C("linalg", "rows-normalised", "A/sqrt(sum(A**2, axis=1, keepdims=True))", "", A=[[3e22, 4e22], [1e-25, 2e-25]])
C("linalg", "geometric-mean", "prod(x)**(1/6)", "x", x=[1e-9, 2e-9, 1e-9, 3e-9, 1e-9, 2e-9])
C("linalg", "log-abs-det", "log(abs(det(A)))", "A", A=diag([-1e-15, 2e-15, 1e-15, 3e-15], 1e-17))
C("linalg", "step-length", "sqrt((g @ g)/(g @ H @ g))", "", g=[1e22, 2e22], H=[[2.0, 1.0], [1.0, 3.0]])
C("linalg", "energy-norm", "sqrt(x @ A @ x)", "x", x=[1e-25, 3e-25], A=[[2.0, 1.0], [1.0, 3.0]])
C("linalg", "determinant-2", "a*d - b*c", "", a=1000.5, d=1000.25, b=1000.375, c=1000.375)
# ---- probability
C("prob", "student-loss", "log(1 + x**2/nu)", "x", x=[1e25, 1e-6, 1.0], nu=3.0, s=1)
C("prob", "beta-density", "log(gamma(a + b)/(gamma(a)*gamma(b))*x**(a - 1)*(1 - x)**(b - 1))", "x", x=0.25, a=80.0, b=60.0)
C("prob", "beta-function", "log(gamma(a)*gamma(b)/gamma(a + b))", "a b", a=60.0, b=45.0)
C("prob", "negative-binomial", "log(gamma(k + r)/(gamma(k + 1)*gamma(r))*(1 - p)**r*p**k)", "p", k=150.0, r=20.0, p=0.875)
C("prob", "inverse-gamma", "log(b**a/gamma(a)*x**(-a - 1)*exp(-b/x))", "x b", x=[1e-3, 2.0], a=40.0, b=2.0, r=1)
C("prob", "rayleigh-density", "log(x/s**2*exp(-x**2/(2*s**2)))", "s", x=[100.0, 2.0], s=1.5, r=1)
C("prob", "von-mises", "log(exp(k*cos(x - m))/(2*pi))", "k m", x=[0.25, 3.0], k=400.0, m=0.5, s=1)
C("prob", "log-normal", "log(1/(x*s*sqrt(2*pi))*exp(-(log(x) - m)**2/(2*s**2)))", "x m", x=[1e-30, 1e10], s=0.5, m=0.25, r=1)
C("prob", "half-normal", "log(sqrt(2/pi)/s*exp(-x**2/(2*s**2)))", "s", x=60.0, s=1.5)
C("prob", "gaussian-density-1", "log(1/(s*sqrt(2*pi))*exp(-0.5*((x - m)/s)**2))", "x m s", x=[40.0, -60.0], m=1.0, s=2.0, r=1)
C("prob", "gaussian-diag", "log(prod(1/(s*sqrt(2*pi))*exp(-0.5*((x - m)/s)**2)))", "m s", x=[40.0, -60.0, 3.0], m=[1.0, 0.5, 0.0], s=[2.0, 1.5, 0.75])
C("prob", "mixture-of-two", "log(p*exp(-(x - a)**2/2)/sqrt(2*pi) + (1 - p)*exp(-(x - b)**2/2)/sqrt(2*pi))", "p a b", x=40.0, p=0.25, a=-1.0, b=1.0)
C("prob", "mixture-rows", "mean(log(sum(w*exp(-(x - m)**2/(2*v))/sqrt(2*pi*v), axis=1)))", "m", x=[[60.0], [-40.0]], w=[0.25, 0.75], m=[-1.0, 2.0], v=[1.0, 2.0])
C("prob", "responsibility-rows", "w*exp(-(x - m)**2/2)/sum(w*exp(-(x - m)**2/2), axis=1, keepdims=True)", "", x=[[20.0], [-18.0]], w=[0.25, 0.75], m=[-0.0625, 0.0625])
C("prob", "bayes-test", "a*p/(a*p + b*(1 - p))", "p", a=1e-25, b=2e-25, p=1e-20)
C("prob", "posterior-by-likelihoods", "p*exp(sum(a))/(p*exp(sum(a)) + (1 - p)*exp(sum(b)))", "p", a=[-300.0, -250.0], b=[-299.0, -252.0], p=0.25)
C("prob", "hmm-forward", "log(sum((a @ T)*b))", "a", a=[1e-25, 3e-25], T=[[0.75, 0.25], [0.5, 0.5]], b=[1e-15, 2e-18])
C("prob", "variance-unbiased", "(sum(x**2) - sum(x)**2/5)/4", "x", x=[10000.0, 10001.0, 10002.5, 10003.0, 9999.0])
C("prob", "std-moments", "sqrt(mean(x**2) - mean(x)**2)", "x", x=[10000.0, 10001.0, 10002.0, 10004.0])
C("prob", "variance-rows", "mean(x**2, axis=1) - mean(x, axis=1)**2", "x", x=[[10000.0, 10001.0, 10002.0], [0.5, 0.25, 1.0]], s=1)
C("prob", "covariance-moments", "mean(x*y) - mean(x)*mean(y)", "x", x=[10000.0, 10001.0, 10002.0], y=[5000.5, 5001.5, 5003.0])
C("prob", "covariance-by-sums", "sum(x*y)/3 - sum(x)*sum(y)/9", "", x=[10000.0, 10001.0, 10002.0], y=[5000.5, 5001.5, 5003.0])
C("prob", "regression-slope", "(mean(x*y) - mean(x)*mean(y))/(mean(x**2) - mean(x)**2)", "", x=[10000.0, 10001.0, 10002.0], y=[5000.5, 5001.5, 5003.0])
C("prob", "weighted-variance", "sum(w*x**2)/sum(w) - (sum(w*x)/sum(w))**2", "", w=[1.0, 2.0, 1.0], x=[10000.0, 10001.0, 10003.0])
C("prob", "bce-pos-weight", "-mean(w*y*log(1/(1 + exp(-z))) + (1 - y)*log(1 - 1/(1 + exp(-z))))", "z", z=[120.0, -110.0, 0.5], y=[0.0, 1.0, 1.0], w=3.0)
C("prob", "bce-sigmoid-of-exp", "-mean(y*log(exp(z)/(1 + exp(z))) + (1 - y)*log(1/(1 + exp(z))))", "z", z=[120.0, -110.0, 0.5], y=[0.0, 1.0, 1.0])
C("prob", "bce-linear", "-mean(y*log(1/(1 + exp(-(X @ w + b)))) + (1 - y)*log(1 - 1/(1 + exp(-(X @ w + b)))))", "w b", X=[[30.0, -20.0], [10.0, 25.0], [-15.0, 3.0]], w=[2.0, -3.0], b=0.5, y=[0.0, 1.0, 1.0])
C("prob", "probit-loss", "-sum(y*log(0.5*(1 + erf(z/sqrt(2)))) + (1 - y)*log(1 - 0.5*(1 + erf(z/sqrt(2)))))", "z", z=[20.0, -15.0, 0.5], y=[0.0, 1.0, 1.0])
C("prob", "normal-interval", "0.5*(1 + erf(b/sqrt(2))) - 0.5*(1 + erf(a/sqrt(2)))", "", a=[7.0, -9.0], b=[8.0, -8.0])
C("prob", "log-normal-interval", "log(0.5*(1 + erf(b/sqrt(2))) - 0.5*(1 + erf(a/sqrt(2))))", "a b", a=20.0, b=20.5)
C("prob", "normal-two-sided", "2*(1 - 0.5*(1 + erf(abs(z)/sqrt(2))))", "", z=[8.0, -7.0])
C("prob", "log-tail", "log(1 - 0.5*(1 + erf(x/sqrt(2))))", "x", x=[30.0, -5.0], s=1)
C("prob", "hazard-logistic", "exp(-x)/(1 + exp(-x))**2/(1 - 1/(1 + exp(-x)))", "x", x=[60.0, -50.0, 0.5], s=1)
C("prob", "erlang-survival", "exp(-lam*x)*(1 + lam*x)", "lam", lam=2.0, x=30.0)
C("prob", "exponential-ratio", "a*exp(-a*x)/(a*exp(-a*x) + b*exp(-b*x))", "", a=2.0, b=2.0625, x=100.0)
C("prob", "log1m-p", "log(1 - p)", "p", p=[1e-10, 1e-20, 0.5], s=1)
C("prob", "bernoulli-loglik", "sum(x*log(p) + (1 - x)*log(1 - p))", "", x=[1.0, 0.0, 1.0], p=[1.0, 0.0, 0.5])
C("prob", "poisson-loss", "exp(z) - y*z + log(gamma(y + 1))", "z", z=[5.0, -60.0], y=[120.0, 0.0], s=1)
C("prob", "kl-gaussians", "log(b/a) + (a**2 + (m - n)**2)/(2*b**2) - 0.5", "a b m", a=1e-25, b=3e24, m=1.0, n=2.0)
C("prob", "weighted-likelihoods", "log(sum(q*prod(L, axis=1)))", "q", q=[0.25, 0.75], L=[[1e-12, 1e-11, 1e-10, 1e-12, 1e-9], [1e-11, 1e-11, 2e-10, 1e-12, 1e-9]])
C("prob", "wilson-lower", "(p + z**2/(2*n) - z*sqrt(p*(1 - p)/n + z**2/(4*n**2)))/(1 + z**2/n)", "", p=0.25, n=40.0, z=1.96)
C("prob", "sample-odds", "log((k/n)/(1 - k/n))", "", k=3.0, n=1e30)
C("prob", "softmax-regression-1", "1 - exp(-x)/(1 + exp(-x))", "x", x=[-40.0, 60.0, 0.5], s=1)
# ---- information
C("info", "softmax-temperature-neg", "exp(-E/T)/sum(exp(-E/T))", "", E=[-3.0, -2.984375, -2.0], T=0.0078125)
C("info", "softmax-rows", "exp(x)/sum(exp(x), axis=1, keepdims=True)", "", x=[[1000.0, 1001.0], [-1000.0, -999.0]])
C("info", "softmax-loss-term", "sum(t*exp(x)/sum(exp(x)))", "x", t=[1.0, 2.0, 4.0], x=[500.0, 499.0, 498.0])
C("info", "logsumexp-small", "log(sum(exp(x)))", "x", x=[-1000.0, -1001.0, -1002.0])
C("info", "logsumexp-rows", "log(sum(exp(x), axis=1))", "x", x=[[1000.0, 1001.0], [-1000.0, -999.0]], s=1)
C("info", "logsumexp-temperature", "T*log(mean(exp(x/T)))", "x", x=[3.0, 2.0, 3.0625], T=0.015625)
C("info", "log-of-three", "log(exp(a) + exp(b) + exp(c))", "a b c", a=300.0, b=301.0, c=-400.0)
C("info", "log-plus-one", "log(1 + exp(a) + exp(b))", "a b", a=300.0, b=301.0)
C("info", "log-softmax-index", "log(exp(z[0])/sum(exp(z)))", "z", z=[-500.0, 10.0, 12.0])
C("info", "entropy-base-2", "-sum(p*log2(p))", "", p=[0.0, 0.25, 0.75])
C("info", "entropy-of-logits", "log(sum(exp(z))) - sum(z*exp(z))/sum(exp(z))", "z", z=[500.0, 499.0, 400.0])
C("info", "entropy-binary-logit", "-1/(1 + exp(-z))*log(1/(1 + exp(-z))) - (1 - 1/(1 + exp(-z)))*log(1 - 1/(1 + exp(-z)))", "z", z=[60.0, -50.0, 0.5], s=1)
C("info", "kl-swapped", "-sum(p*log(q/p))", "", p=[0.0, 0.5, 0.5], q=[0.25, 0.25, 0.5])
C("info", "kl-difference-of-logs", "sum(p*(log(p) - log(q)))", "q", p=[0.0, 0.5, 0.5], q=[0.25, 0.25, 0.5])
C("info", "kl-rows", "sum(p*log(p/q), axis=1)", "", p=[[0.0, 1.0], [0.5, 0.5]], q=[[0.5, 0.5], [0.25, 0.75]])
C("info", "js-by-mean", "0.5*sum(p*log(2*p/(p + q)) + q*log(2*q/(p + q)))", "", p=[0.0, 1.0], q=[1.0, 0.0])
C("info", "cross-entropy-softmax-base-2", "-sum(y*log2(exp(z)/sum(exp(z))))", "z", y=[0.0, 1.0, 0.0], z=[200.0, -100.0, 30.0])
C("info", "bits-per-dim", "-log(prod(p))/(5*log(2))", "p", p=[1e-12, 1e-9, 2e-11, 1e-10, 3e-12])
C("info", "perplexity", "exp(-mean(log(p)))", "p", p=[1e-12, 1e-9, 2e-11])
C("info", "perplexity-base-2", "2**(-sum(p*log2(p)))", "", p=[0.0, 0.25, 0.75])
C("info", "contrastive-pairs", "-mean(log(exp(d/t)/(exp(d/t) + sum(exp(N/t), axis=1))))", "d", d=[0.75, 0.5], N=[[0.5, 0.25], [0.875, -0.5]], t=0.0078125)
C("info", "attention-scaled", "exp(Q @ K.T/sqrt(2))/sum(exp(Q @ K.T/sqrt(2)), axis=1, keepdims=True) @ V", "V", Q=[[20.0, -10.0], [0.5, 0.25]], K=[[8.0, 1.0], [8.0, 1.0625]], V=[[1.0, 0.5], [2.0, -1.0]], s=1)
C("info", "partition-ratio", "log(sum(exp(-a*E))/sum(exp(-b*E)))", "a b", E=[100.0, 101.0, 150.0], a=8.0, b=2.0)
C("info", "boltzmann-variance", "sum(E**2*exp(-E/T))/sum(exp(-E/T)) - (sum(E*exp(-E/T))/sum(exp(-E/T)))**2", "", E=[-100.0, -99.5, -99.0], T=0.5)
C("info", "binary-choice", "1/(1 + exp(b - a))", "a b", a=-500.0, b=-420.0)
C("info", "log-ratio-of-sums", "log(sum(exp(a))) - log(sum(exp(b)))", "a b", a=[800.0, 801.0], b=[799.0, -5.0])
C("info", "tempered-loss", "-T**2*sum(q*log(exp(z/T)/sum(exp(z/T))))", "z", q=[0.25, 0.75, 0.0], z=[3.0, 1.0, -2.0], T=0.015625)
C("info", "elbo-ratio", "log(exp(a)*exp(b)/exp(c))", "a b c", a=-500.0, b=300.0, c=-250.0)
C("info", "log1mexp-minus", "log(1 - exp(-x))", "x", x=[1e-10, 1.0, 100.0], s=1)
C("info", "entropy-with-eps", "-sum(p*log(p + 1e-30))", "", p=[0.0, 0.25, 0.75])
C("info", "hellinger", "sqrt(0.5*sum((sqrt(p) - sqrt(q))**2))", "p", p=[0.5, 0.25, 0.25], q=[0.5625, 0.25, 0.1875])
C("info", "log-mean-of-two", "log((exp(a) + exp(b))/2)", "a b", a=-800.0, b=-801.0)
C("info", "chi-square-divergence", "sum((p - q)**2/q)", "p", p=[1e-25, 1.0], q=[2e-25, 1.0])
C("info", "log-sigmoid-pair", "-log(1/(1 + exp(-(a - b))))", "a b", a=-200.0, b=100.0)
# ---- numerics
C("numerics", "expm1", "exp(x) - 1", "x", x=[1e-10, -1e-8, 1.0], s=1)
C("numerics", "log1p-over-x", "log(1 + x)/x", "", x=[1e-10, 1e-6, 2.0])
C("numerics", "versine-over-square", "(1 - cos(x))/x**2", "x", x=[1e-4, 1e-2, 1.0], s=1)
C("numerics", "x-minus-root", "x - sqrt(x**2 - 1)", "", x=[1e4, 1e6])
C("numerics", "inverse-roots", "1/sqrt(x) - 1/sqrt(x + 1)", "", x=[1e6, 1e8])
C("numerics", "cosh-minus-one", "(exp(x) + exp(-x))/2 - 1", "x", x=[1e-4, 1e-2, 1.0], s=1)
C("numerics", "tanh-both", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "x", x=[200.0, -300.0, 0.5, 1e-8], s=1)
C("numerics", "log-cosh-error", "mean(log(cosh(y - t)))", "y", y=[300.0, 1e-3, 0.5], t=[0.0, 0.0, 1.0])
C("numerics", "gelu-tanh", "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))", "x", x=[-5.0, -0.5, 30.0], s=1)
C("numerics", "softsign", "x/(1 + abs(x))", "x", x=[1e30, -3.0, 1e-10], s=1)
C("numerics", "selu", "1.0507*where(x > 0, x, 1.67326*(exp(x) - 1))", "x", x=[500.0, -1e-8, -30.0], s=1)
C("numerics", "celu", "maximum(x, 0) + minimum(0, a*(exp(x/a) - 1))", "x", x=[500.0, -1e-8, -3.0], a=2.0, s=1)
C("numerics", "pseudo-huber", "d**2*(sqrt(1 + (x/d)**2) - 1)", "x", x=[1e-5, 1e-3, 3.0], d=1.5, s=1)
C("numerics", "smooth-l1", "mean(where(abs(x - y) < b, 0.5*(x - y)**2/b, abs(x - y) - 0.5*b))", "x", x=[1e25, 0.5, -3.0], y=[0.0, 0.25, 1.0], b=1.0)
C("numerics", "soft-threshold", "sign(x)*maximum(abs(x) - l, 0)", "x", x=[3.0, -0.25, -1e30], l=0.5, s=1)
C("numerics", "compound-growth", "p*(1 + r)**n", "r", p=100.0, r=1e-9, n=1e9)
C("numerics", "geometric-sum", "(1 - r**n)/(1 - r)", "r", r=0.9999998807907104, n=10.0)
C("numerics", "geometric-sum-interest", "((1 + r)**n - 1)/r", "", r=1e-9, n=24.0)
C("numerics", "harmonic-mean", "3/sum(1/x)", "", x=[1e-39, 2e-39, 3e-39])
C("numerics", "harmonic-sum", "1/(1/a + 1/b)", "a", a=1e-39, b=3e-39)
C("numerics", "mean-of-two", "(a + b)/2", "a", a=3e38, b=2e38)
C("numerics", "mean-of-three", "(a + b + c)/3", "", a=3e38, b=2e38, c=1e38)
C("numerics", "half-mean-doubled", "0.5*mean(2*x)", "", x=[3e38, 2e38])
C("numerics", "hypotenuse", "sqrt(a**2 + b**2)", "a b", a=3e25, b=4e25)
C("numerics", "hypotenuse-of-three", "sqrt(a**2 + b**2 + c**2)", "a", a=3e-25, b=4e-25, c=1e-25)
C("numerics", "product-over", "a*b/c", "a", a=1e30, b=1e20, c=1e25)
C("numerics", "log-of-scaled-ratio", "log(w*a/b)", "w a b", w=1e20, a=1e30, b=1e-10)
C("numerics", "log-two-plus", "log(2 + 2*x) - log(2)", "x", x=[1e-10, 1e-5, 1.0], s=1)
C("numerics", "difference-of-cubes", "(x**3 - y**3)/(x - y)", "", x=1000.0625, y=1000.0)
C("numerics", "square-minus-one-over", "(x**2 - 1)/(x - 1)", "", x=1.0001)
C("numerics", "cos-step", "cos(x + h) - cos(x)", "", x=1.0, h=1e-6)
C("numerics", "tan-half", "(1 - cos(x))/sin(x)", "x", x=[1e-4, 1e-2, 1.0], s=1)
C("numerics", "arccosh", "log(x + sqrt(x**2 - 1))", "x", x=[1e25, 1.0625, 3.0], s=1)
C("numerics", "arctan-step", "arctan(x + 1) - arctan(x)", "", x=[1e4, 1e6])
C("numerics", "one-minus-square-root", "sqrt(1 - x**2)", "x", x=[0.9999, 0.99999994, 0.5], s=1)
C("numerics", "quadratic-root-large", "(-b + sqrt(b**2 - 4*a*c))/(2*a)", "", a=1e20, b=3e25, c=1e20)
C("numerics", "kinetic", "m*(1/sqrt(1 - v**2) - 1)", "", m=2.0, v=[1e-5, 1e-3])
C("numerics", "bose", "1/(exp(x) - 1)", "x", x=[1e-8, 60.0, 2.0], s=1)
C("numerics", "einstein", "x**2*exp(x)/(exp(x) - 1)**2", "", x=[1e-4, 70.0, 200.0, 2.0])
C("numerics", "langevin", "1/tanh(x) - 1/x", "", x=[1e-3, 0.5, 20.0])
C("numerics", "adam-step", "m/(sqrt(v) + 1e-8)", "", m=[1e-30, 1e-3], v=[1e-45, 1e-6])
C("numerics", "bias-correction", "1 - b**t", "", b=0.99999994, t=3.0)
C("numerics", "batch-norm", "w*(x - mean(x))/sqrt(mean((x - mean(x))**2) + 1e-5)", "x", x=[3e5, 3.5e5, 2e5, 1e5], w=[1.0, -2.0, 0.5, 3.0])
C("numerics", "norm-with-eps", "x/(sqrt(sum(x**2)) + 1e-12)", "", x=[3e25, 4e25])
C("numerics", "exp-of-log-sum", "exp(log(a) + log(b) - log(c))", "a", a=1e30, b=1e20, c=1e25)
C("numerics", "large-exponent-cancels", "exp(x)/exp(x - 1)", "", x=[200.0, -300.0])
C("numerics", "log-power", "log(x**n)", "x", x=1e20, n=5.0)
C("numerics", "square-root-of-exp", "sqrt(exp(x))", "x", x=[150.0, -180.0], s=1)
C("numerics", "power-of-ratio", "a**n/b**n", "a", a=1e20, b=2e20, n=5.0)
C("numerics", "gamma-ratio", "gamma(x + 1)/gamma(x)", "", x=[50.5, 3.0])
C("numerics", "binomial-coefficient", "gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))", "", n=60.0, k=3.0)
C("numerics", "where-log-branch", "sum(where(x > 1, log(x), x - 1))", "x", x=[-1.0, 0.0, 3.0])
C("numerics", "where-exp-branch", "sum(where(x < 0, exp(x), 1 + x))", "x", x=[500.0, -1.0])
C("numerics", "abs-root", "sqrt(x**2)", "x", x=[1e-30, -3e25], s=1)
C("numerics", "cumulative-logs", "log(cumprod(x))", "x", x=[1e-20, 1e-20, 2e-20], s=1)
C("numerics", "softplus-difference", "log(1 + exp(x)) - log(1 + exp(-x))", "x", x=[200.0, -300.0, 0.5], s=1)
C("numerics", "stirling-difference", "sqrt(x + y) - sqrt(x)", "y", x=1e8, y=1e-3)
C("numerics", "log-base", "log(1 + x)/log(1 - x)", "", x=[1e-10, 0.5])
C("numerics", "exp-negative-square", "exp(-(x/s)**2)", "s", x=1e-25, s=1e-25)
C("numerics", "norm-of-difference-gradient", "sqrt(sum((x - y)**2))", "x", x=[1.0, 2.0], y=[1.0, 2.0])
C("numerics", "triangle-area", "sqrt(((a + b + c)/2)*((a + b + c)/2 - a)*((a + b + c)/2 - b)*((a + b + c)/2 - c))", "", a=1000.0, b=500.5, c=500.0)


def entry(cls, chapter, name, formula, wrt, tol, inputs, dtype):
    arrays = {k: numbers(v, dtype) for k, v in inputs.items()}
    value, grad, ndim = textbook.truth(formula, arrays, wrt, evaluator=EXACT)
    limit = textbook.LIMIT[dtype]
    for what, a in [("value", value)] + list(grad.items()):
        for v in a.reshape(-1):
            if mp.isnan(v) or (mp.isfinite(v) and abs(v) > limit):
                raise SystemExit("%s %s: %s does not fit: %s" % (name, dtype, what, mp.nstr(v, 5)))
    return {"id": "%s/%s" % (name, dtype), "class": cls, "chapter": chapter, "formula": formula, "dtype": dtype,
            "tol": tol if dtype == "f32" else 1e-12, "inputs": inputs, "reduce": "sum" if ndim and wrt else None,
            "value": written(value), "grad": {k: written(g) for k, g in grad.items()}}


def main():
    names = [c[2] for c in CASES]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    entries = [entry(*c, dtype) for c in CASES for dtype in ("f32", "f64")]
    with open(os.path.join(HERE, "unseen.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(e) for e in entries) + "\n]\n")
    for cls in ("held", "worked"):
        mine = [e for e in entries if e["class"] == cls and e["dtype"] == "f32"]
        print(cls, len(mine), "formulas,", sum(bool(e["grad"]) for e in mine), "with gradients")


if __name__ == "__main__":
    main()
