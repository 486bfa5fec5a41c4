// The measured window: when it begins and ends, what has been counted in it, and what went wrong.
#ifndef CPP_MEASUREMENT_H
#define CPP_MEASUREMENT_H

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "histogram.h"
#include "options.h"

// What one lane has counted in the window. A lane's events come one after the other, so it needs no lock.
struct Counters {
  uint64_t calls = 0;
  uint64_t messages = 0;
  uint64_t operations = 0;
  // Of messages, in both directions, without framing.
  uint64_t payload_bytes = 0;
};

// The main thread opens and closes the window; the threads of gRPC count.
class Measurement {
 public:
  explicit Measurement(const Options& options) : options_(options), open_lanes_(options.concurrency) {}

  // The main thread's part: waits through warm-up and window, then until every lane has closed.
  // False when one did not: the server is silent, and its calls are still open.
  bool Run();

  bool IsMeasuring() const { return phase_.load(std::memory_order_relaxed) == Phase::kMeasuring; }
  bool IsOver() const { return phase_.load(std::memory_order_relaxed) == Phase::kOver; }

  // Nanoseconds of the monotonic clock.
  static uint64_t Now();

  // Notes that something took from `started` to now. Returns now, for what starts next.
  uint64_t AddLatency(uint64_t started);

  // Counts an error; the first one's text is kept for the report. Errors count in the warm-up too.
  void Fail(const std::string& error);

  // Ends the run for a call that failed: its figures mean nothing any more.
  void FailCall(const grpc::Status& status);

  // Says that a lane makes no more calls.
  void CloseLane();

  double seconds() const { return seconds_; }
  double cpu_seconds() const { return cpu_seconds_; }
  const Histogram& latencies() const { return latencies_; }
  uint64_t errors() const { return errors_; }
  const std::string& first_error() const { return first_error_; }

 private:
  enum class Phase { kWarmingUp, kMeasuring, kOver };

  void Mark(const char* line) const;
  bool WaitForLanes();

  const Options& options_;
  std::atomic<Phase> phase_{Phase::kWarmingUp};
  std::atomic<unsigned> open_lanes_;
  Histogram latencies_;
  double seconds_ = 0;
  double cpu_seconds_ = 0;
  std::mutex errors_mutex_;
  uint64_t errors_ = 0;
  std::string first_error_;
};

#endif
