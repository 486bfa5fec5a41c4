internal import Dispatch
internal import GRPCRuntime
internal import ThinGRPCGuarding
internal import ThinGRPCJSON

/// The keys that verify signatures: those of a JSON Web Key Set that are for it.
struct KeySet: Sendable {
  private var keys: [VerificationKey] = []

  /// The most keys of a set. A token without the name of a key is tried with each that has its algorithm.
  private static let mostKeys = 100

  /// No keys.
  init() {}

  /// - Parameter text: a JSON Web Key Set. What is there for other uses, or of a kind that is not known, is left out (RFC 7517, 5).
  /// - Throws: `JWKSError` if a key cannot be read, or there is none.
  init(reading text: [UInt8]) async throws(JWKSError) {
    do throws(JSONError) {
      guard case .object(let members) = try JSONValue(reading: text) else {
        throw JSONError("", "a key set must be an object")
      }
      guard case .array(let elements)? = members["keys"] else {
        throw JSONError("keys", "must be there, and an array")
      }
      if elements.count > Self.mostKeys { throw JSONError("keys", "there are more than \(Self.mostKeys)") }
      for (index, element) in elements.enumerated() {
        if let key = try await VerificationKey(JSONKey(element, at: "keys[\(index)]")) { keys.append(key) }
      }
      if keys.isEmpty { throw JSONError("keys", "there is no key that verifies signatures") }
    } catch {
      throw JWKSError(message: error.description)
    }
  }

  /// Reads the keys in a file.
  init(_ contents: FileContents, path: String) async throws(JWKSError) {
    switch contents {
    case .unreadable(let reason): throw JWKSError(message: "\(path): \(reason)")
    case .bytes(let bytes):
      do throws(JWKSError) {
        try await self.init(reading: bytes)
      } catch {
        throw JWKSError(message: "\(path): \(error.message)")
      }
    }
  }

  /// Reads the keys in a file, and blocks the thread meanwhile, which must be none that runs tasks.
  static func waiting(for contents: FileContents, path: String) -> Result<KeySet, JWKSError> {
    let outcome = Outcome()
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      let result: Result<KeySet, JWKSError>
      do throws(JWKSError) {
        result = .success(try await KeySet(contents, path: path))
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
      isDone.signal()
    }
    isDone.wait()
    return outcome.result.withLock { $0! }
  }

  private final class Outcome: Sendable {
    let result = Guarded<Result<KeySet, JWKSError>?>(nil)
  }

  /// Whether there is a key that the token can mean.
  func knows(_ token: SignedToken) -> Bool { keys.contains { $0.isMeant(by: token) } }

  /// - Throws: `RefusedToken` unless the signature is good.
  func verify(_ token: SignedToken) throws(RefusedToken) {
    let meant = keys.filter { $0.isMeant(by: token) }
    if meant.isEmpty { throw RefusedToken("The token is signed with a key that is not known") }
    let able = meant.filter { $0.algorithms[token.algorithm] != nil }
    if able.isEmpty { throw RefusedToken("The token is signed by an algorithm that is not that of its key") }
    for key in able where key.verifies(token) { return }
    throw RefusedToken("The token's signature is wrong")
  }
}
