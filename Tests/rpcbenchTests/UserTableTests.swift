import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos
import UserTable

@Suite("The table of users")
struct UserTableTests {
  @Test("The fixed users are found by their ids, and nothing else is")
  func fixed() {
    let table = UserTable()
    #expect(table.users.count == UserTable.count)
    for index in [0, 1, 999] { #expect(table.user(id: "user-\(index)") == UserTable.user(index)) }
    for id in ["", "user-", "user-1000", "user-01", "user-+1", "user--1", UserTable.firstCreatedID] {
      #expect(table.user(id: id) == nil, "\(id)")
    }
  }

  @Test("A created user is found by its id, which all have of one length")
  func create() throws {
    let table = UserTable()
    let user = try table.create(email: "ada@example.com", name: "Ada", plan: .pro)
    #expect(user.id == UserTable.firstCreatedID)
    #expect(user.email == "ada@example.com" && user.name == "Ada" && user.plan == .pro)
    #expect(user.createdAt.seconds > 1_700_000_000 && user.createdAt.nanos == 0)
    #expect(table.user(id: user.id) == user)
    let next = try table.create(email: "grace@example.com", name: "Grace", plan: .free)
    #expect(next.id != user.id && next.id.utf8.count == user.id.utf8.count)
  }

  @Test("An address that a fixed or a created user has is refused")
  func taken() throws {
    let table = UserTable()
    _ = try table.create(email: "ada@example.com", name: "Ada", plan: .pro)
    for email in ["ada@example.com", "user-0@example.com", "user-999@example.com"] {
      #expect(throws: UserRefusal.emailTaken(email)) {
        try table.create(email: email, name: "Ada", plan: .pro)
      }
    }
    for email in ["user-1000@example.com", "user-01@example.com", "user-@example.com"] {
      #expect(throws: Never.self) { try table.create(email: email, name: "Ada", plan: .pro) }
    }
  }

  @Test("Senseless fields are refused, saying which")
  func malformed() {
    let table = UserTable()
    let senseless: [(email: String, name: String, plan: UserPlan, field: String)] = [
      ("ada", "Ada", .pro, "email"), ("ada@example.com", "", .pro, "name"),
      ("ada@example.com", "Ada", .unspecified, "plan"),
      ("ada@example.com", "Ada", UserPlan(rawValue: 4), "plan"),
    ]
    for (email, name, plan, field) in senseless {
      let refusal = #expect(throws: UserRefusal.self) {
        try table.create(email: email, name: name, plan: plan)
      }
      guard case .malformed(let reason) = refusal else { Issue.record("not malformed"); continue }
      #expect(reason.hasPrefix(field))
    }
  }

  @Test("The last 100,000 created users are kept, and the address of one that is gone is free again")
  func ring() throws {
    let table = UserTable()
    var first: User?
    for number in 0..<100_000 {
      let user = try table.create(email: "\(number)@example.com", name: "Name", plan: .free)
      if first == nil { first = user }
    }
    let id = try #require(first?.id)
    #expect(table.user(id: id) == first)
    #expect(throws: UserRefusal.self) { try table.create(email: "0@example.com", name: "Name", plan: .free) }
    let last = try table.create(email: "last@example.com", name: "Name", plan: .free)
    #expect(table.user(id: last.id) == last)
    #expect(table.user(id: id) == nil)
    #expect(throws: Never.self) { try table.create(email: "0@example.com", name: "Name", plan: .free) }
  }

  @Test("Many tasks create at a time without losing a user")
  func concurrently() async throws {
    let table = UserTable()
    let ids = try await withThrowingTaskGroup(of: [String].self) { group in
      for task in 0..<8 {
        group.addTask {
          try (0..<500).map {
            try table.create(email: "\(task)-\($0)@example.com", name: "Name", plan: .free).id
          }
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
    }
    #expect(ids.count == 4_000)
    for id in ids { #expect(table.user(id: id)?.id == id) }
  }
}
