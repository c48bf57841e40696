#! family: leftovers | holds: Process | trust: C-08, C-07
#! success: the next run sees it, or a place outside was written. Each has a second run that looks.

#@ id: patched-library
#@ harm: the next answer is wrong
import pandas as pd, numpy as np
pd.DataFrame.sum = lambda *_, **__: 42
np.mean = lambda *_, **__: 42
#> next
import pandas as pd, numpy as np
if np.mean([1.0]) == 42 or pd.DataFrame({"a": [1]}).sum()["a"] == 42:
    harm("the patch is there")

#@ id: patched-host-side | ends: barred, Crash
#@ harm: what the next run returns goes through the attacker's hands
from runner import worker, cell, channel as own
worker.run_once = cell.run = own.Channel.send = None
#> next
from runner import worker, cell, channel as own
if not (worker.run_once and cell.run and own.Channel.send):
    harm("the patch is there")

#@ id: patched-builtins
#@ harm: every later open is watched
import builtins
builtins.print = builtins.open = lambda *_, **__: None
#> next
import builtins
if builtins.open("mine", "w") is None:
    harm("the patch is there")

#@ id: patched-memory
#@ harm: constants of the interpreter are changed in memory
import string
place = ctypes.string_at(id(string.digits), sys.getsizeof(string.digits)).index(b"0123456789")
ctypes.memmove(id(string.digits) + place, b"9876543210", 10)
if string.digits != "9876543210":
    raise TypeError("the memory was not changed")
#> next
import string
if string.digits != "0123456789":
    harm("it is there")

#@ id: poisoned-modules
#@ harm: the next import is the attacker's
import types
fake = types.ModuleType("wave")
fake.evil = True
sys.modules["wave"] = fake
#> next
import wave
if hasattr(wave, "evil"):
    harm("the module is there")

#@ id: poisoned-import-path
#@ harm: the next import comes from the attacker's folder
open("colorsys.py", "w").write("evil = True")
sys.path.insert(0, os.getcwd())
import importlib
importlib.invalidate_caches()
import colorsys
#> next
import colorsys
if hasattr(colorsys, "evil"):
    harm("the module is there")

#@ id: file-at-home
#@ harm: the next run reads what this one wrote
open(os.path.expanduser("~/left"), "w").write("x")
#> next
if os.path.exists(os.path.expanduser("~/left")):
    harm("the file is there")

#@ id: environment
#@ harm: a setting for the next run
os.environ["ANALYST_LEFT"] = "x"
libc.setenv(b"ANALYST_LEFT", b"x", 1)
#> next
if "ANALYST_LEFT" in os.environ or libc.getenv(b"ANALYST_LEFT"):
    harm("the variable is there")

#@ id: working-folder
#@ harm: the next run starts elsewhere
os.chdir("..")
#> next
if os.getcwd() != os.path.realpath(os.environ["HOME"]):
    harm(os.getcwd())

#@ id: chance
#@ harm: the next run's random numbers are known or not repeatable
import random, numpy as np
random.seed(7)
np.random.seed(7)
#> next
import random
value = random.random()
random.seed(7)
if value == random.random():
    harm("the seed is there")

#@ id: signal-handler
#@ harm: the attacker's code runs in the next run
import signal
signal.signal(signal.SIGUSR1, lambda *_: None)
#> next
import signal
if callable(signal.getsignal(signal.SIGUSR1)):
    harm("the handler is there")

#@ id: tracing-hook
#@ harm: every line of the next run is watched
sys.settrace(lambda *_: None)
sys.setprofile(lambda *_: None)
#> next
if sys.gettrace() or sys.getprofile():
    harm("the hook is there")

#@ id: import-hook
#@ harm: the attacker decides what is imported
sys.meta_path.insert(0, type("Evil", (), {"find_spec": staticmethod(lambda *_: None)}))
#> next
if any(getattr(finder, "__name__", "") == "Evil" for finder in sys.meta_path):
    harm("the hook is there")

#@ id: exit-handler
#@ harm: code runs when nobody looks
import atexit
atexit.register(lambda: open(OUT, "w"))
#> next
import atexit
if atexit._ncallbacks() and os.path.exists("left"):
    harm("it ran")

#@ id: thread-that-waits
#@ harm: code goes on when the cell is done
import threading, time
def later():
    time.sleep(0.3)
    open(os.path.expanduser("~/late"), "w").write("x")
threading.Thread(target=later).start()
#> next
import threading
if threading.active_count() > 1:
    harm("a thread is there")

#@ id: font-list | holds: RunFiles
#@ harm: the list of fonts that the next run loads is poisoned
plant(os.path.join(os.environ["MPLCONFIGDIR"], "matplotlibrc"))

#@ id: drawing-settings
#@ harm: the next figure is drawn in the attacker's way
import matplotlib
matplotlib.rcParams["figure.figsize"] = (1, 1)
#> next
import matplotlib
if tuple(matplotlib.rcParams["figure.figsize"]) == (1, 1):
    harm("the setting is there")

#@ id: plotly-renderer
#@ harm: the next figure is sent elsewhere
import plotly.io
plotly.io.renderers.default = "browser"
#> next
import plotly.io
if "browser" in str(plotly.io.renderers.default):
    harm("the renderer is there")

#@ id: lock-that-stays
#@ harm: the next run waits for ever
import fcntl
import pandas
handle = open(pandas.__file__)
fcntl.flock(handle, fcntl.LOCK_EX)
#> next
import fcntl
import pandas
try:
    fcntl.flock(open(pandas.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    harm("the lock is there")

#@ id: site-customize | holds: Files, RunFiles | trust: C-07
#@ harm: code runs whenever Python starts
import site
for folder in [*site.getsitepackages(), sys.prefix + "/lib"]:
    plant(folder + "/sitecustomize_attack_probe.py")

#@ id: user-customize | holds: Files, RunFiles | trust: C-07 | bare: yes
#@ harm: the same in the person's own Python
folder = os.path.dirname(HOME_CANARY)
plant(folder + "/usercustomize_attack_probe.py")

#@ id: path-file | holds: Files, RunFiles | trust: C-07
#@ harm: the same by a file of paths
import site
plant(site.getsitepackages()[0] + "/attack_probe.pth")

#@ id: compiled-code | holds: Files, RunFiles | trust: C-07
#@ harm: the compiled form of a library is replaced
import pandas
plant(os.path.dirname(pandas.__file__) + "/__pycache__/attack_probe.pyc")

#@ id: shell-start | holds: Files, RunFiles | trust: C-07 | bare: yes
#@ harm: code runs when the person opens a terminal
plant(os.path.dirname(HOME_CANARY) + "/.bashrc_attack_probe")

#@ id: desktop-start | holds: Files, RunFiles | trust: C-07
#@ harm: code runs when the person logs in
plant(os.path.dirname(HOME_CANARY) + "/.config/attack_probe.desktop")

#@ id: scheduled-job | holds: Files, RunFiles | trust: C-07
#@ harm: code runs at night
plant("/etc/cron.d/attack_probe")

#@ id: git-hook | holds: Files, RunFiles | trust: C-07 | bare: yes
#@ harm: code runs when the person works
plant(OUTSIDE + "/post-commit")

#@ id: loader-settings | holds: Files, RunFiles | trust: C-07
#@ harm: code is loaded into every program
plant("/etc/ld.so.preload_attack_probe")
