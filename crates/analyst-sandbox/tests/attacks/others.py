#! family: other processes | holds: RunFiles, Files | trust: C-04, C-05
#! success: something of another process is read or changed

#@ id: environment-of-parent | bare: yes | trust: C-05
#@ harm: keys in the program's environment are read
harm(open(f"/proc/{os.getppid()}/environ", "rb").read(40))

#@ id: environment-of-host | bare: yes | trust: C-05
#@ harm: the same by the host's number
harm(open(f"/proc/{HOST}/environ", "rb").read(40))

#@ id: environment-of-first | bare: no | trust: C-05
#@ harm: the environment of the system's first process
harm(open("/proc/1/environ", "rb").read(40))

#@ id: own-environment | holds: CleanEnvironment | bare: no | trust: C-05
#@ harm: variables of the program are inherited
found = sorted(set(os.environ) & set(HOST_ENV))
if found:
    harm(found)

#@ id: own-first-environment | holds: CleanEnvironment | bare: no | trust: C-05
#@ harm: the same where the kernel keeps them
libc.getenv.restype = ctypes.c_char_p
found = [name for name in HOST_ENV if libc.getenv(name.encode())]
if found:
    harm(found)

#@ id: own-environment-file | holds: RunFiles, CleanEnvironment | bare: no | trust: C-05
#@ harm: the same by the file of it
inherited = open("/proc/self/environ").read()
found = [name for name in HOST_ENV if f"{name}=" in inherited]
if found:
    harm(found)

#@ id: memory-of-parent | bare: no
#@ harm: data and keys in the program's memory are read
harm(open(f"/proc/{os.getppid()}/mem", "rb").fileno())

#@ id: memory-of-host | bare: no
#@ harm: the same by the host's number
harm(open(f"/proc/{HOST}/mem", "rb").fileno())

#@ id: layout-of-parent | holds: Files, RunFiles | bare: yes
#@ harm: where things are in the program's memory
harm(open(f"/proc/{os.getppid()}/maps").readline())

#@ id: command-lines | holds: RunFiles | bare: yes
#@ harm: passwords on command lines are read
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        harm(open(f"/proc/{name}/cmdline").read(100) or "a process")
        break

#@ id: list-processes | holds: RunFiles | bare: yes
#@ harm: what the person runs is listed
found = [name for name in os.listdir("/proc") if name.isdigit()]
if len(found) > 1:
    harm(f"{len(found)} processes")

#@ id: connections-of-the-machine | holds: RunFiles | bare: yes
#@ harm: whom the machine talks to
if len(open("/proc/net/tcp").readlines()) > 1 or len(open("/proc/1/net/tcp").readlines()) > 1:
    harm("connections")

#@ id: kernel-memory | holds: Files, RunFiles, NoCapabilities | bare: no
#@ harm: the kernel's memory is read
harm(open("/proc/kcore", "rb").read(4))

#@ id: kernel-symbols | holds: RunFiles | bare: yes
#@ harm: where the kernel keeps its parts
line = open("/proc/kallsyms").readline()
if line:
    harm(line)

#@ id: mounts | holds: RunFiles | bare: yes
#@ harm: disks and folders of the machine are listed
harm(open("/proc/self/mountinfo").readline())

#@ id: emergency-keys | bare: no
#@ harm: the machine is switched off
os.open("/proc/sysrq-trigger", os.O_WRONLY)
harm("opened for writing")

#@ id: dodge-the-memory-killer | bare: no | holds: Files, RunFiles, Namespaces
#@ harm: other programs are ended first when memory runs out
open("/proc/self/oom_score_adj", "w").write("-1000")
harm("it was set")

#@ id: lower-own-memory-score | bare: no | holds: Files, RunFiles, NoCapabilities
#@ harm: the same by the older file
open("/proc/self/oom_adj", "w").write("-17")
harm("it was set")

#@ id: write-own-memory-file | bare: yes
#@ harm: memory that may not be written is written
handle = os.open("/proc/self/mem", os.O_RDWR)
harm("opened")

#@ id: descriptors-of-parent | holds: Files, RunFiles | bare: no
#@ harm: open files of the program are taken
names = os.listdir(f"/proc/{os.getppid()}/fd")
harm([os.readlink(f"/proc/{os.getppid()}/fd/{name}") for name in names])

