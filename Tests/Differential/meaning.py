"""What a message says, in a form that can be compared: unknown fields count by their values, not by how long their
varints were written, and in the order of each number alone."""

from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.unknown_fields import UnknownFieldSet


def unknown(fields: UnknownFieldSet):
    by_number = {}
    for field in fields:
        data = field.data
        value = unknown(data) if isinstance(data, UnknownFieldSet) else data
        by_number.setdefault(field.field_number, []).append((field.wire_type, value))
    return sorted(by_number.items())


def all_unknown(message, path=()):
    """The unknown fields of the message and of those within it, with where they are."""
    found = [(path, unknown(UnknownFieldSet(message)))]
    for field, value in message.ListFields():
        if field.type not in (F.TYPE_MESSAGE, F.TYPE_GROUP):
            continue
        if not field.is_repeated:
            found += all_unknown(value, (*path, field.number))
        elif field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type:
                for key in sorted(value):
                    found += all_unknown(value[key], (*path, field.number, key))
        else:
            for index, element in enumerate(value):
                found += all_unknown(element, (*path, field.number, index))
    return found


def is_lenient(message) -> bool:
    """Whether Python's protobuf made something of its own of the bytes: it takes fields with the number 0 inside an unknown
    group, which no field can have, and leaves entries of maps unread when they have unknown fields."""
    def has_zero(fields):
        return any(number == 0 or any(isinstance(value, list) and has_zero(value) for _, value in values)
                   for number, values in fields)

    unread = UnknownFieldSet(message)
    maps = {field.number for field in message.DESCRIPTOR.fields
            if field.message_type and field.message_type.GetOptions().map_entry}
    if has_zero(unknown(unread)) or any(field.field_number in maps for field in unread):
        return True
    return any(is_lenient(inner) for inner in messages_within(message))


def messages_within(message):
    for field, value in message.ListFields():
        if field.type not in (F.TYPE_MESSAGE, F.TYPE_GROUP):
            continue
        if not field.is_repeated:
            yield value
        elif not field.message_type.GetOptions().map_entry:
            yield from value
        elif field.message_type.fields_by_name["value"].message_type:
            yield from value.values()


def meaning(message):
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return known.SerializePartialToString(deterministic=True), all_unknown(message)
