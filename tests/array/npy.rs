//! .npy and .npz files: those NumPy wrote (tests/reference/npy.py), our own, and those that lie.

use std::path::PathBuf;

use gradus::array::{Format, memory, parse_npy, parse_npz, read_npy, read_npz, round_f64_to, write_npy, write_npz};
use gradus::{Array, DType};
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/npy/");

fn reference(name: &str) -> Array {
    read_npy(format!("{FOLDER}{name}.npy")).unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}{name}")).unwrap()
}

/// A folder of this test run, removed at its end; NumPy checks what stays in GRADUS_NPY_OUT.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("gradus_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Equal with NaN equal to NaN and −0 different from 0.
fn assert_same(a: &Array, b: &Array) {
    assert_eq!((a.dtype(), a.shape()), (b.dtype(), b.shape()));
    let key = |a: &Array| match a.cast(DType::C128).unwrap().to_vec::<[f64; 2]>() {
        Ok(v) => v.into_iter().map(|z| z.map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() })).collect::<Vec<_>>(),
        Err(e) => panic!("{e}"),
    };
    assert_eq!(key(a), key(b));
    assert_eq!(a.to_vec::<i64>().ok(), b.to_vec::<i64>().ok());
}

#[test]
fn every_width_and_byte_order_reads() {
    for order in ["le", "be"] {
        for width in [1, 2, 4, 8] {
            let signed = reference(&format!("{order}_i{width}"));
            assert_same(&signed, &Array::from([[0, 1, -2], [100, -128, 127]]));
            let unsigned = reference(&format!("{order}_u{width}"));
            assert_same(&unsigned, &Array::from([[0, 1, 2], [100, 128, 255]]));
        }
        let floats = Array::from([[0.0, -0.0, 1.5], [0.1, f64::INFINITY, f64::NAN]]);
        for (code, dtype) in [("f2", DType::F16), ("f4", DType::F32), ("f8", DType::F64)] {
            assert_same(&reference(&format!("{order}_{code}")), &floats.cast(dtype).unwrap());
        }
        let parts = vec![[1.0, 2.0], [-0.0, -0.5], [0.1, 0.2], [f64::INFINITY, -1.0]];
        let complexes = Array::from_vec(parts, &[2, 2]).unwrap();
        for (code, dtype) in [("c8", DType::C64), ("c16", DType::C128)] {
            assert_same(&reference(&format!("{order}_{code}")), &complexes.cast(dtype).unwrap());
        }
    }
    assert_same(&reference("b1"), &Array::from([[true, false], [false, true]]));
}

#[test]
fn every_half_reads_and_writes() {
    let halves = reference("f2_all");
    let values = halves.to_vec::<f32>().unwrap();
    assert_eq!(
        (values[1], values[0x3c00], values[0x7bff], values[0x8000].to_bits()),
        (2f32.powi(-24), 1.0, 65504.0, 1 << 31)
    );
    for &x in &values {
        assert!(x.is_nan() || round_f64_to(f64::from(x), Format::F16) == f64::from(x));
    }
    assert!(values[..0x7c01].windows(2).all(|w| w[0] < w[1]));
    let folder = Folder::new("halves");
    let path = folder.0.join("f2.npy");
    write_npy(&path, &halves).unwrap();
    assert_same(&read_npy(&path).unwrap(), &halves);
    let written = std::fs::read(&path).unwrap();
    let numpys = bytes("f2_all.npy");
    // NaN payloads are not kept.
    let differing = written.chunks(2).zip(numpys.chunks(2)).skip(64).enumerate().filter(|(_, (a, b))| a != b);
    assert!(differing.into_iter().all(|(k, _)| values[k].is_nan()));
}

#[test]
fn orders_versions_and_odd_shapes_read() {
    let want = Array::arange(0.0, 24.0, 1.0, DType::F64).unwrap().reshape(&[2, 3, 4]).unwrap();
    assert_same(&reference("fortran"), &want);
    for version in 1..=3 {
        assert_same(&reference(&format!("version{version}")), &Array::from([0, 1, 2, 3, 4]));
    }
    assert_same(&reference("scalar"), &Array::from(2.5));
    assert_eq!(reference("empty").shape(), [0, 3]);
}

