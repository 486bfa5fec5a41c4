internal import GRPCRuntime

/// Where a server listens, or where a channel leads to, in gRPC's notation and checked.
///
/// The core checks little and alike on neither side: it connects to port 34463 for 99999, takes `::1:80` for an address without
/// a port, and ends what follows a question mark on one side only. So it is told what was understood here.
struct Address {
  /// What the address is for.
  enum Purpose {
    case listening
    case connecting
  }

  /// What the address means.
  enum Place: Hashable {
    /// An IPv6 host stands in brackets. Without a port, a channel connects to 443, gRPC's default.
    case tcp(host: String, port: UInt16?)
    case unix(path: String)
    case unixAbstract(name: String)
    /// Several addresses, or a name that the core looks up in ways of its own.
    case target
    /// A name whose addresses, and whose service config, come from a control plane.
    case controlPlane
  }

  /// The address as it was given.
  let text: String
  let place: Place
  /// The address in the form that the core understands so.
  let coreText: String

  /// Whether it is a unix socket of either kind.
  var isSocket: Bool {
    switch place {
    case .unix, .unixAbstract: true
    default: false
    }
  }

  /// - Throws: `SetupError` with `invalidAddress` that says what is wrong.
  init(_ text: String, for purpose: Purpose) throws(SetupError) {
    self.text = text
    do throws(AddressProblem) {
      (place, coreText) = try Self.parse(text, for: purpose)
    } catch {
      let use = purpose == .listening ? "listen on" : "connect to"
      throw SetupError(
        .invalidAddress, "\(text.quotedForMessage) is no address to \(use): \(error.description)")
    }
  }

  private static func parse(
    _ text: String, for purpose: Purpose
  ) throws(AddressProblem) -> (Place, coreText: String) {
    try checkCharacters(of: text)
    let (scheme, rest) = text.splitAtScheme()
    switch scheme {
    case .unix:
      let path = try socketName(in: rest, what: "the path of a unix socket")
      return (.unix(path: path), "unix:\(path.percentEncoded)")
    case .unixAbstract:
      let name = try socketName(in: rest, what: "the name of an abstract unix socket")
      return (.unixAbstract(name: name), "unix-abstract:\(name.percentEncoded)")
    case nil:
      let place = try HostAndPort(rest.percentDecoded(), for: purpose)
      // A zone's percent sign would be taken for percent-encoding.
      let isPlain = purpose == .listening || !place.text.contains("%")
      return (
        .tcp(host: place.host, port: place.port),
        isPlain ? place.text.percentEncoded : "dns:///\(place.text.percentEncoded)"
      )
    case .some where purpose == .listening:
      throw AddressProblem("a server listens on HOST:PORT, unix:PATH or unix-abstract:NAME")
    case .dns: _ = try HostAndPort(withoutAuthority(rest).percentDecoded(), for: purpose)
    case .ipv4: try checkList(rest, isNumeric: NumericHost.isIPv4, example: "ipv4:127.0.0.1:50051")
    case .ipv6: try checkList(rest, isNumeric: NumericHost.isIPv6, example: "ipv6:[::1]:50051")
    case .xds, .googleC2P:
      if withoutAuthority(rest).isEmpty { throw AddressProblem("a name is missing after the scheme") }
      return (.controlPlane, text)
    }
    return (.target, text)
  }

  private static func checkCharacters(of text: String) throws(AddressProblem) {
    if text.isEmpty { throw AddressProblem("it is empty") }
    if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
      throw AddressProblem("it begins or ends with a blank")
    }
    if let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) {
      throw AddressProblem("it has the control character U+\(control.hexadecimal)")
    }
  }

  /// The path or name of a socket, as the system has it.
  private static func socketName(in rest: Substring, what: String) throws(AddressProblem) -> String {
    var path = rest
    if rest.hasPrefix("//") {
      path = rest.dropFirst(2)
      // A relative path after the slashes would be taken for a host.
      guard path.isEmpty || path.hasPrefix("/") else {
        throw AddressProblem("a socket has no host: two slashes are followed by a third")
      }
    }
    let name = try path.percentDecoded()
    guard (1...UnixSocket.longestPath).contains(name.utf8.count) else {
      throw AddressProblem("\(what) has 1 to \(UnixSocket.longestPath) bytes, and not \(name.utf8.count)")
    }
    if name.contains(",") { throw AddressProblem("\(what) has no comma, which separates addresses in gRPC") }
    return name
  }

  /// Checks a list of numeric addresses with their ports.
  private static func checkList(
    _ rest: Substring, isNumeric: (String) -> Bool, example: String
  ) throws(AddressProblem) {
    if rest.hasPrefix("//"), !rest.hasPrefix("///") {
      throw AddressProblem("it names an authority, which numeric addresses have none of")
    }
    let list = try withoutAuthority(rest).percentDecoded()
    for item in list.split(separator: ",", omittingEmptySubsequences: false) {
      let place = try HostAndPort(String(item), for: .connecting)
      guard place.port != nil, isNumeric(place.numericHost) else {
        throw AddressProblem(
          "\(String(item).quotedForMessage) is not of the form of \(example), or of several separated by commas"
        )
      }
    }
  }

  /// What follows `//authority/`, or the first slash, or nothing of either.
  private static func withoutAuthority(_ rest: Substring) -> Substring {
    guard rest.hasPrefix("//") else { return rest.hasPrefix("/") ? rest.dropFirst() : rest }
    let path = rest.dropFirst(2)
    guard let slash = path.firstIndex(of: "/") else { return "" }
    return path[path.index(after: slash)...]
  }
}

/// What is wrong with an address.
struct AddressProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The schemes of addresses that the core knows.
private enum Scheme: String {
  case dns, ipv4, ipv6, unix, xds
  case unixAbstract = "unix-abstract"
  case googleC2P = "google-c2p"
}

extension String {
  /// The scheme, if it is one of gRPC's, and what follows it.
  fileprivate func splitAtScheme() -> (Scheme?, rest: Substring) {
    guard let colon = firstIndex(of: ":"), let scheme = Scheme(rawValue: String(self[..<colon])) else {
      return (nil, self[...])
    }
    return (scheme, self[index(after: colon)...])
  }
}
