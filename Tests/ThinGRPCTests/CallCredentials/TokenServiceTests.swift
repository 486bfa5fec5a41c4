import Foundation
import Testing
import ThinGRPC

@Suite("Tokens that the core gets")
struct TokenServiceTests {
  /// A process that has ended with this object.
  private final class Program {
    private let process = Process()
    private let output = Pipe()

    init(_ path: String, _ arguments: [String]) throws {
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    func wholeOutput() throws -> String {
      let data = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }

    func line() throws -> String {
      var bytes: [UInt8] = []
      while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test("The key of a service account signs tokens for the service that is called")
  func serviceAccount() async throws {
    let key = try Program("/usr/bin/openssl", ["genrsa", "2048"]).wholeOutput()
    let json = try JSONSerialization.data(withJSONObject: [
      "type": "service_account", "private_key_id": "key-1", "private_key": key, "client_id": "7",
      "client_email": "robot@example.org",
    ])
    let credentials = try CallCredentials.serviceAccount(
      keyJSON: String(decoding: json, as: UTF8.self), lifetime: .seconds(600))
    try await withPrivateEcho(over: .tls) { client in
      let header = try await client.unary("", options: CallOptions(credentials: credentials)).value
      let parts = header.split(separator: ".")
      #expect(header.hasPrefix("Bearer ") && parts.count == 3)
      func object(_ part: Substring) throws -> [String: Any] {
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        let data = try #require(Data(base64Encoded: text))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      }
      let (head, claims) = (try object(parts[0].dropFirst(7)), try object(parts[1]))
      #expect(head["alg"] as? String == "RS256" && head["kid"] as? String == "key-1")
      #expect(
        claims["iss"] as? String == "robot@example.org"
          && (claims["aud"] as? String)?.hasPrefix("https://127.0.0.1") == true)
      let (begin, end) = (try #require(claims["iat"] as? Int), try #require(claims["exp"] as? Int))
      #expect(end - begin == 600)
    }
  }

  @Test(
    "A key or refresh token that cannot be read is refused",
    arguments: ["", "{", "[]", "{}", #"{"type":"x"}"#])
  func unreadable(json: String) {
    let key = setupError { try CallCredentials.serviceAccount(keyJSON: json) }
    #expect(key?.code == .invalidConfiguration)
    #expect(key?.message.hasPrefix("The key of the service account cannot be used") == true)
    let token = setupError { try CallCredentials.googleRefreshToken(json: json) }
    #expect(token?.code == .invalidConfiguration)
    #expect(token?.message.hasPrefix("The refresh token cannot be used") == true)
  }

  @Test("A refresh token that can be read is taken")
  func refreshToken() throws {
    _ = try CallCredentials.googleRefreshToken(
      json: #"{"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"c"}"#)
  }

  private static let service = """
    import http.server, json, sys
    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            print(self.rfile.read(int(self.headers['Content-Length'])).decode(), flush=True)
            answer = json.dumps({'access_token': 'new', 'expires_in': 3600, 'token_type': 'Bearer'}).encode()
            self.send_response(200 if self.path == '/token' else 500)
            self.send_header('Content-Length', str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        def log_message(self, *arguments):
            pass
    server = http.server.HTTPServer(('127.0.0.1', 0), Service)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  @Test(
    "A token in a file is exchanged for another, once, and a service that fails has its call end with the reason"
  )
  func tokenExchange() async throws {
    let program = try Program("/usr/bin/env", ["python3", "-c", Self.service])
    let port = try program.line()
    let path = FileManager.default.temporaryDirectory.appending(path: "subject-\(UUID().uuidString)").path
    try Data("old".utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    var exchange = TokenExchange(
      serviceURL: "http://127.0.0.1:\(port)/token", subjectTokenPath: path,
      subjectTokenType: "urn:ietf:params:oauth:token-type:jwt")
    exchange.audience = "userd"
    exchange.scope = "read%20write"
    let options = CallOptions(credentials: try .tokenExchange(exchange))
    exchange.serviceURL += "/wrong"
    let failing = CallOptions(credentials: try .tokenExchange(exchange))
    try await withPrivateEcho { client in
      expectEqual(try await client.authorizations(options), Array(repeating: "Bearer new", count: 4))
      let error = await rpcError { try await client.unary("", options: failing) }
      #expect(error?.code == .unavailable, "\(String(describing: error))")
    }
    #expect(
      try program.line()
        == "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=old&subject_token_type=urn:ietf:params:oauth:token-type:jwt&audience=userd&scope=read%20write"
    )
  }

  @Test(
    "An exchange is refused that would show the token to others, or lacks a part",
    arguments: [
      ("http://example.org/token", "/x", "jwt"), ("http://localhost.example.org/token", "/x", "jwt"),
      ("http://127.0.0.1:1@example.org/token", "/x", "jwt"), ("ftp://localhost/", "/x", "jwt"),
      ("", "/x", "jwt"),
      ("https://sts/token", "", "jwt"), ("https://sts/token", "/x", ""),
      ("https://sts/token", "/x", "a&actor_token=b"),
      ("https://sts/token", "/x", "a b"), ("https://sts/token", "/x", "jwt\n"),
      ("https://", "/x", "jwt\u{E9}"),
    ])
  func refusedExchanges(url: String, path: String, type: String) {
    let exchange = TokenExchange(serviceURL: url, subjectTokenPath: path, subjectTokenType: type)
    #expect(setupError { try CallCredentials.tokenExchange(exchange) }?.code == .invalidConfiguration)
  }
}
