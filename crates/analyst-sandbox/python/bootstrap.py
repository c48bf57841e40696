"""First thing a worker runs: takes the sources of its host side from the control channel and starts it.

The sources travel through the channel, so nothing of ours lies in a folder that a run could read or change.
Frames are two little-endian u32 lengths (head, body), a JSON head and a body.
"""
import importlib.abc
import importlib.util
import json
import os
import struct
import sys


def read_exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            os._exit(3)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules that came through the channel."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        if name in self.sources:
            return importlib.util.spec_from_loader(name, self, is_package=name == "runner")

    def exec_module(self, module):
        name = module.__name__
        exec(compile(self.sources[name], f"<{name}>", "exec"), module.__dict__)


control_in, control_out = int(sys.argv[1]), int(sys.argv[2])
if control_in == 0:
    # No socket pair on this system: frames use the standard streams, and what is printed goes to stderr.
    control_in, control_out = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
head_size, body_size = struct.unpack("<II", read_exactly(control_in, 8))
head = json.loads(read_exactly(control_in, head_size))
body = read_exactly(control_in, body_size)
sys.argv = [""]
sys.meta_path.insert(0, Sources(head.pop("sources")))

if head["forks_first"]:
    # Our children are in a process namespace of their own; its first process is the one that goes on. When we are
    # killed it is, and with it everything in the namespace.
    import ctypes

    child = os.fork()
    if child:
        os.close(control_in)
        _, status = os.waitpid(child, 0)
        os._exit(status >> 8 or 1)
    if head["dies_with_host"]:
        ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)

if head["is_fork_server"]:
    from runner import fork_server as role
else:
    from runner import worker as role

role.serve(control_in, control_out, head, body)
