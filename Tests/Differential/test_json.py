"""JSON: what either side writes, the other reads as the same message."""

import collections

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from hypothesis import assume

from examples import check
from testee import JSON, PROTOBUF, Differs
from wire import messages

DEPTH = 3


def with_form(foreign_set, message_class, encoded: bytes):
    """The message and its form in JSON, where Python has one for it."""
    try:
        message = message_class.FromString(encoded)
        message.DiscardUnknownFields()
        assume(message.IsInitialized())
        text = json_format.MessageToJson(message, descriptor_pool=foreign_set.pool)
        return json_format.Parse(text, message_class(), descriptor_pool=foreign_set.pool), text
    except (DecodeError, json_format.Error, ValueError):
        assume(False)


def same(left, right) -> bool:
    return left.SerializePartialToString(deterministic=True) == right.SerializePartialToString(deterministic=True)


def compare(foreign_set, differs):
    seen = collections.Counter()

    def look(message_class, encoded):
        message, text = with_form(foreign_set, message_class, encoded)
        seen[message_class] += 1
        differs(message_class.DESCRIPTOR.full_name, message, text)

    check(foreign_set, lambda descriptor: messages(descriptor, DEPTH, fit_for_json=True), look)
    assert len(seen) > len(foreign_set.types) * 0.9, "too few types had messages with a form in JSON"


def test_swift_reads_what_python_writes(foreign_set, testee):
    def differs(name, message, text):
        response = testee.answer(name, PROTOBUF, json_payload=text)
        if response.WhichOneof("result") != "protobuf_payload":
            raise Differs(f"{response!r}\n{text}")
        if not same(type(message).FromString(response.protobuf_payload), message):
            raise Differs(f"another message\n{text}")

    compare(foreign_set, differs)


def test_python_reads_what_swift_writes(foreign_set, testee):
    def differs(name, message, text):
        response = testee.answer(name, JSON, protobuf_payload=message.SerializeToString())
        if response.WhichOneof("result") != "json_payload":
            raise Differs(f"{response!r}\n{text}")
        try:
            read = json_format.Parse(response.json_payload, type(message)(), descriptor_pool=foreign_set.pool)
        except json_format.ParseError as error:
            raise Differs(f"Python refuses it: {error}\n{response.json_payload}") from error
        if not same(read, message):
            raise Differs(f"{response.json_payload}\nPython: {text}")

    compare(foreign_set, differs)
