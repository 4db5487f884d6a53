#pragma once
// The last layer of a model that writes text: scores of every token of the vocabulary, their cross-entropy and its
// gradient in one piece. The scores [M, V] are kept in the compute dtype between forward and backward and overwritten
// by their gradient there.

#include <ATen/core/Tensor.h>

namespace tenfold::text {

struct TokenLoss {
  at::Tensor loss;   ///< [M] fp32: negative log-likelihood of each target, nats
  at::Tensor right;  ///< [M] fp32: 1 where the target is the token with the largest score, of equals the first
};

/// Scores h · weightᵀ + bias. h [M, D] fp32 or bf16 on the CPU; weight [V, D], bias [V] (may be undefined) fp32; target
/// int64 [M], each in [0, V). The loss is the plain one; its gradient, once, is that of the loss with `smoothing` of
/// each target spread over the vocabulary.
TokenLoss token_loss(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& target,
                     double smoothing);

/// Means over the tokens of each item: [N, 2] fp32, what a language model says of its items. item int64 [M]: the item
/// of each of the first M tokens, the others count nowhere; counts int64 [N]: its tokens, at least one.
at::Tensor item_scores(const TokenLoss& tokens, const at::Tensor& item, const at::Tensor& counts);

}  // namespace tenfold::text
