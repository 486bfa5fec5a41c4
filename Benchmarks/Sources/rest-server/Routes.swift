internal import Foundation
internal import Hummingbird
internal import UserJSON
internal import UserProtos
internal import UserTable

/// The routes of the service. Errors are JSON too: the framework's `{"error":{"message":...}}`.
func userRoutes(chunkSize: Int) -> Router<UserRequestContext> {
  let table = UserTable()
  let router = Router(context: UserRequestContext.self)

  router.get("users/:id") { _, context -> UserBody in
    let id = try context.parameters.require("id")
    guard let user = table.user(id: id) else { throw HTTPError(.notFound, message: "User \(id) not found") }
    return UserBody(user)
  }

  router.post("users") { request, context -> EditedResponse<UserBody> in
    let body = try await request.decode(as: NewUserBody.self, context: context)
    do throws(UserRefusal) {
      let user = try table.create(
        email: body.email, name: body.name, plan: UserPlan(rawValue: body.plan.number))
      return EditedResponse(status: .created, response: UserBody(user))
    } catch {
      switch error {
      case .malformed(let reason): throw HTTPError(.badRequest, message: reason)
      case .emailTaken(let email): throw HTTPError(.conflict, message: "\(email) is taken")
      }
    }
  }

  router.get("users") { request, _ -> Response in
    let asked = request.uri.queryParameters["page_size"]
    guard let pageSize = asked.map({ Int($0) }) ?? UserTable.count, (0...1_000_000).contains(pageSize) else {
      throw HTTPError(.badRequest, message: "page_size must be between 0 and 1000000")
    }
    return try UserList(table.users, pageSize: pageSize).response(chunkSize: chunkSize)
  }
  return router
}

/// What a handler has beside the request: coders that are made once, where the framework's default makes them anew for each.
struct UserRequestContext: RequestContext {
  private static let encoder = userEncoder()
  private static let decoder = userDecoder()

  var coreContext: CoreRequestContextStorage

  init(source: Source) { coreContext = .init(source: source) }

  var responseEncoder: JSONEncoder { Self.encoder }
  var requestDecoder: JSONDecoder { Self.decoder }
}
