extension X509Certificate {
  /// Whether it is for a host, of which the core says so: false where that is by a wildcard which stands for an address, or for all of a
  /// top-level domain.
  ///
  /// - Parameter target: the host, which a port may follow.
  func isFor(_ target: String) -> Bool {
    let parts = target.split(separator: ":", omittingEmptySubsequences: false)
    // An IPv6 address has more colons.
    let host = parts.count == 2 ? String(parts[0]) : target
    let labels = host.split(separator: ".")
    guard labels.count == 2 || NumericHost.isIPv4(host) || NumericHost.isIPv6(host) else { return true }
    return names.contains { kind, text in
      [.dns, .ip, .common].contains(kind)
        && text?.split(separator: ".").map { $0.lowercased() } == labels.map { $0.lowercased() }
    }
  }
}
