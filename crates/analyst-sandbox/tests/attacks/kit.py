"""What attacks share. Run before each of them, in the sandbox and, to see that they are real, without it."""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
# Numbers of x86_64; elsewhere such an attack counts as barred.
NR = dict(
    open=2, mmap=9, ptrace=101, truncate=76, tkill=200, fork=57, vfork=58, clone=56, execve=59, kill=62, shmget=29, semget=64,
    msgget=68, personality=135, modify_ldt=154, pivot_root=155, adjtimex=159, chroot=161, mount=165, umount2=166,
    swapon=167, reboot=169, sethostname=170, iopl=172, init_module=175, quotactl=179, setxattr=188, settimeofday=164,
    mq_open=240, add_key=248, request_key=249, keyctl=250, inotify_init1=294, unshare=272, perf_event_open=298,
    fanotify_init=300, name_to_handle_at=303, open_by_handle_at=304, clock_adjtime=305, setns=308, process_vm_readv=310,
    process_vm_writev=311, kcmp=312, finit_module=313, seccomp=317, memfd_create=319, kexec_file_load=320, bpf=321,
    execveat=322, userfaultfd=323, socket=41, socketpair=53, sendmsg=46, prctl=157, capset=126, timer_create=222,
    rt_sigqueueinfo=129, rt_tgsigqueueinfo=297, pidfd_send_signal=424, io_uring_setup=425, open_tree=428, move_mount=429,
    fsopen=430, fspick=433, pidfd_open=434, clone3=435, openat2=437, pidfd_getfd=438, process_madvise=440,
    mount_setattr=442, landlock_create_ruleset=444, memfd_secret=447, process_mrelease=448, fchmodat2=452, syslog=103,
    setsid=112, acct=163, mknod=133, tgkill=234, prlimit64=302, mlock=149, splice=275, vmsplice=278, tee=276,
    migrate_pages=256, move_pages=279, get_robust_list=274, kexec_load=246, lookup_dcookie=212, ioprio_set=251,
    sched_setscheduler=144, sched_setattr=314, unlinkat=263, renameat2=316, linkat=265, copy_file_range=326,
)


def call(name, *arguments):
    if os.uname().machine != "x86_64":
        raise PermissionError("not on this machine")
    number = NR[name] if isinstance(name, str) else name
    arguments = [ctypes.c_long(part) if isinstance(part, int) else part for part in arguments]
    answer = libc.syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return answer


def plant(path):
    """Whether a file could be put at `path`; nothing stays."""
    was_there = os.path.exists(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.close(descriptor)
    if not was_there:
        os.unlink(path)
    harm(f"{path} could be written")


def channel():
    """The descriptor of the connection to the host."""
    import stat

    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            pass
    raise PermissionError("no channel")


def frame(head, body=b"", head_size=None, body_size=None):
    import json
    import struct

    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    sizes = len(head) if head_size is None else head_size, len(body) if body_size is None else body_size
    return struct.pack("<II", *sizes) + head + body


def machine_code(code):
    """Runs machine code of x86_64; answers what is in its first register."""
    import mmap

    if os.uname().machine != "x86_64":
        raise PermissionError("not on this machine")
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long)(address)()
