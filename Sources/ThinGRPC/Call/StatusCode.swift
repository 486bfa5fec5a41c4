/// The outcome of a call, as gRPC's status codes number it.
///
/// Open: a code that this version does not know keeps its number.
public struct StatusCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: Int32

  /// Makes the code with a number, known to gRPC or not.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The call succeeded.
  public static let ok = StatusCode(rawValue: 0)
  /// The call was cancelled, most often by its caller.
  public static let cancelled = StatusCode(rawValue: 1)
  /// The error has no code of its own, for example because a handler threw something other than an `RPCError`.
  public static let unknown = StatusCode(rawValue: 2)
  /// The request is wrong whatever the state of the system.
  public static let invalidArgument = StatusCode(rawValue: 3)
  /// The deadline passed before the call ended.
  public static let deadlineExceeded = StatusCode(rawValue: 4)
  /// What was asked for does not exist.
  public static let notFound = StatusCode(rawValue: 5)
  /// What was to be made exists already.
  public static let alreadyExists = StatusCode(rawValue: 6)
  /// The caller is known, and may not do this.
  public static let permissionDenied = StatusCode(rawValue: 7)
  /// A quota, a size limit or room ran out.
  public static let resourceExhausted = StatusCode(rawValue: 8)
  /// The system is not in the state that the call needs.
  public static let failedPrecondition = StatusCode(rawValue: 9)
  /// The call lost against a concurrent one.
  public static let aborted = StatusCode(rawValue: 10)
  /// Past the end of what there is.
  public static let outOfRange = StatusCode(rawValue: 11)
  /// The server does not have the method.
  public static let unimplemented = StatusCode(rawValue: 12)
  /// Something that should always hold is broken.
  public static let internalError = StatusCode(rawValue: 13)
  /// The server cannot be reached, or not now; the call may be tried again.
  public static let unavailable = StatusCode(rawValue: 14)
  /// Data is lost or corrupt.
  public static let dataLoss = StatusCode(rawValue: 15)
  /// The caller is not known.
  public static let unauthenticated = StatusCode(rawValue: 16)

  private static let names = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]
}

extension StatusCode {
  /// The code with one of gRPC's names, such as `NOT_FOUND`.
  init?(name: String) {
    guard let index = Self.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: Int32(index))
  }
}

extension StatusCode: CustomStringConvertible {
  /// gRPC's name of the code, such as `NOT_FOUND`; an unknown code is told by its number.
  public var description: String {
    Self.names.indices.contains(Int(rawValue)) ? Self.names[Int(rawValue)] : "CODE_\(rawValue)"
  }
}
