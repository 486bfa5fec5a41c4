import Foundation
import ThinGRPCCodeGen
import ThinGRPCVersion

let name = "protoc-gen-thin-grpc-swift"
let usage = """
  \(name) is a plugin of protoc, which writes Swift for .proto files:

    protoc --plugin=\(name) --thin-grpc-swift_out=FOLDER FILE.proto

  It reads an encoded CodeGeneratorRequest from standard input and writes the response to standard output. Options of its
  own are --version and --help. Exit codes: 0 done, 64 bad usage, 66 the request cannot be read, 74 the response cannot
  be written.

  """

/// Ends the program, with a line on standard error.
func fail(_ message: String, code: Int32) -> Never {
  try? FileHandle.standardError.write(contentsOf: Data("\(name): \(message)\n".utf8))
  exit(code)
}

func write(_ bytes: some Sequence<UInt8>) {
  do { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch {
    fail("cannot write the response: \(error.localizedDescription)", code: 74)
  }
}

switch Array(CommandLine.arguments.dropFirst()) {
case []: break
case ["--version"]:
  write("\(name) \(thinGRPCVersion)\n".utf8)
  exit(0)
case ["--help"], ["-h"]:
  write(usage.utf8)
  exit(0)
default: fail("unknown arguments; --help says more", code: 64)
}
if isatty(STDIN_FILENO) == 1 { fail("this is a plugin of protoc; --help says more", code: 64) }

do {
  let request = try FileHandle.standardInput.readToEnd() ?? Data()
  write(response(to: [UInt8](request), readingModules: modules(at:)))
} catch {
  fail("cannot read the request: \(error.localizedDescription)", code: 66)
}
