// Kernels for AVX2 with FMA. Nothing else belongs in this file: its flags hold for all that is compiled in it.
#include "tenfold/text/kernels/body.h"

namespace tenfold::text {

extern const KernelSet avx2_kernels;
constinit const KernelSet avx2_kernels = kernel_set("avx2");

}  // namespace tenfold::text