#[test]
fn archives_read_stored_and_deflated() {
    let stored = read_npz(format!("{FOLDER}stored.npz")).unwrap();
    assert_eq!(stored.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["w", "b", "labels"]);
    assert_same(&stored[0].1, &Array::eye(3, 3, DType::F64).unwrap());
    assert_same(&stored[1].1, &Array::from(0.5f32));
    let deflated = read_npz(format!("{FOLDER}deflated.npz")).unwrap();
    let want = Array::arange(0.0, 10000.0, 1.0, DType::F64).unwrap().reshape(&[100, 100]).unwrap();
    assert_same(&deflated[0].1, &want);
    assert_eq!(deflated[1].1.to_f64().iter().sum::<f64>(), 45000.0);
    let wide = bytes("zip64.npz");
    assert!(wide.windows(4).any(|w| w == b"PK\x06\x06"), "the reference has a 64-bit directory");
    let wide = parse_npz(&wide, "zip64.npz").unwrap();
    assert_eq!((wide[0].1.to_f64().iter().sum::<f64>(), wide[1].1.to_f64().iter().sum::<f64>()), (4950.0, 50.0));
    let positional = read_npz(format!("{FOLDER}positional.npz")).unwrap();
    assert_eq!((positional[0].0.as_str(), positional[1].0.as_str()), ("arr_0", "arr_1"));
}

#[test]
fn what_is_written_reads_back() {
    let (re_im, nan) = (vec![[0.1, 0.2], [1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]], f64::NAN);
    let narrow = |x: [[f64; 2]; 2], dtype| Array::from(x).cast(dtype).unwrap();
    let complex = Array::from_vec(re_im, &[2, 2]).unwrap();
    let range = Array::arange(0.0, 24.0, 1.0, DType::F64).unwrap().reshape(&[2, 3, 4]).unwrap();
    let arrays = [
        ("bool", Array::from([[true, false], [true, true]])),
        ("i64", Array::from([[i64::MIN, i64::MAX], [0, 7]])),
        ("f16", narrow([[0.1, 65504.0], [6e-8, nan]], DType::F16)),
        ("f32", narrow([[0.1, f64::NEG_INFINITY], [1e-45, 3.0]], DType::F32)),
        ("f64", Array::from([[0.1, 1e300], [-0.0, nan]])),
        ("c64", complex.cast(DType::C64).unwrap()),
        ("c128", complex),
        ("transposed", range.transpose()),
        ("scalar", Array::from(2.5)),
        ("empty", Array::zeros(&[0, 3], DType::F64).unwrap()),
        ("bf16", Array::from([0.1]).cast(DType::BF16).unwrap()),
    ];
    let temporary = Folder::new("written");
    let folder = std::env::var_os("GRADUS_NPY_OUT").map_or_else(|| temporary.0.clone(), PathBuf::from);
    let named: Vec<(&str, &Array)> = arrays.iter().map(|(n, a)| (*n, a)).collect();
    write_npz(folder.join("all.npz"), &named).unwrap();
    let together = read_npz(folder.join("all.npz")).unwrap();
    for ((name, array), (read_name, read)) in arrays.iter().zip(&together) {
        let path = folder.join(format!("{name}.npy"));
        write_npy(&path, array).unwrap();
        let want = if *name == "bf16" { array.cast(DType::F32).unwrap() } else { array.clone() };
        assert_same(&read_npy(&path).unwrap(), &want);
        assert_eq!(name, read_name);
        assert_same(read, &want);
        assert_eq!(std::fs::metadata(&path).unwrap().len() % 64, (want.len() * size(want.dtype())) as u64 % 64);
    }
    let many = vec![1.5; 100_000];
    write_npy(folder.join("many.npy"), &Array::from(&many)).unwrap();
    assert_eq!(read_npy(folder.join("many.npy")).unwrap().to_f64(), many);
    let twice = write_npz(folder.join("twice.npz"), &[("a", &Array::from(1.0)), ("a", &Array::from(2.0))]);
    assert!(twice.unwrap_err().to_string().ends_with("twice.npz: there are two arrays of the name \"a\""));
    assert!(write_npy("no/such/folder.npy", &Array::from(1.0)).unwrap_err().is_io());
}

/// Bytes of an element in a file.
fn size(dtype: DType) -> usize {
    match dtype {
        DType::F16 => 2,
        DType::C64 => 8,
        _ => dtype.storage_bytes(),
    }
}

/// A .npy file with this header and so many bytes behind it.
fn npy(header: &str, data: usize) -> Vec<u8> {
    let mut out = b"\x93NUMPY\x01\0".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.resize(out.len() + data, 0);
    out
}

fn message(bytes: &[u8]) -> String {
    let error = parse_npy(bytes, "x.npy").unwrap_err();
    assert!(error.is_data(), "{error:?}");
    error.to_string()
}

