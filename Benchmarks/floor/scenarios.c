#include "scenarios.h"

#include <grpc/byte_buffer.h>
#include <grpc/slice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "measure.h"
#include "payload.h"
#include "table.h"

static const char *const methods[] = {
    [unary_pingpong] = "/userservice.UserService/GetUser",
    [unary_load] = "/userservice.UserService/GetUser",
    [list] = "/userservice.UserService/ListUsers",
    [sync_pingpong] = "/userservice.UserService/SyncUsers",
    [bytes] = "/userservice.UserService/SyncUsers",
};

static const struct options *options;
static grpc_completion_queue *queue;
static struct connection {
  grpc_channel *channel;
  void *registered_method;
} * connections;
// The name in the updates of the bytes scenario.
static char *long_name;

// Calls

static void open_call(struct lane *lane) {
  const struct connection *connection = &connections[lane->connection];
  lane->call = grpc_channel_create_registered_call(connection->channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                                   connection->registered_method,
                                                   gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
  lane->initial_metadata.count = 0;
  lane->trailing_metadata.count = 0;
  lane->received = 0;
}

static void start_batch(struct lane *lane, const grpc_op *operations, size_t count) {
  grpc_call_error const error = grpc_call_start_batch(lane->call, operations, count, lane, NULL);
  if (error == GRPC_CALL_OK) return;
  // Only a mistake in this program ends here.
  fprintf(stderr, "floor-client: %s\n", grpc_call_error_to_string(error));
  abort();
}

// Encodes a request and counts its bytes.
static grpc_byte_buffer *encode(const ProtobufCMessage *message) {
  grpc_byte_buffer *buffer = payload_encode(message);
  counters.payload_bytes += grpc_byte_buffer_length(buffer);
  return buffer;
}

// Decodes the reply that has arrived, if one has, and gives its buffer back.
static void *take_reply(struct lane *lane, const ProtobufCMessageDescriptor *descriptor) {
  if (lane->reply == NULL) return NULL;
  counters.messages++;
  counters.payload_bytes += grpc_byte_buffer_length(lane->reply);
  void *message = payload_decode(descriptor, lane->reply);
  grpc_byte_buffer_destroy(lane->reply);
  lane->reply = NULL;
  return message;
}

// Takes the status of a call that is over. A call that failed ends the run: its figures mean nothing any
// more.
static bool close_call(struct lane *lane) {
  bool const succeeded = lane->status == GRPC_STATUS_OK;
  // After the run's end a call may have been cancelled, which is no error of the server.
  if (!succeeded && !(measure_is_over() && lane->status == GRPC_STATUS_CANCELLED)) {
    measure_error("status %d: %.*s", (int)lane->status, (int)GRPC_SLICE_LENGTH(lane->status_details),
                  (const char *)GRPC_SLICE_START_PTR(lane->status_details));
    measure_end();
  }
  grpc_slice_unref(lane->status_details);
  grpc_call_unref(lane->call);
  lane->call = NULL;
  if (lane->reply != NULL) grpc_byte_buffer_destroy(lane->reply);
  lane->reply = NULL;
  return succeeded;
}

// Operations

static grpc_op send_initial_metadata(void) { return (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA}; }

static grpc_op send_message(grpc_byte_buffer *message) {
  return (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message};
}

static grpc_op send_close(void) { return (grpc_op){.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT}; }

static grpc_op receive_initial_metadata(struct lane *lane) {
  return (grpc_op){.op = GRPC_OP_RECV_INITIAL_METADATA,
                   .data.recv_initial_metadata.recv_initial_metadata = &lane->initial_metadata};
}

static grpc_op receive_message(struct lane *lane) {
  return (grpc_op){.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &lane->reply};
}

static grpc_op receive_status(struct lane *lane) {
  return (grpc_op){.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
                   .data.recv_status_on_client = {.trailing_metadata = &lane->trailing_metadata,
                                                  .status = &lane->status,
                                                  .status_details = &lane->status_details}};
}

// Verification

static void verify_user(const User *user, const User *expected) {
  if (user == NULL) {
    measure_error("no User, or a malformed one, where %s was expected", expected->id);
  } else if (strcmp(user->id, expected->id) != 0 || strcmp(user->email, expected->email) != 0 ||
             strcmp(user->name, expected->name) != 0 || user->plan != expected->plan ||
             user->created_at == NULL || user->created_at->seconds != expected->created_at->seconds ||
             user->created_at->nanos != 0) {
    measure_error("a User whose fields are not those of %s", expected->id);
  }
}

static void verify_result(const SyncResult *result, const User *expected) {
  if (result == NULL) {
    measure_error("a malformed SyncResult where %s was expected", expected->id);
  } else if (strcmp(result->id, expected->id) != 0 || !result->ok || result->code != 0 ||
             strcmp(result->message, "updated") != 0) {
    measure_error("a SyncResult that does not say that %s was updated", expected->id);
  }
}

// The user that the lane's message in flight is about.
static const User *lane_user(const struct lane *lane) { return table_user(lane->next_user); }

static void advance(struct lane *lane) { lane->next_user = (lane->next_user + 1) % table_size; }

// Unary

static void start_get(struct lane *lane);

static void get_completed(struct lane *lane, bool ok) {
  (void)ok;
  if (lane->status == GRPC_STATUS_OK) verify_user(take_reply(lane, &user_descriptor), lane_user(lane));
  arena_reset();
  counters.calls++;
  counters.operations++;
  lane->started = measure_latency(lane->started);
  close_call(lane);
  advance(lane);
  if (!measure_is_over()) start_get(lane);
}

static void start_get(struct lane *lane) {
  GetUserRequest request;
  get_user_request_init(&request);
  request.id = lane_user(lane)->id;
  grpc_byte_buffer *message = encode(&request.base);
  open_call(lane);
  grpc_op const operations[] = {send_initial_metadata(),        send_message(message), send_close(),
                                receive_initial_metadata(lane), receive_message(lane), receive_status(lane)};
  lane->proceed = get_completed;
  start_batch(lane, operations, 6);
  grpc_byte_buffer_destroy(message);
}

// Server streaming

static void start_list(struct lane *lane);

static void list_completed(struct lane *lane, bool ok) {
  (void)ok;
  bool const succeeded = close_call(lane);
  if (succeeded && lane->received != options->page) {
    measure_error("%d users where %d were asked for", (int)lane->received, (int)options->page);
  }
  counters.calls++;
  lane->started = measure_latency(lane->started);
  if (!measure_is_over()) start_list(lane);
}

static void list_received(struct lane *lane, bool ok) {
  if (!ok || lane->reply == NULL) {
    grpc_op const operation = receive_status(lane);
    lane->proceed = list_completed;
    start_batch(lane, &operation, 1);
    return;
  }
  verify_user(take_reply(lane, &user_descriptor), table_user((unsigned)lane->received % table_size));
  arena_reset();
  lane->received++;
  counters.operations++;
  grpc_op const operation = receive_message(lane);
  start_batch(lane, &operation, 1);
}

static void start_list(struct lane *lane) {
  ListUsersRequest request;
  list_users_request_init(&request);
  request.page_size = options->page;
  grpc_byte_buffer *message = encode(&request.base);
  open_call(lane);
  grpc_op const operations[] = {send_initial_metadata(), send_message(message), send_close(),
                                receive_initial_metadata(lane), receive_message(lane)};
  lane->proceed = list_received;
  start_batch(lane, operations, 5);
  grpc_byte_buffer_destroy(message);
}

// Bidirectional streaming

static void sync_completed(struct lane *lane, bool ok) {
  (void)ok;
  bool const succeeded = close_call(lane);
  if (succeeded && !measure_is_over()) {
    measure_error("the server ended the stream");
    measure_end();
  }
}

static grpc_byte_buffer *encode_update(const struct lane *lane) {
  const User *user = lane_user(lane);
  UserUpdate update;
  user_update_init(&update);
  update.id = user->id;
  update.email = user->email;
  update.name = long_name != NULL ? long_name : user->name;
  update.plan = user->plan;
  return encode(&update.base);
}

static void sync_received(struct lane *lane, bool ok) {
  bool const broken = !ok || lane->reply == NULL;
  if (!broken) {
    verify_result(take_reply(lane, &sync_result_descriptor), lane_user(lane));
    arena_reset();
    counters.operations++;
    lane->started = measure_latency(lane->started);
    advance(lane);
  }
  if (broken || measure_is_over()) {
    grpc_op const operations[] = {receive_status(lane), send_close()};
    lane->proceed = sync_completed;
    start_batch(lane, operations, broken ? 1 : 2);
    return;
  }
  grpc_byte_buffer *message = encode_update(lane);
  grpc_op const operations[] = {send_message(message), receive_message(lane)};
  start_batch(lane, operations, 2);
  grpc_byte_buffer_destroy(message);
}

static void start_sync(struct lane *lane) {
  grpc_byte_buffer *message = encode_update(lane);
  open_call(lane);
  grpc_op const operations[] = {send_initial_metadata(), send_message(message),
                                receive_initial_metadata(lane), receive_message(lane)};
  lane->proceed = sync_received;
  start_batch(lane, operations, 4);
  grpc_byte_buffer_destroy(message);
}

// The scenario as a whole

void scenario_prepare(const struct options *run_options, grpc_channel **channels,
                      grpc_completion_queue *on_queue) {
  options = run_options;
  queue = on_queue;
  connections = calloc(options->channels, sizeof *connections);
  if (connections == NULL) abort();
  for (unsigned index = 0; index < options->channels; index++) {
    connections[index].channel = channels[index];
    connections[index].registered_method =
        grpc_channel_register_call(channels[index], methods[options->scenario], NULL, NULL);
  }
  if (options->scenario != bytes) return;
  long_name = malloc(options->size + 1);
  if (long_name == NULL) abort();
  memset(long_name, 'x', options->size);
  long_name[options->size] = 0;
}

void scenario_start(struct lane *lane) {
  lane->started = measure_now();
  switch (options->scenario) {
    case unary_pingpong:
    case unary_load: start_get(lane); break;
    case list: start_list(lane); break;
    case sync_pingpong:
    case bytes: start_sync(lane); break;
  }
}

void scenario_free(void) {
  free(long_name);
  free(connections);
}
