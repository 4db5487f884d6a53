#pragma once
// Cross-entropy over a large vocabulary without ever holding [tokens, vocabulary]: decoder, softmax, loss and all
// gradients in one function, a chunk of tokens at a time. The gradients are made on the way forward, while a chunk's
// logits are there, so each of the three products is computed once.

#include <ATen/core/Tensor.h>

namespace tenfold::nn {

struct TokenScores {
  at::Tensor loss;   ///< [M] fp32 (fp64 where h is): negative log-likelihood of each target, nats; carries the gradient
  at::Tensor right;  ///< [M] fp32: 1 where no other token has a larger logit
};

/// Logits h · weightᵀ + bias against targets. h [M, E] in bf16, fp32 or fp64, which the products compute in; the
/// softmax is fp32 at least. weight [V, E], bias [V] (may be undefined): fp32 masters. targets int64 [M], each in [0,
/// V). Differentiable once in h, weight and bias. Made for a loss that is the mean over all tokens, where every token's
/// upstream gradient is the same; any other costs the products again. Throws c10::Error where shapes do not fit or a
/// target lies outside the vocabulary.
TokenScores vocabulary_loss(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias,
                            const at::Tensor& targets);

}  // namespace tenfold::nn
