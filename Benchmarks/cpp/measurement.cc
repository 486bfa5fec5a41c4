#include "measurement.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>

#include "signals.h"

namespace {

// How long after the window the run is broken off: a server that hangs must not hang the benchmark.
constexpr std::chrono::seconds kPatience{30};

// CPU seconds of the whole process: the library's own threads are part of the cost.
double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::chrono::steady_clock::time_point After(double seconds) {
  return std::chrono::steady_clock::now() + std::chrono::nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

}  // namespace

uint64_t Measurement::Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

void Measurement::Mark(const char* line) const {
  if (!options_.marks) return;
  puts(line);
  fflush(stdout);
}

bool Measurement::Run() {
  // A signal ends either wait: the run is to end early.
  if (!WaitForSignalUntil(After(options_.warmup_s))) {
    Mark("#begin");
    const double cpu = CpuSeconds();
    const uint64_t begin = Now();
    phase_ = Phase::kMeasuring;
    WaitForSignalUntil(After(options_.duration_s));
    // Calls still in flight go on; what they do is outside.
    phase_ = Phase::kOver;
    seconds_ = static_cast<double>(Now() - begin) / 1e9;
    cpu_seconds_ = CpuSeconds() - cpu;
    Mark("#end");
  }
  phase_ = Phase::kOver;
  if (!WaitForLanes()) return false;
  // A run that never reached its window has measured nothing, which is no success.
  if (seconds_ == 0 && errors_ == 0) Fail("the run ended before its measured window");
  return true;
}

bool Measurement::WaitForLanes() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (open_lanes_ > 0) {
    if (!WaitForSignalUntil(end)) {
      Fail("the server did not answer for 30 s");
      return false;
    }
  }
  return true;
}

uint64_t Measurement::AddLatency(uint64_t started) {
  const uint64_t now = Now();
  if (IsMeasuring()) latencies_.Add(now - started);
  return now;
}

void Measurement::Fail(const std::string& error) {
  const std::lock_guard<std::mutex> lock(errors_mutex_);
  if (errors_++ == 0) first_error_ = error;
}

void Measurement::FailCall(const grpc::Status& status) {
  Fail("status " + std::to_string(status.error_code()) + ": " + status.error_message());
  WakeUp();
}

void Measurement::CloseLane() {
  if (--open_lanes_ == 0) WakeUp();
}
