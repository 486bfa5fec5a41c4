internal import CCodec

/// Where C's messages lie.
enum CMemory {
  case heap, arena, call

  fileprivate var value: ccodec_memory {
    switch self {
    case .heap: ccodec_heap
    case .arena: ccodec_arena
    case .call: ccodec_call
    }
  }
}

extension Shape {
  /// The C struct that `agreed` decodes to; nil where the floor has none of this shape.
  func cStruct(_ memory: CMemory, _ agreed: [UInt8]) throws -> Subject? {
    let type =
      switch self {
      case .user, .userText: ccodec_user
      case .getUserRequest: ccodec_get_user_request
      case .userUpdate, .bytes: ccodec_user_update
      case .syncResult: ccodec_sync_result
      case .small, .texts, .numbers, .nested, .maps, .blob: nil as ccodec_type?
      }
    guard let type else { return nil }
    let message = try CMessage(type, agreed)
    let memory = memory.value
    return Subject(
      bytes: agreed,
      verify: {
        guard unsafe ccodec_verify(message.pointer, memory) else {
          throw WrongResult("protobuf-c encodes to other bytes")
        }
      },
      encode: { iterations in
        guard unsafe ccodec_encode(message.pointer, memory, iterations) == iterations * agreed.count else {
          throw WrongResult("The size changed")
        }
      },
      decode: { iterations in
        guard unsafe ccodec_decode(message.pointer, memory, iterations) == 0 else {
          throw WrongResult("protobuf-c refuses the message")
        }
      })
  }
}

/// Owns C's message.
@safe private final class CMessage {
  let pointer: OpaquePointer

  init(_ type: ccodec_type, _ bytes: [UInt8]) throws {
    guard let pointer = unsafe ccodec_message_create(type, bytes, bytes.count) else {
      throw WrongResult("protobuf-c refuses the message")
    }
    unsafe self.pointer = pointer
  }

  deinit { unsafe ccodec_message_destroy(pointer) }
}
