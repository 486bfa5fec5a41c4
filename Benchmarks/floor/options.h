// What the command line asks of floor-client.
#ifndef FLOOR_OPTIONS_H
#define FLOOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scenario { unary_pingpong, unary_load, list, sync_pingpong, bytes };

struct options {
  const char *address;
  // The folder of certificates for TLS, or NULL.
  const char *tls;
  enum scenario scenario;
  const char *scenario_name;
  // Calls or streams open at a time; each has one message of its own in flight.
  unsigned concurrency;
  // Connections; call and stream number n is on connection n modulo this.
  unsigned channels;
  double duration_s;
  double warmup_s;
  // How many calls or round trips end the window before its time is over; 0 for as many as there is time for.
  uint64_t calls;
  // `page_size` of ListUsers.
  int32_t page;
  // Bytes in the update's name in the bytes scenario.
  size_t size;
  bool json;
  bool marks;
};

// Parses the command line; ends the program with a message and exit code 64 where it makes no sense.
struct options options_parse(int argument_count, char **arguments);

#endif
