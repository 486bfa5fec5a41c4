#include "measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "histogram.h"

struct counters counters;

static const struct options *options;
static enum { warming_up, measuring, over } phase;
static uint64_t phase_ends;
static uint64_t window_begins;
static double window_seconds;
static double window_cpu;
static struct counters window;
static struct histogram latencies;
static uint64_t errors;
static char first_error[256];

uint64_t measure_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// CPU seconds of the whole process: the core's own threads are part of the cost.
static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void mark(const char *line) {
  if (!options->marks) return;
  puts(line);
  fflush(stdout);
}

static void begin(uint64_t now) {
  phase = measuring;
  phase_ends = now + (uint64_t)(options->duration_s * 1e9);
  counters = (struct counters){0};
  mark("#begin");
  window_begins = now;
  window_cpu = cpu_seconds();
}

static void finish(uint64_t now) {
  if (phase == measuring) {
    window_cpu = cpu_seconds() - window_cpu;
    window_seconds = (double)(now - window_begins) / 1e9;
    // Calls still in flight go on counting; what they do is outside.
    window = counters;
    // A stream ends after the window: those that were open all through it are its calls.
    if (window.calls == 0) window.calls = options->concurrency;
    mark("#end");
  }
  phase = over;
}

void measure_start(const struct options *run_options) {
  options = run_options;
  uint64_t const now = measure_now();
  phase_ends = now + (uint64_t)(options->warmup_s * 1e9);
  // Without a warm-up the first call counts.
  if (options->warmup_s == 0) begin(now);
}

uint64_t measure_latency(uint64_t started) {
  uint64_t const now = measure_now();
  if (phase == measuring) histogram_add(&latencies, now - started);
  bool const enough = phase == measuring && latencies.total == options->calls;
  if ((now >= phase_ends || enough) && phase != over) {
    if (phase == warming_up) {
      begin(now);
    } else {
      finish(now);
    }
  }
  return now;
}

bool measure_is_over(void) { return phase == over; }

void measure_end(void) { finish(measure_now()); }

void measure_error(const char *format, ...) {
  if (errors++ > 0) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(first_error, sizeof first_error, format, arguments);
  va_end(arguments);
}

static void print_json_text(const char *text) {
  putchar('"');
  for (; *text != 0; text++) {
    if (*text == '"' || *text == '\\') {
      printf("\\%c", *text);
    } else if ((unsigned char)*text < 0x20) {
      printf("\\u%04x", (unsigned)*text);
    } else {
      putchar(*text);
    }
  }
  putchar('"');
}

static double per(double amount, double count) { return count > 0 ? amount / count : 0; }

static double latency_us(double fraction) { return histogram_quantile(&latencies, fraction) / 1000; }

static void print_json(void) {
  printf("{\"client\":\"c-floor\",\"scenario\":\"%s\",\"concurrency\":%u,\"channels\":%u,\"threads\":1,",
         options->scenario_name, options->concurrency, options->channels);
  printf("\"seconds\":%.6f,\"calls\":%llu,\"msgs\":%llu,\"ops\":%llu,\"errors\":%llu,", window_seconds,
         (unsigned long long)window.calls, (unsigned long long)window.messages,
         (unsigned long long)window.operations, (unsigned long long)errors);
  printf("\"calls_per_s\":%.3f,\"msgs_per_s\":%.3f,\"ops_per_s\":%.3f,\"mb_per_s\":%.3f,",
         per((double)window.calls, window_seconds), per((double)window.messages, window_seconds),
         per((double)window.operations, window_seconds),
         per((double)window.payload_bytes / 1e6, window_seconds));
  printf("\"p50_us\":%.3f,\"p90_us\":%.3f,\"p99_us\":%.3f,\"p999_us\":%.3f,", latency_us(0.5),
         latency_us(0.9), latency_us(0.99), latency_us(0.999));
  printf("\"cpu_us_per_call\":%.4f,\"cpu_us_per_op\":%.4f,\"first_error\":",
         per(window_cpu * 1e6, (double)window.calls), per(window_cpu * 1e6, (double)window.operations));
  if (errors > 0) {
    print_json_text(first_error);
  } else {
    printf("null");
  }
  printf("}\n");
}

static void print_text(void) {
  printf("%s, %u at a time, %.2f s: %.0f ops/s, %.3f us CPU per op, p50 %.1f us, p99 %.1f us, %llu errors\n",
         options->scenario_name, options->concurrency, window_seconds,
         per((double)window.operations, window_seconds), per(window_cpu * 1e6, (double)window.operations),
         latency_us(0.5), latency_us(0.99), (unsigned long long)errors);
  if (errors > 0) printf("first error: %s\n", first_error);
}

bool measure_report(void) {
  // A run that never reached its window has measured nothing, which is no success.
  if (window_seconds == 0 && errors == 0) measure_error("the run ended before its measured window");
  if (options->json) {
    print_json();
  } else {
    print_text();
  }
  return errors == 0;
}
