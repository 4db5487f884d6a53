#pragma once
// The classification head of fast.ai: concatenated pooling, then norm, dropout, linear for each hidden size.
// fastai 0.7 and 2.x differ in initial bias and linear bias; both by name.

#include <cstdint>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

namespace tenfold::nn {

struct HeadOptions {
  int64_t features = 0;                    ///< width of the pooled features, after concatenation
  int64_t outputs = 0;                     ///< logits
  std::vector<int64_t> hidden = {512};     ///< empty: one norm, dropout, linear
  std::vector<double> dropout = {0.25, 0.5};  ///< one for each linear; a single value is halved for hidden layers (fastai 2.x)
  bool legacy = false;                     ///< fastai 0.7: linears with bias, norm bias 0; else 2.x: no biases, norm bias 1e-3
};

/// [N, C, H, W] any dtype → [N, 2 C] fp32: maximum, then mean, of each channel (fastai's order).
torch::Tensor concat_pool(const torch::Tensor& x);
/// [N, C, H, W] → [N, C] fp32: mean of each channel.
torch::Tensor mean_pool(const torch::Tensor& x);

/// fp32 throughout. Weights: Kaiming normal, fan-in, gain sqrt 2, drawn from (seed, initialisation).
class HeadImpl : public torch::nn::Module {
 public:
  HeadImpl(const HeadOptions& options, uint64_t seed);
  torch::Tensor forward(const torch::Tensor& features);
  const HeadOptions& options() const { return options_; }

 private:
  HeadOptions options_;
  std::vector<std::shared_ptr<torch::nn::Module>> norms_, dropouts_, linears_;
};

}  // namespace tenfold::nn
