import Foundation
import ThinGRPCCodeGen

// A protoc plugin: an encoded CodeGeneratorRequest comes on standard input, the response goes to standard output.
let request = try FileHandle.standardInput.readToEnd() ?? Data()
try FileHandle.standardOutput.write(contentsOf: Data(response(to: [UInt8](request))))
