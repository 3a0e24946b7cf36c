"""Writes the .npy and .npz files in npy/ that tests/array/npy.rs reads. Run: python3 tests/reference/npy.py (NumPy 2.4).

With --check FOLDER it reads instead what Gradus wrote there (GRADUS_NPY_OUT=FOLDER cargo test --test array npy) and
compares it with what was asked for.
"""
import io
import pathlib
import sys
import zipfile

import numpy as np

folder = pathlib.Path(__file__).with_name("npy")

integers = {f"{order}{code}": np.array([[0, 1, -2], [100, -128, 127]]) for order in "<>" for code in ["i1", "i2", "i4", "i8"]}
unsigned = {f"{order}{code}": np.array([[0, 1, 2], [100, 128, 255]]) for order in "<>" for code in ["u1", "u2", "u4", "u8"]}
floats = {f"{order}{code}": np.array([[0.0, -0.0, 1.5], [0.1, np.inf, np.nan]]) for order in "<>" for code in ["f2", "f4", "f8"]}
complexes = {f"{order}{code}": np.array([[1 + 2j, -0.5j], [0.1 + 0.2j, complex(np.inf, -1)]]) for order in "<>" for code in ["c8", "c16"]}


def write():
    folder.mkdir(exist_ok=True)
    for code, values in {**integers, **unsigned, **floats, **complexes}.items():
        name = {"<": "le", ">": "be"}[code[0]] + "_" + code[1:]
        np.save(folder / f"{name}.npy", values.astype(np.dtype(code)))
    np.save(folder / "b1.npy", np.array([[True, False], [False, True]]))
    np.save(folder / "f2_all.npy", np.arange(65536, dtype=np.uint16).view(np.float16))
    np.save(folder / "fortran.npy", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))
    np.save(folder / "scalar.npy", np.float64(2.5))
    np.save(folder / "empty.npy", np.zeros((0, 3)))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, np.arange(5), version)
    np.savez(folder / "stored.npz", w=np.eye(3), b=np.float32(0.5), labels=np.arange(4))
    np.savez_compressed(folder / "deflated.npz", x=np.arange(10000.0).reshape(100, 100), y=np.arange(10000) % 10)
    np.savez(folder / "positional.npz", np.array([1, 2]), np.array([3.5]))
    # Every place and size in 64-bit fields, as in archives beyond 4 GiB.
    zipfile.ZIP64_LIMIT = 64
    with zipfile.ZipFile(folder / "zip64.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in [("a", np.arange(100)), ("b", np.ones(50))]:
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", buffer.getvalue())
    zipfile.ZIP64_LIMIT = (1 << 31) - 1
    # What cannot be read.
    np.save(folder / "bad_objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    np.save(folder / "bad_text.npy", np.array(["one", "two"]))
    np.save(folder / "bad_records.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]))
    np.save(folder / "bad_dates.npy", np.array(["2024-01-01"], dtype="datetime64[D]"))
    np.save(folder / "bad_long_double.npy", np.array([1, 2], np.longdouble))
    np.save(folder / "bad_u8.npy", np.array([1, 2**63], np.uint64))
    np.savez(folder / "bad_objects.npz", good=np.arange(3), bad=np.array([None], dtype=object))


def check(out):
    wanted = {
        "bool": np.array([[True, False], [True, True]]), "i64": np.array([[-(2**63), 2**63 - 1], [0, 7]]),
        "f16": np.array([[0.1, 65504], [6e-8, np.nan]], np.float16), "f32": np.array([[0.1, -np.inf], [1e-45, 3]], np.float32),
        "f64": np.array([[0.1, 1e300], [-0.0, np.nan]]), "c64": np.array([[0.1 + 0.2j, 1], [2j, -3]], np.complex64),
        "c128": np.array([[0.1 + 0.2j, 1], [2j, -3]]), "transposed": np.arange(24.0).reshape(2, 3, 4).T,
        "scalar": np.array(2.5), "empty": np.zeros((0, 3)), "bf16": np.array([0.10009765625], np.float32),
    }
    together = np.load(out / "all.npz")
    assert sorted(together.files) == sorted(wanted), together.files
    for name, want in wanted.items():
        for got in [np.load(out / f"{name}.npy"), together[name]]:
            assert got.dtype == want.dtype and got.shape == want.shape, (name, got.dtype, got.shape)
            assert got.tobytes() == want.tobytes() or np.array_equal(got, want, equal_nan=True), (name, got, want)
    print(len(wanted), "arrays read back equal")


if sys.argv[1:2] == ["--check"]:
    check(pathlib.Path(sys.argv[2]))
else:
    write()
