#include "tenfold/nn/kernels/bf16_products.h"

#include "tenfold/nn/kernels/winograd.h"

namespace tenfold::nn {

#if defined(__x86_64__)
extern const Bf16Products avx512bf16_products;

const Bf16Products* bf16_products() {
  return winograd_kernels() ? &avx512bf16_products : nullptr;  // the same processors
}
#else
const Bf16Products* bf16_products() { return nullptr; }
#endif

}  // namespace tenfold::nn
