#! family: processes | holds: RunCalls | trust: C-04
#! success: another process or program runs

#@ id: fork | bare: yes
#@ harm: a process that outlives the run
child = os.fork()
if child == 0:
    os._exit(0)
harm("forked")

#@ id: fork-raw | bare: yes
#@ harm: the same past Python's own module
child = call("fork")
if child == 0:
    os._exit(0)
harm("forked")

#@ id: vfork | bare: no
#@ harm: the same by an older call
child = machine_code(b"\xb8\x3a\0\0\0\x0f\x05\x85\xc0\x75\x09\xb8\x3c\0\0\0\x31\xff\x0f\x05\x48\x98\xc3")
if child < 0:
    raise OSError(-child, os.strerror(-child))
harm("forked")

#@ id: clone | bare: yes
#@ harm: the same by the general call
child = call("clone", 17, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
harm("cloned")

#@ id: clone-new-user | holds: RunCalls | bare: no
#@ harm: a process that is administrator of its own world
child = call("clone", 17 | 0x10000000, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
harm("cloned")

#@ id: clone3 | holds: SystemCalls, RunCalls | bare: no
#@ harm: a call whose flags no filter sees
import struct
arguments = ctypes.create_string_buffer(struct.pack("=QQQQQQQQ", 0, 0, 0, 0, 17, 0, 0, 0))
child = call("clone3", arguments, 64)
if child == 0:
    os._exit(0)
harm("cloned")

#@ id: daemon | bare: no
#@ harm: a process in a session of its own stays behind
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import time
        time.sleep(5)
    os._exit(0)
harm("a daemon")

#@ id: execute | holds: RunCalls, RunFiles | bare: yes
#@ harm: another program takes the place of the run
os.execv("/bin/sh", ["sh", "-c", f"echo x > {OUT}"])

#@ id: execute-descriptor | holds: RunCalls, RunFiles | bare: no
#@ harm: the same by a handle
import errno
program = os.open(sys.executable, os.O_PATH)
call("execveat", program, b"", 0, 0, 0x1000)
harm("it ran")

#@ id: spawn | holds: RunCalls, RunFiles | bare: yes
#@ harm: another program runs beside
os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", f"echo x > {OUT}"], {}), 0)

#@ id: subprocess | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by Python's own module
import subprocess
harm(subprocess.run(["/bin/cat", CANARY], capture_output=True, text=True, check=True).stdout)

#@ id: shell | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by the C library
os.system(f"cp {CANARY} {OUT}")

#@ id: shell-by-c | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same past Python
libc.system(f"cp {CANARY} {OUT}".encode())

#@ id: popen | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same with a pipe
harm(os.popen(f"cat {CANARY}").read() or 1 / 0)

#@ id: shell-by-subclasses | holds: RunCalls, RunFiles | bare: yes
#@ harm: a list of allowed names is walked around
found = [c for c in ().__class__.__mro__[-1].__subclasses__() if c.__name__ == "_wrap_close"][0]
found.__init__.__globals__["system"](f"cp {CANARY} {OUT}")

#@ id: shell-by-frame | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by the frame of a generator
(x for x in ()).gi_frame.f_builtins["__import__"]("os").system(f"cp {CANARY} {OUT}")

#@ id: shell-by-pandas | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by a module that pandas has
import pandas.io.common
pandas.io.common.os.system(f"cp {CANARY} {OUT}")

#@ id: process-pool | holds: RunCalls | bare: yes
#@ harm: processes by Python's own pool
import multiprocessing
context = multiprocessing.get_context("fork")
process = context.Process(target=lambda: None)
process.start()
process.join()
harm("a process ran")

#@ id: executor | holds: RunCalls, Files, RunFiles | bare: yes
#@ harm: the same by the newer module
import concurrent.futures
with concurrent.futures.ProcessPoolExecutor(1) as pool:
    harm(pool.submit(os.getpid).result())

#@ id: loky | holds: RunCalls, Files, RunFiles | bare: no | ends: barred, Timeout | limits: timeout=6
#@ harm: processes by the pool of joblib
from joblib.externals.loky import get_reusable_executor
harm(get_reusable_executor(max_workers=1, timeout=2).submit(os.getpid).result(timeout=4))

#@ id: program-without-a-file | holds: RunCalls | bare: yes
#@ harm: a program that no folder holds runs
handle = os.memfd_create("x", 0)
harm("a file in memory")

#@ id: secret-memory | bare: no
#@ harm: memory that even the kernel does not read
call("memfd_secret", 0)
harm("secret memory")

#@ id: install-a-package | holds: RunCalls, RunFiles | bare: no
#@ harm: code from elsewhere is brought in
import subprocess
subprocess.run([sys.executable, "-m", "pip", "--version"], check=True)
harm("pip ran")

#@ id: browser | bare: no | holds: Files, RunCalls, RunFiles
#@ harm: data leaves in an address that a browser opens
import webbrowser
if webbrowser.open(f"http://127.0.0.1:{TCP}/secret"):
    harm("a browser")

#@ id: old-entry-to-the-kernel | holds: SystemCalls, RunCalls | ends: Crash | bare: no
#@ harm: calls under their 32-bit numbers, which a filter may not know
harm(machine_code(b"\xb8\x14\x00\x00\x00\xcd\x80\x48\x98\xc3"))

#@ id: x32-numbers | holds: SystemCalls, RunCalls | bare: no
#@ harm: calls under a second set of numbers
call(0x40000000 + 39)
harm("answered")

#@ id: number-of-tomorrow | holds: SystemCalls, RunCalls | bare: no
#@ harm: calls that are newer than the filter
import errno
for number in (463, 470, 600):
    try:
        call(number, 0, 0, 0)
        harm(f"{number} was answered")
    except OSError as error:
        if error.errno != errno.ENOSYS:
            harm(f"{number} exists: {error}")
raise OSError("none exists")

#@ id: own-machine-code | holds: RunCalls | bare: no
#@ harm: machine code that asks the kernel itself
child = machine_code(b"\xb8\x39\0\0\0\x0f\x05\x85\xc0\x75\x09\xb8\x3c\0\0\0\x31\xff\x0f\x05\x48\x98\xc3")
if child < 0:
    raise OSError(-child, os.strerror(-child))
harm("forked")
