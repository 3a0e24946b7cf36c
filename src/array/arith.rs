//! Blocks of arithmetic whose operands are slices or single numbers, compiled for vector instructions.

use super::sums::dispatch;

/// An exactly rounded machine instruction, which an evaluator may compile in instead of calling a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// a + b.
    Add,
    /// a - b.
    Sub,
    /// a * b.
    Mul,
    /// a / b.
    Div,
    /// -a.
    Neg,
    /// a * a.
    Square,
}

impl Instruction {
    /// The right operand that changes nothing, not even the sign of a zero.
    pub fn neutral(self) -> Option<f64> {
        match self {
            Instruction::Mul | Instruction::Div => Some(1.0),
            _ => None,
        }
    }

    /// True if the operands may change places.
    pub fn commutes(self) -> bool {
        matches!(self, Instruction::Add | Instruction::Mul)
    }
}

/// An operand of a block.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a, T> {
    /// One number per element.
    Many(&'a [T]),
    /// One number for all.
    One(T),
}

/// Loops for one operation: the shape of the operands is decided outside the loop.
macro_rules! loops {
    ($a:expr, $b:expr, $out:expr, $x:ident, $y:ident => $value:expr) => {
        match ($a, $b) {
            (Operand::Many(a), Operand::Many(b)) => {
                for ((o, &$x), &$y) in $out.iter_mut().zip(a).zip(b) {
                    *o = $value;
                }
            }
            (Operand::Many(a), Operand::One($y)) => {
                for (o, &$x) in $out.iter_mut().zip(a) {
                    *o = $value;
                }
            }
            (Operand::One($x), Operand::Many(b)) => {
                for (o, &$y) in $out.iter_mut().zip(b) {
                    *o = $value;
                }
            }
            (Operand::One($x), Operand::One($y)) => $out.fill($value),
        }
    };
}

/// Every instruction for one element type.
macro_rules! instructions {
    ($($name:ident $ty:ident $doc:literal;)*) => {$(
        dispatch! {
            #[doc = $doc]
            fn $name(op: Instruction, a: Operand<$ty>, b: Operand<$ty>, out: &mut [$ty]) -> () {
                match op {
                    Instruction::Add => loops!(a, b, out, x, y => x + y),
                    Instruction::Sub => loops!(a, b, out, x, y => x - y),
                    Instruction::Mul => loops!(a, b, out, x, y => x * y),
                    Instruction::Div => loops!(a, b, out, x, y => x / y),
                    Instruction::Neg => loops!(a, Operand::One(0.0), out, x, _y => -x),
                    Instruction::Square => loops!(a, Operand::One(0.0), out, x, _y => x * x),
                }
            }
        }
    )*};
}
instructions! {
    run_f64 f64 "Runs an instruction on a block of f64; those of one operand look at the first.";
    run_f32 f32 "Runs an instruction on a block of f32; those of one operand look at the first.";
}

/// Loops that choose and that fill, for one element type, on the bits of the elements: a choice between places in
/// memory would not vectorise.
macro_rules! choose {
    ($($name:ident $fill:ident $ty:ident $bits:ident $to:expr, $from:expr;)*) => {$(
        dispatch! {
            /// a where c is true, else b.
            fn $name(c: &[bool], a: &[$ty], b: &[$ty], out: &mut [$ty]) -> () {
                let n = out.len();
                let (c, a, b) = (&c[..n], &a[..n], &b[..n]);
                for i in 0..n {
                    let mask = $bits::from(c[i]).wrapping_neg();
                    out[i] = $from(($to(a[i]) & mask) | ($to(b[i]) & !mask));
                }
            }
        }
        dispatch! {
            /// One value everywhere.
            fn $fill(value: $ty, out: &mut [$ty]) -> () {
                out.fill(value);
            }
        }
    )*};
}
choose! {
    choose_f64 fill_f64 f64 u64 f64::to_bits, f64::from_bits;
    choose_f32 fill_f32 f32 u32 f32::to_bits, f32::from_bits;
    choose_i64 fill_i64 i64 i64 |v: i64| v, |v: i64| v;
    choose_bool fill_bool bool u8 u8::from, |v: u8| v != 0;
}

dispatch! {
    /// A function of two booleans, given as a mask: bit 2a + b.
    fn truth(mask: u8, a: &[bool], b: &[bool], out: &mut [bool]) -> () {
        for ((o, &a), &b) in out.iter_mut().zip(a).zip(b) {
            *o = (mask >> (2 * u8::from(a) + u8::from(b))) & 1 == 1;
        }
    }
}

/// A loop that fills booleans, for one element type.
macro_rules! ask_two {
    ($name:ident $ty:ident: $a:ident, $b:ident => $condition:expr) => {
        dispatch! {
            /// Whether the condition holds, element by element.
            fn $name(a: &[$ty], b: &[$ty], out: &mut [bool]) -> () {
                for ((o, &$a), &$b) in out.iter_mut().zip(a).zip(b) {
                    *o = $condition;
                }
            }
        }
    };
}

/// Comparisons for every element type.
macro_rules! compare {
    ($($f64:ident $f32:ident $i64:ident $sign:tt;)*) => {$(
        ask_two!($f64 f64: a, b => a $sign b);
        ask_two!($f32 f32: a, b => a $sign b);
        ask_two!($i64 i64: a, b => a $sign b);
    )*};
}
compare! {
    equal_f64 equal_f32 equal_i64 ==;
    differ_f64 differ_f32 differ_i64 !=;
    less_f64 less_f32 less_i64 <;
    less_equal_f64 less_equal_f32 less_equal_i64 <=;
    greater_f64 greater_f32 greater_i64 >;
    greater_equal_f64 greater_equal_f32 greater_equal_i64 >=;
}
ask_two!(and_f64 f64: a, b => (a != 0.0) & (b != 0.0));
ask_two!(and_f32 f32: a, b => (a != 0.0) & (b != 0.0));
ask_two!(and_i64 i64: a, b => (a != 0) & (b != 0));
ask_two!(or_f64 f64: a, b => (a != 0.0) | (b != 0.0));
ask_two!(or_f32 f32: a, b => (a != 0.0) | (b != 0.0));
ask_two!(or_i64 i64: a, b => (a != 0) | (b != 0));

dispatch! {
    /// 1 for true, 0 for false.
    fn bools_to_f64(x: &[bool], out: &mut [f64]) -> () {
        out.iter_mut().zip(x).for_each(|(o, &v)| *o = if v { 1.0 } else { 0.0 });
    }
}
dispatch! {
    /// 1 for true, 0 for false.
    fn bools_to_f32(x: &[bool], out: &mut [f32]) -> () {
        out.iter_mut().zip(x).for_each(|(o, &v)| *o = if v { 1.0 } else { 0.0 });
    }
}
