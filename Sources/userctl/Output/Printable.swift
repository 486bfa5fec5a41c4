internal import Foundation
internal import ThinGRPC
internal import ThinGRPCProtobuf

/// What a command can print, as text for people or as one JSON object.
protocol Printable {
  /// One line, or several.
  var text: String { get }

  /// One line, in UTF-8.
  ///
  /// - Throws: `CommandError` for what has no form in JSON.
  func json() throws(CommandError) -> [UInt8]
}

/// Messages are printed by protobuf's own mapping. Fields that have their default are in it too, so that a script finds each.
extension Printable where Self: ProtobufMessage {
  func json() throws(CommandError) -> [UInt8] {
    do throws(MessageCodingError) {
      return try jsonBytes(options: JSONEncodingOptions(includesDefaultValues: true))
    } catch {
      throw .senselessAnswer("the server's answer has no form in JSON: \(error)")
    }
  }
}

/// What is no message.
extension Printable where Self: Encodable {
  func json() throws(CommandError) -> [UInt8] {
    do {
      return try Array(encoder.encode(self))
    } catch {
      throw .unwritable("cannot write the output: \(error)")
    }
  }
}

private let encoder = {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return encoder
}()
