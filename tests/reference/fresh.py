#!/usr/bin/env python3
"""Reference data for a third lot of textbook formulas, written in one go before any of them was run.

    python3 fresh.py                                   (needs mpmath and numpy)

Writes, next to this script, fresh.json, with the fields and conventions of unseen.json (see unseen.py). The score
of the first run stands in tests/textbook.rs; the failures were read only after that.
"""
import functools
import json
import os
import re

from mpmath import mp

import unseen
from textbook import chain, elementwise

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = []

unseen.SPACE.update({
    "log1p": elementwise(lambda a: chain(a, mp.log1p(a.v), 1/(1 + a.v))),
    "max": lambda x: functools.reduce(unseen.larger, list(x)),
    "min": lambda x: -functools.reduce(unseen.larger, list(-x)),
    "arctanh": elementwise(lambda a: chain(a, mp.atanh(a.v), 1/(1 - a.v**2))),
    "arcsin": elementwise(lambda a: chain(a, mp.asin(a.v), 1/mp.sqrt(1 - a.v**2))),
    "arccos": elementwise(lambda a: chain(a, mp.acos(a.v), -1/mp.sqrt(1 - a.v**2) if a.d else mp.mpf(0))),
})


def C(chapter, name, formula, wrt="", tol=1e-5, **inputs):
    used = set(re.findall(r"[A-Za-z_]\w*", formula))
    assert set(inputs) <= used, (name, set(inputs) - used)
    CASES.append(("fresh", chapter, name, formula, wrt.split(), tol, inputs))


