#! family: channel | holds: Host | trust: B-53, C-04
#! success: the host crashes, hangs, grows, or believes what is not so. Needs the sandbox's channel.

#@ id: garbage | ends: Crash
#@ harm: the host is confused
os.write(channel(), b"GARBAGE" * 100)
import time
time.sleep(20)

#@ id: half-a-frame | ends: Timeout | limits: timeout=1
#@ harm: the host waits for the rest for ever
os.write(channel(), frame({"type": "artifact"}, b"", body_size=1000)[:12])
import time
time.sleep(20)

#@ id: half-a-frame-and-gone | ends: Crash
#@ harm: the host takes the half for the whole
os.write(channel(), frame({"type": "artifact", "kind": "text"}, b"{", body_size=1000))
os._exit(0)

#@ id: huge-head | ends: Crash
#@ harm: the host makes room for what never comes
os.write(channel(), b"\xff\xff\xff\xff\0\0\0\0")
import time
time.sleep(20)

#@ id: huge-body | ends: Crash
#@ harm: the same with the body
os.write(channel(), frame({"type": "artifact"}, b"", body_size=0xFFFFFFFF))
import time
time.sleep(20)

#@ id: deep-json | ends: Crash
#@ harm: the host runs out of stack
os.write(channel(), frame(b"[" * 60_000))
import time
time.sleep(20)

#@ id: deep-json-in-body | ends: Crash, Timeout, barred | limits: timeout=2
#@ harm: the same in a result
os.write(channel(), frame({"type": "artifact", "kind": "chart", "title": "t"}, b'{"figure":{"data":' + b"[" * 500_000 + b"]" * 500_000 + b"}}"))

#@ id: unknown-frame | ends: Crash
#@ harm: the host takes it for something
os.write(channel(), frame({"type": "order", "run": 1}))
import time
time.sleep(20)

#@ id: frame-of-the-fork-server | ends: Crash
#@ harm: the host thinks that a process was forked
os.write(channel(), frame({"type": "forked", "run": 1}))
import time
time.sleep(20)

#@ id: head-is-no-object | ends: Crash
#@ harm: the host trips
os.write(channel(), frame(b"[1, 2, 3]"))
import time
time.sleep(20)

#@ id: head-is-no-text | ends: Crash
#@ harm: the host trips over bytes that are no text
os.write(channel(), frame(b"\xff\xfe{\x80}"))
import time
time.sleep(20)

#@ id: forged-end | ends: Ok
#@ harm: a run that failed is shown as done; it deceives only its own author
os.write(channel(), frame({"type": "done", "error": None, "duration_ms": 1, "peak_bytes": 1}))
import time
time.sleep(3)

#@ id: end-of-wrong-kind | ends: Ok, Error
#@ harm: the host trips over an end that makes no sense
os.write(channel(), frame({"type": "done", "error": "yes", "duration_ms": "long", "peak_bytes": -1}))
import time
time.sleep(3)

#@ id: frames-after-the-end | ends: Ok
#@ harm: results come in when nobody looks at them
os.write(channel(), frame({"type": "done", "error": None}) + frame({"type": "artifact", "kind": "text", "title": "late"}, b'{"text": "HARM"}'))
import time
time.sleep(3)

#@ id: variable-that-leads-out | ends: Ok
#@ harm: the host moves a private file to the next step
os.write(channel(), frame({"type": "variable", "kind": "frame", "name": "stolen", "digest": "", "file": "../../../../.." + CANARY}))
os.write(channel(), frame({"type": "done", "error": None}))
import time
time.sleep(1)

#@ id: variable-by-symlink | holds: Host, RunCalls | ends: Ok, barred
#@ harm: the same by a link in the run's folder
os.symlink(CANARY, "../out/7.arrow")
os.write(channel(), frame({"type": "variable", "kind": "frame", "name": "stolen", "digest": "", "file": "7.arrow"}))
os.write(channel(), frame({"type": "done", "error": None}))
import time
time.sleep(1)

#@ id: variable-that-is-a-pipe | holds: Host, RunCalls | ends: Ok, barred, Crash | limits: timeout=5
#@ harm: the host hangs in a file that never ends
os.mkfifo("../out/8.arrow")
os.write(channel(), frame({"type": "variable", "kind": "frame", "name": "endless", "digest": "", "file": "8.arrow"}))
os.write(channel(), frame({"type": "done", "error": None}))
import time
time.sleep(1)

