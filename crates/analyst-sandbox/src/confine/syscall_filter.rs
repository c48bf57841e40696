//! System calls a worker may not make, as two seccomp programs.
//!
//! The first holds from before the interpreter starts and lists what is denied: sockets, kernel extras. The second is
//! added when the libraries are imported and the worker waits. It lists what is allowed (see `allowed_calls`): no
//! processes, no programs, no changes of rights, signals to itself only; a shorter one that lists what is denied can
//! stand in for it. Calls newer than this list are answered as if the kernel did not have them; so is clone3, whose flags a
//! filter cannot see (the C library then uses clone).

use libc::{c_long, sock_filter};

use super::allowed_calls::{ALLOWED, ALLOWED_HERE};

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xC000_00B7;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the system call filter knows x86_64 and aarch64; add the numbers of this architecture");

/// First number that this list does not know. Also above it: the x32 calls of x86_64.
const FIRST_UNKNOWN: u32 = 463;

const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP_EQUAL: u16 = 0x15;
const JUMP_AT_LEAST: u16 = 0x35;
const JUMP_ANY_BIT: u16 = 0x45;
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const RETURN: u16 = 0x06;

const ALLOW: u32 = 0x7FFF_0000;
const KILL: u32 = 0x8000_0000;
const ERRNO: u32 = 0x0005_0000;
const DENY: u32 = ERRNO | 1; // EPERM
const ABSENT: u32 = ERRNO | 38; // ENOSYS
const UNSUPPORTED: u32 = ERRNO | 95; // EOPNOTSUPP
/// Gives a thread open files of its own.
const CLOSE_RANGE_UNSHARE: u32 = 2;
/// Set in MAP_SHARED and in MAP_SHARED_VALIDATE.
const SHARED_BIT: u32 = 1;

const OFFSET_NUMBER: u32 = 0;
const OFFSET_ARCHITECTURE: u32 = 4;
const OFFSET_ARGUMENTS: u32 = 16;

const PR_SET_NAME: u32 = 15;
const PR_GET_NAME: u32 = 16;
/// The allocator names its areas with it.
const PR_SET_VMA: u32 = 0x5356_4D41;

/// The type of a socket without its flags.
const SOCKET_TYPE_BITS: u32 = 0xF;

/// Commands of fcntl and ioctl that have the kernel send signals to a process of the caller's choice, or type into a
/// terminal.
const F_SETOWN: u32 = 8;
const F_SETSIG: u32 = 10;
const F_SETOWN_EX: u32 = 15;
const FIOSETOWN: u32 = 0x8901;
const SIOCSPGRP: u32 = 0x8902;
const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541C;

/// Sockets, other processes' memory, namespaces and mounts, keys, kernel programs, devices, clocks.
const ALWAYS_DENIED: &[c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_personality,
    libc::SYS_lookup_dcookie,
    libc::SYS_fanotify_init,
    libc::SYS_mq_open,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_vhangup,
];
#[cfg(target_arch = "x86_64")]
const ALWAYS_DENIED_HERE: &[c_long] =
    &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt, libc::SYS_kexec_file_load, libc::SYS_uselib];
#[cfg(not(target_arch = "x86_64"))]
const ALWAYS_DENIED_HERE: &[c_long] = &[];

