// Kernels for AVX2 and FMA. Nothing else belongs in this file: its flags hold for all that is compiled in it.
#include "tenfold/vision/kernels/body.h"

namespace tenfold::vision {

extern const KernelSet avx2_kernels;
constinit const KernelSet avx2_kernels = kernel_set("avx2");

}  // namespace tenfold::vision