#@ id: variables-without-end | ends: Ok
#@ harm: the host's memory
for number in range(3000):
    os.write(channel(), frame({"type": "variable", "kind": "json", "name": f"v{number}", "digest": "x"}, b"1"))
os.write(channel(), frame({"type": "done", "error": None}))
import time
time.sleep(1)

#@ id: results-as-big-as-memory | ends: Ok, barred | limits: artifact=1 timeout=20
#@ harm: many results that are each small enough fill the host's memory
body = b'{"text": "' + b"x" * 1_000_000 + b'"}'
for number in range(40):
    os.write(channel(), frame({"type": "artifact", "kind": "text", "title": "big"}, body))

#@ id: variables-as-big-as-memory | ends: Ok, barred | limits: artifact=1 timeout=20
#@ harm: the same by what is handed to the next step
body = b'"' + b"x" * 1_000_000 + b'"'
for number in range(40):
    os.write(channel(), frame({"type": "variable", "kind": "json", "name": f"v{number}", "digest": "big"}, body))

#@ id: results-without-end | ends: Ok, barred
#@ harm: the window shows ten thousand results
for number in range(5000):
    os.write(channel(), frame({"type": "artifact", "kind": "text", "title": "t"}, b'{"text": "x"}'))

#@ id: result-of-forged-kind | ends: barred
#@ harm: the host shows a page of the attacker
os.write(channel(), frame({"type": "artifact", "kind": "html", "title": "t"}, b'{"html": "HARM"}'))

#@ id: figure-with-script | ends: barred
#@ harm: the window fetches an address
import json
figure = {"data": [], "layout": {"images": [{"source": f"http://127.0.0.1:{TCP}/HARM-image"}]}, "config": {"plotlyServerURL": "http://HARM-config"}}
os.write(channel(), frame({"type": "artifact", "kind": "chart", "title": "t"}, json.dumps({"figure": figure}).encode()))

#@ id: image-of-forged-kind | ends: barred
#@ harm: the window shows a page as if it were an image
os.write(channel(), frame({"type": "artifact", "kind": "image", "title": "t"}, b'{"mime": "text/html", "base64": "HARM"}'))

#@ id: table-of-unequal-rows | ends: barred
#@ harm: the window trips over a table
os.write(channel(), frame({"type": "artifact", "kind": "table", "title": "t"}, b'{"columns": [{"name": "HARM", "kind": "text"}], "rows": [[1, 2, 3]], "totalRows": 1}'))

#@ id: title-as-long-as-a-book | ends: barred
#@ harm: the window shows a title without end
os.write(channel(), frame({"type": "artifact", "kind": "text", "title": "x" * 50_000}, b'{"text": "x"}'))

#@ id: close-the-channel | ends: Crash
#@ harm: the host waits for ever
os.close(channel())
import time
time.sleep(20)

#@ id: read-the-channel | ends: barred, Timeout, Crash | limits: timeout=2
#@ harm: what the host says to others is read
os.set_blocking(channel(), False)
harm(os.read(channel(), 100))

#@ id: fill-the-channel-slowly | ends: Timeout | limits: timeout=2
#@ harm: a byte at a time holds the host up
import time
for byte in frame({"type": "artifact"}, b"x" * 1000):
    os.write(channel(), bytes([byte]))
    time.sleep(0.05)

#@ id: speak-from-many-threads | ends: Crash, Ok, barred | limits: timeout=5
#@ harm: frames are mixed
import threading
def speak():
    for _ in range(50):
        os.write(channel(), frame({"type": "artifact", "kind": "text", "title": "t"}, b'{"text": "x"}')[:-3])
threads = [threading.Thread(target=speak) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]

#@ id: control-characters | ends: barred
#@ harm: a terminal obeys what is printed
os.write(1, bytes(range(256)) * 4)
os.write(2, b"\x1b]0;HARM\x07\x1b[2J")

#@ id: hostile-frame-file | holds: Host | ends: Ok, barred, Error | limits: timeout=8
#@ harm: the host crashes as it reads a broken Arrow file
open("../out/9.arrow", "wb").write(b"ARROW1\0\0" + b"\xff" * 5000 + b"ARROW1")
os.write(channel(), frame({"type": "variable", "kind": "frame", "name": "broken", "digest": "", "file": "9.arrow"}))
os.write(channel(), frame({"type": "done", "error": None}))
import time
time.sleep(1)
