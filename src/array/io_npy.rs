//! NumPy's .npy files: one array with a header that is checked against the file before anything is allocated.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use super::dense::Element;
use super::io::{data_error, display_path, io_error, open};
use super::npy_header::{self, Header, Kind};
use super::{Array, Buffer, DType, display_shape, memory};
use crate::error::{Error, ErrorKind, Result};

/// The first bytes of every .npy file.
const MAGIC: &[u8] = b"\x93NUMPY";
/// No honest header is longer.
const LONGEST_HEADER: usize = 1 << 20;
/// Bytes that are decoded at a time; a multiple of every element size.
const CHUNK: usize = 1 << 16;

/// Reads a .npy file: numbers of any width and byte order, in C or Fortran order, of versions 1 to 3.
///
/// Integers become i64, f2 and f4 become f16 and f32. Errors: a file that cannot be read, is no .npy file, is
/// truncated or longer than its header says, holds anything but numbers, or exceeds the memory budget.
///
/// ```
/// use gradus::{Array, array::{read_npy, write_npy}};
/// let path = std::env::temp_dir().join("gradus_doc.npy");
/// write_npy(&path, &Array::from([[1.0, 2.0], [3.0, 4.0]]))?;
/// assert_eq!(read_npy(&path)?.to_f64(), [1.0, 2.0, 3.0, 4.0]);
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn read_npy(path: impl AsRef<Path>) -> Result<Array> {
    let path = path.as_ref();
    let (file, length) = open(path)?;
    decode(&mut BufReader::new(file), length, &display_path(path))
}

/// Reads the bytes of a .npy file; `file` is what errors call it.
pub fn parse_npy(bytes: &[u8], file: &str) -> Result<Array> {
    decode(&mut &bytes[..], Some(bytes.len() as u64), file)
}

/// Writes a .npy file that NumPy reads; bf16, which NumPy does not have, is written as f32.
///
/// Errors: a file that cannot be written.
pub fn write_npy(path: impl AsRef<Path>, array: &Array) -> Result<()> {
    let name = display_path(path.as_ref());
    let fault = |e: std::io::Error| io_error(&name, "write", &e);
    let mut file = File::create(path).map_err(fault)?;
    encode(array, &mut file).and_then(|()| file.flush()).map_err(fault)
}

/// Reads one array from a stream that holds `length` bytes, where that is known.
pub(crate) fn decode(reader: &mut impl Read, length: Option<u64>, file: &str) -> Result<Array> {
    let (header, before) = read_header(reader, file)?;
    let (count, bytes) = header.counts(file)?;
    if let Some(held) = length.map(|n| n.saturating_sub(before))
        && held != bytes
    {
        return Err(data_error(
            file,
            format!(
                "the header promises shape {} of {}, {bytes} bytes; the file holds {held}",
                display_shape(&header.shape),
                header.descr
            ),
        ));
    }
    let (dtype, buffer) = Elements { reader, count, big_endian: header.big_endian, file }.read(header.kind)?;
    let mut shape = header.shape;
    if header.fortran {
        shape.reverse();
    }
    let array = Array::contiguous_from(dtype, shape, buffer);
    Ok(if header.fortran { array.transpose() } else { array })
}

/// Reads up to the end of the header; says how many bytes that were.
fn read_header(reader: &mut impl Read, file: &str) -> Result<(Header, u64)> {
    let mut start = [0; 8];
    fill(reader, &mut start, file, "its first bytes")?;
    if !start.starts_with(MAGIC) {
        let hint = if start.starts_with(b"PK") { "; it looks like a .npz file" } else { "" };
        return Err(data_error(file, format!("it is no .npy file: it does not begin with \\x93NUMPY{hint}")));
    }
    let mut length = [0; 4];
    let (major, minor) = (start[6], start[7]);
    let width = match (major, minor) {
        (1, 0) => 2,
        (2 | 3, 0) => 4,
        _ => {
            return Err(data_error(file, format!("it is of .npy version {major}.{minor}; 1.0, 2.0 and 3.0 are known")));
        }
    };
    fill(reader, &mut length[..width], file, "the length of its header")?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err(data_error(file, format!("the .npy header is broken: it claims to be {length} bytes long")));
    }
    let mut text = vec![0; length];
    fill(reader, &mut text, file, "its header")?;
    Ok((Header::parse(&String::from_utf8_lossy(&text), file)?, (8 + width + length) as u64))
}

/// Fills a buffer; an error where the stream ends before it is full.
fn fill(reader: &mut impl Read, buffer: &mut [u8], file: &str, what: &str) -> Result<()> {
    reader.read_exact(buffer).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => data_error(file, format!("it is truncated: it ends within {what}")),
        // A broken compressed stream is broken data.
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            data_error(file, format!("it is broken within {what}: {e}"))
        }
        _ => io_error(file, "read", &e),
    })
}

/// The elements of a file, still to be read.
struct Elements<'a, R> {
    reader: &'a mut R,
    count: usize,
    big_endian: bool,
    file: &'a str,
}

