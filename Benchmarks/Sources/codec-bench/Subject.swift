/// One message of one implementation, to be encoded and decoded over and over.
///
/// The loops are inside the closures, which are made where the message's type is known: so it is compiled into them, as it is
/// into a user's code.
struct Subject {
  /// The encoded message.
  let bytes: [UInt8]

  /// Checks that the message is decoded from its bytes, and that an encoding has these bytes.
  let verify: () throws -> Void

  /// Encode and decode the message so many times.
  let encode: (Int) throws -> Void
  let decode: (Int) throws -> Void

  func run(_ operation: Operation, iterations: Int) throws {
    switch operation {
    case .encode: try encode(iterations)
    case .decode: try decode(iterations)
    }
  }
}

struct WrongResult: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
