// A call on the server: its pool, its requests ahead, and the operations of its batches.
#ifndef FLOOR_CALL_H
#define FLOOR_CALL_H

#include <grpc/grpc.h>
#include <stdbool.h>

struct call;

// The tag of a batch or request: what to do with its completion.
struct event {
  void (*run)(struct call *call, bool ok);
  struct call *call;
};

struct method {
  // NULL stands for every method that is not registered.
  const char *path;
  grpc_server_register_method_payload_handling payload_handling;
  // Runs with a call that has arrived, which `call_accept` takes first.
  void (*begin)(struct call *call, bool ok);
  void *registration;
};

struct call {
  struct event progress;
  // ListUsers only: that the call is closed arrives beside the messages' events.
  struct event closed;
  struct method *method;
  grpc_call *handle;
  grpc_metadata_array metadata;
  // The message received last; NULL where none came.
  grpc_byte_buffer *payload;
  gpr_timespec deadline;
  // Batches under way.
  unsigned pending_events;
  // Written by the core on any thread of its own: to be read only when the close has completed.
  int cancelled;
  // ListUsers only: whether to stop, the next user of the table, and how many are still to be sent.
  bool stop;
  unsigned next_user;
  int32_t remaining;
  struct call *next_free;
};

// Where calls are asked for; once, before any of the following.
void calls_open(grpc_server *server, grpc_completion_queue *queue);

// How many calls run or are asked for.
unsigned calls_live(void);

// Frees the pool when no call is live.
void calls_free(void);

// Asks the server for a call of a method.
void call_request(struct method *method);

// Takes a call that has arrived and asks for the next; false for a request that the server's shutdown gave
// back.
bool call_accept(struct call *call, bool ok);

// Starts a batch. Operations and what they point at may lie on the stack, except what is received.
void call_start(struct call *call, const grpc_op *operations, size_t count, struct event *event);

// Starts the last batch of `progress`; when no other is under way at its end, the call is over.
void call_start_last(struct call *call, const grpc_op *operations, size_t count);

// Completes a batch after which nothing follows. Gives the call back to the pool when it was the last.
void call_complete(struct call *call, bool ok);

// Ends a call that has sent nothing yet. The text must be static.
void call_refuse(struct call *call, grpc_status_code status, const char *text);

static inline grpc_op send_initial_metadata(void) { return (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA}; }

static inline grpc_op send_message(grpc_byte_buffer *message, uint32_t flags) {
  return (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .flags = flags, .data.send_message.send_message = message};
}

static inline grpc_op send_status(grpc_status_code status, grpc_slice *details) {
  return (grpc_op){.op = GRPC_OP_SEND_STATUS_FROM_SERVER,
                   .data.send_status_from_server = {.status = status, .status_details = details}};
}

static inline grpc_op receive_message(struct call *call) {
  return (grpc_op){.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->payload};
}

static inline grpc_op receive_close(struct call *call) {
  return (grpc_op){.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                   .data.recv_close_on_server.cancelled = &call->cancelled};
}

#endif
