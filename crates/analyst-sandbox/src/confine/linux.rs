//! The walls of Linux: own session, namespaces, no privileges, limits, file rules, a system call filter.
//!
//! Everything that needs memory is prepared by the host. Between fork and exec the child only makes system calls: it
//! is a copy of one thread of a program with many, and whatever another thread held locked stays locked in it.
//! The filter is a must, and no new privileges; the other walls are put up where the system has them, and the child
//! reports which it got.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use libc::sock_filter;
use tokio::process::Command;

use super::{Grants, file_rules, syscall_filter};
use crate::control::WorkerEnd;
use crate::launch::Role;
use crate::strength::{Wall, Walls};

/// The user with no rights, which root becomes for a worker where it can.
const NOBODY: u32 = 65_534;
/// The system ends workers before it ends anything else when memory runs out.
const OOM_SCORE: &[u8] = b"900";
const LAST_CAPABILITY: libc::c_ulong = 63;
const READ_FILE_AND_DIR: u64 = 4 | 8;

/// A worker's walls, prepared.
pub(crate) struct Confinement {
    control: RawFd,
    status: OwnedFd,
    status_reader: Option<File>,
    ruleset: Option<OwnedFd>,
    filter: Vec<sock_filter>,
    becomes_nobody: bool,
    uid_map: Vec<u8>,
    gid_map: Vec<u8>,
    file_bytes: u64,
    open_files: u64,
    host: libc::pid_t,
    /// Those that stand whatever happens, or the start fails.
    walls: Walls,
    /// Those that are not put up.
    without: Walls,
    forks: bool,
}

/// Tells, once the worker is started, which walls it has.
pub(crate) struct WallsReader(File);

impl WallsReader {
    /// What the child reported.
    pub fn read(mut self) -> Walls {
        let mut walls = [0; 4];
        Walls(self.0.read_exact(&mut walls).map_or(0, |()| u32::from_ne_bytes(walls)))
    }
}

