"""What memory clients can make userd hold, and that it comes back."""

import contextlib
import struct
import time

import pytest

from frames import END_STREAM, Connection, frame
from peers import PATIENCE, Userd, client, eventually, unique_email
from user_protos import FREE, SERVICE, messages

MESSAGE = 4_190_000

# What a message has around it in memory, and what the machine makes of it.
QUOTA = 128
SLACK = 60


def still_serves(daemon: Userd) -> bool:
    with client(daemon.address) as users:
        request = messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)
        return bool(users.CreateUser(request, timeout=PATIENCE).id)


def send_almost_all(connections: list[Connection], calls: int, seconds: float) -> int:
    """Sends all but the last bytes of a large message on many calls, and returns how many bytes that were."""
    target = MESSAGE - 1000
    sent = {}
    for connection in connections:
        for _ in range(calls):
            stream = connection.open(SERVICE + "CreateUser")
            connection.send(stream, b"\0" + struct.pack(">I", MESSAGE))
            sent[connection, stream] = 0
    payload = b"z" * 16384
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress = 0
        for (connection, stream), count in sent.items():
            step = connection.send(stream, payload[:target - count])
            sent[connection, stream] += step
            progress += step
        for connection in connections:
            connection.receive(0.01)
        if progress == 0 and all(
            count == target or stream in connection.ended or connection.is_closed
            for (connection, stream), count in sent.items()
        ):
            break
    return sum(sent.values())


def test_messages_that_never_become_whole_have_a_bound_and_leave_nothing(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon:
        assert still_serves(daemon)
        before = daemon.resident_mebibytes()
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(Connection(daemon.address)) for _ in range(2)]
            sent = send_almost_all(connections, calls=100, seconds=30)
            # More than what may be held has been taken in: so the bound was met.
            assert sent > 200 << 20
            assert daemon.resident_mebibytes() - before < QUOTA + SLACK
            assert still_serves(daemon)
        eventually(lambda: daemon.resident_mebibytes() - before < 30, "the memory comes back", 60)
        assert still_serves(daemon)


def test_the_quota_is_what_the_flag_says(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--memory-quota", "32") as daemon:
        assert still_serves(daemon)
        before = daemon.resident_mebibytes()
        with Connection(daemon.address) as connection:
            send_almost_all([connection], calls=50, seconds=10)
            assert daemon.resident_mebibytes() - before < 32 + SLACK
            assert still_serves(daemon)


@pytest.mark.parametrize("sent", [
    # Nothing, a part of the message's header, the header, a part of the message, and all but the end of the stream.
    b"", b"\0\0\0", b"\0\0\0\0\x05", b"\0\0\0\0\x05abc", b"\0\0\0\0\0",
])
@pytest.mark.parametrize("method", ["GetUser", "ListUsers"])
def test_a_request_that_takes_too_long_ends_its_call_alone(tmp_path, method, sent):
    with Userd(tmp_path / "users.sqlite", "--request-seconds", "0.3") as daemon:
        with Connection(daemon.address) as connection:
            stream = connection.open(SERVICE + method)
            connection.send(stream, sent)
            end = time.monotonic() + PATIENCE
            while stream not in connection.ended:
                assert time.monotonic() < end
                connection.receive()
            # The connection is as good as before.
            assert not connection.is_closed
            other = connection.open(SERVICE + "ListUsers")
            connection.socket.sendall(frame(0, END_STREAM, other, b"\0\0\0\0\0"))
            while other not in connection.ended:
                assert time.monotonic() < end
                connection.receive()
        assert still_serves(daemon)


def test_a_request_within_its_time_is_served_however_it_comes(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--request-seconds", "30") as daemon:
        with Connection(daemon.address) as connection:
            stream = connection.open(SERVICE + "ListUsers")
            for byte in b"\0\0\0\0\0":
                connection.send(stream, bytes([byte]))
                connection.receive(0.02)
            connection.socket.sendall(frame(0, END_STREAM, stream))
            end = time.monotonic() + PATIENCE
            while stream not in connection.ended:
                assert time.monotonic() < end
                connection.receive()


def test_calls_over_the_limit_are_told_to_try_again(tmp_path):
    import grpc

    with Userd(tmp_path / "users.sqlite", "--max-calls", "2") as daemon, client(daemon.address) as users:
        streams = [Connection(daemon.address) for _ in range(2)]
        for connection in streams:
            connection.open(SERVICE + "SyncUsers")
            connection.receive()

        def is_refused() -> bool:
            with contextlib.suppress(grpc.RpcError):
                list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE))
                return False
            return True

        eventually(is_refused, "calls are refused")
        with pytest.raises(grpc.RpcError) as refusal:
            list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE))
        assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
        for connection in streams:
            connection.socket.close()
        eventually(lambda: not is_refused(), "calls are served again")
