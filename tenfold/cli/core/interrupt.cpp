#include "tenfold/cli/core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

#include "tenfold/cli/program.h"

namespace tenfold::cli {
namespace {

std::atomic<bool> signalled{false};  // a handler can reach nothing but static storage
std::atomic<const char*> text{""};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<const char*>::is_always_lock_free);

void on_signal(int) {
  if (signalled.exchange(true)) _exit(kInterrupted);
  const std::string_view said = text.load();
  [[maybe_unused]] const auto written = write(STDERR_FILENO, said.data(), said.size());
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

Interrupt::Interrupt(const char* said) {
  text = said;
  signalled = false;
  handle(on_signal);
}

Interrupt::~Interrupt() { handle(SIG_DFL); }

bool Interrupt::asked() const { return signalled; }

}  // namespace tenfold::cli
