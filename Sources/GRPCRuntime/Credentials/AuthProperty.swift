internal import CGRPCShim

/// Something that the transport knows of a peer: a `grpc_auth_property`, by the core's own name of it.
package struct AuthProperty: Sendable {
  package let name: String
  package let value: String
}

extension CallHandle {
  /// What the transport knows of the peer (`grpc_call_auth_context`), read anew each time; empty where it knows nothing.
  ///
  /// A value that is no UTF-8 or has a zero byte in it is left out: whoever compares C strings would see another name in it.
  package final var authProperties: [AuthProperty] {
    guard let context = unsafe grpc_call_auth_context(slots.pointee.call!) else { return [] }
    defer { unsafe grpc_auth_context_release(context) }
    var properties: [AuthProperty] = []
    var iterator = unsafe grpc_auth_context_property_iterator(context)
    while let property = unsafe grpc_auth_property_iterator_next(&iterator) {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: property.pointee.value, count: property.pointee.value_length)
      guard unsafe !bytes.contains(0), let value = unsafe String(validating: bytes, as: UTF8.self) else {
        continue
      }
      unsafe properties.append(AuthProperty(name: String(cString: property.pointee.name), value: value))
    }
    return properties
  }
}
