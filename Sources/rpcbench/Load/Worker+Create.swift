internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

extension Worker {
  /// Creates one user after the other; the reply must have what was asked for, a new id and a time.
  func create() async -> Measurement {
    var measurement = Measurement(latencies)
    var newUsers = NewUsers(run: .random(in: .min ... .max), worker: index)
    var lastID = ""
    var made = 0
    while LoadInstant.now < window.end, made < limit {
      made += 1
      let request = newUsers.next()
      let start = LoadInstant.now
      do throws(RPCError) {
        let user = try await users.createUser(request)
        let now = LoadInstant.now
        if user.email != request.email || user.name != request.name || user.plan != request.plan
          || user.createdAt.seconds <= 0 || user.id.isEmpty || user.id == lastID
        {
          measurement.fail("CreateUser of \(request.email) answered \(user)")
        } else {
          measurement.count(
            window.share(from: start, to: now), calls: 1, messages: 1,
            bytes: sizes.newUser.request + sizes.newUser.response)
          if window.contains(now) { measurement.record(now - start) }
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
