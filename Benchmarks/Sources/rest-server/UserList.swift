internal import Foundation
internal import Hummingbird
internal import UserJSON
internal import UserProtos

/// A page of users, over and over the table, as one JSON array.
struct UserList: Sendable {
  private let users: [User]
  private let pageSize: Int

  init(_ users: [User], pageSize: Int) {
    self.users = users
    self.pageSize = pageSize
  }

  /// The response, written as a whole or, where `chunkSize` is not zero, as so many users at a time.
  func response(chunkSize: Int) throws -> Response {
    let headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
    if chunkSize == 0 {
      let body = ByteBuffer(bytes: try encoded(0..<pageSize))
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        var buffer = ByteBuffer(string: "[")
        for start in stride(from: 0, to: pageSize, by: chunkSize) {
          if start > 0 { buffer.writeStaticString(",") }
          // The chunk is an array of its own: what is between its brackets belongs into the page.
          buffer.writeBytes(try encoded(start..<min(start + chunkSize, pageSize)).dropFirst().dropLast())
          try await writer.write(buffer)
          buffer.clear()
        }
        buffer.writeStaticString("]")
        try await writer.write(buffer)
        try await writer.finish(nil)
      })
  }

  private static let encoder = userEncoder()

  private func encoded(_ range: Range<Int>) throws -> Data {
    try Self.encoder.encode(range.map { UserBody(users[$0 % users.count]) })
  }
}
