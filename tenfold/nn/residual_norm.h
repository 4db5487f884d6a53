#pragma once
// norm(x + dropout(branch)): what stands behind each half of a transformer's layer, as one module, so that its memory
// traffic is paid once. Ba et al. 2016, arXiv 1607.06450; Vaswani et al. 2017, arXiv 1706.03762, section 5.4.

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"

namespace tenfold::nn {

struct ResidualNormOptions {
  int64_t channels = 0;
  double eps = 1e-12;
  double dropout = 0;  ///< of the branch, in training
};

/// Parameters weight, bias [C] fp32, as LayerNorm's. Sums are fp32, whatever the dtype.
class ResidualNormImpl : public LayerNormImpl, public Stochastic {
 public:
  /// Throws ConfigError("layer_norm.channels", "dropout") for what cannot work.
  explicit ResidualNormImpl(const ResidualNormOptions& options);

  /// x, branch [M, C] of one dtype → the same. On the CPU in fp32 and bf16 by a kernel of ours, whose masks are
  /// functions of (key, call, row, column) and whose bits do not depend on the number of threads; elsewhere in
  /// LibTorch's operations. Differentiable once.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& branch);

  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }

 private:
  ResidualNormOptions options_;
  uint64_t key_ = 0, calls_ = 0;
};
TORCH_MODULE(ResidualNorm);

}  // namespace tenfold::nn
