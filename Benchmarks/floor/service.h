// The service: what each method of userservice.UserService does with a call.
#ifndef FLOOR_SERVICE_H
#define FLOOR_SERVICE_H

#include <grpc/grpc.h>
#include <stdbool.h>

struct call;

// The tag of a batch or request: what to do with its completion.
struct event {
  void (*run)(struct call *call, bool ok);
  struct call *call;
};

// Prepares the service on a server: registers its methods. Call it before the server starts.
void service_register(grpc_server *server, grpc_completion_queue *queue);

// Asks the server for calls, several of each method ahead. Call it when the server has started.
void service_open(void);

// How many calls run or are asked for; when it is 0, no event is under way.
unsigned service_live_calls(void);

// Frees the pool. Call it when no call is live.
void service_free(void);

#endif
