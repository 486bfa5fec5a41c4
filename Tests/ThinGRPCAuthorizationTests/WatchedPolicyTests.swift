import Foundation
import GuardedService
import Testing
import ThinGRPC
import ThinGRPCAuthorization

@Suite("A policy in a file")
struct WatchedPolicyTests {
  private static let refusal = "PERMISSION_DENIED: Unauthorized RPC request rejected."
  private static let allowing = #"{"name":"allowing","allow_rules":[{"name":"all"}]}"#
  private static let refusing = #"{"name":"refusing","allow_rules":[]}"#

  private final class Watch: Sendable {
    let reloads = Kept<[String]>([])
    let problems = Kept<[String]>([])

    func interceptor(_ path: String) throws -> AuthorizationPolicyInterceptor {
      try AuthorizationPolicyInterceptor(
        watching: path, every: .milliseconds(20),
        onReload: { [reloads] policy in reloads.update { $0.append(policy.name) } },
        onInvalid: { [problems] error in problems.update { $0.append(error.message) } })
    }
  }

  @Test("What is written there is taken over while calls go on, in whatever way it is written")
  func changes() async throws {
    let folder = try TemporaryFolder()
    let watch = Watch()
    try folder.write(Self.refusing, to: "policy.json")
    try await GuardedService().served(behind: [try watch.interceptor(folder.path(of: "policy.json"))]) {
      channel in
      func becomes(_ outcome: String) async -> Bool {
        await eventually { await channel.outcome(of: GuardedService.read) == outcome }
      }
      #expect(await channel.outcome(of: GuardedService.read) == Self.refusal)
      try folder.write(Self.allowing, to: "policy.json")
      #expect(await becomes("served"))
      try folder.replace("policy.json", with: Self.refusing)
      #expect(await becomes(Self.refusal))
      // As Kubernetes does it: a link to a file in a folder that another link leads to, which is turned.
      for (name, text) in [("one", Self.allowing), ("two", Self.refusing)] {
        try folder.makeFolder(name)
        try folder.write(text, to: "\(name)/policy.json")
      }
      try folder.link("data", to: "one")
      try folder.link("policy.json", to: "data/policy.json")
      #expect(await becomes("served"))
      try folder.link("data", to: "two")
      #expect(await becomes(Self.refusal))
      try folder.link("data", to: "one")
      #expect(await becomes("served"))
    }
    #expect(watch.reloads.value == ["allowing", "refusing", "allowing", "refusing", "allowing"])
    #expect(watch.problems.value == [])
  }

  @Test("What is no policy leaves the one before it in force, and is told of once")
  func problems() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "policy.json")
    let watch = Watch()
    try folder.write(Self.allowing, to: "policy.json")
    try await GuardedService().served(behind: [try watch.interceptor(path)]) { channel in
      let states: [(problem: String, make: () throws -> Void)] = [
        (
          "\(path): line 1, column 1: the text ends where a value should be",
          { try folder.write("", to: "policy.json") }
        ),
        (
          "\(path): line 1, column 11: the text ends inside a string",
          { try folder.write(String(Self.refusing.prefix(10)), to: "policy.json") }
        ),
        ("\(path): allow_rules: is missing", { try folder.replace("policy.json", with: #"{"name":"x"}"#) }),
        ("\(path): it does not exist", { try folder.remove("policy.json") }),
        ("\(path): it is a directory", { try folder.makeFolder("policy.json") }),
        (
          "\(path): it cannot be read: Too many levels of symbolic links",
          {
            try folder.remove("policy.json")
            try folder.link("policy.json", to: "policy.json")
          }
        ),
        (
          "\(path): it has more than 1048576 bytes",
          {
            try folder.remove("policy.json")
            try folder.write(Self.refusing + String(repeating: " ", count: 1 << 20), to: "policy.json")
          }
        ),
      ]
      for (index, state) in states.enumerated() {
        try state.make()
        var outcomes: Set<String> = []
        let isTold = await eventually {
          outcomes.insert(await channel.outcome(of: GuardedService.read))
          return watch.problems.value.last == state.problem
        }
        #expect(isTold, "\(index): \(watch.problems.value)")
        #expect(outcomes == ["served"])
      }
      try folder.replace("policy.json", with: Self.refusing)
      #expect(await eventually { await channel.outcome(of: GuardedService.read) == Self.refusal })
      #expect(watch.reloads.value == ["refusing"])
    }
  }

  @Test("While a file is written over and over there is always a whole policy")
  func alwaysWhole() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "policy.json")
    // Each refuses writing, and lets reading through by another rule.
    let texts = (0..<2).map { number in
      #"{"name":"p\#(number)","deny_rules":[{"name":"d","request":{"paths":["/guarded.Store/Write"]}}],"#
        + #""allow_rules":[{"name":"a\#(number)"}]}"# + String(repeating: " ", count: 50_000 * number)
    }
    try folder.write(texts[0], to: "policy.json")
    let interceptor = try AuthorizationPolicyInterceptor(
      watching: path, every: .milliseconds(5), onInvalid: { _ in })
    try await GuardedService().served(behind: [interceptor]) { channel in
      let writer = Task.detached {
        var round = 0
        while !Task.isCancelled {
          round += 1
          try folder.write(texts[round % 2], to: "policy.json")
          if round % 10 == 0 { try folder.remove("policy.json") }
          try? await Task.sleep(for: .milliseconds(round % 7 * 20))
        }
      }
      let end = ContinuousClock.now + .seconds(1)
      while ContinuousClock.now < end {
        #expect(await channel.outcome(of: GuardedService.read) == "served")
        #expect(await channel.outcome(of: GuardedService.write) == Self.refusal)
      }
      writer.cancel()
      try await writer.value
    }
  }

  @Test("Without a policy to begin with there is no interceptor")
  func noPolicy() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "policy.json")
    let watch = Watch()
    func message() -> String? {
      #expect(throws: AuthorizationPolicyError.self) { try watch.interceptor(path) }?.message
    }
    #expect(message() == "\(path): it does not exist")
    try folder.write("{", to: "policy.json")
    #expect(message() == "\(path): line 1, column 2: a name in quotation marks should be here")
  }
}
