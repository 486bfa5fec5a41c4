public import ThinGRPC
public import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes

extension RPCError {
  /// Makes an error with details, for a handler to throw.
  ///
  /// - Parameters:
  ///   - code: the status code.
  ///   - message: the status message, which the client sees.
  ///   - details: messages of any type; the client sees them too. One that cannot be encoded is left out, and the message says so.
  ///   - metadata: the trailing metadata to send along.
  public init(
    _ code: StatusCode, _ message: String, details: [any ProtobufMessage], metadata: Metadata = [:]
  ) {
    self.init(code, message, metadata: metadata)
    var encoded = StatusDetails()
    for detail in details {
      do throws(MessageCodingError) {
        try encoded.append(detail)
      } catch {
        self.message += " (a detail was left out: \(error))"
      }
    }
    self.details = encoded
  }

  /// The details that came, or are to go, with the status; empty where there are none.
  ///
  /// Those that cannot be read count as none: `StatusDetails(of:)` says why. Read anew each time. A server sends at most
  /// ``ServerConfiguration/maxStatusBytes`` with a status: it leaves out all details before it cuts the message, which then says so.
  public var details: StatusDetails {
    get { (try? StatusDetails(of: self)) ?? StatusDetails() }
    set {
      metadata.removeValues(forKey: StatusDetails.metadataKey)
      if newValue.isEmpty { return }
      let status = Status.with {
        $0.code = code.rawValue
        $0.message = message
        $0.details = newValue.packed
      }
      do throws(MessageCodingError) {
        metadata.add(try status.serializedBytes(), forKey: StatusDetails.metadataKey)
      } catch {
        message += " (the details were left out: \(error))"
      }
    }
  }
}

extension StatusDetails {
  /// The key of the trailing metadata that has the details: an encoded `google.rpc.Status`.
  public static let metadataKey = "grpc-status-details-bin"

  /// The details that came with an error; empty where none came.
  ///
  /// - Throws: `StatusDetailsError` where some came that cannot be read.
  public init(of error: RPCError) throws(StatusDetailsError) {
    let values = error.metadata.values(forKey: Self.metadataKey)
    guard values.count <= 1 else { throw .severalValues(values.count) }
    guard let bytes = error.metadata[binary: Self.metadataKey] else {
      self.init()
      return
    }
    let status: Status
    do throws(MessageCodingError) {
      status = try Status(serializedBytes: bytes)
    } catch {
      throw .malformed(error)
    }
    guard status.code == error.code.rawValue else { throw .otherCode(StatusCode(rawValue: status.code)) }
    self.init(status.details)
  }
}

/// Why the details of an error cannot be read.
public enum StatusDetailsError: Error, Hashable, Sendable {
  /// The bytes are no `google.rpc.Status`.
  case malformed(MessageCodingError)
  /// The details belong to another status: they state this code, and the call ended with another one.
  case otherCode(StatusCode)
  /// There are so many values where there can be one.
  case severalValues(Int)
}

extension StatusDetailsError: CustomStringConvertible {
  /// What is wrong, in a sentence.
  public var description: String {
    switch self {
    case .malformed(let error): "The status details are malformed: \(error)"
    case .otherCode(let code): "The status details are those of another status, \(code)"
    case .severalValues(let count): "There are status details \(count) times"
    }
  }
}
