// Latencies in log-linear buckets, each at most 1/128 wide of what it holds, added to from any thread.
#ifndef CPP_HISTOGRAM_H
#define CPP_HISTOGRAM_H

#include <array>
#include <atomic>
#include <cstdint>

class Histogram {
 public:
  void Add(uint64_t value);

  // The value below or at which the fraction (0 to 1) of all values lies; 0 of an empty histogram.
  double Quantile(double fraction) const;

  uint64_t Largest() const { return largest_.load(std::memory_order_relaxed); }

 private:
  static constexpr unsigned kLinearBits = 7;
  static constexpr unsigned kBuckets = (64 - kLinearBits + 1) << kLinearBits;

  static unsigned BucketOf(uint64_t value);
  static double MiddleOf(unsigned bucket);

  std::array<std::atomic<uint64_t>, kBuckets> counts_{};
  std::atomic<uint64_t> largest_{0};
};

#endif
