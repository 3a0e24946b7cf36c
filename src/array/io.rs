//! Opening files: errors that name the file, and sizes that are checked before anything is read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::memory;
use crate::error::{Error, ErrorKind, Result};

/// What may be read of a pipe or a device, whose size is not known beforehand.
const MOST_UNSIZED: u64 = 1 << 30;

/// An error of kind `Data` about a file.
pub(crate) fn data_error(file: &str, message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Data, format!("{file}: {message}"))
}

/// An error of kind `Io` about a file.
pub(crate) fn io_error(file: &str, verb: &str, error: &std::io::Error) -> Error {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_string(),
        _ => error.to_string(),
    };
    Error::new(ErrorKind::Io, format!("cannot {verb} {file}: {reason}"))
}

/// A path as messages show it.
pub(crate) fn display_path(path: &Path) -> String {
    path.display().to_string()
}

/// Opens a file for reading and says how long it is; pipes and devices have no length.
pub(crate) fn open(path: &Path) -> Result<(File, Option<u64>)> {
    let name = display_path(path);
    let file = File::open(path).map_err(|e| io_error(&name, "open", &e))?;
    let about = file.metadata().map_err(|e| io_error(&name, "open", &e))?;
    if about.is_dir() {
        return Err(Error::new(ErrorKind::Io, format!("cannot read {name}: it is a directory")));
    }
    Ok((file, about.is_file().then_some(about.len())))
}

/// The whole of a file, within the memory budget.
pub(crate) fn read_all(path: &Path) -> Result<Vec<u8>> {
    let name = display_path(path);
    let (file, length) = open(path)?;
    let limit = length.unwrap_or(MOST_UNSIZED);
    let mut bytes = memory::reserve(length.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX)), &name)?;
    // One byte more than expected shows a file that grows, or a device that never ends.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| io_error(&name, "read", &e))?;
    if bytes.len() as u64 > limit {
        return Err(data_error(&name, format!("it goes on beyond {}", memory::display_bytes(limit))));
    }
    Ok(bytes)
}
