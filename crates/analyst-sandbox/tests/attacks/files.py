#! family: files | holds: Files, RunFiles | trust: C-01, C-04
#! success: the secret shows up in what the run returns, or the host finds its files changed

#@ id: read-secret | bare: yes
#@ harm: a private file of the person is shown
harm(open(CANARY).read())

#@ id: read-secret-in-home | bare: yes
#@ harm: a private file in the home folder is shown
harm(open(HOME_CANARY).read())

#@ id: read-by-descriptor | bare: yes
#@ harm: the same by plain system calls
harm(os.read(os.open(CANARY, os.O_RDONLY), 100).decode())

#@ id: read-by-raw-open | bare: yes
#@ harm: the same past the C library's own wrapper
harm(os.read(call("open", CANARY.encode(), 0), 100).decode())

#@ id: read-by-openat2 | bare: yes
#@ harm: a newer call opens what the older may not
import struct
how = ctypes.create_string_buffer(struct.pack("=QQQ", 0, 0, 0))
harm(os.read(call("openat2", -100, CANARY.encode(), how, 24), 100).decode())

#@ id: read-by-numpy | bare: yes
#@ harm: a library reads the private file
import numpy as np
harm(bytes(np.fromfile(CANARY, dtype=np.uint8)).decode())

#@ id: read-by-memory-map | bare: yes
#@ harm: the private file is mapped into memory
import numpy as np
harm(bytes(np.memmap(CANARY, dtype=np.uint8, mode="r")).decode())

#@ id: read-by-pandas | bare: yes
#@ harm: read_csv reads the private file
import pandas as pd
harm(pd.read_csv(CANARY, header=None).to_string())

#@ id: read-by-arrow | bare: yes
#@ harm: the C++ of Arrow reads the private file
import pyarrow as pa
harm(pa.OSFile(CANARY).read().decode())

#@ id: read-by-arrow-file-system | bare: yes
#@ harm: Arrow's own file system reads the private file
from pyarrow import fs
harm(fs.LocalFileSystem().open_input_file(CANARY).read().decode())

#@ id: read-passwords | bare: yes
#@ harm: the users of the machine are listed
harm(open("/etc/passwd").readline())

#@ id: read-host-name | bare: yes
#@ harm: the machine is told apart from others
harm(open("/etc/machine-id").read() if os.path.exists("/etc/machine-id") else open("/etc/group").read(80))

#@ id: list-root | bare: yes
#@ harm: the machine's folders are listed
harm(os.listdir("/"))

#@ id: list-home | bare: yes
#@ harm: the person's folders are listed
harm(f"{len(os.listdir(os.path.dirname(HOME_CANARY)))} names")

#@ id: list-by-glob | bare: yes
#@ harm: names of private files are found
import glob
found = glob.glob(OUTSIDE + "/*")
if found:
    harm(found)

#@ id: read-the-store | bare: yes
#@ harm: what the program remembers is read
harm(open(STORE, "rb").read(16))

#@ id: read-the-store-by-sqlite | bare: yes
#@ harm: the program's database is queried
import sqlite3
harm(sqlite3.connect(f"file:{STORE}?mode=ro", uri=True).execute("select secret from keys").fetchall())

#@ id: read-another-run | holds: RunFiles | trust: C-04, C-08 | bare: no
#@ harm: what another run wrote, for another dataset, is read
harm(open(OTHER_RUN).read())

#@ id: list-other-runs | holds: RunFiles | trust: C-08 | bare: no
#@ harm: other runs are found
harm(os.listdir(os.path.dirname(os.path.dirname(OTHER_RUN))))

#@ id: write-into-another-run | holds: RunFiles | trust: C-08 | bare: no
#@ harm: another run's input is changed
plant(OTHER_RUN + ".new")

#@ id: read-dataset-by-name | bare: yes
#@ harm: a dataset that was not given is read
harm(open(DATASET, "rb").read(6))

#@ id: read-by-dots | bare: yes
#@ harm: a relative path leads out
harm(open("../" * 40 + CANARY.lstrip("/")).read())

#@ id: read-after-chdir | bare: yes
#@ harm: a relative path leads out
os.chdir(OUTSIDE)
harm(open(os.path.basename(CANARY)).read())

