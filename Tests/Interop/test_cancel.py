"""Thousands of calls that clients cancel at random moments leave nothing behind.

CANCELLED_CALLS says how many; CANCEL_SEED repeats a run.
"""

import os
import random
import threading
import time

from peers import PATIENCE, PROMPTLY, client, eventually, unique
from user_protos import FREE, messages

CALLS = int(os.environ.get("CANCELLED_CALLS", 10_000))
SEED = int(os.environ.get("CANCEL_SEED", 0)) or random.randrange(1 << 32)

# How long a listing is: longer than what is sent before the client reads.
LISTED = 500

# What is still in use at a moment may differ by this much; a call that is kept costs some 10 KiB.
TOLERANCE_MEBIBYTES = 24


def unary(users, moment):
    """A unary call, cancelled soon."""
    if moment.random() < 0.5:
        return users.GetUser.future(messages.GetUserRequest(id="no-such-user"), timeout=PATIENCE)
    request = messages.CreateUserRequest(email=f"{unique('cancel')}@example.com", name="Ada", plan=FREE)
    return users.CreateUser.future(request, timeout=PATIENCE)


def stream(users, moment):
    """A stream of some kind, cancelled after some messages."""
    ended = threading.Event()
    count = moment.randrange(4)

    def updates():
        for _ in range(count):
            id = unique("cancel")
            yield messages.UserUpdate(id=id, email=f"{id}@example.com", name="Ada", plan=FREE)
        ended.wait(PATIENCE)

    def requests():
        for update in updates():
            yield messages.CreateUserRequest(email=update.email, name="Ada", plan=FREE)

    kind = moment.randrange(3)
    if kind == 0:
        call = users.ListUsers(messages.ListUsersRequest(page_size=LISTED), timeout=PATIENCE)
        for _ in range(count):
            next(call)
    elif kind == 1:
        call = users.SyncUsers(updates(), timeout=PATIENCE)
        for _ in range(moment.randrange(count + 1)):
            next(call)
    else:
        call = users.ImportUsers.future(requests(), timeout=PATIENCE)
    if not call.add_callback(ended.set):
        ended.set()
    return call


def cancel_many(users, moment, count: int):
    """Makes calls, some at once, and cancels each at some point of its life."""
    made = 0
    while made < count:
        batch = min(moment.randrange(1, 50), count - made)
        calls = [(unary if moment.random() < 0.6 else stream)(users, moment) for _ in range(batch)]
        time.sleep(moment.random() * 0.003)
        for call in calls:
            call.cancel()
        made += batch


def test_cancelled_calls_leave_nothing_behind(userd):
    print(f"CANCEL_SEED={SEED}")
    moment = random.Random(SEED)
    with client(userd.address) as users:
        response = users.ImportUsers(
            (messages.CreateUserRequest(email=f"{unique()}@example.com", name="Ada" * 30, plan=FREE)
             for _ in range(LISTED)), timeout=PATIENCE)
        assert response.created == LISTED
        # Every pool and cache gets its size.
        cancel_many(users, moment, CALLS // 5)
        before = userd.resident_mebibytes()
        cancel_many(users, moment, CALLS)
        assert len(list(users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE))) >= LISTED
    eventually(lambda: userd.resident_mebibytes() - before < TOLERANCE_MEBIBYTES, "the memory is back")
    print(f"{CALLS} calls cancelled: {before:.0f} MiB before, {userd.resident_mebibytes():.0f} MiB after")
    # A handler that had not ended would have the stop wait for it.
    assert userd.stop() < PROMPTLY
