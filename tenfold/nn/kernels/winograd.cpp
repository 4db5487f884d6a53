#include "tenfold/nn/kernels/winograd.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "tenfold/core/kernel_versions.h"

namespace tenfold::nn {

#if defined(__x86_64__)
extern const WinogradKernels avx512bf16_winograd;

namespace {

bool is_faster_here() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & (1u << 5))) return false;  // AVX512-BF16
  __get_cpuid_count(7, 0, &a, &b, &c, &d);
  const bool amx = d & (1u << 22);  // AMX-BF16
  return !amx && runs_avx512();
}

}  // namespace

const WinogradKernels* winograd_kernels() {
  static const bool faster = is_faster_here();
  return faster ? &avx512bf16_winograd : nullptr;
}
#else
const WinogradKernels* winograd_kernels() { return nullptr; }
#endif

}  // namespace tenfold::nn
