"""The binary format: what Swift decodes and encodes again is what Python's protobuf reads in the same bytes."""

import re

from google.protobuf import descriptor_pb2
from google.protobuf.message import DecodeError

from examples import check
from meaning import is_lenient, meaning
from testee import Differs
from wire import damaged_messages, messages

DEPTH = 4


def parsed(message_class, encoded: bytes):
    """The message, and None where the bytes are not one."""
    try:
        message = message_class.FromString(encoded)
    except DecodeError:
        return None
    return message if message.IsInitialized() else None


def is_legacy_text(foreign_set, error: str) -> bool:
    """Whether an error is of text in proto2, where Python does not look whether it is UTF-8, and Swift does."""
    match = re.fullmatch(r"The field (.+)\.\w+ is not valid UTF-8", error)
    if not match:
        return False
    file = descriptor_pb2.FileDescriptorProto()
    foreign_set.pool.FindMessageTypeByName(match[1]).file.CopyToProto(file)
    return file.syntax in ("", "proto2")


def difference(foreign_set, testee, message_class, encoded: bytes) -> str | None:
    """What Swift and Python see differently in the bytes."""
    expected = parsed(message_class, encoded)
    response = testee.answer(message_class.DESCRIPTOR.full_name, protobuf_payload=encoded)
    kind = response.WhichOneof("result")
    if kind == "parse_error":
        if expected is None or is_lenient(expected) or is_legacy_text(foreign_set, response.parse_error):
            return None
        return f"Swift refuses what Python accepts: {response.parse_error}"
    if kind != "protobuf_payload":
        return f"{kind}: {getattr(response, kind)}"
    received = parsed(message_class, response.protobuf_payload)
    if received is None:
        return "Swift writes what Python refuses"
    if expected is None:
        # Text that a later value replaces may be anything: Swift never looks at it.
        if parsed(foreign_set.lenient(message_class), encoded) is None:
            return "Swift accepts what Python refuses"
        return None
    if is_lenient(expected):
        return None
    if meaning(received) == meaning(expected):
        return None
    return f"Swift has {received!r}, Python {expected!r}"


def compare(foreign_set, testee, messages):
    def differs(message_class, encoded):
        seen = difference(foreign_set, testee, message_class, encoded)
        if seen:
            raise Differs(f"{seen}\n  {encoded.hex()}")

    check(foreign_set, messages, differs)


def test_valid_messages_mean_the_same(foreign_set, testee):
    compare(foreign_set, testee, lambda descriptor: messages(descriptor, DEPTH))


def test_odd_messages_mean_the_same_or_are_refused_by_both(foreign_set, testee):
    compare(foreign_set, testee, lambda descriptor: messages(descriptor, DEPTH, hostile=True))


def test_damaged_messages_mean_the_same_or_are_refused_by_both(foreign_set, testee):
    compare(foreign_set, testee, lambda descriptor: damaged_messages(descriptor, DEPTH))
