//! NumPy's .npz files: named arrays in a zip archive.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Seek};
use std::path::Path;

use super::io::{data_error, display_path, io_error, open, read_all};
use super::zip::{Archive, Writer};
use super::{Array, io_npy, memory};
use crate::error::{Error, ErrorKind, Result};

/// Reads the arrays of a .npz file with their names, in the order of the file; entries may be stored or deflated.
///
/// Errors: a file that cannot be read or is no zip archive, a damaged or encrypted entry, one that is no array of
/// numbers (as of .npy files), two entries of one name.
///
/// ```
/// use gradus::{Array, array::{read_npz, write_npz}};
/// let path = std::env::temp_dir().join("gradus_doc.npz");
/// write_npz(&path, &[("w", &Array::from([1.0, 2.0])), ("b", &Array::from(0.5))])?;
/// assert_eq!(read_npz(&path)?[1].0, "b");
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>> {
    let path = path.as_ref();
    let name = display_path(path);
    match open(path)? {
        (file, Some(length)) => read(Archive::new(file, length, &name), &name),
        // A pipe cannot be searched from its end.
        (_, None) => parse_npz(&read_all(path)?, &name),
    }
}

/// Reads the bytes of a .npz file; `file` is what errors call it.
pub fn parse_npz(bytes: &[u8], file: &str) -> Result<Vec<(String, Array)>> {
    read(Archive::new(Cursor::new(bytes), bytes.len() as u64, file), file)
}

/// Reads every entry of an archive.
fn read<R: Read + Seek>(mut archive: Archive<R>, file: &str) -> Result<Vec<(String, Array)>> {
    let mut arrays: Vec<(String, Array)> = vec![];
    let mut names = std::collections::HashSet::new();
    for entry in archive.entries()? {
        let Some(name) = entry.name.strip_suffix(".npy") else {
            return Err(data_error(file, format!("{}: it is no .npy file", entry.name)));
        };
        if !names.insert(name.to_string()) {
            return Err(data_error(file, format!("it has two arrays of the name {name:?}")));
        }
        let place = format!("{file}, {}", entry.name);
        let array = archive.read(&entry, |mut bytes| io_npy::decode(&mut bytes, Some(entry.size), &place))?;
        arrays.push((name.to_string(), array));
    }
    Ok(arrays)
}

/// Writes named arrays as a .npz file that NumPy reads, uncompressed.
///
/// Errors: two arrays of one name, a file that cannot be written or would exceed 4 GiB.
pub fn write_npz(path: impl AsRef<Path>, arrays: &[(&str, &Array)]) -> Result<()> {
    let file = display_path(path.as_ref());
    let mut names = std::collections::HashSet::new();
    if let Some((name, _)) = arrays.iter().find(|(name, _)| !names.insert(*name)) {
        return Err(Error::new(ErrorKind::Argument, format!("{file}: there are two arrays of the name {name:?}")));
    }
    let fault = |e: std::io::Error| io_error(&file, "write", &e);
    let mut writer = Writer::new(BufWriter::new(File::create(path).map_err(fault)?));
    for (name, array) in arrays {
        let bytes = array.len().saturating_mul(array.dtype().storage_bytes());
        let mut content = memory::reserve(bytes.saturating_add(256), &file)?;
        io_npy::encode(array, &mut content)
            .and_then(|()| writer.add(&format!("{name}.npy"), &content))
            .map_err(fault)?;
    }
    writer.finish().map_err(fault)
}
