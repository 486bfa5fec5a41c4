import Testing
import ThinGRPC

/// What is made of an address: where it is one, and where not, a part of the reason.
struct AddressCase: Sendable, CustomTestStringConvertible {
  let text: String
  /// Nil for what can be listened on.
  let whyNotListening: String?
  /// Nil for what can be connected to.
  let whyNotConnecting: String?

  var testDescription: String { text.count > 80 ? "\(text.prefix(80))..." : text }

  static func good(_ text: String) -> AddressCase {
    AddressCase(text: text, whyNotListening: nil, whyNotConnecting: nil)
  }
  static func bad(_ text: String, _ reason: String) -> AddressCase {
    AddressCase(text: text, whyNotListening: reason, whyNotConnecting: reason)
  }
  static func target(_ text: String, _ whyNotListening: String = "a server listens on") -> AddressCase {
    AddressCase(text: text, whyNotListening: whyNotListening, whyNotConnecting: nil)
  }
  static func badTarget(_ text: String, _ reason: String) -> AddressCase {
    AddressCase(text: text, whyNotListening: "a server listens on", whyNotConnecting: reason)
  }
  static func any(_ text: String) -> AddressCase {
    AddressCase(text: text, whyNotListening: nil, whyNotConnecting: "from 1 to 65535")
  }
}

@Suite("What is an address")
struct AddressTableTests {
  private static let path107 = "/tmp/" + String(repeating: "x", count: 102)
  private static let socket = "/tmp/thin-table-\(UInt32.random(in: .min ... .max))"

  private static let hosts: [AddressCase] = [
    .any("127.0.0.1:0"), .any("localhost:0"), .any("[::1]:0"), .any("0.0.0.0:0"), .any("[::]:0"),
    .any("[::ffff:127.0.0.1]:0"), .any("[0:0:0:0:0:0:0:1]:0"), .any("LOCALHOST:0"), .any("127.0.0.1%3A0"),
    .any("[::1%251]:0"), .any("[::1%1]:0"), .any("127.0.0.1:00"),
    .target("localhost:1", ""), .target("localhost:65535", ""),
    .bad("127.0.0.1:65536", "to 65535, and not '65536'"),
    .bad("127.0.0.1:99999", "to 65535, and not '99999'"),
    .bad("127.0.0.1:4294967376", "to 65535"), .bad("127.0.0.1:99999999999999999999", "to 65535"),
    .bad("127.0.0.1:-1", "to 65535"), .bad("127.0.0.1:+80", "to 65535, and not '+80'"),
    .bad("127.0.0.1:8o", "to 65535"), .bad("127.0.0.1:0x50", "to 65535"), .bad("127.0.0.1:1e3", "to 65535"),
    .bad("127.0.0.1: 80", "to 65535"), .bad("127.0.0.1:80 80", "to 65535"), .bad("127.0.0.1:８０", "to 65535"),
    .bad("127.0.0.1:٨٠", "to 65535"), .bad("127.0.0.1:http", "to 65535"),
    .bad("127.0.0.1:80/path", "to 65535"),
    .bad("127.0.0.1:80?a=b", "to 65535"), .bad("127.0.0.1:80#a", "to 65535"),
    .bad("127.0.0.1:80,127.0.0.1:81", "in brackets"),
    .bad("host:port", "to 65535"), .bad("127.0.0.1:", "the port is missing"),
    .bad("[::1]:", "the port is missing"),
    .bad(":50051", "the host is missing"), .bad(":", "the port is missing"), .bad("50051", "missing"),
    .bad("50051:80", "the host is missing"), .bad("*:50051", "no character '*'"),
    .bad("a b:80", "no character ' '"),
    .bad("user@host:80", "no character '@'"), .bad("user:password@host:80", "in brackets"),
    .bad("a/b:80", "no character '/'"), .bad("a%b:80", "no character '%'"),
    .bad("a\\b:80", "no character"),
    .bad("$HOST:80", "no character '$'"), .bad("<host>:80", "no character '<'"),
    .bad("münchen:80", "written in ASCII"),
    .bad("хост:80", "written in ASCII"), .bad("例え.jp:80", "written in ASCII"),
    .bad("①:80", "written in ASCII"),
    .bad("...:80", "the host is dots alone"),
    .bad("256.0.0.1:80", "is no IPv4 address"), .bad("127.1:80", "is no IPv4 address"),
    .bad("127.0.0.1.5:80", "is no IPv4 address"),
    .bad("1.2.3.4.:80", "is no IPv4 address"), .bad("127.0.0.01:80", "is no IPv4 address"),
    .bad(String(repeating: "a", count: 254) + ":80", "at most 253 bytes"),
    .bad(String(repeating: "a", count: 1_000_000) + ":80", "253"),
    .bad("::1", "in brackets"), .bad("::1:50051", "in brackets"), .bad("::", "in brackets"),
    .bad("fe80::1%lo:80", "in brackets"),
    .bad("2001:db8::1", "in brackets"), .bad("[::1", "not closed"), .bad("[::1]50051", "after the brackets"),
    .bad("[::1]]:1", "after the brackets"), .bad("[]:80", "no IPv6 address"),
    .bad("[127.0.0.1]:80", "no IPv6 address"),
    .bad("[localhost]:80", "no IPv6 address"), .bad("[::1::]:80", "no IPv6 address"),
    .bad("[::g]:80", "no IPv6 address"),
    .bad("[fe80::1%]:80", "no IPv6 address"), .bad("[fe80::1%a b]:80", "zone"),
    .bad("[fe80::1%a%b]:80", "zone"),
    .bad("[[::1]]:80", "after the brackets"),
  ]

