internal import ThinGRPCJSON

extension ServiceConfigReading {
  /// Policies that the core has, and that no service config can have: it would end the process, or have no address to call.
  private static let unusable = [
    "ring_hash_experimental": "ends the process in this core unless xDS configures it",
    "weighted_target_experimental": "has addresses only where xDS hands them out",
    "priority_experimental": "has addresses only where xDS hands them out",
    "xds_cluster_impl_experimental": "is for xDS alone",
    "xds_cluster_manager_experimental": "is for xDS alone",
    "xds_cluster_resolver_experimental": "is for xDS alone",
    "cds_experimental": "ends the process in this core unless xDS configures it",
    "xds_wrr_locality_experimental": "is for xDS alone",
    "rls_experimental": "is not supported", "rls": "is not supported",
    "grpclb": "is not supported",
  ]

  /// The first policy of a list that is known; those before it are passed over, which is what the list is for.
  func loadBalancing(_ field: JSONField) throws(JSONError) -> LoadBalancingPolicy {
    var unknown: [String] = []
    for element in try field.array() {
      let members = try element.object().members
      guard let member = members.first, members.count == 1 else {
        throw element.problem("has \(members.count) policies, and not one")
      }
      let settings = JSONField(value: member.value, path: JSONPath.of(member.name, in: element.path))
      if let policy = try policy(member.name, settings) { return policy }
      unknown.append(member.name)
    }
    if unknown.isEmpty { throw field.problem("has no policy") }
    throw field.problem("has no policy that is known: \(unknown.joined(separator: ", "))")
  }

  /// A policy by its name alone, in the form that gRPC had before.
  func policy(named field: JSONField) throws(JSONError) -> LoadBalancingPolicy {
    let name = try field.string().lowercased()
    let nothing = JSONField(value: .object([]), path: field.path)
    if name.hasPrefix("outlier_detection") { throw field.problem("needs settings: use loadBalancingConfig") }
    guard let policy = try policy(name, nothing) else {
      throw field.problem("\(name.quotedForMessage) is no policy that is known")
    }
    return policy
  }

  /// Nil for a policy that is not known.
  private func policy(_ name: String, _ settings: JSONField) throws(JSONError) -> LoadBalancingPolicy? {
    switch name {
    case "pick_first":
      // Newer versions of gRPC shuffle.
      let fields = try fields(settings, "shuffleAddressList")
      if let shuffles = fields["shuffleAddressList"], try shuffles.bool() {
        throw shuffles.problem("is not supported by this core")
      }
      return .pickFirst
    case "round_robin":
      _ = try fields(settings)
      return .roundRobin
    // This core's name for it, and that which it got.
    case "outlier_detection", "outlier_detection_experimental":
      return try outlierDetection(settings)
    default:
      guard let reason = Self.unusable[name] else { return nil }
      throw settings.problem("this policy \(reason)")
    }
  }

  private func outlierDetection(_ field: JSONField) throws(JSONError) -> LoadBalancingPolicy {
    let fields = try fields(
      field, "interval", "baseEjectionTime", "maxEjectionTime", "maxEjectionPercent", "successRateEjection",
      "failurePercentageEjection", "childPolicy")
    var detection = OutlierDetection()
    if let interval = fields["interval"] { detection.interval = try interval.duration() }
    if let time = fields["baseEjectionTime"] { detection.baseEjectionTime = try time.duration() }
    if let time = fields["maxEjectionTime"] {
      detection.maxEjectionTime = try time.duration()
    } else {
      detection.maxEjectionTime = max(detection.baseEjectionTime, detection.maxEjectionTime)
    }
    if let percent = fields["maxEjectionPercent"] { detection.maxEjectionPercent = try percent.integer() }
    if let rate = fields["successRateEjection"] {
      let fields = try self.fields(
        rate, "stdevFactor", "enforcementPercentage", "minimumHosts", "requestVolume")
      var settings = OutlierDetection.SuccessRate()
      if let factor = fields["stdevFactor"] { settings.stdevFactor = try factor.integer() }
      try read(fields, &settings.enforcementPercentage, &settings.minimumHosts, &settings.requestVolume)
      detection.successRateEjection = settings
    }
    if let percentage = fields["failurePercentageEjection"] {
      let fields = try self.fields(
        percentage, "threshold", "enforcementPercentage", "minimumHosts", "requestVolume")
      var settings = OutlierDetection.FailurePercentage()
      if let threshold = fields["threshold"] { settings.threshold = try threshold.integer() }
      try read(fields, &settings.enforcementPercentage, &settings.minimumHosts, &settings.requestVolume)
      detection.failurePercentageEjection = settings
    }
    return .outlierDetection(detection, of: try loadBalancing(fields.required("childPolicy")))
  }

  private func read(
    _ fields: JSONFields, _ enforcementPercentage: inout Int, _ minimumHosts: inout Int,
    _ requestVolume: inout Int
  ) throws(JSONError) {
    if let field = fields["enforcementPercentage"] { enforcementPercentage = try field.integer() }
    if let field = fields["minimumHosts"] { minimumHosts = try field.integer() }
    if let field = fields["requestVolume"] { requestVolume = try field.integer() }
  }
}