/// New processes and programs, other rights, owners and times of files, limits, files without a name.
const DENIED_TO_CELLS: &[c_long] = &[
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_pidfd_open,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    452, // fchmodat2
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_truncate,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_mknodat,
    libc::SYS_setpriority,
    libc::SYS_setrlimit,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setattr,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_capset,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_memfd_create,
    libc::SYS_mlock,
    libc::SYS_mlockall,
    libc::SYS_mlock2,
    libc::SYS_seccomp,
    libc::SYS_landlock_create_ruleset,
    libc::SYS_landlock_add_rule,
    libc::SYS_landlock_restrict_self,
    libc::SYS_pidfd_send_signal,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_tkill,
    libc::SYS_inotify_init1,
    libc::SYS_mq_unlink,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_vmsplice,
    libc::SYS_timer_create,
    libc::SYS_ioprio_set,
    libc::SYS_get_robust_list, // of others, too
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    448, // process_mrelease
];
#[cfg(target_arch = "x86_64")]
const DENIED_TO_CELLS_HERE: &[c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_mknod,
    libc::SYS_inotify_init,
    447, // memfd_secret
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_TO_CELLS_HERE: &[c_long] = &[];

/// The program that holds from before a program of our own starts: as for the interpreter, but for pairs of stream
/// sockets that reach nobody but each other. The runtime inside the query engine wants one.
pub(crate) fn own_program_filter() -> Vec<sock_filter> {
    let mut program = prologue();
    program.extend([
        op(JUMP_EQUAL, number_of(libc::SYS_socketpair), 0, 7),
        op(LOAD, argument(0), 0, 0),
        op(JUMP_EQUAL, libc::AF_UNIX.cast_unsigned(), 0, 3),
        op(LOAD, argument(1), 0, 0),
        op(AND, SOCKET_TYPE_BITS, 0, 0),
        op(JUMP_EQUAL, libc::SOCK_STREAM.cast_unsigned(), 1, 0),
        op(RETURN, DENY, 0, 0),
        op(RETURN, ALLOW, 0, 0),
    ]);
    deny_network(program)
}

/// The program that holds from before the interpreter starts.
pub(crate) fn network_filter() -> Vec<sock_filter> {
    deny_network(prologue())
}

fn deny_network(mut program: Vec<sock_filter>) -> Vec<sock_filter> {
    for &number in ALWAYS_DENIED.iter().chain(ALWAYS_DENIED_HERE) {
        answer(&mut program, number, DENY);
    }
    program.push(op(RETURN, ALLOW, 0, 0));
    program
}

/// Stands for the number of a process that is not yet there.
pub(crate) const PID_MARK: u32 = 0x7A5B_3C19;
const EXTENDED_ATTRIBUTES: [c_long; 6] = [
    libc::SYS_getxattr,
    libc::SYS_lgetxattr,
    libc::SYS_fgetxattr,
    libc::SYS_listxattr,
    libc::SYS_llistxattr,
    libc::SYS_flistxattr,
];

/// The program that is added before code of others runs in the process `pid`: only what is listed as allowed.
pub(crate) fn allowing_filter(pid: u32) -> Vec<sock_filter> {
    let mut program = prologue();
    conditions(&mut program, pid);
    for &number in ALLOWED.iter().chain(ALLOWED_HERE) {
        answer(&mut program, number, ALLOW);
    }
    for number in EXTENDED_ATTRIBUTES {
        answer(&mut program, number, UNSUPPORTED); // what copying a file takes for "this disk has none"
    }
    // A refusal reads better than a call that is said not to exist.
    for &number in DENIED_TO_CELLS.iter().chain(DENIED_TO_CELLS_HERE).chain(ALWAYS_DENIED).chain(ALWAYS_DENIED_HERE) {
        answer(&mut program, number, DENY);
    }
    program.push(op(RETURN, ABSENT, 0, 0));
    program
}

/// The same for systems where a library needs a call we do not know of: all but what is listed as denied.
pub(crate) fn denying_filter(pid: u32) -> Vec<sock_filter> {
    let mut program = prologue();
    conditions(&mut program, pid);
    for &number in DENIED_TO_CELLS.iter().chain(DENIED_TO_CELLS_HERE) {
        answer(&mut program, number, DENY);
    }
    program.push(op(RETURN, ALLOW, 0, 0));
    program
}

/// Calls that are allowed with some arguments only.
fn conditions(program: &mut Vec<sock_filter>, pid: u32) {
    // Threads only, and none with open files of its own: the watch would not see them.
    only_if(
        program,
        libc::SYS_clone,
        0,
        &[
            op(JUMP_ANY_BIT, libc::CLONE_THREAD.cast_unsigned(), 0, 1),
            op(JUMP_ANY_BIT, libc::CLONE_FILES.cast_unsigned(), 1, 0),
        ],
    );
    only_if(program, libc::SYS_close_range, 2, &[op(JUMP_ANY_BIT, CLOSE_RANGE_UNSHARE, 0, 1)]);
    for number in [libc::SYS_kill, libc::SYS_tgkill] {
        only_if(program, number, 0, &[op(JUMP_EQUAL, pid, 1, 0)]);
    }
    only_if(
        program,
        libc::SYS_prctl,
        0,
        &[op(JUMP_EQUAL, PR_SET_NAME, 3, 0), op(JUMP_EQUAL, PR_GET_NAME, 2, 0), op(JUMP_EQUAL, PR_SET_VMA, 1, 0)],
    );
    unless(program, libc::SYS_fcntl, 1, &[F_SETOWN, F_SETSIG, F_SETOWN_EX]);
    unless(program, libc::SYS_ioctl, 1, &[FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX]);
    // Limits may be read, not set: the pointer to new ones must be null in both halves.
    only_if(
        program,
        libc::SYS_prlimit64,
        2,
        &[op(JUMP_EQUAL, 0, 0, 2), op(LOAD, argument(2) + 4, 0, 0), op(JUMP_EQUAL, 0, 1, 0)],
    );
    // Memory that is shared and has no file is counted by no limit of data.
    only_if(
        program,
        libc::SYS_mmap,
        3,
        &[op(JUMP_ANY_BIT, libc::MAP_ANONYMOUS.cast_unsigned(), 0, 2), op(JUMP_ANY_BIT, SHARED_BIT, 0, 1)],
    );
}

fn prologue() -> Vec<sock_filter> {
    let mut program = vec![
        op(LOAD, OFFSET_ARCHITECTURE, 0, 0),
        op(JUMP_EQUAL, ARCHITECTURE, 1, 0),
        op(RETURN, KILL, 0, 0),
        op(LOAD, OFFSET_NUMBER, 0, 0),
        op(JUMP_AT_LEAST, FIRST_UNKNOWN, 0, 1),
        op(RETURN, ABSENT, 0, 0),
    ];
    answer(&mut program, libc::SYS_clone3, ABSENT);
    program
}

fn answer(program: &mut Vec<sock_filter>, number: c_long, answer: u32) {
    program.push(op(JUMP_EQUAL, number_of(number), 0, 1));
    program.push(op(RETURN, answer, 0, 0));
}

/// Allows the call `number` when `test`, on the low half of an argument, jumps one past its own end; else denies it.
fn only_if(program: &mut Vec<sock_filter>, number: c_long, at: u32, test: &[sock_filter]) {
    let skip = u8::try_from(test.len() + 3).expect("BUG: tests are a few instructions");
    program.push(op(JUMP_EQUAL, number_of(number), 0, skip));
    program.push(op(LOAD, argument(at), 0, 0));
    program.extend_from_slice(test);
    program.push(op(RETURN, DENY, 0, 0));
    program.push(op(RETURN, ALLOW, 0, 0));
}

/// Allows the call `number` unless an argument is one of `denied`.
fn unless(program: &mut Vec<sock_filter>, number: c_long, at: u32, denied: &[u32]) {
    let last = denied.len() - 1;
    let one = |(place, &value): (usize, &u32)| {
        let to_denial = u8::try_from(last - place).expect("BUG: lists are short");
        op(JUMP_EQUAL, value, to_denial, u8::from(place == last))
    };
    let test: Vec<sock_filter> = denied.iter().enumerate().map(one).collect();
    only_if(program, number, at, &test);
}

fn argument(at: u32) -> u32 {
    OFFSET_ARGUMENTS + 8 * at
}

fn number_of(number: c_long) -> u32 {
    u32::try_from(number).expect("BUG: system call numbers are small")
}

fn op(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

/// The bytes of a program, as the kernel reads them.
pub(crate) fn bytes(program: &[sock_filter]) -> Vec<u8> {
    let one = |op: &sock_filter| {
        let mut bytes = op.code.to_ne_bytes().to_vec();
        bytes.extend([op.jt, op.jf]);
        bytes.extend(op.k.to_ne_bytes());
        bytes
    };
    program.iter().flat_map(one).collect()
}

#[cfg(test)]
mod tests;
