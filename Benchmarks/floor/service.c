#include "service.h"

#include <grpc/slice.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "payload.h"
#include "table.h"

// How many calls of each method the server may accept before the program has looked at the queue.
enum { requests_ahead = 64 };

struct method {
  const char *path;
  grpc_server_register_method_payload_handling payload_handling;
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
  grpc_byte_buffer *payload;
  gpr_timespec deadline;
  unsigned pending_events;
  bool cancelled;
  int cancelled_by_peer;
  unsigned next_user;
  int32_t remaining;
  struct call *next_free;
};

static void get_user(struct call *call, bool ok);
static void list_users(struct call *call, bool ok);
static void sync_users(struct call *call, bool ok);

static struct method methods[] = {
    {"/userservice.UserService/GetUser", GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, get_user, NULL},
    {"/userservice.UserService/ListUsers", GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, list_users, NULL},
    {"/userservice.UserService/SyncUsers", GRPC_SRM_PAYLOAD_NONE, sync_users, NULL},
};
enum { method_count = sizeof methods / sizeof methods[0] };

// Any other method: one request at a time is enough to answer that it does not exist.
static void refuse_unknown(struct call *call, bool ok);
static struct method unknown_method = {NULL, GRPC_SRM_PAYLOAD_NONE, refuse_unknown, NULL};
static grpc_call_details unknown_details;

static grpc_server *server;
static grpc_completion_queue *queue;
static struct call *free_calls;
static unsigned live_calls;

// Calls

static void must_succeed(grpc_call_error error) {
  if (error == GRPC_CALL_OK) return;
  // Only a mistake in this program ends here.
  fprintf(stderr, "floor-server: %s\n", grpc_call_error_to_string(error));
  abort();
}

static void request_call(struct method *method) {
  struct call *call = free_calls;
  if (call != NULL) {
    free_calls = call->next_free;
  } else {
    call = calloc(1, sizeof *call);
    if (call == NULL) abort();
    grpc_metadata_array_init(&call->metadata);
    call->progress.call = call;
    call->closed.call = call;
  }
  live_calls++;
  call->method = method;
  call->progress.run = method->begin;
  call->pending_events = 0;
  call->cancelled = false;
  if (method == &unknown_method) {
    must_succeed(grpc_server_request_call(server, &call->handle, &unknown_details, &call->metadata, queue, queue,
                                          &call->progress));
    return;
  }
  grpc_byte_buffer **payload =
      method->payload_handling == GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER ? &call->payload : NULL;
  must_succeed(grpc_server_request_registered_call(server, method->registration, &call->handle, &call->deadline,
                                                   &call->metadata, payload, queue, queue, &call->progress));
}

static void release(struct call *call) {
  if (call->payload != NULL) grpc_byte_buffer_destroy(call->payload);
  if (call->handle != NULL) grpc_call_unref(call->handle);
  call->payload = NULL;
  call->handle = NULL;
  call->metadata.count = 0;
  call->next_free = free_calls;
  free_calls = call;
  live_calls--;
}

// Takes a call that has arrived; false for a request that the server's shutdown gave back.
static bool accept_call(struct call *call, bool ok) {
  if (!ok) {
    release(call);
    return false;
  }
  request_call(call->method);
  return true;
}

static void start_batch(struct call *call, const grpc_op *operations, size_t count, struct event *event) {
  call->pending_events++;
  must_succeed(grpc_call_start_batch(call->handle, operations, count, event, NULL));
}

static void complete(struct call *call, bool ok) {
  (void)ok;
  if (--call->pending_events == 0) release(call);
}

// Operations

static grpc_op send_initial_metadata(void) { return (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA}; }

static grpc_op send_message(grpc_byte_buffer *message, uint32_t flags) {
  return (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .flags = flags, .data.send_message.send_message = message};
}

// The details may lie on the caller's stack: the core takes its own reference while the batch starts.
static grpc_op send_status(grpc_status_code status, grpc_slice *details) {
  return (grpc_op){.op = GRPC_OP_SEND_STATUS_FROM_SERVER,
                   .data.send_status_from_server = {.status = status, .status_details = details}};
}

static grpc_op receive_message(struct call *call) {
  return (grpc_op){.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->payload};
}

static grpc_op receive_close(struct call *call) {
  return (grpc_op){.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                   .data.recv_close_on_server.cancelled = &call->cancelled_by_peer};
}

// Ends a call that has sent nothing yet.
static void refuse(struct call *call, grpc_status_code status, const char *text) {
  grpc_slice details = grpc_slice_from_static_string(text);
  grpc_op const operations[] = {send_initial_metadata(), send_status(status, &details), receive_close(call)};
  call->progress.run = complete;
  start_batch(call, operations, 3, &call->progress);
}

// Decodes the message that has arrived and gives its buffer back.
static void *take_message(struct call *call, const ProtobufCMessageDescriptor *descriptor) {
  // The core hands over no buffer at all when the client closed its side without a message.
  if (call->payload == NULL) return NULL;
  void *message = payload_decode(descriptor, call->payload);
  grpc_byte_buffer_destroy(call->payload);
  call->payload = NULL;
  return message;
}

// GetUser

