// floor-client: the load of the benchmark as cheap as the C core's own API allows, with one queue and one
// thread.

#include <grpc/grpc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "channel.h"
#include "measure.h"
#include "options.h"
#include "scenarios.h"
#include "signals.h"
#include "table.h"

// How long after the planned end the run is broken off: a server that hangs must not hang the benchmark.
enum { patience_s = 30 };

static struct options options;
static struct lane *lanes;
static unsigned open_lanes;
// A call that is never sent. An empty batch on it is how another thread wakes the queue's.
static grpc_call *wake_up_call;
static volatile sig_atomic_t received_signal;

// On the signals' thread; the event's tag is NULL.
static void wake_up(int signal) {
  received_signal = signal;
  grpc_call_start_batch(wake_up_call, NULL, 0, NULL, NULL);
}

static void end_early(void) {
  if (received_signal == SIGALRM) measure_error("the server did not answer for %d s", (int)patience_s);
  measure_end();
  for (unsigned index = 0; index < options.concurrency; index++) {
    if (lanes[index].call != NULL) grpc_call_cancel(lanes[index].call, NULL);
  }
}

static void run_lanes(grpc_completion_queue *queue) {
  lanes = calloc(options.concurrency, sizeof *lanes);
  if (lanes == NULL) abort();
  open_lanes = options.concurrency;
  measure_start(&options);
  for (unsigned index = 0; index < options.concurrency; index++) {
    // Lanes ask for different users at a time.
    lanes[index].next_user = index % table_size;
    lanes[index].connection = index % options.channels;
    scenario_start(&lanes[index]);
  }
  while (open_lanes > 0) {
    grpc_event const event = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    struct lane *lane = event.tag;
    if (lane == NULL) {
      end_early();
      continue;
    }
    lane->proceed(lane, event.success != 0);
    if (lane->call == NULL) open_lanes--;
  }
  for (unsigned index = 0; index < options.concurrency; index++) {
    grpc_metadata_array_destroy(&lanes[index].initial_metadata);
    grpc_metadata_array_destroy(&lanes[index].trailing_metadata);
  }
  free(lanes);
}

int main(int argument_count, char **arguments) {
  options = options_parse(argument_count, arguments);
  table_fill();
  signals_block();
  grpc_init();
  grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
  grpc_channel **channels = calloc(options.channels, sizeof *channels);
  if (channels == NULL) abort();
  for (unsigned index = 0; index < options.channels; index++) channels[index] = channel_open(options.address, options.tls);
  wake_up_call = grpc_channel_create_call(channels[0], NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                          grpc_slice_from_static_string("/wake-up"), NULL,
                                          gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
  scenario_prepare(&options, channels, queue);
  signals_start(wake_up);
  alarm((unsigned)(options.warmup_s + options.duration_s) + patience_s);
  run_lanes(queue);
  signals_stop();
  bool const succeeded = measure_report();

  grpc_call_unref(wake_up_call);
  scenario_free();
  for (unsigned index = 0; index < options.channels; index++) grpc_channel_destroy(channels[index]);
  free(channels);
  grpc_completion_queue_shutdown(queue);
  while (grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type !=
         GRPC_QUEUE_SHUTDOWN) {
  }
  grpc_completion_queue_destroy(queue);
  grpc_shutdown_blocking();
  return succeeded ? 0 : 1;
}
