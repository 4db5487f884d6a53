#pragma once
// The classification head of fast.ai: concatenated pooling, then norm, dropout, linear for each hidden size.
// fastai 0.7 and 2.x differ in initial bias, linear bias and the reading of a single dropout; both by name.

#include <torch/nn/cloneable.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"

namespace tenfold::nn {

struct HeadOptions {
  int64_t features = 0;                 ///< width of the pooled features, after concatenation
  int64_t outputs = 0;                  ///< logits
  std::vector<int64_t> hidden = {512};  ///< empty: one norm, dropout, linear
  std::vector<double> dropout = {
      0.25, 0.5};       ///< one for each linear; a single value is halved for hidden layers (2.x) or used for all (0.7)
  bool legacy = false;  ///< fastai 0.7: linears with bias, norm bias 0; else 2.x: no biases, norm bias 1e-3
  bool norm = true;     ///< off: no norms, linears with bias, as the heads of published encoders
};

/// [N, C, H, W] any dtype → [N, 2 C] fp32: maximum, then mean, of each channel (fastai's order).
torch::Tensor concat_pool(const torch::Tensor& x);
/// [N, C, H, W] → [N, C] fp32: mean of each channel.
torch::Tensor mean_pool(const torch::Tensor& x);

/// For each linear: norm, dropout (left out where its probability is 0), linear, and a ReLU after all but the last.
/// fp32 throughout, whatever the features' dtype. Parameters: norm1.weight, linear1.weight, norm2.weight, … Weights:
/// Kaiming normal, fan-in, gain sqrt 2 (deviation 0.02 without norms, as BERT's), drawn from (seed, initialisation).
/// Throws ConfigError("head.…") where widths are below 1 or the number of dropouts is neither 1 nor that of the
/// linears.
class HeadImpl : public torch::nn::Cloneable<HeadImpl> {
 public:
  HeadImpl(const HeadOptions& options, uint64_t seed);
  void reset() override;
  /// [N, features] → [N, outputs] fp32. In training with norms N must be at least 2 (ConfigError: batch).
  torch::Tensor forward(const torch::Tensor& features);
  const HeadOptions& options() const { return options_; }

 private:
  struct Layer {
    NormAct norm{nullptr};
    Dropout dropout{nullptr};  ///< empty where its probability is 0
    Linear linear{nullptr};
  };
  HeadOptions options_;
  uint64_t seed_;
  std::vector<Layer> layers_;
};

}  // namespace tenfold::nn
