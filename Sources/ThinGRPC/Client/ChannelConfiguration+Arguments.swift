internal import GRPCRuntime
internal import ThinGRPCJSON

extension ChannelConfiguration {
  /// The core's form of the settings, for a channel to `target`.
  ///
  /// - Throws: `SetupError` with `invalidConfiguration` for settings that the core would ignore or fail with.
  func arguments(for target: Address) throws(SetupError) -> ChannelArguments {
    var arguments = ChannelArguments.common(
      maxReceiveMessageBytes: maxReceiveMessageBytes, maxSendMessageBytes: maxSendMessageBytes,
      maxMetadataBytes: maxMetadataBytes)
    // They cost each call a sixth of its price, for what is done here at none: see `Attempts`. A control plane has its policies
    // carried out by the core alone.
    arguments.set("grpc.enable_retries", .integer(target.place == .controlPlane ? 1 : 0))
    // A message in an encoding that was not offered is refused, and not inflated first.
    arguments.set("grpc.per_message_decompression", .integer(0))
    // Whoever writes the target's DNS records must not configure this client.
    arguments.set("grpc.service_config_disable_resolution", .integer(1))
    if hasOwnConnection { arguments.set("grpc.use_local_subchannel_pool", .integer(1)) }
    setTimes(in: &arguments)
    try setProxy(in: &arguments, for: target)
    try setNames(in: &arguments)
    if target.needsXDSBootstrap { try setBootstrap(in: &arguments) }
    if let text = try coreServiceConfig(for: target) { arguments.set("grpc.service_config", .string(text)) }
    return arguments
  }

  private func setBootstrap(in arguments: inout ChannelArguments) throws(SetupError) {
    if let xdsBootstrap {
      XDSClient.use(xdsBootstrap.json, in: &arguments)
    } else {
      // The core reads it by itself.
      _ = try XDSBootstrap.environment()
    }
  }

  private func setTimes(in arguments: inout ChannelArguments) {
    arguments.set("grpc.initial_reconnect_backoff_ms", milliseconds: initialReconnectBackoff)
    arguments.set("grpc.max_reconnect_backoff_ms", milliseconds: maxReconnectBackoff)
    arguments.set("grpc.min_reconnect_backoff_ms", milliseconds: minConnectTimeout)
    arguments.set("grpc.dns_min_time_between_resolutions_ms", milliseconds: minTimeBetweenResolutions)
    // It adds a filter to each call.
    if let idleTimeout { arguments.set("grpc.client_idle_timeout_ms", milliseconds: idleTimeout) }
    if let keepaliveTime {
      arguments.set("grpc.keepalive_time_ms", milliseconds: keepaliveTime)
      arguments.set("grpc.keepalive_timeout_ms", milliseconds: keepaliveTimeout)
      if keepaliveWithoutCalls { arguments.set("grpc.keepalive_permit_without_calls", .integer(1)) }
      // By itself the core ends its probes after two on which nothing was sent: a listing's server could vanish unnoticed.
      arguments.set("grpc.http2.max_pings_without_data", .integer(0))
    }
  }

  private func setProxy(in arguments: inout ChannelArguments, for target: Address) throws(SetupError) {
    // A proxy variable in the environment must not redirect calls behind the program's back. Nor can there be one for a socket.
    let isUsed = httpProxy != .none && !target.isSocket
    arguments.set("grpc.enable_http_proxy", .integer(isUsed ? 1 : 0))
    guard isUsed else { return }
    // The core would ask the proxy for the whole list, or for the name that is the control plane's.
    if target.place == .controlPlane || target.text.contains(",") {
      throw SetupError(
        .invalidConfiguration, "There is no proxy for \(target.text.quotedForMessage): it is not one host")
    }
    guard case .url(let url) = httpProxy.kind else { return }
    let scheme = "http://"
    let authority = url.hasPrefix(scheme) ? url.dropFirst(scheme.count) : ""
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    // The core would go without one.
    guard (try? HostAndPort(String(place), for: .connecting))?.port != nil,
      authority.count(where: { $0 == "@" }) <= 1
    else {
      // Not the URL: it may have a password.
      throw SetupError(
        .invalidConfiguration, "The URL of the proxy is not of the form of http://user:password@HOST:PORT")
    }
    arguments.set("grpc.http_proxy", .string(url))
  }

  /// Sets what is sent in headers.
  private func setNames(in arguments: inout ChannelArguments) throws(SetupError) {
    for (name, value, what) in [
      ("grpc.primary_user_agent", userAgent, "user agent"),
      ("grpc.default_authority", authority, "authority"),
    ] {
      guard let value else { continue }
      guard !value.isEmpty, value.unicodeScalars.allSatisfy({ (" "..."~").contains($0) }) else {
        throw SetupError(
          .invalidConfiguration, "The \(what) \(value.quotedForMessage) is not of printable ASCII")
      }
      arguments.set(name, .string(value))
    }
  }

  /// What the core is to do of the service config, in its JSON; nil for nothing.
  private func coreServiceConfig(for target: Address) throws(SetupError) -> String? {
    guard let serviceConfig else { return nil }
    if target.place == .controlPlane {
      throw SetupError(
        .invalidConfiguration, "\(target.text.quotedForMessage) has the service config of its control plane")
    }
    do throws(JSONError) {
      try serviceConfig.check()
    } catch {
      throw SetupError(.invalidConfiguration, "The service config is not valid: \(error)")
    }
    return serviceConfig.coreText
  }
}