impl Confinement {
    /// Prepares everything that the child will need.
    pub fn prepare(grants: &Grants, worker_end: &WorkerEnd, role: Role, without: Walls) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        // SAFETY: these only ask for our own ids.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        let becomes_nobody = uid == 0 && !without.has(Wall::OwnUser) && open_to_all(grants);
        if becomes_nobody {
            give_to(&grants.scratch, NOBODY)?;
        }
        let (outer_uid, outer_gid) = if becomes_nobody { (NOBODY, NOBODY) } else { (uid, gid) };
        // Root that must stay root is called nobody inside its namespace, and loses every capability all the same.
        let (inner_uid, inner_gid) = if uid == 0 { (NOBODY, NOBODY) } else { (uid, gid) };
        let mut walls: Walls =
            [Wall::OwnSession, Wall::Limits, Wall::SystemCalls, Wall::DiesWithHost, Wall::CleanDescriptors]
                .into_iter()
                .collect();
        if becomes_nobody || uid != 0 {
            walls = walls.and(Wall::OwnUser);
        }
        if file_rules::rules_network() {
            walls = walls.and(Wall::NetworkRules);
        }
        let ruleset = if without.has(Wall::Files) {
            None
        } else {
            file_rules::ruleset(grants, role, !without.has(Wall::NetworkRules)).map_err(io::Error::other)?
        };
        Ok(Self {
            control: worker_end.descriptor(),
            status: writer.into(),
            status_reader: Some(File::from(OwnedFd::from(reader))),
            ruleset,
            filter: if grants.is_own_program {
                syscall_filter::own_program_filter()
            } else {
                syscall_filter::network_filter()
            },
            becomes_nobody,
            uid_map: format!("{inner_uid} {outer_uid} 1\n").into_bytes(),
            gid_map: format!("{inner_gid} {outer_gid} 1\n").into_bytes(),
            file_bytes: grants.file_bytes,
            open_files: grants.open_files,
            host: std::process::id().cast_signed(),
            walls: walls.without(without),
            without,
            forks: role == Role::ForkServer,
        })
    }

    /// The user who must own the folders of runs, when it is another than ours.
    pub fn owner(&self) -> Option<u32> {
        self.becomes_nobody.then_some(NOBODY)
    }

    /// Tells, once the worker is started, which walls it has.
    pub fn walls_reader(&mut self) -> WallsReader {
        WallsReader(self.status_reader.take().expect("BUG: the walls of a worker are read once"))
    }

    /// Has the walls put up when `command` is started.
    pub fn apply_to(self, command: &mut Command) {
        // SAFETY: `put_up` makes nothing but system calls on memory that is ready.
        unsafe {
            command.pre_exec(move || self.put_up());
        }
    }

    fn put_up(&self) -> io::Result<()> {
        let mut walls = self.walls;
        // SAFETY: system calls with constants and pointers to memory that `self` owns.
        unsafe {
            libc::setsid();
            libc::umask(0o077);
            if self.becomes_nobody {
                check(libc::setgroups(0, std::ptr::null()))?;
                // Namespaces of root's making would belong to root, so the user changes first.
                check(libc::setresgid(NOBODY, NOBODY, NOBODY))?;
                check(libc::setresuid(NOBODY, NOBODY, NOBODY))?;
                check(libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0))?;
            }
        }
        walls = walls.joined(self.enter_namespaces());
        if !self.without.has(Wall::Limits) {
            self.set_limits();
        }
        if !self.without.has(Wall::NoCapabilities) && drop_capabilities() {
            walls = walls.and(Wall::NoCapabilities);
        }
        // SAFETY: as above.
        unsafe {
            check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
            if !self.without.has(Wall::DiesWithHost) {
                check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0))?;
                if libc::getppid() != self.host {
                    return Err(io::Error::from_raw_os_error(libc::ESRCH)); // the host went while we were starting
                }
            }
            // Descriptors close at exec rather than now: the one on which a failed exec is reported is among them.
            // Where the kernel is too old for the call, the standard library has marked them all the same.
            if !self.without.has(Wall::CleanDescriptors) {
                libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
            }
            check(libc::fcntl(self.control, libc::F_SETFD, 0))?;
        }
        if self.enter_file_rules() {
            walls = walls.and(Wall::Files);
        } else {
            walls = walls.without(Walls::from_iter([Wall::NetworkRules]));
        }
        let report = walls.0.to_ne_bytes();
        // SAFETY: as above; the program is `len` instructions long.
        unsafe {
            libc::write(self.status.as_raw_fd(), report.as_ptr().cast(), report.len());
            if self.without.has(Wall::SystemCalls) {
                return Ok(());
            }
            let program =
                libc::sock_fprog { len: self.filter.len() as u16, filter: self.filter.as_ptr().cast_mut().cast() };
            const SET_MODE_FILTER: libc::c_uint = 1;
            check(libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, 0u32, &raw const program))
        }
    }

    /// A user namespace of its own with a network that has no devices; without the user namespace where only root may.
    /// The process namespace holds the children of this process: what becomes Python forks once, first thing.
    fn enter_namespaces(&self) -> Walls {
        if self.without.has(Wall::Namespaces) {
            return Walls::default();
        }
        let basic = libc::CLONE_NEWNET | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS;
        let processes = if self.forks && !self.without.has(Wall::ProcessNamespace) { libc::CLONE_NEWPID } else { 0 };
        for kinds in [basic | processes, basic] {
            // SAFETY: the child has one thread, as unshare of a user namespace asks for.
            let is_own = unsafe { libc::unshare(libc::CLONE_NEWUSER | kinds) == 0 };
            if is_own {
                write_file(c"/proc/self/setgroups", b"deny");
                write_file(c"/proc/self/gid_map", &self.gid_map);
                write_file(c"/proc/self/uid_map", &self.uid_map);
            }
            // SAFETY: as above.
            if is_own || unsafe { libc::unshare(kinds) == 0 } {
                let walls = Walls::from_iter([Wall::Namespaces]);
                return if kinds & libc::CLONE_NEWPID == 0 { walls } else { walls.and(Wall::ProcessNamespace) };
            }
        }
        Walls::default()
    }

    fn set_limits(&self) {
        limit(libc::RLIMIT_CORE, 0);
        limit(libc::RLIMIT_FSIZE, self.file_bytes);
        limit(libc::RLIMIT_NOFILE, self.open_files);
        limit(libc::RLIMIT_MEMLOCK, 0);
        limit(libc::RLIMIT_MSGQUEUE, 0);
        write_file(c"/proc/self/oom_score_adj", OOM_SCORE);
    }

    fn enter_file_rules(&self) -> bool {
        #[repr(C, packed)]
        struct PathBeneath {
            allowed_access: u64,
            parent_fd: RawFd,
        }
        const PATH_BENEATH: libc::c_uint = 1;
        let Some(ruleset) = &self.ruleset else { return false };
        // SAFETY: system calls on a descriptor we own and a local that outlives them.
        unsafe {
            // The folder of this very process, which the host could not know. The descriptor stays open over exec:
            // it keeps alive what the rule is tied to.
            let own = libc::open(c"/proc/self".as_ptr(), libc::O_PATH | libc::O_DIRECTORY);
            if own >= 0 {
                let rule = PathBeneath { allowed_access: READ_FILE_AND_DIR, parent_fd: own };
                libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), PATH_BENEATH, &raw const rule, 0u32);
            }
            libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0u32) == 0
        }
    }
}

