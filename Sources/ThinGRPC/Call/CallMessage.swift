/// A value that calls can carry: it can be encoded to bytes and decoded from them.
///
/// Generated protobuf messages conform to it (module `ThinGRPCProtobuf`); conform your own type for any other
/// encoding.
public protocol CallMessage: Sendable {
  /// Decodes a received message.
  ///
  /// - Throws: `MessageCodingError` when the bytes are not a message of this type.
  init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError)

  /// Encodes the message for sending.
  ///
  /// - Throws: `MessageCodingError` when the value has no encoding, for example because it is too large.
  func encoded() throws(MessageCodingError) -> MessageBytes
}

/// Why a message could not be encoded or decoded.
public struct MessageCodingError: Error, Hashable, CustomStringConvertible {
  /// What is wrong, in one sentence without the message's contents.
  public let reason: String

  /// Makes an error.
  ///
  /// - Parameter reason: what is wrong; it may reach the other side of the call, so it must not tell the message's contents.
  public init(_ reason: String) {
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}
