"""Frames to and from the host, over one descriptor each way."""
import json
import os
import socket
import struct
import sys
import threading

MAX_FILES = 200


class Channel:
    def __init__(self, fd_in, fd_out):
        self.fd_in, self.fd_out = fd_in, fd_out
        self.lock = threading.Lock()

    def send(self, head, body=b""):
        head = json.dumps(head).encode()
        with self.lock:
            self._write(struct.pack("<II", len(head), len(body)) + head)
            if body:
                self._write(body)

    def receive(self):
        """The next frame and the descriptors that came with its first bytes."""
        first, files = self._first_bytes()
        head_size, body_size = struct.unpack("<II", first)
        return json.loads(self._read(head_size)), self._read(body_size), files

    def _first_bytes(self):
        if self.fd_in != self.fd_out or not hasattr(socket, "recv_fds"):
            return self._read(8), []
        with socket.socket(fileno=os.dup(self.fd_in)) as control:
            data, files, _, _ = socket.recv_fds(control, 8, MAX_FILES)
        if not data:
            os._exit(0)  # the host let this spare go
        return data + self._read(8 - len(data)), list(files)

    def _read(self, size):
        parts = []
        while size:
            part = os.read(self.fd_in, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _write(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self.fd_out, view):]


def end_with_host(channel):
    """Where the system does not kill a worker with its host: watch the channel and leave when it closes."""
    if sys.platform == "linux" or channel.fd_in != channel.fd_out:
        return

    def watch():
        control = socket.socket(fileno=os.dup(channel.fd_in))
        try:
            control.recv(1, socket.MSG_PEEK)
        finally:
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
