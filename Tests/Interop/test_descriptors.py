"""What becomes of userd when its descriptors run out: it serves again when they are free, and says so."""

import contextlib
import os
import resource
import socket

import grpc
import pytest

from peers import PATIENCE, Userd, client, eventually
from user_protos import messages

REFUSED = "Connections are refused"
ACCEPTED_AGAIN = "Connections are accepted again"

# How long connections may find nobody once descriptors are free; generous, for a machine that is busy.
SOON = 10


@pytest.fixture(params=["tcp", "unix", "both"])
def daemon(request, tmp_path):
    """userd, which is asked at its first address."""
    path = f"unix:{tmp_path}/userd.sock"
    listen = {"tcp": "127.0.0.1:0", "unix": path, "both": "127.0.0.1:0"}[request.param]
    more = ["--listen", path] if request.param == "both" else []
    with Userd(tmp_path / "users.sqlite", *more, listen=listen) as daemon:
        yield daemon


def open_descriptors(daemon: Userd) -> int:
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def descriptors_without_clients(daemon: Userd) -> int:
    """How many descriptors are open once the server has served, and is through with those whom it served."""
    assert serves(daemon)
    counts = []

    def is_settled() -> bool:
        counts.append(open_descriptors(daemon))
        return len(counts) >= 50 and len(set(counts[-50:])) == 1

    eventually(is_settled, "connections that ended are closed")
    return counts[-1]


def limit_descriptors(daemon: Userd, count: int) -> None:
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (count, 4096))


def connect(daemon: Userd) -> socket.socket:
    if daemon.address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(1)
        connection.connect(daemon.address[len("unix:"):])
        return connection
    host, port = daemon.address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=1)


def serves(daemon: Userd) -> bool:
    with client(daemon.address) as users:
        try:
            list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE, wait_for_ready=False))
        except grpc.RpcError:
            return False
    return True


def says(daemon: Userd, text: str) -> bool:
    return any(text in line for line in daemon.log)


@contextlib.contextmanager
def many_connections(daemon: Userd):
    """Opens connections, and hands over what opens as many again."""
    with contextlib.ExitStack() as stack:
        def more() -> None:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    connection = stack.enter_context(connect(daemon))
                    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")

        more()
        yield more


def test_a_server_whose_descriptors_ran_out_serves_again_when_they_are_free(daemon):
    limit_descriptors(daemon, 64)
    for _ in range(3):
        with many_connections(daemon) as more:
            eventually(lambda: says(daemon, REFUSED), "the shortage is logged")
            # A connection that there is no room for is closed at once, and no call waits for it in vain. Connections of the
            # round before may give their descriptors back only now.
            def is_full() -> bool:
                if not serves(daemon):
                    return True
                more()
                return False

            eventually(is_full, "there is no room")
            # Files of the store, and the log, still find descriptors.
            assert open_descriptors(daemon) < 64
        eventually(lambda: serves(daemon), "it serves again", SOON)
        eventually(lambda: says(daemon, ACCEPTED_AGAIN), "the end of the shortage is logged")
        descriptors_without_clients(daemon)
        daemon.log.clear()


def test_a_listener_that_finds_no_descriptor_at_all_lives_on(daemon):
    limit_descriptors(daemon, descriptors_without_clients(daemon))
    with connect(daemon) as waiting:
        eventually(lambda: says(daemon, REFUSED), "the shortage is logged")
        limit_descriptors(daemon, 1024)
        eventually(lambda: serves(daemon), "it serves again", SOON)
        # What came meanwhile is let in or sent away, and does not wait for ever.
        waiting.settimeout(SOON)
        waiting.recv(1)


def test_nothing_is_busy_while_descriptors_are_short(daemon):
    def processor_seconds() -> float:
        with open(f"/proc/{daemon.process.pid}/stat") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    limit_descriptors(daemon, descriptors_without_clients(daemon))
    with connect(daemon):
        eventually(lambda: says(daemon, REFUSED), "the shortage is logged")
        before = processor_seconds()
        with contextlib.suppress(AssertionError):
            eventually(lambda: False, "time passes", 3)
        assert processor_seconds() - before < 0.5
    limit_descriptors(daemon, 1024)
