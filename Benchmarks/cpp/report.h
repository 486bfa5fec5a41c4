// What a run has measured, as one line of JSON or as a sentence.
#ifndef CPP_REPORT_H
#define CPP_REPORT_H

#include "measurement.h"
#include "options.h"

// Prints the report on standard output.
void PrintReport(const Options& options, const Measurement& measurement, const Counters& total);

#endif