impl<R: Read> Elements<'_, R> {
    /// Reads all elements.
    fn read(mut self, kind: Kind) -> Result<(DType, Buffer)> {
        Ok(match kind {
            Kind::Bool => (DType::Bool, bool::wrap(self.each(|[b]: [u8; 1]| b != 0)?)),
            Kind::Signed(1) => (DType::I64, i64::wrap(self.each(|b| i64::from(i8::from_le_bytes(b)))?)),
            Kind::Signed(2) => (DType::I64, i64::wrap(self.each(|b| i64::from(i16::from_le_bytes(b)))?)),
            Kind::Signed(4) => (DType::I64, i64::wrap(self.each(|b| i64::from(i32::from_le_bytes(b)))?)),
            Kind::Signed(_) => (DType::I64, i64::wrap(self.each(i64::from_le_bytes)?)),
            Kind::Unsigned(1) => (DType::I64, i64::wrap(self.each(|b| i64::from(u8::from_le_bytes(b)))?)),
            Kind::Unsigned(2) => (DType::I64, i64::wrap(self.each(|b| i64::from(u16::from_le_bytes(b)))?)),
            Kind::Unsigned(4) => (DType::I64, i64::wrap(self.each(|b| i64::from(u32::from_le_bytes(b)))?)),
            Kind::Unsigned(_) => (DType::I64, i64::wrap(self.unsigned()?)),
            Kind::Float(2) => (DType::F16, f32::wrap(self.each(|b| f16_to_f32(u16::from_le_bytes(b)))?)),
            Kind::Float(4) => (DType::F32, f32::wrap(self.each(f32::from_le_bytes)?)),
            Kind::Float(_) => (DType::F64, f64::wrap(self.each(f64::from_le_bytes)?)),
            Kind::Complex(8) => {
                let parts = self.twice().each(|b| f64::from(f32::from_le_bytes(b)))?;
                (DType::C64, <[f64; 2]>::wrap(parts.as_chunks().0.to_vec()))
            }
            Kind::Complex(_) => {
                let parts = self.twice().each(f64::from_le_bytes)?;
                (DType::C128, <[f64; 2]>::wrap(parts.as_chunks().0.to_vec()))
            }
        })
    }

    /// The same stream seen as the parts of complex numbers.
    fn twice(self) -> Self {
        Elements { count: self.count * 2, ..self }
    }

    /// Unsigned integers of 8 bytes; an error where one does not fit i64.
    fn unsigned(&mut self) -> Result<Vec<i64>> {
        let values = self.each(u64::from_le_bytes)?;
        if let Some(k) = values.iter().position(|&u| i64::try_from(u).is_err()) {
            let message = format!("{}: element {k} is {}, beyond i64", self.file, values[k]);
            return Err(Error::new(ErrorKind::Overflow, message));
        }
        Ok(values.into_iter().map(|u| u as i64).collect())
    }

    /// Every element of N bytes, turned from little-endian order into a number.
    fn each<const N: usize, T>(&mut self, number: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let mut out = memory::reserve(self.count, self.file)?;
        let mut chunk = [0u8; CHUNK];
        let mut left = self.count;
        while left > 0 {
            let now = left.min(CHUNK / N);
            fill(self.reader, &mut chunk[..now * N], self.file, "its elements")?;
            let (elements, _) = chunk[..now * N].as_chunks::<N>();
            out.extend(elements.iter().map(|&bytes| {
                let mut bytes = bytes;
                if self.big_endian {
                    bytes.reverse();
                }
                number(bytes)
            }));
            left -= now;
        }
        Ok(out)
    }
}

/// Writes header and elements, the latter little-endian in row-major order.
pub(crate) fn encode(array: &Array, out: &mut impl Write) -> std::io::Result<()> {
    let mut bytes = npy_header::encode(array);
    let mut result = Ok(());
    let mut push = |element: &[u8]| {
        bytes.extend_from_slice(element);
        if bytes.len() >= CHUNK && result.is_ok() {
            result = out.write_all(&bytes);
            bytes.clear();
        }
    };
    let dtype = array.dtype();
    match array.buffer() {
        Buffer::Bool(v) => array.for_each_offset(|at| push(&[u8::from(v[at])])),
        Buffer::I64(v) => array.for_each_offset(|at| push(&v[at].to_le_bytes())),
        Buffer::F32(v) if dtype == DType::F16 => array.for_each_offset(|at| push(&f32_to_f16(v[at]).to_le_bytes())),
        Buffer::F32(v) => array.for_each_offset(|at| push(&v[at].to_le_bytes())),
        Buffer::F64(v) => array.for_each_offset(|at| push(&v[at].to_le_bytes())),
        Buffer::C128(v) if dtype == DType::C64 => {
            array.for_each_offset(|at| v[at].iter().for_each(|&part| push(&(part as f32).to_le_bytes())));
        }
        Buffer::C128(v) => array.for_each_offset(|at| v[at].iter().for_each(|part| push(&part.to_le_bytes()))),
    }
    result.and_then(|()| out.write_all(&bytes))
}

/// The number that half-precision bits stand for.
fn f16_to_f32(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    match exponent {
        0x1f if mantissa != 0.0 => f32::NAN.copysign(sign),
        0x1f => sign * f32::INFINITY,
        0 => sign * mantissa * 2f32.powi(-24),
        _ => sign * (1024.0 + mantissa) * 2f32.powi(exponent - 25),
    }
}

/// The bits of a half-precision number; x is one already, or NaN.
fn f32_to_f16(x: f32) -> u16 {
    let sign = u16::from(x.is_sign_negative()) << 15;
    let size = x.abs();
    let magnitude = match size {
        _ if x.is_nan() => 0x7e00,
        _ if size > 65504.0 => 0x7c00,
        _ if size < 2f32.powi(-14) => (size * 2f32.powi(24)) as u16,
        // Moving the exponent bias from 127 to 15 leaves the bits of a half.
        _ => (size.to_bits() >> 13).wrapping_sub((127 - 15) << 10) as u16,
    };
    sign | magnitude
}
