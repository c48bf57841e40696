#! family: exhaustion | holds: Watch | trust: C-09, B-52
#! success: it gets more than it may have, or it does not end in time. None is run without the sandbox.

#@ id: endless-loop | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: the machine is busy for ever
while True:
    pass

#@ id: endless-loop-in-c | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: the same where Python hears nothing
import re
re.match(r"(a+)+$", "a" * 60 + "b")

#@ id: endless-sleep | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: a place for runs is taken for ever
import time
time.sleep(1000)

#@ id: deaf-to-signals | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: the run refuses to end
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

#@ id: blocked-signals | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: the same by blocking them in all threads
import signal, threading, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for _ in range(3):
    threading.Thread(target=time.sleep, args=(100,)).start()
time.sleep(100)

#@ id: never-ending-threads | holds: Process | ends: barred | limits: timeout=5
#@ harm: threads stay when the cell is done
import threading, time
for _ in range(3):
    threading.Thread(target=time.sleep, args=(100,)).start()

#@ id: processor-time | holds: Watch, Limits | ends: CpuLimit | limits: cpu=1 timeout=30
#@ harm: more processor time than allowed
while True:
    pass

#@ id: processor-time-signal-ignored | holds: Watch, Limits | ends: CpuLimit, Crash | limits: cpu=1 timeout=30
#@ harm: the same with the warning ignored
import signal
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while True:
    pass

#@ id: alarm-games | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: an alarm that goes off again and again keeps the run alive
import signal, time
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
while True:
    try:
        time.sleep(10)
    except BaseException:
        pass

#@ id: memory-at-once | holds: Limits, Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the machine runs out of memory
import numpy as np
big = np.ones(64 << 20)
harm(big.nbytes)

#@ id: memory-bit-by-bit | holds: Limits, Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the same slowly
kept = []
for _ in range(400):
    kept.append(bytearray(1 << 20))
harm(len(kept))

#@ id: memory-by-list | holds: Limits, Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the same by one object that grows
kept = [0]
while len(kept) < 1 << 26:
    kept += kept
harm(len(kept))

#@ id: memory-by-big-number | holds: Limits, Watch, Clock | ends: barred, Memory, Timeout | limits: memory=64 timeout=3
#@ harm: the same by arithmetic
harm((1 << (1 << 31)).bit_length())

#@ id: memory-by-text | holds: Limits, Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the same by text
harm(len("x" * (400 << 20)))

#@ id: shared-memory | holds: RunCalls, Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: memory that limits of data do not count
import mmap, time
kept = mmap.mmap(-1, 400 << 20)
for place in range(0, 400 << 20, 4096):
    kept[place] = 1
time.sleep(1)
harm("400 MB")

#@ id: shared-memory-by-zero-device | holds: Watch, Files, RunFiles | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the same by a device
import mmap, time
zero = os.open("/dev/zero", os.O_RDWR)
kept = mmap.mmap(zero, 400 << 20, mmap.MAP_SHARED)
for place in range(0, 400 << 20, 4096):
    kept[place] = 1
time.sleep(1)
harm("400 MB")

#@ id: shared-memory-by-reading-zero-device | holds: Watch | ends: barred, Memory | limits: memory=128 timeout=8
#@ harm: the same with a handle that may only read, whose memory is then made writable
import mmap, time
zero = os.open("/dev/zero", os.O_RDONLY)
libc.mmap.restype = ctypes.c_void_p
size = 400 << 20
kept = libc.mmap(None, ctypes.c_size_t(size), 1, 1, zero, ctypes.c_long(0))
if kept in (None, ctypes.c_void_p(-1).value):
    raise PermissionError("no mapping")
if libc.mprotect(ctypes.c_void_p(kept), ctypes.c_size_t(size), 3):
    raise PermissionError("not writable")
for place in range(0, size, 4096):
    ctypes.memset(kept + place, 1, 1)
time.sleep(1)
harm("400 MB")

#@ id: file-in-memory | holds: RunCalls | limits: memory=64 timeout=8
#@ harm: memory that no mapping shows
handle = os.memfd_create("x")
for _ in range(150):
    os.write(handle, bytes(1 << 20))
harm("150 MB")

#@ id: thread-bomb | holds: Watch | ends: barred, ThreadLimit | limits: threads=20 timeout=8
#@ harm: the machine runs out of threads
import threading, time
for _ in range(200):
    threading.Thread(target=time.sleep, args=(4,), daemon=True).start()
time.sleep(2)
harm("200 threads")

#@ id: fork-bomb | holds: RunCalls | limits: timeout=8
#@ harm: the machine runs out of processes
for _ in range(20):
    if os.fork() == 0:
        os._exit(0)
harm("20 processes")

#@ id: one-big-file | holds: Limits, Watch | ends: barred, DiskLimit | limits: scratch=64 timeout=8
#@ harm: the disk is full
import time
with open("big", "wb") as file:
    for _ in range(200):
        file.write(bytes(1 << 20))
        file.flush()
time.sleep(1)
harm("200 MB")

