//! Casts between all dtypes: one rounding where one is needed, an error where a value has no counterpart.

use super::dense::Element;
use super::format::{Format, power_of_two, round_f64_to};
use super::{Array, Buffer, DType, display_shape, memory};
use crate::error::{Error, ErrorKind, Result};

impl Array {
    /// The elements in another dtype: narrower floats round to nearest even, floats to i64 truncate.
    ///
    /// Errors: NaN, infinity or a float beyond i64 cast to i64; a complex number with an imaginary part cast to a
    /// real dtype.
    ///
    /// ```
    /// use gradus::{Array, DType};
    /// let x = Array::from(vec![0.1, -2.7]);
    /// assert_eq!(x.cast(DType::I64)?.to_vec::<i64>()?, [0, -2]);
    /// assert_eq!(x.cast(DType::BF16)?.get(&[0])?, 0.10009765625);
    /// assert!(Array::from(f64::NAN).cast(DType::I64).is_err());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn cast(&self, to: DType) -> Result<Array> {
        let from = self.dtype();
        if from == to {
            return Ok(self.clone());
        }
        // A narrower dtype that is stored in the same type holds a subset of its values: widening needs no work.
        if from.storage() == to.storage() && matches!(to, DType::F32 | DType::C128) {
            return Ok(self.clone().relabel(to));
        }
        let buffer = match to {
            DType::Bool => self.cast_to_bool()?,
            DType::I64 => self.cast_to_i64()?,
            DType::F16 | DType::BF16 | DType::F32 => f32::wrap(self.cast_to_f32(to)?),
            DType::F64 => f64::wrap(self.cast_to_f64()?),
            DType::C64 | DType::C128 => <[f64; 2]>::wrap(self.cast_to_complex(to)?),
        };
        Ok(Array::contiguous_from(to, self.shape().to_vec(), buffer))
    }

    /// Zero is false, everything else, NaN too, is true.
    fn cast_to_bool(&self) -> Result<Buffer> {
        let mut out: Vec<bool> = self.reserve_cast(DType::Bool)?;
        match self.buffer() {
            Buffer::Bool(v) => self.for_each_offset(|at| out.push(v[at])),
            Buffer::I64(v) => self.for_each_offset(|at| out.push(v[at] != 0)),
            Buffer::F32(v) => self.for_each_offset(|at| out.push(v[at] != 0.0)),
            Buffer::F64(v) => self.for_each_offset(|at| out.push(v[at] != 0.0)),
            Buffer::C128(v) => self.for_each_offset(|at| out.push(v[at] != [0.0, 0.0])),
        }
        Ok(bool::wrap(out))
    }

    /// Truncates towards zero.
    fn cast_to_i64(&self) -> Result<Buffer> {
        let mut out: Vec<i64> = self.reserve_cast(DType::I64)?;
        match self.buffer() {
            Buffer::Bool(v) => self.for_each_offset(|at| out.push(i64::from(v[at]))),
            Buffer::I64(v) => self.for_each_offset(|at| out.push(v[at])),
            _ => {
                for (k, x) in self.real_values(DType::I64)?.into_iter().enumerate() {
                    // 2^63 itself is out of range, -2^63 is not.
                    let limit = power_of_two(63);
                    if !(x >= -limit && x < limit) {
                        let kind = if x.is_nan() { ErrorKind::Domain } else { ErrorKind::Overflow };
                        return Err(Error::new(kind, format!("cast: {x} at {} has no i64 value", self.place(k))));
                    }
                    out.push(x as i64);
                }
            }
        }
        Ok(i64::wrap(out))
    }

    /// Rounds once to f16, bf16 or f32.
    fn cast_to_f32(&self, to: DType) -> Result<Vec<f32>> {
        let format = to.format().unwrap_or(Format::F32);
        let mut out: Vec<f32> = self.reserve_cast(to)?;
        match self.buffer() {
            Buffer::Bool(v) => self.for_each_offset(|at| out.push(f32::from(u8::from(v[at])))),
            Buffer::I64(v) => self.for_each_offset(|at| out.push(round_f64_to(to_f64_odd(v[at]), format) as f32)),
            Buffer::F32(v) => self.for_each_offset(|at| out.push(super::round_f32_to(v[at], format))),
            _ => out.extend(self.real_values(to)?.into_iter().map(|x| round_f64_to(x, format) as f32)),
        }
        Ok(out)
    }

    /// Widens to f64; only integers beyond 2^53 round.
    fn cast_to_f64(&self) -> Result<Vec<f64>> {
        memory::check(self.len().saturating_mul(8), &self.cast_name(DType::F64))?;
        self.real_values(DType::F64)
    }

    /// Real parts with zero imaginary parts, or both parts rounded.
    fn cast_to_complex(&self, to: DType) -> Result<Vec<[f64; 2]>> {
        let format = to.format().unwrap_or(Format::F64);
        let mut out: Vec<[f64; 2]> = self.reserve_cast(to)?;
        match self.buffer() {
            Buffer::I64(v) if to == DType::C64 => {
                self.for_each_offset(|at| out.push([f64::from(v[at] as f32), 0.0]));
            }
            Buffer::C128(v) => self.for_each_offset(|at| out.push(v[at].map(|part| round_f64_to(part, format)))),
            _ => out.extend(self.to_f64().into_iter().map(|x| [round_f64_to(x, format), 0.0])),
        }
        Ok(out)
    }

    /// The elements as f64; an error where one has an imaginary part that the cast would drop.
    fn real_values(&self, to: DType) -> Result<Vec<f64>> {
        if let Buffer::C128(v) = self.buffer() {
            let mut k = 0;
            let mut dropped = None;
            self.for_each_offset(|at| {
                if v[at][1] != 0.0 && dropped.is_none() {
                    dropped = Some((k, v[at]));
                }
                k += 1;
            });
            if let Some((k, [re, im])) = dropped {
                let place = self.place(k);
                let message = format!(
                    "cast: {re}{im:+}j at {place} is not real and has no {to} value; take real(x), imag(x) or abs(x)"
                );
                return Err(Error::new(ErrorKind::DType, message));
            }
        }
        Ok(self.to_f64())
    }

    /// Room for the result of a cast, within the memory budget.
    fn reserve_cast<T>(&self, to: DType) -> Result<Vec<T>> {
        memory::reserve(self.len(), &self.cast_name(to))
    }

    /// What a cast calls itself in an error.
    fn cast_name(&self, to: DType) -> String {
        format!("cast: {} of shape {}", to, display_shape(self.shape()))
    }

    /// The multi-dimensional index of the k-th element in row-major order, for messages.
    pub(crate) fn place(&self, k: usize) -> String {
        if self.rank() == 0 {
            return "the only element".to_string();
        }
        let mut rest = k;
        let mut index = vec![0; self.rank()];
        for (i, &d) in index.iter_mut().zip(self.shape()).rev() {
            *i = rest % d.max(1);
            rest /= d.max(1);
        }
        format!("index {}", display_shape(&index))
    }
}

/// An i64 as f64 rounded to odd: a second rounding to at most 51 bits then gives what a single rounding would.
fn to_f64_odd(i: i64) -> f64 {
    let magnitude = i.unsigned_abs();
    if magnitude >> 53 == 0 {
        return i as f64;
    }
    let kept = (magnitude >> 11) | u64::from(magnitude & 0x7ff != 0);
    let value = kept as f64 * 2048.0;
    if i < 0 { -value } else { value }
}
