"""Attacks, each for a moment: a normal client is served after it, and the memory has a bound. `python -m attacks` does it at length."""

import contextlib
import ctypes
import os
import socket
import threading
import time

import grpc
import pytest

from attacks.measure import ATTACKS, BOUNDS, MOST_GROWTH, run
from frames import ACK, SETTINGS, Connection, frame
from peers import PATIENCE, Userd, client, eventually
from user_protos import SERVICE, messages

SECONDS = 1.0


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_has_a_bound_and_an_end(tmp_path, attack):
    # The machine may be as busy with other tests: so only that there is an answer is asked for, not when.
    outcome = run(attack, tmp_path / "users.sqlite", SECONDS, deadline=PATIENCE, patience=PATIENCE)
    assert outcome.served_after is not None, outcome
    assert outcome.old_served > 0, outcome
    assert outcome.growth < MOST_GROWTH or attack in BOUNDS, outcome


class Deaf(Connection):
    """A client that never acknowledges the settings of the server."""

    def _answer(self, bytes: bytes) -> None:
        if bytes != frame(SETTINGS, ACK, 0):
            super()._answer(bytes)


def streams_left(connection: Connection, count: int, refused: int) -> int:
    """Opens streams, waits until so many are refused, and returns how many are left a moment later."""
    for _ in range(count):
        connection.open(SERVICE + "SyncUsers")
        connection.receive(0.001)
    end = time.monotonic() + PATIENCE
    while len(connection.ended) < refused and time.monotonic() < end:
        connection.receive(0.05)
    return count - len(connection.ended)


def test_a_client_that_never_acknowledges_settings_has_no_more_calls_than_others(userd):
    with Deaf(userd.address) as connection:
        assert 1000 <= streams_left(connection, 1400, 150) <= 1250
        assert not connection.is_closed


def test_an_address_has_no_more_calls_than_its_limit_over_all_connections(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--max-calls-per-address", "40") as daemon:
        with Connection(daemon.address) as first, Connection(daemon.address) as second:
            left = streams_left(first, 30, 0) + streams_left(second, 40, 20)
            assert 40 <= left <= 50


def test_an_address_has_no_more_connections_than_its_limit(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--max-connections-per-address", "3") as daemon:
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(Connection(daemon.address)) for _ in range(3)]
            for connection in connections:
                connection.receive(1)
            with client(daemon.address) as users, pytest.raises(grpc.RpcError) as refusal:
                list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE, wait_for_ready=False))
            assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
            assert not any(connection.is_closed for connection in connections)
            eventually(lambda: any("127.0.0.1 has 3 open" in line for line in daemon.log), "it is logged")

        def is_served() -> bool:
            with client(daemon.address) as users, contextlib.suppress(grpc.RpcError):
                list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE))
                return True
            return False

        eventually(is_served, "there is room again")


def test_no_foreign_client_sees_an_error_for_the_age_of_its_connection(tmp_path):
    errors, counts = [], []

    def calls(address: str, end: float):
        count = 0
        with client(address) as users:
            while time.monotonic() < end:
                try:
                    list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE))
                    count += 1
                except grpc.RpcError as error:
                    errors.append(error)
        counts.append(count)

    with Userd(tmp_path / "users.sqlite", "--connection-age-seconds", "0.2") as daemon:
        threads = [threading.Thread(target=calls, args=(daemon.address, time.monotonic() + 3)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not errors and min(counts) > 0


def listening_socket(pid: int) -> socket.socket:
    """A listening socket of another process (pidfd_getfd)."""
    library = ctypes.CDLL(None, use_errno=True)
    process = os.pidfd_open(pid)
    try:
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            copy = library.syscall(438, process, int(descriptor), 0)
            if copy < 0:
                continue
            try:
                if not os.readlink(f"/proc/self/fd/{copy}").startswith("socket:"):
                    raise OSError
                candidate = socket.socket(fileno=copy)
            except OSError:
                os.close(copy)
                continue
            if candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return candidate
            candidate.close()
    finally:
        os.close(process)
    pytest.skip("this system gives no process a descriptor of another")


def test_a_daemon_whose_listener_is_dead_ends_and_says_so(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon:
        daemon.exit_code = 70
        with listening_socket(daemon.process.pid) as listener:
            listener.shutdown(socket.SHUT_RDWR)
        assert daemon.process.wait(PATIENCE) == 70
        eventually(lambda: any("is dead" in line and "The process ends" in line for line in daemon.log), "it says so")
