// tenfold, the thin program: help, completion, usage errors and everything else that needs no tensors within
// milliseconds. What computes is handed to tenfold-core beside it, since loading LibTorch alone costs 160 ms before
// main().

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tenfold/cli/program.h"

namespace {

// How often a waiting thread of LibTorch's OpenMP team looks again before it sleeps. The default spins for milliseconds
// and takes the core from whoever has work: on two busy cores a sweep of 24 steps took 33 to 35 s with 1000 rounds or
// none, 58 to 80 s with 100,000 or more. What sleeping costs on an idle machine is for a quiet one to measure. libgomp
// reads it while it is loaded, so it is set before that.
constexpr const char* kSpinCount = "1000";

namespace fs = std::filesystem;

/// $TENFOLD_CORE, or beside this program, or in ../libexec.
fs::path core_program() {
  if (const char* chosen = std::getenv("TENFOLD_CORE"); chosen && *chosen) return chosen;
  std::error_code none;
  const fs::path folder = fs::read_symlink("/proc/self/exe", none).parent_path();
  const fs::path beside = folder / "tenfold-core", below = folder.parent_path() / "libexec" / "tenfold-core";
  return !fs::exists(beside, none) && fs::exists(below, none) ? below : beside;
}

}  // namespace

int main(int count, char** words) {
  using namespace tenfold;
  return cli::run_program({words + 1, words + count}, [&](const cli::Command&, const cli::Arguments&) -> cli::Answer {
    if (!std::getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", kSpinCount, 0);  // 0: the user's own value stays
    const fs::path core = core_program();
    execv(core.c_str(), words);
    throw FileError(core.string(), std::string("cannot be started: ") + std::strerror(errno) +
                                       "; it belongs beside `tenfold` (or set TENFOLD_CORE to its place)");
  });
}
