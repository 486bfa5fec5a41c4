// floor-idle: holds streams open that do nothing, so that their memory can be seen.

#include <getopt.h>
#include <grpc/grpc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "channel.h"
#include "payload.h"
#include "table.h"

// How many streams wait for their first reply at a time: servers refuse calls that they cannot keep up with.
enum { opening_at_a_time = 500 };

static const char *address;
static unsigned stream_count = 1000;
static unsigned channel_count = 1;
static bool json;

// One open call. It is the tag of its batches.
struct stream {
  grpc_call *call;
  unsigned user;
  bool proven;
  grpc_metadata_array initial_metadata;
  grpc_metadata_array trailing_metadata;
  grpc_byte_buffer *reply;
  grpc_status_code status;
  grpc_slice status_details;
};

static struct stream *streams;
static grpc_channel **channels;
static grpc_completion_queue *queue;
static unsigned opened_count;
static unsigned proven_count;
// Streams that ended instead of replying.
static unsigned silent_count;
static unsigned open_count;
static unsigned long errors;
static char first_error[256];
// A call that is never sent. An empty batch on it is how another thread wakes the queue's.
static grpc_call *wake_up_call;

static void fail(const char *text) {
  if (errors++ == 0) snprintf(first_error, sizeof first_error, "%s", text);
}

static void fail_with_status(grpc_status_code status, grpc_slice details) {
  char text[sizeof first_error];
  int const length = snprintf(text, sizeof text, "status %d: %.*s", (int)status,
                              (int)GRPC_SLICE_LENGTH(details), (const char *)GRPC_SLICE_START_PTR(details));
  // What JSON would need escaped.
  for (int index = 0; index < length && text[index] != 0; index++) {
    if (text[index] == '"' || text[index] == '\\' || (unsigned char)text[index] < 0x20) text[index] = ' ';
  }
  fail(text);
}

static void start_batch(struct stream *stream, const grpc_op *operations, size_t count) {
  grpc_call_error const error = grpc_call_start_batch(stream->call, operations, count, stream, NULL);
  if (error == GRPC_CALL_OK) return;
  // Only a mistake in this program ends here.
  fprintf(stderr, "floor-idle: %s\n", grpc_call_error_to_string(error));
  abort();
}