#@ id: many-files | holds: Watch | ends: DiskLimit | limits: scratch=64 timeout=8
#@ harm: the same in pieces
import time
for number in range(20):
    with open(str(number), "wb") as file:
        file.write(bytes(10 << 20))
time.sleep(1)
harm("200 MB")

#@ id: deleted-file-that-is-open | holds: Watch | ends: barred, DiskLimit | limits: scratch=64 timeout=8
#@ harm: a file that no folder shows fills the disk
import time
kept = []
for number in range(6):
    file = open("hidden", "wb")
    os.unlink("hidden")
    kept.append(file)
    file.write(bytes(32 << 20))
    file.flush()
time.sleep(1)
harm("192 MB beyond what is counted")

#@ id: deleted-file-that-is-mapped | holds: Watch | ends: barred, DiskLimit | limits: scratch=64 timeout=8
#@ harm: the same with nothing open: a page of it in memory keeps the file
import time
libc.mmap.restype = ctypes.c_void_p
for number in range(6):
    handle = os.open("hidden", os.O_RDWR | os.O_CREAT)
    os.unlink("hidden")
    os.write(handle, bytes(32 << 20))
    libc.mmap(None, ctypes.c_size_t(4096), 1, 1, handle, ctypes.c_long(0))
    os.close(handle)
time.sleep(2)
harm("192 MB beyond what is counted")

#@ id: deleted-file-of-a-thread | holds: RunCalls | ends: barred, DiskLimit | limits: scratch=64 timeout=8
#@ harm: the same in a thread whose open files are its own, where nobody looks
import threading, time
told = []
def own():
    try:
        call(436, 900, 901, 2)
        kept = []
        for number in range(6):
            kept.append(open("hidden", "wb"))
            os.unlink("hidden")
            kept[-1].write(bytes(32 << 20))
            kept[-1].flush()
        time.sleep(1)
        told.append("192 MB beyond what is counted")
    except OSError as error:
        told.append(error)
thread = threading.Thread(target=own)
thread.start()
thread.join()
if isinstance(told[0], OSError):
    raise told[0]
harm(told[0])

#@ id: allocate-disk | holds: Limits, Watch | ends: barred, DiskLimit | limits: scratch=64 timeout=8
#@ harm: the disk is full at once
import time
with open("big", "wb") as file:
    os.posix_fallocate(file.fileno(), 0, 400 << 20)
time.sleep(1)
harm("400 MB")

#@ id: inode-bomb | holds: Watch | ends: DiskLimit | limits: files=300 timeout=8
#@ harm: the disk has no more names
import time
for number in range(3000):
    open(str(number), "w").close()
time.sleep(1)
harm("3000 files")

#@ id: folder-bomb | holds: Files, RunFiles
#@ harm: folders in folders, deeper than any path, which nobody can remove
for _ in range(2000):
    os.mkdir("d")
    os.chdir("d")
harm("2000 deep")

#@ id: open-file-bomb | holds: Limits | limits: open=64 timeout=8
#@ harm: the machine runs out of open files
kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(2000)]
harm(len(kept))

#@ id: pipe-bomb | holds: Limits | limits: open=64 timeout=8
#@ harm: memory of the kernel
kept = [os.pipe() for _ in range(1000)]
harm(len(kept))

#@ id: output-bomb | holds: Host | ends: OutputLimit | limits: timeout=20
#@ harm: the program runs out of memory
while True:
    os.write(1, b"x" * 65536)

#@ id: error-output-bomb | holds: Host | ends: OutputLimit | limits: timeout=20
#@ harm: the same by the other stream, without an end of line
while True:
    os.write(2, b"y" * 65536)

#@ id: recursion | holds: Process | ends: barred
#@ harm: the interpreter crashes
def deeper(n):
    return deeper(n + 1)
deeper(0)

#@ id: recursion-without-limit | holds: Process | ends: Crash, Memory, barred | limits: memory=256 timeout=8
#@ harm: the same with the guard off
sys.setrecursionlimit(1 << 30)
import functools
value = functools.reduce(lambda inner, _: [inner], range(1_000_000), [])
repr(value)

#@ id: crash | holds: Process | ends: Crash
#@ harm: the interpreter crashes
ctypes.string_at(0)

#@ id: abort | holds: Process | ends: Crash
#@ harm: the same on purpose
os.abort()

#@ id: leave-without-a-word | holds: Process | ends: Crash
#@ harm: the host waits for an answer
os._exit(0)

#@ id: close-everything | holds: Process | ends: Crash
#@ harm: the same with closed descriptors
os.closerange(0, 1024)

#@ id: stop-itself | holds: Clock | ends: Timeout | limits: timeout=1
#@ harm: a run that stands still takes a place for ever
os.kill(os.getpid(), 19)

#@ id: kill-itself | holds: Process | ends: Crash
#@ harm: the host takes it for a lack of memory, and nothing else goes wrong
os.kill(os.getpid(), 9)

#@ id: read-input | holds: Process
#@ harm: the run waits for keys of the person
harm(input())

#@ id: big-traceback | holds: Host | ends: barred
#@ harm: an error as long as a book
raise ValueError("x" * (8 << 20))
