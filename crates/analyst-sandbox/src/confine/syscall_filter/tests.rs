//! The programs, run as the kernel runs them.

use super::*;

/// Runs a program as the kernel would, on one call.
fn run(program: &[sock_filter], number: c_long, arguments: [u64; 4]) -> u32 {
    let mut accumulator = 0;
    let mut at = 0;
    loop {
        let sock_filter { code, jt, jf, k } = program[at];
        let jump = |hit: bool| usize::from(if hit { jt } else { jf });
        at += 1;
        match code {
            LOAD => {
                accumulator = match k {
                    OFFSET_NUMBER => u32::try_from(number).unwrap(),
                    OFFSET_ARCHITECTURE => ARCHITECTURE,
                    _ => {
                        let value = arguments[(k as usize - 16) / 8];
                        (if k % 8 == 0 { value & 0xFFFF_FFFF } else { value >> 32 }) as u32
                    }
                }
            }
            AND => accumulator &= k,
            JUMP_EQUAL => at += jump(accumulator == k),
            JUMP_AT_LEAST => at += jump(accumulator >= k),
            JUMP_ANY_BIT => at += jump(accumulator & k != 0),
            RETURN => return k,
            _ => panic!("unknown instruction {code}"),
        }
    }
}

#[test]
fn network_filter_denies_sockets_and_unknown_calls() {
    let check = |number, expect| assert_eq!(run(&network_filter(), number, [0; 4]), expect, "{number}");
    check(libc::SYS_socket, DENY);
    check(libc::SYS_io_uring_setup, DENY);
    check(libc::SYS_clone3, ABSENT);
    check(600, ABSENT);
    check(0x4000_0000 + libc::SYS_socket, ABSENT);
    check(libc::SYS_read, ALLOW);
    check(libc::SYS_execve, ALLOW);
}

#[test]
fn own_programs_get_socket_pairs_and_no_other_socket() {
    let check = |number, arguments, expect| {
        assert_eq!(run(&own_program_filter(), number, arguments), expect, "{number} {arguments:?}");
    };
    let stream = (libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) as u64;
    check(libc::SYS_socketpair, [libc::AF_UNIX as u64, stream, 0, 0], ALLOW);
    check(libc::SYS_socketpair, [libc::AF_UNIX as u64, libc::SOCK_DGRAM as u64, 0, 0], DENY);
    check(libc::SYS_socketpair, [libc::AF_INET as u64, stream, 0, 0], DENY);
    check(libc::SYS_socket, [libc::AF_UNIX as u64, stream, 0, 0], DENY);
    check(libc::SYS_connect, [0; 4], DENY);
    check(libc::SYS_read, [0; 4], ALLOW);
    check(libc::SYS_clone3, [0; 4], ABSENT);
}

#[test]
fn filters_of_cells_leave_threads_and_signals_to_itself() {
    let thread = (libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_FILES) as u64;
    let anonymous = libc::MAP_ANONYMOUS as u64;
    let cases: &[(c_long, [u64; 4], u32)] = &[
        (libc::SYS_execve, [0; 4], DENY),
        (libc::SYS_clone, [libc::SIGCHLD as u64, 0, 0, 0], DENY),
        (libc::SYS_clone, [thread, 0, 0, 0], ALLOW),
        (libc::SYS_clone, [libc::CLONE_THREAD as u64, 0, 0, 0], DENY),
        (libc::SYS_clone, [libc::CLONE_FILES as u64, 0, 0, 0], DENY),
        (libc::SYS_close_range, [3, 9, 0, 0], ALLOW),
        (libc::SYS_close_range, [3, 9, CLOSE_RANGE_UNSHARE as u64, 0], DENY),
        (libc::SYS_kill, [77, 0, 0, 0], ALLOW),
        (libc::SYS_kill, [78, 0, 0, 0], DENY),
        (libc::SYS_kill, [u64::MAX, 0, 0, 0], DENY),
        (libc::SYS_tgkill, [1, 1, 0, 0], DENY),
        (libc::SYS_prctl, [1, 0, 0, 0], DENY),
        (libc::SYS_prctl, [15, 0, 0, 0], ALLOW),
        (libc::SYS_prctl, [16, 0, 0, 0], ALLOW),
        (libc::SYS_prctl, [PR_SET_VMA as u64, 0, 0, 0], ALLOW),
        (libc::SYS_prlimit64, [0, 7, 0, 0], ALLOW),
        (libc::SYS_prlimit64, [0, 7, 8, 0], DENY),
        (libc::SYS_prlimit64, [0, 7, 1 << 32, 0], DENY),
        (libc::SYS_fcntl, [0, F_SETOWN as u64, 0, 0], DENY),
        (libc::SYS_fcntl, [0, F_SETSIG as u64, 0, 0], DENY),
        (libc::SYS_fcntl, [0, F_SETOWN_EX as u64, 0, 0], DENY),
        (libc::SYS_fcntl, [0, libc::F_GETFL as u64, 0, 0], ALLOW),
        (libc::SYS_ioctl, [0, TIOCSTI as u64, 0, 0], DENY),
        (libc::SYS_ioctl, [0, FIOSETOWN as u64, 0, 0], DENY),
        (libc::SYS_ioctl, [0, 0x5401, 0, 0], ALLOW),
        (libc::SYS_mmap, [0, 0, 0, anonymous | libc::MAP_PRIVATE as u64], ALLOW),
        (libc::SYS_mmap, [0, 0, 0, libc::MAP_SHARED as u64], ALLOW),
        (libc::SYS_mmap, [0, 0, 0, anonymous | libc::MAP_SHARED as u64], DENY),
        (libc::SYS_read, [0; 4], ALLOW),
        (libc::SYS_fchmodat, [0; 4], DENY),
    ];
    for (program, name) in [(allowing_filter(77), "allowing"), (denying_filter(77), "denying")] {
        for &(number, arguments, expect) in cases {
            assert_eq!(run(&program, number, arguments), expect, "{name} {number} {arguments:?}");
        }
    }
}

#[test]
fn what_no_library_needs_is_absent() {
    let check = |number, expect| assert_eq!(run(&allowing_filter(77), number, [0; 4]), expect, "{number}");
    check(libc::SYS_vmsplice, DENY);
    check(libc::SYS_remap_file_pages, ABSENT);
    check(libc::SYS_setns, DENY);
    check(libc::SYS_socket, DENY);
    check(libc::SYS_listxattr, UNSUPPORTED);
    check(libc::SYS_futex, ALLOW);
    check(600, ABSENT);
}

#[test]
fn no_call_is_both_allowed_and_denied() {
    let denied: Vec<c_long> = [ALWAYS_DENIED, ALWAYS_DENIED_HERE, DENIED_TO_CELLS, DENIED_TO_CELLS_HERE].concat();
    for number in ALLOWED.iter().chain(ALLOWED_HERE) {
        assert!(!denied.contains(number), "{number}");
    }
}

#[test]
fn the_mark_of_a_process_stands_in_a_program_only_as_such() {
    let mark = PID_MARK.to_ne_bytes();
    let count = |program: &[sock_filter]| bytes(program).windows(4).filter(|four| *four == mark).count();
    assert_eq!((count(&allowing_filter(PID_MARK)), count(&denying_filter(PID_MARK))), (2, 2));
    assert_eq!(count(&allowing_filter(1)), 0);
}
