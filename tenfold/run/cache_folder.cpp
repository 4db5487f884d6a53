#include "tenfold/run/cache_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <system_error>

namespace tenfold {
namespace {

std::filesystem::path by_environment() {
  const auto named = [](const char* variable) -> std::string {
    const char* value = std::getenv(variable);
    return value ? value : "";
  };
  if (const auto own = named("TENFOLD_CACHE"); !own.empty()) return own;
  if (const auto caches = named("XDG_CACHE_HOME"); !caches.empty()) return std::filesystem::path(caches) / "tenfold";
  if (const auto home = named("HOME"); !home.empty()) return std::filesystem::path(home) / ".cache" / "tenfold";
  return {};
}

}  // namespace

std::filesystem::path cache_folder(const std::filesystem::path& chosen) {
  if (!chosen.empty()) return chosen;
  const auto folder = by_environment();
  if (folder.empty()) return {};
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  return !problem && ::access(folder.c_str(), W_OK | X_OK) == 0 ? folder : std::filesystem::path();
}

}  // namespace tenfold
