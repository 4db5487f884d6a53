#pragma once
// What Linux says about this machine, for doctor.

#include <string>
#include <vector>

namespace tenfold::cli {

struct MachineFacts {
  std::string processor;                   ///< model name
  int cores_online = 0, cores_usable = 0;  ///< usable: this process's affinity
  std::vector<std::string> instructions;   ///< of those that matter here: avx2, avx512f, avx512_bf16, amx_bf16, …
  double memory_gib = 0, memory_free_gib = 0;
  double memory_limit_gib = 0;  ///< of the control group; 0 where there is none
};

MachineFacts machine_facts();

/// Free space where `path` or its nearest existing parent lies, GiB.
double free_disk_gib(const std::string& path);

}  // namespace tenfold::cli
