internal import CGRPCShim

/// One entry of metadata.
package struct MetadataField: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
  }

  package var key: String
  package var value: Value

  package init(key: String, value: Value) {
    self.key = key
    self.value = value
  }

  /// With which a server says when the call may be made again, in milliseconds; with a negative number, not at all.
  package static let retryPushbackKey = "grpc-retry-pushback-ms"

  /// With which a server says more of a status: a `google.rpc.Status`, encoded.
  package static let statusDetailsKey = "grpc-status-details-bin"

  /// What HTTP has for itself. The core drops some of these or has values of its own, and peers refuse a call with others (RFC 9113,
  /// 8.2.2 and 8.3.1).
  private static let httpKeys: Set<String> = [
    "connection", "content-length", "content-type", "host", "keep-alive", "proxy-connection", "te",
    "transfer-encoding", "upgrade",
  ]

  /// Why this entry cannot be sent; nil where it can (`grpc_header_key_is_legal`, `grpc_header_nonbin_value_is_legal`).
  ///
  /// The core must never be asked to send an illegal entry: the call could start no batch after that.
  package var problem: String? {
    let keySlice = Slice(copying: key)
    if key == Self.retryPushbackKey {
      if case .text(let text) = value, Int64(text) != nil { return nil }
      return "The value of the metadata key '\(key)' is a number of milliseconds"
    }
    if key.hasPrefix(":") || key.hasPrefix("grpc-") && key != Self.statusDetailsKey {
      return "The metadata key '\(key)' is reserved for gRPC"
    }
    if Self.httpKeys.contains(key) { return "The metadata key '\(key)' is reserved for HTTP" }
    if unsafe grpc_header_key_is_legal(keySlice.borrowed) == 0 {
      return "The metadata key '\(key)' has a character other than a-z, 0-9, '_', '-' and '.'"
    }
    let isBinaryKey = unsafe grpc_is_binary_header(keySlice.borrowed) != 0
    switch value {
    case .binary:
      return isBinaryKey ? nil : "The metadata key '\(key)' has a binary value, so it must end in '-bin'"
    case .text(let text):
      if isBinaryKey { return "The metadata key '\(key)' ends in '-bin', so its value must be binary" }
      let textSlice = Slice(copying: text)
      return unsafe grpc_header_nonbin_value_is_legal(textSlice.borrowed) != 0
        ? nil : "The value of the metadata key '\(key)' has a character outside printable ASCII"
    }
  }
}

/// Metadata in the form the core sends, owned until the batch that sends it has started.
@safe struct OutgoingMetadata: ~Copyable {
  private let entries: UnsafeMutableBufferPointer<grpc_metadata>

  /// - Precondition: every field's `problem` is nil.
  init(_ fields: [MetadataField]) {
    guard !fields.isEmpty else {
      unsafe entries = UnsafeMutableBufferPointer(start: nil, count: 0)
      return
    }
    unsafe entries = .allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      unsafe entries.initializeElement(at: index, to: grpc_metadata(copying: field))
    }
  }

  deinit {
    unsafe entries.forEach { entry in
      unsafe grpc_slice_unref(entry.key)
      unsafe grpc_slice_unref(entry.value)
    }
    unsafe entries.deallocate()
  }

  var count: Int { unsafe entries.count }

  /// Valid while `self` lives.
  var pointer: UnsafeMutablePointer<grpc_metadata>? { unsafe entries.baseAddress }
}

extension grpc_metadata {
  /// The entry, both of its slices to be unreferenced by whoever holds it.
  init(copying field: MetadataField) {
    unsafe self.init()
    unsafe key = grpc_slice(copying: field.key)
    switch field.value {
    case .text(let text): unsafe value = grpc_slice(copying: text)
    case .binary(let bytes): unsafe value = grpc_slice(copying: bytes)
    }
  }
}

extension grpc_metadata_array {
  /// A copy of what was received.
  var fields: [MetadataField] {
    unsafe (0..<count).map { index in
      let entry = unsafe metadata[index]
      let key = unsafe entry.key.string
      let isBinary = unsafe grpc_is_binary_header(entry.key) != 0
      return MetadataField(
        key: key, value: isBinary ? .binary(unsafe entry.value.bytes) : .text(unsafe entry.value.string))
    }
  }
}
