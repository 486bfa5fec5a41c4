// Signals as what the main thread waits for, while the threads of gRPC do the work.
#ifndef CPP_SIGNALS_H
#define CPP_SIGNALS_H

#include <chrono>

// Blocks SIGTERM, SIGINT and the wake-up in this thread and those that it makes. Call it before any use of
// gRPC.
void BlockSignals();

// Waits for SIGTERM or SIGINT.
void WaitForTermination();

// Waits for SIGTERM, SIGINT or a wake-up until a time; true when one came.
bool WaitForSignalUntil(std::chrono::steady_clock::time_point time);

// Ends a wait of the main thread, from any thread.
void WakeUp();

#endif
