// Signals that end a program, taken by a thread of their own.
//
// That thread sleeps until the first signal, so the queue's thread can wait without a timeout and does not
// wake up to look at a flag.
#ifndef FLOOR_SIGNALS_H
#define FLOOR_SIGNALS_H

// Blocks SIGTERM, SIGINT and SIGALRM. Call it before `grpc_init`: the core's threads inherit the mask.
void signals_block(void);

// Calls `action` with the first of the signals, on the signals' thread.
void signals_start(void (*action)(int signal));

// Ends the signals' thread and waits for it. An action that has begun is completed before.
void signals_stop(void);

#endif
