//! Conversions to and from Rust's own containers, constructors, and the memory budget.

use gradus::array::memory;
use gradus::{Array, DType};

#[test]
fn containers_become_arrays_and_back() {
    assert_eq!(Array::from(vec![1.5, 2.5]).to_vec::<f64>().unwrap(), [1.5, 2.5]);
    assert_eq!(Array::from(&[1.5f32, 2.5][..]).dtype(), DType::F32);
    assert_eq!(Array::from([true, false]).to_vec::<bool>().unwrap(), [true, false]);
    assert_eq!(Array::from([[1, 2, 3], [4, 5, 6]]).shape(), [2, 3]);
    assert_eq!(Array::from([[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]]).shape(), [3, 2, 1]);
    let nested = Array::try_from(vec![vec![1f64, 2.0], vec![3.0, 4.0]]).unwrap();
    assert_eq!((nested.shape(), nested.to_f64()), (&[2, 2][..], vec![1.0, 2.0, 3.0, 4.0]));
    let deep = Array::try_from(vec![vec![vec![1i64], vec![2]], vec![vec![3], vec![4]]]).unwrap();
    assert_eq!((deep.shape(), deep.dtype()), (&[2, 2, 1][..], DType::I64));
    assert_eq!(Array::try_from(Vec::<Vec<Vec<f32>>>::new()).unwrap().shape(), [0, 0, 0]);
    assert_eq!((Array::from(3i64).rank(), Array::from(3i64).dtype()), (0, DType::I64));
    assert_eq!(Array::from(true).item().unwrap(), 1.0);
}

#[test]
fn ragged_containers_name_the_row() {
    let error = Array::try_from(vec![vec![1f64, 2.0], vec![3.0, 4.0], vec![5.0]]).unwrap_err();
    assert_eq!(error.to_string(), "the rows are ragged: row 0 has 2 elements, row 2 has 1");
    let error = Array::try_from(vec![vec![vec![1f64]], vec![vec![1.0], vec![2.0, 3.0]]]).unwrap_err();
    assert_eq!(error.to_string(), "block 1: the rows are ragged: row 0 has 1 elements, row 1 has 2");
}

#[test]
fn constructors_fill_as_numpy_does() {
    assert_eq!(Array::zeros(&[2, 0], DType::F32).unwrap().shape(), [2, 0]);
    assert_eq!(Array::ones(&[2], DType::C64).unwrap().to_vec::<[f64; 2]>().unwrap(), [[1.0, 0.0]; 2]);
    assert_eq!(Array::full(&[2], i64::MAX, DType::I64).unwrap().to_vec::<i64>().unwrap(), [i64::MAX; 2]);
    assert_eq!(Array::full(&[1], 0.1, DType::F16).unwrap().item().unwrap(), 0.0999755859375);
    assert_eq!(Array::eye(2, 3, DType::F64).unwrap().to_f64(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(Array::eye(3, 2, DType::I64).unwrap().to_f64(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(Array::eye(2, 0, DType::I64).unwrap().len(), 0);
    assert_eq!(Array::arange(5.0, 0.0, -2.0, DType::I64).unwrap().to_vec::<i64>().unwrap(), [5, 3, 1]);
    assert_eq!(Array::arange(0.0, -1.0, 1.0, DType::F64).unwrap().len(), 0);
    assert_eq!(Array::linspace(0.0, 1.0, 5, DType::F64).unwrap().to_f64(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    assert_eq!(Array::linspace(2.0, 3.0, 1, DType::F64).unwrap().to_f64(), [2.0]);
    assert_eq!(Array::linspace(2.0, 3.0, 0, DType::F64).unwrap().len(), 0);
    let wide = Array::linspace(-f64::MAX, f64::MAX, 3, DType::F64).unwrap().to_f64();
    assert_eq!((wide[0], wide[2]), (-f64::MAX, f64::MAX));
    assert!(wide[1].abs() <= f64::MAX * 1e-15);
    assert!(Array::full(&[2], [1.0, 2.0], DType::F64).unwrap_err().is_shape());
    for (start, stop, step) in [(0.0, 1.0, 0.0), (0.0, f64::INFINITY, 1.0), (f64::NAN, 1.0, 1.0)] {
        assert!(Array::arange(start, stop, step, DType::F64).unwrap_err().is_argument());
    }
}

#[test]
fn huge_shapes_are_refused_before_they_are_allocated() {
    for shape in [&[10usize.pow(15)][..], &[100_000_000_000], &[usize::MAX, usize::MAX], &[1 << 31, 1 << 31]] {
        let error = Array::ones(shape, DType::F64).unwrap_err();
        assert!(error.is_memory(), "{error}");
    }
    let text = Array::ones(&[10usize.pow(15)], DType::F64).unwrap_err().to_string();
    assert!(
        text.starts_with("ones: f64 of shape (1000000000000000,) needs 7.1 PiB, more than the memory budget of"),
        "{text}"
    );
    assert!(Array::arange(0.0, 1e300, 1.0, DType::F64).unwrap_err().is_memory());
    assert!(Array::linspace(0.0, 1.0, usize::MAX, DType::F32).unwrap_err().is_memory());
    assert!(Array::eye(1 << 30, 1 << 30, DType::F32).unwrap_err().is_memory());
    let row = Array::zeros(&[1], DType::Bool).unwrap().broadcast_to(&[1 << 50, 2]).unwrap();
    assert!(row.transpose().reshape(&[1 << 51]).is_ok(), "stride 0 needs no copy");
    let row = Array::zeros(&[1, 2], DType::Bool).unwrap().broadcast_to(&[1 << 50, 2]).unwrap();
    assert!(row.reshape(&[1 << 51]).unwrap_err().is_memory());
    assert!(row.cast(DType::F64).unwrap_err().is_memory());
    assert!(row.to_vec::<bool>().unwrap_err().is_memory());
    assert!(Array::concatenate(&[&row, &row], 0).unwrap_err().is_memory());
    assert!(row.take(&Array::from([0]), 1).unwrap_err().is_memory());
    assert!(memory::budget().is_some());
}

#[test]
fn elements_come_out_one_by_one() {
    let x = Array::from([[1, 2], [3, 4]]);
    assert_eq!(x.get(&[1, 0]).unwrap(), 3.0);
    assert_eq!(x.get(&[1, 2]).unwrap_err().to_string(), "get: index (1, 2) is out of range for shape (2, 2)");
    assert!(x.get(&[1]).unwrap_err().is_shape());
    assert_eq!(x.item().unwrap_err().to_string(), "item: shape (2, 2) has 4 elements, not 1");
    assert_eq!(x.to_vec::<f64>().unwrap_err().to_string(), "to_vec: the elements are i64, not f64; cast first");
    assert_eq!(Array::from([[7.0]]).item().unwrap(), 7.0);
}
