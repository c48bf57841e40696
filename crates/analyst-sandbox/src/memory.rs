//! How much memory a worker uses, and the limits the system itself holds it to.

#[cfg(target_os = "linux")]
use std::fs;

/// Address space that libraries reserve and never use.
#[cfg(target_os = "linux")]
const ADDRESS_SLACK: u64 = 2 << 30;
#[cfg(target_os = "linux")]
const ADDRESS_FACTOR: u64 = 3;

/// What a worker uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MemoryUse {
    /// Bytes of its own: not those of files it only reads.
    pub own: u64,
    /// Most bytes it ever had resident.
    pub peak: u64,
    /// Bytes of writable data it has asked for.
    #[cfg(target_os = "linux")]
    data: u64,
    /// Bytes of its whole address space.
    #[cfg(target_os = "linux")]
    address: u64,
}

/// What the worker `pid` uses now; none when it is gone or the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn used_by(pid: u32) -> Option<MemoryUse> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    };
    Some(MemoryUse {
        own: bytes("RssAnon")? + bytes("RssShmem")?,
        peak: bytes("VmHWM")?,
        data: bytes("VmData")?,
        address: bytes("VmSize")?,
    })
}

/// What the worker `pid` uses now; this system is not asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn used_by(_pid: u32) -> Option<MemoryUse> {
    None
}

/// Has the system refuse the worker `pid` more than `more_bytes` beyond `now` (and the datasets that it maps), and
/// more than `processor_secs` of processor time. An allocation beyond is a clean MemoryError.
#[cfg(target_os = "linux")]
pub(crate) fn limit(pid: u32, now: MemoryUse, mapped_bytes: u64, more_bytes: u64, processor_secs: u64) {
    let set = |resource, value: u64| {
        let limits = libc::rlimit { rlim_cur: value, rlim_max: value };
        // SAFETY: a live local goes in and nothing comes out; a pid that is gone is an error, which changes nothing.
        unsafe { libc::prlimit(pid.cast_signed(), resource, &raw const limits, std::ptr::null_mut()) };
    };
    let address = more_bytes.saturating_mul(ADDRESS_FACTOR).saturating_add(ADDRESS_SLACK);
    set(libc::RLIMIT_DATA, now.data.saturating_add(mapped_bytes).saturating_add(more_bytes));
    set(libc::RLIMIT_AS, now.address.saturating_add(mapped_bytes).saturating_add(address));
    set(libc::RLIMIT_CPU, processor_secs);
}

/// This system has no such limits for other processes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit(_pid: u32, _now: MemoryUse, _mapped_bytes: u64, _more_bytes: u64, _processor_secs: u64) {}

/// Has the system refuse the process `pid` more than `bytes` of writable data.
#[cfg(target_os = "linux")]
pub(crate) fn limit_data(pid: u32, bytes: u64) {
    let limits = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: a live local goes in and nothing comes out; a pid that is gone is an error, which changes nothing.
    unsafe { libc::prlimit(pid.cast_signed(), libc::RLIMIT_DATA, &raw const limits, std::ptr::null_mut()) };
}

/// This system has no such limit for other processes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit_data(_pid: u32, _bytes: u64) {}
