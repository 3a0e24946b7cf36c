"""Prints how many digits exact arithmetic on the f64 nearest the data has of NIST's certified univariate values.

usage: python3 nist_univariate.py FOLDER        (the folder of the .dat files)
No program that reads the data as f64 can have more of them; tests/sample_statistics.rs asks for no fewer.
"""
import re
import sys
from fractions import Fraction

from mpmath import log10, mp, mpf, sqrt

mp.dps = 40


def digits(value, text):
    error = abs(value - mpf(text)) / abs(mpf(text))
    return 15.0 if error < mpf(10) ** -15 else float(-log10(error))


for name in "Lew Lottery Mavro Michelso NumAcc1 NumAcc2 NumAcc3 NumAcc4".split():
    lines = open(f"{sys.argv[1]}/{name}.dat").read().splitlines()
    start = max(i for i, line in enumerate(lines) if line.startswith("---"))
    certified = {}
    for line in lines[:start]:
        m = re.match(r"Sample (Mean|Standard|Auto).*:\s*(-?[\d.]+)", line.strip())
        if m:
            certified[m[1]] = m[2]
    y = [Fraction(float(x)) for line in lines[start + 1:] for x in line.split()]
    n = len(y)
    mean = sum(y) / n
    total = sum((v - mean) ** 2 for v in y)
    lag = sum((a - mean) * (b - mean) for a, b in zip(y, y[1:]))
    number = lambda f: mpf(f.numerator) / f.denominator
    found = [digits(number(mean), certified["Mean"]), digits(sqrt(number(total / (n - 1))), certified["Standard"]),
             digits(number(lag / total), certified["Auto"])]
    print(name, n, certified, [round(d, 1) for d in found])
