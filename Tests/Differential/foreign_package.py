"""Writes a Swift package with the generated code of the foreign protos and a testee that answers for all their messages.

    foreign_package.py REPOSITORY PLUGIN SETS PACKAGE

SETS is what foreign_protos.py wrote. The testee is the one of the conformance suite, with other messages.
"""

import pathlib
import re
import shutil
import subprocess
import sys

from google.protobuf import descriptor_pb2

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let runtime: [Target.Dependency] = [
  .product(name: "ThinGRPC", package: "ThinGRPC"), .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
]
let sets = [SETS]

let package = Package(
  name: "foreign-protos",
  dependencies: [.package(name: "ThinGRPC", path: "REPOSITORY")],
  targets: sets.map { .target(name: $0, dependencies: runtime, swiftSettings: settings) } + [
    .target(name: "ConformanceProtos", dependencies: runtime, swiftSettings: settings),
    .executableTarget(
      name: "differential-testee", dependencies: runtime + ["ConformanceProtos"] + sets.map { .byName(name: $0) },
      swiftSettings: settings),
  ]
)
"""

# Where a message's coding is, behind the type's name in Swift.
CODING = re.compile(r"^extension (\S+) \{\n  public static let layout = MessageLayout\(", re.MULTILINE)


def module_name(name: str) -> str:
    return f"{name.capitalize()}Protos"


def write(path: pathlib.Path, text: str):
    """A file that stays the same is left alone, so that nothing is compiled again for it."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def generate(name: str, descriptors: pathlib.Path, plugin: str, folder: pathlib.Path):
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors.read_bytes()).file
    names = [file.name for file in files if file.package != "google.protobuf"]
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    subprocess.run(
        ["protoc", f"--descriptor_set_in={descriptors}", f"--plugin=protoc-gen-thin-grpc-swift={plugin}",
         # SwiftPM wants each file of a module to have a name of its own, whatever folder it is in.
         "--thin-grpc-swift_opt=FileNaming=PathToUnderscores", f"--thin-grpc-swift_out={fresh}", *names], check=True)
    generated = {path.relative_to(fresh): path.read_text() for path in fresh.rglob("*.swift")}
    shutil.rmtree(fresh)
    types = sorted(match for text in generated.values() for match in CODING.findall(text))
    # One statement a type: the compiler takes long over a long literal.
    lines = ["public import ThinGRPCProtobuf", "",
             f"public func add{module_name(name)}(to types: inout [any ProtobufMessage.Type]) {{"]
    lines += [f"  types.append({type}.self)" for type in types]
    generated[pathlib.Path("Types.swift")] = "\n".join([*lines, "}", ""])
    for path in folder.rglob("*.swift"):
        if path.relative_to(folder) not in generated:
            path.unlink()
    for path, text in generated.items():
        write(folder / path, text)


def testee(repository: pathlib.Path, modules: list[str], sources: pathlib.Path):
    for path in (repository / "Sources/conformance-testee").glob("*.swift"):
        if path.name != "TestMessages.swift":
            write(sources / "differential-testee" / path.name, path.read_text())
    for path in (repository / "Tests/Conformance/Messages/conformance").glob("*.swift"):
        write(sources / "ConformanceProtos" / path.name, path.read_text())
    imports = "".join(f"import {module}\n" for module in modules)
    calls = "".join(f"  add{module}(to: &types)\n" for module in modules)
    write(sources / "differential-testee/TestMessages.swift",
          f"{imports}import ThinGRPCProtobuf\nimport ThinGRPCWellKnownTypes\n\n"
          "/// All messages of the foreign protos.\n"
          "let testMessages: TypeRegistry = {\n"
          f"  var types: [any ProtobufMessage.Type] = []\n{calls}  return .wellKnownTypes.adding(types)\n}}()\n")


def main(repository: pathlib.Path, plugin: str, sets: pathlib.Path, package: pathlib.Path):
    sources = package / "Sources"
    modules = []
    for descriptors in sorted(sets.glob("*.binpb")):
        modules.append(module_name(descriptors.stem))
        generate(descriptors.stem, descriptors, plugin, sources / modules[-1])
    for folder in sources.iterdir():
        if folder.name.endswith("Protos") and folder.name not in [*modules, "ConformanceProtos"]:
            shutil.rmtree(folder)
    testee(repository, modules, sources)
    quoted = ", ".join(f'"{module}"' for module in modules)
    write(package / "Package.swift",
          MANIFEST.replace("SETS", quoted).replace("REPOSITORY", str(repository)))


if __name__ == "__main__":
    repository, plugin, sets, package = sys.argv[1:]
    main(pathlib.Path(repository).resolve(), plugin, pathlib.Path(sets), pathlib.Path(package))
