#include "histogram.h"

// Values below 2^(bits + 1) have buckets of their own; above, each power of two is cut into 2^bits buckets.
static unsigned bucket_of(uint64_t value) {
  if (value < 2u << histogram_linear_bits) return (unsigned)value;
  unsigned const shift = 63u - (unsigned)__builtin_clzll(value) - histogram_linear_bits;
  return (shift << histogram_linear_bits) + (unsigned)(value >> shift);
}

static double middle_of(unsigned bucket) {
  if (bucket < 2u << histogram_linear_bits) return bucket;
  unsigned const shift = (bucket >> histogram_linear_bits) - 1;
  uint64_t const least = (uint64_t)(bucket - (shift << histogram_linear_bits)) << shift;
  return (double)least + (double)((uint64_t)1 << shift) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value) {
  histogram->total++;
  histogram->counts[bucket_of(value)]++;
}

double histogram_quantile(const struct histogram *histogram, double fraction) {
  double const wanted = fraction * (double)histogram->total;
  uint64_t seen = 0;
  for (unsigned bucket = 0; bucket < histogram_buckets; bucket++) {
    seen += histogram->counts[bucket];
    if (seen > 0 && (double)seen >= wanted) return middle_of(bucket);
  }
  return 0;
}
