/// The bytes of some operations, up and down.
public struct PayloadBytes: Sendable {
  /// Of the encoded messages or bodies.
  public var request = 0.0
  public var response = 0.0
  /// Of all that the connection carried, headers included; zero where a program cannot see it.
  public var requestWire = 0.0
  public var responseWire = 0.0

  public init(request: Int = 0, response: Int = 0, requestWire: Int = 0, responseWire: Int = 0) {
    self.request = Double(request)
    self.response = Double(response)
    self.requestWire = Double(requestWire)
    self.responseWire = Double(responseWire)
  }

  mutating func add(_ other: PayloadBytes, share: Double) {
    request += other.request * share
    response += other.response * share
    requestWire += other.requestWire * share
    responseWire += other.responseWire * share
  }
}
