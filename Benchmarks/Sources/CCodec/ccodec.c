#include "ccodec.h"

#include <grpc/byte_buffer.h>
#include <grpc/slice.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "messages.h"
#include "payload.h"

struct ccodec_message {
  const ProtobufCMessageDescriptor *descriptor;
  ProtobufCMessage *value;
  grpc_byte_buffer *received;
  size_t count;
  uint8_t bytes[];
};

static const ProtobufCMessageDescriptor *descriptor_of(ccodec_type type) {
  switch (type) {
    case ccodec_user: return &user_descriptor;
    case ccodec_get_user_request: return &get_user_request_descriptor;
    case ccodec_user_update: return &user_update_descriptor;
    case ccodec_sync_result: return &sync_result_descriptor;
  }
  return NULL;
}

ccodec_message *ccodec_message_create(ccodec_type type, const uint8_t *bytes, size_t count) {
  ccodec_message *message = malloc(sizeof *message + count);
  if (message == NULL) abort();
  message->descriptor = descriptor_of(type);
  message->count = count;
  memcpy(message->bytes, bytes, count);
  message->value = protobuf_c_message_unpack(message->descriptor, NULL, count, bytes);
  if (message->value == NULL) {
    free(message);
    return NULL;
  }
  message->received = payload_encode(message->value);
  return message;
}

void ccodec_message_destroy(ccodec_message *message) {
  grpc_byte_buffer_destroy(message->received);
  protobuf_c_message_free_unpacked(message->value, NULL);
  free(message);
}

static ProtobufCMessage *decode(const ccodec_message *message, ccodec_memory memory) {
  switch (memory) {
    case ccodec_heap:
      return protobuf_c_message_unpack(message->descriptor, NULL, message->count, message->bytes);
    case ccodec_arena:
      return protobuf_c_message_unpack(message->descriptor, &arena_allocator, message->count, message->bytes);
    case ccodec_call: return payload_decode(message->descriptor, message->received);
  }
  return NULL;
}

static void release(ProtobufCMessage *decoded, ccodec_memory memory) {
  if (memory == ccodec_heap) {
    protobuf_c_message_free_unpacked(decoded, NULL);
  } else {
    arena_reset();
  }
}

static size_t encode(const ProtobufCMessage *value, ccodec_memory memory) {
  if (memory == ccodec_call) {
    grpc_byte_buffer *buffer = payload_encode(value);
    size_t const length = grpc_byte_buffer_length(buffer);
    grpc_byte_buffer_destroy(buffer);
    return length;
  }
  size_t const size = protobuf_c_message_get_packed_size(value);
  uint8_t *bytes = memory == ccodec_heap ? malloc(size) : arena_allocator.alloc(NULL, size);
  if (bytes == NULL) abort();
  size_t const length = protobuf_c_message_pack(value, bytes);
  if (memory == ccodec_heap) {
    free(bytes);
  } else {
    arena_reset();
  }
  return length;
}

static bool packs_to_its_bytes(const ccodec_message *message, const ProtobufCMessage *value) {
  if (protobuf_c_message_get_packed_size(value) != message->count) return false;
  uint8_t *packed = malloc(message->count);
  if (packed == NULL) abort();
  protobuf_c_message_pack(value, packed);
  bool const equal = memcmp(packed, message->bytes, message->count) == 0;
  free(packed);
  return equal;
}

bool ccodec_verify(const ccodec_message *message, ccodec_memory memory) {
  ProtobufCMessage *decoded = decode(message, memory);
  if (decoded == NULL) return false;
  bool const same = packs_to_its_bytes(message, decoded);
  release(decoded, memory);
  return same && packs_to_its_bytes(message, message->value) && encode(message->value, memory) == message->count;
}

size_t ccodec_encode(const ccodec_message *message, ccodec_memory memory, size_t iterations) {
  size_t total = 0;
  for (size_t i = 0; i < iterations; i++) total += encode(message->value, memory);
  return total;
}

size_t ccodec_decode(const ccodec_message *message, ccodec_memory memory, size_t iterations) {
  size_t failures = 0;
  for (size_t i = 0; i < iterations; i++) {
    ProtobufCMessage *decoded = decode(message, memory);
    if (decoded == NULL) {
      failures++;
    } else {
      release(decoded, memory);
    }
  }
  return failures;
}
