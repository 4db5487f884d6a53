#pragma once
// Batch normalisation followed by an optional residual sum and activation: the memory-bound part of every residual
// network, as one module so that one kernel can serve all of them. Ioffe & Szegedy 2015, arXiv 1502.03167.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <array>
#include <string_view>
#include <utility>

namespace tenfold::nn {

enum class Act { none, relu, relu6, silu, hardswish };

struct NormActOptions {
  int64_t channels = 0;   ///< C of the input
  double eps = 1e-5;      ///< 1e-3 in the EfficientNet family
  double momentum = 0.1;  ///< weight of the newest batch in the running statistics
  Act act = Act::relu;    ///< none leaves the sum as it is (before a later activation)
};

/// Parameters and buffers carry torchvision's names: weight, bias, running_mean, running_var [C], num_batches_tracked
/// [].
class NormActImpl : public torch::nn::Cloneable<NormActImpl> {
 public:
  explicit NormActImpl(const NormActOptions& options);
  void reset() override;

  /// act(norm(x) + residual). x, residual: [N, C, H, W] or [N, C], fp32 or bf16, channels-last or not; the result has
  /// x's format. An undefined residual adds nothing. In training mode batch statistics (and updates the running ones),
  /// in evaluation mode the running ones. The same bits for any number of threads. Throws c10::Error where shapes
  /// differ.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& residual = {});

  const NormActOptions& options() const { return options_; }
  torch::Tensor weight, bias, running_mean, running_var, num_batches_tracked;

 private:
  NormActOptions options_;
};
TORCH_MODULE(NormAct);

}  // namespace tenfold::nn
