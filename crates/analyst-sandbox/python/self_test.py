import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH = 16


def attempt(name, *actions):
    """Barred only when every action is."""
    how = "not possible here"
    for action in actions:
        try:
            answer = action()
        except NotImplementedError:
            continue
        except BaseException as error:
            how = type(error).__name__
        else:
            return metric(name, str(answer))
    metric(name, f"barred: {how}")


def connect():
    with socket.create_connection(("127.0.0.1", PORT), timeout=3):
        return "connected"


def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        return f"{out.sendto(b'x', ('127.0.0.1', PORT))} bytes sent"


def unix(address):
    def action():
        if not hasattr(socket, "AF_UNIX"):
            raise NotImplementedError
        with socket.socket(socket.AF_UNIX) as out:
            try:
                out.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                pass  # nobody listens, but it could ask
            return "a socket of this machine"

    return action


def read_canary():
    with open(CANARY) as file:
        return f"read {file.read()!r}"


def write_canary():
    with open(CANARY, "a") as file:
        return f"{file.write('x')} bytes written"


def write_beside():
    with open(CANARY + ".new", "w") as file:
        return f"{file.write('x')} bytes written"


def environment():
    known = {"PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "PWD", "LC_CTYPE", "TEMP", "TMP", "USERPROFILE", "SYSTEMROOT"}
    ours = ("OMP_", "OPENBLAS_", "MKL_", "JOBLIB_", "MPL", "PYTHON", "KMP_", "ARROW_")
    foreign = [name for name in os.environ if name.upper() not in known and not name.startswith(ours)]
    if foreign:
        return f"{len(foreign)} variables of the host"
    raise PermissionError("empty")


def environment_of_host():
    with open(f"/proc/{HOST}/environ", "rb") as file:
        return f"{len(file.read())} bytes of the host's"


def trace_parent():
    if os.name != "posix" or not hasattr(libc, "ptrace"):
        raise NotImplementedError
    for process in {os.getppid(), HOST}:
        if libc.ptrace(PTRACE_ATTACH, process, None, None) == 0:
            return "attached"
    raise PermissionError("ptrace")


def list_processes():
    if not os.path.isdir("/proc"):
        raise NotImplementedError
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return f"{len(others)} other processes"


def signal_host():
    if os.name != "posix":
        raise NotImplementedError
    os.kill(HOST, 0)
    return "the host would get a signal"


def fork():
    if not hasattr(os, "fork"):
        raise NotImplementedError
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"


def execute():
    import subprocess
    import sys

    return subprocess.run([sys.executable, "-c", "pass"], timeout=5).returncode


attempt("network", connect)
attempt("datagrams", datagram)
attempt("sockets", unix(CANARY + ".socket"), unix("\0auto-analyst"))
attempt("files", read_canary)
attempt("writing", write_canary, write_beside)
attempt("environment", environment, environment_of_host)
attempt("other processes", list_processes, signal_host)
attempt("tracing", trace_parent)
attempt("processes", fork)
attempt("programs", execute)
