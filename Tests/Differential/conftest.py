import os
import pathlib

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from testee import Testee

SETS = pathlib.Path(os.environ["FOREIGN_SETS"])

def bytes_for_strings(message):
    message.options.ClearField("map_entry")
    for field in message.field:
        if field.type == field.TYPE_STRING:
            field.type = field.TYPE_BYTES
    for nested in message.nested_type:
        bytes_for_strings(nested)


class ForeignSet:
    """The messages of a set, as Python's protobuf has them."""

    def __init__(self, descriptors: pathlib.Path):
        self.name = descriptors.stem
        self.pool = descriptor_pool.DescriptorPool()
        # The same types with bytes for strings and without maps, whose keys cannot be bytes: they take text that is not
        # UTF-8.
        self.lenient_pool = descriptor_pool.DescriptorPool()
        files = descriptor_pb2.FileDescriptorSet.FromString(descriptors.read_bytes()).file
        for file in files:
            self.pool.Add(file)
            lenient = descriptor_pb2.FileDescriptorProto()
            lenient.CopyFrom(file)
            for message in lenient.message_type:
                bytes_for_strings(message)
            self.lenient_pool.Add(lenient)
        self.types = {}
        for file in files:
            if file.package != "google.protobuf":
                for message in self.pool.FindFileByName(file.name).message_types_by_name.values():
                    self.add(message)

    def lenient(self, message_class):
        return message_factory.GetMessageClass(self.lenient_pool.FindMessageTypeByName(message_class.DESCRIPTOR.full_name))

    def add(self, descriptor):
        if descriptor.GetOptions().map_entry:
            return
        self.types[descriptor.full_name] = message_factory.GetMessageClass(descriptor)
        for nested in descriptor.nested_types:
            self.add(nested)


@pytest.fixture(scope="session", params=sorted(SETS.glob("*.binpb")), ids=lambda path: path.stem)
def foreign_set(request):
    return ForeignSet(request.param)


@pytest.fixture(scope="session")
def testee():
    program = Testee(os.environ["DIFFERENTIAL_TESTEE"])
    yield program
    program.close()
