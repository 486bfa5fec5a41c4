"""What the attacks send: frames of HTTP/2, and the connections that they go over."""

import contextlib
import os
import socket
import ssl
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from frames import (  # noqa: E402, F401
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, connect, frame,
)
from user_protos import SERVICE  # noqa: E402

EMPTY_MESSAGE = b"\0\0\0\0\0"
CANCEL = struct.pack(">I", 8)
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 4, 5
# The option by which closing a socket is a TCP reset: linger, for no time.
RESET_ON_CLOSE = socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)


def text(value: str) -> bytes:
    assert len(value) < 127
    return bytes([len(value)]) + value.encode()


def request(method: str = "ListUsers", *headers: tuple[str, str]) -> bytes:
    """The headers of a call, in HPACK that refers to nothing that was sent before: so it can be sent any number of times."""
    block = b"\x83\x86\x04" + text("/" + SERVICE.strip("/") + "/" + method) + b"\x01" + text("x")
    for name, value in (("te", "trailers"), ("content-type", "application/grpc"), *headers):
        block += b"\0" + text(name) + text(value)
    return block


def setting(number: int, value: int) -> bytes:
    return struct.pack(">HI", number, value)


def client_hello() -> bytes:
    """What a client begins TLS with."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


class Peer:
    """A connection of an attacker, who reads nothing but to throw it away."""

    def __init__(self, address: str, settings: bytes = b"", acknowledges: bool = True):
        self.socket = connect(address)
        self.stream = -1
        self.send(PREFACE + frame(SETTINGS, 0, 0, settings) + (frame(SETTINGS, ACK, 0) if acknowledges else b""))

    def next_stream(self) -> int:
        self.stream += 2
        return self.stream

    def send(self, data: bytes, seconds: float = 5) -> None:
        """Sends all of `data`, and throws away what comes meanwhile; raises OSError when the connection is over."""
        end = time.monotonic() + seconds
        view = memoryview(data)
        while view:
            self.discard()
            self.socket.settimeout(0.05)
            try:
                view = view[self.socket.send(view):]
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def discard(self) -> None:
        """Throws away what has come; raises OSError when the connection is over."""
        self.socket.setblocking(False)
        try:
            while self.socket.recv(1 << 16):
                pass
            raise ConnectionResetError
        except BlockingIOError:
            pass

    def close(self) -> None:
        self.socket.close()


def again_and_again(address: str, seconds: float, attack, **how) -> int:
    """Has `attack(peer)` send a round on a connection, and on the next when that is over; returns how many there were."""
    end, connections = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        try:
            peer = Peer(address, **how)
            connections += 1
            while time.monotonic() < end:
                attack(peer)
        except OSError:
            # Refused, or ended by the server: an attacker comes back.
            time.sleep(0.001)
        else:
            peer.close()
    return connections
