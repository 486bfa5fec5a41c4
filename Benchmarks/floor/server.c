// floor-server: UserService as cheap as the C core's own API allows, with one queue and one thread.
//
// It is the floor that other servers are measured against: what it costs, the core and the kernel cost.

#include <grpc/grpc.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "credentials.h"
#include "service.h"
#include "signals.h"
#include "table.h"

static grpc_server *server;
static grpc_completion_queue *queue;
static bool stopped;

static void note_stopped(struct call *call, bool ok) {
  (void)call;
  (void)ok;
  stopped = true;
}

static struct event stopped_event = {note_stopped, NULL};

// On the signals' thread; both functions may be called from any.
static void stop(int signal) {
  (void)signal;
  grpc_server_shutdown_and_notify(server, queue, &stopped_event);
  grpc_server_cancel_all_calls(server);
}

static grpc_server *create_server(void) {
  // The bytes scenario may be asked for messages above the default of 4 MiB.
  grpc_arg arguments[] = {
      {.type = GRPC_ARG_INTEGER, .key = GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, .value.integer = -1},
  };
  grpc_channel_args const channel_arguments = {1, arguments};
  return grpc_server_create(&channel_arguments, NULL);
}

static int bind_port(const char *address, const char *tls) {
  grpc_server_credentials *credentials = server_credentials(tls);
  int const port = grpc_server_add_http2_port(server, address, credentials);
  grpc_server_credentials_release(credentials);
  return port;
}

static void serve(void) {
  // The server tells that it has stopped before the last calls' events are taken: those come first.
  while (!stopped || calls_live() > 0) {
    grpc_event const completion = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    struct event *event = completion.tag;
    event->run(event->call, completion.success != 0);
  }
}

// One line, with the port that the system chose where the address says 0.
static void announce(const char *address, int port) {
  const char *const colon = strrchr(address, ':');
  if (strncmp(address, "unix", 4) == 0 || colon == NULL) {
    printf("listening on %s\n", address);
  } else {
    printf("listening on %.*s:%d\n", (int)(colon - address), address, port);
  }
  fflush(stdout);
}

int main(int argument_count, char **arguments) {
  bool const has_tls = argument_count == 5 && strcmp(arguments[3], "--tls") == 0;
  if ((argument_count != 3 && !has_tls) || strcmp(arguments[1], "--listen") != 0) {
    fprintf(stderr, "usage: floor-server --listen HOST:PORT|unix:PATH [--tls FOLDER]\n");
    return 64;
  }
  const char *address = arguments[2];
  table_fill();
  signals_block();
  grpc_init();
  queue = grpc_completion_queue_create_for_next(NULL);
  server = create_server();
  grpc_server_register_completion_queue(server, queue, NULL);
  calls_open(server, queue);
  service_register(server);
  int const port = bind_port(address, has_tls ? arguments[4] : NULL);
  if (port == 0) fprintf(stderr, "floor-server: cannot listen on %s\n", address);
  grpc_server_start(server);
  service_open();
  if (port != 0) {
    announce(address, port);
    signals_start(stop);
  } else {
    stop(0);
  }
  serve();
  if (port != 0) signals_stop();

  grpc_server_destroy(server);
  grpc_completion_queue_shutdown(queue);
  while (grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type !=
         GRPC_QUEUE_SHUTDOWN) {
  }
  grpc_completion_queue_destroy(queue);
  calls_free();
  grpc_shutdown_blocking();
  return port != 0 ? 0 : 1;
}
