"""userd as a process: its sockets, its stop, and a store that fails."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import grpc
import pytest
from grpc import StatusCode

from peers import PATIENCE, Userd, client, eventually, program, unique, unique_email
from user_protos import FREE, messages


def a_user():
    return messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)


def refuses_calls(daemon: Userd) -> bool:
    with client(daemon.address) as users:
        call = users.GetUser.future(messages.GetUserRequest(id="42"), timeout=PATIENCE)
        return call.code() == StatusCode.UNAVAILABLE


class OpenStream:
    """A sync stream with one update answered, left open."""

    def __init__(self, users, **options):
        self.ended = threading.Event()
        self.call = users.SyncUsers(self.updates(), **options)
        assert next(self.call).ok

    def updates(self):
        yield messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
        self.ended.wait(PATIENCE)

    def end(self) -> StatusCode:
        """Half-closes the stream and returns its status."""
        self.ended.set()
        return self.call.code()


@pytest.mark.parametrize("kind", ["unix", "unix-abstract"])
def test_a_unix_socket_serves_as_a_port_does(tmp_path, kind):
    address = f"unix:{tmp_path}/userd.sock" if kind == "unix" else f"unix-abstract:{unique()}"
    with Userd(tmp_path / "users.sqlite", listen=address) as daemon:
        assert daemon.address == address
        with client(address) as users:
            user = users.CreateUser(a_user(), timeout=PATIENCE)
            assert list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE)) == [user]
    assert not (tmp_path / "userd.sock").exists()


def test_users_are_there_after_a_restart(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon, client(daemon.address) as users:
        user = users.CreateUser(a_user(), timeout=PATIENCE)
    with Userd(tmp_path / "users.sqlite") as daemon, client(daemon.address) as users:
        assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE) == user


def test_a_stop_lets_open_calls_finish_and_takes_no_new_ones(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon, client(daemon.address) as users:
        stream = OpenStream(users, timeout=PATIENCE)
        daemon.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses_calls(daemon), "new calls are refused")
        assert daemon.process.poll() is None
        assert stream.end() == StatusCode.OK
        assert daemon.process.wait(PATIENCE) == 0


def test_a_second_signal_stops_at_once(tmp_path):
    flags = ["--grace-seconds", "600"]
    with Userd(tmp_path / "users.sqlite", *flags) as daemon, client(daemon.address) as users:
        stream = OpenStream(users, timeout=PATIENCE)
        daemon.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses_calls(daemon), "it drains")
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(PATIENCE) == 0
        assert stream.end() in {StatusCode.CANCELLED, StatusCode.UNAVAILABLE}


def test_a_database_that_is_locked_delays_writes_and_nothing_else(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        user = users.CreateUser(a_user(), timeout=PATIENCE)
        lock = sqlite3.connect(store, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        writes = [users.CreateUser.future(a_user(), timeout=PATIENCE) for _ in range(20)]
        begin = time.monotonic()
        for _ in range(100):
            assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE) == user
        assert time.monotonic() - begin < 2
        assert not any(write.done() for write in writes)
        lock.execute("ROLLBACK")
        assert all(write.code() == StatusCode.OK for write in writes)


def test_a_database_that_stays_locked_makes_writes_unavailable(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        lock = sqlite3.connect(store, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        write = users.CreateUser.future(a_user(), timeout=PATIENCE)
        assert write.code() == StatusCode.UNAVAILABLE
        assert_tells_nothing(write.details(), store)
        lock.execute("ROLLBACK")
        users.CreateUser(a_user(), timeout=PATIENCE)


def test_a_database_that_is_broken_is_an_internal_error_without_internal_text(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        user = users.CreateUser(a_user(), timeout=PATIENCE)
        vandal = sqlite3.connect(store, isolation_level=None)
        tables = vandal.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'user%'")
        for (table,) in tables.fetchall():
            vandal.execute(f'DROP TABLE "{table}"')
        update = messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
        for call in [
            users.GetUser.future(messages.GetUserRequest(id=user.id), timeout=PATIENCE),
            users.CreateUser.future(a_user(), timeout=PATIENCE),
            users.UpdateUser.future(messages.UpdateUserRequest(id=user.id, name="Eve"), timeout=PATIENCE),
            users.DeleteUser.future(messages.DeleteUserRequest(id=user.id), timeout=PATIENCE),
            users.ImportUsers.future(iter([a_user()]), timeout=PATIENCE),
            users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE),
            users.SyncUsers(iter([update]), timeout=PATIENCE),
        ]:
            assert call.code() in {StatusCode.INTERNAL, StatusCode.UNAVAILABLE}
            assert_tells_nothing(call.details(), store)


def assert_tells_nothing(details: str, store: Path):
    for word in ["sqlite", "table", "sql", "insert", "select", os.fspath(store)]:
        assert word not in details.lower()


def test_no_users_data_is_logged_at_info(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--log-level", "info") as daemon, client(daemon.address) as users:
        request = a_user()
        users.CreateUser(request, timeout=PATIENCE)
        with pytest.raises(grpc.RpcError):
            users.CreateUser(request, timeout=PATIENCE)
    assert request.email not in "".join(daemon.log)


def test_every_call_is_one_line_at_debug(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--log-level", "debug") as daemon, client(daemon.address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE)
        with pytest.raises(grpc.RpcError):
            users.GetUser(messages.GetUserRequest(id="42"), timeout=PATIENCE)
    lines = [line for line in daemon.log if "CreateUser" in line]
    assert len(lines) == 1 and "OK" in lines[0]
    lines = [line for line in daemon.log if "GetUser" in line]
    assert len(lines) == 1 and "NOT_FOUND" in lines[0]


@pytest.mark.parametrize("program_name", ["userd", "userctl"])
@pytest.mark.parametrize("address", [
    "127.0.0.1:99999", "http://127.0.0.1:1", "unix:" + "/x" * 100, "::1:50051", "a b:1", "127.0.0.1:80%00"])
def test_an_address_that_is_none_is_bad_usage_and_says_why(tmp_path, program_name, address):
    flags = {
        "userd": ["--listen", address, "--store", tmp_path / "users.sqlite"], "userctl": ["list", "--addr", address]}
    result = subprocess.run(
        [program(program_name), *flags[program_name]], capture_output=True, text=True, timeout=PATIENCE,
        stdin=subprocess.DEVNULL)
    assert result.returncode == 64
    assert len(result.stderr.splitlines()) == 1
    assert "is no address" in result.stderr
