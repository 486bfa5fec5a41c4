// The memory of decoded messages: one block, taken from front to back and given back all at once.
#ifndef FLOOR_ARENA_H
#define FLOOR_ARENA_H

#include <protobuf-c/protobuf-c.h>

// Allocates from the process's only arena; its `free` does nothing. For the thread of the queue alone.
extern ProtobufCAllocator arena_allocator;

// Gives back everything: no message decoded before may be used any more.
void arena_reset(void);

#endif
