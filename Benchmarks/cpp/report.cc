#include "report.h"

#include <stdio.h>

#include <string>

namespace {

std::string JsonText(const std::string& text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      char escaped[8];
      snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(character));
      quoted += escaped;
    } else {
      quoted += character;
    }
  }
  return quoted + "\"";
}

double Per(double amount, double count) { return count > 0 ? amount / count : 0; }

void PrintJson(const Options& options, const Measurement& measurement, const Counters& total) {
  const double seconds = measurement.seconds();
  const double cpu_us = measurement.cpu_seconds() * 1e6;
  const auto count = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  const auto rate = [seconds](uint64_t value) { return Per(static_cast<double>(value), seconds); };
  const auto latency_us = [&](double fraction) { return measurement.latencies().Quantile(fraction) / 1000; };
  printf("{\"client\":\"grpc++\",\"scenario\":\"%s\",\"concurrency\":%u,\"channels\":%u,\"threads\":0,",
         options.scenario_name.c_str(), options.concurrency, options.channels);
  printf("\"seconds\":%.6f,\"calls\":%llu,\"msgs\":%llu,\"ops\":%llu,\"errors\":%llu,", seconds,
         count(total.calls), count(total.messages), count(total.operations), count(measurement.errors()));
  printf("\"calls_per_s\":%.3f,\"msgs_per_s\":%.3f,\"ops_per_s\":%.3f,\"mb_per_s\":%.3f,", rate(total.calls),
         rate(total.messages), rate(total.operations), rate(total.payload_bytes) / 1e6);
  printf("\"p50_us\":%.3f,\"p90_us\":%.3f,\"p99_us\":%.3f,\"p999_us\":%.3f,\"max_us\":%.3f,", latency_us(0.5),
         latency_us(0.9), latency_us(0.99), latency_us(0.999),
         static_cast<double>(measurement.latencies().Largest()) / 1000);
  printf("\"cpu_us_per_call\":%.4f,\"cpu_us_per_op\":%.4f,\"first_error\":%s}\n",
         Per(cpu_us, static_cast<double>(total.calls)), Per(cpu_us, static_cast<double>(total.operations)),
         measurement.errors() > 0 ? JsonText(measurement.first_error()).c_str() : "null");
}

void PrintText(const Options& options, const Measurement& measurement, const Counters& total) {
  const double operations = static_cast<double>(total.operations);
  printf("%s, %u at a time, %.2f s: %.0f ops/s, %.3f us CPU per op, p50 %.1f us, p99 %.1f us, %llu errors\n",
         options.scenario_name.c_str(), options.concurrency, measurement.seconds(),
         Per(operations, measurement.seconds()), Per(measurement.cpu_seconds() * 1e6, operations),
         measurement.latencies().Quantile(0.5) / 1000, measurement.latencies().Quantile(0.99) / 1000,
         static_cast<unsigned long long>(measurement.errors()));
  if (measurement.errors() > 0) printf("first error: %s\n", measurement.first_error().c_str());
}

}  // namespace

void PrintReport(const Options& options, const Measurement& measurement, const Counters& total) {
  if (options.json) {
    PrintJson(options, measurement, total);
  } else {
    PrintText(options, measurement, total);
  }
  fflush(stdout);
}
