import Foundation
import Testing
import ThinGRPC

@Suite("Certificates that cannot be used")
struct CertificateErrorTests {
  private func error(certificate: PEMSource, key: PEMSource, roots: PEMSource? = nil) -> SetupError? {
    #expect(throws: SetupError.self) {
      let identity = TLSIdentity(certificateChain: certificate, privateKey: key)
      _ = try WatchedCertificates(identity: identity, roots: roots, checkInterval: nil)
    }
  }

  @Test("A server is not made with them")
  func server() {
    let error = #expect(throws: SetupError.self) {
      try Server(listeningOn: ["127.0.0.1:0"], credentials: .tls(.test("expired-server")), services: [])
    }
    #expect(error?.code == .invalidCertificate)
    #expect(error?.message.contains("it expired at 2021-01-01T00:00:00Z") == true)
  }

  @Test(
    "The error names the file and says why",
    arguments: [
      ("missing.pem", "server.key", "certificate in MISSING.PEM cannot be used: it does not exist"),
      ("server.pem", "missing.key", "private key in MISSING.KEY cannot be used: it does not exist"),
      ("crl", "server.key", "certificate in CRL cannot be used: it is a directory"),
      ("server.der", "server.key", "certificate in SERVER.DER cannot be used: it is not PEM but DER"),
      (
        "server.key", "server.pem",
        "certificate in SERVER.KEY cannot be used: it has a private key and no certificate; are the two files exchanged?"
      ),
      (
        "server.pem", "ca.pem",
        "private key in CA.PEM cannot be used: it has a certificate and no private key"
      ),
      ("server.pem", "client.key", "private key in CLIENT.KEY does not match the certificate"),
      (
        "expired-server.pem", "expired-server.key",
        "certificate in EXPIRED-SERVER.PEM cannot be used: it expired at 2021-01-01T00:00:00Z"
      ),
      (
        "future-server.pem", "future-server.key",
        "certificate in FUTURE-SERVER.PEM cannot be used: it is not valid yet: it will be at 20"
      ),
      (
        "server.pem", "encrypted.key",
        "private key in ENCRYPTED.KEY cannot be used: it is encrypted with a passphrase"
      ),
      (
        "server.pem", "encrypted-traditional.key",
        "private key in ENCRYPTED-TRADITIONAL.KEY cannot be used: it is encrypted with a passphrase"
      ),
      (
        "disordered-server.pem", "disordered-server.key",
        "certificate in DISORDERED-SERVER.PEM cannot be used: it is in the wrong order: the certificate of the key must come first, and is number 2"
      ),
      (
        "weak-server.pem", "weak-server.key",
        "certificate in WEAK-SERVER.PEM cannot be used: OpenSSL does not take it: ee key too small"
      ),
    ])
  func files(certificate: String, key: String, message: String) {
    let error = error(certificate: TestCertificates.file(certificate), key: TestCertificates.file(key))
    #expect(error?.code == .invalidCertificate)
    // The path, of the file that is in capitals.
    var expected = message
    for name in [certificate, key] {
      expected = expected.replacing(name.uppercased(), with: "'\(TestCertificates.path(name))'")
    }
    #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
  }

  @Test("So does that of roots")
  func roots() throws {
    for (roots, message) in [
      (TestCertificates.file("missing.pem"), "it does not exist"),
      (TestCertificates.file("ca.key"), "it has a private key and no certificate"),
      (.text(""), "it is empty"), (.text("nothing"), "it is not PEM: it has no certificate"),
    ] {
      let watched = error(
        certificate: TestCertificates.file("server.pem"), key: TestCertificates.file("server.key"),
        roots: roots)
      let channel = #expect(throws: SetupError.self) {
        try Channel(to: "127.0.0.1:1", credentials: .tls(ChannelTLSConfiguration(roots: roots)))
      }
      for error in [watched, channel] {
        #expect(error?.code == .invalidCertificate)
        #expect(error?.message.contains("list of roots") == true)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
      }
    }
  }

  @Test("A file that this process may not read, a FIFO, an endless file and a huge one are errors")
  func oddFiles() throws {
    let key = TestCertificates.file("server.key")
    let fifo = TestCertificates.path("fifo")
    try TestCertificates.run("/usr/bin/mkfifo", fifo)
    #expect(error(certificate: .file(fifo), key: key)?.message.contains("it is no regular file") == true)
    #expect(
      error(certificate: .file("/dev/zero"), key: key)?.message.contains("it is no regular file") == true)
    let huge = TestCertificates.path("huge")
    try TestCertificates.run("/usr/bin/truncate", "--size=1T", huge)
    #expect(
      error(certificate: .file(huge), key: key)?.message.contains("it has more than 4194304 bytes") == true)
    let locked = TestCertificates.path("locked")
    #expect(
      FileManager.default.createFile(atPath: locked, contents: Data(), attributes: [.posixPermissions: 0]))
    // Root may read everything.
    let reason = getuid() == 0 ? "it is empty" : "this process may not read it"
    #expect(error(certificate: .file(locked), key: key)?.message.contains(reason) == true)
  }

  @Test("What is cut off anywhere is an error, and never a crash")
  func cutOff() throws {
    let chain = Array(try TestCertificates.text("chain-server.pem").utf8)
    let key = Array(try TestCertificates.text("chain-server.key").utf8)
    // With the whole first certificate, it is a chain that ends early: nobody can see that.
    let firstEnd = try #require(chain.firstRange(of: Array("-----END CERTIFICATE-----".utf8))?.upperBound)
    for count in Set(stride(from: 0, to: chain.count - 1, by: 7)).union(firstEnd - 30...firstEnd + 40)
    where count != firstEnd && count != firstEnd + 1 {
      let error = error(certificate: .bytes(Array(chain[..<count])), key: .bytes(key))
      #expect(error?.code == .invalidCertificate, "\(count) bytes")
    }
    for count in stride(from: 0, to: key.count - 1, by: 3) {
      let error = error(certificate: .bytes(chain), key: .bytes(Array(key[..<count])))
      #expect(error?.code == .invalidCertificate, "\(count) bytes")
    }
  }

  @Test("A certificate with any byte changed is an error, or served as it is, and never a crash")
  func changedBytes() throws {
    let chain = Array(try TestCertificates.text("server.pem").utf8)
    let key = try TestCertificates.text("server.key")
    for index in stride(from: 0, to: chain.count, by: 5) {
      var changed = chain
      changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
      let identity = TLSIdentity(certificateChain: .bytes(changed), privateKey: .text(key))
      // What is wrong with a signature only the other side can tell.
      _ = try? WatchedCertificates(identity: identity, checkInterval: nil)
    }
  }

  @Test(
    "What stands around the blocks does not matter",
    arguments: ["\u{FEFF}", "garbage\n", "\0\0", "Subject: CN=x\n", "engine:none:key\n", " "])
  func surroundings(_ text: String) async throws {
    func within(_ name: String) throws -> PEMSource { .text(text + (try TestCertificates.text(name)) + text) }
    let server = ServerTLSConfiguration(
      identity: TLSIdentity(
        certificateChain: try within("chain-server.pem"), privateKey: try within("chain-server.key")))
    let channel = ChannelTLSConfiguration(roots: try within("ca.pem"))
    try await withTLS(server: server, channel: channel) { (client, _) async throws in
      #expect(try await client.unary("") == "nobody")
    }
  }

  @Test("Lines may end as on Windows, and key and certificate may be in one file")
  func forms() async throws {
    let windows = try TestCertificates.text("server.pem").replacing("\n", with: "\r\n")
    let both = try TestCertificates.text("traditional.key") + windows
    let identity = TLSIdentity(certificateChain: .text(both), privateKey: .text(both))
    try await withTLS(server: ServerTLSConfiguration(identity: identity), channel: .test()) {
      (client, _) async throws in
      #expect(try await client.unary("") == "nobody")
    }
  }

  @Test("Settings that contradict each other are errors")
  func contradictions() {
    for configuration in [
      ServerTLSConfiguration.test().with { $0.clientCertificates = .required },
      .test().with { $0.clientCertificates = .requested },
      .test().with {
        $0.clientCertificates = .requestedUnverified
        $0.minimumVersion = .tls13
      },
      .test().with { $0.keyLogFile = "/nowhere/keys" },
    ] {
      let error = #expect(throws: SetupError.self) {
        try Server(listeningOn: ["127.0.0.1:0"], credentials: .tls(configuration), services: [])
      }
      #expect(error?.code == .invalidConfiguration)
    }
    #expect(throws: SetupError.self) { try WatchedCertificates(identity: nil) }
    #expect(throws: SetupError.self) {
      try Channel(to: "127.0.0.1:1", credentials: .tls(.test().with { $0.serverName = "" }))
    }
  }

  @Test("A folder without lists of revoked certificates is an error")
  func revocationLists() {
    for (folder, reason) in [(TestCertificates.folder, "openssl rehash"), ("/nowhere", "it does not exist")] {
      let error = #expect(throws: SetupError.self) {
        try Channel(to: "127.0.0.1:1", credentials: .tls(.test().with { $0.revocationListFolder = folder }))
      }
      #expect(error?.code == .invalidCertificate)
      #expect(error?.message.contains(reason) == true)
    }
  }
}
