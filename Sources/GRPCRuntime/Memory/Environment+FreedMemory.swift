internal import CGRPCShim
internal import Glibc

extension Environment {
  /// The most freed memory that the C heap keeps for the blocks to come, in bytes, for each of its arenas.
  static let keptByteCount: Int32 = 16 << 20

  /// What an operator sets who has a policy for the C heap.
  private static let heapVariables = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"]

  /// Whether the operator has a policy for the C heap.
  static let hasHeapPolicy = heapVariables.contains { unsafe getenv($0) != nil }

  /// Has the C heap keep what was freed (`mallopt`), unless the process's environment says how it is to be.
  ///
  /// As it is, it gives all that is free above 128 KiB back to the system, and maps large blocks each by itself. So each message
  /// from some 64 KiB on is made of memory that the system clears anew page by page, which costs several times what the call does.
  static func keepFreedMemory() {
    if hasHeapPolicy { return }
    mallopt(M_TRIM_THRESHOLD, keptByteCount)
    mallopt(M_MMAP_THRESHOLD, keptByteCount)
  }
}
