"""JSON: what either side writes, the other reads as the same message."""

import random

import pytest
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from conftest import COUNT, SEED
from testee import JSON, PROTOBUF
from wire import Wire

DEPTH = 3


def messages(foreign_set):
    """Random messages that have a form in JSON for Python, and that form."""
    for name, message_class in foreign_set.types.items():
        for index in range(COUNT):
            wire = Wire(random.Random(f"{SEED}/json/{name}/{index}"), fit_for_json=True)
            try:
                message = message_class.FromString(wire.message(message_class.DESCRIPTOR, DEPTH))
                message.DiscardUnknownFields()
                if not message.IsInitialized():
                    continue
                text = json_format.MessageToJson(message, descriptor_pool=foreign_set.pool)
                message = json_format.Parse(text, message_class(), descriptor_pool=foreign_set.pool)
            except (DecodeError, json_format.Error, ValueError):
                continue
            yield name, index, message, text


def same(left, right) -> bool:
    return left.SerializePartialToString(deterministic=True) == right.SerializePartialToString(deterministic=True)


def report(foreign_set, found, seen):
    assert seen > len(foreign_set.types) * COUNT // 2, "too few messages had a form in JSON"
    if found:
        pytest.fail(f"{len(found)} of {seen} messages differ\n" + "\n".join(found[:20]), pytrace=False)


def test_swift_reads_what_python_writes(foreign_set, testee):
    found, seen = [], 0
    for name, index, message, text in messages(foreign_set):
        seen += 1
        response = testee.answer(name, PROTOBUF, json_payload=text)
        if response.WhichOneof("result") != "protobuf_payload":
            found.append(f"{name}, message {index} of seed {SEED}: {response!r}\n{text}")
        elif not same(type(message).FromString(response.protobuf_payload), message):
            found.append(f"{name}, message {index} of seed {SEED}: another message\n{text}")
    report(foreign_set, found, seen)


def test_python_reads_what_swift_writes(foreign_set, testee):
    found, seen = [], 0
    for name, index, message, text in messages(foreign_set):
        seen += 1
        response = testee.answer(name, JSON, protobuf_payload=message.SerializeToString())
        if response.WhichOneof("result") != "json_payload":
            found.append(f"{name}, message {index} of seed {SEED}: {response!r}\n{text}")
            continue
        read = json_format.Parse(response.json_payload, type(message)(), descriptor_pool=foreign_set.pool)
        if not same(read, message):
            found.append(f"{name}, message {index} of seed {SEED}: {response.json_payload}\nPython: {text}")
    report(foreign_set, found, seen)
