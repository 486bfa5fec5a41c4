#include "histogram.h"

#include <algorithm>

// Values below 2^(bits + 1) have buckets of their own; above, each power of two is cut into 2^bits buckets.
unsigned Histogram::BucketOf(uint64_t value) {
  if (value < 2u << kLinearBits) return static_cast<unsigned>(value);
  const unsigned shift = 63u - static_cast<unsigned>(__builtin_clzll(value)) - kLinearBits;
  return (shift << kLinearBits) + static_cast<unsigned>(value >> shift);
}

double Histogram::MiddleOf(unsigned bucket) {
  if (bucket < 2u << kLinearBits) return bucket;
  const unsigned shift = (bucket >> kLinearBits) - 1;
  const uint64_t least = static_cast<uint64_t>(bucket - (shift << kLinearBits)) << shift;
  return static_cast<double>(least) + static_cast<double>(uint64_t{1} << shift) / 2;
}

void Histogram::Add(uint64_t value) {
  counts_[BucketOf(value)].fetch_add(1, std::memory_order_relaxed);
  uint64_t largest = largest_.load(std::memory_order_relaxed);
  while (value > largest && !largest_.compare_exchange_weak(largest, value, std::memory_order_relaxed)) {
  }
}

double Histogram::Quantile(double fraction) const {
  uint64_t total = 0;
  for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
  const double wanted = fraction * static_cast<double>(total);
  uint64_t seen = 0;
  for (unsigned bucket = 0; bucket < kBuckets; bucket++) {
    seen += counts_[bucket].load(std::memory_order_relaxed);
    if (seen > 0 && static_cast<double>(seen) >= wanted) {
      // The middle of the last bucket may lie above all that is in it.
      return std::min(MiddleOf(bucket), static_cast<double>(Largest()));
    }
  }
  return 0;
}
