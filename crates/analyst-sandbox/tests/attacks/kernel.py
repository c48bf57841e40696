#! family: kernel | holds: SystemCalls, RunCalls | trust: C-04
#! success: the kernel does not refuse

#@ id: keyring-search | bare: no | trust: C-04, C-05
#@ harm: keys of the person are read
call("keyctl", 0, -4, 0)
harm("the session's keyring")

#@ id: keyring-add | bare: no
#@ harm: data is left where later runs look
call("add_key", b"user", b"attack", b"x", 1, -4)
harm("a key stays")

#@ id: keyring-request | bare: no
#@ harm: a program of the system is started
call("request_key", b"user", b"attack", b"", -4)
harm("asked")

#@ id: kernel-program | bare: no
#@ harm: code runs in the kernel
call("bpf", 0, ctypes.create_string_buffer(128), 128)
harm("bpf")

#@ id: measure-the-processor | bare: no
#@ harm: other programs are watched by what they cost
import struct
call("perf_event_open", ctypes.create_string_buffer(struct.pack("=IIQ", 1, 112, 0) + bytes(96)), 0, -1, -1, 0)
harm("perf")

#@ id: page-faults | bare: no
#@ harm: the kernel is held up where attacks want it
call("userfaultfd", 0)
harm("userfaultfd")

#@ id: new-user-space | bare: no
#@ harm: administrator of a world of its own, with all the kernel's parts in reach
call("unshare", 0x10000000)
harm("a user namespace")

#@ id: new-mount-space | bare: no
#@ harm: files are covered by others
call("unshare", 0x00020000)
harm("a mount namespace")

#@ id: enter-space | bare: no
#@ harm: back into the host's network
call("setns", os.open(f"/proc/{HOST}/ns/net", os.O_RDONLY), 0)
harm("in the host's network")

#@ id: enter-space-by-number | bare: no
#@ harm: the same by a handle of a process
call("setns", 0, 0x40000000)
harm("entered")

#@ id: mount | bare: no
#@ harm: a file system is put over others
call("mount", b"none", b"/tmp", b"tmpfs", 0, 0)
harm("mounted")

#@ id: mount-by-parts | bare: no
#@ harm: the same by the newer calls
call("fsopen", b"tmpfs", 0)
harm("a file system")

#@ id: copy-mounts | bare: no
#@ harm: rules for folders are walked around by a copy of them
call("open_tree", -100, b"/", 1)
harm("a tree")

#@ id: move-mounts | bare: no
#@ harm: the same by moving
call("move_mount", -100, b"/", -100, b"/tmp", 0)
harm("moved")

#@ id: change-mounts | bare: no
#@ harm: what may only be read may be written
call("mount_setattr", -100, b"/", 0, ctypes.create_string_buffer(32), 32)
harm("changed")

#@ id: new-root | bare: no
#@ harm: another root of the files
call("chroot", b".")
harm("another root")

#@ id: pivot | bare: no
#@ harm: the same by another call
call("pivot_root", b".", b".")
harm("another root")

#@ id: load-module | bare: no
#@ harm: code is loaded into the kernel
call("init_module", b"", 0, b"")
harm("loaded")

#@ id: load-module-file | bare: no
#@ harm: the same from a file
call("finit_module", 0, b"", 0)
harm("loaded")

#@ id: replace-kernel | bare: no
#@ harm: another kernel is started
call("kexec_file_load", -1, -1, 0, b"", 0)
harm("loaded")

#@ id: switch-off | bare: no
#@ harm: the machine goes off
call("reboot", 0, 0, 0, 0)
harm("off")

#@ id: set-clock | bare: no
#@ harm: the machine's clock is wrong
call("settimeofday", 0, 0)
harm("set")

#@ id: bend-clock | bare: no
#@ harm: the machine's clock drifts
call("clock_adjtime", 0, ctypes.create_string_buffer(256))
harm("asked")

#@ id: host-name | bare: no
#@ harm: the machine is called otherwise
call("sethostname", b"attack", 6)
harm("renamed")

#@ id: swap | bare: no
#@ harm: a file is read as memory
call("swapon", CANARY.encode(), 0)
harm("swap")

#@ id: accounting | bare: no
#@ harm: what everybody runs is written down
call("acct", 0)
harm("accounting")

#@ id: quotas | bare: no
#@ harm: who may store how much is changed
call("quotactl", 0x800002 << 8, 0, 0, 0)
harm("quotas")

#@ id: kernel-log | bare: no
#@ harm: the kernel's messages are read
call("syslog", 3, ctypes.create_string_buffer(100), 100)
harm("read")

#@ id: other-personality | bare: no
#@ harm: memory is laid out without chance
call("personality", 0x0040000)
harm("changed")

#@ id: ports-of-the-machine | bare: no
#@ harm: devices are spoken to directly
call("iopl", 3)
harm("allowed")

#@ id: segment-tables | bare: no
#@ harm: a rarely used part of the kernel is reached
call("modify_ldt", 0, ctypes.create_string_buffer(16), 16)
harm("answered")

#@ id: system-v-memory | holds: SystemCalls, RunCalls | bare: yes
#@ harm: memory that outlives the run
harm(call("shmget", 0, 4096, 0o1600))

#@ id: system-v-semaphores | bare: yes
#@ harm: the same with semaphores
harm(call("semget", 0, 1, 0o1600))

#@ id: system-v-messages | bare: yes
#@ harm: a message for the next run
harm(call("msgget", 0, 0o1600))

#@ id: message-queue | bare: no
#@ harm: the same by a name
harm(call("mq_open", b"attack", 0o102, 0o600, 0))

#@ id: watch-all-files | bare: no
#@ harm: whatever the person opens is watched
call("fanotify_init", 0x200, 0)
harm("watching")

#@ id: filter-of-filters | holds: RunCalls | bare: no
#@ harm: the run's own filter is meddled with
call("seccomp", 0, 0, 0)
harm("changed")

#@ id: more-file-rules | holds: RunCalls | bare: no
#@ harm: the run's own file rules are meddled with
call("landlock_create_ruleset", 0, 0, 1)
harm("answered")

#@ id: lock-memory | holds: RunCalls, Limits | bare: no
#@ harm: memory that cannot be taken back
import mmap
call("mlock", id(object), 4096)
harm("locked")

#@ id: pipes-by-page | holds: RunCalls | bare: no
#@ harm: pages move where no limit counts, and old holes of the kernel are reached
reader, writer = os.pipe()
call("splice", os.open("/dev/zero", os.O_RDONLY), 0, writer, 0, 100, 0)
harm("spliced")

#@ id: handle-for-file | bare: no
#@ harm: a number that opens a file past its folders
call("name_to_handle_at", -100, b".", ctypes.create_string_buffer(b"\x80\0\0\0" + bytes(136), 140), ctypes.byref(ctypes.c_int()), 0)
harm("a handle")

#@ id: timers-that-signal | holds: RunCalls | bare: yes
#@ harm: timers beyond those that are counted
timer = ctypes.c_long()
call("timer_create", 0, 0, ctypes.byref(timer))
harm("a timer")

#@ id: kernel-processor-move | holds: RunCalls | bare: no
#@ harm: other processes are moved about
call("migrate_pages", os.getppid(), 0, 0, 0)
harm("moved")
