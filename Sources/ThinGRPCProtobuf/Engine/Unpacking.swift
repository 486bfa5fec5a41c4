internal import CProtobufC
internal import ThinGRPC

/// Unpacks `bytes` into an image in `arena`, which means what protobuf says they mean.
@inline(__always)
func unpackedImage(
  _ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout, _ options: DecodingOptions,
  _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> UnsafeMutableRawPointer {
  let table = unsafe layout.prepared
  unsafe arena.pointee.repairsText = options.text == .repaired
  // Most messages of most types: nothing to do but what the engine does.
  if unsafe table.pointee.isReadByEngineAlone, unsafe table.pointee.greatestDepth <= options.maximumDepth,
    bytes.count <= options.maximumByteCount, let image = unsafe unpack(bytes, table, arena),
    unsafe !arena.pointee.hasReplacedMessage
  {
    if unsafe table.pointee.traits.contains(.hasRequiredFields), !options.allowsMissingRequiredFields {
      try unsafe checkRequiredFields(of: image)
    }
    return unsafe image
  }
  return try unsafe otherUnpackedImage(bytes, table, options, arena)
}

/// The same for types that the engine must not be given first, and where it was tried in vain.
@inline(never)
private func otherUnpackedImage(
  _ bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>, _ options: DecodingOptions,
  _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> UnsafeMutableRawPointer {
  guard bytes.count <= options.maximumByteCount else {
    throw MessageCodingError(
      "A \(unsafe table.pointee.name) of \(bytes.count) bytes is larger than the limit of \(options.maximumByteCount)"
    )
  }
  try unsafe checkBudget(bytes.count, table, arena)
  let image = try unsafe unpackSurveyed(bytes, table, options, arena)
  if unsafe table.pointee.traits.contains(.hasRequiredFields), !options.allowsMissingRequiredFields {
    try unsafe checkRequiredFields(of: image)
  }
  return unsafe image
}

/// Unpacks bytes that may overflow the stack, or that the engine may refuse or misread.
@inline(never)
private func unpackSurveyed(
  _ bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>, _ options: DecodingOptions,
  _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> UnsafeMutableRawPointer {
  let survey = try unsafe WireSurvey(of: bytes, table, depth: options.maximumDepth)
  var image: UnsafeMutableRawPointer?
  if unsafe survey.isIrregular {
    // For the bytes as they came: rewritten ones can be six times as many.
    unsafe arena.pointee.startOver(budget: DecodingOptions.memoryBudget(forDecoding: bytes.count))
    let rewritten = try unsafe table.rewritten(bytes, levels: options.maximumDepth)
    unsafe arena.pointee.isRewritten = true
    unsafe image = rewritten.withUnsafeBytes { bytes in unsafe unpack(bytes, table, arena) }
  } else {
    unsafe image = unpack(bytes, table, arena)
  }
  if let image = unsafe image { return unsafe image }
  try unsafe checkBudget(bytes.count, table, arena)
  throw MessageCodingError("The bytes are not a valid \(unsafe table.pointee.name)")
}

extension UnsafeMutablePointer<MessageTable> {
  fileprivate func rewritten(
    _ bytes: UnsafeRawBufferPointer, levels: Int
  ) throws(MessageCodingError) -> [UInt8] {
    do throws(WireFault) {
      return try unsafe ThinGRPCProtobuf.rewritten(bytes, self, levels: levels)
    } catch {
      // The survey has read the same bytes; only groups in parts of one message can be deeper than it saw.
      throw MessageCodingError("The bytes are not a valid \(unsafe pointee.name)")
    }
  }
}

/// Unpacks bytes by the engine (`protobuf_c_message_unpack`), packed numbers apart; nil when they are refused or the arena is
/// exhausted.
@inline(__always)
private func unpack(
  _ bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>,
  _ arena: UnsafeMutablePointer<Arena>
) -> UnsafeMutableRawPointer? {
  var allocator = unsafe arena.allocator
  let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  let message = unsafe protobuf_c_message_unpack(
    table.pointee.readingDescriptor, &allocator, bytes.count, start)
  guard let image = unsafe message.map({ UnsafeMutableRawPointer($0) }) else { return nil }
  if unsafe table.pointee.traits.contains(.hasPackedNumbers), unsafe !readPackedNumbers(of: image, arena) {
    return nil
  }
  return unsafe image
}

private func checkBudget(
  _ byteCount: Int, _ table: UnsafeMutablePointer<MessageTable>, _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) {
  guard unsafe arena.pointee.isExhausted else { return }
  throw MessageCodingError(
    "Decoding a \(unsafe table.pointee.name) of \(byteCount) bytes needs more memory than that size may take")
}
