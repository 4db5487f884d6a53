#pragma once
// What the two ways to compute nn/vocabulary_loss.h exchange. Internal to this room.

#include <ATen/core/Tensor.h>

#include "tenfold/nn/vocabulary_loss.h"

namespace tenfold::nn {

struct VocabularyParts {
  at::Tensor h, weight;      ///< [M, E], [V, E] in the dtype of the products, contiguous
  at::Tensor bias, targets;  ///< [V] (may be undefined), int64 [M]
};

struct VocabularyOutcome {
  TokenScores scores;
  at::Tensor dh, dweight, dbias;  ///< weight's and bias's in the dtype of the sums; undefined without `upstream`
};

/// Whether this processor has the kernels for these.
bool has_own_products(const VocabularyParts& parts);

/// In bf16 by own kernels; with `upstream` [M] fp32 the gradients of Σ upstream · loss too. A chunk's exponentials are
/// taken from an origin near the target's logit, so they need no second look once their sum is known: it scales one
/// side of each product instead. The target's own share is kept apart, exactly: near 1 - 1 there would be nothing left
/// of it in bf16. No bit depends on the number of threads.
VocabularyOutcome by_own_products(const VocabularyParts& parts, const at::Tensor& upstream);

}  // namespace tenfold::nn
