internal import UserProtos

extension DatabaseUserService {
  /// What the first page of a listing takes up, and each when the budget is spent, in bytes: some twenty users.
  static let smallPage = 4 * 1024
  /// What the largest page takes up, in bytes.
  static let largePage = 128 * 1024

  /// Lists users page by page.
  ///
  /// Most listings are read as fast as they are written, and a few not at all: a client may ask for thousands and take nothing.
  /// So the first page is small, and the next ones double while the client takes them, each read while the one before is
  /// written. All but small pages come out of a budget that all listings share; when it is spent, the next page is small and is
  /// read once the one before was taken.
  func listUsers(_ request: ListUsersRequest, write: (User) async throws -> Void) async throws {
    try await answering {
      try Validation.check(request)
      var remaining = request.pageSize == 0 ? Int.max : Int(request.pageSize)
      // What the page that is being written and the one that is being read have of the budget.
      var (written, read) = (0, 0)
      defer { readAhead.giveBack(written + read) }
      var size = Self.smallPage
      var isFirst = true
      var page = try await self.page(of: request, after: request.pageToken, remaining: remaining, bytes: size)
      while let last = page.last {
        remaining -= page.count
        let (left, larger) = (remaining, min(size * 2, Self.largePage))
        if !isFirst, readAhead.take(larger) {
          (size, read) = (larger, larger)
          async let next = self.page(of: request, after: last.id, remaining: left, bytes: larger)
          for user in page { try await write(user) }
          page = try await next
        } else {
          for user in page { try await write(user) }
          let isLarge = readAhead.take(larger)
          (size, read) = isLarge ? (larger, larger) : (Self.smallPage, 0)
          page = []
          page = try await self.page(of: request, after: last.id, remaining: left, bytes: size)
        }
        readAhead.giveBack(written)
        (written, read) = (read, 0)
        isFirst = false
      }
    }
  }

  private func page(
    of request: ListUsersRequest, after id: String, remaining: Int, bytes: Int
  ) async throws -> [User] {
    guard remaining > 0 else { return [] }
    return try await store.users(after: id, containing: request.filter, limit: remaining, byteLimit: bytes)
  }
}
