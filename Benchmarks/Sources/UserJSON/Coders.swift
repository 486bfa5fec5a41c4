public import Foundation

// Foundation's coders are what hummingbird's users have unless they look for others.

/// An encoder whose times are RFC 3339.
public func userEncoder() -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.dateEncodingStrategy = .iso8601
  return encoder
}

/// A decoder for what `userEncoder()` makes.
public func userDecoder() -> JSONDecoder {
  let decoder = JSONDecoder()
  decoder.dateDecodingStrategy = .iso8601
  return decoder
}
