//! The memory budget: a large array is refused by name before it is allocated, never by the system afterwards.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// Requests below this size are granted without asking the system how much is free.
const SMALL: usize = 16 << 20;

/// Bytes that one request may take; `UNSET` stands for the default, 80 % of what is available at the time.
static BUDGET: AtomicU64 = AtomicU64::new(UNSET);
const UNSET: u64 = u64::MAX;

/// Sets how many bytes one request may take; `None` goes back to 80 % of the memory that is available at the time.
///
/// ```standalone_crate
/// use gradus::{Array, DType, array::memory};
/// memory::set_budget(Some(1000));
/// assert_eq!(memory::budget(), Some(1000));
/// assert!(Array::zeros(&[125], DType::F64).is_ok());
/// let error = Array::zeros(&[126], DType::F64).unwrap_err();
/// assert_eq!(error.to_string(), "zeros: f64 of shape (126,) needs 1008 bytes, more than the memory budget of 1000 bytes");
/// memory::set_budget(None);
/// ```
pub fn set_budget(bytes: Option<u64>) {
    BUDGET.store(bytes.map_or(UNSET, |b| b.min(UNSET - 1)), Ordering::Relaxed);
}

/// How many bytes one request may take now, or `None` where no budget is set and the system does not say.
pub fn budget() -> Option<u64> {
    match BUDGET.load(Ordering::Relaxed) {
        UNSET => available().map(|b| b / 10 * 8),
        bytes => Some(bytes),
    }
}

/// Refuses a request of `bytes` bytes that exceeds the budget; `what` names the thing that wants them.
///
/// ```
/// let petabyte = gradus::array::memory::check(1 << 50, "zeros: an array of shape (140737488355328,)");
/// assert!(petabyte.unwrap_err().is_memory());
/// ```
pub fn check(bytes: usize, what: &str) -> Result<()> {
    if bytes <= SMALL && BUDGET.load(Ordering::Relaxed) == UNSET {
        return Ok(());
    }
    match budget() {
        Some(limit) if bytes as u64 > limit => Err(Error::new(
            ErrorKind::Memory,
            format!(
                "{what} needs {}, more than the memory budget of {}",
                display_bytes(bytes as u64),
                display_bytes(limit)
            ),
        )),
        _ => Ok(()),
    }
}

/// An empty `Vec` with room for `n` elements, or an error where they exceed the budget or the allocator refuses.
pub(crate) fn reserve<T>(n: usize, what: &str) -> Result<Vec<T>> {
    let bytes = n.saturating_mul(size_of::<T>());
    check(bytes, what)?;
    let mut elements = Vec::new();
    elements.try_reserve_exact(n).map_err(|_| {
        Error::new(ErrorKind::Memory, format!("{what} needs {}, which the system refused", display_bytes(bytes as u64)))
    })?;
    Ok(elements)
}

/// A number of bytes in the unit that a reader takes in at once.
pub fn display_bytes(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// Bytes that the system could still give, within the limit of a container where there is one.
fn available() -> Option<u64> {
    let system = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| mem_available(&text));
    let group = |limit: &str, used: &str| {
        let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
        Some(number(limit)?.saturating_sub(number(used)?))
    };
    let v2 = group("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
    let v1 = group("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes");
    [system, v2, v1].into_iter().flatten().min()
}

/// The line `MemAvailable` of /proc/meminfo, in bytes.
fn mem_available(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()?.checked_mul(1024)
}
