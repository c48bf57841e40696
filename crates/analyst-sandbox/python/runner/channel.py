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
        # Made at once: a run may not ask what its descriptor is.
        is_socket = fd_in == fd_out and hasattr(socket, "recv_fds")
        self.socket = socket.socket(fileno=os.dup(fd_in)) if is_socket else None
        self.lock = threading.Lock()

    @staticmethod
    def pack(head, body_size=0):
        """The first bytes of a frame; the body follows."""
        head = json.dumps(head).encode()
        return struct.pack("<II", len(head), body_size) + head

    def send(self, head, body=b""):
        with self.lock:
            self._write(self.pack(head, len(body)))
            if body:
                self._write(body)

    def forget_socket(self):
        """No more descriptors will come; one that the code closes shall be the last."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def receive(self):
        """The next frame and the descriptors that came with its first bytes."""
        first, files = self._first_bytes()
        head_size, body_size = struct.unpack("<II", first)
        return json.loads(self._read(head_size)), self._read(body_size), files

    def _first_bytes(self):
        if self.socket is None:
            return self._read(8), []
        data, files, _, _ = socket.recv_fds(self.socket, 8, MAX_FILES)
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
