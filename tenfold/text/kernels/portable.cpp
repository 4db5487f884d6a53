// Kernels for any processor. Nothing else belongs in this file: its flags hold for all that is compiled in it.
#include "tenfold/text/kernels/body.h"

namespace tenfold::text {

extern const KernelSet portable_kernels;
constinit const KernelSet portable_kernels = kernel_set("portable");

}  // namespace tenfold::text
