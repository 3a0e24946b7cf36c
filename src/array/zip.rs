//! The part of the ZIP format that .npz files need: stored and deflated entries, also beyond 4 GiB when reading.

use std::io::{Read, Seek, SeekFrom, Write};

use super::io::{data_error, io_error};
use super::memory;
use crate::error::Result;

/// The longest end record: its fixed part and a comment.
const LONGEST_END: u64 = 22 + 65535;
/// Deflate cannot compress by more than this.
const MOST_COMPRESSION: u64 = 1032;

/// An entry of the central directory.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The name of the file.
    pub name: String,
    /// Bytes after decompression.
    pub size: u64,
    compressed: u64,
    offset: u64,
    crc: u32,
    deflated: bool,
}

/// A ZIP archive over a stream.
pub(crate) struct Archive<'a, R> {
    reader: R,
    length: u64,
    file: &'a str,
}

/// The little-endian number of `N` bytes at a place.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let mut padded = [0; 8];
    padded[..N].copy_from_slice(bytes.get(at..at.checked_add(N)?)?);
    Some(u64::from_le_bytes(padded))
}

impl<'a, R: Read + Seek> Archive<'a, R> {
    /// An archive over a stream of this length; `file` is what errors call it.
    pub fn new(reader: R, length: u64, file: &'a str) -> Archive<'a, R> {
        Archive { reader, length, file }
    }

    /// The bytes from `at` to `at + count`; an error where the file ends before.
    fn bytes(&mut self, at: u64, count: u64) -> Result<Vec<u8>> {
        if at.checked_add(count).is_none_or(|end| end > self.length) {
            return Err(self.broken("a part of it lies beyond its end"));
        }
        let mut bytes = memory::reserve(count as usize, self.file)?;
        self.reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.reader.by_ref().take(count).read_to_end(&mut bytes))
            .map_err(|e| io_error(self.file, "read", &e))?;
        if (bytes.len() as u64) < count { Err(self.broken("it ends early")) } else { Ok(bytes) }
    }

    fn broken(&self, why: &str) -> crate::error::Error {
        data_error(self.file, format!("the zip archive is broken: {why}"))
    }

    /// The entries of the central directory.
    pub fn entries(&mut self) -> Result<Vec<Entry>> {
        let (count, size, offset) = self.directory_place()?;
        let directory = self.bytes(offset, size)?;
        let mut entries = vec![];
        let mut at = 0;
        for _ in 0..count {
            let (entry, next) = self.entry(&directory, at)?;
            entries.push(entry);
            at = next;
        }
        Ok(entries)
    }

    /// The number of entries, and size and place of the directory, from the record at the end of the file.
    fn directory_place(&mut self) -> Result<(u64, u64, u64)> {
        let tail_length = self.length.min(LONGEST_END);
        let tail_start = self.length - tail_length;
        let tail = self.bytes(tail_start, tail_length)?;
        let is_end = |at: &usize| {
            tail[*at..].starts_with(b"PK\x05\x06") && number::<2>(&tail, at + 20) == Some((tail.len() - at - 22) as u64)
        };
        let Some(at) = (0..tail.len().saturating_sub(21)).rev().find(is_end) else {
            let begins = self.bytes(0, self.length.min(2))? == b"PK";
            let why = if begins { "it is truncated, its directory is missing" } else { "it is no .npz file" };
            return Err(data_error(self.file, why));
        };
        let field = |at| number::<4>(&tail, at).unwrap_or(0);
        let (count, size, offset) = (number::<2>(&tail, at + 10).unwrap_or(0), field(at + 12), field(at + 16));
        if count != 0xffff && size != 0xffff_ffff && offset != 0xffff_ffff {
            return Ok((count, size, offset));
        }
        // Too large for these fields: a 64-bit record stands elsewhere, and its place just before this one.
        let locator =
            (tail_start + at as u64).checked_sub(20).ok_or_else(|| self.broken("its 64-bit record is missing"))?;
        let locator = self.bytes(locator, 20)?;
        let place = number::<8>(&locator, 8).filter(|_| locator.starts_with(b"PK\x06\x07"));
        let place = place.ok_or_else(|| self.broken("its 64-bit record is missing"))?;
        let end = self.bytes(place, 56)?;
        let field = |at| number::<8>(&end, at).unwrap_or(0);
        if !end.starts_with(b"PK\x06\x06") {
            return Err(self.broken("its 64-bit record is missing"));
        }
        Ok((field(32), field(40), field(48)))
    }

