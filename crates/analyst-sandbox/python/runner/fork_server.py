"""The fork server: imports the libraries once, then forks one process per run, ahead of time.

It never sees a line of a person's code: an order only names a folder and brings the descriptors of a run. It stays
single-threaded, because a fork copies one thread and whatever the others held locked. A forked process gives up the
rights that are left (its own folder, its own system calls), says so, and waits for its one request.
"""
import ctypes
import fcntl
import gc
import os
import select
import socket
import struct
import sys
import tempfile

from runner import worker
from runner.channel import Channel

FIRST_FREE = 4
DESCRIPTORS = 1024
OWN_FILES = ("maps", "status", "statm", "stat")
READ_FILE = 4  # LANDLOCK_ACCESS_FS_READ_FILE
PATH_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH
PR_SET_PDEATHSIG = 1
SIGKILL = 9
DONT_NEED = 4  # MADV_DONTNEED


def serve(fd_in, fd_out, init, program):
    channel = Channel(fd_in, fd_out)
    worker.prepare_or_fail(channel, init)
    gc.disable()  # nothing here makes garbage, and a collection would unshare every page
    release_file_pages()
    server = Server(channel, init, program)
    channel.send({"type": "ready", "n_threads": len(os.listdir("/proc/self/task"))})
    server.attend()


def release_file_pages():
    """Pages of libraries that were never written: a fork does not inherit them, so here they only count as memory."""
    libc = worker.libc()
    libc.malloc_trim(0)
    start = end = 0
    is_file = False
    with open("/proc/self/smaps") as lines:
        found = []
        for line in lines:
            first = line.split(" ", 1)[0]
            if not first.endswith(":"):
                parts = line.split()
                start, end = (int(part, 16) for part in first.split("-"))
                is_file = len(parts) > 5 and parts[5].startswith("/") and "w" not in parts[1]
            elif first == "Anonymous:" and is_file and line.split()[1] == "0":
                found.append((start, end - start))
    for start, size in found:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), DONT_NEED)


class Server:
    def __init__(self, channel, init, program):
        self.channel = channel
        self.calls = init["calls"]
        self.program = program
        self.own_pid = os.getpid()
        self.runs = {}  # descriptor of a process: (its pid, its run)

    def attend(self):
        poll = select.poll()
        poll.register(self.channel.fd_in, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self.channel.fd_in:
                    order, _, files = self.channel.receive()  # ends us when the program is gone
                    process = self.fork(order, files)
                    if process is not None:
                        poll.register(process, select.POLLIN)
                else:
                    poll.unregister(fd)
                    self.bury(fd)

    def fork(self, order, files):
        try:
            pid = os.fork()
            if pid == 0:
                self.live(order, files)
            process = os.pidfd_open(pid)
        except OSError as error:
            self.channel.send({"type": "refused", "run": order["run"], "message": str(error)})
            return None
        finally:
            for descriptor in files:
                os.close(descriptor)
        socket.send_fds(self.channel.socket, [Channel.pack({"type": "forked", "run": order["run"]})], [process])
        self.runs[process] = pid, order["run"]
        return process

    def bury(self, process):
        pid, run = self.runs.pop(process)
        os.close(process)
        _, status, usage = os.wait4(pid, 0)
        cpu_ms = int((usage.ru_utime + usage.ru_stime) * 1000)
        self.channel.send({"type": "exited", "run": run, "status": status, "cpu_ms": cpu_ms})

    def live(self, order, files):
        """All that a forked process ever does. Never returns."""
        try:
            channel, walls = self.settle(order, files)
            worker.rehearse()
            channel.send({"type": "ready", "walls": walls})
            gc.enable()
            _, body, files = channel.receive()
            worker.run_request(channel, body, files)
        except BaseException as error:
            try:
                os.write(3, Channel.pack({"type": "failed", "message": f"{type(error).__name__}: {error}"[:2000]}))
            except OSError:
                pass  # nobody listens any more
        os._exit(worker.PREPARATION_FAILED)

    def settle(self, order, files):
        libc = worker.libc()
        os.setsid()
        if order["dies_with_host"]:
            libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
            if os.getppid() != self.own_pid:
                os._exit(0)
        take_descriptors(files, order["closes_descriptors"])
        channel = Channel(3, 3)
        os.environ["HOME"] = os.environ["TMPDIR"] = order["home"]
        tempfile.tempdir = None
        os.chdir(order["home"])
        walls = 0
        if len(files) > 3:
            self.enter_file_rules(libc, FIRST_FREE)
            walls |= order["file_wall"]
        if order["calls_wall"]:
            program = self.program.replace(struct.pack("=I", order["pid_mark"]), struct.pack("=I", os.getpid()))
            worker.give_up_calls(self.calls["seccomp"], program)
            walls |= order["calls_wall"]
        return channel, walls

    def enter_file_rules(self, libc, rules):
        own = [os.open(f"/proc/self/{name}", os.O_PATH) for name in OWN_FILES]
        for descriptor in own:  # they stay open: that keeps alive what the rules are tied to
            rule = struct.pack("=Qi", READ_FILE, descriptor)
            check(libc.syscall(self.calls["landlock_add_rule"], rules, PATH_BENEATH, rule, 0), "a file rule")
        check(libc.syscall(self.calls["landlock_restrict_self"], rules, 0), "the file rules")
        os.close(rules)


def check(answer, what):
    if answer != 0:
        raise OSError(f"{what} of the run could not be set")


def take_descriptors(files, closes_others):
    """The run's own: 1 and 2 its output, 3 its channel, 4 its file rules. All others are closed."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, DESCRIPTORS // 2) for descriptor in files]
    for descriptor, place in zip(kept, (3, 1, 2, FIRST_FREE)):
        os.dup2(descriptor, place)
    if closes_others:
        os.closerange(len(files) + 1, DESCRIPTORS)
    else:
        for descriptor in kept:
            os.close(descriptor)
