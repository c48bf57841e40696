#! family: rights and signals | holds: RunCalls | trust: C-04
#! success: a right is gained, or another process hears a signal

#@ id: become-administrator | holds: RunCalls, NoCapabilities, OwnUser | bare: no
#@ harm: all rights
os.setuid(0)
harm("user 0")

#@ id: become-another-group | holds: RunCalls, NoCapabilities, Namespaces | bare: no
#@ harm: files of a group
os.setgroups([0])
harm("groups were set")

#@ id: gain-capabilities | holds: RunCalls, NoCapabilities | bare: no
#@ harm: single rights of the administrator
import struct
header = struct.pack("=Ii", 0x20080522, 0)
call("capset", header, struct.pack("=6I", 0x200000, 0x200000, 0, 0, 0, 0))
harm("capabilities")

#@ id: ambient-capabilities | holds: RunCalls, NoCapabilities | bare: no
#@ harm: rights that programs inherit
call("prctl", 47, 2, 21, 0, 0)
harm("ambient")

#@ id: has-capabilities | holds: NoCapabilities | bare: no
#@ harm: the run already has rights of the administrator
caps = [line.split() for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))]
if any(int(value, 16) for _, value in caps):
    harm(caps)

#@ id: may-gain-rights | holds: Process | bare: no
#@ harm: programs that give rights would give them
if "NoNewPrivs:\t1" not in open("/proc/self/status").read():
    harm("new rights may be gained")

#@ id: outlive-the-host | bare: no
#@ harm: the run stays when the program ends
call("prctl", 1, 0, 0, 0, 0)
harm("unset")

#@ id: be-dumpable | bare: no
#@ harm: others may look into the run
call("prctl", 4, 1, 0, 0, 0)
harm("set")

#@ id: let-others-trace | bare: no
#@ harm: others may steer the run
call("prctl", 0x59616D61, -1, 0, 0, 0)
harm("set")

#@ id: strict-filter-by-prctl | bare: no
#@ harm: the filter is meddled with by the older call
call("prctl", 22, 2, 0, 0, 0)
harm("set")

#@ id: hide-under-another-start | bare: no
#@ harm: where the kernel thinks that things are
call("prctl", 35, 1, 0x10000, 0, 0)
harm("set")

#@ id: stop-memory-advice | bare: no
#@ harm: a setting that children inherit
call("prctl", 41, 1, 0, 0, 0)
harm("set")

#@ id: raise-limits | holds: RunCalls, Limits, Files, RunFiles | bare: no
#@ harm: more than the person allowed
import resource
resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
harm("raised")

#@ id: raise-open-files | holds: RunCalls, Limits, NoCapabilities | bare: no
#@ harm: more open files than allowed
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 19, 1 << 19))
harm("raised")

#@ id: limits-of-parent | bare: no | holds: RunCalls
#@ harm: the program is throttled
import resource
resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (10, 1024))
harm("throttled")

#@ id: lower-own-niceness | holds: RunCalls, NoCapabilities | bare: no
#@ harm: the run goes before everything else
os.setpriority(os.PRIO_PROCESS, 0, -20)
harm("first")

#@ id: real-time | holds: RunCalls, NoCapabilities | bare: no
#@ harm: the machine stands still
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
harm("real time")

#@ id: slow-the-parent | bare: no
#@ harm: the program goes last
os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)
harm("slowed")

#@ id: disk-before-others | bare: no
#@ harm: the disk serves the run first
call("ioprio_set", 1, 0, 2 << 13)
harm("set")

#@ id: choose-processor | bare: no
#@ harm: the run sits where another program works
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
harm("chosen")

#@ id: leave-the-session | bare: no
#@ harm: who kills the group misses the run
os.setpgid(0, 0)
harm("left")

#@ id: kill-other | holds: RunCalls, ProcessNamespace, Files, RunFiles | bare: yes
#@ harm: another program of the person ends
os.kill(VICTIM, 9)

#@ id: stop-other | holds: RunCalls, ProcessNamespace, Files, RunFiles | bare: yes
#@ harm: another program of the person stands still
os.kill(VICTIM, 19)

#@ id: signal-host | holds: RunCalls, ProcessNamespace, Files, RunFiles | bare: yes
#@ harm: the program ends
os.kill(HOST, 0)
harm("the host would hear it")

#@ id: kill-parent | holds: RunCalls, RunFiles | bare: no
#@ harm: all other runs end
os.kill(os.getppid(), 9)
harm("killed")

#@ id: stop-parent | holds: RunCalls, RunFiles | bare: no
#@ harm: no run starts any more
os.kill(os.getppid(), 19)
harm("stopped")

#@ id: signal-everybody | holds: RunCalls | bare: no
#@ harm: everything of the person ends (the kernel says yes even when nobody would hear it)
os.kill(-1, 0)
harm("everybody would hear it")

#@ id: signal-group-of-parent | holds: RunCalls, RunFiles | bare: no
#@ harm: all runs end
group = os.getpgid(os.getppid())
if group in (0, os.getpgrp()):
    os.kill(os.getppid(), 0)  # its group has no number here
os.killpg(group, 0)
harm("the group would hear it")

#@ id: signal-thread-of-parent | holds: RunCalls, RunFiles | bare: no
#@ harm: the same by the call for threads
call("tkill", os.getppid(), 0)
harm("it would hear it")

#@ id: signal-thread-group-of-parent | holds: RunCalls, RunFiles | bare: no
#@ harm: the same by its newer form
call("tgkill", os.getppid(), os.getppid(), 0)
harm("it would hear it")

#@ id: signal-with-data | holds: RunCalls, RunFiles | bare: no
#@ harm: the same with a forged sender
call("rt_sigqueueinfo", os.getppid(), 17, ctypes.create_string_buffer(b"\x11\0\0\0\0\0\0\0\xff\xff\xff\xff" + bytes(116)))
harm("it would hear it")

#@ id: signal-by-handle | holds: RunCalls, RunFiles | bare: no
#@ harm: the same by a handle
call("pidfd_send_signal", os.pidfd_open(os.getppid()), 0, 0, 0)
harm("it would hear it")

#@ id: signal-by-owner-of-file | holds: RunCalls | bare: no
#@ harm: the kernel sends the signal for the run
import fcntl
fcntl.fcntl(channel(), fcntl.F_SETOWN, os.getppid())
harm("set")

#@ id: signal-by-owner-extended | holds: RunCalls | bare: no
#@ harm: the same by the newer form
import fcntl
fcntl.fcntl(channel(), 15, b"\1\0\0\0" + os.getppid().to_bytes(4, "little"))
harm("set")

#@ id: signal-by-ioctl | holds: RunCalls | bare: no
#@ harm: the same by another call
import fcntl
fcntl.ioctl(channel(), 0x8901, os.getppid().to_bytes(4, "little"))
harm("set")

#@ id: signal-by-lease | holds: RunCalls | bare: yes
#@ harm: the kernel signals, and whoever opens the file waits
import fcntl, signal
open("mine", "w").close()
handle = os.open("mine", os.O_RDONLY)
fcntl.fcntl(handle, 10, signal.SIGUSR1)
harm("a signal of one's choice")
