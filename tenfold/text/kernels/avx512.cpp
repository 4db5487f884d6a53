// Kernels for AVX-512 (F, BW, DQ, VL). Nothing else belongs in this file: its flags hold for all that is compiled in
// it.
#include "tenfold/text/kernels/body.h"

namespace tenfold::text {

extern const KernelSet avx512_kernels;
constinit const KernelSet avx512_kernels = kernel_set("avx512");

}  // namespace tenfold::text
