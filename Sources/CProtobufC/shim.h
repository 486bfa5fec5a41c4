// protobuf-c 1.4: the engine that packs and unpacks messages by descriptor tables.
#ifndef THINGRPC_CPROTOBUFC_SHIM_H
#define THINGRPC_CPROTOBUFC_SHIM_H

#include <protobuf-c/protobuf-c.h>

// A slot of the calling thread, null at first. C's thread-local storage is a load away, where Swift has only pthread_getspecific.
static inline void **thin_protobuf_thread_slot(void) {
  static _Thread_local void *slot;
  return &slot;
}

#endif
