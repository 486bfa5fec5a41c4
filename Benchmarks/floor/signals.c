#include "signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static sigset_t signals;
static pthread_t thread;
static void (*on_signal)(int signal);

static void *wait_for_signal(void *unused) {
  (void)unused;
  int signal;
  sigwait(&signals, &signal);
  // `signals_stop` may only cancel the wait, never half an action.
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  on_signal(signal);
  return NULL;
}

void signals_block(void) {
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

void signals_start(void (*action)(int signal)) {
  on_signal = action;
  pthread_create(&thread, NULL, wait_for_signal, NULL);
}

void signals_stop(void) {
  pthread_cancel(thread);
  pthread_join(thread, NULL);
}
