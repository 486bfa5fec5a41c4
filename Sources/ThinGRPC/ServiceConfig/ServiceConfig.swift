/// How a channel makes its calls and balances them: gRPC's service config.
///
/// Given to a channel by ``ChannelConfiguration/serviceConfig``, as a value or from the JSON that gRPC has for it:
///
/// ```swift
/// var configuration = ChannelConfiguration()
/// configuration.serviceConfig = try ServiceConfig(json: text)
/// ```
///
/// What it does not say costs nothing. <doc:Channels> tells of all of it.
public struct ServiceConfig: Hashable, Sendable {
  /// What holds for some methods each. No method may be named twice.
  public var methodConfigs: [MethodConfig] = []
  /// When calls are no longer made again because too many fail; nil, the default, for never.
  public var retryThrottling: RetryThrottling?
  /// How calls are shared out among the addresses of the target; nil, the default, is ``LoadBalancingPolicy/pickFirst``.
  public var loadBalancing: LoadBalancingPolicy?
  /// The service whose health is watched on each backend (gRFC A17); empty for the server as a whole. Nil, the default, watches
  /// none.
  ///
  /// A backend that says it is not serving gets no calls until it says otherwise. One that does not serve `grpc.health.v1.Health`
  /// counts as healthy. With ``LoadBalancingPolicy/pickFirst`` it has no effect.
  public var healthCheckServiceName: String?

  /// Makes a config that says nothing.
  public init() {}
}

/// What holds for the calls of some methods.
public struct MethodConfig: Hashable, Sendable {
  /// The methods; one that is named by itself has only what is said there.
  public var names: [MethodName]
  /// The longest that a call may take, more than zero. A shorter deadline of the call's own stands, and the channel's default
  /// gives way to this. Nil, the default, says nothing.
  public var timeout: Duration?
  /// Whether calls that do not say wait for a connection; nil, the default, says nothing.
  public var waitsForReady: Bool?
  /// The largest request, in bytes, if that is less than the channel's limit; nil, the default, says nothing.
  public var maxRequestMessageBytes: Int?
  /// The largest response, in bytes, if that is less than the channel's limit; nil, the default, says nothing.
  public var maxResponseMessageBytes: Int?
  /// When calls that failed are made again; nil, the default, for never. Not with a hedging policy.
  public var retryPolicy: RetryPolicy?
  /// When a call is made several times at once, for methods that are named by themselves; nil, the default, for never.
  public var hedgingPolicy: HedgingPolicy?

  /// Makes a config that says nothing of some methods.
  public init(_ names: MethodName...) {
    self.names = names
  }
}

/// A method, all of a service, or all there are.
public struct MethodName: Hashable, Sendable {
  /// The service's full name, such as `userservice.UserService`; nil for all.
  public let service: String?
  /// The method's name, such as `GetUser`; nil for all of the service.
  public let method: String?

  private init(service: String?, method: String?) {
    self.service = service
    self.method = method
  }

  /// Every method that no other name stands for.
  public static let all = MethodName(service: nil, method: nil)

  /// The methods of a service that are not named by themselves.
  public static func service(_ service: String) -> MethodName { MethodName(service: service, method: nil) }

  /// One method.
  public static func method(_ service: String, _ method: String) -> MethodName {
    MethodName(service: service, method: method)
  }

  /// One method.
  public static func method(_ method: MethodDescriptor) -> MethodName {
    MethodName(service: method.service, method: method.method)
  }

  /// As a call's path begins, by which the config of a call is found.
  var path: String { service.map { "/\($0)/\(method ?? "")" } ?? "" }
}
