#include "tenfold/text/kernels/kernels.h"

#include "tenfold/core/kernel_versions.h"

namespace tenfold::text {

extern const KernelSet portable_kernels;
#if defined(__x86_64__)
extern const KernelSet avx512_kernels, avx2_kernels;
static constexpr KernelVersions<KernelSet> versions{&portable_kernels, &avx2_kernels, &avx512_kernels};
#else
static constexpr KernelVersions<KernelSet> versions{&portable_kernels};
#endif

const KernelSet* kernels(std::string_view name) { return versions.named(name); }

const KernelSet& kernels() {
  static const KernelSet& best = versions.best();
  return best;
}

}  // namespace tenfold::text
