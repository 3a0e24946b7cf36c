//! Views against a naive model that copies, and the errors of indices that are not there.

use gradus::{Array, DType};
use proptest::prelude::*;

/// The naive model: a function from index to element, tabulated after every operation.
#[derive(Clone, Debug)]
struct Model {
    shape: Vec<usize>,
    elements: Vec<f64>,
}

impl Model {
    fn new(shape: &[usize]) -> Model {
        let n: usize = shape.iter().product();
        Model { shape: shape.to_vec(), elements: (0..n).map(|i| i as f64).collect() }
    }

    fn at(&self, index: &[usize]) -> f64 {
        let k = index.iter().zip(&self.shape).fold(0, |k, (i, d)| k * d + i);
        self.elements[k]
    }

    fn build(&self, shape: Vec<usize>, from: impl Fn(&[usize]) -> Vec<usize>) -> Model {
        let n: usize = shape.iter().product();
        let elements = (0..n).map(|k| self.at(&from(&unravel(k, &shape)))).collect();
        Model { shape, elements }
    }
}

fn unravel(mut k: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, d) in index.iter_mut().zip(shape).rev() {
        *i = k % d;
        k /= d;
    }
    index
}

#[derive(Clone, Debug)]
enum Op {
    Transpose,
    Permute(u64),
    Slice(usize, Option<i64>, Option<i64>, i64),
    Index(usize, i64),
    Expand(usize),
    Squeeze,
    Broadcast(usize, usize),
    Reshape(u64),
    Take(usize, Vec<i64>),
}

fn op() -> impl Strategy<Value = Op> {
    let bound = || proptest::option::of(-6i64..7);
    prop_oneof![
        Just(Op::Transpose),
        any::<u64>().prop_map(Op::Permute),
        (0usize..4, bound(), bound(), prop_oneof![-3i64..0, 1i64..4]).prop_map(|(a, s, e, t)| Op::Slice(a, s, e, t)),
        (0usize..4, -4i64..4).prop_map(|(a, i)| Op::Index(a, i)),
        (0usize..5).prop_map(Op::Expand),
        Just(Op::Squeeze),
        (0usize..4, 0usize..3).prop_map(|(a, n)| Op::Broadcast(a, n)),
        any::<u64>().prop_map(Op::Reshape),
        (0usize..4, proptest::collection::vec(-4i64..4, 0..4)).prop_map(|(a, i)| Op::Take(a, i)),
    ]
}

fn shuffled(n: usize, mut seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, (seed % (i as u64 + 1)) as usize);
        seed /= i as u64 + 1;
    }
    order
}

/// What Python's `range(length)[start:stop:step]` lists, by stepping.
fn python_slice(length: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
    let n = length as i64;
    let clamp =
        |b: i64| (if b < 0 { b + n } else { b }).clamp(if step < 0 { -1 } else { 0 }, if step < 0 { n - 1 } else { n });
    let mut at = start.map_or(if step < 0 { n - 1 } else { 0 }, clamp);
    let end = stop.map_or(if step < 0 { -1 } else { n }, clamp);
    let mut out = vec![];
    while (step > 0 && at < end) || (step < 0 && at > end) {
        out.push(at as usize);
        at += step;
    }
    out
}

/// A random shape with the same number of elements: two axes joined, or one split.
fn another_shape(shape: &[usize], seed: u64) -> Vec<usize> {
    let mut out = shape.to_vec();
    let n: usize = shape.iter().product();
    match seed % 3 {
        0 => vec![n],
        1 if out.len() > 1 => {
            let k = (seed / 3) as usize % (out.len() - 1);
            out[k] *= out.remove(k + 1);
            out
        }
        _ => {
            let divisors: Vec<usize> = (1..=n.max(1)).filter(|d| n.max(1).is_multiple_of(*d)).collect();
            let d = divisors[(seed / 3) as usize % divisors.len()];
            vec![d, n / d]
        }
    }
}

