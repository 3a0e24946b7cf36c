"""Writes display.json: arrays and what NumPy prints for them. Run: python3 tests/reference/display.py (NumPy 2.4)."""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(20240607)
nan, inf = np.nan, np.inf
f64, f32, f16, c64, c128, i64 = np.float64, np.float32, np.float16, np.complex64, np.complex128, np.int64

arrays = [
    np.array(x, t)
    for t, xs in {
        f64: [
            1.5, 0.0, -0.0, 1 / 3, 1e15, 1e16, 1e-4, 9.9e-5, nan, -inf, 1e300, 5e-324, 123456789.125,
            [1, 2, 3], [1.5, -2.25, 3], [0.1, 0.2, 1 / 3], [], [[]], [1e8, 1], [99999999, 1e5], [1e-4, 0.1], [9e-5, 0.1],
            [0.001, 1], [0.0009, 1], [nan], [inf], [-inf, 1], [nan, 1.5, -inf], [inf, nan], [1e10, nan, -inf], [-0.0, 0.0],
            [1e-320, 1], [1e100, 1e-100], [1e100, 1e5], [123456.78912345678, 1e3], [0.123456785, 0.5], [1e22, 1e23],
            [2.5e-9, 1.0], [1.0000000001, 2], [[1, 2.5], [-3, 1000]], [[1, 2], [3, nan]], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
            [[[[1.5]]]], [1 / 3, 1e5 / 3, 1e3 / 3], [-1, -10, -100], [99999.5, 0.5], [0.5, 1 / 1024, 1 / 2048],
        ],
        f32: [
            0.1, 1e6, 999999, 1e-4, 16777216, 1 / 3, nan, [0.1, 0.2, 1 / 3], [1e6, 1], [999999, 1e3], [0.001, 1], [0.3, 123456.78],
            [1.1754944e-38, 0.1], [0.114932634, 0.1, 1e-5, 1.6777217e16], [nan, 1], [[0.5, 1 / 3], [100, 2 / 3]], [3.4028235e38],
        ],
        f16: [0.1, 65504, 999, 1000, [0.1, 0.25], [12345, 0.1, 1 / 3, 2e-7], [6e-8, 1], [1000], [0.3, 300], [nan, inf, 1]],
        i64: [7, -7, [1, 2, 3], [1, -10, 100], [[1, 20], [300, 4]], [], [9223372036854775807, -9223372036854775808], [[[1], [2]]]],
        np.bool_: [True, False, [True, False], [[True, True], [False, True]], [[True]]],
        c128: [
            1 + 2j, 2j, -1.5e-7 - 2j, 1 / 3 + 1e20j, complex(nan, inf), 0j, [1 + 2j, 0.5 - 1e-9j], [complex(nan, inf), 1 - 2.5j],
            [1j, 1], [[1 + 1j, -2.5j], [100, 0.25 + 0.125j]], [1e10 + 1j], [complex(1, -inf), complex(-inf, nan)],
        ],
        c64: [0.1 + 1e7j, 2j, [0.1 + 0.2j, 1 / 3], [2j]],
    }.items()
    for x in xs
]
arrays += [
    np.arange(1000), np.arange(1001), np.arange(1001.0), np.arange(40.0), np.arange(100) * 1000, np.linspace(0, 1, 30),
    np.arange(2000.0).reshape(2, 1000), np.arange(2000).reshape(1000, 2), np.arange(1200).reshape(10, 10, 12),
    np.arange(64.0).reshape(2, 2, 2, 2, 2, 2), np.arange(1024).reshape(4, 4, 4, 4, 4), np.zeros((0, 3)), np.zeros((2, 0, 3)),
    np.eye(3), np.ones((3, 4), bool), np.arange(1200) % 3 == 0, rng.normal(size=(4, 5)), rng.normal(size=(3, 20)),
    rng.normal(size=(50, 50)), rng.normal(size=30).astype(f32), rng.lognormal(sigma=6, size=(3, 7)),
    rng.lognormal(sigma=6, size=9).astype(f32), rng.normal(size=20).astype(f16), rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)),
    (rng.normal(size=(2, 9)) + 1j * rng.lognormal(sigma=5, size=(2, 9))).astype(c64), rng.integers(-(10**12), 10**12, (4, 8)),
    np.where(rng.random((6, 6)) < 0.2, nan, rng.normal(size=(6, 6))), np.float64(1) / np.arange(1, 40),
    np.arange(1001) + 1j, np.full((7, 7, 7, 7), 0.1), np.arange(28.0).reshape(1, 28) * 1e7,
]
for k in range(60):
    size = int(rng.integers(1, 12))
    exponents = rng.integers(-9, 12, size) if k % 2 else rng.integers(-2, 3, size)
    values = np.round(rng.normal(size=size), int(rng.integers(0, 12))) * 10.0 ** exponents
    arrays.append(values.astype([f64, f32, f16][k % 3]) if abs(values).max() < 6e4 else values)


def number(x):
    """A number as JSON: exact hexadecimal text for floats."""
    if isinstance(x, complex):
        return [float(x.real).hex(), float(x.imag).hex()]
    return float(x).hex() if isinstance(x, float) else x


cases = [
    {"dtype": str(a.dtype), "shape": list(a.shape), "elements": [number(x) for x in a.ravel().tolist()], "text": str(a)}
    for a in arrays
]
path = pathlib.Path(__file__).with_name("display.json")
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases")
