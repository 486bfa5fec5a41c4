/// How calls are shared out among the addresses of a channel's target.
public struct LoadBalancingPolicy: Hashable, Sendable {
  indirect enum Kind: Hashable {
    case pickFirst
    case roundRobin
    case outlierDetection(OutlierDetection, of: LoadBalancingPolicy)
  }
  let kind: Kind

  /// All calls go to the first address that can be connected to, in their order.
  public static let pickFirst = LoadBalancingPolicy(kind: .pickFirst)

  /// Calls go to each address in turn that is connected.
  public static let roundRobin = LoadBalancingPolicy(kind: .roundRobin)

  /// As `policy`, but without addresses whose calls fail far more often than those of others.
  public static func outlierDetection(
    _ detection: OutlierDetection, of policy: LoadBalancingPolicy = .roundRobin
  ) -> LoadBalancingPolicy {
    LoadBalancingPolicy(kind: .outlierDetection(detection, of: policy))
  }
}

/// When an address gets no calls for a while because its calls fail (gRFC A50).
///
/// Every `interval` the core looks at how the calls to each address have ended since. It does nothing without one of the two ways of
/// finding outliers.
public struct OutlierDetection: Hashable, Sendable {
  /// How often the core looks: 10 seconds. At least a millisecond.
  public var interval = Duration.seconds(10)
  /// How long an address is without calls, times how often in a row: 30 seconds.
  public var baseEjectionTime = Duration.seconds(30)
  /// The longest that it is without calls: 300 seconds.
  public var maxEjectionTime = Duration.seconds(300)
  /// How many of the addresses may be without calls at a time, in percent: 10. One may always be.
  public var maxEjectionPercent = 10
  /// Finds addresses with less success than the others; nil, the default, does not.
  public var successRateEjection: SuccessRate?
  /// Finds addresses with more failures than there may be; nil, the default, does not.
  public var failurePercentageEjection: FailurePercentage?

  /// Makes settings that find nothing yet.
  public init() {}

  /// Which addresses have less success than the others.
  public struct SuccessRate: Hashable, Sendable {
    /// How far below the mean of all, in thousandths of the standard deviation: 1900.
    public var stdevFactor = 1900
    /// How likely it then is that an address is without calls, in percent: 100.
    public var enforcementPercentage = 100
    /// How many addresses there have to be with enough calls: 5.
    public var minimumHosts = 5
    /// How many calls of an interval are enough: 100.
    public var requestVolume = 100

    /// Makes settings that are all at their defaults.
    public init() {}
  }

  /// Which addresses have more failures than there may be.
  public struct FailurePercentage: Hashable, Sendable {
    /// How many calls may fail, in percent: 85.
    public var threshold = 85
    /// How likely it then is that an address is without calls, in percent: 100.
    public var enforcementPercentage = 100
    /// How many addresses there have to be with enough calls: 5.
    public var minimumHosts = 5
    /// How many calls of an interval are enough: 50.
    public var requestVolume = 50

    /// Makes settings that are all at their defaults.
    public init() {}
  }
}
