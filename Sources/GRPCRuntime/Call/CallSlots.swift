internal import CGRPCShim

// What the core writes to in the course of one call: where it lies, and how it is used again.

extension UnsafeMutablePointer<thin_call_slots> {
  /// Memory for a call, empty.
  static func makeSlots() -> Self {
    let slots = Self.allocate(capacity: 1)
    unsafe slots.initialize(to: thin_call_slots())
    unsafe grpc_metadata_array_init(slots.pointer(to: \.initial_metadata))
    unsafe grpc_metadata_array_init(slots.pointer(to: \.trailing_metadata))
    return unsafe slots
  }

  /// Lets go of all that the core has left, the call too. The metadata keeps the room it has.
  func clear() {
    if let message = unsafe pointee.message { unsafe grpc_byte_buffer_destroy(message) }
    if let surplus = unsafe pointee.surplus_message { unsafe grpc_byte_buffer_destroy(surplus) }
    unsafe grpc_slice_unref(pointee.status_details)
    if let errorString = unsafe pointee.error_string {
      unsafe gpr_free(UnsafeMutableRawPointer(mutating: errorString))
    }
    if let call = unsafe pointee.call { unsafe grpc_call_unref(call) }
    var empty = unsafe thin_call_slots()
    unsafe empty.initial_metadata = unsafe pointee.initial_metadata
    unsafe empty.initial_metadata.count = 0
    unsafe empty.trailing_metadata = unsafe pointee.trailing_metadata
    unsafe empty.trailing_metadata.count = 0
    unsafe pointee = unsafe empty
  }

  /// Frees memory that was cleared.
  func freeSlots() {
    unsafe grpc_metadata_array_destroy(pointer(to: \.initial_metadata))
    unsafe grpc_metadata_array_destroy(pointer(to: \.trailing_metadata))
    unsafe deallocate()
  }
}

/// The memory of calls that have ended, kept for calls to come. One thread's.
@safe struct SpareCallSlots: ~Copyable {
  private var spare: [UnsafeMutablePointer<thin_call_slots>] = unsafe []

  /// The most that is kept: a call's memory is about half a kilobyte with its metadata.
  private static let mostKept = 128
  /// The most metadata entries that memory which is kept has room for.
  private static let mostMetadataKept = 64

  mutating func take() -> UnsafeMutablePointer<thin_call_slots> {
    unsafe spare.popLast() ?? .makeSlots()
  }

  /// Takes memory that was cleared.
  mutating func give(_ slots: UnsafeMutablePointer<thin_call_slots>) {
    if unsafe spare.count < Self.mostKept,
      unsafe slots.pointee.initial_metadata.capacity <= Self.mostMetadataKept,
      unsafe slots.pointee.trailing_metadata.capacity <= Self.mostMetadataKept
    {
      unsafe spare.append(slots)
    } else {
      unsafe slots.freeSlots()
    }
  }

  deinit {
    unsafe spare.forEach { unsafe $0.freeSlots() }
  }
}
