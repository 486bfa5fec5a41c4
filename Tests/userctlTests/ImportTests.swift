import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@testable import userctl

@Suite struct ImportTests {
  private func rows(_ format: ImportFormat, _ text: String) throws -> [ImportRow] {
    var reader = format.reader()
    return try reader.read(Array(text.utf8)) + reader.finish()
  }

  private func request(_ email: String, _ name: String, _ plan: UserPlan) -> CreateUserRequest {
    .with {
      $0.email = email
      $0.name = name
      $0.plan = plan
    }
  }

  @Test("A CSV header names the columns, in any order and among others")
  func csv() throws {
    #expect(
      try rows(.csv, "Plan,id,Name , email\nPRO,7,\"Ada, L.\",ada@example.org\n")
        == [.request(request("ada@example.org", "Ada, L.", .pro), line: 2)])
    #expect(throws: CommandError.self) { try rows(.csv, "email,plan\na,b\n") }
    #expect(throws: CommandError.self) { try rows(.csv, "") }
    #expect(throws: CommandError.self) { try rows(.csv, "email,name,plan, EMAIL\n") }
  }

  @Test("An NDJSON line is a request in protobuf's JSON, with other keys or without")
  func ndjson() throws {
    let text = """
      {"email": "ada@example.org", "name": "Ada", "plan": "USER_PLAN_FREE"}

      {"email": "bob@example.org", "name": "Bob", "plan": 3, "more": 1}
      """
    #expect(
      try rows(.ndjson, text)
        == [
          .request(request("ada@example.org", "Ada", .free), line: 1),
          .request(request("bob@example.org", "Bob", .enterprise), line: 3),
        ])
  }

  @Test("A malformed row is a row refused, with its line")
  func malformedRows() throws {
    let csv = try rows(.csv, "email,name,plan\na@b.co,A,gold\na@b.co,A\n")
    let json = try rows(
      .ndjson, "{\"email\": 1}\n[]\nnot json\n{\"email\":\"a\",\"name\":\"b\",\"plan\":\"pro\"}\n{}\n")
    for (row, line) in zip(csv + json, [2, 3, 1, 2, 3, 4, 5]) {
      guard case .malformed(let refused) = row else {
        Issue.record("\(row) was taken")
        continue
      }
      #expect(refused.line == line && refused.code == "INVALID_ARGUMENT")
    }
    #expect(csv.count == 2 && json.count == 5)
  }

  @Test("The format is told by the file's name, or has to be given")
  func formats() throws {
    #expect(try ImportFormat(fileName: "a/users.CSV") == .csv)
    #expect(try ImportFormat(fileName: "users.ndjson") == .ndjson)
    #expect(throws: CommandError.self) { try ImportFormat(fileName: "-") }
  }

  @Test("The report tells rows that exist already from rows refused, and knows their lines")
  func report() throws {
    var batch = ImportBatch()
    batch.add(.malformed(line: 2, "broken"))
    for line in 3...6 { batch.add(.request(CreateUserRequest(), line: line)) }
    var report = ImportReport(shownLimit: 1, failures: nil)
    try report.add(
      .with {
        $0.created = 2
        $0.failed = 2
        $0.failures = [
          .with {
            $0.index = 0
            $0.code = StatusCode.alreadyExists.rawValue
          },
          .with {
            $0.index = 3
            $0.code = StatusCode.invalidArgument.rawValue
            $0.reason = "email has no @"
          },
        ]
      }, of: batch)
    #expect(report.created == 2 && report.existing == 1 && report.refused == 2 && report.rows == 5)
    #expect(report.text == "and 1 more refused rows\n2 created, 1 existing already, 2 refused")
  }

  @Test("The bar shows its share, its rows and its rate, and nothing it cannot know")
  func progress() {
    func text(_ rows: Int64, _ share: Double?, _ seconds: Double, columns: Int) -> String {
      ImportProgress.text(rows: rows, share: share, seconds: seconds, columns: columns)
    }
    #expect(
      text(500, 0.5, 2, columns: 79)
        == "[" + String(repeating: "#", count: 15) + String(repeating: " ", count: 15)
        + "] 50%  500 rows  250 a second")
    #expect(text(500, 0.5, 2, columns: 39) == "[####     ] 50%  500 rows  250 a second")
    #expect(text(500, 0.5, 2, columns: 30) == "[#######       ] 50%  500 rows")
    #expect(text(500, 0.5, 2, columns: 14) == "[####    ] 50%")
    #expect(text(500, 0.5, 2, columns: 8) == "50%")
    #expect(text(500, 0.5, 2, columns: 2) == "")
    #expect(text(0, nil, 0, columns: 79) == "0 rows  0 a second")
    #expect(text(0, nil, 0, columns: 7) == "0 rows")
    #expect(text(0, nil, 0, columns: 5) == "")
  }

  @Test("The bar is never wider than its terminal", arguments: [nil, 0, 0.005, 0.5, 1, 7, -1] as [Double?])
  func narrowProgress(share: Double?) {
    for columns in 0...200 {
      for rows: Int64 in [0, 10_000, 123_456_789, .max] {
        let text = ImportProgress.text(rows: rows, share: share, seconds: 0.001, columns: columns)
        #expect(text.count <= columns)
      }
    }
  }

  @Test("Counts that cannot be those of the call are an error")
  func senselessCounts() {
    var batch = ImportBatch()
    for line in 1...3 { batch.add(.request(CreateUserRequest(), line: line)) }
    for (created, failed, listed) in [
      (Int64.max, 0, 0), (-1, 0, 0), (0, .min, 0), (2, 2, 0), (4, 0, 0), (0, 1, 2),
    ] as [(Int64, Int64, Int)] {
      var report = ImportReport(shownLimit: 1, failures: nil)
      let response = ImportUsersResponse.with {
        $0.created = created
        $0.failed = failed
        $0.failures = Array(repeating: ImportFailure.with { $0.index = .min }, count: listed)
      }
      let error = #expect(throws: CommandError.self) { try report.add(response, of: batch) }
      #expect(error?.exitCode == 76)
      #expect(report.rows == 0)
    }
  }

  @Test("A status is an exit code of 1 to 16, whatever the server sends")
  func exitCodes() {
    for (status, code) in [(5, 5), (16, 16), (17, 2), (256, 2), (-1, 2), (Int32.max, 2), (0, 2)]
      as [(Int32, Int32)]
    {
      #expect(Userctl.exitCode(of: StatusCode(rawValue: status)) == code)
    }
  }

  @Test(
    "A silence is told after 5 seconds, then each time that it has doubled, and begins anew with what comes")
  func silences() {
    let start = ContinuousClock.now
    var silence = Silence(since: start)
    func told(_ progress: Int, _ seconds: Int...) -> [Int] {
      seconds.compactMap { silence.secondsToTell(progress: progress, now: start + .seconds($0)) }
    }
    #expect(told(0, 1, 4, 5, 6, 9, 10, 11, 19, 21, 39, 100, 101) == [5, 10, 21, 100])
    #expect(told(1, 102, 106, 107, 110, 112) == [5, 10])
  }

  @Test("What is printed for people holds nothing that a terminal obeys")
  func terminal() {
    let hostile = "1\u{1B}[2J\u{202E}\n\u{9B}m"
    let user = User.with {
      $0.id = hostile
      $0.email = hostile
      $0.name = hostile
      $0.plan = UserPlan(rawValue: 9)
    }
    let result = SyncResult.with {
      $0.id = hostile
      $0.message = hostile
    }
    let row = RefusedRow(line: 1, code: hostile, reason: hostile)
    let texts = [
      user.text, result.text,
      SyncResult.with {
        $0.id = hostile; $0.ok = true
      }.text, row.text,
    ]
    for text in texts + [Deletion(deleted: hostile).text] {
      #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(text)")
    }
    #expect(user.text.split(separator: " ").last == "9")
  }

  @Test("An update line creates, changes or deletes")
  func updates() throws {
    func update(_ text: String) throws -> UserUpdate {
      try UpdateLines.update(.init(number: 1, bytes: Array(text.utf8)))
    }
    #expect(
      try update(#"{"id":"7","email":"a@b.co","name":"A","plan":"USER_PLAN_PRO"}"#)
        == .with {
          $0.id = "7"
          $0.email = "a@b.co"
          $0.name = "A"
          $0.plan = .pro
        })
    #expect(
      try update(#"{"id":"7","delete":true}"#)
        == .with {
          $0.id = "7"
          $0.delete = true
        })
    for text in ["", "[]", #"{"email":"x"}"#, #"{"id":"7","plan":"gold"}"#, #"{"id":"7","dlete":true}"#] {
      #expect(throws: CommandError.self) { try update(text) }
    }
  }

  @Test("A user is printed in protobuf's JSON on one line, and can be imported again")
  func json() throws {
    let user = User.with {
      $0.id = "7"
      $0.email = "ada@example.org"
      $0.name = "Ada"
      $0.plan = .pro
      $0.createdAt.seconds = 1_700_000_000
    }
    let line = try user.json()
    #expect(
      String(decoding: line, as: UTF8.self)
        == #"{"id":"7","email":"ada@example.org","name":"Ada","plan":"USER_PLAN_PRO","createdAt":"2023-11-14T22:13:20Z"}"#
    )
    #expect(
      try rows(.ndjson, String(decoding: line, as: UTF8.self))
        == [.request(request("ada@example.org", "Ada", .pro), line: 1)])
    let refused = SyncResult.with {
      $0.id = "7"
      $0.code = StatusCode.notFound.rawValue
    }
    #expect(
      String(decoding: try refused.json(), as: UTF8.self) == #"{"id":"7","ok":false,"message":"","code":5}"#)
    let late = User.with { $0.createdAt.seconds = .max }
    #expect(throws: CommandError.self) { try late.json() }
  }
}
