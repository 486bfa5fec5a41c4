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

  /// The same in JSON; nil where there is none of it.
  let json: JSONSubject?

  /// What can be run.
  var operations: [Operation] { json == nil ? [.encode, .decode] : Operation.allCases }

  init(
    bytes: [UInt8], verify: @escaping () throws -> Void, encode: @escaping (Int) throws -> Void,
    decode: @escaping (Int) throws -> Void, json: JSONSubject? = nil
  ) {
    self.bytes = bytes
    self.verify = verify
    self.encode = encode
    self.decode = decode
    self.json = json
  }

  func run(_ operation: Operation, iterations: Int) throws {
    switch operation {
    case .encode: try encode(iterations)
    case .decode: try decode(iterations)
    case .jsonEncode: try json?.encode(iterations)
    case .jsonDecode: try json?.decode(iterations)
    }
  }
}

/// The message of one implementation in JSON.
struct JSONSubject {
  /// The encoded message.
  let bytes: [UInt8]

  /// Checks that the message is decoded from JSON, its own or another implementation's.
  let verify: ([UInt8]) throws -> Void

  /// Encode and decode the message so many times.
  let encode: (Int) throws -> Void
  let decode: (Int) throws -> Void
}

struct WrongResult: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