#@ id: read-by-folder-descriptor | bare: yes
#@ harm: a folder that may not be read is walked by its handle
folder = os.open(OUTSIDE, os.O_PATH)
harm(open(os.open(os.path.basename(CANARY), os.O_RDONLY, dir_fd=folder)).read())

#@ id: read-by-symlink | holds: RunCalls, Files, RunFiles | bare: yes
#@ harm: an innocent name leads to the private file
os.symlink(CANARY, "innocent.csv")
harm(open("innocent.csv").read())

#@ id: read-by-hard-link | holds: RunCalls, Files, RunFiles | bare: yes
#@ harm: the private file gets a second name that is allowed
os.link(CANARY, "mine")
harm(open("mine").read())

#@ id: read-by-linkat-of-descriptor | holds: RunCalls, Files, RunFiles | bare: no
#@ harm: a handle without rights gets a name
handle = os.open(CANARY, os.O_PATH)
call("linkat", handle, b"", -100, b"mine", 0x1000)
harm(open("mine").read())

#@ id: read-by-rename | bare: yes
#@ harm: the private file is moved into the run's own folder
os.rename(CANARY, "mine")
harm(open("mine").read())

#@ id: read-by-exchange | bare: yes
#@ harm: the private file is exchanged with one of the run
open("mine", "w").write("x")
call("renameat2", -100, CANARY.encode(), -100, b"mine", 2)
harm(open("mine").read())

#@ id: reopen-path-handle | bare: yes
#@ harm: a handle without rights is opened again with rights
handle = os.open(CANARY, os.O_PATH)
harm(open(f"/proc/self/fd/{handle}").read())

#@ id: read-by-own-root | bare: yes
#@ harm: another way to the root of the files is not checked
harm(open("/proc/self/root" + CANARY).read())

#@ id: read-by-working-folder | bare: yes
#@ harm: the same by the working folder
harm(open("/proc/self/cwd/" + "../" * 40 + CANARY.lstrip("/")).read())

#@ id: read-by-file-handle | holds: SystemCalls, RunCalls, NoCapabilities | bare: no
#@ harm: a file is opened by its number, past all folders
handle = ctypes.create_string_buffer(b"\x80\0\0\0" + bytes(136), 140)
mount = ctypes.c_int()
call("name_to_handle_at", -100, CANARY.encode(), handle, ctypes.byref(mount), 0)
harm(os.read(call("open_by_handle_at", -100, handle, 0), 100))

#@ id: copy-by-kernel | bare: yes
#@ harm: the kernel copies the private file
import shutil
shutil.copyfile(CANARY, "mine")
harm(open("mine").read())

#@ id: walk-the-tree | bare: yes
#@ harm: private files are found by walking
found = [name for _, _, files in os.walk(OUTSIDE) for name in files]
if found:
    harm(found)

#@ id: write-outside | bare: yes
#@ harm: a file is left outside of the run's folder
open(OUT, "w").write("x")

#@ id: append-to-secret | bare: yes
#@ harm: the private file is changed
open(CANARY, "a").write("x")

#@ id: truncate-by-name | bare: yes
#@ harm: the private file is emptied
os.truncate(CANARY, 0)

#@ id: delete-secret | bare: yes
#@ harm: the private file is deleted
os.unlink(CANARY)

#@ id: rename-over-secret | bare: yes
#@ harm: the private file is replaced
open("mine", "w").write("x")
os.rename("mine", CANARY)

#@ id: make-folder-outside | bare: yes
#@ harm: a folder is left outside
os.mkdir(OUT)

#@ id: make-fifo | holds: RunCalls, Files, RunFiles | bare: yes
#@ harm: something that hangs whoever opens it is left behind
os.mkfifo(OUT)

#@ id: make-device | holds: RunCalls, Files, RunFiles, NoCapabilities | bare: no
#@ harm: the memory of the machine gets a name in the run's folder
os.mknod("memory", 0o600 | 0o20000, os.makedev(1, 1))
harm("a device was made")

#@ id: write-to-library | bare: no
#@ harm: code that every later run imports is changed
plant(os.path.join(RUNTIME, "lib", "analyst-attack-probe.py"))

#@ id: write-to-dataset | bare: yes
#@ harm: the person's data is changed
open(DATASET, "r+b").write(b"x")

