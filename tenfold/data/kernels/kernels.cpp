#include "tenfold/data/kernels/kernels.h"

#include "tenfold/core/kernel_versions.h"

namespace tenfold::csv {

extern const ScanKernel portable_scan;
#if defined(__x86_64__)
extern const ScanKernel avx512_scan, avx2_scan;
static constexpr KernelVersions<ScanKernel> versions{&portable_scan, &avx2_scan, &avx512_scan};
#else
static constexpr KernelVersions<ScanKernel> versions{&portable_scan};
#endif

const ScanKernel* scan_kernel(std::string_view name) { return versions.named(name); }

const ScanKernel& scan_kernel() {
  static const ScanKernel& best = versions.best();
  return best;
}

}  // namespace tenfold::csv
