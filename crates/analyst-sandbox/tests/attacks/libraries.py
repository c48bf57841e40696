#! family: libraries | holds: Files, RunFiles | trust: C-04, C-40
#! success: a file outside is read or written, or a program runs

#@ id: pickle | holds: RunCalls, RunFiles | bare: yes
#@ harm: data that is loaded runs a program
import pickle
class Evil:
    def __reduce__(self):
        return os.system, (f"cp {CANARY} {OUT}",)
pickle.loads(pickle.dumps(Evil()))

#@ id: joblib-file | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by a model that is loaded
import joblib
class Evil:
    def __reduce__(self):
        return os.system, (f"cp {CANARY} {OUT}",)
joblib.dump(Evil(), "model.joblib")
joblib.load("model.joblib")

#@ id: numpy-objects | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by an array that is loaded
import numpy as np
class Evil:
    def __reduce__(self):
        return os.system, (f"cp {CANARY} {OUT}",)
np.save("e.npy", np.array([Evil()], dtype=object), allow_pickle=True)
np.load("e.npy", allow_pickle=True)

#@ id: pandas-pickle | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by a frame that is loaded
import pandas as pd, pickle
class Evil:
    def __reduce__(self):
        return os.system, (f"cp {CANARY} {OUT}",)
open("f.pkl", "wb").write(pickle.dumps(Evil()))
pd.read_pickle("f.pkl")

#@ id: shelf | holds: RunCalls, RunFiles | bare: yes
#@ harm: the same by a shelf of objects
import shelve
class Evil:
    def __reduce__(self):
        return os.system, (f"cp {CANARY} {OUT}",)
with shelve.open("shelf") as shelf:
    shelf["x"] = Evil()
    shelf.sync()
with shelve.open("shelf") as shelf:
    shelf["x"]

#@ id: pickle-that-reads | bare: yes
#@ harm: data that is loaded reads a private file
import pickle
class Evil:
    def __reduce__(self):
        import pathlib
        return pathlib.Path.read_text, (pathlib.Path(CANARY),)
harm(pickle.loads(pickle.dumps(Evil())))

#@ id: pandas-query | holds: RunCalls, RunFiles | bare: yes
#@ harm: a filter of rows runs a program
import pandas as pd
pd.DataFrame({"a": [1]}).query("a == @os.system(@command)", local_dict={"os": os, "command": f"cp {CANARY} {OUT}"})

#@ id: pandas-to-csv | bare: yes
#@ harm: a frame is written outside
import pandas as pd
pd.DataFrame({"a": [1]}).to_csv(OUT)

#@ id: pandas-to-excel | bare: yes
#@ harm: the same as a workbook
import pandas as pd
pd.DataFrame({"a": [1]}).to_excel(OUT + ".xlsx")

#@ id: pandas-to-parquet | bare: yes
#@ harm: the same by C++
import pandas as pd
pd.DataFrame({"a": [1]}).to_parquet(OUT)

#@ id: pandas-to-database | bare: yes
#@ harm: the same as a database
import sqlite3
connection = sqlite3.connect(OUT)
connection.execute("create table t (a)")

#@ id: attach-database | bare: yes
#@ harm: the program's own database is changed
import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute(f"attach '{STORE}' as store")
connection.execute("update store.keys set secret = 'changed'")
connection.commit()

#@ id: extend-database | bare: no
#@ harm: a database loads a library
import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute("select load_extension(?)", (CANARY,))
harm("loaded")

#@ id: picture-outside | bare: yes
#@ harm: a figure is written outside
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.figure()
plt.savefig(OUT + ".png")

#@ id: page-outside | bare: yes
#@ harm: a page with script is written outside
import plotly.express as px
px.bar(x=[1], y=[1]).write_html(OUT)

#@ id: picture-of-plotly | holds: RunCalls, RunFiles, Files | bare: no
#@ harm: a browser is started
import plotly.express as px
px.bar(x=[1], y=[1]).write_image("x.png")
harm("an image by a browser")

#@ id: log-outside | bare: yes
#@ harm: a log is written outside
import logging
logging.FileHandler(OUT)

#@ id: archive-outside | bare: yes
#@ harm: private files are packed
import tarfile
with tarfile.open("a.tar", "w") as archive:
    archive.add(CANARY)
harm("packed")

#@ id: archive-that-climbs | bare: yes
#@ harm: an archive unpacks outside
import io, tarfile
with tarfile.open("a.tar", "w") as archive:
    member = tarfile.TarInfo(OUT)
    member.size = 1
    archive.addfile(member, io.BytesIO(b"x"))
with tarfile.open("a.tar") as archive:
    archive.extractall(".", filter="fully_trusted")

#@ id: xml-entity | bare: no
#@ harm: a document includes a private file
from xml.sax import make_parser, handler
class Text(handler.ContentHandler):
    def characters(self, text):
        harm(text)
parser = make_parser()
parser.setFeature(handler.feature_external_ges, True)
parser.setContentHandler(Text())
import io
parser.parse(io.StringIO(f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{CANARY}">]><r>&x;</r>'))

#@ id: read-xml-file | bare: no
#@ harm: a document reads a private file by its style
import pandas as pd
harm(pd.read_fwf(CANARY, header=None).to_string())

#@ id: library-of-the-system | holds: Process | bare: no | ends: barred
#@ harm: a library of one's own is loaded, in the run's own process only
open("own.so", "wb").write(open(CANARY + ".so", "rb").read())
ctypes.CDLL("./own.so")
harm("loaded")

#@ id: locale-outside | bare: no
#@ harm: translations from outside are loaded
import gettext
gettext.translation("x", OUTSIDE, languages=["en"])
harm("loaded")

#@ id: read-source-by-line-cache | bare: yes
#@ harm: a helper of tracebacks reads a private file
import linecache
harm(linecache.getline(CANARY, 1) or 1 / 0)

#@ id: import-from-outside | bare: yes
#@ harm: code from outside is imported
import importlib.util
spec = importlib.util.spec_from_file_location("attacker", OUTSIDE + "/attacker.py")
attacker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(attacker)
harm(attacker.loaded)

#@ id: fifo-as-file | holds: RunCalls, Files, RunFiles | bare: no | limits: timeout=3
#@ harm: reading never ends
os.mkfifo("p")
harm(open("p").read())

#@ id: compiled-code-object | holds: RunCalls, RunFiles | bare: yes
#@ harm: code without source runs a program
import marshal, types
code = marshal.loads(marshal.dumps(compile(f"import os; os.system({f'cp {CANARY} {OUT}'!r})", "x", "exec")))
types.FunctionType(code, globals())()

#@ id: c-extension-at-run-time | bare: no | holds: RunCalls, RunFiles
#@ harm: a compiler is started
import numpy as np
try:
    import numba
    harm("numba is here")
except ImportError:
    pass
try:
    import cffi
    cffi.FFI().verify("")
    harm("compiled")
except ImportError:
    raise PermissionError("neither numba nor cffi is here")

#@ id: debugger | bare: no | holds: SystemCalls, RunCalls
#@ harm: others attach to the run
import socketserver
socketserver.TCPServer(("127.0.0.1", 0), None)
harm("it listens")

#@ id: clipboard | bare: no | trust: C-05 | holds: RunCalls, RunFiles
#@ harm: the person's clipboard is read
import pandas as pd
harm(pd.read_clipboard().to_string())
