"""Random bytes in the wire format for a type: fields in any order and number, packed or not, in pieces, overlong,
unknown, of another wire type than theirs, and now and then malformed. What they mean, Python's protobuf says.

Hypothesis draws them, and finds the smallest that fails. What is first among the choices here is the simplest."""

import functools
import struct

from google.protobuf import duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2
from google.protobuf.descriptor import FieldDescriptor as F
from hypothesis import strategies as st

VARINT, FIXED64, BYTES, START_GROUP, END_GROUP, FIXED32 = range(6)

WIRE_TYPES = {
    F.TYPE_DOUBLE: FIXED64, F.TYPE_FIXED64: FIXED64, F.TYPE_SFIXED64: FIXED64,
    F.TYPE_FLOAT: FIXED32, F.TYPE_FIXED32: FIXED32, F.TYPE_SFIXED32: FIXED32,
    F.TYPE_STRING: BYTES, F.TYPE_BYTES: BYTES, F.TYPE_MESSAGE: BYTES, F.TYPE_GROUP: START_GROUP,
}

FIXED = {
    # Nothing stands for anything else.
    FIXED64: [b"\0" * 8, struct.pack("<d", -0.0), struct.pack("<d", 1.5), struct.pack("<d", float("inf")), b"\xff" * 8, b""],
    FIXED32: [b"\0" * 4, struct.pack("<f", -0.0), struct.pack("<f", 1.5), struct.pack("<f", float("inf")), b"\xff" * 4, b""],
}



def varint(value: int, superfluous: int = 0) -> bytes:
    """A number in groups of seven bits, with some of zeros that need not be there."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    if superfluous:
        encoded[-1] |= 0x80
        encoded += b"\x80" * (superfluous - 1) + b"\0"
    return bytes(encoded)


VARINTS = [varint(value) for value in (
    0, 1, 2, 3, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1)] + [b"\x80\0", b"\x81\x80\0"]

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
FIT = {name: [message.SerializeToString() for message in messages] for name, messages in FIT.items()}


# Of each strategy there is one: to make them takes longer than to draw from them.
choice_of = functools.cache(st.sampled_from)
below = functools.cache(lambda bound: st.integers(0, bound - 1))
binary = functools.cache(lambda least, most: st.binary(min_size=least, max_size=most))
BITS = st.integers(0, 2**64 - 1)


@st.composite
def messages(draw, descriptor, depth: int, **options) -> bytes:
    """Messages of a type, nested so deep at most; the options are those of `Wire`."""
    return Wire(draw, **options).message(descriptor, depth)


@st.composite
def damaged_messages(draw, descriptor, depth: int) -> bytes:
    """Messages with a few bytes changed, gone, doubled, or cut off."""
    wire = Wire(draw)
    return wire.damaged(wire.message(descriptor, depth))


class Wire:
    def __init__(self, draw, *, hostile: bool = False, fit_for_json: bool = False):
        self.draw = draw
        self.fit_for_json = fit_for_json
        # Whether there may be what not every reader has to accept, and what none may.
        self.hostile = hostile

    def choice(self, *choices):
        return self.draw(choice_of(choices))

    def chance(self, one_in: int) -> bool:
        return self.draw(below(one_in)) == one_in - 1

    def varint(self, value: int) -> bytes:
        """A tag or a length, now and then longer than it need be. No reader has to take more than five bytes."""
        return varint(value, self.choice(0, 1, 2) if value < 2**21 and self.chance(30) else 0)

    def tag(self, number: int, wire_type: int) -> bytes:
        return self.varint(number << 3 | wire_type)

    def delimited(self, content: bytes) -> bytes:
        return self.varint(len(content)) + content

    def scalar(self, field) -> bytes:
        """A value of a field as its wire type has it, without the tag. A message's has no length yet."""
        wire_type = WIRE_TYPES.get(field.type, VARINT)
        if field.type == F.TYPE_BYTES:
            return self.draw(binary(0, 40))
        if field.type == F.TYPE_STRING:
            return b"a\xff" if self.hostile and self.chance(200) else self.choice(*TEXTS).encode()
        if wire_type in FIXED:
            byte_count = 8 if wire_type == FIXED64 else 4
            return self.choice(*FIXED[wire_type]) or self.draw(binary(byte_count, byte_count))
        if field.type == F.TYPE_ENUM and not self.chance(8):
            return self.choice(*(varint(value.number % 2**64) for value in field.enum_type.values))
        return self.choice(*VARINTS, b"") or varint(self.draw(BITS))

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
            packed = b"".join(self.scalar(field) for _ in range(self.choice(0, 1, 2, 5, 20)))
            if self.hostile and self.chance(200):
                packed += b"\x80"
            return self.tag(field.number, BYTES) + self.delimited(packed)
        return self.tag(field.number, wire_type) + self.scalar(field)

    def unknown(self, number: int, depth: int) -> bytes:
        wire_type = self.choice(VARINT, FIXED64, BYTES, FIXED32, START_GROUP)
        if wire_type == VARINT:
            return self.tag(number, VARINT) + self.choice(*VARINTS)
        if wire_type == BYTES:
            return self.tag(number, BYTES) + self.delimited(self.choice(*TEXTS).encode())
        if wire_type in FIXED:
            return self.tag(number, wire_type) + self.choice(*filter(None, FIXED[wire_type]))
        inner = b""
        if depth > 0:
            for _ in range(self.draw(below(3))):
                inner += self.unknown(self.choice(1, 2, 15, 16, 2047, 2048, 2**29 - 1), depth - 1)
        return self.tag(number, START_GROUP) + inner + self.tag(number, END_GROUP)

    def message(self, descriptor, depth: int) -> bytes:
        if self.fit_for_json and descriptor.full_name in FIT:
            examples = FIT[descriptor.full_name]
            return self.choice(*examples) if examples else b""
        fields = [field for field in descriptor.fields if depth > 0 or not field.message_type]
        if not fields or depth < 0:
            return b""
        # A few fields again and again: that is where merging shows.
        few = [self.choice(*fields) for _ in range(self.choice(1, 2, 3, 4))]
        encoded = b""
        for _ in range(self.choice(0, 1, 2, 3, 4, 6)):
            encoded += self.value(self.choice(*few), depth)
        if self.chance(10):
            encoded += self.unknown(self.choice(15000, 18999, 2**29 - 1), 1)
        return encoded

    def damaged(self, encoded: bytes) -> bytes:
        content = bytearray(encoded)
        for _ in range(self.choice(1, 2, 4)):
            if not content:
                return self.draw(binary(1, 1))
            place = self.draw(below(len(content)))
            match self.draw(below(5)):
                case 0: content[place] = self.draw(below(256))
                case 1: content[place] ^= 1 << self.draw(below(8))
                case 2: del content[place]
                case 3: content[place:place] = content[place:place + self.draw(below(9))]
                case 4: del content[place:]
        return bytes(content)