  private static let texts: [AddressCase] = [
    .bad("", "it is empty"), .bad(" ", "a blank"), .bad(" 127.0.0.1:80", "a blank"),
    .bad("127.0.0.1:80 ", "a blank"),
    .bad("127.0.0.1:80\n", "a blank"), .bad("\t127.0.0.1:80", "a blank"),
    .bad("\u{a0}127.0.0.1:80", "a blank"),
    .bad("127.0.0.1:80\0", "U+0000"), .bad("127.0\0.0.1:80", "U+0000"), .bad("127.0.0.1\r:80", "U+000D"),
    .bad("127.0.0.1\u{1b}[31m:80", "U+001B"), .bad("127.0.0.1\u{7f}:80", "U+007F"),
    .bad("127.0.0.1\u{85}:80", "U+0085"),
    .bad("127.0.0.1%00:80", "U+0000"), .bad("127.0.0.1%0a:80", "U+000A"), .bad("%ff:80", "not of UTF-8"),
    .bad("http://localhost:8080/path", "write localhost:8080 without http://"),
    .bad("https://example.com", "write example.com without https://"),
    .bad("grpc://127.0.0.1:50051", "write 127.0.0.1:50051 without grpc://"),
    .bad("tcp://[::1]:80", "write [::1]:80 without tcp://"),
    .bad("HTTP://a", "without HTTP://"), .bad("://a:80", "without ://"),
    .bad("http://", "write HOST:PORT without"),
    .bad("DNS:///localhost:80", "without DNS://"), .bad("UNIX:///tmp/a", "without UNIX://"),
    .bad("foo:///bar", "URL"),
    .bad("vsock:2:80", "in brackets"), .bad("http:localhost", "to 65535"),
    .bad("nonsense", "the port is missing").listeningOnly,
    .bad("example.com", "the port is missing").listeningOnly,
    .bad("[::1]", "the port is missing").listeningOnly,
  ]

