import ThinGRPC

extension EchoService {
  /// A service whose handlers wait until they are cancelled, and count that.
  static func waiting(_ started: Shared<Int>, _ cancelled: Shared<Int>) -> EchoService {
    let wait: @Sendable () async throws -> Void = {
      started.update { $0 += 1 }
      do {
        try await Task.sleep(for: .seconds(60))
      } catch {
        cancelled.update { $0 += 1 }
        throw error
      }
    }
    var service = EchoService()
    service.onUnary = { request, _ in
      try await wait()
      return request
    }
    service.onExpand = { _, responses, _ in
      try await responses.write("first")
      try await wait()
    }
    service.onCollect = { _, _ in
      try await wait()
      return ""
    }
    service.onChat = { requests, responses, _ in
      for try await request in requests { try await responses.write(request) }
      try await wait()
    }
    return service
  }
}