static void get_user(struct call *call, bool ok) {
  if (!accept_call(call, ok)) return;
  GetUserRequest const *request = take_message(call, &get_user_request_descriptor);
  User const *user = request != NULL ? table_find(request->id) : NULL;
  if (user == NULL) {
    if (request == NULL) {
      refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed GetUserRequest");
    } else {
      refuse(call, GRPC_STATUS_NOT_FOUND, "no such user");
    }
    arena_reset();
    return;
  }
  grpc_byte_buffer *reply = payload_encode(&user->base);
  arena_reset();
  grpc_op const operations[] = {send_initial_metadata(), send_message(reply, 0), send_status(GRPC_STATUS_OK, NULL),
                                receive_close(call)};
  call->progress.run = complete;
  start_batch(call, operations, 4, &call->progress);
  grpc_byte_buffer_destroy(reply);
}

// ListUsers

static void note_close(struct call *call, bool ok) {
  call->cancelled = call->cancelled_by_peer != 0;
  complete(call, ok);
}

static void list_next(struct call *call, bool ok);

// Sends the next user; with the first the metadata, with the last the status.
static void send_user(struct call *call, bool first) {
  grpc_byte_buffer *message = payload_encode(&table_user(call->next_user)->base);
  bool const last = --call->remaining == 0;
  call->next_user = (call->next_user + 1) % table_size;
  // A hint beside the initial metadata keeps the batch from ever completing, and the last message must leave.
  grpc_op operations[3];
  size_t count = 0;
  if (first) operations[count++] = send_initial_metadata();
  operations[count++] = send_message(message, first || last ? 0 : GRPC_WRITE_BUFFER_HINT);
  if (last) operations[count++] = send_status(GRPC_STATUS_OK, NULL);
  call->progress.run = last ? complete : list_next;
  start_batch(call, operations, count, &call->progress);
  grpc_byte_buffer_destroy(message);
}

static void list_next(struct call *call, bool ok) {
  call->pending_events--;
  if (ok && !call->cancelled) {
    send_user(call, false);
    return;
  }
  grpc_op const operation = send_status(GRPC_STATUS_CANCELLED, NULL);
  call->progress.run = complete;
  start_batch(call, &operation, 1, &call->progress);
}

static void list_users(struct call *call, bool ok) {
  if (!accept_call(call, ok)) return;
  ListUsersRequest const *request = take_message(call, &list_users_request_descriptor);
  int32_t const page_size = request != NULL ? request->page_size : -1;
  arena_reset();
  if (page_size < 0) {
    refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed ListUsersRequest, or page_size below 0");
    return;
  }
  call->remaining = page_size > 0 ? page_size : table_size;
  call->next_user = 0;
  // A batch of its own: without it a cancelled call would go on to the end of its page.
  grpc_op const operation = receive_close(call);
  call->closed.run = note_close;
  start_batch(call, &operation, 1, &call->closed);
  send_user(call, true);
}

// SyncUsers

static void end_sync(struct call *call, grpc_status_code status, const char *text) {
  grpc_slice details = grpc_slice_from_static_string(text);
  grpc_op const operations[] = {send_status(status, &details), receive_close(call)};
  call->progress.run = complete;
  start_batch(call, operations, 2, &call->progress);
}

static void sync_update(struct call *call, bool ok) {
  call->pending_events--;
  if (!ok || call->payload == NULL) {
    end_sync(call, GRPC_STATUS_OK, "");
    return;
  }
  UserUpdate const *update = take_message(call, &user_update_descriptor);
  if (update == NULL) {
    end_sync(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed UserUpdate");
    arena_reset();
    return;
  }
  SyncResult result;
  sync_result_init(&result);
  result.id = update->id;
  result.ok = true;
  result.message = "updated";
  grpc_byte_buffer *reply = payload_encode(&result.base);
  arena_reset();
  // Together, so that a round trip is one event: the reply has long left when the next update arrives.
  grpc_op const operations[] = {send_message(reply, 0), receive_message(call)};
  start_batch(call, operations, 2, &call->progress);
  grpc_byte_buffer_destroy(reply);
}

static void sync_users(struct call *call, bool ok) {
  if (!accept_call(call, ok)) return;
  grpc_op const operations[] = {send_initial_metadata(), receive_message(call)};
  call->progress.run = sync_update;
  start_batch(call, operations, 2, &call->progress);
}

// Other methods

static void refuse_unknown(struct call *call, bool ok) {
  grpc_call_details_destroy(&unknown_details);
  grpc_call_details_init(&unknown_details);
  if (accept_call(call, ok)) refuse(call, GRPC_STATUS_UNIMPLEMENTED, "no such method");
}

// The service as a whole

void service_register(grpc_server *of_server, grpc_completion_queue *on_queue) {
  server = of_server;
  queue = on_queue;
  for (struct method *method = methods; method < methods + method_count; method++) {
    method->registration = grpc_server_register_method(server, method->path, NULL, method->payload_handling, 0);
  }
}

void service_open(void) {
  for (int ahead = 0; ahead < requests_ahead; ahead++) {
    for (struct method *method = methods; method < methods + method_count; method++) request_call(method);
  }
  grpc_call_details_init(&unknown_details);
  request_call(&unknown_method);
}

unsigned service_live_calls(void) { return live_calls; }

void service_free(void) {
  grpc_call_details_destroy(&unknown_details);
  while (free_calls != NULL) {
    struct call *call = free_calls;
    free_calls = call->next_free;
    grpc_metadata_array_destroy(&call->metadata);
    free(call);
  }
}
