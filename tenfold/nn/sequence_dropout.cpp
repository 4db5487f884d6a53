#include "tenfold/nn/sequence_dropout.h"

#include <ATen/ATen.h>

#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/keep_mask.h"

namespace tenfold::nn {

SequenceDropout::SequenceDropout(double p) : p_(p) {
  if (!(p >= 0 && p < 1))
    throw ConfigError("dropout", "is " + std::to_string(p) + "; needs a probability from 0 to below 1");
}

at::Tensor SequenceDropout::next_mask(int64_t n) { return keep_mask(n, p_, key_, calls_++); }

torch::Tensor VariationalDropoutImpl::forward(const torch::Tensor& x) {
  if (!drops()) return x;
  return x * next_mask(x.size(1) * x.size(2)).view({1, x.size(1), x.size(2)}).to(x.scalar_type());
}

torch::Tensor WeightDropImpl::forward(const torch::Tensor& weight, at::ScalarType dtype) {
  if (!drops()) return weight.to(dtype);
  return (weight * next_mask(weight.numel()).view(weight.sizes())).to(dtype);
}

torch::Tensor EmbeddingDropoutImpl::forward(const torch::Tensor& weight, const torch::Tensor& tokens, int64_t padding) {
  const auto rows = at::embedding(weight, tokens, padding);
  if (!drops()) return rows;
  // Masking the rows that are looked up is masking the matrix.
  const auto mask = next_mask(weight.size(0)).index_select(0, tokens.reshape(-1));
  auto shape = tokens.sizes().vec();
  shape.push_back(1);
  return rows * mask.view(shape);
}

}  // namespace tenfold::nn
