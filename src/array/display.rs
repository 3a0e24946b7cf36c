//! Printing arrays as NumPy prints them: aligned columns, eight digits, the middle of large arrays left out.

use std::fmt;

use super::digits::{Scientific, positional};
use super::format::{Format, round_f64_to};
use super::{Array, Buffer, display_shape};

/// Digits after the point.
const PRECISION: usize = 8;
/// Arrays with more elements than this show only the ends of long axes.
const THRESHOLD: usize = 1000;
/// How many elements at each end of an axis such arrays show.
const EDGE: usize = 3;
/// Longest line.
const WIDTH: usize = 75;
/// Beyond these an array of many short axes is described, not listed.
const MOST_SHOWN: usize = 1_000_000;
const MOST_AXES: usize = 128;

impl fmt::Display for Array {
    /// Writes what NumPy's `str` gives for the same array.
    ///
    /// ```
    /// let x = gradus::Array::from([[1.0, 2.5], [-3.0, 1000.0]]);
    /// assert_eq!(x.to_string(), "[[   1.     2.5]\n [  -3.  1000. ]]");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("[]");
        }
        let shown = self.shown_axes();
        let count = shown.iter().try_fold(1usize, |n, axis| n.checked_mul(axis.len()));
        if self.rank() > MOST_AXES || count.is_none_or(|n| n > MOST_SHOWN) {
            return write!(f, "<{} array of shape {}>", self.dtype(), display_shape(self.shape()));
        }
        let offsets = self.shown_offsets(&shown);
        if self.rank() == 0 {
            return f.write_str(&self.scalar_text(offsets.first().copied().unwrap_or_default()));
        }
        let words = self.words(&offsets);
        let layout = Layout { shape: self.shape(), shown: &shown };
        f.write_str(&layout.nest(&mut words.into_iter(), 0, 1, WIDTH))
    }
}

impl Array {
    /// The indices to show on each axis.
    fn shown_axes(&self) -> Vec<Vec<usize>> {
        let summarised = self.len() > THRESHOLD;
        self.shape()
            .iter()
            .map(
                |&d| if summarised && d > 2 * EDGE { (0..EDGE).chain(d - EDGE..d).collect() } else { (0..d).collect() },
            )
            .collect()
    }

    /// Buffer indices of the elements to show, in row-major order.
    fn shown_offsets(&self, shown: &[Vec<usize>]) -> Vec<usize> {
        let mut offsets = vec![self.offset() as isize];
        for (axis, &stride) in shown.iter().zip(self.strides()) {
            offsets = offsets.iter().flat_map(|at| axis.iter().map(move |&i| at + i as isize * stride)).collect();
        }
        offsets.into_iter().map(|at| at as usize).collect()
    }

    /// The elements at these buffer indices as words of one width.
    fn words(&self, offsets: &[usize]) -> Vec<String> {
        let format = self.dtype().format().unwrap_or(Format::F64);
        match self.buffer() {
            Buffer::Bool(v) => {
                offsets.iter().map(|&at| if v[at] { " True".to_string() } else { "False".to_string() }).collect()
            }
            Buffer::I64(v) => {
                let words: Vec<String> = offsets.iter().map(|&at| v[at].to_string()).collect();
                let width = words.iter().map(String::len).max().unwrap_or(0);
                words.into_iter().map(|w| format!("{w:>width$}")).collect()
            }
            Buffer::F32(v) => {
                float_words(&offsets.iter().map(|&at| f64::from(v[at])).collect::<Vec<_>>(), format, false)
            }
            Buffer::F64(v) => float_words(&offsets.iter().map(|&at| v[at]).collect::<Vec<_>>(), format, false),
            Buffer::C128(v) => {
                let part = |k: usize| offsets.iter().map(|&at| v[at][k]).collect::<Vec<_>>();
                let real = float_words(&part(0), format, false);
                let imaginary = float_words(&part(1), format, true);
                real.into_iter().zip(imaginary).map(|(re, im)| re + &with_unit(&im)).collect()
            }
        }
    }

    /// The element of an array of rank 0, with all its digits.
    fn scalar_text(&self, at: usize) -> String {
        let format = self.dtype().format().unwrap_or(Format::F64);
        match self.buffer() {
            Buffer::Bool(v) => if v[at] { "True" } else { "False" }.to_string(),
            Buffer::I64(v) => v[at].to_string(),
            Buffer::F32(v) => scalar_float(f64::from(v[at]), format, true),
            Buffer::F64(v) => scalar_float(v[at], format, true),
            Buffer::C128(v) => {
                let [re, im] = v[at].map(|part| scalar_float(part, format, false));
                if v[at][0] == 0.0 && v[at][0].is_sign_positive() {
                    return format!("{im}j");
                }
                let sign = if im.starts_with('-') { "" } else { "+" };
                format!("({re}{sign}{im}j)")
            }
        }
    }
}

/// Puts the imaginary unit behind the number and before the spaces that align it.
fn with_unit(word: &str) -> String {
    let digits = word.trim_end();
    format!("{digits}j{}", &word[digits.len()..])
}

/// A float alone: positional in a middle range, else scientific, with the fewest digits that tell it apart.
fn scalar_float(x: f64, format: Format, point_zero: bool) -> String {
    if !x.is_finite() {
        return non_finite(x).to_string();
    }
    let limit = if format == Format::F64 { 1e16 } else { 10f64.powi(decimal_digits(format)) };
    if x != 0.0 && !(1e-4..limit).contains(&x.abs()) {
        let s = Scientific::shortest(x, format, usize::MAX);
        let (sign, point) = (if s.negative { "-" } else { "" }, if s.fraction.is_empty() { "" } else { "." });
        return format!("{sign}{}{point}{}e{:+03}", s.first, s.fraction, s.exponent);
    }
    match positional(x, format, usize::MAX) {
        (whole, fraction) if fraction.is_empty() && point_zero => format!("{whole}.0"),
        (whole, fraction) if fraction.is_empty() => whole,
        (whole, fraction) => format!("{whole}.{fraction}"),
    }
}