#[test]
fn headers_that_lie_are_refused_before_anything_is_allocated() {
    let of = |shape: &str, data| {
        message(&npy(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"), data))
    };
    assert_eq!(of("(3,)", 16), "x.npy: the header promises shape (3,) of <f8, 24 bytes; the file holds 16");
    assert_eq!(of("(3,)", 32), "x.npy: the header promises shape (3,) of <f8, 24 bytes; the file holds 32");
    assert_eq!(
        of("(140737488355328,)", 8),
        "x.npy: the header promises shape (140737488355328,) of <f8, 1125899906842624 bytes; the file holds 8"
    );
    assert!(of("(4294967296, 4294967296)", 8).ends_with("shape (4294967296, 4294967296), more than any file holds"));
    assert!(
        of("(99999999999999999999999,)", 8).contains("the length 99999999999999999999999, more than any file holds")
    );
    assert!(of("(-3,)", 8).ends_with("the .npy header is broken: the shape has the negative length -3"));
    assert!(of("3", 24).contains("'(' is expected before \"3, }\""));
    assert!(of("(1.5,)", 8).contains("')' is expected before \".5,)"));
    assert!(of(&format!("({})", "1,".repeat(65)), 8).ends_with("the shape has more than 64 axes"));
    assert!(of(&"(".repeat(50_000), 8).contains("a length is expected"));
    let whole = |header: &str| message(&npy(header, 8));
    assert!(whole("").contains("'{' is expected before the end"));
    assert!(whole("{'descr': '<f8'}").contains("the key \"fortran_order\" is missing"));
    assert!(whole("{'descr': '<f8', 'x': 1}").contains("the key \"x\" is unknown"));
    assert!(whole("{'descr': 8}").contains("a string is expected before \"8}\""));
    assert!(whole("{'fortran_order': 1}").contains("True or False is expected"));
    assert!(
        whole("{'descr': 'é', 'fortran_order': False, 'shape': ()}")
            .contains("elements of an unknown type (dtype \"é\")")
    );
}

#[test]
fn a_file_within_its_word_but_beyond_the_budget_is_refused() {
    // A sparse file holds what its header promises without taking any room.
    let folder = Folder::new("sparse");
    let path = folder.0.join("x.npy");
    std::fs::write(&path, npy("{'descr': '<f8', 'fortran_order': False, 'shape': (549755813888,)}", 0)).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let header = file.metadata().unwrap().len();
    if file.set_len(header + (1 << 42)).is_ok() {
        let error = read_npy(&path).unwrap_err();
        assert!(error.is_memory() && error.to_string().contains("x.npy needs 4.0 TiB"), "{error}");
    }
    assert!(memory::budget().is_some());
}

#[test]
fn broken_files_say_what_is_wrong_and_where() {
    let whole = bytes("le_f8.npy");
    assert_eq!(message(&whole[..3]), "x.npy: it is truncated: it ends within its first bytes");
    assert_eq!(message(&whole[..9]), "x.npy: it is truncated: it ends within the length of its header");
    assert_eq!(message(&whole[..50]), "x.npy: it is truncated: it ends within its header");
    assert_eq!(
        message(&whole[..whole.len() - 1]),
        "x.npy: the header promises shape (2, 3) of <f8, 48 bytes; the file holds 47"
    );
    assert_eq!(message(b"1,2,3\n4,5,6"), "x.npy: it is no .npy file: it does not begin with \\x93NUMPY");
    assert!(message(&bytes("stored.npz")).ends_with("it looks like a .npz file"));
    assert!(message(b"\x93NUMPY\x09\x00\x00\x00").ends_with("it is of .npy version 9.0; 1.0, 2.0 and 3.0 are known"));
    assert!(message(b"\x93NUMPY\x02\x00\xff\xff\xff\xff").ends_with("it claims to be 4294967295 bytes long"));
    let refused = |name: &str| message(&bytes(name));
    assert!(refused("bad_objects.npy").contains("it holds pickled Python objects (dtype \"|O\")"));
    assert!(refused("bad_text.npy").contains("it holds text (dtype \"<U3\")"));
    assert!(refused("bad_records.npy").contains("it holds records of several fields"));
    assert!(refused("bad_dates.npy").contains("it holds dates or time spans (dtype \"<M8[D]\")"));
    assert!(refused("bad_long_double.npy").contains("floats of a width that Gradus does not have (dtype \"<f16\")"));
    let error = parse_npy(&bytes("bad_u8.npy"), "x.npy").unwrap_err();
    assert!(error.is_overflow());
    assert_eq!(error.to_string(), "x.npy: element 1 is 9223372036854775808, beyond i64");
    assert_eq!(read_npy("no.npy").unwrap_err().to_string(), "cannot open no.npy: there is no such file");
}

#[test]
fn broken_archives_say_what_is_wrong_and_where() {
    let message = |bytes: &[u8]| parse_npz(bytes, "x.npz").unwrap_err().to_string();
    assert_eq!(message(b"1,2"), "x.npz: it is no .npz file");
    assert_eq!(message(b""), "x.npz: it is no .npz file");
    assert_eq!(message(&bytes("le_f8.npy")), "x.npz: it is no .npz file");
    let whole = bytes("stored.npz");
    assert_eq!(message(&whole[..whole.len() - 5]), "x.npz: it is truncated, its directory is missing");
    assert!(message(&bytes("bad_objects.npz")).starts_with("x.npz, bad.npy: it holds pickled Python objects"));
    // Flip one bit in the data of the first entry, then in its compressed data.
    let mut damaged = whole.clone();
    damaged[250] ^= 1;
    assert!(message(&damaged).contains("w.npy"), "{}", message(&damaged));
    let mut damaged = bytes("deflated.npz");
    damaged[3000] ^= 0x10;
    assert!(message(&damaged).contains("x.npy"), "{}", message(&damaged));
    // The directory says where things are: set fields of its first record.
    let directory = (0..whole.len()).find(|&at| whole[at..].starts_with(b"PK\x01\x02")).unwrap();
    let with = |at: usize, new: &[u8]| {
        let mut out = whole.clone();
        out[directory + at..directory + at + new.len()].copy_from_slice(new);
        message(&out)
    };
    assert_eq!(with(8, &[1]), "x.npz: w.npy: it is encrypted");
    assert_eq!(with(10, &[12]), "x.npz: w.npy: it is compressed by method 12; stored and deflated entries can be read");
    assert!(
        with(24, &[0xfe; 4]).contains("w.npy: the archive promises 4278124286 bytes, which its 200 bytes cannot hold")
    );
    assert!(with(42, &[9, 9]).contains("the zip archive is broken") || with(42, &[9, 9]).contains("w.npy"));
    assert_eq!(with(46, b"w.txt"), "x.npz: w.txt: it is no .npy file");
    assert_eq!(with(46, b"b.npy"), "x.npz: it has two arrays of the name \"b\"");
    assert_eq!(with(0, b"XX"), "x.npz: the zip archive is broken: its directory is cut short");
}

/// Files to damage.
const FILES: [&str; 5] = ["stored.npz", "deflated.npz", "zip64.npz", "fortran.npy", "version3.npy"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_neither_panic_nor_hang(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_npy(&bytes, "x.npy");
        let _ = parse_npz(&bytes, "x.npz");
        let _ = parse_npy(&[b"\x93NUMPY\x01\0", &bytes[..]].concat(), "x.npy");
    }

    #[test]
    fn arbitrary_headers_neither_panic_nor_hang(
        header in "(\\{|'descr'|: |'[<>|=]?[bifucOV?][0-9]{0,2}'|, |'fortran_order'|True|False|'shape'|\\(|\\)|-|[0-9]{1,20}|L|\\}|é| ){0,16}",
        data in 0usize..64,
    ) {
        let _ = parse_npy(&npy(&header, data), "x.npy");
    }

    #[test]
    fn plausible_headers_read_or_name_the_fault(kind in "[<>|][bifuc](1|2|4|8|16)", shape in proptest::collection::vec(0usize..4, 0..4), data in 0usize..64) {
        let shape_text = gradus::array::display_shape(&shape);
        let header = format!("{{'descr': '{kind}', 'fortran_order': True, 'shape': {shape_text}}}");
        match parse_npy(&npy(&header, data), "x.npy") {
            Ok(array) => prop_assert_eq!(array.shape(), &shape[..]),
            Err(error) => prop_assert!(error.is_data(), "{}", error),
        }
    }

    #[test]
    fn damaged_files_neither_panic_nor_hang(name in 0usize..5, at in any::<prop::sample::Index>(), bytes_in in proptest::collection::vec(any::<u8>(), 1..5), cut in any::<prop::sample::Index>()) {
        let mut whole = bytes(FILES[name]);
        let at = at.index(whole.len());
        let end = (at + bytes_in.len()).min(whole.len());
        whole[at..end].copy_from_slice(&bytes_in[..end - at]);
        let _ = parse_npz(&whole, "x.npz");
        let _ = parse_npy(&whole, "x.npy");
        let _ = parse_npz(&whole[..cut.index(whole.len())], "x.npz");
    }
}
