// What the command line asks of cpp-client.
#ifndef CPP_OPTIONS_H
#define CPP_OPTIONS_H

#include <cstddef>
#include <cstdint>
#include <string>

enum class Scenario { kUnaryPingpong, kUnaryLoad, kList, kSyncPingpong, kBytes };

struct Options {
  std::string address;
  Scenario scenario = Scenario::kUnaryPingpong;
  std::string scenario_name;
  // Calls or streams open at a time; each has one message of its own in flight.
  unsigned concurrency = 0;
  // Connections that the calls are spread over.
  unsigned channels = 1;
  double duration_s = 5;
  double warmup_s = 1;
  // `page_size` of ListUsers.
  int32_t page = 10'000;
  // Bytes in the update's name in the bytes scenario.
  size_t size = 65'536;
  bool json = false;
  bool marks = false;
};

// Parses the command line; ends the program with a message and exit code 64 where it makes no sense.
Options ParseOptions(int argument_count, char** arguments);

#endif
