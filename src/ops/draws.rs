//! Random numbers with parameters: gamma, Poisson and binomial; pure in key, parameters, shape and dtype.

use super::random::{check_key, key_of};
use super::row::OWN;
use super::shape::sum_to;
use crate::DType;
use crate::array::{Array, broadcast, element_count, memory, samplers};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&RANDOM_GAMMA, &RANDOM_POISSON, &RANDOM_BINOMIAL];

/// The shape rule: a key, and parameters that broadcast to the shape asked for.
fn stream<const N: usize>(inputs: &[&Meta], attrs: &Attrs, name: &str) -> Result<Vec<Meta>> {
    let wrong = |m: String| Err(Error::new(ErrorKind::Argument, m));
    if inputs.len() != N + 1 {
        return wrong(format!("`{name}` takes a key and {N} parameter{}", if N == 1 { "" } else { "s" }));
    }
    check_key(&inputs[..1], name)?;
    let Attrs::Make(shape, dtype) = attrs else { return wrong(format!("`{name}` makes floats of a given shape")) };
    if !dtype.is_float() {
        return Err(Error::new(ErrorKind::DType, format!("`{name}` makes floats of a given shape")));
    }
    element_count(shape)?;
    for m in &inputs[1..] {
        if m.dtype.is_complex() || broadcast(&m.shape, shape).as_ref() != Some(shape) {
            let m = format!("`{name}`: parameters of shape {:?} do not fit a sample of shape {shape:?}", m.shape);
            return Err(Error::new(ErrorKind::Shape, m));
        }
    }
    Ok(vec![Meta::new(*dtype, shape.clone())])
}

/// Fills the output from key, place and parameters.
fn fill<const N: usize>(call: &Call, f: fn(u64, u64, [f64; N]) -> f64) -> Result<Vec<Array>> {
    let key = key_of(&call.inputs[0].to_vec::<i64>()?);
    let shape = &call.outs[0].shape;
    let mut out = memory::reserve::<f64>(element_count(shape)?, call.name)?;
    let spread = |i: usize| Ok(call.inputs[i + 1].broadcast_to(shape)?.iter_f64().collect::<Vec<f64>>());
    let parameters: Vec<Vec<f64>> = (0..N).map(spread).collect::<Result<_>>()?;
    for i in 0..element_count(shape)? {
        out.push(f(key, i as u64, std::array::from_fn(|k| parameters[k][i])));
    }
    Ok(vec![Array::from_vec(out, shape)?])
}

/// Numbers of the gamma distribution of scale 1, differentiable in the shape.
pub static RANDOM_GAMMA: Op = Op {
    name: "random_gamma",
    summary: "Random numbers of the gamma distribution with a shape and scale 1, differentiable in the shape.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| stream::<1>(inputs, attrs, "random_gamma"),
    kernel: Kernel::Custom(|call| fill(call, |key, i, [a]| samplers::gamma(key, i, a))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // Samples move with the shape as the quantile of their probability does (implicit reparameterisation).
    derivative: Derivative::Custom(|v| {
        let (a, y) = (&v.x[1], &v.y[0]);
        let flow = |dy: &Tensor| sum_to(&(dy * a.gamma_flow(y)), y.dims(), a.dims());
        vec![None, v.dy[0].as_ref().map(flow)]
    }),
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\operatorname{Gamma}({1}, 1)",
    example: "random_gamma(key(0), 2.5, (3,))",
};

/// Numbers of the Poisson distribution.
pub static RANDOM_POISSON: Op = Op {
    name: "random_poisson",
    summary: "Random whole numbers of the Poisson distribution with a mean.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| stream::<1>(inputs, attrs, "random_poisson"),
    kernel: Kernel::Custom(|call| fill(call, |key, i, [lam]| samplers::poisson(key, i, lam))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\operatorname{Poisson}({1})",
    example: "random_poisson(key(0), 4, (3,))",
};

/// Numbers of the binomial distribution.
pub static RANDOM_BINOMIAL: Op = Op {
    name: "random_binomial",
    summary: "Random whole numbers of the binomial distribution: how many of n succeed with probability p.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| stream::<2>(inputs, attrs, "random_binomial"),
    kernel: Kernel::Custom(|call| fill(call, |key, i, [n, p]| samplers::binomial(key, i, n, p))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\operatorname{Binomial}({1}, {2})",
    example: "random_binomial(key(0), 10, 0.3, (3,))",
};

impl Tensor {
    /// Random numbers of the gamma distribution with shape a and scale 1, differentiable in a.
    ///
    /// The derivative is that of the quantile at the probability of each sample (Figurnov, Mohamed and Mnih 2018).
    ///
    /// ```
    /// use gradus::{DType, Tensor, grad, ops::key};
    /// let a = Tensor::from(3.0);
    /// let mean = Tensor::random_gamma(&key(1), &a, &[10_000], DType::F64).mean(());
    /// assert!((mean.eval()?.item()? - 3.0).abs() < 0.06);
    /// assert!((grad(&mean, &a).eval()?.item()? - 1.0).abs() < 0.02);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn random_gamma(key: &Tensor, a: &Tensor, shape: &[usize], dtype: DType) -> Tensor {
        RANDOM_GAMMA.call(&[key, a], Attrs::Make(shape.to_vec(), dtype))
    }

    /// Random whole numbers of the Poisson distribution with mean λ, as floats.
    #[track_caller]
    pub fn random_poisson(key: &Tensor, lam: &Tensor, shape: &[usize], dtype: DType) -> Tensor {
        RANDOM_POISSON.call(&[key, lam], Attrs::Make(shape.to_vec(), dtype))
    }

    /// Random whole numbers of the binomial distribution, as floats: how many of n succeed with probability p.
    #[track_caller]
    pub fn random_binomial(key: &Tensor, n: &Tensor, p: &Tensor, shape: &[usize], dtype: DType) -> Tensor {
        RANDOM_BINOMIAL.call(&[key, n, p], Attrs::Make(shape.to_vec(), dtype))
    }
}
