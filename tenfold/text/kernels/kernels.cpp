#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {

extern const KernelSet portable_kernels;
#if defined(__x86_64__)
extern const KernelSet avx512_kernels, avx2_kernels;
#endif

const KernelSet* kernels(std::string_view name) {
#if defined(__x86_64__)
  if (name == "avx512" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return &avx512_kernels;
  if (name == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2_kernels;
#endif
  return name == "portable" ? &portable_kernels : nullptr;
}

const KernelSet& kernels() {
  static const KernelSet& best = [&]() -> const KernelSet& {
    for (const std::string_view name : {"avx512", "avx2"})
      if (const KernelSet* set = kernels(name)) return *set;
    return portable_kernels;
  }();
  return best;
}

}  // namespace tenfold::text
