/// Why a server or channel could not be set up.
public struct SetupError: Error, Hashable, Sendable {
  /// What kind of thing is wrong.
  public struct Code: Hashable, Sendable {
    private enum Kind {
      case addressInUse, addressUnavailable, invalidAddress, invalidConfiguration, invalidCertificate
    }
    private let kind: Kind

    /// Something listens on the address already.
    public static let addressInUse = Code(kind: .addressInUse)
    /// The address cannot be listened on: it is not this machine's, or this process may not.
    public static let addressUnavailable = Code(kind: .addressUnavailable)
    /// The address is not one.
    public static let invalidAddress = Code(kind: .invalidAddress)
    /// Settings or services contradict each other or exceed what the core can do.
    public static let invalidConfiguration = Code(kind: .invalidConfiguration)
    /// A certificate, a key or a list of certificates cannot be used; the message says which, and why.
    public static let invalidCertificate = Code(kind: .invalidCertificate)
  }

  /// What kind of thing is wrong.
  public let code: Code
  /// What is wrong, in one line.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension SetupError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
