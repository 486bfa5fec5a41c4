// Encodes and decodes protobuf-c's own C structs, as a hand-written C program does it.
#ifndef CCODEC_H
#define CCODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { ccodec_user, ccodec_get_user_request, ccodec_user_update, ccodec_sync_result } ccodec_type;

typedef enum {
  // The C library's heap: protobuf-c's default allocator, and a malloc for what is encoded.
  ccodec_heap,
  // The floor's arena, reset after each message, for both.
  ccodec_arena,
  // The floor's way to a call: encoded into a slice and a byte buffer of the core, decoded into the arena.
  ccodec_call
} ccodec_memory;

// One message, as a C struct and as bytes.
typedef struct ccodec_message ccodec_message;

// NULL when the bytes are no such message.
ccodec_message *ccodec_message_create(ccodec_type type, const uint8_t *bytes, size_t count);
void ccodec_message_destroy(ccodec_message *message);

// Whether encoding gives the message's bytes, and encoding what was decoded from them, too.
bool ccodec_verify(const ccodec_message *message, ccodec_memory memory);

// Encodes the struct so many times; returns the bytes of all encodings together.
size_t ccodec_encode(const ccodec_message *message, ccodec_memory memory, size_t iterations);

// Decodes the bytes so many times; returns how often it failed.
size_t ccodec_decode(const ccodec_message *message, ccodec_memory memory, size_t iterations);

#endif
