import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import UserProtos

@testable import UserService

@Suite struct ValidationTests {
  @Test(
    "A well-formed e-mail address is accepted",
    arguments: [
      "ada@example.org", "a@b.co", "first.last+tag@sub.domain.example", "o'hara_{x}|~@x-y.example",
      "1@2.3", "grüße@bücher.example", "用户@例子.公司",
      String(repeating: "l", count: 64) + "@example.org",
    ])
  func accepts(email: String) throws {
    try Validation.checkEmail(email)
  }

  @Test(
    "A malformed e-mail address is refused, and the reason names the field",
    arguments: [
      "", "ada", "@example.org", "ada@", "ada@localhost", "a b@example.org", "ada@exa mple.org",
      "ada@@example.org",
      ".ada@example.org", "ada.@example.org", "a..b@example.org", "ada@.org", "ada@example.",
      "ada@example..org",
      "ada@-x.org", "ada@x-.org", "ada@exa_mple.org", "\"quoted\"@example.org", "ada@[127.0.0.1]",
      "ada\t@x.org",
      "ada@example.org\n", String(repeating: "l", count: 65) + "@example.org",
      "a@" + String(repeating: "d", count: 64) + ".org",
      "a@" + String(repeating: "d.", count: 130) + "org",
    ])
  func refuses(email: String) throws {
    let refusal = try #require(throws: Refusal.self) { try Validation.checkEmail(email) }
    #expect(refusal.code == .invalidArgument)
    #expect(refusal.reason.hasPrefix("email "))
  }

  @Test("A name is up to 200 characters, whatever they are made of")
  func names() throws {
    try Validation.checkName("Ada")
    try Validation.checkName(String(repeating: "é", count: 200))
    for name in [
      "", "  ", "a\nb", "a\u{9F}", "a\u{0}", "\u{7F}", String(repeating: "x", count: 201),
      "e" + String(repeating: "\u{301}", count: 2_000),
    ] {
      let refusal = try #require(throws: Refusal.self) { try Validation.checkName(name) }
      #expect(refusal.code == .invalidArgument)
      #expect(refusal.reason.hasPrefix("name "))
    }
  }

  @Test("Only the three plans are plans")
  func plans() throws {
    for plan in [UserPlan.free, .pro, .enterprise] { try Validation.checkPlan(plan) }
    for number: Int32 in [0, -1, 4, .max] {
      let refusal = try #require(throws: Refusal.self) {
        try Validation.checkPlan(UserPlan(rawValue: number))
      }
      #expect(refusal.reason.hasPrefix("plan "))
    }
  }

  @Test("An update is checked in the fields that are set only")
  func updates() throws {
    try Validation.check(UpdateUserRequest.with { $0.id = "1" })
    #expect(throws: Refusal.self) { try Validation.check(UpdateUserRequest()) }
    #expect(throws: Refusal.self) {
      try Validation.check(
        UpdateUserRequest.with {
          $0.id = "1"
          $0.email = ""
        })
    }
    try Validation.check(
      UserUpdate.with {
        $0.id = "1"
        $0.delete = true
      })
    #expect(throws: Refusal.self) { try Validation.check(UserUpdate.with { $0.id = "1" }) }
  }

  @Test("A refusal names every field that is wrong, in words and as details")
  func everyField() throws {
    let request = CreateUserRequest.with { $0.name = "Ada" }
    let refusal = try #require(throws: Refusal.self) { try Validation.check(request) }
    #expect(refusal.reason == "email must not be empty; plan must be given")
    let violations = refusal.error.details.badRequest?.fieldViolations
    #expect(violations?.map(\.field) == ["email", "plan"])
    #expect(violations?.map(\.description) == ["must not be empty", "must be given"])
    #expect(refusal.error.code == .invalidArgument && refusal.error.message == refusal.reason)
    let update = try #require(throws: Refusal.self) { try Validation.check(UserUpdate()) }
    #expect(update.error.details.badRequest?.fieldViolations.count == 4)
  }

  @Test("A listing with a negative page size, or with texts past their limits, is refused")
  func listings() throws {
    try Validation.check(ListUsersRequest())
    #expect(throws: Refusal.self) { try Validation.check(ListUsersRequest.with { $0.pageSize = -1 }) }
    #expect(throws: Refusal.self) {
      try Validation.check(ListUsersRequest.with { $0.filter = String(repeating: "x", count: 1_025) })
    }
    #expect(throws: Refusal.self) {
      try Validation.check(ListUsersRequest.with { $0.pageToken = String(repeating: "x", count: 129) })
    }
    for text in ["\0", "a\0b", "a\n", "\u{9F}"] {
      #expect(throws: Refusal.self) { try Validation.check(ListUsersRequest.with { $0.filter = text }) }
      #expect(throws: Refusal.self) { try Validation.check(ListUsersRequest.with { $0.pageToken = text }) }
    }
  }
}
