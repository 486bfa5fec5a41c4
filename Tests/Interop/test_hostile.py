"""Malformed requests and broken connections: a proper status each time, and the server goes on."""

import contextlib
import random
import select
import socket
import struct
import threading

import grpc
import pytest
from grpc import StatusCode

from peers import CHANNEL_OPTIONS, PATIENCE, PROMPTLY, Userd, client, unique, unique_email
from user_protos import FREE, SERVICE, messages

METHODS = ["GetUser", "CreateUser", "UpdateUser", "DeleteUser", "ListUsers", "ImportUsers", "SyncUsers"]

# What a server may say to bytes that are no request, or that are one by chance.
REFUSALS = {StatusCode.INTERNAL, StatusCode.INVALID_ARGUMENT, StatusCode.NOT_FOUND, StatusCode.ALREADY_EXISTS}

GOOD = messages.UpdateUserRequest(id="no-such-user", email="ada@example.com", name="Ada", plan=FREE)


def varint(value: int) -> bytes:
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def nested(number: int, depth: int) -> bytes:
    """Messages in messages, each in the field `number`."""
    headers, length = [], 0
    for _ in range(depth):
        header = varint(number << 3 | 2) + varint(length)
        headers.append(header)
        length += len(header)
    return b"".join(reversed(headers))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """userd alone: the reference keeps a handler for ever for each stream with a malformed message."""
    with Userd(tmp_path_factory.mktemp("userd") / "users.sqlite") as daemon:
        yield daemon
        assert daemon.stop() < PROMPTLY


@pytest.fixture(scope="module")
def channel(server):
    with grpc.insecure_channel(server.address, options=CHANNEL_OPTIONS) as channel:
        yield channel


@pytest.fixture(autouse=True)
def still_serving(users):
    """After every test a call of good manners is served."""
    yield
    request = messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)
    assert users.CreateUser(request, timeout=PATIENCE).id


def status_of(channel, method: str, *requests: bytes) -> StatusCode:
    """The status that raw bytes get; every method is called as a bidirectional stream, which is the same on
    the wire."""
    call = channel.stream_stream(SERVICE + method)(iter(requests), timeout=PATIENCE)
    with contextlib.suppress(grpc.RpcError):
        for _ in call:
            pass
    return call.code()


@pytest.mark.parametrize("method", METHODS)
def test_random_bytes_are_refused(channel, method):
    random_bytes = random.Random(method)
    for _ in range(100):
        request = random_bytes.randbytes(random_bytes.randrange(1, 200))
        assert status_of(channel, method, request) in REFUSALS | {StatusCode.OK}


@pytest.mark.parametrize("method", ["GetUser", "CreateUser", "UpdateUser", "DeleteUser"])
def test_truncated_messages_are_refused(channel, method):
    whole = GOOD.SerializeToString()
    for length in range(len(whole)):
        assert status_of(channel, method, whole[:length]) in REFUSALS
    assert status_of(channel, method, field(1, b"abc")[:-1]) == StatusCode.INTERNAL


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("request_bytes", [
    # Groups of an unknown field, as deep as they go, closed and not.
    pytest.param(varint(100 << 3 | 3) * 100_000 + varint(100 << 3 | 4) * 100_000, id="groups"),
    pytest.param(varint(100 << 3 | 3) * 100_000, id="open-groups"),
])
def test_groups_100000_deep_are_refused(channel, method, request_bytes):
    assert status_of(channel, method, request_bytes) == StatusCode.INTERNAL


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("number", [1, 100], ids=["in-a-known-field", "in-an-unknown-field"])
def test_messages_100000_deep_do_no_harm(channel, method, number):
    # An unknown field is bytes that nobody looks into; a known one of these is text, with bytes that are none.
    assert status_of(channel, method, nested(number, 100_000)) in REFUSALS | {StatusCode.OK}


