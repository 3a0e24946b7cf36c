"""The rows that NumPy has an answer to, in turn with the benchmark's own process.

Run `cargo build --release` in this folder first, then `python3 numpy_rows.py`. Each row runs NumPy, then Gradus, three
times over, and prints the medians and their ratio. SciPy, JAX and PyTorch are named where they are installed.
"""

import importlib.util
import os
import statistics
import subprocess
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "target", "release", "gradus-benches")
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}


def gradus(row):
    """Seconds of a row, as the benchmark prints them."""
    lines = subprocess.run([PROGRAM, row], capture_output=True, text=True, check=True).stdout.splitlines()
    number, unit = next(line for line in lines if line.startswith(row))[48:].split()[:2]
    return float(number) * UNITS[unit]


def numpy_time(f):
    """The median of a few runs, in seconds."""
    f()
    times = []
    for _ in range(9):
        start = time.thread_time()
        f()
        times.append(time.thread_time() - start)
    return statistics.median(times)


def normal(*shape, dtype=np.float64):
    return np.random.default_rng(1).standard_normal(shape).astype(dtype)


def log_density(n):
    x = normal(n)
    return lambda: (-0.5 * np.square((x - 0.3) / 1.7) - np.log(1.7) - 0.9189385332046727).sum()


def log_density_gradients(n):
    x = normal(n)

    def f():
        z = (x - 0.3) / 1.7
        s = np.square(z)
        return (-0.5 * s - np.log(1.7) - 0.9189385332046727).sum(), (z / 1.7).sum(), ((s - 1) / 1.7).sum()

    return f


def log_softmax(rows, n):
    x = normal(rows, n, dtype=np.float32)

    def f():
        shifted = x - x.max(-1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))

    return f


def cross_entropy(rows, n):
    x = normal(rows, n, dtype=np.float32)
    labels = np.arange(rows) * 7919 % n

    def f():
        e = np.exp(x - x.max(-1, keepdims=True))
        e /= e.sum(-1, keepdims=True)
        e[np.arange(rows), labels] -= 1
        e /= rows
        return e

    return f


def logsumexp(dtype):
    x = normal(10_000_000, dtype=dtype)

    def f():
        top = x.max()
        return top + np.log(np.exp(x - top).sum())

    return f


def exp(dtype):
    x = normal(8192, dtype=dtype)
    return lambda: np.exp(x)


def matmul(n):
    a, b = normal(n, n, dtype=np.float32), normal(n, n, dtype=np.float32)
    return lambda: a @ b


ROWS = {
    "gaussian value 1e6 f64": log_density(1_000_000),
    "gaussian value 1e7 f64": log_density(10_000_000),
    "gaussian value+gradients 1e6 f64": log_density_gradients(1_000_000),
    "gaussian value+gradients 1e7 f64": log_density_gradients(10_000_000),
    "log-softmax 1024x1024 f32": log_softmax(1024, 1024),
    "log-softmax 64x50257 f32": log_softmax(64, 50257),
    "cross-entropy gradient 1024x1024 f32": cross_entropy(1024, 1024),
    "cross-entropy gradient 64x50257 f32": cross_entropy(64, 50257),
    "logsumexp 1e7 f64": logsumexp(np.float64),
    "logsumexp 1e7 f32": logsumexp(np.float32),
    "exp 8192 f64": exp(np.float64),
    "exp 8192 f32": exp(np.float32),
    "matmul 64 f32": matmul(64),
    "matmul 256 f32": matmul(256),
    "matmul 1024 f32": matmul(1024),
    "matmul 2048 f32": matmul(2048),
}


def main():
    there = [name for name in ("scipy", "jax", "torch") if importlib.util.find_spec(name)]
    print(f"NumPy {np.__version__}; also installed, not timed: {', '.join(there) or 'none of SciPy, JAX, PyTorch'}")
    print(f"{'row':<40} {'gradus':>10} {'numpy':>10} {'ratio':>7}")
    for row, f in ROWS.items():
        pairs = [(numpy_time(f), gradus(row)) for _ in range(3)]
        ratio = statistics.median(ours / theirs for theirs, ours in pairs)
        theirs, ours = (statistics.median(p[i] for p in pairs) * 1e3 for i in (0, 1))
        print(f"{row:<40} {ours:>7.3f} ms {theirs:>7.3f} ms {ratio:>7.2f}", flush=True)


if __name__ == "__main__":
    main()
