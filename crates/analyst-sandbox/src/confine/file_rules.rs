//! Which files a worker may touch, as a Landlock ruleset. Made by the host; the worker's process only enters it.
//!
//! Datasets are not in it: they arrive as open descriptors. Landlock does not hide that a path exists (stat).

use std::fs::OpenOptions;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, Scope,
};

use super::Grants;
use crate::launch::Role;

/// Libraries of the system, and the few files that they look into.
const SYSTEM_LIBRARIES: [&str; 6] = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/nix/store"];
const SYSTEM_READ: [&str; 14] = [
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/timezone",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/sys/devices/system/cpu",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
];
const NEWEST: ABI = ABI::V6;
/// The kernel's number since which connecting and binding can be ruled.
const NETWORK_SINCE: i64 = 4;

/// The newest Landlock the kernel has; below 1 when it has none.
pub(crate) fn kernel_version() -> i64 {
    const VERSION: libc::c_uint = 1;
    // SAFETY: with this flag the call reads nothing and only answers a number.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0usize, VERSION) }
}

/// Whether the rules also refuse TCP.
pub(crate) fn rules_network() -> bool {
    kernel_version() >= NETWORK_SINCE
}

/// The ruleset of a process that starts as `role`; none where the kernel has no Landlock.
pub(crate) fn ruleset(grants: &Grants, role: Role, rules_network: bool) -> Result<Option<OwnedFd>, RulesetError> {
    if kernel_version() < 1 {
        return Ok(None);
    }
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut rules = libraries(grants, rules_network, read | AccessFs::Execute)?;
    rules = allow(rules, Path::new("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile)?;
    if role == Role::ForkServer {
        // Each run may see its own part of it, which has no name yet.
        rules = allow(rules, Path::new("/proc"), read)?;
    }
    for path in &grants.readable {
        rules = allow(rules, path, read)?;
    }
    let mut write = write_access();
    if grants.is_own_program {
        write |= AccessFs::MakeDir | AccessFs::RemoveDir;
    }
    rules = allow(rules, &grants.scratch, read | write)?;
    Ok(rules.into())
}

/// The ruleset of one run, which narrows that of its fork server to the folder of `grants`.
pub(crate) fn run_ruleset(grants: &Grants, rules_network: bool) -> Result<Option<OwnedFd>, RulesetError> {
    if kernel_version() < 1 {
        return Ok(None);
    }
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut rules = libraries(grants, rules_network, read)?;
    rules = allow(rules, Path::new("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile)?;
    rules = allow(rules, &grants.scratch, read | write_access())?;
    Ok(rules.into())
}

/// No folders: nested deep enough, they are beyond what paths can name, and nobody could count or remove them.
fn write_access() -> BitFlags<AccessFs> {
    AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::RemoveFile | AccessFs::Truncate
}

fn libraries(grants: &Grants, rules_network: bool, access: BitFlags<AccessFs>) -> Result<RulesetCreated, RulesetError> {
    let rules =
        Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(NEWEST))?;
    let mut rules = if rules_network {
        rules
            .handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp)?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?
    } else {
        rules.create()?
    };
    let folders = SYSTEM_LIBRARIES.iter().map(PathBuf::from).chain(grants.libraries.iter().cloned());
    for path in folders {
        rules = allow(rules, &path, access)?;
    }
    for path in SYSTEM_READ {
        rules = allow(rules, Path::new(path), AccessFs::ReadFile | AccessFs::ReadDir)?;
    }
    Ok(rules)
}

/// Allows `access` below `path`; a path that is not there needs no rule.
fn allow(rules: RulesetCreated, path: &Path, access: BitFlags<AccessFs>) -> Result<RulesetCreated, RulesetError> {
    let Ok(file) = OpenOptions::new().read(true).custom_flags(libc::O_PATH | libc::O_CLOEXEC).open(path) else {
        return Ok(rules);
    };
    let is_dir = file.metadata().is_ok_and(|metadata| metadata.is_dir());
    let access = if is_dir { access } else { access & AccessFs::from_file(NEWEST) };
    rules.add_rule(PathBeneath::new(file, access))
}
