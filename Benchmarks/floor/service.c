#include "service.h"

#include <grpc/slice.h>

#include "arena.h"
#include "call.h"
#include "payload.h"
#include "table.h"

// How many calls of each method may arrive before the program has looked at the queue.
enum { requests_ahead = 64 };

// Decodes the message that has arrived and gives its buffer back.
static void *take_message(struct call *call, const ProtobufCMessageDescriptor *descriptor) {
  // There is no buffer where the client closed its side without a message.
  if (call->payload == NULL) return NULL;
  void *message = payload_decode(descriptor, call->payload);
  grpc_byte_buffer_destroy(call->payload);
  call->payload = NULL;
  return message;
}

// GetUser

static void reply_user(struct call *call, const User *user) {
  grpc_byte_buffer *reply = payload_encode(&user->base);
  grpc_op const operations[] = {send_initial_metadata(), send_message(reply, 0),
                                send_status(GRPC_STATUS_OK, NULL), receive_close(call)};
  call_start_last(call, operations, 4);
  grpc_byte_buffer_destroy(reply);
}

static void get_user(struct call *call, bool ok) {
  if (!call_accept(call, ok)) return;
  GetUserRequest const *request = take_message(call, &get_user_request_descriptor);
  User const *user = request != NULL ? table_find(request->id) : NULL;
  if (user != NULL) {
    reply_user(call, user);
  } else if (request != NULL) {
    call_refuse(call, GRPC_STATUS_NOT_FOUND, "no such user");
  } else {
    call_refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed GetUserRequest");
  }
  arena_reset();
}

// ListUsers

static void list_next(struct call *call, bool ok);

// Sends the next user; with the first the metadata, with the last the status.
static void list_send(struct call *call, bool first) {
  grpc_byte_buffer *message = payload_encode(&table_user(call->next_user)->base);
  bool const last = --call->remaining == 0;
  call->next_user = (call->next_user + 1) % table_size;
  // A hint beside the initial metadata keeps the batch from ever completing, and the last message must leave.
  uint32_t const flags = first || last ? 0 : GRPC_WRITE_BUFFER_HINT;
  grpc_op operations[3];
  size_t count = 0;
  if (first) operations[count++] = send_initial_metadata();
  operations[count++] = send_message(message, flags);
  if (last) operations[count++] = send_status(GRPC_STATUS_OK, NULL);
  call->progress.run = last ? call_complete : list_next;
  call_start(call, operations, count, &call->progress);
  grpc_byte_buffer_destroy(message);
}

static void list_next(struct call *call, bool ok) {
  call->pending_events--;
  if (ok && !call->stop) {
    list_send(call, false);
    return;
  }
  grpc_op const operation = send_status(GRPC_STATUS_CANCELLED, NULL);
  call_start_last(call, &operation, 1);
}

static void list_closed(struct call *call, bool ok) {
  call->stop = call->cancelled != 0;
  call_complete(call, ok);
}

static void list_users(struct call *call, bool ok) {
  if (!call_accept(call, ok)) return;
  ListUsersRequest const *request = take_message(call, &list_users_request_descriptor);
  int32_t const page_size = request != NULL ? request->page_size : -1;
  arena_reset();
  if (page_size < 0) {
    call_refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed ListUsersRequest, or page_size below 0");
    return;
  }
  call->remaining = page_size > 0 ? page_size : table_size;
  call->next_user = 0;
  call->stop = false;
  // A batch of its own: a cancelled call would go on to the end of its page without it.
  grpc_op const operation = receive_close(call);
  call->closed.run = list_closed;
  call_start(call, &operation, 1, &call->closed);
  list_send(call, true);
}

// SyncUsers

static void sync_end(struct call *call, grpc_status_code status, const char *text) {
  grpc_slice details = grpc_slice_from_static_string(text);
  grpc_op const operations[] = {send_status(status, &details), receive_close(call)};
  call_start_last(call, operations, 2);
}

static void sync_reply(struct call *call, const UserUpdate *update) {
  SyncResult result;
  sync_result_init(&result);
  result.id = update->id;
  result.ok = true;
  result.message = "updated";
  grpc_byte_buffer *reply = payload_encode(&result.base);
  // Together, so that a round trip is one event: the reply has long left when the next update arrives.
  grpc_op const operations[] = {send_message(reply, 0), receive_message(call)};
  call_start(call, operations, 2, &call->progress);
  grpc_byte_buffer_destroy(reply);
}

static void sync_update(struct call *call, bool ok) {
  call->pending_events--;
  if (!ok || call->payload == NULL) {
    sync_end(call, GRPC_STATUS_OK, "");
    return;
  }
  UserUpdate const *update = take_message(call, &user_update_descriptor);
  if (update != NULL) {
    sync_reply(call, update);
  } else {
    sync_end(call, GRPC_STATUS_INVALID_ARGUMENT, "malformed UserUpdate");
  }
  arena_reset();
}

static void sync_users(struct call *call, bool ok) {
  if (!call_accept(call, ok)) return;
  grpc_op const operations[] = {send_initial_metadata(), receive_message(call)};
  call->progress.run = sync_update;
  call_start(call, operations, 2, &call->progress);
}

// Other methods

static void unknown_method(struct call *call, bool ok) {
  if (call_accept(call, ok)) call_refuse(call, GRPC_STATUS_UNIMPLEMENTED, "no such method");
}

// The service as a whole

static struct method methods[] = {
    {"/userservice.UserService/GetUser", GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, get_user, NULL},
    {"/userservice.UserService/ListUsers", GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, list_users, NULL},
    {"/userservice.UserService/SyncUsers", GRPC_SRM_PAYLOAD_NONE, sync_users, NULL},
};
enum { method_count = sizeof methods / sizeof methods[0] };

static struct method unregistered = {NULL, GRPC_SRM_PAYLOAD_NONE, unknown_method, NULL};

void service_register(grpc_server *server) {
  for (struct method *method = methods; method < methods + method_count; method++) {
    method->registration =
        grpc_server_register_method(server, method->path, NULL, method->payload_handling, 0);
  }
}

void service_open(void) {
  for (int ahead = 0; ahead < requests_ahead; ahead++) {
    for (struct method *method = methods; method < methods + method_count; method++) call_request(method);
  }
  call_request(&unregistered);
}
