"""Clients that keep userd's threads busy with nothing: they are disconnected, and nobody else is."""

import contextlib
import threading
import time

from hpack import Encoder

from frames import CONTINUATION, HEADERS, PREFACE, SETTINGS, connect, frame, request_headers
from peers import PATIENCE, Userd, client, eventually, unique_email
from user_protos import FREE, SERVICE, messages

DISCONNECTED = "A client was disconnected"


def length_of_value(count: int) -> bytes:
    """A length as HPACK writes it, of a string that is not compressed."""
    encoded, count = b"\x7f", count - 127
    while count >= 128:
        encoded += bytes([count & 127 | 128])
        count >>= 7
    return encoded + bytes([count])


# The beginning of a header's value of 200 MiB, and of a header whose name's length never ends.
UNFINISHED = {"value": b"\x40\x03x-a" + length_of_value(200 << 20), "length": b"\x40\x7f"}
MORE = {"value": b"y" * 16384, "length": b"\x80" * 16384}


class Flood:
    """A connection whose first call's headers never end."""

    def __init__(self, address: str, kind: str):
        self.socket = connect(address)
        self.is_open = True
        self.sent = 0
        headers = Encoder().encode(request_headers(SERVICE + "GetUser"), huffman=False) + UNFINISHED[kind]
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, 0, 1, headers))
        self.pending = b""
        self.more = frame(CONTINUATION, 0, 1, MORE[kind]) * 4

    def send(self) -> None:
        self.socket.settimeout(0.05)
        self.pending = self.pending or self.more
        try:
            count = self.socket.send(self.pending)
            self.sent += count
            self.pending = self.pending[count:]
        except TimeoutError:
            pass
        except OSError:
            # Reset: also a client that never reads learns of its end.
            self.is_open = False


def flood(daemon: Userd, kind: str, seconds: float) -> list[Flood]:
    """Sends headers that never end on four connections, until they are all cut off or the time is over."""
    floods = [Flood(daemon.address, kind) for _ in range(4)]
    end = time.monotonic() + seconds
    while any(flood.is_open for flood in floods) and time.monotonic() < end:
        for each in floods:
            if each.is_open:
                each.send()
    return floods


def test_a_header_that_never_ends_is_cut_off(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon, client(daemon.address) as users:
        users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE)
        floods = flood(daemon, "value", 2 * PATIENCE)
        assert not any(flood.is_open for flood in floods)
        eventually(lambda: any(DISCONNECTED in line for line in daemon.log), "it is logged")
        # The client beside them has the connection that it had.
        request = messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)
        assert users.CreateUser(request, timeout=PATIENCE).id


def test_a_length_that_never_ends_is_cheap(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon, client(daemon.address) as users:
        floods = flood(daemon, "length", 3)
        request = messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)
        assert users.CreateUser(request, timeout=PATIENCE).id
        for each in floods:
            each.socket.close()


def test_large_uploads_on_many_connections_are_never_cut_off(tmp_path):
    failures = []

    def upload(address: str, end: float) -> None:
        with client(address) as users:
            while time.monotonic() < end:
                # Invalid, and so large: the answer tells that all of it arrived.
                request = messages.CreateUserRequest(email="x" * 4_000_000, name="Ada", plan=FREE)
                with contextlib.suppress(Exception):
                    users.CreateUser(request, timeout=PATIENCE)
                    failures.append("a user that cannot be")
                    return

    with Userd(tmp_path / "users.sqlite") as daemon:
        end = time.monotonic() + 6
        threads = [threading.Thread(target=upload, args=(daemon.address, end)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert not [line for line in daemon.log if DISCONNECTED in line]
