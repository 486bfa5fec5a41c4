"""Random bytes in the wire format for a type: fields in any order and number, packed or not, in pieces, overlong,
unknown, of another wire type than theirs, and now and then malformed. What they mean, Python's protobuf says."""

import random
import struct

from google.protobuf import duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2
from google.protobuf.descriptor import FieldDescriptor as F

VARINT, FIXED64, BYTES, START_GROUP, END_GROUP, FIXED32 = range(6)

WIRE_TYPES = {
    F.TYPE_DOUBLE: FIXED64, F.TYPE_FIXED64: FIXED64, F.TYPE_SFIXED64: FIXED64,
    F.TYPE_FLOAT: FIXED32, F.TYPE_FIXED32: FIXED32, F.TYPE_SFIXED32: FIXED32,
    F.TYPE_STRING: BYTES, F.TYPE_BYTES: BYTES, F.TYPE_MESSAGE: BYTES, F.TYPE_GROUP: START_GROUP,
}

FIXED = {
    FIXED64: [b"\0" * 8, struct.pack("<d", -0.0), struct.pack("<d", 1.5), struct.pack("<d", float("inf")), b"\xff" * 8],
    FIXED32: [b"\0" * 4, struct.pack("<f", -0.0), struct.pack("<f", 1.5), struct.pack("<f", float("inf")), b"\xff" * 4],
}

VARINTS = [0, 1, 2, 3, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]

TEXTS = ["", "a", "a\0b", "\0", "käse", "日本語", "🧀", "x" * 200, "\u2028", '"\\/']


# Well-known types whose values are not all fit for JSON, with some that are.
FIT = {
    "google.protobuf.Timestamp": [
        timestamp_pb2.Timestamp(seconds=seconds, nanos=nanos)
        for seconds in (-62135596800, -1, 0, 951782400, 253402300799) for nanos in (0, 1, 1_000, 20_000_000, 999_999_999)],
    "google.protobuf.Duration": [
        duration_pb2.Duration(seconds=sign * seconds, nanos=sign * nanos)
        for sign in (-1, 1) for seconds in (0, 1, 315576000000) for nanos in (0, 1, 1_000, 20_000_000)],
    "google.protobuf.FieldMask": [field_mask_pb2.FieldMask(paths=paths) for paths in ([], ["a"], ["foo_bar", "a.b_c1"])],
    "google.protobuf.Value": [
        struct_pb2.Value(null_value=0), struct_pb2.Value(number_value=-1.5), struct_pb2.Value(string_value="\0\u2028"),
        struct_pb2.Value(list_value=struct_pb2.ListValue(values=[struct_pb2.Value(bool_value=True)])),
        struct_pb2.Value(struct_value=struct_pb2.Struct(fields={"k": struct_pb2.Value(number_value=1e300)}))],
    "google.protobuf.Any": [],
}


