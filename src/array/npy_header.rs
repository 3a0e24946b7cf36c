//! The header of a .npy file: what the elements are, how they lie, and how many there are.

use super::io::data_error;
use super::{Array, DType, display_shape};
use crate::error::Result;

/// As many axes as NumPy has.
const MOST_AXES: usize = 64;

/// The element types of .npy files that hold numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    /// Signed integers of so many bytes.
    Signed(usize),
    /// Unsigned integers of so many bytes.
    Unsigned(usize),
    /// Floats of so many bytes.
    Float(usize),
    /// Complex numbers of so many bytes.
    Complex(usize),
}

impl Kind {
    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Kind::Bool => 1,
            Kind::Signed(n) | Kind::Unsigned(n) | Kind::Float(n) | Kind::Complex(n) => n,
        }
    }
}

/// What a header says.
#[derive(Debug)]
pub(crate) struct Header {
    /// The element type.
    pub kind: Kind,
    /// The element type as the file spells it, for messages.
    pub descr: String,
    /// True where the most significant byte of a number comes first.
    pub big_endian: bool,
    /// True where the first axis varies fastest.
    pub fortran: bool,
    /// The length of every axis.
    pub shape: Vec<usize>,
}

impl Header {
    /// Reads the Python dictionary that a header is.
    pub fn parse(text: &str, file: &str) -> Result<Header> {
        let fault = |message: String| data_error(file, format!("the .npy header is broken: {message}"));
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        let mut reader = Literal { rest: text };
        reader.demand('{').map_err(fault)?;
        while !reader.accept('}') {
            let key = reader.string().map_err(fault)?;
            reader.demand(':').map_err(fault)?;
            match key {
                // A structured type is a list.
                "descr" if reader.peek() == Some('[') => {
                    return Err(data_error(file, "it holds records of several fields, not plain numbers"));
                }
                "descr" => descr = Some(reader.string().map_err(fault)?.to_string()),
                "fortran_order" => fortran = Some(reader.boolean().map_err(fault)?),
                "shape" => shape = Some(reader.shape().map_err(fault)?),
                _ => return Err(fault(format!("the key {key:?} is unknown"))),
            }
            if !reader.accept(',') {
                reader.demand('}').map_err(fault)?;
                break;
            }
        }
        let missing = |key: &str| fault(format!("the key {key:?} is missing"));
        let descr = descr.ok_or_else(|| missing("descr"))?;
        let (kind, big_endian) = element_type(&descr, file)?;
        let fortran = fortran.ok_or_else(|| missing("fortran_order"))?;
        Ok(Header { kind, descr, big_endian, fortran, shape: shape.ok_or_else(|| missing("shape"))? })
    }

    /// The number of elements and of bytes; an error where no file could hold them.
    pub fn counts(&self, file: &str) -> Result<(usize, u64)> {
        let elements = super::element_count(&self.shape).ok();
        let bytes = elements.and_then(|n| n.checked_mul(self.kind.size()));
        elements.zip(bytes).map(|(n, b)| (n, b as u64)).ok_or_else(|| {
            data_error(
                file,
                format!("the header promises shape {}, more than any file holds", display_shape(&self.shape)),
            )
        })
    }
}

/// The element type that a `descr` names, and whether it is big-endian.
fn element_type(descr: &str, file: &str) -> Result<(Kind, bool)> {
    let (order, code) = match descr.chars().next() {
        Some(c @ ('<' | '>' | '|' | '=')) => (c, &descr[1..]),
        _ => ('=', descr),
    };
    let kind = match code {
        "b1" | "?" => Kind::Bool,
        "i1" | "i2" | "i4" | "i8" => Kind::Signed(size(code)),
        "u1" | "u2" | "u4" | "u8" => Kind::Unsigned(size(code)),
        "f2" | "f4" | "f8" => Kind::Float(size(code)),
        "c8" | "c16" => Kind::Complex(size(code)),
        _ => {
            let what = match code.chars().next() {
                Some('O') => "pickled Python objects",
                Some('S' | 'U' | 'a') => "text",
                Some('M' | 'm') => "dates or time spans",
                Some('V') => "raw bytes",
                Some('f' | 'c') => "floats of a width that Gradus does not have",
                _ => "elements of an unknown type",
            };
            return Err(data_error(file, format!("it holds {what} (dtype {descr:?}), not numbers that can be read")));
        }
    };
    Ok((kind, order == '>'))
}

