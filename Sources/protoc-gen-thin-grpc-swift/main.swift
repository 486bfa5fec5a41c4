import Foundation
import ThinGRPCCodeGen

// A protoc plugin: an encoded CodeGeneratorRequest comes on standard input, the response goes to standard output.
let request = try FileHandle.standardInput.readToEnd() ?? Data()
let answer = response(to: [UInt8](request), readingModules: modules(at:))
try FileHandle.standardOutput.write(contentsOf: Data(answer))
