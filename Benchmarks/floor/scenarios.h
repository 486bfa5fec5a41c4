// The scenarios: the calls that they make and what the replies must be.
#ifndef FLOOR_SCENARIOS_H
#define FLOOR_SCENARIOS_H

#include <grpc/grpc.h>
#include <stdbool.h>

#include "options.h"

// One call at a time: its handle, and where the core puts what it receives. It is the tag of its batches.
struct lane {
  // What to do when the batch under way completes.
  void (*proceed)(struct lane *lane, bool ok);
  // NULL when no call is open.
  grpc_call *call;
  uint64_t started;
  unsigned next_user;
  // Index of the channel that its calls are made on.
  unsigned connection;
  int32_t received;
  grpc_metadata_array initial_metadata;
  grpc_metadata_array trailing_metadata;
  grpc_byte_buffer *reply;
  grpc_status_code status;
  grpc_slice status_details;
};

// Prepares a scenario's requests on the channels, as many as the options say.
void scenario_prepare(const struct options *options, grpc_channel **channels, grpc_completion_queue *queue);

// Opens the lane's first call. A lane whose `call` is NULL afterwards is done.
void scenario_start(struct lane *lane);

// Frees the scenario's requests.
void scenario_free(void);

#endif