    /// The entry at a place of the directory, and where the next begins.
    fn entry(&self, directory: &[u8], at: usize) -> Result<(Entry, usize)> {
        let cut = || self.broken("its directory is cut short");
        let record = directory.get(at..).filter(|r| r.starts_with(b"PK\x01\x02")).ok_or_else(cut)?;
        let short = |at| number::<2>(record, at).ok_or_else(cut);
        let long = |at| number::<4>(record, at).ok_or_else(cut);
        let (flags, method, crc) = (short(8)?, short(10)?, long(16)? as u32);
        let (name, extra, comment) = (short(28)? as usize, short(30)? as usize, short(32)? as usize);
        let text = record.get(46..46 + name).ok_or_else(cut)?;
        let extras = record.get(46 + name..46 + name + extra).ok_or_else(cut)?;
        let name_text = String::from_utf8_lossy(text).into_owned();
        // A field of all ones stands in a 64-bit extra, in this order.
        let mut sizes = [long(24)?, long(20)?, long(42)?];
        let mut wide = wide_fields(extras);
        for size in sizes.iter_mut().filter(|s| **s == 0xffff_ffff) {
            *size = wide.next().ok_or_else(cut)?;
        }
        let [size, compressed, offset] = sizes;
        let refuse = |what: String| Err(data_error(self.file, format!("{name_text}: {what}")));
        if flags & 1 != 0 {
            return refuse("it is encrypted".to_string());
        }
        if method != 0 && method != 8 {
            return refuse(format!("it is compressed by method {method}; stored and deflated entries can be read"));
        }
        let deflated = method == 8;
        if size > if deflated { compressed.saturating_mul(MOST_COMPRESSION) } else { compressed } {
            return refuse(format!("the archive promises {size} bytes, which its {compressed} bytes cannot hold"));
        }
        let next = at + 46 + name + extra + comment;
        Ok((Entry { name: name_text, size, compressed, offset, crc, deflated }, next))
    }

    /// Lets `read` read the decompressed bytes of an entry, then checks that they were whole.
    pub fn read<T>(&mut self, entry: &Entry, read: impl FnOnce(&mut dyn Read) -> Result<T>) -> Result<T> {
        let local = self.bytes(entry.offset, 30)?;
        if !local.starts_with(b"PK\x03\x04") {
            return Err(self.broken(&format!("{} is not where the directory says", entry.name)));
        }
        let skip = [26, 28].into_iter().filter_map(|at| number::<2>(&local, at)).sum::<u64>();
        let start = entry.offset + 30 + skip;
        if start.checked_add(entry.compressed).is_none_or(|end| end > self.length) {
            return Err(data_error(self.file, format!("{}: it is truncated", entry.name)));
        }
        self.reader.seek(SeekFrom::Start(start)).map_err(|e| io_error(self.file, "read", &e))?;
        let raw = std::io::BufReader::new(self.reader.by_ref().take(entry.compressed));
        let inner: Box<dyn Read> =
            if entry.deflated { Box::new(flate2::bufread::DeflateDecoder::new(raw)) } else { Box::new(raw) };
        let mut checked = flate2::CrcReader::new(inner.take(entry.size));
        let result = read(&mut checked)?;
        if u64::from(checked.crc().amount()) != entry.size & 0xffff_ffff || checked.crc().sum() != entry.crc {
            return Err(data_error(self.file, format!("{}: its checksum is wrong, it is damaged", entry.name)));
        }
        Ok(result)
    }
}

/// The numbers in the 64-bit extra field of an entry.
fn wide_fields(mut extras: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut fields: &[u8] = &[];
    while let (Some(id), Some(length)) = (number::<2>(extras, 0), number::<2>(extras, 2)) {
        let Some(content) = extras.get(4..4 + length as usize) else { break };
        if id == 1 {
            fields = content;
        }
        extras = &extras[4 + length as usize..];
    }
    fields.chunks_exact(8).filter_map(|c| number::<8>(c, 0))
}

/// Writes an archive of stored entries.
pub(crate) struct Writer<W> {
    out: W,
    at: u64,
    directory: Vec<u8>,
    count: u16,
}

impl<W: Write> Writer<W> {
    /// An archive without entries.
    pub fn new(out: W) -> Writer<W> {
        Writer { out, at: 0, directory: vec![], count: 0 }
    }

    /// Adds an entry; an error where the archive would exceed 4 GiB or 65534 entries.
    pub fn add(&mut self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let too_large = || std::io::Error::other("a .npz file holds at most 4 GiB and 65534 arrays here");
        let offset = u32::try_from(self.at).ok().ok_or_else(too_large)?;
        let size = u32::try_from(content.len()).ok().filter(|&n| n < u32::MAX).ok_or_else(too_large)?;
        let name_length =
            u16::try_from(name.len()).map_err(|_| std::io::Error::other("an array's name is too long"))?;
        let mut crc = flate2::Crc::new();
        crc.update(content);
        // Version 2.0, names in UTF-8, stored, 1 January 1980.
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        for field in [crc.sum(), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);
        let local = [b"PK\x03\x04", &common[..], name.as_bytes()].concat();
        self.out.write_all(&local)?;
        self.out.write_all(content)?;
        self.directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10]].concat());
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.at += (local.len() + content.len()) as u64;
        self.count = self.count.checked_add(1).filter(|&n| n < u16::MAX).ok_or_else(too_large)?;
        Ok(())
    }

    /// Writes the directory.
    pub fn finish(mut self) -> std::io::Result<()> {
        let too_large = |_| std::io::Error::other("a .npz file holds at most 4 GiB here");
        let (size, offset) = (self.directory.len() as u32, u32::try_from(self.at).map_err(too_large)?);
        self.out.write_all(&self.directory)?;
        self.out.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.out.write_all(&[self.count.to_le_bytes(), self.count.to_le_bytes()].concat())?;
        self.out.write_all(&[size.to_le_bytes(), offset.to_le_bytes()].concat())?;
        self.out.write_all(&[0, 0])?;
        self.out.flush()
    }
}
