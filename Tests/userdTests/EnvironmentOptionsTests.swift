import ArgumentParser
import Testing

@testable import userd

@Suite struct EnvironmentOptionsTests {
  private let options = EnvironmentOptions(
    prefix: "USERD", options: ["listen", "store", "log-level", "tls-cert", "tls-key"],
    flags: ["allow-plaintext"])

  @Test("What the environment has becomes arguments, unless the command line has it")
  func merging() {
    let environment = [
      "USERD_LISTEN": "127.0.0.1:1,unix:/tmp/x", "USERD_LOG_LEVEL": "debug", "USERD_STORE": "", "OTHER": "1",
    ]
    #expect(
      options.adding(to: ["--store", "a"], from: environment)
        == ["--listen=127.0.0.1:1", "--listen=unix:/tmp/x", "--log-level=debug", "--store", "a"])
    #expect(
      options.adding(to: ["--listen=b", "--log-level", "info"], from: environment)
        == ["--listen=b", "--log-level", "info"])
  }

  @Test(
    "Help and the version are there whatever the environment has", arguments: ["--help", "-h", "--version"])
  func help(flag: String) {
    #expect(options.adding(to: [flag], from: ["USERD_LOG_LEVEL": "loud"]) == [flag])
  }

  @Test("Arguments from the environment are parsed and checked like any")
  func parsing() throws {
    let userd = try Userd.parse(
      options.adding(
        to: [],
        from: [
          "USERD_LISTEN": "tls://a:1,unix:b", "USERD_STORE": "s", "USERD_TLS_CERT": "c", "USERD_TLS_KEY": "k",
          "USERD_ALLOW_PLAINTEXT": "0",
        ]))
    #expect(
      try Userd.parse(options.adding(to: [], from: ["USERD_ALLOW_PLAINTEXT": "1"])).security.allowPlaintext)
    #expect(userd.listen == ["tls://a:1", "unix:b"] && userd.store == "s")
    #expect(userd.security.tlsCert == "c" && userd.security.allowPlaintext == false)
    for environment in [
      ["USERD_LOG_LEVEL": "loud"], ["USERD_LISTEN": ","], ["USERD_LISTEN": "a:1,,b:2"],
      ["USERD_LISTEN": "a:1,"], ["USERD_ALLOW_PLAINTEXT": "perhaps"],
    ] {
      #expect(throws: (any Error).self) { try Userd.parse(options.adding(to: [], from: environment)) }
    }
  }
}
