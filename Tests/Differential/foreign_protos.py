"""The protos that nobody here wrote, as sets of descriptors: one set becomes one Swift module.

    foreign_protos.py PACKAGES OUTPUT [--all]

PACKAGES is the folder where pip put what protos.txt pins. OUTPUT gets a file NAME.binpb for each set, a FileDescriptorSet
with all that the set imports. Without --all, Envoy's is a part of it.
"""

import ast
import pathlib
import re
import subprocess
import sys

from google.protobuf import descriptor_pb2

# Debian's package grpc-proto.
GRPC_PROTO = pathlib.Path("/usr/share/grpc-proto")

# What of Envoy's 770 files is enough for every day, with all that it imports: the resources that a proxy is configured
# with, and the expressions' own test messages, which are proto2 too.
ENVOY = ("envoy/config/cluster/v3/", "envoy/config/bootstrap/v3/", "envoy/service/discovery/v3/", "cel/expr/conformance/")

# What protoc brings along. The messages of the well-known types are part of ThinGRPCProtobuf.
INCLUDE = pathlib.Path("/usr/include")


def python_descriptors(packages: pathlib.Path, *folders: str) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    """The descriptors that generated Python modules carry, by the names of their files. No module is imported: the
    older ones cannot be, with a protobuf of today."""
    found = {}
    for folder in folders:
        for module in sorted((packages / folder).rglob("*_pb2.py")):
            for serialized in serialized_files(module.read_text()):
                file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
                found[file.name] = file
    return found


def serialized_files(source: str):
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name == "AddSerializedFile":
            yield ast.literal_eval(node.args[0])
        # As protoc wrote it before version 3.20.
        for keyword in node.keywords:
            if name == "FileDescriptor" and keyword.arg == "serialized_pb":
                value = keyword.value
                if isinstance(value, ast.Call):
                    yield ast.literal_eval(value.args[0]).encode("latin1")
                else:
                    yield ast.literal_eval(value)


def compiled(roots: list[pathlib.Path], *folders: pathlib.Path) -> descriptor_pb2.FileDescriptorSet:
    """The .proto files in folders of the first root, with their comments. grpc's `meshca` imports envoy's."""
    paths = [path for folder in folders for path in folder.rglob("*.proto")]
    names = sorted(str(path.relative_to(roots[0])) for path in paths if "meshca" not in path.parts)
    output = subprocess.run(
        ["protoc", *(f"-I{root}" for root in roots), "--include_imports", "--include_source_info", "-o/dev/stdout", *names],
        check=True, stdout=subprocess.PIPE).stdout
    return descriptor_pb2.FileDescriptorSet.FromString(output)


def linked(files: dict[str, descriptor_pb2.FileDescriptorProto]) -> descriptor_pb2.FileDescriptorSet:
    """The files after what they import."""
    result = descriptor_pb2.FileDescriptorSet()
    done = set()

    def add(name):
        if name in done:
            return
        done.add(name)
        for dependency in files[name].dependency:
            add(dependency)
        result.file.append(files[name])

    for name in sorted(files):
        add(name)
    return result


def prefix(package: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[._]", package))


def with_prefixes(files: descriptor_pb2.FileDescriptorSet) -> descriptor_pb2.FileDescriptorSet:
    """One module has one namespace: the types of each package begin with its name."""
    for file in files.file:
        if file.package != "google.protobuf":
            file.options.swift_prefix = prefix(file.package)
    return files


def reachable(files: descriptor_pb2.FileDescriptorSet, *folders: str) -> descriptor_pb2.FileDescriptorSet:
    """The files in the folders, and what they import."""
    wanted = set()
    # What imports comes after what is imported.
    for file in reversed(files.file):
        if file.name in wanted or file.name.startswith(folders):
            wanted.update([file.name, *file.dependency])
    return descriptor_pb2.FileDescriptorSet(file=[file for file in files.file if file.name in wanted])


def all_sets(packages: pathlib.Path, everything: bool) -> dict[str, descriptor_pb2.FileDescriptorSet]:
    well_known = {file.name: file for file in compiled([INCLUDE], INCLUDE / "google/protobuf").file}
    google = [packages, INCLUDE]
    envoy = with_prefixes(linked(
        python_descriptors(packages, "google", "opentelemetry", "envoy", "udpa", "validate", "xds", "cel", "opencensus")
        | well_known))
    return {
        "googleapis": with_prefixes(compiled(google, packages / "google")),
        "grpc": with_prefixes(compiled([GRPC_PROTO, *google], GRPC_PROTO / "grpc")),
        "grpcio": linked(well_known | python_descriptors(packages, "grpc_channelz", "grpc_health")),
        "reflection": linked(well_known | python_descriptors(packages, "grpc_reflection")),
        "etcd": linked(well_known | python_descriptors(packages, "etcd3")),
        "opentelemetry": with_prefixes(linked(well_known | python_descriptors(packages, "opentelemetry"))),
        "envoy": envoy if everything else reachable(envoy, *ENVOY),
    }


if __name__ == "__main__":
    packages, output = map(pathlib.Path, sys.argv[1:3])
    for name, files in all_sets(packages, everything=sys.argv[3:] == ["--all"]).items():
        (output / f"{name}.binpb").write_bytes(files.SerializeToString())
