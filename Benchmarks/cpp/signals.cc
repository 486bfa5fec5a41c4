#include "signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr int kWakeUp = SIGUSR1;

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, kWakeUp);
  return signals;
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void WaitForTermination() {
  const sigset_t signals = Signals();
  int signal = kWakeUp;
  while (signal == kWakeUp) sigwait(&signals, &signal);
}

bool WaitForSignalUntil(std::chrono::steady_clock::time_point time) {
  const sigset_t signals = Signals();
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::nanoseconds>(time - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    const timespec timeout = {left / 1'000'000'000, left % 1'000'000'000};
    if (sigtimedwait(&signals, nullptr, &timeout) >= 0) return true;
  }
}

void WakeUp() { kill(getpid(), kWakeUp); }