  private static let sockets: [AddressCase] = [
    .good("unix:\(socket)"), .good("unix://\(socket)"), .good("unix:\(socket)%20with%20blanks"),
    .good("unix:\(socket) blank"),
    .good("unix:\(socket)?query"), .good("unix:\(socket)#fragment"), .good("unix:\(socket)%"),
    .good("unix:\(socket)%zz"),
    .good("unix:\(socket)%25"), .good("unix:\(socket)ü"), .good("unix:\(socket)%C3%BC%C3%BC"),
    .good("unix:\(socket):80"),
    .bad("unix:\(socket)%2C", "comma"), .bad("unix:\(socket),", "comma"), .bad("unix-abstract:a,b", "comma"),
    .good("unix:\(path107)"), .bad("unix:\(path107)x", "1 to 107 bytes, and not 108"),
    .bad("unix:/" + String(repeating: "x", count: 199), "and not 200"),
    .bad("unix:/" + String(repeating: "ü", count: 54), "and not 109"),
    .bad("unix:/" + String(repeating: "%61", count: 107), "and not 108"),
    .bad("unix:", "1 to 107 bytes, and not 0"),
    .bad("unix://", "1 to 107 bytes, and not 0"), .bad("unix://host/path", "followed by a third"),
    .bad("unix://relative", "followed by a third"),
    .bad("unix:/tmp/a\0b", "U+0000"), .bad("unix:/tmp/a%00b", "U+0000"), .bad("unix:/tmp/a\nb", "U+000A"),
    .bad("unix:/tmp/%ff", "not of UTF-8"),
    .good("unix-abstract:\(socket)"), .good("unix-abstract:\(socket)?%20ü"),
    .good("unix-abstract://\(socket)/slashes"),
    .good("unix-abstract:" + path107), .bad("unix-abstract:" + path107 + "x", "107"),
    .bad("unix-abstract:", "not 0"),
    .bad("unix-abstract:%00", "U+0000"),
  ]

  private static let targets: [AddressCase] = [
    .target("dns:///localhost:50051"), .target("dns:localhost:50051"), .target("dns:///localhost"),
    .target("dns://8.8.8.8/localhost:50051"),
    .target("dns:///[::1]:50051"), .target("dns:/localhost:50051"),
    .badTarget("dns:///localhost:99999", "to 65535"), .badTarget("dns:///localhost:0", "from 1"),
    .badTarget("dns:", "host is missing"),
    .badTarget("dns:///", "host is missing"), .badTarget("dns://localhost:50051", "host is missing"),
    .badTarget("dns:///::1", "in brackets"),
    .badTarget("dns:50051", "host is missing"), .badTarget("dns:///a b:1", "no character ' '"),
    .badTarget("dns:///a%20b:1", "no character ' '"),
    .badTarget("dns:///http://a:1", "URL"), .badTarget("dns:///a:1?b", "to 65535"),
    .target("ipv4:127.0.0.1:50051"), .target("ipv4:127.0.0.1:50051,127.0.0.2:50052"),
    .target("ipv4:///127.0.0.1:50051"),
    .badTarget("ipv4:127.0.0.1", "not of the form"), .badTarget("ipv4:127.0.0.1:0", "from 1"),
    .badTarget("ipv4:127.0.0.1:99999", "to 65535"),
    .badTarget("ipv4:127.0.0.1:80abc", "to 65535"), .badTarget("ipv4:127.0.0.1:1,", "host is missing"),
    .badTarget("ipv4:", "host is missing"),
    .badTarget("ipv4:,127.0.0.1:1", "host is missing"),
    .badTarget("ipv4:127.0.0.1:1, 127.0.0.2:1", "no character ' '"),
    .badTarget("ipv4:localhost:1", "not of the form"), .badTarget("ipv4:[::1]:1", "not of the form"),
    .badTarget("ipv4:127.1:1", "no IPv4"),
    .badTarget("ipv4://127.0.0.1:1", "authority"), .badTarget("ipv4://a/127.0.0.1:1", "authority"),
    .target("ipv6:[::1]:50051"), .target("ipv6:[::1]:50051,[::2]:50052"), .target("ipv6:[::1%25lo]:50051"),
    .target("ipv6:%5B::1%5D:1"),
    .badTarget("ipv6:::1", "in brackets"), .badTarget("ipv6:[::1]", "not of the form"),
    .badTarget("ipv6:[::1]:0", "from 1"),
    .badTarget("ipv6:[::1]:99999", "to 65535"), .badTarget("ipv6:127.0.0.1:1", "not of the form"),
    .badTarget("ipv6:[::1]:1,[::2]", "not of the form"),
    .badTarget("ipv6:[fe80::1%nowhere]:1", "refuses"),
    .target("xds:///name"), .target("xds:name"), .badTarget("xds:///", "a name is missing"),
    .badTarget("xds:", "a name is missing"),
  ]

