#include "payload.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>
#include <string.h>

#include "arena.h"

grpc_byte_buffer *payload_encode(const ProtobufCMessage *message) {
  grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
  protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
  grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);
  grpc_slice_unref(slice);
  return buffer;
}

// Joins the slices in the arena, which is still in the cache from the message before; a slice made for it is
// not.
static uint8_t *join(grpc_byte_buffer_reader *reader, size_t length) {
  uint8_t *joined = arena_allocator.alloc(NULL, length);
  if (joined == NULL) return NULL;
  uint8_t *end = joined;
  for (grpc_slice *slice; grpc_byte_buffer_reader_peek(reader, &slice);) {
    memcpy(end, GRPC_SLICE_START_PTR(*slice), GRPC_SLICE_LENGTH(*slice));
    end += GRPC_SLICE_LENGTH(*slice);
  }
  return joined;
}

void *payload_decode(const ProtobufCMessageDescriptor *descriptor, grpc_byte_buffer *buffer) {
  // A small message arrives in one slice, which is read where it lies.
  if (buffer->type == GRPC_BB_RAW && buffer->data.raw.compression == GRPC_COMPRESS_NONE &&
      buffer->data.raw.slice_buffer.count == 1) {
    const grpc_slice *slice = &buffer->data.raw.slice_buffer.slices[0];
    return protobuf_c_message_unpack(descriptor, &arena_allocator, GRPC_SLICE_LENGTH(*slice),
                                     GRPC_SLICE_START_PTR(*slice));
  }
  grpc_byte_buffer_reader reader;
  if (!grpc_byte_buffer_reader_init(&reader, buffer)) return NULL;
  size_t const length = grpc_byte_buffer_length(reader.buffer_out);
  const uint8_t *joined = join(&reader, length);
  grpc_byte_buffer_reader_destroy(&reader);
  if (joined == NULL) return NULL;
  return protobuf_c_message_unpack(descriptor, &arena_allocator, length, joined);
}
