import os
import socket


def attempt(name, action):
    try:
        answer = action()
    except BaseException as error:
        metric(name, f"barred: {type(error).__name__}")
    else:
        metric(name, str(answer))


def connect():
    with socket.create_connection(("127.0.0.1", PORT), timeout=3):
        return "connected"


def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        return f"{out.sendto(b'x', ('127.0.0.1', PORT))} bytes sent"


def read_canary():
    with open(CANARY) as file:
        return f"read {file.read()!r}"


def environment():
    known = {"PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "PWD", "LC_CTYPE", "TEMP", "TMP", "USERPROFILE", "SYSTEMROOT"}
    ours = ("OMP_", "OPENBLAS_", "MKL_", "JOBLIB_", "MPL", "PYTHON", "KMP_")
    foreign = [name for name in os.environ if name.upper() not in known and not name.startswith(ours)]
    if foreign:
        return f"{len(foreign)} variables of the host"
    raise PermissionError("empty")


def fork():
    if not hasattr(os, "fork"):
        raise NotImplementedError("fork")
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
attempt("files", read_canary)
attempt("environment", environment)
attempt("processes", fork)
attempt("programs", execute)