#@ id: write-dataset-by-descriptor | data: yes | bare: no | holds: Files, RunFiles, OwnUser
#@ harm: the data that was given for reading is changed
import stat
tried = 0
for number in range(3, 256):
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            continue
        tried += 1
        os.pwrite(os.open(f"/proc/self/fd/{number}", os.O_RDWR), b"x", 0)
        harm(f"descriptor {number} was opened for writing")
    except OSError:
        pass
raise PermissionError(f"{tried} descriptors")

#@ id: truncate-dataset-by-descriptor | data: yes | bare: no | holds: Host
#@ harm: the data that was given for reading is emptied
tried = 0
for number in range(3, 256):
    try:
        os.ftruncate(number, 0)
        harm(f"descriptor {number} was emptied")
    except OSError:
        tried += 1
raise PermissionError(f"{tried} descriptors")

#@ id: write-dataset-by-mapping | data: yes | bare: no | holds: Host
#@ harm: the data is changed through the memory it is mapped to
import mmap
tried = 0
for number in range(3, 256):
    try:
        memory = mmap.mmap(number, 16, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        memory[0] = 0
        harm(f"descriptor {number} was mapped for writing")
    except (OSError, ValueError):
        tried += 1
raise PermissionError(f"{tried} descriptors")

#@ id: change-mode | holds: RunCalls | bare: yes
#@ harm: the private file is opened to all users of the machine
os.chmod(CANARY, 0o666)

#@ id: change-mode-by-new-call | holds: RunCalls | bare: yes
#@ harm: the same by a newer call
call("fchmodat2", -100, CANARY.encode(), 0o666, 0)

#@ id: change-times | holds: RunCalls | bare: yes
#@ harm: when a file was changed is forged
os.utime(CANARY, (1, 1))

#@ id: change-owner | holds: RunCalls | bare: yes
#@ harm: whose a file is is changed
os.chown(CANARY, os.getuid(), os.getgid())
harm("the owner could be set")

#@ id: set-attribute | holds: RunCalls | bare: yes
#@ harm: data is hidden in the attributes of a file
os.setxattr(CANARY, "user.attack", b"x")
harm("an attribute was set")

#@ id: watch-files | holds: RunCalls | bare: yes
#@ harm: what the person does with files is watched
call("inotify_init1", 0)
harm("a watch was made")

#@ id: shared-memory-folder | bare: yes
#@ harm: memory that other programs see is written
plant("/dev/shm/analyst-attack-probe")

#@ id: temporary-folder | bare: yes
#@ harm: a file is left where other programs look
plant("/tmp/analyst-attack-probe")

#@ id: var-temporary-folder | bare: yes
#@ harm: the same in the other folder for temporary files
plant("/var/tmp/analyst-attack-probe")

#@ id: tmpfile-without-name | bare: yes
#@ harm: a file without a name fills a disk that nobody watches
os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
harm("a file without a name")

#@ id: tmpfile-in-scratch | holds: RunFiles, RunCalls, Limits | bare: no
#@ harm: a file without a name gets one outside
handle = os.open(".", os.O_TMPFILE | os.O_RDWR)
os.write(handle, b"x")
os.link(f"/proc/self/fd/{handle}", OUT)

#@ id: memory-of-the-machine | holds: Files, RunFiles, NoCapabilities | bare: no
#@ harm: the memory of the kernel is read
for name in ("/dev/mem", "/dev/kmsg", "/dev/port"):
    try:
        os.open(name, os.O_RDONLY)
        harm(name)
    except FileNotFoundError:
        pass

#@ id: disks | holds: Files, RunFiles | bare: no
#@ harm: a disk is read past its file system
import stat
for name in os.listdir("/sys/block") or ["sda"]:
    os.read(os.open("/dev/" + name, os.O_RDONLY), 1)
    harm(name)

#@ id: terminal | bare: no
#@ harm: keys are typed into the person's terminal
import fcntl
terminal = os.open("/dev/tty", os.O_RDWR)
fcntl.ioctl(terminal, 0x5412, b"\n")
harm("typed")

#@ id: pseudo-terminal | bare: yes
#@ harm: a terminal is made
os.open("/dev/ptmx", os.O_RDWR)
harm("a terminal")

#@ id: network-devices | bare: yes
#@ harm: the machine's addresses are read
harm(os.listdir("/sys/class/net"))

#@ id: kernel-settings | holds: RunFiles, NoCapabilities | bare: no
#@ harm: what runs at a crash is replaced
os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)
harm("opened for writing")
