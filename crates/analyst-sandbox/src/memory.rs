//! What a worker uses, and the limits the system itself holds it to.

#[cfg(target_os = "linux")]
use std::fs;

use analyst_types::Limits;

/// Address space that libraries reserve and never use.
#[cfg(target_os = "linux")]
const ADDRESS_SLACK: u64 = 2 << 30;
#[cfg(target_os = "linux")]
const ADDRESS_FACTOR: u64 = 3;
/// From the signal that says so to the one that ends it.
#[cfg(target_os = "linux")]
const CPU_GRACE_SECS: u64 = 1;

/// What a worker uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Bytes of its own: not those of files it only reads.
    pub own: u64,
    /// Most bytes it ever had resident.
    pub peak: u64,
    /// Its threads.
    pub n_threads: u32,
    /// Processor time over all threads.
    pub cpu_ms: u64,
    /// Bytes of writable data it has asked for.
    #[cfg(target_os = "linux")]
    data: u64,
    /// Bytes of its whole address space.
    #[cfg(target_os = "linux")]
    address: u64,
}

/// What the worker `pid` uses now; none when it is gone or the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn used_by(pid: u32) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let bytes =
        |name: &str| field(name)?.strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10);
    Some(Usage {
        own: bytes("RssAnon")? + bytes("RssShmem")?,
        peak: bytes("VmHWM")?,
        n_threads: field("Threads")?.parse().ok()?,
        cpu_ms: cpu_ms(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?,
        data: bytes("VmData")?,
        address: bytes("VmSize")?,
    })
}

/// Out of `/proc/…/stat`: the 14th and 15th field, in ticks; the second may hold anything, and ends with the last `)`.
#[cfg(target_os = "linux")]
fn cpu_ms(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // SAFETY: only asks.
    let per_sec = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).ok().filter(|ticks| *ticks > 0)?;
    Some(ticks * 1_000 / per_sec)
}

/// What the worker `pid` uses now; this system is not asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn used_by(_pid: u32) -> Option<Usage> {
    None
}

/// Has the system hold the worker `pid`, which uses `now`, to `limits` beyond that and beyond the datasets that it
/// maps. An allocation beyond is a clean MemoryError; a file beyond is a clean OSError.
#[cfg(target_os = "linux")]
pub(crate) fn limit(pid: u32, now: Usage, mapped_bytes: u64, limits: &Limits) {
    let set = |resource, soft: u64, hard: u64| {
        let limits = libc::rlimit { rlim_cur: soft, rlim_max: hard };
        // SAFETY: a live local goes in and nothing comes out; a pid that is gone is an error, which changes nothing.
        unsafe { libc::prlimit(pid.cast_signed(), resource, &raw const limits, std::ptr::null_mut()) };
    };
    let both = |resource, value: u64| set(resource, value, value);
    let more = limits.memory_bytes;
    let address = more.saturating_mul(ADDRESS_FACTOR).saturating_add(ADDRESS_SLACK);
    both(libc::RLIMIT_DATA, now.data.saturating_add(mapped_bytes).saturating_add(more));
    both(libc::RLIMIT_AS, now.address.saturating_add(mapped_bytes).saturating_add(address));
    both(libc::RLIMIT_NOFILE, u64::from(limits.open_files).clamp(16, crate::confine::MAX_OPEN_FILES));
    both(libc::RLIMIT_FSIZE, limits.scratch_bytes.min(crate::confine::MAX_FILE_BYTES));
    let cpu_secs = (now.cpu_ms / 1_000).saturating_add(limits.cpu_secs.max(1)).saturating_add(1);
    set(libc::RLIMIT_CPU, cpu_secs, cpu_secs.saturating_add(CPU_GRACE_SECS));
}

/// This system has no such limits for other processes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit(_pid: u32, _now: Usage, _mapped_bytes: u64, _limits: &Limits) {}

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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_any_name() {
        let stat = "7 (a) b (c)) R 1 1 1 0 -1 4 100 0 0 0 250 50 0 0 20 0 1 0 5 6 7";
        assert_eq!(cpu_ms(stat), Some(3_000));
        assert_eq!(cpu_ms("nonsense"), None);
    }

    #[test]
    fn our_own_use_is_told() {
        let usage = used_by(std::process::id()).unwrap();
        assert!(usage.own > 0 && usage.peak >= usage.own && usage.n_threads > 0);
    }
}
