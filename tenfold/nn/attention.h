#pragma once
// Multi-head self-attention over texts of any lengths that lie one after the other, without padding and without a
// [tokens, tokens] tensor. Vaswani et al. 2017, arXiv 1706.03762.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "tenfold/nn/layers.h"

namespace tenfold::nn {

struct AttentionOptions {
  int64_t heads = 1;
  double dropout = 0;  ///< share of attention weights left out in training
};

/// softmax(q kᵀ / sqrt(depth)) v of each head and text. Without parameters: the projections are the caller's. A kernel
/// of ours on the CPU for fp32 and bf16 (fp32 sums, the same bits for any number of threads), LibTorch's operations
/// elsewhere.
class AttentionImpl : public torch::nn::Cloneable<AttentionImpl>, public Stochastic {
 public:
  /// Throws ConfigError("attention") where heads < 1 or dropout is no probability below 1.
  explicit AttentionImpl(const AttentionOptions& options);
  void reset() override {}

  /// qkv [M, 3 · D]: queries, keys and values of all heads, one text's rows after the other's; text k has the rows
  /// [starts[k], starts[k + 1]), starts.back() == M. D is a multiple of the heads. → [M, D] of the same dtype. With
  /// dropout, which weights are left out is a function of (key, call, head, row, column). Differentiable once.
  torch::Tensor forward(const torch::Tensor& qkv, const std::vector<int64_t>& starts);

  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }

 private:
  AttentionOptions options_;
  uint64_t key_ = 0, calls_ = 0;
};
TORCH_MODULE(Attention);

/// The weights themselves, for pictures of them: qkv [T, 3 · D] of one text → [heads, T, T] fp32, rows sum to 1.
torch::Tensor attention_weights(const torch::Tensor& qkv, int64_t heads);

}  // namespace tenfold::nn
