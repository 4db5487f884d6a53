#include "tenfold/data/kernels/kernels.h"

namespace tenfold::csv {

extern const ScanKernel portable_scan;
#if defined(__x86_64__)
extern const ScanKernel avx512_scan, avx2_scan;
#endif

const ScanKernel* scan_kernel(std::string_view name) {
#if defined(__x86_64__)
  const bool bits =
      __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
  if (name == "avx512" && bits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
    return &avx512_scan;
  if (name == "avx2" && bits && __builtin_cpu_supports("avx2")) return &avx2_scan;
#endif
  return name == "portable" ? &portable_scan : nullptr;
}

const ScanKernel& scan_kernel() {
  static const ScanKernel& best = [&]() -> const ScanKernel& {
    for (const std::string_view name : {"avx512", "avx2"})
      if (const ScanKernel* kernel = scan_kernel(name)) return *kernel;
    return portable_scan;
  }();
  return best;
}

}  // namespace tenfold::csv
