// Dropout masks from counters: element i of call c under key k is a function of (k, c, i) alone.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/keep_mask.h"
#include "tenfold/nn/layers.h"

namespace tenfold::nn {
namespace {

constexpr int64_t words = 4;  // of 32 bits in a Philox block

/// out[i] = 0 where word i of the stream is below `threshold`, else `kept`.
void fill_mask(float* out, int64_t n, uint64_t key, uint64_t call, uint32_t threshold, float kept) {
  at::parallel_for(0, (n + words - 1) / words, 4096, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; ++block) {
      const auto random = philox4x32({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                                      static_cast<uint32_t>(call), static_cast<uint32_t>(call >> 32)},
                                     {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
      for (int64_t word = 0; word < words && block * words + word < n; ++word)
        out[block * words + word] = random[static_cast<size_t>(word)] < threshold ? 0 : kept;
    }
  });
}

}  // namespace

at::Tensor keep_mask(int64_t n, double p, uint64_t key, uint64_t call) {
  auto mask = at::empty({n}, at::kFloat);
  fill_mask(mask.mutable_data_ptr<float>(), n, key, call, static_cast<uint32_t>(std::ldexp(p, 32)),
            static_cast<float>(1 / (1 - p)));
  return mask;
}

DropoutImpl::DropoutImpl(double p) : p_(p) {
  if (!(p >= 0 && p < 1))
    throw ConfigError("dropout", "is " + std::to_string(p) + "; needs a probability from 0 to below 1");
}

torch::Tensor DropoutImpl::forward(const torch::Tensor& x) {
  if (!is_training() || p_ == 0) return x;
  const auto mask = keep_mask(x.numel(), p_, key_, calls_++);
  return x * mask.view(x.sizes()).to(x.device(), x.scalar_type());
}

}  // namespace tenfold::nn
