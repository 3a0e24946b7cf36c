//! Random tensors, pure in key, shape and dtype: the same key gives the same numbers, on any number of threads.

use super::row::OWN;
use crate::array::{Array, DType, element_count, memory, random};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&KEY, &SPLIT, &UNIFORM, &NORMAL];

/// Keys are pairs of integers, of which the lower 32 bits count.
pub(super) fn key_of(words: &[i64]) -> u64 {
    let word = |i: usize| u64::from(words.get(i).copied().unwrap_or(0) as u32);
    word(0) | word(1) << 32
}

/// Two words as a key.
fn words(key: u64) -> [i64; 2] {
    [i64::from(key as u32), i64::from((key >> 32) as u32)]
}

/// The only input, which must be a key.
pub(super) fn check_key(inputs: &[&Meta], name: &str) -> Result<()> {
    match inputs {
        [m] if m.dtype == DType::I64 && m.shape == [2] => Ok(()),
        _ => Err(Error::new(ErrorKind::Argument, format!("`{name}` takes a key, which `key(seed)` and `split` make"))),
    }
}

/// The key of a seed.
pub static KEY: Op = Op {
    name: "key",
    summary: "The random key of an integer seed.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, _| match inputs {
        [m] if m.dtype == DType::I64 && m.shape.is_empty() => Ok(vec![Meta::new(DType::I64, vec![2])]),
        _ => Err(Error::new(ErrorKind::Argument, "`key` takes an integer seed")),
    },
    kernel: Kernel::Custom(|call| {
        let seed = call.inputs[0].to_vec::<i64>()?.first().copied().unwrap_or(0) as u64;
        Ok(vec![Array::from_vec(words(seed).to_vec(), &[2])?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{key}({0})",
    example: "key(0)",
};

/// New keys from one.
pub static SPLIT: Op = Op {
    name: "split_key",
    summary: "Independent keys made from one, as rows.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        check_key(inputs, "split_key")?;
        let count = usize::try_from(attrs.int())
            .map_err(|_| Error::new(ErrorKind::Argument, "`split_key`: a negative count"))?;
        element_count(&[count, 2])?;
        Ok(vec![Meta::new(DType::I64, vec![count, 2])])
    },
    kernel: Kernel::Custom(|call| {
        let key = key_of(&call.inputs[0].to_vec::<i64>()?);
        let count = call.outs[0].shape[0] as u64;
        // Counters with a third word of 1: no stream of numbers uses them.
        let child = |i: u64| random::philox([key as u32, (key >> 32) as u32], [i as u32, (i >> 32) as u32, 1, 0]);
        let keys: Vec<i64> = (0..count).map(child).flat_map(|w| [i64::from(w[0]), i64::from(w[1])]).collect();
        Ok(vec![Array::from_vec(keys, &call.outs[0].shape)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{split}({0})",
    example: "split_key(key(0), 2)",
};

/// Fillers of a stream of numbers, for f64 and f32.
type Fill = (fn(u64, u64, &mut [f64]), fn(u64, u64, &mut [f32]));

fn fill(call: &Call, f: Fill) -> Result<Vec<Array>> {
    let key = key_of(&call.inputs[0].to_vec::<i64>()?);
    let (dtype, shape) = (call.outs[0].dtype, &call.outs[0].shape);
    let n = element_count(shape)?;
    if dtype == DType::F64 {
        let mut out = memory::reserve::<f64>(n, call.name)?;
        out.resize(n, 0.0);
        f.0(key, 0, &mut out);
        return Ok(vec![Array::from_vec(out, shape)?]);
    }
    let mut out = memory::reserve::<f32>(n, call.name)?;
    out.resize(n, 0.0);
    f.1(key, 0, &mut out);
    Ok(vec![Array::from_vec(out, shape)?])
}

/// The shape rule of random numbers.
fn stream(inputs: &[&Meta], attrs: &Attrs, name: &str) -> Result<Vec<Meta>> {
    check_key(inputs, name)?;
    match attrs {
        Attrs::Make(shape, dtype) if dtype.is_float() => {
            element_count(shape)?;
            Ok(vec![Meta::new(*dtype, shape.clone())])
        }
        _ => Err(Error::new(ErrorKind::DType, format!("`{name}` makes floats of a given shape"))),
    }
}

/// Uniform numbers in [0, 1).
pub static UNIFORM: Op = Op {
    name: "random_uniform",
    summary: "Random numbers, uniform from 0 to 1, 1 excluded.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| stream(inputs, attrs, "random_uniform"),
    kernel: Kernel::Custom(|call| fill(call, (random::fill_uniform_f64, random::fill_uniform_f32))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: r"U(0, 1)",
    example: "random_uniform(key(0), (3,))",
};

/// Standard normal numbers.
pub static NORMAL: Op = Op {
    name: "random_normal",
    summary: "Random numbers of the standard normal distribution.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| stream(inputs, attrs, "random_normal"),
    kernel: Kernel::Custom(|call| fill(call, (random::fill_normal_f64, random::fill_normal_f32))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"N(0, 1)",
    example: "random_normal(key(0), (3,))",
};

/// The random key of a seed.
///
/// ```
/// use gradus::{DType, Tensor, ops::key};
/// let x = Tensor::random_uniform(&key(42), &[1000], DType::F64);
/// let mean = x.mean(()).eval()?.item()?;
/// assert!((mean - 0.5).abs() < 0.05);
/// assert_eq!(x.eval()?.to_f64(), Tensor::random_uniform(&key(42), &[1000], DType::F64).eval()?.to_f64());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn key(seed: i64) -> Tensor {
    KEY.call(&[&Tensor::from(seed)], Attrs::None)
}

impl Tensor {
    /// Independent keys made from this one, as rows.
    #[track_caller]
    pub fn split_key(&self, count: usize) -> Tensor {
        SPLIT.call(&[self], Attrs::Int(count as i64))
    }

    /// Uniform random numbers in [0, 1).
    #[track_caller]
    pub fn random_uniform(key: &Tensor, shape: &[usize], dtype: DType) -> Tensor {
        UNIFORM.call(&[key], Attrs::Make(shape.to_vec(), dtype))
    }

    /// Standard normal random numbers.
    #[track_caller]
    pub fn random_normal(key: &Tensor, shape: &[usize], dtype: DType) -> Tensor {
        NORMAL.call(&[key], Attrs::Make(shape.to_vec(), dtype))
    }
}
