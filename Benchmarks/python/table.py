"""The users that every program of the benchmark serves and expects: user-0 to user-999."""

from google.protobuf.timestamp_pb2 import Timestamp

from user_protos import messages

SIZE = 1000


def _user(number: int):
    return messages.User(
        id=f"user-{number}",
        email=f"user-{number}@example.com",
        name=f"User {number}",
        plan=number % 3 + 1,
        created_at=Timestamp(seconds=1_700_000_000 + number),
    )


USERS = [_user(number) for number in range(SIZE)]
USERS_BY_ID = {user.id: user for user in USERS}