/// The digits at the end of a type code.
fn size(code: &str) -> usize {
    code[1..].parse().unwrap_or(8)
}

/// A reader of the few Python literals that headers are made of.
struct Literal<'a> {
    rest: &'a str,
}

type Parsed<T> = std::result::Result<T, String>;

impl<'a> Literal<'a> {
    /// The next character that is not a blank.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    /// Steps over a character if it is next.
    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    /// Steps over a character; an error where another is next.
    fn demand(&mut self, wanted: char) -> Parsed<()> {
        if self.accept(wanted) { Ok(()) } else { Err(format!("{wanted:?} is expected before {}", self.here())) }
    }

    /// What comes next, for messages.
    fn here(&self) -> String {
        match self.rest.chars().take(12).collect::<String>() {
            text if text.is_empty() => "the end".to_string(),
            text => format!("{text:?}"),
        }
    }

    /// A string in either kind of quotes.
    fn string(&mut self) -> Parsed<&'a str> {
        let quote = self.peek().filter(|c| matches!(c, '\'' | '"'));
        let text = quote.and_then(|q| self.rest[1..].split_once(q));
        let (string, rest) = text.ok_or_else(|| format!("a string is expected before {}", self.here()))?;
        self.rest = rest;
        Ok(string)
    }

    fn boolean(&mut self) -> Parsed<bool> {
        self.peek();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(format!("True or False is expected before {}", self.here()))
    }

    /// A tuple of lengths.
    fn shape(&mut self) -> Parsed<Vec<usize>> {
        self.demand('(')?;
        let mut shape = vec![];
        while !self.accept(')') {
            shape.push(self.length()?);
            if shape.len() > MOST_AXES {
                return Err(format!("the shape has more than {MOST_AXES} axes"));
            }
            if !self.accept(',') {
                self.demand(')')?;
                break;
            }
        }
        Ok(shape)
    }

    /// The length of an axis; Python 2 wrote an L behind it.
    fn length(&mut self) -> Parsed<usize> {
        let negative = self.accept('-');
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        if digits.is_empty() {
            return Err(format!("a length is expected before {}", self.here()));
        }
        if negative {
            return Err(format!("the shape has the negative length -{digits}"));
        }
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        digits.parse().map_err(|_| format!("the shape has the length {digits}, more than any file holds"))
    }
}

/// The bytes of a file before its elements: magic, version, and a header padded to a multiple of 64.
pub(crate) fn encode(array: &Array) -> Vec<u8> {
    let descr = match array.dtype() {
        DType::Bool => "|b1",
        DType::I64 => "<i8",
        DType::F16 => "<f2",
        // NumPy has no bf16; f32 holds every one of its numbers.
        DType::BF16 | DType::F32 => "<f4",
        DType::F64 => "<f8",
        DType::C64 => "<c8",
        DType::C128 => "<c16",
    };
    let shape = display_shape(array.shape());
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let long = text.len() + 64 > usize::from(u16::MAX);
    let start = if long { 12 } else { 10 };
    let padded = (start + text.len() + 1).next_multiple_of(64) - start;
    text += &" ".repeat(padded - text.len() - 1);
    text.push('\n');
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend(if long { [2, 0] } else { [1, 0] });
    let length = (text.len() as u32).to_le_bytes();
    bytes.extend(&length[..start - 8]);
    bytes.extend(text.as_bytes());
    bytes
}
