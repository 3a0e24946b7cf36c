"""Writes networks.csv: posteriors in asia and alarm from exact fractions, by programs that share nothing with the crate.

usage: python3 networks.py > networks.csv        (in tests/reference; reads ../../datasets/*.bif)
asia: every posterior is a sum over all 256 states. alarm: tables are summed out by bucket in the order of most children
last (another order than min-fill), over fractions; each answer is found again in a second, random order.
Lines are `network;variable;evidence;P(evidence);probabilities`, numbers rounded once to f64.
"""
import itertools
import random
import re
from fractions import Fraction


def read(path):
    text = open(path).read()
    states = {m[1]: [s.strip() for s in m[2].split(",")]
              for m in re.finditer(r"variable (\w+) \{\s*type discrete \[ \d+ \] \{([^}]*)\}", text)}
    tables = {}
    for m in re.finditer(r"probability \(([^)]*)\) \{(.*?)\n\}", text, re.S):
        head, body = m[1], m[2]
        child, _, parents = (p.strip() for p in head.partition("|"))
        parents = [p.strip() for p in parents.split(",") if p.strip()]
        rows = {}
        for line in body.strip().splitlines():
            key, numbers = re.match(r"\s*(?:table|\((.*?)\))\s*(.*);", line).groups()
            key = tuple(k.strip() for k in key.split(",")) if key else ()
            p = [Fraction(x.strip()) for x in numbers.split(",")]
            rows[key] = [x / sum(p) for x in p]
        table = {}
        for key, p in rows.items():
            for s, x in zip(states[child], p):
                table[key + (s,)] = x
        tables[child] = (parents + [child], table)
    return states, tables


def brute(states, tables, target, evidence):
    names = list(states)
    found = {s: Fraction(0) for s in states[target]}
    for values in itertools.product(*(states[n] for n in names)):
        world = dict(zip(names, values))
        if any(world[k] != v for k, v in evidence.items()):
            continue
        p = Fraction(1)
        for vars_, table in tables.values():
            p *= table[tuple(world[v] for v in vars_)]
        found[world[target]] += p
    return found


def buckets(states, tables, target, evidence, order):
    factors = []
    for vars_, table in tables.values():
        keep = [i for i, v in enumerate(vars_) if v not in evidence]
        t = {tuple(k[i] for i in keep): p for k, p in table.items()
             if all(v not in evidence or evidence[v] == k[i] for i, v in enumerate(vars_))}
        factors.append(([vars_[i] for i in keep], t))
    for x in order:
        if x == target or x in evidence:
            continue
        inside = [f for f in factors if x in f[0]]
        factors = [f for f in factors if x not in f[0]]
        out_vars = sorted({v for f in inside for v in f[0]} - {x})
        out = {}
        for values in itertools.product(*(states[v] for v in out_vars)):
            world = dict(zip(out_vars, values))
            total = Fraction(0)
            for s in states[x]:
                world[x] = s
                p = Fraction(1)
                for vars_, t in inside:
                    p *= t[tuple(world[v] for v in vars_)]
                    if not p:
                        break
                total += p
            out[values] = total
        factors.append((out_vars, out))
    found = {}
    for s in states[target]:
        p = Fraction(1)
        for vars_, t in factors:
            p *= t[(s,) if vars_ else ()]
        found[s] = p
    return found


def line(name, states, target, evidence, found):
    total = sum(found.values())
    given = " ".join(f"{k}={v}" for k, v in evidence.items())
    share = " ".join(repr(float(found[s] / total)) for s in states[target]) if total else "impossible"
    print(f"{name};{target};{given};{float(total)!r};{share}")


print("# made by networks.py")
states, tables = read("../../datasets/asia.bif")
for evidence in [{}, {"asia": "yes"}, {"xray": "yes"}, {"dysp": "yes", "smoke": "no"}, {"xray": "yes", "asia": "yes", "bronc": "no"},
                 {"either": "no", "dysp": "no"}, {"lung": "yes", "either": "no"}, {"tub": "yes", "lung": "no", "xray": "no"}]:
    for target in states:
        if target not in evidence:
            line("asia", states, target, evidence, brute(states, tables, target, evidence))

states, tables = read("../../datasets/alarm.bif")
children = {n: sum(n in vars_[:-1] for vars_, _ in tables.values()) for n in states}
degree = {n: len({v for vars_, _ in tables.values() if n in vars_ for v in vars_}) for n in states}
order = sorted(states, key=lambda n: (degree[n], children[n], n))
shuffled = random.Random(1)
for evidence in [{}, {"HRBP": "HIGH", "BP": "LOW"}, {"CVP": "HIGH", "PCWP": "LOW"}, {"EXPCO2": "ZERO", "PRESS": "HIGH", "MINVOL": "ZERO"},
                 {"HISTORY": "TRUE", "STROKEVOLUME": "LOW", "HREKG": "LOW", "SAO2": "LOW", "MINVOLSET": "LOW"},
                 {"KINKEDTUBE": "TRUE", "DISCONNECT": "TRUE", "PRESS": "ZERO", "ERRCAUTER": "TRUE", "HRSAT": "HIGH"}]:
    for i, target in enumerate(n for n in states if n not in evidence):
        found = buckets(states, tables, target, evidence, order)
        if i % 12 == 0:
            near = sorted(order, key=lambda n: order.index(n) + shuffled.randrange(6))
            assert found == buckets(states, tables, target, evidence, near)
        line("alarm", states, target, evidence, found)
