#pragma once
// Layer normalisation: each token, or each pixel, over its own channels. Ba et al. 2016, arXiv 1607.06450.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

namespace tenfold::nn {

/// weight, bias [C] fp32. fp32 arithmetic inside, whatever the input's dtype; the result has the input's. The same bits
/// for any number of threads.
class LayerNormImpl : public torch::nn::Cloneable<LayerNormImpl> {
 public:
  explicit LayerNormImpl(int64_t channels, double eps = 1e-6);
  void reset() override;

  /// (x - mean) / sqrt(variance + eps) · weight + bias over the last side of x [..., C].
  torch::Tensor forward(const torch::Tensor& x);
  /// The same over the channels of x [N, C, H, W]; channels-last costs no copy, and comes out channels-last.
  torch::Tensor over_channels(const torch::Tensor& x);

  torch::Tensor weight, bias;

 private:
  int64_t channels_;
  double eps_;
};
TORCH_MODULE(LayerNorm);

}  // namespace tenfold::nn