@pytest.mark.parametrize("method", ["GetUser", "CreateUser", "UpdateUser", "DeleteUser", "SyncUsers"])
@pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"])
def test_text_that_is_not_utf8_is_refused(channel, method, text):
    assert status_of(channel, method, field(1, b"a" + text)) == StatusCode.INTERNAL


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("request_bytes", [
    pytest.param(b"\x00", id="field-0"),
    pytest.param(b"\x0f", id="wire-type-7"),
    pytest.param(b"\x0a" + b"\xff" * 11, id="endless-varint"),
    pytest.param(b"\x0a" + varint(1 << 31), id="length-past-the-end"),
    pytest.param(b"\x0a" + varint((1 << 64) - 1) + b"abc", id="length-of-64-bits"),
])
def test_bytes_that_no_encoder_writes_are_refused(channel, method, request_bytes):
    assert status_of(channel, method, request_bytes) == StatusCode.INTERNAL


@pytest.mark.parametrize("method", METHODS)
def test_a_message_of_5_mebibytes_is_refused(channel, method):
    assert status_of(channel, method, field(100, b"x" * (5 << 20))) == StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize("method", ["ImportUsers", "SyncUsers"])
def test_bytes_that_are_no_message_end_a_stream_that_began_well(channel, method):
    assert status_of(channel, method, b"", GOOD.SerializeToString(), b"\x0f") == StatusCode.INTERNAL


def test_the_wrong_number_of_messages_is_refused(channel):
    assert status_of(channel, "GetUser") != StatusCode.OK
    assert status_of(channel, "GetUser", b"\x0a\x01a", b"\x0a\x01a") != StatusCode.OK


def connect(address: str) -> socket.socket:
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def reset(connection: socket.socket):
    """Closes a connection by RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("opening", [
    pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="http1"),
    pytest.param(random.Random(1).randbytes(10_000), id="random"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), id="tls"),
    pytest.param(PREFACE[:10], id="half-a-preface"),
    pytest.param(PREFACE + SETTINGS + random.Random(2).randbytes(10_000), id="random-frames"),
    pytest.param(PREFACE + SETTINGS + b"\x00\x40\x00\x01\x04\x00\x00\x00\x01" + bytes(100), id="half-a-header"),
    pytest.param(PREFACE + SETTINGS + b"\x00\x00\x05\x01\x05\x00\x00\x00\x01" + b"\xff" * 5, id="bad-hpack"),
])
@pytest.mark.parametrize("end", [socket.socket.close, reset], ids=["close", "reset"])
def test_connections_that_speak_no_grpc_do_no_harm(server, opening, end):
    for _ in range(20):
        connection = connect(server.address)
        with contextlib.suppress(OSError):
            connection.sendall(opening)
        end(connection)


class Relay:
    """Hands the bytes of a connection to and fro, until it is cut."""

    def __init__(self, address: str):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.cut = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(address,), daemon=True)
        self.thread.start()

    def run(self, address: str):
        near, _ = self.listener.accept()
        far = connect(address)
        other = {near: far, far: near}
        while not self.cut.is_set():
            for source in select.select([near, far], [], [], 0.01)[0]:
                other[source].sendall(source.recv(65536))
        # In the middle of whatever it carries.
        for connection in [self.listener, near, far]:
            reset(connection)


def test_a_connection_reset_in_the_middle_of_calls_ends_them(server):
    relay = Relay(server.address)
    ended = threading.Event()

    def updates():
        yield messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
        ended.wait(PATIENCE)

    with client(relay.address) as users:
        calls = [users.SyncUsers(updates(), timeout=PATIENCE) for _ in range(20)]
        for call in calls:
            assert next(call).ok
        relay.cut.set()
        for call in calls:
            with pytest.raises(grpc.RpcError) as caught:
                next(call)
            assert caught.value.code() == StatusCode.UNAVAILABLE
        ended.set()
    # With a handler left, the stop at the end of these tests would wait for it.
