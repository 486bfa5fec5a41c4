#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <limits>

namespace {

constexpr char kUsage[] =
    "usage: cpp-client --addr ADDR --scenario unary-pingpong|unary-load|list|sync-pingpong|bytes\n"
    "         [--concurrency C] [--channels N] [--threads T] [--duration-s D] [--warmup-s W]\n"
    "         [--page P] [--size B] [--json] [--marks]\n"
    "\n"
    "--threads is accepted and has no effect: the callback API makes its own threads, half as many as there\n"
    "are cores and at least two. The report says 0 for them.\n";

[[noreturn]] void Refuse(const char* reason) {
  fprintf(stderr, "cpp-client: %s\n%s", reason, kUsage);
  exit(64);
}

// An amount between two limits; `requirement` is what to say otherwise.
double Number(const char* text, double least, double most, const char* requirement) {
  char* end;
  const double value = strtod(text, &end);
  if (end == text || *end != 0 || !(value >= least && value <= most)) Refuse(requirement);
  return value;
}

template <typename Integer>
Integer WholeNumber(const char* text, Integer least, Integer most, const char* requirement) {
  const double value = Number(text, static_cast<double>(least), static_cast<double>(most), requirement);
  const Integer whole = static_cast<Integer>(value);
  if (static_cast<double>(whole) != value) Refuse(requirement);
  return whole;
}

Scenario ScenarioNamed(const std::string& name) {
  if (name == "unary-pingpong") return Scenario::kUnaryPingpong;
  if (name == "unary-load") return Scenario::kUnaryLoad;
  if (name == "list") return Scenario::kList;
  if (name == "sync-pingpong") return Scenario::kSyncPingpong;
  if (name == "bytes") return Scenario::kBytes;
  Refuse("no such scenario");
}

void Take(int flag, const char* value, Options& options) {
  switch (flag) {
    case 'a': options.address = value; break;
    case 's':
      options.scenario_name = value;
      options.scenario = ScenarioNamed(options.scenario_name);
      break;
    case 'c': options.concurrency = WholeNumber(value, 1u, 100'000u, "--concurrency: 1 to 100000"); break;
    case 'n': options.channels = WholeNumber(value, 1u, 100'000u, "--channels: 1 to 100000"); break;
    case 't': WholeNumber(value, 1u, 1'024u, "--threads: 1 to 1024"); break;
    case 'd': options.duration_s = Number(value, 0.001, 86'400, "--duration-s: 0.001 to 86400"); break;
    case 'w': options.warmup_s = Number(value, 0, 86'400, "--warmup-s: 0 to 86400"); break;
    case 'p':
      options.page =
          WholeNumber<int32_t>(value, 1, std::numeric_limits<int32_t>::max(), "--page: 1 to 2147483647");
      break;
    case 'b': options.size = WholeNumber<size_t>(value, 0, 1 << 30, "--size: 0 to 1073741824"); break;
    case 'j': options.json = true; break;
    case 'm': options.marks = true; break;
    case 'h': fputs(kUsage, stdout); exit(0);
    default: Refuse("no such option");
  }
}

}  // namespace

Options ParseOptions(int argument_count, char** arguments) {
  static const option known[] = {
      {"addr", required_argument, nullptr, 'a'},
      {"scenario", required_argument, nullptr, 's'},
      {"concurrency", required_argument, nullptr, 'c'},
      {"channels", required_argument, nullptr, 'n'},
      {"threads", required_argument, nullptr, 't'},
      {"duration-s", required_argument, nullptr, 'd'},
      {"warmup-s", required_argument, nullptr, 'w'},
      {"page", required_argument, nullptr, 'p'},
      {"size", required_argument, nullptr, 'b'},
      {"json", no_argument, nullptr, 'j'},
      {"marks", no_argument, nullptr, 'm'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  };
  Options options;
  for (int flag; (flag = getopt_long(argument_count, arguments, "", known, nullptr)) != -1;) {
    Take(flag, optarg, options);
  }
  if (optind != argument_count) Refuse("unexpected argument");
  if (options.address.empty()) Refuse("--addr is missing");
  if (options.scenario_name.empty()) Refuse("--scenario is missing");
  if (options.concurrency == 0) options.concurrency = options.scenario == Scenario::kUnaryLoad ? 32 : 1;
  return options;
}
