internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

extension Worker {
  /// Creates one user after the other; the reply must have what was asked for, a new id and a time.
  func create() async -> Measurement {
    var measurement = Measurement()
    var newUsers = NewUsers(run: .random(in: .min ... .max), worker: index)
    var lastID = ""
    while ContinuousClock.now < window.end {
      let request = newUsers.next()
      let start = ContinuousClock.now
      do throws(RPCError) {
        let user = try await users.createUser(request)
        let now = ContinuousClock.now
        if user.email != request.email || user.name != request.name || user.plan != request.plan
          || user.createdAt.seconds <= 0 || user.id.isEmpty || user.id == lastID
        {
          measurement.fail("CreateUser of \(request.email) answered \(user)")
        } else if window.counts(from: start, to: now) {
          measurement.calls += 1
          measurement.messages += 1
          measurement.operations += 1
          measurement.bytes += sizes.newUser.request + sizes.newUser.response
          measurement.record(now - start)
        }
        lastID = user.id
      } catch {
        measurement.fail("\(error)")
        if error.code == .unavailable { return measurement }
      }
    }
    return measurement
  }
}