/// Applies an operation to both; operations that do not apply leave both as they are.
fn apply(array: &Array, model: &Model, op: &Op) -> (Array, Model) {
    let rank = model.shape.len();
    let keep = || (array.clone(), model.clone());
    match op {
        Op::Transpose => {
            let shape = model.shape.iter().rev().copied().collect();
            (array.transpose(), model.build(shape, |i| i.iter().rev().copied().collect()))
        }
        Op::Permute(seed) => {
            let axes = shuffled(rank, *seed);
            let shape = axes.iter().map(|&a| model.shape[a]).collect();
            let from = |i: &[usize]| {
                let mut out = vec![0; rank];
                axes.iter().zip(i).for_each(|(&a, &i)| out[a] = i);
                out
            };
            (array.permute(&axes).unwrap(), model.build(shape, from))
        }
        Op::Slice(axis, start, stop, step) if *axis < rank => {
            let picked = python_slice(model.shape[*axis], *start, *stop, *step);
            (array.slice(*axis, *start, *stop, *step).unwrap(), pick(model, *axis, &picked))
        }
        Op::Index(axis, i) if *axis < rank => {
            let length = model.shape[*axis] as i64;
            let result = array.index(*axis, *i);
            if *i < -length || *i >= length {
                let message = result.unwrap_err().to_string();
                assert!(
                    message.contains(&format!("index: index {i} is out of range for axis {axis} of length {length}"))
                );
                return keep();
            }
            let mut picked = pick(model, *axis, &[i.rem_euclid(length) as usize]);
            picked.shape.remove(*axis);
            (result.unwrap(), picked)
        }
        Op::Expand(axis) if *axis <= rank && rank < 5 => {
            let mut out = model.clone();
            out.shape.insert(*axis, 1);
            (array.expand_dims(*axis).unwrap(), out)
        }
        Op::Squeeze => {
            let mut out = model.clone();
            out.shape.retain(|&d| d != 1);
            (array.squeeze(), out)
        }
        Op::Broadcast(axis, n) if *axis < rank && model.shape[*axis] == 1 => {
            let mut shape = model.shape.clone();
            shape[*axis] = *n;
            let from = |i: &[usize]| {
                let mut out = i.to_vec();
                out[*axis] = 0;
                out
            };
            (array.broadcast_to(&shape).unwrap(), model.build(shape.clone(), from))
        }
        Op::Reshape(seed) => {
            let shape = another_shape(&model.shape, *seed);
            (array.reshape(&shape).unwrap(), Model { shape, elements: model.elements.clone() })
        }
        Op::Take(axis, indices) if *axis < rank => {
            let length = model.shape[*axis] as i64;
            let result = array.take(&Array::from(indices.clone()), *axis);
            if indices.iter().any(|i| *i < -length || *i >= length) {
                assert!(result.unwrap_err().to_string().contains(&format!("for axis {axis} of length {length}")));
                return keep();
            }
            let picked: Vec<usize> = indices.iter().map(|i| i.rem_euclid(length) as usize).collect();
            (result.unwrap(), pick(model, *axis, &picked))
        }
        _ => keep(),
    }
}

