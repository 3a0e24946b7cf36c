"""Writes g_test.csv: the G statistic of tables of counts, its degrees of freedom and p-value by mpmath.

usage: python3 g_test.py > g_test.csv
Lines are `rows;strata;counts;G;degrees;p`: counts are of z, then x (rows), then y.
"""
from mpmath import gammainc, gamma, log, mp, mpf

mp.dps = 40
print("# made by g_test.py")
for tables in [[[[10, 20], [30, 5]]], [[[12, 7, 9], [8, 11, 10]]], [[[500, 510], [495, 505]]], [[[3, 0], [0, 4]]],
               [[[20, 5], [4, 11]], [[9, 9], [10, 8]]], [[[1, 2, 3], [4, 5, 6], [7, 8, 90]], [[5, 5, 5], [5, 6, 5], [5, 5, 5]]],
               [[[300, 10], [20, 400]]]]:
    g = mpf(0)
    for t in tables:
        n = sum(map(sum, t))
        for i, row in enumerate(t):
            for j, c in enumerate(row):
                if c:
                    g += 2 * c * log(mpf(c) * n / (sum(row) * sum(r[j] for r in t)))
    rows, columns = len(tables[0]), len(tables[0][0])
    k = (rows - 1) * (columns - 1) * len(tables)
    p = gammainc(mpf(k) / 2, g / 2) / gamma(mpf(k) / 2)
    counts = " ".join(str(c) for t in tables for row in t for c in row)
    print(f"{rows};{len(tables)};{counts};{float(g)!r};{k};{float(p)!r}")
