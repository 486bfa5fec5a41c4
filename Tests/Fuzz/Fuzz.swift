import Foundation
import GoldenProtos
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The program's entry, by the name that the package manager gives it: libFuzzer reads the arguments and runs.
@_cdecl("message_fuzzer_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var count = count
  var arguments = unsafe arguments
  return unsafe runDriver(&count, &arguments) { start, count in
    chosen(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
}

/// `FUZZ_TARGET` says which message the input is for, and in which form.
private let chosen: @Sendable ([UInt8]) -> Void = {
  let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "user": { checkBinary(User.self, $0) },
    "tree": { checkBinary(Tree.self, $0) },
    "maps": { checkBinary(Maps.self, $0) },
    "grouped": { checkBinary(Grouped.self, $0) },
    "closed": { checkBinary(Closed.self, $0) },
    "json": { checkJSON($0) },
    "text": { checkText($0) },
  ]
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let target = targets[name] else {
    fatalError("FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: ", "))")
  }
  return target
}()

/// What is decoded can be encoded, and means the same when it is decoded again.
private func checkBinary<Message: ProtobufMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
  guard let message = try? Message(serializedBytes: bytes) else { return }
  guard let encoded = try? message.serializedBytes() else {
    fatalError("A decoded \(Message.protoTypeName) cannot be encoded")
  }
  guard let again = try? Message(serializedBytes: encoded), let reencoded = try? again.serializedBytes()
  else {
    fatalError("An encoded \(Message.protoTypeName) cannot be decoded")
  }
  // Not the values: no number equals itself that is none. Maps have no order, so the sizes are compared.
  guard reencoded.count == encoded.count else {
    fatalError("A \(Message.protoTypeName) is another after it was encoded")
  }
}

/// What is read from JSON can be written, and the same is read again.
private func checkJSON(_ bytes: [UInt8]) {
  let reading = JSONDecodingOptions(ignoresUnknownFields: true, types: .wellKnownTypes)
  guard let order = try? Order(jsonBytes: bytes, options: reading) else {
    return checkTree(bytes)
  }
  guard let written = try? order.jsonBytes(options: JSONEncodingOptions(types: .wellKnownTypes)) else {
    // Numbers that are none, and times out of range, have no form in JSON.
    return
  }
  guard let again = try? Order(jsonBytes: written, options: reading), again == order else {
    fatalError("What was written as JSON is not what was read")
  }
}

private func checkTree(_ bytes: [UInt8]) {
  guard let tree = try? Tree(jsonBytes: bytes) else { return }
  guard let written = try? tree.jsonBytes(), let again = try? Tree(jsonBytes: written), again == tree else {
    fatalError("What was written as JSON is not what was read")
  }
}

/// The same with the text format.
private func checkText(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let message = try? Grouped(textFormatString: text) else { return }
  guard let written = try? message.textFormatString(), let again = try? Grouped(textFormatString: written),
    again == message
  else { fatalError("What was written as text is not what was read") }
}
