internal import GRPCRuntime
internal import ThinGRPCGuarding

/// A token that all calls send, fetched by one task at a time.
final class SharedToken: CallMetadataSource {
  private struct State {
    var token: Fetched?
    /// The fetch that goes on, by its number.
    var fetching: Int?
    var lastFetch = 0
    /// The calls that wait for it.
    var waiting: [LaterMetadata] = []
    /// Why the last fetch failed; nil where it did not.
    var failure: CallMetadata?
    var failureCount = 0
    /// When the next fetch may begin.
    var nextFetch: ContinuousClock.Instant?
  }

  /// A token that was fetched.
  fileprivate struct Fetched {
    let fields: [MetadataField]
    /// When it is fetched anew, and when it is not used any more; nil for never.
    let renewal: ContinuousClock.Instant?
    let expiry: ContinuousClock.Instant?
  }

  private let ahead: Duration
  private let timeout: Duration
  private let fetch: @Sendable () async throws -> BearerToken
  private let state = Guarded(State())

  private static let firstWait = Duration.seconds(1)
  private static let longestWait = Duration.seconds(120)

  init(ahead: Duration, timeout: Duration, fetch: @escaping @Sendable () async throws -> BearerToken) {
    self.ahead = ahead
    self.timeout = timeout
    self.fetch = fetch
  }

  func metadata(for target: CallTarget, later answer: LaterMetadata) -> CallMetadata? {
    let (known, fetch) = state.withLock { state -> (CallMetadata?, Int?) in
      let now = ContinuousClock.now
      let token = state.token.flatMap { token in token.expiry.map { $0 > now } ?? true ? token : nil }
      let isToBeFetched = token.map { token in token.renewal.map { $0 <= now } ?? false } ?? true
      let mayBeFetched = state.nextFetch.map { $0 <= now } ?? true
      var begun: Int?
      if isToBeFetched, mayBeFetched, state.fetching == nil {
        state.lastFetch += 1
        state.fetching = state.lastFetch
        begun = state.lastFetch
      }
      if let token { return (.fields(token.fields), begun) }
      if state.fetching == nil, let failure = state.failure { return (failure, nil) }
      state.waiting.append(answer)
      return (nil, begun)
    }
    if let fetch { begin(fetch) }
    return known
  }

  /// Begins a fetch, in tasks that are those of no call.
  private func begin(_ number: Int) {
    let start = ContinuousClock.now
    let fetching = Task.detached { [self] in
      do {
        end(number, .success(try await fetch()), startedAt: start)
      } catch {
        end(number, .failure(error), startedAt: start)
      }
    }
    let timer = Task.detached { [self] in
      try await Task.sleep(for: timeout)
      fetching.cancel()
      end(
        number, .failure(RPCError(.unavailable, "The token did not come within \(timeout)")), startedAt: start
      )
    }
    Task.detached {
      await fetching.value
      timer.cancel()
    }
  }

  /// Takes over what a fetch has brought, unless it was given up before.
  private func end(
    _ number: Int, _ outcome: Result<BearerToken, any Error>, startedAt start: ContinuousClock.Instant
  ) {
    let answer: CallMetadata
    var token: Fetched?
    do {
      let fetched = try Fetched(outcome.get(), startedAt: start, ahead: ahead)
      (token, answer) = (fetched, .fields(fetched.fields))
    } catch {
      answer = .failure(error)
    }
    let waiting = state.withLock { state -> [LaterMetadata] in
      guard state.fetching == number else { return [] }
      state.fetching = nil
      if let token {
        state.token = token
        state.failure = nil
        state.failureCount = 0
        state.nextFetch = nil
      } else {
        state.failure = answer
        state.nextFetch = .now + Self.wait(afterFailures: state.failureCount)
        state.failureCount += 1
      }
      defer { state.waiting = [] }
      return state.waiting
    }
    for call in waiting { call.answer(answer) }
  }

  /// Drawn, so that processes that failed together do not try again together.
  private static func wait(afterFailures count: Int) -> Duration {
    min(longestWait, firstWait * (1 << min(count, 10))) * Double.random(in: 1...1.2)
  }
}

extension SharedToken.Fetched {
  /// - Throws: `RPCError` for a token that cannot be sent.
  fileprivate init(
    _ token: BearerToken, startedAt start: ContinuousClock.Instant, ahead: Duration
  ) throws(RPCError) {
    if let problem = BearerToken.problem(of: token.token) { throw RPCError(.unavailable, problem) }
    fields = [MetadataField(key: "authorization", value: .text("Bearer \(token.token)"))]
    guard let lifetime = token.lifetime else {
      (renewal, expiry) = (nil, nil)
      return
    }
    if lifetime <= .zero { throw RPCError(.unavailable, "The token had expired when it came") }
    let expiry = start + lifetime
    self.expiry = expiry
    renewal = expiry - min(ahead, lifetime / 2)
  }
}
