"""HTTP/2 by hand: frames that no library would send."""

import socket
import struct

from hpack import Encoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW = 65535


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def connect(address: str) -> socket.socket:
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)))


def request_headers(path: str) -> list[tuple[str, str]]:
    return [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("te", "trailers"),
            ("content-type", "application/grpc")]


class Connection:
    """A client's connection that obeys flow control, and leaves out what it likes."""

    def __init__(self, address: str, settings: bytes = b""):
        self.socket = connect(address)
        self.encoder = Encoder()
        self.window = INITIAL_WINDOW
        self.initial = INITIAL_WINDOW
        self.windows: dict[int, int] = {}
        self.ended: dict[int, int] = {}
        self.is_closed = False
        self.received = b""
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def open(self, path: str, flags: int = END_HEADERS) -> int:
        """Begins a call, and returns its stream."""
        stream = 2 * len(self.windows) + 1
        self.windows[stream] = self.initial
        self.socket.sendall(frame(HEADERS, flags, stream, self.encoder.encode(request_headers(path))))
        return stream

    def send(self, stream: int, payload: bytes) -> int:
        """Sends as much as flow control allows, one frame at most, and returns how much that was."""
        count = min(self.window, self.windows[stream], 16384, len(payload))
        if count <= 0 or self.is_closed or stream in self.ended:
            return 0
        try:
            self.socket.settimeout(5)
            self.socket.sendall(frame(DATA, 0, stream, payload[:count]))
        except OSError:
            self.is_closed = True
            return 0
        self.window -= count
        self.windows[stream] -= count
        return count

    def receive(self, seconds: float = 0.05) -> None:
        """Takes in what has come, and answers what must be answered."""
        self.socket.settimeout(seconds)
        try:
            received = self.socket.recv(65536)
            self.is_closed = self.is_closed or not received
            self.received += received
        except TimeoutError:
            pass
        except OSError:
            self.is_closed = True
        while len(self.received) >= 9:
            length = int.from_bytes(self.received[:3], "big")
            if len(self.received) < 9 + length:
                return
            kind, flags, stream = self.received[3], self.received[4], int.from_bytes(self.received[5:9], "big")
            payload, self.received = self.received[9:9 + length], self.received[9 + length:]
            self._handle(kind, flags, stream, payload)

    def _handle(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == WINDOW_UPDATE and stream == 0:
            self.window += int.from_bytes(payload, "big")
        elif kind == WINDOW_UPDATE and stream in self.windows:
            self.windows[stream] += int.from_bytes(payload, "big")
        elif kind == SETTINGS and not flags & ACK:
            for offset in range(0, len(payload), 6):
                setting, value = struct.unpack(">HI", payload[offset:offset + 6])
                if setting == 4:
                    self.windows = {key: window + value - self.initial for key, window in self.windows.items()}
                    self.initial = value
            self._answer(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self._answer(frame(PING, ACK, 0, payload))
        elif kind == RST_STREAM or (kind in (HEADERS, DATA) and flags & END_STREAM):
            self.ended[stream] = kind

    def _answer(self, bytes: bytes) -> None:
        try:
            self.socket.sendall(bytes)
        except OSError:
            self.is_closed = True
