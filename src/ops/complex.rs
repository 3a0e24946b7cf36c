//! Parts of complex numbers: real, imag, conj. They take real numbers too, whose imaginary part is 0.

use super::methods::methods1;
use super::row::{Facts, OWN, unary_int};
use crate::array::wide::Wide;
use crate::array::{Array, complex};
use crate::graph::{Attrs, Derivative, Exact, Interval, OfComplex, Op, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&REAL, &IMAG, &CONJ];

fn same<T: Copy>(x: &[T], out: &mut [T]) {
    out.copy_from_slice(x);
}

fn nothing<T: Default>(_: &[T], out: &mut [T]) {
    out.iter_mut().for_each(|o| *o = T::default());
}

/// Re z.
pub static REAL: Op = unary_int(
    Facts {
        name: "real",
        summary: "The real part.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\operatorname{Re}({0})",
        example: "real(1 + 2j)",
    },
    (same, same),
    Some,
    |_, _| vec![Tensor::from(1.0)],
)
.of_complex(OfComplex::Real(complex::real))
.exact(Exact::Each(|x| x[0]));

/// Im z.
pub static IMAG: Op = unary_int(
    Facts {
        name: "imag",
        summary: "The imaginary part; 0 of real numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\operatorname{Im}({0})",
        example: "imag(1 + 2j)",
    },
    (nothing, nothing),
    |_| Some(0),
    |x, _| match x[0].dtype() {
        // Im dz = Re(−i dz).
        Ok(d) if d.is_complex() => vec![Tensor::complex(0.0, -1.0)],
        _ => vec![Tensor::from(0.0)],
    },
)
.of_complex(OfComplex::Real(complex::imag))
.exact(Exact::Each(|_| Wide::from(0.0)));

/// z̄.
pub static CONJ: Op = Op {
    derivative: Derivative::Linear(|v| vec![v.dy[0].as_ref().map(Tensor::conj)]),
    ..unary_int(
        Facts {
            name: "conj",
            summary: "The number with its imaginary part negated.",
            meaning: OWN,
            domain: Interval::ALL,
            range: Interval::ALL,
            latex: r"\overline{{0}}",
            example: "conj(1 + 2j)",
        },
        (same, same),
        Some,
        |_, _| vec![Tensor::from(1.0)],
    )
    .of_complex(OfComplex::Complex(complex::conj))
    .exact(Exact::Each(|x| x[0]))
};

methods1! {
    real REAL "The real part of each element.";
    imag IMAG "The imaginary part of each element, 0 of real numbers.";
    conj CONJ "Each element with its imaginary part negated.";
}

impl Tensor {
    /// A complex constant `re + im·i`, no wider than what it meets: with f32 it makes c64, with f64 c128.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let z = Tensor::from([3.0, 0.0]) + Tensor::complex(0.0, 4.0);
    /// assert_eq!(z.abs().eval()?.to_f64(), [5.0, 4.0]);
    /// assert_eq!(z.eval()?.to_string(), "[3.+4.j 0.+4.j]");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn complex(re: f64, im: f64) -> Tensor {
        super::CONSTANT.call(&[], Attrs::Data(Array::scalar([re, im])))
    }
}
