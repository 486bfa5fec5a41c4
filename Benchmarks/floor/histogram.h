// Latencies in log-linear buckets: each at most 1/128 wide of what it holds, for any duration.
#ifndef FLOOR_HISTOGRAM_H
#define FLOOR_HISTOGRAM_H

#include <stdint.h>

enum {
  histogram_linear_bits = 7,
  histogram_buckets = (64 - histogram_linear_bits + 1) << histogram_linear_bits
};

struct histogram {
  uint64_t total;
  uint64_t counts[histogram_buckets];
};

void histogram_add(struct histogram *histogram, uint64_t value);

// The value below or at which the fraction (0 to 1) of all values lies; 0 of an empty histogram.
double histogram_quantile(const struct histogram *histogram, double fraction);

#endif
