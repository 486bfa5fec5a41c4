internal import CGRPCShim
internal import Glibc

// Messages that say they are compressed. Compression is off, so the core refuses a call with an encoding that it knows. It takes
// an encoding that it does not know for none, and hands a message over as it came.

extension CallHandle {
  /// Whether the message that was received last says that it is compressed
  /// (`grpc_call_test_only_get_message_flags`). The core cannot have inflated it: it is not the message that was sent.
  package final var hasCompressedMessage: Bool {
    unsafe CompressedMessage.canBeSeen && thin_message_is_compressed(slots.pointee.call!) != 0
  }

  /// The status message of a call that ends for such a message.
  package static var problemOfCompressedMessage: String {
    "A message is compressed with an encoding that is unknown or was not named"
  }
}

private enum CompressedMessage {
  /// The core's function aborts the process on calls of one of its experiments.
  static let canBeSeen =
    unsafe getenv("GRPC_EXPERIMENTS").map { unsafe !String(cString: $0).contains("promise_based") } ?? true
}
