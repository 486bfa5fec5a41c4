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

  /// The names of the fields that lead to what is wrong, the outermost first; empty where that is not known.
  public let fieldPath: [String]

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - reason: what is wrong; it may reach the other side of the call, so it must not tell the message's contents.
  ///   - fieldPath: the names of the fields that lead there, the outermost first.
  public init(_ reason: String, fieldPath: [String] = []) {
    self.reason = reason
    self.fieldPath = fieldPath
  }

  /// The reason, with the field where that is known.
  public var description: String {
    fieldPath.isEmpty ? reason : "\(reason) (in the field \(fieldPath.joined(separator: ".")))"
  }
}

// Coding, for the asynchronous functions that carry messages. Never inlined into them: their frames come from the task's
// own stack, which would take a block of memory more for the temporaries of coding.

extension CallMessage {
  /// Decodes a received message; bytes that are none end the call with `internalError`.
  @inlinable @inline(never)
  init(received bytes: consuming MessageBytes) throws(RPCError) {
    do {
      self = try Self(decoding: bytes)
    } catch {
      throw RPCError(error)
    }
  }

  /// Encodes a message to send; a failure is the caller's to see as the call's.
  @inlinable @inline(never)
  func bytesToSend() throws(RPCError) -> MessageBytes {
    do {
      return try encoded()
    } catch {
      throw RPCError(error)
    }
  }
}