class Wire:
    def __init__(self, source: random.Random, *, hostile: bool = False, fit_for_json: bool = False):
        self.random = source
        self.fit_for_json = fit_for_json
        # Whether there may be what not every reader has to accept, and what none may.
        self.hostile = hostile

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def varint(self, value: int) -> bytes:
        encoded = bytearray()
        while value >= 0x80:
            encoded.append(value & 0x7F | 0x80)
            value >>= 7
        encoded.append(value)
        if self.chance(30) and len(encoded) < 4:
            encoded[-1] |= 0x80
            encoded += b"\x80" * self.random.randrange(2) + b"\0"
        return bytes(encoded)

    def tag(self, number: int, wire_type: int) -> bytes:
        return self.varint(number << 3 | wire_type)

    def delimited(self, content: bytes) -> bytes:
        return self.varint(len(content)) + content

    def scalar(self, field) -> bytes:
        """A value of a field as its wire type has it, without the tag. A message's has no length yet."""
        wire_type = WIRE_TYPES.get(field.type, VARINT)
        if field.type == F.TYPE_BYTES:
            return self.random.choice([b"", b"\0", b"\xff\xfe", self.random.randbytes(self.random.randrange(40))])
        if field.type == F.TYPE_STRING:
            return b"a\xff" if self.hostile and self.chance(200) else self.random.choice(TEXTS).encode()
        if wire_type in FIXED:
            return self.random.choice([*FIXED[wire_type], self.random.randbytes(8 if wire_type == FIXED64 else 4)])
        if field.type == F.TYPE_ENUM and not self.chance(8):
            return self.varint(self.random.choice(field.enum_type.values).number % 2**64)
        return self.varint(self.random.choice([*VARINTS, self.random.getrandbits(64)]))

    def value(self, field, depth: int) -> bytes:
        """A field with one value."""
        if self.hostile and self.chance(60):
            return self.unknown(field.number, depth)
        if field.type == F.TYPE_MESSAGE:
            return self.tag(field.number, BYTES) + self.delimited(self.message(field.message_type, depth - 1))
        if field.type == F.TYPE_GROUP:
            content = self.message(field.message_type, depth - 1)
            return self.tag(field.number, START_GROUP) + content + self.tag(field.number, END_GROUP)
        wire_type = WIRE_TYPES.get(field.type, VARINT)
        if wire_type == BYTES:
            return self.tag(field.number, BYTES) + self.delimited(self.scalar(field))
        if field.is_repeated and self.chance(2):
            count = self.random.choice([0, 1, 2, 5, 20])
            packed = b"".join(self.scalar(field) for _ in range(count))
            if self.hostile and self.chance(200):
                packed += b"\x80"
            return self.tag(field.number, BYTES) + self.delimited(packed)
        return self.tag(field.number, wire_type) + self.scalar(field)

    def unknown(self, number: int, depth: int) -> bytes:
        wire_type = self.random.choice([VARINT, FIXED64, BYTES, FIXED32, START_GROUP])
        if wire_type == VARINT:
            return self.tag(number, VARINT) + self.varint(self.random.choice(VARINTS))
        if wire_type == BYTES:
            return self.tag(number, BYTES) + self.delimited(self.random.choice(TEXTS).encode())
        if wire_type in FIXED:
            return self.tag(number, wire_type) + self.random.choice(FIXED[wire_type])
        inner = b""
        if depth > 0:
            for _ in range(self.random.randrange(3)):
                inner += self.unknown(self.random.choice([1, 2, 15, 16, 2047, 2048, 2**29 - 1]), depth - 1)
        return self.tag(number, START_GROUP) + inner + self.tag(number, END_GROUP)

    def message(self, descriptor, depth: int) -> bytes:
        fields = descriptor.fields
        if self.fit_for_json and descriptor.full_name in FIT:
            examples = FIT[descriptor.full_name]
            return self.random.choice(examples).SerializeToString() if examples else b""
        if not fields or depth < 0:
            return b""
        # A few fields again and again: that is where merging shows.
        chosen = self.random.choices(fields, k=self.random.choice([0, 1, 2, 3, 6, 12]))
        chosen += self.random.choices(chosen, k=self.random.randrange(3)) if chosen else []
        self.random.shuffle(chosen)
        encoded = b""
        for field in chosen:
            if depth == 0 and field.message_type:
                continue
            encoded += self.value(field, depth)
            if self.chance(25):
                number = self.random.choice([15000, 18999, 2**29 - 1])
                encoded += self.unknown(number, 1)
        return encoded

    def damaged(self, encoded: bytes) -> bytes:
        """The bytes with a few of them changed, gone, doubled, or cut off."""
        content = bytearray(encoded)
        for _ in range(self.random.choice([1, 1, 2, 4])):
            if not content:
                return bytes([self.random.randrange(256)])
            place = self.random.randrange(len(content))
            match self.random.randrange(5):
                case 0: content[place] = self.random.randrange(256)
                case 1: content[place] ^= 1 << self.random.randrange(8)
                case 2: del content[place]
                case 3: content[place:place] = content[place:place + self.random.randrange(9)]
                case 4: del content[place:]
        return bytes(content)
