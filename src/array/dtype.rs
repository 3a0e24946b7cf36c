//! Element types, how they combine, and how they are stored.

use std::fmt;

/// The type of an array's elements. It is data, never a generic parameter.
///
/// bf16, f16 and c64 are stored in the next wider type (f32, f32, c128) and rounded to their own precision after each
/// operation, so that forecasting a narrow format and running in it are the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// True or false.
    Bool,
    /// 64-bit signed integers; overflow is an error.
    I64,
    /// IEEE half precision, 11 significant bits.
    F16,
    /// Brain floating point, 8 significant bits and the range of f32.
    BF16,
    /// IEEE single precision.
    F32,
    /// IEEE double precision.
    F64,
    /// Complex numbers of two f32.
    C64,
    /// Complex numbers of two f64.
    C128,
}

impl DType {
    /// All dtypes, narrow to wide.
    pub const ALL: [DType; 8] =
        [DType::Bool, DType::I64, DType::F16, DType::BF16, DType::F32, DType::F64, DType::C64, DType::C128];

    /// The name as the command line and NumPy spell it.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I64 => "i64",
            DType::F16 => "f16",
            DType::BF16 => "bf16",
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::C64 => "c64",
            DType::C128 => "c128",
        }
    }

    /// The dtype of this name; NumPy's long names (`float32`, `int64`, …) are accepted too.
    pub fn from_name(name: &str) -> Option<DType> {
        Some(match name {
            "bool" => DType::Bool,
            "i64" | "int" | "int64" => DType::I64,
            "f16" | "half" | "float16" => DType::F16,
            "bf16" | "bfloat16" => DType::BF16,
            "f32" | "float" | "float32" => DType::F32,
            "f64" | "double" | "float64" => DType::F64,
            "c64" | "complex64" => DType::C64,
            "c128" | "complex128" => DType::C128,
            _ => return None,
        })
    }

    /// True of bf16, f16, f32 and f64.
    pub fn is_float(self) -> bool {
        matches!(self, DType::F16 | DType::BF16 | DType::F32 | DType::F64)
    }

    /// True of c64 and c128.
    pub fn is_complex(self) -> bool {
        matches!(self, DType::C64 | DType::C128)
    }

    /// The dtype whose buffer holds elements of this one: bf16 and f16 live in f32, c64 in c128.
    pub fn storage(self) -> DType {
        match self {
            DType::F16 | DType::BF16 => DType::F32,
            DType::C64 => DType::C128,
            other => other,
        }
    }

    /// Bytes that one stored element takes.
    pub fn storage_bytes(self) -> usize {
        match self.storage() {
            DType::Bool => 1,
            DType::F32 => 4,
            DType::C128 => 16,
            _ => 8,
        }
    }

    /// The dtype that holds results of operations on both: bool < i64 < floats < complex; i64 with f32 gives f32,
    /// bf16 with f16 gives f32, f64 with c64 gives c128.
    pub fn promote(self, other: DType) -> DType {
        use DType::*;
        if self == other {
            return self;
        }
        let (low, high) = if self < other { (self, other) } else { (other, self) };
        match (low, high) {
            (F16, BF16) => F32,
            (F64, C64) => C128,
            _ => high,
        }
    }

    /// The dtype of the parts of complex numbers; any other dtype as it is.
    pub fn to_real(self) -> DType {
        match self {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            other => other,
        }
    }

    /// The narrowest complex dtype whose parts hold numbers of this one; c64 for bf16, f16 and f32.
    pub fn to_complex(self) -> DType {
        match self {
            DType::F16 | DType::BF16 | DType::F32 | DType::C64 => DType::C64,
            _ => DType::C128,
        }
    }

    /// This dtype if it is a float or complex, else f64: the dtype of a true division.
    pub fn to_float(self) -> DType {
        if self.is_float() || self.is_complex() { self } else { DType::F64 }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
