// getrusage, for a program that handles no pointers.
#ifndef THINGRPC_CRESOURCEUSAGE_SHIM_H
#define THINGRPC_CRESOURCEUSAGE_SHIM_H

#include <sys/resource.h>

// The CPU time that the calling process has used, as user and as system, in seconds.
static inline double thin_processor_seconds(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

#endif
