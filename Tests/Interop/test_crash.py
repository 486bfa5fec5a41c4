"""kill -9 of userd, again and again, in the middle of writes: what was acknowledged is there afterwards.

CRASHES says how often; CRASH_SEED repeats a run.
"""

import contextlib
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

from peers import Userd, client, eventually, unique
from user_protos import FREE, messages

CRASHES = int(os.environ.get("CRASHES", 50))
SEED = int(os.environ.get("CRASH_SEED", 0)) or random.randrange(1 << 32)

# Users that are created by one ImportUsers call.
IMPORT_ROWS = 200


class Writers:
    """Writes in every way there is, until the connection breaks, and takes down what was acknowledged."""

    def __init__(self):
        self.emails: set[str] = set()
        self.ids: set[str] = set()
        self.deleted: set[str] = set()
        # Deletions that were asked for: until they are acknowledged, the user may be there or not.
        self.doomed: set[str] = set()
        self.acknowledgements = 0
        self.lock = threading.Lock()

    def acknowledge(self, emails=(), id=None, deleted=None):
        with self.lock:
            self.emails.update(emails)
            self.ids.update([id] if id else [])
            self.deleted.update([deleted] if deleted else [])
            self.acknowledgements += 1

    def create(self, users):
        while True:
            email = f"{unique('create')}@example.com"
            made = users.CreateUser(messages.CreateUserRequest(email=email, name="Ada", plan=FREE))
            self.acknowledge([email], made.id)

    def import_users(self, users):
        while True:
            emails = [f"{unique('import')}@example.com" for _ in range(IMPORT_ROWS)]
            requests = [messages.CreateUserRequest(email=email, name="Ada", plan=FREE) for email in emails]
            response = users.ImportUsers(iter(requests))
            assert response.created == IMPORT_ROWS
            self.acknowledge(emails)

    def sync(self, users):
        sent: list[messages.UserUpdate] = []

        def updates():
            while True:
                id = unique("sync")
                upsert = messages.UserUpdate(id=id, email=f"{id}@example.com", name="Ada", plan=FREE)
                sent.append(upsert)
                yield upsert
                # Every fifth user goes again, so that deletions are watched too.
                if len(sent) % 5 == 0:
                    self.doomed.add(id)
                    deletion = messages.UserUpdate(id=id, delete=True)
                    sent.append(deletion)
                    yield deletion

        for number, result in enumerate(users.SyncUsers(updates())):
            assert result.ok and result.id == sent[number].id
            self.acknowledge(
                id=None if sent[number].delete else result.id, deleted=result.id if sent[number].delete else None)

    def run(self, write, address: str):
        """Writes until userd is gone."""
        try:
            with client(address) as users:
                write(users)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAVAILABLE, error


def test_a_user_that_was_acknowledged_survives_any_crash(tmp_path):
    print(f"CRASH_SEED={SEED}")
    moment = random.Random(SEED)
    store = tmp_path / "users.sqlite"
    writers = Writers()
    for _ in range(CRASHES):
        with contextlib.ExitStack() as stack:
            daemon = Userd(store)
            stack.callback(daemon.kill)
            pool = stack.enter_context(ThreadPoolExecutor())
            before = writers.acknowledgements
            running = [
                pool.submit(writers.run, write, daemon.address)
                for write in [writers.create, writers.import_users, writers.import_users, writers.sync]]
            wanted = before + moment.randrange(1, 300)
            eventually(
                lambda: writers.acknowledgements >= wanted or any(each.done() for each in running), "writes go on")
            daemon.kill()
            for each in running:
                each.result()
    with Userd(store) as daemon, client(daemon.address) as users:
        emails, ids = set(), set()
        for user in users.ListUsers(messages.ListUsersRequest()):
            emails.add(user.email)
            ids.add(user.id)
    assert writers.emails <= emails
    assert writers.ids - writers.doomed <= ids
    assert not writers.deleted & ids
    print(f"{CRASHES} crashes, {writers.acknowledgements} acknowledgements, {len(ids)} users, none lost")
    assert len(writers.emails) > 0 and len(writers.ids) > 0
