#include "call.h"

#include <grpc/slice.h>
#include <stdio.h>
#include <stdlib.h>

static grpc_server *server;
static grpc_completion_queue *queue;
static struct call *free_calls;
static unsigned live_calls;
// One request at a time asks for an unregistered method, so one set of details is enough.
static grpc_call_details unregistered_details;

void calls_open(grpc_server *of_server, grpc_completion_queue *on_queue) {
  server = of_server;
  queue = on_queue;
}

unsigned calls_live(void) { return live_calls; }

void calls_free(void) {
  while (free_calls != NULL) {
    struct call *call = free_calls;
    free_calls = call->next_free;
    grpc_metadata_array_destroy(&call->metadata);
    free(call);
  }
}

static void must_succeed(grpc_call_error error) {
  if (error == GRPC_CALL_OK) return;
  // Only a mistake in this program ends here.
  fprintf(stderr, "floor-server: %s\n", grpc_call_error_to_string(error));
  abort();
}

static struct call *take_free_call(void) {
  struct call *call = free_calls;
  if (call != NULL) {
    free_calls = call->next_free;
    return call;
  }
  call = calloc(1, sizeof *call);
  if (call == NULL) abort();
  grpc_metadata_array_init(&call->metadata);
  call->progress.call = call;
  call->closed.call = call;
  return call;
}

void call_request(struct method *method) {
  struct call *call = take_free_call();
  live_calls++;
  call->method = method;
  call->progress.run = method->begin;
  if (method->path == NULL) {
    grpc_call_details_init(&unregistered_details);
    must_succeed(grpc_server_request_call(server, &call->handle, &unregistered_details, &call->metadata,
                                          queue, queue, &call->progress));
    return;
  }
  grpc_byte_buffer **payload =
      method->payload_handling == GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER ? &call->payload : NULL;
  must_succeed(grpc_server_request_registered_call(server, method->registration, &call->handle,
                                                   &call->deadline, &call->metadata, payload, queue, queue,
                                                   &call->progress));
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

bool call_accept(struct call *call, bool ok) {
  if (call->method->path == NULL) grpc_call_details_destroy(&unregistered_details);
  if (!ok) {
    release(call);
    return false;
  }
  // Before the call is worked on: the server is never without a request for the next one.
  call_request(call->method);
  return true;
}

void call_start(struct call *call, const grpc_op *operations, size_t count, struct event *event) {
  call->pending_events++;
  must_succeed(grpc_call_start_batch(call->handle, operations, count, event, NULL));
}

void call_start_last(struct call *call, const grpc_op *operations, size_t count) {
  call->progress.run = call_complete;
  call_start(call, operations, count, &call->progress);
}

void call_complete(struct call *call, bool ok) {
  (void)ok;
  if (--call->pending_events == 0) release(call);
}

void call_refuse(struct call *call, grpc_status_code status, const char *text) {
  grpc_slice details = grpc_slice_from_static_string(text);
  grpc_op const operations[] = {send_initial_metadata(), send_status(status, &details), receive_close(call)};
  call_start_last(call, operations, 3);
}
