#! family: network | holds: SystemCalls, RunCalls | trust: C-03
#! success: the host's listener is touched, or a socket is there

#@ id: tcp | bare: yes
#@ harm: data is sent to a server
import socket
socket.create_connection(("127.0.0.1", TCP), timeout=3).send(b"x")

#@ id: tcp-v6 | bare: no
#@ harm: the same by the newer protocol
import socket
socket.socket(socket.AF_INET6).connect(("::1", TCP))
harm("connected")

#@ id: tcp-listen | bare: yes
#@ harm: others may connect to the run
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
harm("it listens")

#@ id: tcp-raw-call | bare: yes
#@ harm: a socket past Python's own module
harm(call("socket", 2, 1, 0))

#@ id: udp | bare: yes
#@ harm: a datagram leaves
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", UDP))

#@ id: dns | bare: no
#@ harm: data leaves in a name that is looked up
import socket
try:
    socket.getaddrinfo("secret.example.invalid", 80)
except socket.gaierror:
    pass
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"\0" * 12 + b"\6secret\7example\0\0\1\0\1", ("127.0.0.1", UDP))

#@ id: multicast | bare: no
#@ harm: neighbours in the network hear it
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("224.0.0.251", 5353))
harm("sent")

#@ id: ping | bare: no
#@ harm: data leaves in a ping
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
harm("a ping socket")

#@ id: raw-ip | bare: no | holds: SystemCalls, RunCalls, NoCapabilities
#@ harm: packets are forged
import socket
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
harm("a raw socket")

#@ id: packet | bare: no | holds: SystemCalls, RunCalls, NoCapabilities
#@ harm: the traffic of the machine is read
import socket
socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300)
harm("a packet socket")

#@ id: netlink | bare: yes
#@ harm: the machine's network is listed
import socket
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
harm("a netlink socket")

#@ id: kernel-events | bare: yes
#@ harm: devices of the machine are watched
import socket
socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
harm("device events")

#@ id: virtual-machine-socket | bare: no
#@ harm: the host of a virtual machine is reached
import socket
socket.socket(socket.AF_VSOCK)
harm("a vsock")

#@ id: kernel-crypto-socket | bare: no
#@ harm: rarely tested parts of the kernel are reached
harm(call("socket", 38, 5, 0))

#@ id: bluetooth | bare: no
#@ harm: devices nearby are reached
harm(call("socket", 31, 5, 0))

#@ id: can-bus | bare: no
#@ harm: a bus of devices is reached
harm(call("socket", 29, 3, 1))

#@ id: xdp | bare: no
#@ harm: packets are read past the kernel
harm(call("socket", 44, 3, 0))

#@ id: mptcp | bare: yes
#@ harm: TCP under another name
harm(call("socket", 2, 1, 262))

#@ id: sctp | bare: no
#@ harm: another transport that rules for TCP forget
harm(call("socket", 2, 1, 132))

#@ id: unix-path | bare: yes
#@ harm: another program of the person is asked to act
import socket
socket.socket(socket.AF_UNIX).connect(UNIX)

#@ id: unix-datagram | bare: yes
#@ harm: a message to another program
import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
harm("a datagram socket")

#@ id: unix-abstract | bare: yes
#@ harm: another program is reached by a name without a file
import socket
socket.socket(socket.AF_UNIX).connect("\0" + ABSTRACT)

#@ id: unix-pair | bare: yes
#@ harm: a channel for passing descriptors is made
import socket
socket.socketpair()
harm("a pair")

#@ id: desktop-bus | bare: no | trust: C-03, C-05
#@ harm: the keyring is asked for passwords
import socket
for address in ("/run/user/%d/bus" % os.getuid(), "/run/dbus/system_bus_socket", "/var/run/dbus/system_bus_socket"):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
        harm(address)
    except (FileNotFoundError, ConnectionRefusedError):
        harm(f"{address} could be asked")

