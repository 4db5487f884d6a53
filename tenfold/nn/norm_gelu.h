#pragma once
// Batch normalisation and GELU, after an optional pooling of 2 x 2 pixels: what stands between two convolutions of a
// small network, as one module, so that its memory traffic is paid once. The scale of the norm stays 1: the next
// layer's weights have one. Ioffe & Szegedy 2015, arXiv 1502.03167; Hendrycks & Gimpel 2016, arXiv 1606.08415.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

namespace tenfold::nn {

enum class Pool { none, largest_of_four };

struct NormGeluOptions {
  int64_t channels = 0;
  Pool pool = Pool::none;  ///< largest_of_four halves the sides before the norm, leaving out an odd last row or column
  double eps = 1e-5;
  double momentum = 0.1;  ///< weight of the newest batch in the running statistics
};

/// Parameter bias [C]; buffers weight (ones), running_mean, running_var [C], num_batches_tracked [].
class NormGeluImpl : public torch::nn::Cloneable<NormGeluImpl> {
 public:
  explicit NormGeluImpl(const NormGeluOptions& options);
  void reset() override;

  /// gelu(norm(pool(x))). x [N, C, H, W], fp32 or bf16 → [N, C, H, W] or [N, C, H / 2, W / 2] of the same dtype,
  /// channels-last. In training mode batch statistics (and updates the running ones), in evaluation mode the running
  /// ones. The same bits for any number of threads. Throws c10::Error where shapes do not fit.
  torch::Tensor forward(const torch::Tensor& x);

  const NormGeluOptions& options() const { return options_; }
  torch::Tensor weight, bias, running_mean, running_var, num_batches_tracked;

 private:
  NormGeluOptions options_;
};
TORCH_MODULE(NormGelu);

}  // namespace tenfold::nn