static void open_next_stream(void) {
  static const char method[] = "/userservice.UserService/SyncUsers";
  struct stream *stream = &streams[opened_count];
  grpc_channel *channel = channels[opened_count % channel_count];
  stream->user = opened_count % table_size;
  opened_count++;
  stream->call = grpc_channel_create_call(channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                          grpc_slice_from_static_string(method), NULL,
                                          gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
  UserUpdate update;
  user_update_init(&update);
  update.id = table_user(stream->user)->id;
  grpc_byte_buffer *message = payload_encode(&update.base);
  grpc_op const operations[] = {
      {.op = GRPC_OP_SEND_INITIAL_METADATA},
      {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message},
      {.op = GRPC_OP_RECV_INITIAL_METADATA,
       .data.recv_initial_metadata.recv_initial_metadata = &stream->initial_metadata},
      {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &stream->reply},
  };
  start_batch(stream, operations, 4);
  grpc_byte_buffer_destroy(message);
}

// The first batch is through: the reply is here, or the stream has failed.
static void prove(struct stream *stream) {
  stream->proven = true;
  proven_count++;
  if (stream->reply == NULL) {
    // Its status, which says why, comes when the stream is ended.
    silent_count++;
    return;
  }
  const SyncResult *result = payload_decode(&sync_result_descriptor, stream->reply);
  if (result == NULL || !result->ok || result->code != 0 ||
      strcmp(result->id, table_user(stream->user)->id) != 0 || strcmp(result->message, "updated") != 0) {
    fail("a wrong SyncResult");
  }
  arena_reset();
  grpc_byte_buffer_destroy(stream->reply);
  stream->reply = NULL;
}

static void end_stream(struct stream *stream) {
  grpc_op const operations[] = {
      {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
      {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
       .data.recv_status_on_client = {.trailing_metadata = &stream->trailing_metadata,
                                      .status = &stream->status,
                                      .status_details = &stream->status_details}},
  };
  start_batch(stream, operations, 2);
}

static void close_stream(struct stream *stream) {
  if (stream->status != GRPC_STATUS_OK) fail_with_status(stream->status, stream->status_details);
  grpc_slice_unref(stream->status_details);
  grpc_metadata_array_destroy(&stream->initial_metadata);
  grpc_metadata_array_destroy(&stream->trailing_metadata);
  grpc_call_unref(stream->call);
  open_count--;
}

// On a thread of its own, which waits for as long as the streams are held.
static void *await_end_of_input(void *unused) {
  char buffer[4096];
  while (read(STDIN_FILENO, buffer, sizeof buffer) > 0) {
  }
  grpc_call_start_batch(wake_up_call, NULL, 0, NULL, NULL);
  return unused;
}

static void hold(void) {
  // Streams that failed are not worth holding the others for.
  if (errors == 0 && silent_count == 0) {
    printf("holding %u streams\n", stream_count);
    fflush(stdout);
    pthread_t thread;
    pthread_create(&thread, NULL, await_end_of_input, NULL);
    pthread_detach(thread);
  } else {
    grpc_call_start_batch(wake_up_call, NULL, 0, NULL, NULL);
  }
}

static void run(void) {
  open_count = stream_count;
  if (stream_count == 0) hold();
  while (opened_count < stream_count && opened_count < opening_at_a_time) open_next_stream();
  bool ended = false;
  while (open_count > 0 || !ended) {
    struct stream *stream = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).tag;
    if (stream == NULL) {
      ended = true;
      for (unsigned index = 0; index < stream_count; index++) end_stream(&streams[index]);
    } else if (!stream->proven) {
      prove(stream);
      if (opened_count < stream_count) open_next_stream();
      if (proven_count == stream_count) hold();
    } else {
      close_stream(stream);
    }
  }
}

static void report(void) {
  if (json) {
    printf("{\"client\":\"c-floor\",\"streams\":%u,\"channels\":%u,\"errors\":%lu,\"first_error\":\"%s\"}\n",
           stream_count, channel_count, errors, first_error);
  } else {
    printf("held %u streams on %u connections, %lu errors\n", stream_count, channel_count, errors);
    if (errors > 0) printf("first error: %s\n", first_error);
  }
}

static _Noreturn void refuse(void) {
  fprintf(stderr, "usage: floor-idle --addr ADDR [--streams N] [--channels C] [--json]\n");
  exit(64);
}

static unsigned whole_number(const char *text, unsigned least) {
  char *end;
  unsigned long const value = strtoul(text, &end, 10);
  if (end == text || *end != 0 || *text == '-' || value < least || value > 1000000) refuse();
  return (unsigned)value;
}

static void parse(int argument_count, char **arguments) {
  static const struct option known[] = {
      {"addr", required_argument, NULL, 'a'},
      {"streams", required_argument, NULL, 's'},
      {"channels", required_argument, NULL, 'n'},
      {"json", no_argument, NULL, 'j'},
      {NULL, 0, NULL, 0},
  };
  for (int flag; (flag = getopt_long(argument_count, arguments, "", known, NULL)) != -1;) {
    switch (flag) {
      case 'a': address = optarg; break;
      case 's': stream_count = whole_number(optarg, 0); break;
      case 'n': channel_count = whole_number(optarg, 1); break;
      case 'j': json = true; break;
      default: refuse();
    }
  }
  if (optind != argument_count || address == NULL) refuse();
}

int main(int argument_count, char **arguments) {
  parse(argument_count, arguments);
  table_fill();
  grpc_init();
  queue = grpc_completion_queue_create_for_next(NULL);
  channels = calloc(channel_count, sizeof *channels);
  streams = calloc(stream_count, sizeof *streams);
  if (channels == NULL || (streams == NULL && stream_count > 0)) abort();
  for (unsigned index = 0; index < channel_count; index++) channels[index] = channel_open(address, NULL);
  wake_up_call = grpc_channel_create_call(channels[0], NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                          grpc_slice_from_static_string("/wake-up"), NULL,
                                          gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
  run();
  // With the status OK, that is: another one has been counted already.
  if (silent_count > 0 && errors == 0) fail("a stream ended before its first reply");
  report();

  grpc_call_unref(wake_up_call);
  for (unsigned index = 0; index < channel_count; index++) grpc_channel_destroy(channels[index]);
  free(channels);
  free(streams);
  grpc_completion_queue_shutdown(queue);
  while (grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type !=
         GRPC_QUEUE_SHUTDOWN) {
  }
  grpc_completion_queue_destroy(queue);
  grpc_shutdown_blocking();
  return errors == 0 ? 0 : 1;
}
