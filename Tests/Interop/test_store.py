"""The store's file in careless hands: damaged, deleted, replaced, copied, locked, read-only, shared."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import grpc
import pytest
from grpc import StatusCode

from peers import PATIENCE, Userd, client, eventually, program, unique_email
from user_protos import FREE, messages

PAGE = 4096

# The busy timeout of userd, in seconds.
BUSY_TIMEOUT = 5

# What userd exits with whose store is not where it was.
STORE_LOST = 74


def a_user(email: str | None = None):
    return messages.CreateUserRequest(email=email or unique_email(), name="Ada Lovelace", plan=FREE)


def outcome_of_create(users) -> StatusCode:
    return users.CreateUser.future(a_user(), timeout=PATIENCE).code()


def emails(users) -> set[str]:
    return {user.email for user in users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE)}


def written_store(path: Path, count: int) -> list[str]:
    """Makes a store of `count` users with a userd that is gone again, and returns their addresses."""
    addresses = [unique_email() for _ in range(count)]
    with Userd(path) as daemon, client(daemon.address) as users:
        summary = users.ImportUsers(iter([a_user(email) for email in addresses]), timeout=PATIENCE)
        assert summary.created == count
    return addresses


def damage(path: Path):
    """Writes a page of the index over a page of the table, as a lost or misplaced write does."""
    content = path.read_bytes()
    pages = [content[at:at + PAGE] for at in range(0, len(content), PAGE)]
    leaves = [number for number, page in enumerate(pages) if page[0] == 10 and b"@example.com" in page]
    table = [number for number in leaves if b"Lovelace" in pages[number]]
    index = [number for number in leaves if b"Lovelace" not in pages[number]]
    pages[table[2]] = pages[index[2]]
    path.write_bytes(b"".join(pages))


def assert_no_users_in(log: list[str]):
    for line in log:
        assert "@example.com" not in line and "Lovelace" not in line


def verify(path: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program("userd"), "--verify-store", "--store", str(path)], capture_output=True, text=True, timeout=PATIENCE)


def test_a_damaged_page_costs_the_calls_that_meet_it_and_the_check_reports_it(tmp_path):
    store = tmp_path / "users.sqlite"
    written_store(store, 2000)
    damage(store)
    with Userd(store) as daemon, client(daemon.address) as users:
        for _ in range(3):
            with pytest.raises(grpc.RpcError) as failure:
                emails(users)
            assert failure.value.code() == StatusCode.DATA_LOSS
            assert failure.value.details() == "The store is damaged"
        user = users.CreateUser(a_user(), timeout=PATIENCE)
        assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE) == user
        eventually(
            lambda: any("the check of the store found damage" in line for line in daemon.log), "the check reports it")
    assert_no_users_in(daemon.log)
    assert any("SQLite" in line or "damage" in line for line in daemon.log)


def test_a_sound_store_is_found_sound_in_the_background(tmp_path):
    store = tmp_path / "users.sqlite"
    written_store(store, 1200)
    with Userd(store) as daemon:
        eventually(lambda: any("the store is sound" in line for line in daemon.log), "the check ends")
        assert any("users=1200" in line for line in daemon.log)


def test_verify_store_tells_by_its_exit_code_and_changes_nothing(tmp_path):
    store = tmp_path / "users.sqlite"
    written_store(store, 2000)
    for name in ["users.sqlite-wal", "users.sqlite-shm"]:
        (tmp_path / name).unlink(missing_ok=True)
    content = store.read_bytes()
    sound = verify(store)
    assert sound.returncode == 0 and "2000 users" in sound.stdout
    damage(store)
    damaged = verify(store)
    assert damaged.returncode == 65
    findings = damaged.stdout.splitlines()
    assert len(findings) > 1 and all(line.startswith("damaged: ") and "***" not in line for line in findings)
    assert_no_users_in([damaged.stdout, damaged.stderr])
    assert os.listdir(tmp_path) == ["users.sqlite"]
    store.write_bytes(b"no database at all, but long enough to look at" * 100)
    assert verify(store).returncode == 65
    assert verify(tmp_path / "missing.sqlite").returncode == 74
    assert not (tmp_path / "missing.sqlite").exists()
    store.write_bytes(content)
    with Userd(store) as daemon, client(daemon.address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE)
        assert "2001 users" in verify(store).stdout
        users.CreateUser(a_user(), timeout=PATIENCE)


def delete_all(store: Path):
    for file in store.parent.glob("users.sqlite*"):
        file.unlink()


def delete_log(store: Path):
    Path(f"{store}-wal").unlink()


def replace(store: Path):
    copy = store.parent / "copy"
    shutil.copy(store, copy)
    os.replace(copy, store)


def remove_folder(store: Path):
    shutil.rmtree(store.parent)


@pytest.mark.parametrize("vanish", [delete_all, delete_log, replace, remove_folder])
def test_nothing_is_acknowledged_once_the_store_is_not_where_it_was(tmp_path, vanish):
    store = tmp_path / "folder" / "users.sqlite"
    store.parent.mkdir()
    with Userd(store) as daemon, client(daemon.address) as users:
        user = users.CreateUser(a_user(), timeout=PATIENCE)
        vanish(store)
        daemon.exit_code = 0 if vanish is delete_log else STORE_LOST
        assert {outcome_of_create(users) for _ in range(50)} == {StatusCode.UNAVAILABLE}
        sync = users.SyncUsers(
            iter([messages.UserUpdate(id=user.id, email=user.email, name="Eve", plan=FREE)]), timeout=PATIENCE)
        assert sync.code() == StatusCode.UNAVAILABLE
        assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE) == user
    assert len([line for line in daemon.log if "writes are refused" in line]) == 1


def test_what_was_acknowledged_survives_the_loss_of_the_log(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        user = users.CreateUser(a_user(), timeout=PATIENCE)
        delete_log(store)
        assert outcome_of_create(users) == StatusCode.UNAVAILABLE
    with Userd(store) as daemon, client(daemon.address) as users:
        assert emails(users) == {user.email}


def test_a_store_that_comes_back_is_written_again(tmp_path):
    store = tmp_path / "folder" / "users.sqlite"
    store.parent.mkdir()
    away = tmp_path / "away"
    with Userd(store) as daemon, client(daemon.address) as users:
        first = users.CreateUser(a_user(), timeout=PATIENCE)
        store.parent.rename(away)
        assert outcome_of_create(users) == StatusCode.UNAVAILABLE
        away.rename(store.parent)
        second = users.CreateUser(a_user(), timeout=PATIENCE)
        assert any("file is back" in line for line in daemon.log)
    with Userd(store) as daemon, client(daemon.address) as users:
        assert {first.email, second.email} <= emails(users)


def test_the_file_alone_is_a_backup_after_a_stop(tmp_path):
    store = tmp_path / "users.sqlite"
    addresses = written_store(store, 1000)
    backup = tmp_path / "backup.sqlite"
    shutil.copy(store, backup)
    with Userd(backup) as daemon, client(daemon.address) as users:
        assert emails(users) == set(addresses)


def test_a_stop_beside_a_reader_says_that_the_log_belongs_to_the_store(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        first = users.CreateUser(a_user(), timeout=PATIENCE)
        reader = sqlite3.connect(store, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM users").fetchone()
        second = users.CreateUser(a_user(), timeout=PATIENCE)
    assert any("-wal" in line for line in daemon.log)
    reader.close()
    with Userd(store) as daemon, client(daemon.address) as users:
        assert emails(users) == {first.email, second.email}


def killed(store: Path, writes: int) -> list[str]:
    """Kills a userd after some writes, and returns what it had logged."""
    daemon = Userd(store)
    try:
        with client(daemon.address) as users:
            for _ in range(writes):
                users.CreateUser(a_user(), timeout=PATIENCE)
    finally:
        daemon.kill()
    return daemon.log


def test_a_log_that_was_cut_is_reported(tmp_path):
    store = tmp_path / "users.sqlite"
    log = Path(f"{store}-wal")
    killed(store, writes=20)
    # A whole log of a process that was killed is no news.
    assert not any("was cut" in line for line in killed(store, writes=1))
    os.truncate(log, log.stat().st_size - 10 * (PAGE + 24) - 100)
    with Userd(store) as daemon, client(daemon.address) as users:
        assert 0 < len(emails(users)) < 21
        assert any("was cut" in line and "acknowledged are lost" in line for line in daemon.log)


def test_the_files_are_for_their_owner_alone(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE)
        for file in tmp_path.iterdir():
            assert file.stat().st_mode & 0o777 == 0o600, file
        assert not any("others than its owner" in line for line in daemon.log)
    store.chmod(0o644)
    with Userd(store) as daemon:
        assert any("others than its owner" in line for line in daemon.log)


def test_a_write_waits_for_a_lock_no_longer_than_the_busy_timeout(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as daemon, client(daemon.address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE)
        lock = sqlite3.connect(store, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        waits = []
        for _ in range(3):
            begin = time.monotonic()
            call = users.CreateUser.future(a_user(), timeout=PATIENCE)
            call.add_done_callback(lambda call, begin=begin: waits.append((call.code(), time.monotonic() - begin)))
            time.sleep(0.3)
        eventually(lambda: len(waits) == 3, "all are answered")
        lock.execute("ROLLBACK")
        for code, wait in waits:
            assert code == StatusCode.UNAVAILABLE
            assert BUSY_TIMEOUT - 1 < wait < BUSY_TIMEOUT * 1.6, waits
        assert outcome_of_create(users) == StatusCode.OK


def test_two_daemons_share_a_store(tmp_path):
    store = tmp_path / "users.sqlite"
    with Userd(store) as one, Userd(store) as other:
        with client(one.address) as first, client(other.address) as second:
            made = {(first if number % 2 else second).CreateUser(a_user(), timeout=PATIENCE).email for number in range(40)}
            assert emails(first) == emails(second) == made
            one.stop()
            made.add(second.CreateUser(a_user(), timeout=PATIENCE).email)
            assert emails(second) == made
    backup = tmp_path / "backup.sqlite"
    shutil.copy(store, backup)
    with Userd(backup) as daemon, client(daemon.address) as users:
        assert emails(users) == made


def test_a_symbolic_link_may_lead_to_the_store_and_must_go_on_to(tmp_path):
    target, link = tmp_path / "target.sqlite", tmp_path / "users.sqlite"
    link.symlink_to(target)
    with Userd(link) as daemon, client(daemon.address) as users:
        assert outcome_of_create(users) == StatusCode.OK
        assert target.stat().st_size > 0
        other = tmp_path / "other.sqlite"
        other.touch()
        link.unlink()
        link.symlink_to(other)
        daemon.exit_code = STORE_LOST
        assert outcome_of_create(users) == StatusCode.UNAVAILABLE


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_store_that_may_not_be_written_is_refused(what):
    # Nothing is forbidden to root, so userd runs as somebody else, in a folder that they can reach.
    nobody = 65534 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "users.sqlite"
        written_store(store, 10)
        for file in folder.iterdir():
            os.chown(file, nobody, -1)
            file.chmod(0o400 if what == "file" else 0o600)
        os.chown(folder, nobody, -1)
        folder.chmod(0o500 if what == "folder" else 0o700)
        if what == "folder":
            for suffix in ["-wal", "-shm"]:
                Path(f"{store}{suffix}").unlink(missing_ok=True)
        result = subprocess.run(
            [program("userd"), "--listen", "127.0.0.1:0", "--store", str(store)], capture_output=True, text=True,
            timeout=PATIENCE, user=nobody if os.geteuid() == 0 else None)
        folder.chmod(0o700)
        assert result.returncode == 74, result.stderr
        assert result.stderr.startswith("userd: cannot open the store")
