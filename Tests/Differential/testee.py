"""The Swift program that decodes and encodes: Google's conformance protocol over a pipe, with the foreign messages."""

import pathlib
import struct
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTOS = pathlib.Path(__file__).resolve().parents[1] / "Conformance/protos"


def conformance_classes():
    with tempfile.NamedTemporaryFile() as output:
        subprocess.run(
            ["protoc", f"-I{PROTOS}", f"-o{output.name}", "conformance/conformance.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(output.read()).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(f"conformance.{name}"))
            for name in ("ConformanceRequest", "ConformanceResponse")]


Request, Response = conformance_classes()
PROTOBUF, JSON, TEXT_FORMAT = 1, 2, 4


class Differs(Exception):
    """What Swift makes otherwise of a message than Python."""


class Testee:
    """A running testee. Where one dies of a message, the next one takes its place."""

    def __init__(self, program: str):
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answer(self, message_type: str, output: int = PROTOBUF, **payload):
        """What the testee makes of a payload: `protobuf_payload`, `json_payload` or `text_payload`."""
        request = Request(message_type=message_type, requested_output_format=output, test_category=1, **payload)
        encoded = request.SerializeToString()
        self.process.stdin.write(struct.pack("<I", len(encoded)) + encoded)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        if len(head) < 4:
            code = self.process.wait()
            self.start()
            raise Differs(f"the testee died with {code} of {payload}")
        return Response.FromString(self.process.stdout.read(struct.unpack("<I", head)[0]))

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0
