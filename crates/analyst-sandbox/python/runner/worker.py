"""What every process does that runs a request: import the libraries, warm up, run it once, end."""
import ctypes
import gc
import importlib
import json
import os
import random
import sys
import time
import traceback
import warnings

from runner.channel import Channel, end_with_host

PRELOADED = (
    "numpy", "pandas", "pyarrow", "pyarrow.ipc", "scipy.stats", "scipy.optimize",
    "sklearn.cluster", "sklearn.compose", "sklearn.decomposition", "sklearn.ensemble", "sklearn.feature_selection",
    "sklearn.impute", "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection", "sklearn.neighbors",
    "sklearn.pipeline", "sklearn.preprocessing", "sklearn.tree",
    "statsmodels.api", "statsmodels.formula.api", "statsmodels.tsa.api",
    "plotly.io", "plotly.graph_objects", "plotly.express", "plotly.subplots",
    "matplotlib.pyplot", "seaborn", "runner.backend",
    "openpyxl", "mimetypes", "zoneinfo", "pprint", "difflib", "socket", "tempfile", "resource" if os.name == "posix" else "time",
    "runner.cell", "runner.figures", "runner.frames", "runner.gate", "runner.show", "runner.tables",
)
PREPARATION_FAILED = 4
rules = None  # which imports a cell may name; read once


def serve(fd_in, fd_out, init, syscall_filter):
    """A spare: used once, for systems where a process with libraries in it cannot be forked."""
    channel = Channel(fd_in, fd_out)
    prepare_or_fail(channel, init)
    try:
        if syscall_filter:
            give_up_calls(init["calls"]["seccomp"], syscall_filter)
    except OSError as error:
        fail(channel, error)
    channel.send({"type": "ready"})
    _, body, files = channel.receive()
    end_with_host(channel)
    run_request(channel, body, files)


def prepare_or_fail(channel, init):
    """Imports and warms up; a process that cannot says why and ends."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        prepare(init["imports"])
    except BaseException as error:
        fail(channel, error)


def fail(channel, error):
    channel.send({"type": "failed", "message": f"{type(error).__name__}: {error}"[:2000]})
    os._exit(PREPARATION_FAILED)


def run_request(channel, body, files):
    """Runs the one request of this process and ends it."""
    channel.forget_socket()
    run_once(channel, json.loads(body), files)
    os._exit(0)  # no finalisers: they would only cost time


def prepare(import_rules):
    global rules
    import mimetypes

    mimetypes.knownfiles = []  # files of the system, which seem to be there and cannot be opened
    mimetypes.init()
    for name in PRELOADED:
        importlib.import_module(name)
    import numpy as np
    from runner import gate, show

    rules = gate.Gate(import_rules)
    show.redirect()
    np.set_printoptions(legacy="1.25")  # numbers print as 3, not as np.int64(3): people and models read this
    warm()
    gc.collect()
    gc.freeze()


def warm():
    """What libraries do once at their first use, done before somebody waits for it. One thread, or the run may hang."""
    import pandas as pd
    import plotly.express as px
    import statsmodels.formula.api as smf

    sample = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 1.0, 4.0, 3.0], "c": ["a", "b", "a", "b"]})
    from runner import figures, tables

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sample.groupby("c").mean().describe()
        figures.figure_json(px.bar(sample, x="c", y="y", color="c"))
        figures.figure_json(px.line(sample, x="x", y="y"))
        smf.ols("y ~ x", sample).fit().summary()
        tables.table_json(sample)


class Nowhere:
    """A channel that nobody listens to."""

    def send(self, head, body=b""):
        pass


def rehearse():
    """Does all that a run does, with code that does nothing: a forked process then owns the pages that a run writes
    to before anybody waits for it."""
    request = {
        "code": "print(end='')", "datasets": [], "variables": [], "artifact_bytes": 0, "guarded": True, "out_dir": "",
        "hidden_paths": [],
    }
    run_once(Nowhere(), json.loads(json.dumps(request)), [], closes_output=False)


def libc():
    return ctypes.CDLL(None, use_errno=True)


def give_up_calls(seccomp_syscall, program):
    """Installs the second system call filter, for all threads: no processes, no programs, no new rights."""

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]

    set_mode_filter, all_threads = 1, 1
    instructions = ctypes.create_string_buffer(program, len(program))
    description = Filter(len(program) // 8, ctypes.cast(instructions, ctypes.c_void_p))
    answer = libc().syscall(seccomp_syscall, set_mode_filter, all_threads, ctypes.byref(description))
    if answer != 0:
        raise OSError(ctypes.get_errno(), "the system call filter was refused")


def run_once(channel, request, files, closes_output=True):
    import numpy as np
    from runner import cell

    random.seed(0)
    np.random.seed(0)
    sys.setrecursionlimit(3000)
    started = time.monotonic()
    try:
        error = cell.run(channel, request, files, rules)
    except BaseException as failure:  # ours, not the person's: say so rather than vanish
        traceback.print_exc()
        error = {"type": "Crash", "message": f"{type(failure).__name__}: {failure}"[:2000], "line": None}
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the code closed it
    duration_ms = int((time.monotonic() - started) * 1000)
    if closes_output:
        close_output()
    channel.send({"type": "done", "error": error, "duration_ms": duration_ms, "peak_bytes": peak_bytes()})


def close_output():
    """So that the host has all of it when it hears that the run is done, and need not wait for the process to go."""
    for descriptor in (1, 2):
        try:
            os.close(descriptor)
        except OSError:
            pass  # the code closed it


def peak_bytes():
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
