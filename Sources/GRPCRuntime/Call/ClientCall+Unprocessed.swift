internal import CGRPCShim

/// How it is certain that a server has not processed a call.
package enum Unprocessed: Sendable {
  /// The connection ended before the call, by the server's own word or by ours: the call never left, or came too late.
  case connectionEnded
  /// The server has refused the call (RST_STREAM with REFUSED_STREAM).
  case refused
}

extension ClientCall {
  /// Whether the server has certainly not processed a call that has ended; nil where it may have, and where no other call is to take
  /// its place.
  ///
  /// The core tells the status and its text, and of both it is not to be seen who made them. So this holds only where nothing at all
  /// came from the server: no initial metadata, no message, and no status either, which makes it the core's own.
  package var unprocessed: Unprocessed? {
    guard unsafe slots.pointee.status == GRPC_STATUS_UNAVAILABLE, parameters.isRepeatable else { return nil }
    let call = unsafe slots.pointee.call!
    // A call on a client ends so too with a server's trailers; with trailers alone, which came from nobody, only if the core made them.
    guard unsafe thin_call_is_trailers_only(call), unsafe grpc_call_failed_before_recv_message(call) != 0
    else { return nil }
    return unprocessedByStatus
  }

  /// What the status says: chttp2_transport.cc where it marks a stream as not sent or not seen, and frame_rst_stream.cc of a reset.
  private var unprocessedByStatus: Unprocessed? {
    switch unsafe slots.pointee.status_details.string {
    case "GOAWAY received", "Transport closed", "Stream IDs exhausted": .connectionEnded
    case "Received RST_STREAM with error code 7": .refused
    default: nil
    }
  }
}
