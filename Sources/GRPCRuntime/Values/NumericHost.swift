internal import Glibc

/// Whether a host is a number rather than a name.
package enum NumericHost {
  /// Whether `text` is an IPv4 address of four decimal numbers (`inet_pton`).
  package static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return unsafe inet_pton(AF_INET, text, &address) == 1
  }

  /// Whether `text` is an IPv6 address, without brackets and zone (`inet_pton`).
  package static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return unsafe inet_pton(AF_INET6, text, &address) == 1
  }

  /// The number that a host is, without the brackets and with the zone of an IPv6 address; nil for a name.
  package static func withoutBrackets(_ host: String) -> String? {
    // What is in brackets is a number: names have none.
    host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : isIPv4(host) ? host : nil
  }
}
