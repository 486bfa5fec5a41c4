#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum { block_size = 256 * 1024 };

// Lives in the zero pages: what is never touched costs nothing.
static alignas(max_align_t) char block[block_size];
static size_t used;

// What does not fit into the block, chained so that a reset finds it.
struct overflow {
  struct overflow *next;
  alignas(max_align_t) char bytes[];
};
static struct overflow *overflows;

static void *allocate(void *allocator_data, size_t size) {
  (void)allocator_data;
  size_t const alignment = alignof(max_align_t);
  if (size <= block_size - used) {
    void *pointer = block + used;
    used += (size + alignment - 1) & ~(alignment - 1);
    return pointer;
  }
  struct overflow *overflow = malloc(sizeof *overflow + size);
  if (overflow == NULL) return NULL;
  overflow->next = overflows;
  overflows = overflow;
  return overflow->bytes;
}

static void ignore_free(void *allocator_data, void *pointer) {
  (void)allocator_data;
  (void)pointer;
}

ProtobufCAllocator arena_allocator = {allocate, ignore_free, NULL};

void arena_reset(void) {
  used = 0;
  while (overflows != NULL) {
    struct overflow *overflow = overflows;
    overflows = overflow->next;
    free(overflow);
  }
}
