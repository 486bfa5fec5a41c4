"""The scenarios: the calls that they make and what the replies must be."""

import itertools
import time

from grpc.aio import EOF

from table import SIZE, USERS
from user_protos import messages

USER_BYTES = [user.ByteSize() for user in USERS]
RESULTS = [messages.SyncResult(id=user.id, ok=True, message="updated") for user in USERS]


async def unary(users, measurement, options, index):
    """GetUser, one after the other."""
    started = time.monotonic_ns()
    for number in itertools.cycle(itertools.chain(range(index % SIZE, SIZE), range(index % SIZE))):
        if measurement.is_over:
            return
        expected = USERS[number]
        request = messages.GetUserRequest(id=expected.id)
        user = await users.GetUser(request)
        if user != expected:
            measurement.fail(f"a User whose fields are not those of {expected.id}")
        if measurement.is_measuring:
            measurement.calls += 1
        measurement.count(1, request.ByteSize() + USER_BYTES[number])
        started = measurement.add_latency(started)


async def list_users(users, measurement, options, index):
    """ListUsers, a page a call."""
    request = messages.ListUsersRequest(page_size=options.page)
    started = time.monotonic_ns()
    while not measurement.is_over:
        call = users.ListUsers(request)
        received = 0
        while (user := await call.read()) is not EOF:
            number = received % SIZE
            if user != USERS[number]:
                measurement.fail(f"a User whose fields are not those of {USERS[number].id}")
            measurement.count(1, USER_BYTES[number])
            received += 1
        if received != options.page:
            measurement.fail(f"{received} users where {options.page} were asked for")
        if measurement.is_measuring:
            measurement.calls += 1
        started = measurement.add_latency(started)


async def sync(users, measurement, options, index):
    """One stream of SyncUsers for the whole run, one update in flight."""
    long_name = "x" * options.size if options.scenario == "bytes" else None
    call = users.SyncUsers()
    started = time.monotonic_ns()
    for number in itertools.cycle(itertools.chain(range(index % SIZE, SIZE), range(index % SIZE))):
        user = USERS[number]
        name = user.name if long_name is None else long_name
        update = messages.UserUpdate(id=user.id, email=user.email, name=name, plan=user.plan)
        await call.write(update)
        result = await call.read()
        if result is EOF:
            measurement.fail("the server ended the stream")
            measurement.stop()
            return
        if result != RESULTS[number]:
            measurement.fail(f"a SyncResult that does not say that {user.id} was updated")
        measurement.count(1, update.ByteSize() + RESULTS[number].ByteSize())
        started = measurement.add_latency(started)
        if measurement.is_over:
            break
    await call.done_writing()
    await call.read()
    # The stream was open all through the window: it is the window's call.
    measurement.calls += 1


BY_NAME = {
    "unary-pingpong": unary,
    "unary-load": unary,
    "list": list_users,
    "sync-pingpong": sync,
    "bytes": sync,
}