fn drop_capabilities() -> bool {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: libc::c_int,
    }
    const VERSION_3: u32 = 0x2008_0522;
    let header = Header { version: VERSION_3, pid: 0 };
    let none = [0u32; 6];
    // SAFETY: system calls with constants and pointers to locals.
    unsafe {
        for capability in 0..=LAST_CAPABILITY {
            libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0);
        }
        libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) == 0
    }
}

fn limit(resource: libc::__rlimit_resource_t, value: u64) {
    let limits = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: the pointer is to a live local.
    unsafe { libc::setrlimit(resource, &raw const limits) };
}

fn write_file(path: &CStr, content: &[u8]) -> bool {
    // SAFETY: a terminated path and a live buffer.
    unsafe {
        let file = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if file < 0 {
            return false;
        }
        File::from_raw_fd(file).write_all(content).is_ok()
    }
}

fn check<T: Into<i64>>(answer: T) -> io::Result<()> {
    if answer.into() == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Whether a user without rights could run the worker: every folder on the way to what it needs is open to all.
fn open_to_all(grants: &Grants) -> bool {
    let open = |path: &Path| {
        let way_in = |folder: &Path| folder.metadata().is_ok_and(|metadata| metadata.mode() & 0o001 != 0);
        !path.exists() || path.canonicalize().is_ok_and(|path| path.ancestors().skip(1).all(way_in))
    };
    let readable = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.mode() & 0o005 == 0o005);
    let libraries = &grants.libraries;
    libraries.iter().all(|path| open(path))
        && grants.readable.iter().all(|path| open(path) && readable(path))
        && libraries.first().is_some_and(|path| readable(path))
        && open(&grants.scratch)
}

/// Gives a folder and what is in it to `owner`.
pub(crate) fn give_to(folder: &Path, owner: u32) -> io::Result<()> {
    chown(folder, Some(owner), Some(owner))?;
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give_to(&entry.path(), owner)?;
        } else {
            chown(entry.path(), Some(owner), Some(owner))?;
        }
    }
    Ok(())
}

/// The bytes of the second filter of a program of ours, which uses what Python's libraries never do: forbidden is
/// only what is known to be harmful.
pub(crate) fn processes_filter(pid: u32) -> Vec<u8> {
    syscall_filter::bytes(&syscall_filter::denying_filter(pid))
}

/// The bytes of the second filter, which is added when the libraries are imported; none when it is not wanted. `pid`
/// is the process it is for.
pub(crate) fn run_filter(pid: u32, without: Walls) -> Vec<u8> {
    if without.has(Wall::RunCalls) {
        return Vec::new();
    }
    let denies = without.has(Wall::AllowList);
    let program = if denies { syscall_filter::denying_filter(pid) } else { syscall_filter::allowing_filter(pid) };
    syscall_filter::bytes(&program)
}

/// The number in a filter for a process that is not there yet.
pub(crate) const PID_MARK: u32 = syscall_filter::PID_MARK;

/// The numbers of the calls by which a run gives up rights.
pub(crate) fn call_numbers() -> serde_json::Value {
    serde_json::json!({
        "seccomp": libc::SYS_seccomp,
        "landlock_add_rule": libc::SYS_landlock_add_rule,
        "landlock_restrict_self": libc::SYS_landlock_restrict_self,
    })
}
