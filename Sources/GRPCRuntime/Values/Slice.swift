internal import CGRPCShim

/// A `grpc_slice` with one owner: a reference to immutable bytes.
@safe package struct Slice: ~Copyable, @unchecked Sendable {
  // Sendable: a slice's bytes never change, and the core counts its references atomically.
  private let slice: grpc_slice

  init(adopting slice: grpc_slice) {
    unsafe self.slice = slice
  }

  /// A slice of the string's UTF-8 bytes (`grpc_slice_from_copied_buffer`).
  package init(copying string: String) {
    unsafe self.init(adopting: grpc_slice(copying: string))
  }

  deinit {
    unsafe grpc_slice_unref(slice)
  }

  /// The slice for a function of the core that takes its own reference; valid while `self` lives.
  var borrowed: grpc_slice { unsafe slice }
}

extension grpc_slice {
  /// A slice of the string's UTF-8 bytes, to be unreferenced by whoever holds it.
  init(copying string: String) {
    var string = string
    unsafe self = string.withUTF8 { unsafe grpc_slice_from_copied_buffer($0.baseAddress, $0.count) }
  }

  /// A slice of a copy of `bytes`, to be unreferenced by whoever holds it.
  init(copying bytes: [UInt8]) {
    unsafe self = bytes.withUnsafeBytes { unsafe grpc_slice_from_copied_buffer($0.baseAddress, $0.count) }
  }

  /// The bytes read as UTF-8; anything that is not is replaced by U+FFFD.
  var string: String {
    unsafe withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A copy of the bytes.
  var bytes: [UInt8] {
    unsafe withBytes { unsafe Array($0) }
  }

  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // A short slice keeps its bytes inside itself, so the pointer is only good for this copy's life.
    unsafe withUnsafePointer(to: self) { slice in
      unsafe body(UnsafeRawBufferPointer(start: thin_slice_start(slice), count: thin_slice_length(slice)))
    }
  }
}
