"""The names that a store is reached by, and what becomes of it while nobody writes."""

import os

from grpc import StatusCode

from peers import Userd, client, eventually
from test_store import STORE_LOST, outcome_of_create, verify


def test_verify_store_through_a_link_sees_what_is_in_the_log(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target.sqlite", tmp_path / "users.sqlite"
    link.symlink_to(target)
    with Userd(target) as daemon, client(daemon.address) as users:
        for _ in range(3):
            assert outcome_of_create(users) == StatusCode.OK
        result = verify(link)
        assert result.returncode == 0 and "3 users" in result.stdout, result
    for suffix in ["-wal", "-shm"]:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    result = verify(link)
    assert result.returncode == 0 and "3 users" in result.stdout, result
    assert os.listdir(tmp_path / "folder") == ["target.sqlite"]


def test_a_name_that_looks_like_a_uri_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ["file:users.sqlite?mode=memory", ":users"]:
        with Userd(name) as daemon, client(daemon.address) as users:
            assert outcome_of_create(users) == StatusCode.OK
        assert (tmp_path / name).stat().st_size > 0
        result = verify(name)
        assert result.returncode == 0 and "1 users" in result.stdout, result


def test_a_store_that_is_deleted_while_nobody_writes_is_told_at_once_and_by_the_exit_code(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        assert outcome_of_create(users) == StatusCode.OK
        daemon.exit_code = STORE_LOST
        for name in os.listdir(tmp_path):
            (tmp_path / name).unlink()
        eventually(lambda: any("deleted or replaced" in line for line in daemon.log), "the log tells it")
    assert any(line == f"userd: {store} was deleted or replaced\n" for line in daemon.log), daemon.log