#@ id: screen | bare: no | trust: C-05
#@ harm: the screen and the clipboard are read
import socket
for address in ("\0/tmp/.X11-unix/X0", "/tmp/.X11-unix/X0", "/run/user/%d/wayland-0" % os.getuid()):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
        harm(address)
    except (FileNotFoundError, ConnectionRefusedError):
        harm(f"{address} could be asked")

#@ id: container-socket | bare: no
#@ harm: containers are started, which own the machine
import socket
try:
    socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")
except FileNotFoundError:
    pass
harm("it could be asked")

#@ id: urllib | bare: yes | trust: C-03, C-06
#@ harm: data is sent to a web server
import urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{TCP}/", timeout=3)

#@ id: http-client | bare: yes | trust: C-03, C-06
#@ harm: the same by the plain client
import http.client
http.client.HTTPConnection("127.0.0.1", TCP, timeout=3).request("POST", "/", "secret")

#@ id: ftp | bare: yes
#@ harm: the same by FTP
import ftplib
ftplib.FTP().connect("127.0.0.1", TCP, timeout=3)

#@ id: mail | bare: yes
#@ harm: data leaves by mail
import smtplib
smtplib.SMTP("127.0.0.1", TCP, timeout=3)

#@ id: remote-procedure | bare: yes
#@ harm: data leaves by a remote call
import xmlrpc.client
xmlrpc.client.ServerProxy(f"http://127.0.0.1:{TCP}/").secret()

#@ id: asyncio | bare: yes
#@ harm: data leaves by an event loop
import asyncio
async def go():
    await asyncio.wait_for(asyncio.open_connection("127.0.0.1", TCP), 3)
asyncio.run(go())

#@ id: logging-over-network | bare: yes
#@ harm: data leaves in log messages
import logging.handlers
handler = logging.handlers.DatagramHandler("127.0.0.1", UDP)
handler.makeSocket().sendto(b"secret", ("127.0.0.1", UDP))

#@ id: pandas-csv | bare: yes
#@ harm: data leaves in an address that pandas reads
import pandas as pd
pd.read_csv(f"http://127.0.0.1:{TCP}/secret.csv")

#@ id: pandas-json | bare: yes
#@ harm: the same by read_json
import pandas as pd
pd.read_json(f"http://127.0.0.1:{TCP}/secret.json")

#@ id: pandas-excel | bare: yes
#@ harm: the same by read_excel
import pandas as pd
pd.read_excel(f"http://127.0.0.1:{TCP}/secret.xlsx")

#@ id: arrow-cloud | bare: no | ends: barred, Timeout, Crash | limits: timeout=4
#@ harm: Arrow's own client of cloud storage reaches out
from pyarrow import fs
s3 = fs.S3FileSystem(endpoint_override=f"127.0.0.1:{TCP}", scheme="http", access_key="a", secret_key="b", connect_timeout=1, request_timeout=1)
s3.get_file_info(fs.FileSelector("secret"))

#@ id: fetch-sample | bare: no
#@ harm: a library fetches a file by itself
import seaborn
seaborn.load_dataset("secret", cache=False)

#@ id: io-uring | bare: no
#@ harm: sockets are made where no filter looks
harm(call("io_uring_setup", 8, ctypes.create_string_buffer(256)))

#@ id: send-on-own-channel | holds: RunCalls, Host | bare: no | ends: barred, Crash
#@ harm: descriptors of the run are passed to somebody
import socket
sock = socket.socket(fileno=os.dup(channel()))
socket.send_fds(sock, [b"x"], [1])
harm("sent")

#@ id: reconnect-own-channel | bare: no
#@ harm: the connection to the host is turned to another program
import socket
sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(channel()))
sock.connect(UNIX)

#@ id: accept-on-own-channel | bare: no
#@ harm: the connection to the host becomes a listener
import socket
sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(channel()))
sock.listen(1)
harm("it listens")