  @Test(
    "An address is one for servers and for channels alike, and the error says why not",
    arguments: hosts + texts + sockets + targets)
  func table(_ address: AddressCase) async throws {
    var server: Server?
    var listening: SetupError?
    do {
      server = try Server(listeningOn: [address.text], credentials: .insecure, services: [EchoService()])
    } catch {
      listening = error
    }
    check(listening, against: address.whyNotListening)
    await server?.shutdown()
    var connecting: SetupError?
    do {
      _ = try Channel(to: address.text, credentials: .insecure)
    } catch  where !error.isOfMissingBootstrap {
      connecting = error
    } catch {
      // The address itself is one.
    }
    check(connecting, against: address.whyNotConnecting)
  }

  /// - Parameter reason: nil where there is to be no error.
  private func check(_ error: SetupError?, against reason: String?) {
    guard let reason else { return #expect(error == nil) }
    // Whether this machine has the address is another matter.
    if reason.isEmpty, error?.code != .invalidAddress { return }
    #expect(error?.code == .invalidAddress)
    guard let message = error?.message else { return }
    #expect(message.contains(reason))
    #expect(message.utf8.count < 1_000)
    #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  @Test(
    "What a server listens on, a channel to the same text reaches",
    arguments: [
      "unix:PATH", "unix://PATH", "unix:PATH%20blank", "unix:PATH blank", "unix:PATH?query",
      "unix:PATH#fragment",
      "unix:PATH%", "unix:PATH%2525", "unix:PATHü", "unix-abstract:PATH?%20ü#%", "unix-abstract://PATH/x",
      "localhost:0", "[::1%1]:0",
      "[::1%251]:0", "[::1]:0",
    ])
  func meeting(form: String) async throws {
    let address = form.replacing("PATH", with: "/tmp/thin-\(UInt64.random(in: .min ... .max))")
    try await expectEqual(withEcho(address: address) { client, _ in try await client.unary("a") }, "a")
  }

  @Test("Whatever the text, it is a target or an error that says why on one line", arguments: 0..<20)
  func anyText(seed: UInt64) {
    let pieces = [
      "dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:", "xds:", "http:", "//", "/", "localhost",
      "127.0.0.1", "[::1]", "::1", ":", "50051",
      "0", "65535", "65536", ",", "%", "%25", "%00", "%ff", "%2", "?", "#", " ", "\0", "\n", "[", "]", "ü",
      "e\u{301}", "@", ".", "-", "+1",
      "\u{202e}", "a", "xn--", "google-c2p:", String(repeating: "x", count: 110),
    ]
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(below bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state >> 33) % bound
    }
    for _ in 0..<200 {
      let text = (0..<random(below: 7)).map { _ in pieces[random(below: pieces.count)] }.joined()
      do {
        let channel = try Channel(to: text, credentials: .insecure)
        #expect(channel.openCallCount == 0)
      } catch  where error.isOfMissingBootstrap {
        // The address itself is one.
      } catch {
        check(error, against: "")
        #expect(error.code == .invalidAddress, "\(text)")
      }
    }
  }

  @Test(
    "A socket whose path is written in another way is found in use",
    arguments: ["unix:PATH", "unix:PATH%20blank", "unix:PATH?query", "unix:PATH%2525"])
  func inUse(form: String) async throws {
    let address = form.replacing("PATH", with: "/tmp/thin-\(UInt64.random(in: .min ... .max))")
    try await withEcho(address: address) { client, _ in
      let second = setupError {
        try Server(listeningOn: [address], credentials: .insecure, services: [EchoService()])
      }
      #expect(second?.code == .addressInUse)
      try await expectEqual(client.unary("b"), "b")
    }
  }
}

extension AddressCase {
  /// The same, for a text that is a target.
  fileprivate var listeningOnly: AddressCase {
    AddressCase(text: text, whyNotListening: whyNotListening, whyNotConnecting: nil)
  }
}

extension SetupError {
  /// Whether a target of xDS was refused for want of a control plane.
  fileprivate var isOfMissingBootstrap: Bool { message.hasPrefix("There is no xDS bootstrap") }
}
