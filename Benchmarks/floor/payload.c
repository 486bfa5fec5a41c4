#include "payload.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>

#include "arena.h"

grpc_byte_buffer *payload_encode(const ProtobufCMessage *message) {
  grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
  protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
  grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);
  grpc_slice_unref(slice);
  return buffer;
}

static void *decode_slice(const ProtobufCMessageDescriptor *descriptor, const grpc_slice *slice) {
  return protobuf_c_message_unpack(descriptor, &arena_allocator, GRPC_SLICE_LENGTH(*slice),
                                   GRPC_SLICE_START_PTR(*slice));
}

void *payload_decode(const ProtobufCMessageDescriptor *descriptor, grpc_byte_buffer *buffer) {
  // A small message arrives in one slice, which is read where it lies.
  if (buffer->type == GRPC_BB_RAW && buffer->data.raw.compression == GRPC_COMPRESS_NONE &&
      buffer->data.raw.slice_buffer.count == 1) {
    return decode_slice(descriptor, &buffer->data.raw.slice_buffer.slices[0]);
  }
  grpc_byte_buffer_reader reader;
  if (!grpc_byte_buffer_reader_init(&reader, buffer)) return NULL;
  grpc_slice whole = grpc_byte_buffer_reader_readall(&reader);
  grpc_byte_buffer_reader_destroy(&reader);
  void *message = decode_slice(descriptor, &whole);
  grpc_slice_unref(whole);
  return message;
}