H2 = [[2.0, 1.0], [1.0, 3.0]]
S2 = [[2.0, 0.5], [0.5, 1.0]]
# ---- linear algebra
C("linalg", "norm3-tiny", "sum(abs(x)**3)**(1/3)", "x", x=[3e-25, -4e-25, 1e-26])
C("linalg", "norm-p-mean", "mean(abs(x)**p)**(1/p)", x=[3e15, -4e15], p=5.0)
C("linalg", "unit-vector-rows", "X/sqrt(sum(X*X, axis=1, keepdims=True))", X=[[3e25, -4e25], [1e-25, 2e-25]])
C("linalg", "cosine-by-unit-vectors", "sum(x/sqrt(sum(x**2))*(y/sqrt(sum(y**2))))", "x", x=[3e22, 4e22], y=[1e-22, -2e-22])
C("linalg", "cosine-loss-pairs", "mean(1 - sum(a*b, axis=1)/(sqrt(sum(a**2, axis=1))*sqrt(sum(b**2, axis=1))))", a=[[3e20, 4e20], [1e-24, 2e-24]], b=[[1e20, -2e20], [5e-25, -1e-24]])
C("linalg", "mahalanobis-squared", "(x - m) @ inv(S) @ (x - m)", "x", x=[30.0, -20.0], m=[0.5, 1.0], S=S2)
C("linalg", "mahalanobis-tiny", "sqrt((x - m) @ P @ (x - m))", "x", x=[1e-25, -2e-25], m=[3e-25, 1e-25], P=S2)
C("linalg", "rayleigh-normalised", "(x/sqrt(x @ x)) @ A @ (x/sqrt(x @ x))", x=[1e-30, 3e-30], A=H2)
C("linalg", "optimal-step-residual", "(r @ r)/(r @ A @ r)", "r", r=[1e-24, -3e-24], A=H2)
C("linalg", "conjugate-beta", "(s @ s)/(r @ r)", "s", s=[3e-25, 1e-25], r=[4e-25, -2e-25])
C("linalg", "power-step", "(A @ x)/sqrt(sum((A @ x)**2))", x=[1e25, -3e25], A=H2)
C("linalg", "determinant-of-close-rows", "a*d - b*c", "a", a=4097.0, d=4095.0, b=4096.0, c=4096.0)
C("linalg", "cramer", "(e*d - b*f)/(a*d - b*c)", a=4097.0, d=4095.0, b=4096.0, c=4096.0, e=1.0, f=2.0)
C("linalg", "trace-minus-roots", "((a + d) + sqrt((a - d)**2 + 4*b*c))/2", "a", a=1e25, d=-2e25, b=3e24, c=1e24)
C("linalg", "small-eigenvalue", "((a + d) - sqrt((a + d)**2 - 4*(a*d - b*c)))/2", a=1e4, d=1e-3, b=0.5, c=0.5)
C("linalg", "condition-of-diagonal", "max(abs(d))/min(abs(d))", d=[1e-30, -3e-33, 2e-31])
C("linalg", "log-condition", "log(max(abs(d))/min(abs(d)))", d=[1e30, -3e-33, 2e10])
C("linalg", "log-det-diagonal", "log(prod(d**2))", "d", d=[1e-12, -2e-12, 3e-11])
C("linalg", "log-det-by-cholesky", "2*log(prod(l))", "l", l=[1e-15, 2e-15, 3e-16])
C("linalg", "frobenius-squared-root", "sqrt(trace(A @ A.T))", A=[[1e-25, 2e-25], [3e-25, -1e-25]])
C("linalg", "frobenius-distance-mean", "sqrt(mean((A - B)**2))", A=[[1e22, 2e22], [3e22, 4e22]], B=[[2e22, 1e22], [1e22, 1e21]])
C("linalg", "reflection", "x - 2*(v @ x)/(v @ v)*v", x=[1.0, 2.0], v=[1e-24, 2e-24])
C("linalg", "gram-schmidt-step", "b - (a @ b)/(a @ a)*a", a=[1e22, 2e22], b=[3.0, -1.0])
C("linalg", "normal-equations-1", "(x @ y)/(x @ x)", "y", x=[1e-25, 2e-25, 3e-25], y=[2e-25, 3e-25, 7e-25])
C("linalg", "slope-by-deviations", "sum((x - mean(x))*(y - mean(y)))/sum((x - mean(x))**2)", x=[1e-24, 2e-24, 4e-24], y=[1e-24, 3e-24, 7e-24])
C("linalg", "slope-by-sums", "(3*sum(x*y) - sum(x)*sum(y))/(3*sum(x**2) - sum(x)**2)", x=[10000.0, 10001.0, 10003.0], y=[1.0, 2.0, 5.0])
C("linalg", "distance-matrix", "sqrt(sum((X[:, None, :] - Y[None, :, :])**2, axis=2))", X=[[3e25, 1e25], [1e-25, 0.0]], Y=[[1e25, 1e25], [0.0, 2e-25]])
C("linalg", "rbf-expanded", "exp(-g*(x @ x - 2*(x @ y) + y @ y))", x=[1000.0, 1000.25], y=[1000.125, 1000.0], g=2.0)
C("linalg", "angle-between", "arccos(sum(x*y)/sqrt(sum(x**2)*sum(y**2)))", x=[3e22, 4e22], y=[1e22, -2e22])
C("linalg", "complex-modulus-reciprocal", "1/sqrt(a**2 + b**2)", "a b", a=3e25, b=-4e25)
C("linalg", "complex-quotient-real", "(a*c + b*d)/(c**2 + d**2)", a=1e25, b=2e25, c=3e25, d=4e25)
C("linalg", "log-modulus", "0.5*log(a**2 + b**2)", "a b", a=3e-25, b=4e-25)
# ---- probability
C("prob", "gauss-product", "log(exp(-(x - a)**2/(2*s**2))*exp(-(x - b)**2/(2*t**2)))", "x", x=30.0, a=1.0, s=1.5, b=-2.0, t=0.5)
C("prob", "gauss-likelihood-mean", "mean(log(1/sqrt(2*pi*v)*exp(-(x - m)**2/(2*v))))", "m v", x=[30.0, -25.0, 2.0], m=0.5, v=1.5)
C("prob", "gauss-mixture-temper", "-log(sum(w/s*exp(-0.5*((x - m)/s)**2)))", "x", x=80.0, w=[0.25, 0.75], s=[1.0, 2.0], m=[-1.0, 3.0])
C("prob", "laplace-mixture", "log(sum(w/(2*b)*exp(-abs(x - m)/b)))", "x w", x=300.0, w=[0.5, 0.5], b=[1.0, 1.25], m=[0.0, 2.0])
C("prob", "logistic-mixture", "log(sum(w*exp(-(x - m)/s)/(s*(1 + exp(-(x - m)/s))**2)))", "x", x=-300.0, w=[0.25, 0.75], m=[0.0, 1.0], s=[1.0, 1.5])
C("prob", "two-component-posterior", "p*exp(-(x - a)**2/2)/(p*exp(-(x - a)**2/2) + (1 - p)*exp(-(x - b)**2/2))", "x", x=30.0, a=1.0, b=1.125, p=0.25)
C("prob", "posterior-odds", "log(p*exp(a)/((1 - p)*exp(b)))", "p a", p=1e-10, a=-300.0, b=-310.0)
C("prob", "bayes-products", "p*prod(a)/(p*prod(a) + (1 - p)*prod(b))", p=0.25, a=[1e-10, 2e-12, 3e-15, 1e-9], b=[2e-10, 1e-12, 3e-15, 2e-9])
C("prob", "naive-bayes-rows", "q*prod(T**x, axis=1)/sum(q*prod(T**x, axis=1))", q=[0.5, 0.5], T=[[1e-10, 2e-10, 3e-10], [2e-10, 1e-10, 2e-10]], x=[2.0, 1.0, 2.0])
C("prob", "bayes-rare", "s*p/(s*p + (1 - c)*(1 - p))", "p", s=0.99, c=0.99999994, p=1e-30)
C("prob", "student-5", "log(gamma(3)/(sqrt(5*pi)*gamma(2.5))*(1 + x**2/5)**(-3))", "x", x=[1e15, 0.5, -3.0])
C("prob", "student-scaled", "-(n + 1)/2*log(1 + ((x - m)/s)**2/n)", "x m", x=[1e25, 2.0], m=0.5, s=1.5, n=4.0)
C("prob", "exponential-joint", "log(prod(l*exp(-l*x)))", "l", l=2.0, x=[100.0, 50.0, 1.0])
C("prob", "laplace-joint", "log(prod(exp(-abs(x - m)/b)/(2*b)))", "b", x=[100.0, -50.0, 1.0], m=0.5, b=0.75)
C("prob", "poisson-many", "sum(log(exp(-l)*l**k/gamma(k + 1)))", "l", l=60.0, k=[70.0, 55.0, 0.0])
C("prob", "poisson-zero-rate", "k*log(l) - l", "l", l=[3.0, 150.0], k=[0.0, 120.0])
C("prob", "binomial-tail-free", "log(p**k*(1 - p)**(n - k))", "p", p=1e-12, k=30.0, n=100.0)
C("prob", "binomial-choose", "gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))*p**k*(1 - p)**(n - k)", n=100.0, k=40.0, p=0.375)
C("prob", "beta-unnormalised", "log(x**(a - 1)*(1 - x)**(b - 1))", "x", x=1e-10, a=40.0, b=3.0)
C("prob", "gamma-shape-scale", "log(x**(k - 1)*exp(-x/t)/(t**k*gamma(k)))", "t", x=[90.0, 20.0], k=50.0, t=1.5)
C("prob", "von-mises-sum", "log(sum(exp(k*cos(t - m))))", "k", k=300.0, t=[0.25, 0.5, 3.0], m=0.375)
C("prob", "geometric-log", "log((1 - p)**(k - 1)*p)", "p", p=1e-12, k=50.0)
C("prob", "negative-binomial-mean", "log((r/(r + m))**r*(m/(r + m))**k)", "m", r=1e8, m=3.0, k=5.0)
C("prob", "weibull-survival", "1 - exp(-(x/l)**k)", x=[1e-4, 2.0], l=1.5, k=2.0)
C("prob", "gumbel-cdf-log", "log(exp(-exp(-(x - m)/b)))", "x", x=[-3.0, 300.0], m=0.5, b=1.25)
C("prob", "probit-ratio", "exp(-x**2/2)/sqrt(2*pi)/(0.5*(1 + erf(x/sqrt(2))))", x=[-9.0, -20.0, 1.0])
C("prob", "truncated-normal", "log(exp(-x**2/2)/sqrt(2*pi)/(1 - 0.5*(1 + erf(a/sqrt(2)))))", "x", x=21.0, a=20.0)
C("prob", "student-normal-limit", "(1 + x**2/n)**(-(n + 1)/2)", x=[1.5, 3.0], n=1e9)
C("prob", "precision-weighted-mean", "(a/s**2 + b/t**2)/(1/s**2 + 1/t**2)", a=1.0, s=1e-25, b=2.0, t=2e-25)
C("prob", "posterior-variance", "1/(1/s**2 + n/t**2)", s=1e-24, n=5.0, t=2e22)
C("prob", "variance-one-pass-n1", "(sum(x**2) - sum(x)**2/4)/3", "x", x=[20000.0, 20001.0, 20003.0, 20002.0])
C("prob", "variance-mean-of-squares", "mean(x*x) - mean(x)*mean(x)", "x", x=[1000.25, 1000.5, 1000.125, 1001.0])
C("prob", "std-sample", "sqrt(sum((x - mean(x))**2)/3)", "x", x=[1e25, 3e25, -2e25, 5e24])
C("prob", "z-score-constant-shift", "(x - mean(x))/sqrt(mean((x - mean(x))**2))", x=[1e-30, 3e-30, 2e-30])
C("prob", "coefficient-of-variation", "sqrt(mean(x**2) - mean(x)**2)/mean(x)", x=[10000.0, 10001.0, 10003.0])
C("prob", "correlation-by-sums", "(4*sum(x*y) - sum(x)*sum(y))/(sqrt(4*sum(x**2) - sum(x)**2)*sqrt(4*sum(y**2) - sum(y)**2))", x=[10000.0, 10001.0, 10003.0, 10002.0], y=[5000.5, 5001.0, 5002.0, 5002.5])
C("prob", "weighted-covariance", "sum(w*x*y)/sum(w) - sum(w*x)/sum(w)*(sum(w*y)/sum(w))", w=[1.0, 2.0, 1.0], x=[10000.0, 10001.0, 10003.0], y=[5000.5, 5001.0, 5002.0])
C("prob", "skewness", "mean((x - mean(x))**3)/mean((x - mean(x))**2)**1.5", x=[1e-20, 3e-20, 2e-20, 8e-20])
C("prob", "kurtosis", "mean((x - mean(x))**4)/mean((x - mean(x))**2)**2", x=[1e15, 3e15, 2e15, 8e15])
C("prob", "mvn-precision-diag", "log(prod(sqrt(b/(2*pi)))*exp(-0.5*sum(b*(x - m)**2)))", "x b", b=[1e-10, 2e-12, 3.0], x=[30.0, -20.0, 25.0], m=[0.0, 1.0, 2.0])
C("prob", "mvn-log-ratio", "log(exp(-0.5*(x - a) @ P @ (x - a))/exp(-0.5*(x - b) @ P @ (x - b)))", "a", x=[30.0, -20.0], a=[1.0, 0.5], b=[0.5, 1.0], P=S2)
C("prob", "hmm-forward-two-steps", "log(sum(((p*a) @ T*b) @ T*c))", "p", p=[0.25, 0.75], a=[1e-15, 2e-15], T=[[0.75, 0.25], [0.5, 0.5]], b=[1e-15, 3e-16], c=[2e-15, 1e-14])
C("prob", "markov-chain-likelihood", "log(p*prod(t))", "p", p=1e-10, t=[1e-12, 2e-11, 1e-10, 3e-12])
C("prob", "crf-score", "log(exp(s)/sum(exp(a[:, None] + T + b[None, :])))", "a", s=500.0, a=[200.0, 210.0], T=[[100.0, -50.0], [80.0, 95.0]], b=[190.0, 205.0])
C("prob", "noisy-or", "1 - prod(1 - p)", "p", p=[1e-10, 2e-10, 3e-9])
C("prob", "log-noisy-or", "log(1 - prod(1 - p))", p=[1e-10, 2e-10, 3e-9])
C("prob", "birthday", "1 - exp(-n*(n - 1)/(2*d))", n=30.0, d=1e12)
C("prob", "reparametrised-kl", "-0.5*sum(1 + log(s**2) - m**2 - s**2)", "m s", m=[1e-3, 0.5], s=[1e-25, 2.0])
C("prob", "kl-normal-log", "log(t/s) + (s**2 + (m - n)**2)/(2*t**2) - 1/2", "s t", s=1e-25, t=2.0, m=1.0, n=0.5)
C("prob", "elbo-two-logs", "log(exp(-(x - z)**2/2)*exp(-z**2/2)/exp(-(z - m)**2/(2*v)))", "z", x=40.0, z=20.0, m=19.0, v=0.5)
C("prob", "logit-of-ratio", "log((p/(1 - p))/(q/(1 - q)))", "p", p=1e-30, q=0.99999994)
C("prob", "logit-of-sigmoid", "log(1/(1 + exp(-x))/(1 - 1/(1 + exp(-x))))", "x", x=[60.0, -110.0, 0.5])
C("prob", "beta-binomial-mean-log", "log(a/(a + b))", "a", a=1e-30, b=1e30)
# ---- information
C("info", "softmax-scaled", "exp(b*x)/sum(exp(b*x))", b=50.0, x=[3.0, 3.0625, -1.0])
C("info", "softmax-power", "p**(1/T)/sum(p**(1/T))", p=[1e-30, 2e-30, 1e-31], T=0.25)
C("info", "softmax-base-2", "2**x/sum(2**x)", x=[1000.0, 1001.0, 998.0])
C("info", "softmax-of-logs", "exp(log(p) - log(q))/sum(exp(log(p) - log(q)))", p=[1e-30, 2e-30], q=[3e-10, 1e-10])
C("info", "softmax-jacobian-diag", "exp(x)/sum(exp(x))*(1 - exp(x)/sum(exp(x)))", x=[50.0, 10.0, -20.0])
C("info", "masked-softmax", "exp(x)*m/sum(exp(x)*m)", x=[1000.0, 990.0, 2000.0], m=[1.0, 1.0, 0.0])
C("info", "log-mean-exp-rows", "log(mean(exp(x), axis=1))", "x", x=[[1000.0, 1001.0], [-1000.0, -999.0]])
C("info", "log-sum-exp-minus-mean", "log(sum(exp(x))) - mean(x)", "x", x=[1000.0, 1001.0, 1002.0])
C("info", "log-sum-exp-pairs", "log(sum(exp(a + b)))", "a", a=[300.0, 299.0], b=[500.0, 502.0])
C("info", "log-sum-exp-negated", "-log(sum(exp(-x)))", "x", x=[800.0, 801.0, 799.0])
C("info", "log-exp-minus-one-sum", "log(exp(a) + exp(b) - 1)", a=400.0, b=399.0)
C("info", "smooth-max-weighted", "sum(x*exp(a*x))/sum(exp(a*x))", "x", x=[3.0, 3.125, -2.0], a=300.0)
C("info", "entropy-softmax-base-2", "-sum(exp(x)/sum(exp(x))*log2(exp(x)/sum(exp(x))))", x=[500.0, 499.0, 300.0])
C("info", "entropy-unnormalised", "log(sum(c)) - sum(c*log(c))/sum(c)", c=[0.0, 3e30, 1e30])
C("info", "entropy-bernoulli-base-2", "-p*log2(p) - (1 - p)*log2(1 - p)", p=[0.0, 1e-10, 1.0])
C("info", "kl-softmax-to-target", "sum(p*(log(p) - log(exp(z)/sum(exp(z)))))", "z", p=[0.0, 0.25, 0.75], z=[300.0, -200.0, 10.0])
C("info", "kl-bernoulli-logits", "1/(1 + exp(-a))*log((1/(1 + exp(-a)))/(1/(1 + exp(-b)))) + (1 - 1/(1 + exp(-a)))*log((1 - 1/(1 + exp(-a)))/(1 - 1/(1 + exp(-b))))", a=[60.0, -0.5], b=[40.0, -120.0])
C("info", "js-bernoulli", "0.5*(p*log(p/((p + q)/2)) + q*log(q/((p + q)/2)))", p=[0.0, 1.0], q=[1.0, 1.0])
C("info", "kl-categorical-eps", "sum(p*log(p/q)) + sum((1 - p)*log((1 - p)/(1 - q)))", p=[0.0, 1.0], q=[1e-20, 0.75])
C("info", "mutual-information-logs", "sum(P*(log(P) - log(sum(P, axis=1, keepdims=True)) - log(sum(P, axis=0, keepdims=True))))", P=[[0.0, 0.25], [0.5, 0.25]])
C("info", "information-gain", "-sum(p*log2(p)) + w*sum(q*log2(q)) + (1 - w)*sum(r*log2(r))", p=[0.5, 0.5], q=[1.0, 0.0], r=[0.25, 0.75], w=0.25)
C("info", "self-information-bits", "-log2(p**n)", "p", p=1e-20, n=5.0)
C("info", "perplexity-mean-log2", "2**(-mean(log2(p)))", "p", p=[1e-12, 1e-9, 2e-11])
C("info", "perplexity-geometric", "1/prod(p)**(1/4)", "p", p=[1e-12, 1e-9, 2e-11, 3e-10])
C("info", "cross-entropy-sequence", "-mean(log(sum(y*(exp(z)/sum(exp(z), axis=1, keepdims=True)), axis=1)))", "z", y=[[0.0, 1.0], [1.0, 0.0]], z=[[300.0, 100.0], [-5.0, 120.0]])
C("info", "binary-focal", "-(1 - p)**2*log(p)", "p", p=[1e-30, 0.9999999, 0.5])
C("info", "focal-logits", "-(1/(1 + exp(z)))**2*log(1/(1 + exp(-z)))", "z", z=[50.0, -120.0, 0.5])
C("info", "label-smoothing-binary", "-((1 - e)*log(1/(1 + exp(-z))) + e*log(1 - 1/(1 + exp(-z))))", "z", e=0.125, z=[120.0, -110.0])
C("info", "info-nce-cosine", "-log(exp(u @ v/t)/(exp(u @ v/t) + sum(exp(W @ u/t))))", "u", u=[0.6, 0.8], v=[0.8, 0.6], W=[[1.0, 0.0], [0.0, 1.0], [-0.6, 0.8]], t=0.0078125)
C("info", "triplet-soft", "log(1 + exp(d - e))", "d", d=[300.0, 0.5], e=[100.0, 200.0])
C("info", "contrastive-hinge", "maximum(0, m - sqrt(sum((x - y)**2)))**2", "x", x=[1e-25, 3e-25], y=[2e-25, 1e-25], m=1.0)
C("info", "hinge-large", "maximum(0, 1 - y*z)", "z", y=[1.0, -1.0], z=[1e38, 3e38])
C("info", "distillation", "-sum(exp(a/T)/sum(exp(a/T))*log(exp(b/T)/sum(exp(b/T))))", "b", a=[30.0, 29.5, -10.0], b=[5.0, 40.0, 39.0], T=0.0625)
C("info", "attention-row-max", "exp(s/sqrt(d))/sum(exp(s/sqrt(d)), axis=1, keepdims=True)", s=[[900.0, 901.0], [-900.0, -905.0]], d=64.0)
C("info", "two-way-contrast", "-log(exp(a)/(exp(a) + exp(b) + exp(c)))", "a b", a=-300.0, b=200.0, c=190.0)
C("info", "dice-log", "log(2*sum(p*q)/(sum(p) + sum(q)))", "p", p=[1e-30, 2e-30], q=[3e-30, 1e-30])
# ---- numerics
C("numerics", "log-two-terms", "log(x + 1e-20) - log(x)", x=[1.0, 1e-10])
C("numerics", "log1p-difference", "log(1 + x) - log(1 - x)", "x", x=[1e-10, 1e-5, 0.5])
C("numerics", "log-of-one-minus-product", "log((1 - a)*(1 - b))", "a", a=1e-10, b=2e-10)
C("numerics", "exp-minus-one-minus-x", "exp(x) - 1 - x", x=[1e-3, 1e-5, 2.0])
C("numerics", "taylor-remainder-log", "log(1 + x) - x", x=[1e-3, 1e-5, 0.5])
C("numerics", "taylor-remainder-sin", "x - sin(x)", x=[1e-3, 1e-2, 0.5])
C("numerics", "taylor-remainder-cos", "1 - x**2/2 - cos(x)", x=[1e-2, 0.1, 1.0])
C("numerics", "exp-over-small", "(exp(2*x) - 1)/(2*x)", x=[1e-9, 1e-5, 2.0])
C("numerics", "one-minus-exp-over", "(1 - exp(-x))/x", "x", x=[1e-7, 1e-3, 2.0])
C("numerics", "sinc-derivative-form", "(x*cos(x) - sin(x))/x**2", x=[1e-3, 1e-2, 1.0])
C("numerics", "sinc-squared", "(sin(x)/x)**2", "x", x=[1e-5, 0.5])
C("numerics", "tanc", "tan(x)/x", x=[1e-20, 0.5])
C("numerics", "sinh-over-x", "(exp(x) - exp(-x))/(2*x)", x=[1e-7, 0.5])
C("numerics", "root-one-plus-minus-one-over", "(sqrt(1 + x) - 1)/x", x=[1e-7, 1e-4, 2.0])
C("numerics", "cube-root-difference", "(x + 1)**(1/3) - x**(1/3)", x=[1e6, 1e8])
C("numerics", "power-difference", "(x + h)**3 - x**3", "h", x=100.0, h=1e-5)
C("numerics", "sqrt-product-difference", "sqrt(x*x + 1) - sqrt(x*x - 1)", x=[1e3, 1e4])
C("numerics", "x-minus-root-of-square", "sqrt(x**2 + c) - x", "c", x=1e4, c=0.5)
C("numerics", "cos-difference", "cos(a) - cos(b)", a=1.0, b=1.0000001)
C("numerics", "cosine-of-sum-difference", "cos(x + h) - cos(x)", "h", x=0.5, h=1e-7)
C("numerics", "exp-difference-quotient", "(exp(x + h) - exp(x))/h", x=1.0, h=1e-7)
C("numerics", "log-difference-quotient", "(log(x + h) - log(x))/h", x=3.0, h=1e-7)
C("numerics", "sin-central-difference", "(sin(x + h) - sin(x - h))/(2*h)", x=1.0, h=1e-6)
C("numerics", "square-difference-quotient", "((x + h)**2 - x**2)/h", x=1000.0, h=1e-5)
C("numerics", "reciprocal-quotient", "(1/(x + h) - 1/x)/h", x=3.0, h=1e-7)
C("numerics", "root-difference-quotient", "(sqrt(x + h) - sqrt(x))/h", x=3.0, h=1e-7)
C("numerics", "quadratic-root-half", "-p/2 + sqrt((p/2)**2 - q)", p=1e4, q=1.0)
C("numerics", "quadratic-root-huge", "(-b - sqrt(b**2 - 4*a*c))/(2*a)", a=1e25, b=3e25, c=1e25)
C("numerics", "citardauq", "2*c/(-b - sqrt(b**2 - 4*a*c))", a=1.0, b=-1e4, c=1.0)
C("numerics", "pythagoras-leg", "sqrt(c**2 - b**2)", "c", c=10000.0005, b=10000.0)
C("numerics", "pythagoras-leg-huge", "sqrt(c**2 - b**2)", c=5e25, b=4e25)
C("numerics", "heron-needle", "sqrt(s*(s - a)*(s - b)*(s - c))", s=1e12, a=9e11, b=8e11, c=3e11)
C("numerics", "harmonic-weighted", "sum(w)/sum(w/x)", w=[1.0, 2.0], x=[1e-39, 3e-39])
C("numerics", "f1-score", "2*p*r/(p + r)", "p", p=1e-30, r=3e-30)
C("numerics", "parallel-resistors", "a*b/(a + b)", "a b", a=1e30, b=2e30)
C("numerics", "geometric-mean-of-three", "(a*b*c)**(1/3)", "a", a=1e20, b=2e20, c=3e-30)
C("numerics", "geometric-mean-by-logs", "exp(mean(log(x)))", "x", x=[1e-30, 2e20, 3e10])
C("numerics", "log-geometric-mean", "log(prod(x)**(1/3))", "x", x=[1e-20, 2e-20, 3e-20])
C("numerics", "log-cosh-difference", "log(cosh(a)) - log(cosh(b))", "a", a=500.0, b=499.0)
C("numerics", "tanh-from-exp-minus", "(1 - exp(-2*x))/(1 + exp(-2*x))", "x", x=[1e-8, -200.0, 0.5])
C("numerics", "arctanh-form", "log((1 + x)/(1 - x))/2", "x", x=[1e-10, 0.99999994, -0.5])
C("numerics", "arcsinh-scaled", "log(x/a + sqrt((x/a)**2 + 1))", "x", x=[-1e4, 1e-8, 3.0], a=0.5)
C("numerics", "coth-minus-one", "1/tanh(x) - 1", x=[20.0, 40.0, 0.5])
C("numerics", "sech", "2/(exp(x) + exp(-x))", "x", x=[60.0, -70.0, 0.5])
C("numerics", "cosech-squared", "1/sinh(x)**2", x=[60.0, 0.5])
C("numerics", "swish-beta", "x/(1 + exp(-b*x))", "x", x=[200.0, -60.0], b=2.0)
C("numerics", "gelu-positive-slope", "0.5*(1 + erf(x/sqrt(2))) + x*exp(-x**2/2)/sqrt(2*pi)", x=[-6.0, -3.0, 2.0])
C("numerics", "softplus-inverse-scaled", "log(exp(b*x) - 1)/b", x=[30.0, 1e-9], b=5.0)
C("numerics", "softplus-minus-x", "log(1 + exp(x)) - x", "x", x=[60.0, -60.0])
C("numerics", "momentum-correction", "m/(1 - b**t)", m=1e-7, b=0.99999994, t=1.0)
C("numerics", "adam-ratio", "(m/(1 - a**t))/(sqrt(v/(1 - b**t)) + e)", m=1e-8, a=0.9, v=1e-30, b=0.999, t=1.0, e=1e-12)
C("numerics", "decay-compound", "(1 - l)**n", "l", l=1e-9, n=1e9)
C("numerics", "interest-continuous-gap", "exp(r) - (1 + r/n)**n", r=0.05, n=1e6)
C("numerics", "annuity-factor", "r/(1 - (1 + r)**(-n))", r=1e-9, n=24.0)
C("numerics", "effective-rate", "(1 + r/12)**12 - 1", "r", r=1e-8)
C("numerics", "log-return", "log(b/a)", "a", a=1e10, b=10000001024.0)
C("numerics", "newton-step", "x - (x**2 - a)/(2*x)", x=1e25, a=3e38)
C("numerics", "newton-logistic", "(1/(1 + exp(-x)) - y)/(1/(1 + exp(-x))*(1 - 1/(1 + exp(-x))))", x=[-40.0, 30.0], y=[0.0, 1.0])
C("numerics", "batch-norm-one-pass", "(x - mean(x))/sqrt(mean(x**2) - mean(x)**2)*g + b", x=[10000.0, 10001.0, 10003.0], g=2.0, b=0.5)
C("numerics", "layer-norm-huge", "(x - mean(x))/sqrt(mean((x - mean(x))**2) + 1e-5)", x=[1e25, -2e25, 3e25])
C("numerics", "rms-norm-tiny", "x/sqrt(mean(x**2))", "x", x=[1e-25, -2e-25, 3e-25])
C("numerics", "group-mean-of-large", "sum(x)/3", "x", x=[3e38, 3e38, 3e38])
C("numerics", "weighted-mean-huge", "sum(w*x)/sum(w)", "x", w=[1e25, 3e25], x=[2e20, 3e20])
C("numerics", "linear-interpolation", "a + t*(b - a)", a=3e38, b=-3e38, t=0.5)
C("numerics", "ratio-of-products", "(a*b)/(c*d)", "a", a=1e30, b=1e20, c=2e25, d=1e24)
C("numerics", "scaled-square-ratio", "(a/b)**2", a=1e-30, b=2e-30)
C("numerics", "square-over", "a**2/b", "a", a=1e25, b=1e20)
C("numerics", "relative-error", "abs(a - b)/maximum(abs(a), abs(b))", a=3e38, b=-3e38)
C("numerics", "pearson-term", "(o - e)**2/e", "o", o=1e-25, e=3e-25)
C("numerics", "relu-log", "log(maximum(x, 0) + 1)", "x", x=[1e-10, -3.0, 5.0])
C("numerics", "where-guarded-ratio", "sum(where(b == 0, 0*a, a/b))", "a b", a=[1.0, 2.0], b=[0.0, 4.0])
C("numerics", "where-guarded-root", "sum(where(x > 0, sqrt(x), 0*x)*y)", "x", x=[0.0, -4.0, 9.0], y=[1.0, 2.0, 3.0])
C("numerics", "abs-by-root-gradient", "sum(sqrt(x**2))", "x", x=[1e-30, -2.0, 3e25])
C("numerics", "power-of-e-product", "exp(a)*exp(b)*exp(c)", "a", a=600.0, b=-700.0, c=95.0)
C("numerics", "log-of-power-product", "log(a**m*b**n)", "a b", a=1e20, b=1e-15, m=5.0, n=7.0)
C("numerics", "compound-log", "n*log(1 + r/n)", "r", r=0.05, n=1e9)
C("numerics", "entropy-limit", "x*log(x)", x=[0.0, 1e-30, 2.0])


def main():
    names = [c[2] for c in CASES]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    entries, bad = [], []
    for c in CASES:
        for dtype in ("f32", "f64"):
            try:
                entries.append(unseen.entry(*c, dtype))
            except (SystemExit, Exception) as e:
                bad.append("%s %s: %r" % (c[2], dtype, e))
    assert not bad, "\n".join(bad)
    with open(os.path.join(HERE, "fresh.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(e) for e in entries) + "\n]\n")
    mine = [e for e in entries if e["dtype"] == "f32"]
    print(len(mine), "formulas,", sum(bool(e["grad"]) for e in mine), "with gradients")


if __name__ == "__main__":
    main()
