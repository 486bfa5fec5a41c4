internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// The streaming methods, written against any sequence and any writer.
extension DatabaseUserService {
  /// The rows or updates that share one call of the store at most.
  static let batchLimit = 500
  /// What the list of an import's failures may take up of the 4 MiB that a message has, in bytes.
  static let failureByteLimit = 3 * 1024 * 1024

  func importUsers<Requests: AsyncSequence & Sendable>(
    _ requests: Requests
  ) async throws -> ImportUsersResponse where Requests.Element == CreateUserRequest {
    try await answering {
      var summary = ImportSummary(failureByteLimit: Self.failureByteLimit)
      try await requests.forEachBatch(upTo: Self.batchLimit) { batch in
        for outcome in try await apply(batch, as: write) { summary.add(outcome) }
      }
      return summary.response
    }
  }

  func syncUsers<Updates: AsyncSequence & Sendable>(
    _ updates: Updates, write: (SyncResult) async throws -> Void
  ) async throws where Updates.Element == UserUpdate {
    try await answering {
      try await updates.forEachBatch(upTo: Self.batchLimit) { batch in
        let outcomes = try await apply(batch, as: self.write)
        for (update, outcome) in zip(batch, outcomes) {
          try await write(SyncResult(of: update, outcome))
        }
      }
    }
  }

  /// The write that a request asks for, with its new id.
  func write(for request: CreateUserRequest) throws(Refusal) -> UserWrite {
    try Validation.check(request)
    let now = GoogleProtobuf.Timestamp.now
    return .create(
      .with {
        $0.id = identifiers.next(at: now)
        $0.email = request.email
        $0.name = request.name
        $0.plan = request.plan
        $0.createdAt = now
      })
  }

  private func write(for update: UserUpdate) throws(Refusal) -> UserWrite {
    try Validation.check(update)
    guard !update.delete else { return .delete(id: update.id) }
    return .put(
      .with {
        $0.id = update.id
        $0.email = update.email
        $0.name = update.name
        $0.plan = update.plan
        $0.createdAt = .now
      })
  }

  /// Applies a batch in one call of the store; what is refused before it gets there keeps its place.
  private func apply<Request>(
    _ batch: [Request], as write: (Request) throws(Refusal) -> UserWrite
  ) async throws -> [UserWrite.Outcome] {
    let writes = batch.map { request in Result { () throws(Refusal) in try write(request) } }
    var applied = try await store.apply(writes.compactMap { try? $0.get() }).makeIterator()
    return writes.map { write in
      switch write {
      case .success: applied.next() ?? .success(nil)
      case .failure(let refusal): .failure(refusal)
      }
    }
  }
}

/// The outcome of an import so far.
struct ImportSummary {
  private(set) var response = ImportUsersResponse()
  private var index: Int64 = 0
  private var failureBytes = 0
  private let failureByteLimit: Int

  /// What a failure takes up at most beside its reason: index, code, tags and lengths.
  private static let failureOverhead = 32

  init(failureByteLimit: Int) {
    self.failureByteLimit = failureByteLimit
  }

  /// Adds the outcome of the next row. Failures beyond the limit are counted only.
  mutating func add(_ outcome: UserWrite.Outcome) {
    defer { index += 1 }
    guard case .failure(let refusal) = outcome else {
      response.created += 1
      return
    }
    response.failed += 1
    failureBytes += refusal.reason.utf8.count + Self.failureOverhead
    guard failureBytes <= failureByteLimit else { return }
    response.failures.append(
      .with {
        $0.index = index
        $0.code = refusal.code.rawValue
        $0.reason = refusal.reason
      })
  }
}

extension SyncResult {
  fileprivate init(of update: UserUpdate, _ outcome: UserWrite.Outcome) {
    self.init()
    id = update.id
    switch outcome {
    case .success: ok = true
    case .failure(let refusal):
      message = refusal.reason
      code = refusal.code.rawValue
    }
  }
}
