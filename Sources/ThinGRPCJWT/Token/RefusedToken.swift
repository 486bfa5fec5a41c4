/// Why a token is not good. The text goes to the client: it has nothing of the token in it.
struct RefusedToken: Error, Hashable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