#@ id: root-of-parent | holds: Files, RunFiles | bare: yes
#@ harm: the program's view of the files
harm(open(f"/proc/{os.getppid()}/root{CANARY}").read())

#@ id: trace-parent | holds: SystemCalls, RunCalls | bare: no
#@ harm: the program is steered
call("ptrace", 16, os.getppid(), 0, 0)
harm("attached")

#@ id: trace-other | holds: SystemCalls, RunCalls | bare: no
#@ harm: another program is steered
call("ptrace", 0x4206, VICTIM, 0, 0)
harm("seized")

#@ id: be-traced | holds: SystemCalls, RunCalls | bare: no
#@ harm: the parent is made to look after the run
call("ptrace", 0, 0, 0, 0)
harm("traced")

#@ id: read-other-memory | holds: SystemCalls, RunCalls | bare: no
#@ harm: another program's memory is copied
buffer = ctypes.create_string_buffer(8)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
part = Part(ctypes.addressof(buffer), 8)
call("process_vm_readv", os.getppid(), ctypes.byref(part), 1, ctypes.byref(part), 1, 0)
harm("read")

#@ id: write-other-memory | holds: SystemCalls, RunCalls | bare: no
#@ harm: another program's memory is changed
buffer = ctypes.create_string_buffer(8)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
part = Part(ctypes.addressof(buffer), 8)
call("process_vm_writev", VICTIM, ctypes.byref(part), 1, ctypes.byref(part), 1, 0)
harm("written")

#@ id: compare-with-parent | holds: SystemCalls, RunCalls | bare: no
#@ harm: secrets of the kernel's layout are told
call("kcmp", os.getpid(), os.getppid(), 1, 0, 0)
harm("compared")

#@ id: handle-of-process | holds: RunCalls | bare: yes
#@ harm: a handle to another process, for signals and its files
handle = os.pidfd_open(os.getppid())
harm("a handle")

#@ id: take-descriptor-of-process | holds: SystemCalls, RunCalls | bare: no
#@ harm: open files of another process are copied
handle = os.pidfd_open(os.getppid())
call("pidfd_getfd", handle, 1, 0)
harm("taken")

#@ id: advise-other-memory | holds: SystemCalls, RunCalls | bare: no
#@ harm: another process is slowed down
call("process_madvise", 0, 0, 0, 0, 0)
harm("advised")

#@ id: lists-of-locks-of-others | holds: RunCalls, RunFiles | bare: no
#@ harm: where another process keeps its locks
head, size = ctypes.c_void_p(), ctypes.c_size_t()
call("get_robust_list", os.getppid(), ctypes.byref(head), ctypes.byref(size))
harm(head.value)

#@ id: move-pages-of-others | holds: RunCalls | bare: no
#@ harm: another process's memory is moved about
call("move_pages", os.getppid(), 0, 0, 0, 0, 0)
harm("moved")

#@ id: writable-memory-shared-with-parent | holds: Process | bare: no
#@ harm: memory that later runs see is changed
shared = [line for line in open("/proc/self/maps") if line.split()[1].startswith("rw") and line.split()[1][3] == "s"]
if shared:
    harm(shared)

#@ id: inherited-descriptors | holds: CleanDescriptors | bare: no
#@ harm: files of the program stay open in the run
import stat
found = []
for number in range(1024):
    try:
        status = os.fstat(number)
    except OSError:
        continue
    if stat.S_ISREG(status.st_mode) and status.st_size and not os.readlink(f"/proc/self/fd/{number}").startswith(("/proc", os.environ["HOME"])):
        found.append(number)
if found:
    harm(found)

#@ id: channel-of-the-fork-server | holds: CleanDescriptors | bare: no
#@ harm: runs are ordered in the name of the host
import stat
sockets = set()
for number in range(1024):
    try:
        status = os.fstat(number)
    except OSError:
        continue
    if stat.S_ISSOCK(status.st_mode):
        sockets.add(status.st_ino)
if len(sockets) > 1:
    harm(f"{len(sockets)} sockets")

#@ id: existence-of-files | holds: nothing | bare: yes
#@ harm: that a file exists, how long it is and when it was changed is told
harm(os.stat(CANARY).st_size)
