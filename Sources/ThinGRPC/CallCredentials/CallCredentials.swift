package import GRPCRuntime

/// What a call sends to prove who makes it, such as a token: for one call, by ``CallOptions/credentials``, or for all calls of a channel,
/// by ``ChannelCredentials/adding(_:)``.
///
/// Sent over connections that keep it private alone. On a channel without transport security a call with credentials ends with
/// `unauthenticated` before it begins, and so does one for which the core finds that out when it has connected.
public struct CallCredentials: Sendable {
  package let handle: CallCredentialsHandle

  init(_ handle: CallCredentialsHandle) {
    self.handle = handle
  }

  /// Sends what both do, these first.
  public func adding(_ other: CallCredentials) -> CallCredentials {
    CallCredentials(.both(handle, other.handle))
  }

  /// Sends one token in the header `authorization`, as `Bearer`, for as long as the credentials are used.
  ///
  /// - Parameter token: as it is, without `Bearer`.
  /// - Throws: `SetupError` with `invalidConfiguration` if the token has another character than printable ASCII, or none.
  public static func bearer(_ token: String) throws(SetupError) -> CallCredentials {
    if let problem = BearerToken.problem(of: token) { throw SetupError(.invalidConfiguration, problem) }
    return CallCredentials(.accessToken(token))
  }

  /// Sends a token that is got by `fetch`, in the header `authorization`, as `Bearer`.
  ///
  /// The first call has the token fetched, and those that begin meanwhile wait for the same. From then on it is fetched anew ahead of its
  /// expiry, while calls go on with the one before. Never is it fetched twice at a time, and no cancelled call ends a fetch.
  ///
  /// Where `fetch` throws, the calls that wait end with `unavailable`, or with `unauthenticated` or `permissionDenied` where it throws an
  /// `RPCError` of that code, and the reason is in the message. It is tried again with a call, after 1 second at the earliest, and after
  /// ever longer waits of up to 2 minutes while it keeps failing; calls that need it meanwhile end at once, for the same reason.
  ///
  /// - Parameters:
  ///   - ahead: how long before its expiry a token is fetched anew, at most half its lifetime: 1 minute.
  ///   - timeout: how long one fetch may take: 30 seconds. Its task is cancelled then.
  ///   - fetch: runs in a task of its own, that of no call.
  public static func bearer(
    refreshingAhead ahead: Duration = .seconds(60), timeout: Duration = .seconds(30),
    _ fetch: @escaping @Sendable () async throws -> BearerToken
  ) -> CallCredentials {
    CallCredentials(.asking(SharedToken(ahead: ahead, timeout: timeout, fetch: fetch)))
  }

  /// Sends the token in a file, in the header `authorization`, as `Bearer`. What is written there later is sent later.
  ///
  /// White space around the token is left out. A file without a token has calls end with `unavailable`, once the token before it is
  /// `interval` old.
  ///
  /// - Parameters:
  ///   - path: of a file of at most 64 KiB.
  ///   - interval: how long a token is used before the file is read again: 1 minute.
  public static func bearer(inFile path: String, readAgainAfter interval: Duration = .seconds(60))
    -> CallCredentials
  {
    bearer(refreshingAhead: interval / 2) {
      switch FileContents(of: path, mostByteCount: 64 << 10) {
      case .unreadable(let reason): throw RPCError(.unavailable, "\(path): \(reason)")
      case .bytes(let bytes):
        let text = String(decoding: bytes, as: UTF8.self)
        let token = text.split(whereSeparator: \.isWhitespace)
        guard token.count == 1 else { throw RPCError(.unavailable, "\(path) does not have one token in it") }
        return BearerToken(String(token[0]), lifetime: interval)
      }
    }
  }

  /// Sends metadata that is made for each call by `make`.
  ///
  /// Where `make` throws, or makes metadata that cannot be sent, the call ends as with
  /// ``bearer(refreshingAhead:timeout:_:)``. The end of a call does not cancel it.
  ///
  /// - Parameter make: runs in a task of its own for each call.
  public static func metadata(
    _ make: @escaping @Sendable (CallCredentialsRequest) async throws -> Metadata
  ) -> CallCredentials {
    CallCredentials(.asking(MadeMetadata(make)))
  }
}

/// The call for which ``CallCredentials/metadata(_:)`` makes metadata.
public struct CallCredentialsRequest: Hashable, Sendable {
  /// The service as a URL, such as `https://localhost/userservice.UserService`: what a token for it has as its audience.
  public let serviceURL: String
  /// The method's name, such as `GetUser`.
  public let method: String
}

/// Asks for metadata anew with each call.
private final class MadeMetadata: CallMetadataSource {
  private let make: @Sendable (CallCredentialsRequest) async throws -> Metadata

  init(_ make: @escaping @Sendable (CallCredentialsRequest) async throws -> Metadata) {
    self.make = make
  }

  func metadata(for target: CallTarget, later answer: LaterMetadata) -> CallMetadata? {
    // The core leaves the scheme of local credentials empty.
    let url = target.serviceURL.hasPrefix("://") ? "https\(target.serviceURL)" : target.serviceURL
    let request = CallCredentialsRequest(serviceURL: url, method: target.method)
    // Detached: not with what is local to the task that makes the call, whose deadline may be that of another call.
    Task.detached { [make] in
      do {
        answer.answer(.fields(try await make(request).fieldsToSend()))
      } catch {
        answer.answer(.failure(error))
      }
    }
    return nil
  }
}
