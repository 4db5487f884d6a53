#pragma once
// Squeeze and excitation: the image's mean decides how much each channel counts. Hu et al. 2018, arXiv 1709.01507.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"

namespace tenfold::nn {

/// What turns the last layer's output into a factor from 0 to 1.
enum class Gate { sigmoid, hardsigmoid };

struct SqueezeExciteOptions {
  int64_t channels = 0;  ///< C of the input
  int64_t squeezed = 0;  ///< width between the two layers
  Act act = Act::relu;   ///< between them: silu in EfficientNet, relu in MobileNet v3
  Gate gate = Gate::sigmoid;
};

/// x · gate(fc2(act(fc1(mean over the pixels of x)))). Parameters carry torchvision's names: fc1.weight
/// [squeezed, C, 1, 1], fc1.bias, fc2.weight [C, squeezed, 1, 1], fc2.bias.
class SqueezeExciteImpl : public torch::nn::Cloneable<SqueezeExciteImpl> {
 public:
  /// Throws ConfigError("squeeze_excite") where a width is below 1 or the activation is none of relu, silu.
  explicit SqueezeExciteImpl(const SqueezeExciteOptions& options);
  void reset() override;
  /// [N, C, H, W] fp32 or bf16 → the same. Mean and factors are computed in fp32.
  torch::Tensor forward(const torch::Tensor& x);

 private:
  SqueezeExciteOptions options_;
  Conv2d fc1_{nullptr}, fc2_{nullptr};
};
TORCH_MODULE(SqueezeExcite);

}  // namespace tenfold::nn
