package import GRPCRuntime

/// The key-value pairs that travel with a call: initial metadata before the messages, trailing metadata after them.
///
/// Keys are made lower case; one key may have several values, which keep their order. A key that ends in `-bin` has binary
/// values, every other key has printable ASCII text. Keys that begin with `grpc-` are gRPC's own, and some are HTTP's. An entry that
/// breaks these rules is refused with `RPCError` when it is about to be sent: <doc:Metadata>.
///
/// Several binary values of a key travel in a header each. gRPC allows a peer to join them with commas in one header; the core
/// cannot read that, nor a binary value that is not Base64, and ends the whole connection with all its calls, which then are
/// `unavailable`. No gRPC library sends such a header, but a proxy that joins headers may: have it leave `-bin` headers alone.
public struct Metadata: Hashable, Sendable {
  package var fields: [MetadataField]

  package init(_ fields: [MetadataField]) {
    self.fields = fields
  }

  /// Makes empty metadata.
  public init() {
    fields = []
  }

  /// The number of entries.
  public var count: Int { fields.count }

  /// Whether there are no entries.
  public var isEmpty: Bool { fields.isEmpty }

  /// Adds a text value, beside those that the key has.
  public mutating func add(_ value: String, forKey key: String) {
    fields.append(MetadataField(key: key.lowercased(), value: .text(value)))
  }

  /// Adds a binary value, beside those that the key has; the key must end in `-bin`.
  public mutating func add(_ value: [UInt8], forKey key: String) {
    fields.append(MetadataField(key: key.lowercased(), value: .binary(value)))
  }

  /// Removes all values of a key.
  public mutating func removeValues(forKey key: String) {
    let key = key.lowercased()
    fields.removeAll { $0.key == key }
  }

  /// The first text value of a key. Setting it replaces all values of the key; nil removes them.
  public subscript(key: String) -> String? {
    get {
      let key = key.lowercased()
      for field in fields where field.key == key {
        if case .text(let text) = field.value { return text }
      }
      return nil
    }
    set {
      removeValues(forKey: key)
      if let newValue { add(newValue, forKey: key) }
    }
  }

  /// The first binary value of a key. Setting it replaces all values of the key; nil removes them.
  public subscript(binary key: String) -> [UInt8]? {
    get {
      let key = key.lowercased()
      for field in fields where field.key == key {
        if case .binary(let bytes) = field.value { return bytes }
      }
      return nil
    }
    set {
      removeValues(forKey: key)
      if let newValue { add(newValue, forKey: key) }
    }
  }

  /// All values of a key, in their order.
  public func values(forKey key: String) -> [MetadataValue] {
    let key = key.lowercased()
    return fields.filter { $0.key == key }.map { MetadataValue($0.value) }
  }

  /// All entries, in their order.
  public var entries: [(key: String, value: MetadataValue)] {
    fields.map { ($0.key, MetadataValue($0.value)) }
  }

  /// The fields, all of them fit to be sent.
  ///
  /// - Throws: `RPCError` with `internalError` that says what is wrong with one of them.
  func fieldsToSend() throws(RPCError) -> [MetadataField] {
    for field in fields {
      if let problem = field.problem { throw RPCError(.internalError, problem) }
    }
    return fields
  }
}

/// One value of a metadata key.
public enum MetadataValue: Hashable, Sendable {
  /// Printable ASCII.
  case text(String)
  /// Any bytes, of a key that ends in `-bin`.
  case binary([UInt8])

  fileprivate init(_ value: MetadataField.Value) {
    switch value {
    case .text(let text): self = .text(text)
    case .binary(let bytes): self = .binary(bytes)
    }
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Makes metadata of text values; a key may stand several times.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (key, value) in elements { add(value, forKey: key) }
  }
}

extension Metadata: CustomStringConvertible {
  /// The entries as `key: value`, binary values by their size.
  public var description: String {
    let entries = fields.map { field in
      switch field.value {
      case .text(let text): "\(field.key): \(text)"
      case .binary(let bytes): "\(field.key): (\(bytes.count) bytes)"
      }
    }
    return "[\(entries.joined(separator: ", "))]"
  }
}
