internal import GRPCRuntime

extension ChannelArguments {
  /// The settings that channels and servers have in common.
  static func common(
    maxReceiveMessageBytes: Int, maxSendMessageBytes: Int?, maxMetadataBytes: Int
  ) -> ChannelArguments {
    var arguments = ChannelArguments()
    arguments.set("grpc.max_receive_message_length", clamping: maxReceiveMessageBytes)
    arguments.set("grpc.max_send_message_length", clamping: maxSendMessageBytes ?? -1)
    arguments.set("grpc.max_metadata_size", clamping: maxMetadataBytes)
    // Identity only: the core inflates before it applies the size limit, so a small message could fill the memory.
    arguments.set("grpc.compression_enabled_algorithms_bitset", .integer(1))
    return arguments
  }

  /// Sets a number; one that the core cannot hold becomes the nearest that it can.
  mutating func set(_ name: String, clamping value: Int) {
    set(name, .integer(Int32(clamping: value)))
  }

  /// Sets a time in milliseconds, at least one.
  mutating func set(_ name: String, milliseconds duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let milliseconds = Int64(Int32(clamping: seconds)) * 1000 + attoseconds / 1_000_000_000_000_000
    set(name, clamping: max(1, Int(milliseconds)))
  }
}
