// protobuf-c 1.4: the engine that packs and unpacks messages by descriptor tables.
#ifndef THINGRPC_CPROTOBUFC_SHIM_H
#define THINGRPC_CPROTOBUFC_SHIM_H

#include <protobuf-c/protobuf-c.h>

// A slot of the calling thread, null at first. C's thread-local storage is a load away, where Swift has only pthread_getspecific.
static inline void **thin_protobuf_thread_slot(void) {
  static _Thread_local void *slot;
  return &slot;
}

// What an arena begins with: Arena.swift has the rest.
typedef struct {
  uint8_t *cursor;
  uint8_t *end;
  void *(*allocate_from_new_block)(void *arena, size_t byte_count);
} thin_protobuf_arena_head;

// The arena as an allocator: a piece of its block, aligned to 8. In C, as the engine calls it for each text and each message, and
// what Swift hands to C as a function is two.
static inline void *thin_protobuf_allocate(void *arena, size_t byte_count) {
  thin_protobuf_arena_head *head = (thin_protobuf_arena_head *)arena;
  uint8_t *piece = head->cursor;
  size_t rounded = (byte_count + 7) & ~(size_t)7;
  if (rounded > (size_t)(head->end - piece)) return head->allocate_from_new_block(arena, byte_count);
  head->cursor = piece + rounded;
  return piece;
}

#endif
