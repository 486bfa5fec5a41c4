public import ThinGRPC

/// A message generated from a .proto file: a plain value that is encoded and decoded by libprotobuf-c.
public protocol ProtobufMessage: CallMessage, FieldValue, CustomDebugStringConvertible {
  /// A message with no field set.
  init()

  /// Fields that the message was received with and its type does not know; they are encoded with the others.
  var unknownFields: UnknownFields { get set }

  /// The table by which the message is coded. For generated code.
  static var layout: MessageLayout { get }

  /// Reads the fields out of an unpacked image. For generated code.
  init(reading reader: MessageReader)

  /// Writes the fields into an image for packing. For generated code.
  func write(to writer: MessageWriter)
}

extension ProtobufMessage {
  /// The message's full name in the .proto file.
  public static var protoTypeName: String { layout.name }

  /// Makes a message and sets its fields in one expression.
  ///
  /// - Throws: what `populate` throws.
  @inlinable public static func with<Failure: Error>(
    _ populate: (inout Self) throws(Failure) -> Void
  ) throws(Failure) -> Self {
    var message = Self()
    try populate(&message)
    return message
  }
}
