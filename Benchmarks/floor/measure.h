// The measured window: what is counted in it, when it begins and ends, and what is reported of it.
#ifndef FLOOR_MEASURE_H
#define FLOOR_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

// What the scenarios count as they go; the window's begin sets it back to 0.
struct counters {
  uint64_t calls;
  uint64_t messages;
  uint64_t operations;
  // Of messages, in both directions, without framing.
  uint64_t payload_bytes;
};
extern struct counters counters;

// Nanoseconds of the monotonic clock.
uint64_t measure_now(void);

// Starts the clock of warm-up and window.
void measure_start(const struct options *options);

// Notes that something took from `started` to now. Returns now, for what starts next: one reading for both.
uint64_t measure_latency(uint64_t started);

// Whether the window is over, or the run was ended for another reason.
bool measure_is_over(void);

// Ends the run early, keeping what was measured.
void measure_end(void);

// Counts an error; the first one's text, printf style, is kept for the report. Errors count in the warm-up
// too.
__attribute__((format(printf, 1, 2))) void measure_error(const char *format, ...);

// Prints the report; true for a run without errors.
bool measure_report(void);

#endif
