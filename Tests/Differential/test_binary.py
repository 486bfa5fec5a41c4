"""The binary format: what Swift decodes and encodes again is what Python's protobuf reads in the same bytes."""

import random

import pytest
from google.protobuf.message import DecodeError

from conftest import COUNT, SEED
from wire import Wire

DEPTH = 4


def difference(testee, message_class, encoded: bytes) -> str | None:
    """What Swift and Python see differently in the bytes."""
    try:
        expected = message_class.FromString(encoded)
    except DecodeError:
        expected = None
    response = testee.answer(message_class.DESCRIPTOR.full_name, protobuf_payload=encoded)
    match response.WhichOneof("result"):
        case "protobuf_payload":
            if expected is None:
                return "Swift accepts what Python refuses"
            received = message_class.FromString(response.protobuf_payload)
            if received.SerializeToString(deterministic=True) == expected.SerializeToString(deterministic=True):
                return None
            return f"Swift has {received!r}, Python {expected!r}"
        case "parse_error":
            return None if expected is None else f"Swift refuses what Python accepts: {response.parse_error}"
        case kind:
            return f"{kind}: {getattr(response, kind)}"


def check(foreign_set, testee, make_bytes):
    found = []
    for name, message_class in foreign_set.types.items():
        for index in range(COUNT):
            source = random.Random(f"{SEED}/{name}/{index}")
            encoded = make_bytes(source, message_class.DESCRIPTOR)
            seen = difference(testee, message_class, encoded)
            if seen:
                found.append(f"{name}, message {index} of seed {SEED}: {seen}\n  {encoded.hex()}")
                break
    if found:
        pytest.fail(f"{len(found)} of {len(foreign_set.types)} types differ\n" + "\n".join(found[:20]), pytrace=False)


def test_valid_messages_mean_the_same(foreign_set, testee):
    def valid(source, descriptor):
        return Wire(source, hostile=False).message(descriptor, DEPTH)

    check(foreign_set, testee, valid)


def test_odd_messages_mean_the_same_or_are_refused_by_both(foreign_set, testee):
    def odd(source, descriptor):
        return Wire(source, hostile=True).message(descriptor, DEPTH)

    check(foreign_set, testee, odd)


def test_damaged_messages_mean_the_same_or_are_refused_by_both(foreign_set, testee):
    def damaged(source, descriptor):
        wire = Wire(source, hostile=False)
        return wire.damaged(wire.message(descriptor, DEPTH))

    check(foreign_set, testee, damaged)