/// How many decimal digits a format always keeps.
fn decimal_digits(format: Format) -> i32 {
    (f64::from(format.precision() - 1) * std::f64::consts::LOG10_2).floor() as i32
}

/// NumPy's words for NaN and the infinities.
fn non_finite(x: f64) -> &'static str {
    match x {
        x if x.is_nan() => "nan",
        x if x < 0.0 => "-inf",
        _ => "inf",
    }
}

/// Whether floats are printed in scientific notation: some are very large or small, or far apart.
fn needs_exponent(values: &[f64], format: Format) -> bool {
    let sizes = || values.iter().filter(|x| x.is_finite() && **x != 0.0).map(|x| x.abs());
    let (Some(least), Some(most)) = (sizes().reduce(f64::min), sizes().reduce(f64::max)) else { return false };
    most >= 10f64.powi(decimal_digits(format).min(8))
        || least < round_f64_to(0.0001, format)
        || round_f64_to(most / least, format) > 1000.0
}

/// Floats as words of one width; `plus` writes the sign of positive ones too.
fn float_words(values: &[f64], format: Format, plus: bool) -> Vec<String> {
    let signed = |negative: bool| {
        if negative {
            "-"
        } else if plus {
            "+"
        } else {
            ""
        }
    };
    // Each word in two parts, before the point and after it.
    let parts: Vec<Option<(String, String)>> = if needs_exponent(values, format) {
        let finite = values.iter().filter(|x| x.is_finite());
        let first: Vec<Scientific> = finite.map(|&x| Scientific::shortest(x, format, PRECISION)).collect();
        let digits = first.iter().map(|s| s.fraction.len()).max().unwrap_or(0);
        let width = first.iter().map(|s| s.exponent.abs().to_string().len()).max().unwrap_or(2).max(2) + 1;
        let scientific = |x: f64| {
            let s = Scientific::exact(x, digits);
            (format!("{}{}", signed(s.negative), s.first), format!("{}e{:+0width$}", s.fraction, s.exponent))
        };
        values.iter().map(|&x| x.is_finite().then(|| scientific(x))).collect()
    } else {
        let plain = |x: f64| {
            let (whole, fraction) = positional(x, format, PRECISION);
            let whole = if plus && !whole.starts_with('-') { format!("+{whole}") } else { whole };
            (whole, fraction)
        };
        values.iter().map(|&x| x.is_finite().then(|| plain(x))).collect()
    };
    align(values, &parts, plus)
}

/// Pads numbers so that their points stand below each other, and words like nan to the same width.
fn align(values: &[f64], parts: &[Option<(String, String)>], plus: bool) -> Vec<String> {
    let widest = |of: fn(&(String, String)) -> usize| parts.iter().flatten().map(of).max().unwrap_or(0);
    let right = widest(|p| p.1.len());
    let mut left = widest(|p| p.0.len());
    if parts.iter().any(Option::is_none) {
        let infinity = if plus || values.contains(&f64::NEG_INFINITY) { 4usize } else { 3 };
        left = left.max(infinity.saturating_sub(right + 1));
    }
    let word = |(x, part): (&f64, &Option<(String, String)>)| match part {
        Some((whole, rest)) => format!("{whole:>left$}.{rest:<right$}"),
        None => {
            let sign = if plus && (x.is_nan() || *x > 0.0) { "+" } else { "" };
            format!("{:>width$}", format!("{sign}{}", non_finite(*x)), width = left + right + 1)
        }
    };
    values.iter().zip(parts).map(word).collect()
}

/// What is shown of which axes.
struct Layout<'a> {
    shape: &'a [usize],
    shown: &'a [Vec<usize>],
}

impl Layout<'_> {
    /// The text of the sub-array on the axes from `axis` on, whose lines after the first begin with `indent` spaces.
    fn nest(&self, words: &mut impl Iterator<Item = String>, axis: usize, indent: usize, width: usize) -> String {
        let shown = self.shown[axis].len();
        // The dots stand before this element.
        let gap = if shown < self.shape[axis] { EDGE } else { shown };
        if axis + 1 == self.shape.len() {
            return format!("[{}]", self.row(words.by_ref().take(shown), gap, indent, width - 1));
        }
        let separator = "\n".repeat(self.shape.len() - axis - 1);
        let mut text = String::from("[");
        for k in 0..shown {
            if k > 0 {
                text += &separator;
                text += &" ".repeat(indent);
            }
            if k == gap {
                text += "...";
                text += &separator;
                text += &" ".repeat(indent);
            }
            text += &self.nest(words, axis + 1, indent + 1, width.saturating_sub(1).max(2));
        }
        text + "]"
    }

    /// Words in lines no longer than `width`, as far as a line has more than one.
    fn row(&self, words: impl Iterator<Item = String>, gap: usize, indent: usize, width: usize) -> String {
        let mut text = String::new();
        let mut line = " ".repeat(indent);
        let mut push = |line: &mut String, word: &str| {
            if line.len() + word.len() > width && line.len() > indent {
                text += line.trim_end();
                text += "\n";
                *line = " ".repeat(indent);
            }
            *line += word;
        };
        for (k, word) in words.enumerate() {
            if k > 0 {
                line += " ";
            }
            if k == gap {
                push(&mut line, "...");
                line += " ";
            }
            push(&mut line, &word);
        }
        text += &line;
        text.split_off(indent.min(text.len()))
    }
}
