// What the decoding of hostile input takes at its peak, as the system sees it: in a process of its own, so that nothing else counts.
//
//   decoding-memory              the kinds of input, a line each
//   decoding-memory KIND BYTES   decodes so much of a kind, and prints the memory it took in bytes, and what came of it
import Foundation
import ThinGRPC

private let arguments = CommandLine.arguments.dropFirst()

private func write(_ text: String, to file: FileHandle) {
  file.write(Data((text + "\n").utf8))
}

if arguments.isEmpty {
  for input in HostileInput.all { write(input.name, to: .standardOutput) }
  exit(0)
}
guard arguments.count == 2, let input = HostileInput.all.first(where: { $0.name == arguments.first }),
  let byteCount = arguments.last.flatMap({ Int($0) })
else {
  write("decoding-memory: KIND BYTES are expected, or nothing", to: .standardError)
  exit(64)
}

let bytes = input.bytes(byteCount)
// Tables are made when a type is first used, and the thread gets its arena: neither is of the input.
_ = try? input.decode(input.bytes(64))
let memory = try PeakMemory()
let outcome: String
do {
  outcome = try withExtendedLifetime(input.decode(bytes)) { "decoded" }
} catch let error as MessageCodingError {
  outcome = "refused: \(error)"
}
try write("\(memory.growth()) \(outcome)", to: .standardOutput)
