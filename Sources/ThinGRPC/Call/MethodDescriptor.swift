package import GRPCRuntime

/// A method of a service: its name and which side streams. Generated code has one for each method.
public struct MethodDescriptor: Sendable {
  /// The service's full name, such as `userservice.UserService`.
  public let service: String
  /// The method's name, such as `GetUser`.
  public let method: String
  /// Which side streams.
  public let kind: MethodKind
  package let methodPath: MethodPath

  /// Describes a method.
  ///
  /// - Parameters:
  ///   - service: the service's full name, with its package.
  ///   - method: the method's name as the proto has it.
  ///   - kind: which side streams.
  public init(service: String, method: String, kind: MethodKind) {
    self.service = service
    self.method = method
    self.kind = kind
    methodPath = MethodPath("/\(service)/\(method)")
  }

  /// The path on the wire, such as `/userservice.UserService/GetUser`.
  public var path: String { methodPath.string }
}

/// Which side of a call sends a stream of messages.
public enum MethodKind: Hashable, Sendable {
  /// One message each way.
  case unary
  /// One request, many responses.
  case serverStreaming
  /// Many requests, one response.
  case clientStreaming
  /// Many messages both ways.
  case bidirectionalStreaming
}

extension MethodDescriptor: Hashable {
  /// Methods are equal when their paths and kinds are.
  public static func == (left: MethodDescriptor, right: MethodDescriptor) -> Bool {
    left.path == right.path && left.kind == right.kind
  }

  /// Hashes the path.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
  }
}
