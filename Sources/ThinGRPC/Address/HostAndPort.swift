internal import GRPCRuntime

/// A host and a port, as `localhost:50051`, `192.0.2.1:50051` or `[::1]:50051`.
struct HostAndPort {
  /// The host; an IPv6 address in its brackets.
  let host: String
  let port: UInt16?

  /// The longest name that DNS has, in bytes.
  private static let longestHost = 253

  /// - Parameter text: percent-decoded.
  init(_ text: String, for purpose: Address.Purpose) throws(AddressProblem) {
    let portText: Substring?
    (host, portText) = try Self.split(text)
    port = try portText.map { text throws(AddressProblem) in try Self.port(text, for: purpose) }
    if purpose == .listening, port == nil {
      throw AddressProblem("the port is missing: write HOST:PORT, unix:PATH or unix-abstract:NAME")
    }
    if host.hasPrefix("[") {
      try checkIPv6()
    } else {
      try checkName()
    }
  }

  /// The host and the port, as they were written.
  var text: String { port.map { "\(host):\($0)" } ?? host }

  /// The host without brackets and zone.
  var numericHost: String {
    guard host.hasPrefix("[") else { return host }
    return String(host.dropFirst().dropLast().prefix { $0 != "%" })
  }

  private static func split(_ text: String) throws(AddressProblem) -> (host: String, port: Substring?) {
    if let (scheme, rest) = text.splitAtDoubleSlash() {
      let place = rest.prefix { $0 != "/" }
      throw AddressProblem(
        "it is a URL of a kind that gRPC does not know: write \(place.isEmpty ? "HOST:PORT" : place) without \(scheme)://"
      )
    }
    if text.hasPrefix("[") {
      guard let bracket = text.firstIndex(of: "]") else { throw AddressProblem("the bracket is not closed") }
      let (host, rest) = (text[...bracket], text[text.index(after: bracket)...])
      if rest.isEmpty { return (String(host), nil) }
      guard rest.hasPrefix(":") else {
        throw AddressProblem("after the brackets come a colon and a port, such as [::1]:50051")
      }
      return (String(host), rest.dropFirst())
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count > 2 {
      throw AddressProblem("an IPv6 address stands in brackets, such as [::1]:50051")
    }
    return (String(parts[0]), parts.count == 2 ? parts[1] : nil)
  }

  private static func port(
    _ text: Substring, for purpose: Address.Purpose
  ) throws(AddressProblem) -> UInt16 {
    let range: ClosedRange<UInt16> = purpose == .listening ? 0...65535 : 1...65535
    // Digits alone: numbers in Swift may have a sign.
    let digits = text.allSatisfy { ("0"..."9").contains($0) } ? text : ""
    guard let port = UInt16(digits), range.contains(port) else {
      throw AddressProblem(
        text.isEmpty
          ? "the port is missing"
          : "the port is a number from \(range.lowerBound) to \(range.upperBound), and not \(String(text).quotedForMessage)"
      )
    }
    return port
  }

  private func checkIPv6() throws(AddressProblem) {
    let inside = host.dropFirst().dropLast()
    let zone = inside.firstIndex(of: "%").map { inside[inside.index(after: $0)...] }
    guard NumericHost.isIPv6(numericHost), zone?.isEmpty != true else {
      throw AddressProblem("in the brackets is no IPv6 address")
    }
    if let zone { try Self.checkLetters(of: zone, what: "the zone of an IPv6 address") }
  }

  private func checkName() throws(AddressProblem) {
    if host.isEmpty {
      throw AddressProblem("the host is missing: 0.0.0.0 and [::] stand for every address of this machine")
    }
    try Self.checkLetters(of: host[...], what: "a host")
    if host.utf8.count > Self.longestHost {
      throw AddressProblem("a host has at most \(Self.longestHost) bytes, and not \(host.utf8.count)")
    }
    // As in URLs: what ends in a number is a numeric address, or nothing.
    let labels = host.split(separator: ".")
    guard let last = labels.last else { throw AddressProblem("the host is dots alone") }
    if last.allSatisfy(\.isNumber), !NumericHost.isIPv4(host) {
      throw AddressProblem(
        labels.count == 1
          ? "the host is missing: write HOST:PORT" : "\(host.quotedForMessage) is no IPv4 address")
    }
  }

  private static func checkLetters(of text: Substring, what: String) throws(AddressProblem) {
    for character in text {
      if character.isASCII, character.isLetter || character.isNumber || "-._".contains(character) { continue }
      throw AddressProblem(
        character.isASCII
          ? "\(what) has no character '\(character)'"
          : "\(what) is written in ASCII, an international name in the form that begins with xn--")
    }
  }
}

extension String {
  /// The scheme and what follows it, where they are parted as in a URL.
  fileprivate func splitAtDoubleSlash() -> (scheme: Substring, rest: Substring)? {
    firstRange(of: "://").map { (self[..<$0.lowerBound], self[$0.upperBound...]) }
  }
}
