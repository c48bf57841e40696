//! Files of a run that no folder shows: removed while they are open or mapped, they fill the disk all the same.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What the kernel adds to the name of a file that has none any more.
const GONE: &str = " (deleted)";

/// Bytes that the process `pid` keeps on the disk of its folder `scratch` in files without a name. One that is only
/// mapped does not tell how long it is: it counts as `longest`, which a library never causes, since it keeps such a
/// file open.
pub(crate) fn bytes(pid: u32, scratch: &Path, longest: u64) -> u64 {
    let Ok(scratch) = scratch.canonicalize() else { return 0 };
    let (bytes, open) = of_open(pid, &scratch);
    let only_mapped = mapped(pid, &scratch).difference(&open).count() as u64;
    bytes.saturating_add(only_mapped.saturating_mul(longest))
}

/// Those that are open: their bytes, and the numbers of the files.
fn of_open(pid: u32, scratch: &Path) -> (u64, HashSet<u64>) {
    let mut found = HashSet::new();
    let mut bytes = 0_u64;
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return (0, found) }; // it has ended
    for entry in entries.flatten() {
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        if !target.starts_with(scratch) || !target.to_string_lossy().ends_with(GONE) {
            continue;
        }
        // Followed, the link leads to the file itself, whatever its name was.
        let Ok(about) = fs::metadata(entry.path()) else { continue };
        if about.is_file() && found.insert(about.ino()) {
            bytes = bytes.saturating_add(about.blocks().saturating_mul(512));
        }
    }
    (bytes, found)
}

/// The numbers of those that are mapped.
fn mapped(pid: u32, scratch: &Path) -> HashSet<u64> {
    let Ok(maps) = fs::read(format!("/proc/{pid}/maps")) else { return HashSet::new() };
    let maps = String::from_utf8_lossy(&maps);
    let gone = maps.lines().filter_map(|line| {
        let name = line.strip_suffix(GONE)?;
        let at = name.find('/')?;
        Path::new(&name[at..]).starts_with(scratch).then(|| name[..at].split_whitespace().nth(4)?.parse().ok())?
    });
    gone.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;

    #[test]
    fn a_file_that_was_removed_counts_while_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let own = |scratch: &Path| bytes(std::process::id(), scratch, 7);
        let mut file = File::create(folder.path().join("a")).unwrap();
        file.write_all(&[1; 100_000]).unwrap();
        assert_eq!(own(folder.path()), 0, "it has a name");
        fs::remove_file(folder.path().join("a")).unwrap();
        assert!(own(folder.path()) >= 100_000);
        assert_eq!(own(&folder.path().join("elsewhere")), 0);
        drop(file);
        assert_eq!(own(folder.path()), 0);
    }

    #[test]
    fn a_file_that_is_only_mapped_counts_as_the_longest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [1; 5_000]).unwrap();
        let file = File::open(&path).unwrap();
        // SAFETY: a mapping of its own, which is given back below.
        let place = unsafe {
            let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
            libc::mmap(std::ptr::null_mut(), 4_096, libc::PROT_READ, libc::MAP_SHARED, descriptor, 0)
        };
        fs::remove_file(&path).unwrap();
        drop(file);
        assert_eq!(bytes(std::process::id(), folder.path(), 7), 7);
        // SAFETY: mapped above, and nobody has a reference into it.
        unsafe { libc::munmap(place, 4_096) };
        assert_eq!(bytes(std::process::id(), folder.path(), 7), 0);
    }
}
