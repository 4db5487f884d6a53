// tenfold-core: the commands that need LibTorch. `tenfold` starts it; the arguments are the same.

#include <csignal>
#include <cstdlib>
#include <map>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/program.h"

namespace {

/// Keeps freed memory for the next batch. By default glibc hands large tensors back to the system and faults them in
/// again, page by page, each step: of 31 CPU seconds of fine-tuning EfficientNet-Lite0 (batch 32, 224 px) that took 10;
/// now 1, for 2 to 5 % more memory. The user's own settings stay.
void keep_freed_memory() {
#ifdef __GLIBC__
  if (std::getenv("MALLOC_MMAP_MAX_") || std::getenv("MALLOC_MMAP_THRESHOLD_") || std::getenv("MALLOC_TRIM_THRESHOLD_"))
    return;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

}  // namespace

int main(int count, char** words) {
  using namespace tenfold::cli;
  keep_freed_memory();
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is then an error that says so, not a kill
  const std::map<std::string, Answer (*)(const Arguments&)> computing = {
      {"inspect", inspect},
      {"lr-find", find_rate},
      {"train", train},
      {"evaluate", evaluate_model},
      {"predict", predict_items},
      {"generate", generate_text},
      {"recommend", recommend},
      {"explain", explain},
      {"explain-task", explain_task},
      {"rank-backbones", rank_networks},
      {"models list", list_models},
      {"models pull", pull_models},
      {"models verify", verify_models},
      {"doctor", doctor},
  };
  return run_program({words + 1, words + count}, [&](const Command& command, const Arguments& arguments) {
    return computing.at(command.name)(arguments);
  });
}
