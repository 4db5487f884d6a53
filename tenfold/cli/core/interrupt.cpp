#include "tenfold/cli/core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

#include "tenfold/cli/program.h"

namespace tenfold::cli {
namespace {

std::atomic<bool> signalled{false};  // a handler can reach nothing but static storage
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) {
  if (signalled.exchange(true)) _exit(kInterrupted);
  constexpr std::string_view text = "\nfinishing this step, then a checkpoint; once more ends at once\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

void handle(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  signalled = false;
  handle(on_signal);
}

Interrupt::~Interrupt() { handle(SIG_DFL); }

bool Interrupt::asked() const { return signalled; }

}  // namespace tenfold::cli
