// The gRPC C core, as Swift can import it: its headers, its macros as inline functions, and the struct that
// holds everything the core writes to during a call. No logic.
#ifndef THINGRPC_CGRPCSHIM_SHIM_H
#define THINGRPC_CGRPCSHIM_SHIM_H

// Before gRPC's headers, which define _GNU_SOURCE: so that fd_set is the one that Swift's Glibc module knows.
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <grpc/support/log.h>
#include <grpc/support/string_util.h>
#include <grpc/support/time.h>

// GRPC_SLICE_START_PTR. The slice is passed by address: a short slice keeps its bytes inside itself.
static inline const uint8_t *thin_slice_start(const grpc_slice *slice) { return GRPC_SLICE_START_PTR(*slice); }
static inline uint8_t *thin_slice_mutable_start(grpc_slice *slice) { return GRPC_SLICE_START_PTR(*slice); }

// GRPC_SLICE_LENGTH.
static inline size_t thin_slice_length(const grpc_slice *slice) { return GRPC_SLICE_LENGTH(*slice); }

// The one slice of an uncompressed byte buffer that has exactly one, else NULL.
static inline const grpc_slice *thin_byte_buffer_only_slice(const grpc_byte_buffer *buffer) {
  return buffer->type == GRPC_BB_RAW && buffer->data.raw.compression == GRPC_COMPRESS_NONE &&
                 buffer->data.raw.slice_buffer.count == 1
             ? &buffer->data.raw.slice_buffer.slices[0]
             : NULL;
}

// Whether a call on a client got nothing but a status: neither initial metadata nor a message. An internal function of the core that
// its C++ library calls, so it is exported, by its mangled name. Valid once the initial metadata was received.
extern bool thin_call_is_trailers_only(const grpc_call *) __asm__("_Z26grpc_call_is_trailers_onlyPK9grpc_call");

// absl::SetMutexDeadlockDetectionMode(OnDeadlockCycle) by the name that it has in Debian's build of abseil.
#define THIN_SET_DEADLOCK_DETECTION "_ZN4absl7debian329SetMutexDeadlockDetectionModeENS0_15OnDeadlockCycleE"

// That function where abseil is a part of the program itself, else NULL.
extern void thin_linked_set_deadlock_detection(int) __asm__(THIN_SET_DEADLOCK_DETECTION) __attribute__((weak));
static inline void (*thin_set_deadlock_detection(void))(int) { return thin_linked_set_deadlock_detection; }

// grpc_call_test_only_get_message_flags by its name in C++, where the core has it, else NULL: how the message that was received
// last was framed.
extern uint32_t thin_linked_message_flags(grpc_call *) __asm__("_Z37grpc_call_test_only_get_message_flagsP9grpc_call")
    __attribute__((weak));

// Whether the message that was received last was flagged as compressed (GRPC_WRITE_INTERNAL_COMPRESS of the core's transport.h).
static inline int thin_message_is_compressed(grpc_call *call) {
  return thin_linked_message_flags != NULL && (thin_linked_message_flags(call) & 0x80000000u) != 0;
}

// grpc_core::Server::StopListening and SendGoaways by their names in C++, where the core has them, else NULL.
extern void thin_linked_stop_listening(grpc_server *) __asm__("_ZN9grpc_core6Server13StopListeningEv") __attribute__((weak));
extern void thin_linked_send_goaways(grpc_server *) __asm__("_ZN9grpc_core6Server11SendGoawaysEv") __attribute__((weak));

static void thin_announce_end_inside(void *server) {
  thin_linked_stop_listening((grpc_server *)server);
  thin_linked_send_goaways((grpc_server *)server);
}

// Stops listening and tells each client to make no new calls on its connection, while calls are still accepted; 0 where the core
// has no functions for it. They must be called from inside the core: what frees the last slice of a message is.
static inline int thin_announce_end(grpc_server *server) {
  if (thin_linked_stop_listening == NULL || thin_linked_send_goaways == NULL) return 0;
  static char byte;
  grpc_slice slice = grpc_slice_new_with_user_data(&byte, 1, thin_announce_end_inside, server);
  grpc_byte_buffer *message = grpc_raw_byte_buffer_create(&slice, 1);
  grpc_slice_unref(slice);
  grpc_byte_buffer_destroy(message);
  return 1;
}

// grpc_core::internal::SetXdsFallbackBootstrapConfig by its name in C++, where the core has it, else NULL: the bootstrap of the
// process's xDS client where the environment has none.
extern void thin_linked_set_xds_bootstrap(const char *)
    __asm__("_ZN9grpc_core8internal29SetXdsFallbackBootstrapConfigEPKc") __attribute__((weak));

// Sets that bootstrap, of which the core keeps a copy; false where the core has no function for it.
static inline bool thin_set_xds_bootstrap(const char *json) {
  if (thin_linked_set_xds_bootstrap == NULL) return false;
  thin_linked_set_xds_bootstrap(json);
  return true;
}

// Everything that the core writes to in the course of one call. It stays at one address until the last event of the
// call has been taken from its completion queue.
typedef struct {
  grpc_call *call;
  gpr_timespec deadline;
  grpc_metadata_array initial_metadata;
  grpc_metadata_array trailing_metadata;
  grpc_byte_buffer *message;
  grpc_byte_buffer *surplus_message;
  grpc_status_code status;
  grpc_slice status_details;
  const char *error_string;
  int cancelled;
} thin_call_slots;

// Allocates a block and frees it again, which the compiler would else leave out.
static inline void thin_visit_heap(size_t byte_count) {
  void *volatile block = malloc(byte_count);
  free(block);
}

// Whether the core has received a message, asked while it may do so on another thread.
static inline bool thin_has_message(const thin_call_slots *slots) {
  return __atomic_load_n(&slots->message, __ATOMIC_ACQUIRE) != NULL;
}

// Takes the message that was received.
static inline grpc_byte_buffer *thin_take_message(thin_call_slots *slots) {
  grpc_byte_buffer *message = slots->message;
  __atomic_store_n(&slots->message, NULL, __ATOMIC_RELAXED);
  return message;
}

#endif