fn pick(model: &Model, axis: usize, picked: &[usize]) -> Model {
    let mut shape = model.shape.clone();
    shape[axis] = picked.len();
    model.build(shape, |i| {
        let mut out = i.to_vec();
        out[axis] = picked[i[axis]];
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn views_agree_with_the_naive_model(shape in proptest::collection::vec(0usize..5, 0..4), ops in proptest::collection::vec(op(), 1..7)) {
        let mut model = Model::new(&shape);
        let mut array = Array::from_vec(model.elements.clone(), &shape).unwrap();
        for op in &ops {
            (array, model) = apply(&array, &model, op);
            prop_assert_eq!(array.shape(), &model.shape[..], "after {:?}", op);
            prop_assert_eq!(array.to_f64(), model.elements.clone(), "after {:?}", op);
            prop_assert_eq!(array.iter_f64().collect::<Vec<_>>(), model.elements.clone());
            let copied = array.to_contiguous();
            prop_assert_eq!(copied.as_slice::<f64>(), Some(&model.elements[..]));
            for k in 0..model.elements.len().min(5) {
                prop_assert_eq!(array.get(&unravel(k, &model.shape)).unwrap(), model.elements[k]);
            }
        }
    }

    #[test]
    fn joins_agree_with_the_naive_model(a in 0usize..4, b in 0usize..4, rows in 0usize..4, axis in 0usize..2) {
        let shape = |n| if axis == 0 { [n, rows] } else { [rows, n] };
        let (x, y) = (Model::new(&shape(a)), Model::new(&shape(b)));
        let arrays = [&x, &y].map(|m| Array::from_vec(m.elements.clone(), &m.shape).unwrap());
        let joined = Array::concatenate(&[&arrays[0], &arrays[1]], axis).unwrap();
        prop_assert_eq!(joined.shape(), &shape(a + b)[..]);
        for i in 0..joined.shape()[0] {
            for j in 0..joined.shape()[1] {
                let at = [i, j][axis];
                let (from, start) = if at < a { (&x, 0) } else { (&y, a) };
                let index = if axis == 0 { [i - start, j] } else { [i, j - start] };
                prop_assert_eq!(joined.get(&[i, j]).unwrap(), from.at(&index));
            }
        }
    }
}

#[test]
fn views_share_the_buffer_and_copies_do_not() {
    let x = Array::arange(0.0, 24.0, 1.0, DType::F64).unwrap().reshape(&[2, 3, 4]).unwrap();
    let data = |a: &Array| match a.buffer() {
        gradus::array::Buffer::F64(v) => v.as_ptr(),
        _ => unreachable!(),
    };
    let views = [
        x.transpose(),
        x.permute(&[1, 0, 2]).unwrap(),
        x.slice(2, None, None, -2).unwrap(),
        x.index(0, -1).unwrap(),
        x.reshape(&[6, 4]).unwrap(),
        x.slice(2, Some(0), Some(2), 1).unwrap().reshape(&[6, 2]).unwrap(),
        x.expand_dims(1).unwrap().broadcast_to(&[2, 7, 3, 4]).unwrap(),
    ];
    views.iter().for_each(|v| assert_eq!(data(v), data(&x)));
    assert_ne!(data(&x.transpose().reshape(&[24]).unwrap()), data(&x));
}

#[test]
fn indexing_errors_name_the_facts() {
    let x = Array::zeros(&[2, 3], DType::F64).unwrap();
    let message = |r: gradus::Result<Array>| r.unwrap_err().to_string();
    assert_eq!(message(x.index(1, 7)), "index: index 7 is out of range for axis 1 of length 3, in shape (2, 3)");
    assert_eq!(
        message(x.index(1, i64::MIN)),
        format!("index: index {} is out of range for axis 1 of length 3, in shape (2, 3)", i64::MIN)
    );
    assert_eq!(message(x.slice(2, None, None, 1)), "slice: there is no axis 2 in shape (2, 3)");
    assert_eq!(message(x.slice(0, None, None, 0)), "slice: the step is 0, on axis 0 of shape (2, 3)");
    assert_eq!(
        message(x.take(&Array::from([0, -4]), 1)),
        "take: index -4 is out of range for axis 1 of length 3, in shape (2, 3)"
    );
    assert_eq!(message(x.take(&Array::from([0.0]), 1)), "take: indices are i64, not f64");
    assert_eq!(message(x.permute(&[0, 0])), "permute: (0, 0) does not name each axis of shape (2, 3) once");
    assert_eq!(message(x.reshape(&[4])), "reshape: shape (2, 3) has 6 elements, shape (4,) has not");
    assert_eq!(message(x.broadcast_to(&[3, 3])), "broadcast_to: shape (2, 3) does not broadcast to (3, 3)");
    assert_eq!(message(x.squeeze_axis(0)), "squeeze: axis 0 has length 2, not 1, in shape (2, 3)");
    assert_eq!(message(x.expand_dims(4)), "expand_dims: no place 4 for a new axis in shape (2, 3)");
    assert_eq!(
        message(Array::concatenate(&[&x, &Array::zeros(&[2, 2], DType::F64).unwrap()], 0)),
        "concatenate: array 0 has shape (2, 3), array 1 has (2, 2); they may differ on axis 0 only"
    );
    assert_eq!(message(Array::concatenate(&[], 0)), "concatenate: there is no array to join");
    assert_eq!(message(Array::stack(&[&x, &x.transpose()], 0)), "stack: array 0 has shape (2, 3), array 1 has (3, 2)");
}

#[test]
fn extreme_slices_neither_overflow_nor_wrap() {
    let x = Array::arange(0.0, 5.0, 1.0, DType::F64).unwrap();
    let slice = |a, b, s| x.slice(0, a, b, s).unwrap().to_f64();
    assert_eq!(slice(None, None, i64::MAX), [0.0]);
    assert_eq!(slice(None, None, i64::MIN), [4.0]);
    assert_eq!(slice(Some(i64::MIN), Some(i64::MAX), 2), [0.0, 2.0, 4.0]);
    assert_eq!(slice(Some(i64::MAX), Some(i64::MIN), -2), [4.0, 2.0, 0.0]);
    assert_eq!(slice(Some(3), Some(1), 1), [0.0; 0]);
}

#[test]
fn a_take_of_a_two_dimensional_index_replaces_the_axis_by_two() {
    let x = Array::arange(0.0, 12.0, 1.0, DType::I64).unwrap().reshape(&[3, 4]).unwrap();
    let taken = x.take(&Array::from([[0, 2], [1, -1]]), 1).unwrap();
    assert_eq!(taken.shape(), [3, 2, 2]);
    assert_eq!(taken.to_vec::<i64>().unwrap(), [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11]);
    assert_eq!(x.take(&Array::from(2), 0).unwrap().shape(), [4]);
}

#[test]
fn joining_promotes() {
    let joined = Array::concatenate(&[&Array::from([true]), &Array::from([2]), &Array::from([0.5f32])], 0).unwrap();
    assert_eq!((joined.dtype(), joined.to_f64()), (DType::F32, vec![1.0, 2.0, 0.5]));
    let stacked = Array::stack(&[&Array::from([1.0, 2.0]), &Array::from([3.0, 4.0])], 1).unwrap();
    assert_eq!((stacked.shape(), stacked.to_f64()), (&[2, 2][..], vec![1.0, 3.0, 2.0, 4.0]));
}
