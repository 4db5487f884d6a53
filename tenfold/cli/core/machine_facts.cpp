#include "tenfold/cli/core/machine_facts.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tenfold/train/machine.h"

namespace tenfold::cli {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;

/// What stands behind "key:" in a file of such lines; the first one counts.
std::string value_in(const std::string& path, const std::string& key) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || line.rfind(key, 0) != 0) continue;
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

double memory_gib(const std::string& key) {
  const std::string kibibytes = value_in("/proc/meminfo", key);
  return kibibytes.empty() ? 0 : std::stod(kibibytes) * 1024 / kGib;
}

double control_group_limit_gib() {
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    double bytes = 0;
    if (std::ifstream(path) >> bytes && bytes < 1e17) return bytes / kGib;  // above it: no limit
  }
  return 0;
}

}  // namespace

MachineFacts machine_facts() {
  MachineFacts facts;
  facts.processor = value_in("/proc/cpuinfo", "model name");
  facts.cores_online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  facts.cores_usable = cores();
  std::istringstream flags(value_in("/proc/cpuinfo", "flags") + " " + value_in("/proc/cpuinfo", "Features"));
  for (std::string flag; flags >> flag;)
    for (const char* known :
         {"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "asimd", "bf16", "sve"})
      if (flag == known &&
          std::find(facts.instructions.begin(), facts.instructions.end(), flag) == facts.instructions.end())
        facts.instructions.push_back(flag);
  facts.memory_gib = memory_gib("MemTotal");
  facts.memory_free_gib = memory_gib("MemAvailable");
  facts.memory_limit_gib = control_group_limit_gib();
  return facts;
}

double free_disk_gib(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code none;
  fs::path at = fs::absolute(path, none);
  while (!fs::exists(at, none) && at.has_relative_path()) at = at.parent_path();
  const auto space = fs::space(at, none);
  return none ? 0 : static_cast<double>(space.available) / kGib;
}

}  // namespace tenfold::cli
