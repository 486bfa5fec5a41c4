#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const scenario_names[] = {
    [unary_pingpong] = "unary-pingpong", [unary_load] = "unary-load", [list] = "list",
    [sync_pingpong] = "sync-pingpong",   [bytes] = "bytes",
};

static _Noreturn void refuse(const char *reason) {
  fprintf(
      stderr,
      "floor-client: %s\n"
      "usage: floor-client --addr ADDR --scenario unary-pingpong|unary-load|list|sync-pingpong|bytes\n"
      "         [--concurrency C] [--channels N] [--duration-s D] [--warmup-s W] [--calls N] [--page P]\n"
      "         [--size B] [--tls FOLDER] [--json] [--marks]\n"
      "\n"
      "--calls ends the run after so many calls or round trips, without a warm-up, at the latest after D.\n",
      reason);
  exit(64);
}

// An amount between two limits; `name` says what is wrong otherwise.
static double number(const char *text, double least, double most, const char *name) {
  char *end;
  double const value = strtod(text, &end);
  if (end == text || *end != 0 || !(value >= least && value <= most)) refuse(name);
  return value;
}

static double whole_number(const char *text, double least, double most, const char *name) {
  double const value = number(text, least, most, name);
  if (value != (double)(long long)value) refuse(name);
  return value;
}

static enum scenario scenario_named(const char *name) {
  for (unsigned index = 0; index < sizeof scenario_names / sizeof scenario_names[0]; index++) {
    if (strcmp(scenario_names[index], name) == 0) return (enum scenario)index;
  }
  refuse("no such scenario");
}

struct options options_parse(int argument_count, char **arguments) {
  static const struct option known[] = {
      {"addr", required_argument, NULL, 'a'},
      {"scenario", required_argument, NULL, 's'},
      {"concurrency", required_argument, NULL, 'c'},
      {"channels", required_argument, NULL, 'l'},
      {"duration-s", required_argument, NULL, 'd'},
      {"warmup-s", required_argument, NULL, 'w'},
      {"calls", required_argument, NULL, 'n'},
      {"page", required_argument, NULL, 'p'},
      {"size", required_argument, NULL, 'b'},
      {"tls", required_argument, NULL, 't'},
      {"json", no_argument, NULL, 'j'},
      {"marks", no_argument, NULL, 'm'},
      {NULL, 0, NULL, 0},
  };
  struct options options = {.channels = 1, .duration_s = 5, .warmup_s = 1, .page = 10000, .size = 65536};
  for (int flag; (flag = getopt_long(argument_count, arguments, "", known, NULL)) != -1;) {
    switch (flag) {
      case 'a': options.address = optarg; break;
      case 's':
        options.scenario_name = optarg;
        options.scenario = scenario_named(optarg);
        break;
      case 'c':
        options.concurrency = (unsigned)whole_number(optarg, 1, 100000, "--concurrency: 1 to 100000");
        break;
      case 'l':
        options.channels = (unsigned)whole_number(optarg, 1, 100000, "--channels: 1 to 100000");
        break;
      case 'd': options.duration_s = number(optarg, 0.001, 86400, "--duration-s: 0.001 to 86400"); break;
      case 'w': options.warmup_s = number(optarg, 0, 86400, "--warmup-s: 0 to 86400"); break;
      case 'n': options.calls = (uint64_t)whole_number(optarg, 1, 1e12, "--calls: 1 to 1000000000000"); break;
      case 'p': options.page = (int32_t)whole_number(optarg, 1, INT32_MAX, "--page: 1 to 2147483647"); break;
      case 'b': options.size = (size_t)whole_number(optarg, 0, 1 << 30, "--size: 0 to 1073741824"); break;
      case 't': options.tls = optarg; break;
      case 'j': options.json = true; break;
      case 'm': options.marks = true; break;
      default: refuse("no such option");
    }
  }
  if (optind != argument_count) refuse("unexpected argument");
  if (options.address == NULL) refuse("--addr is missing");
  if (options.scenario_name == NULL) refuse("--scenario is missing");
  if (options.calls > 0) options.warmup_s = 0;
  if (options.concurrency == 0) options.concurrency = options.scenario == unary_load ? 32 : 1;
  return options;
}
