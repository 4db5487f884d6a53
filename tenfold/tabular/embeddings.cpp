#include "tenfold/tabular/embeddings.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/keep_mask.h"
#include "tenfold/tabular/lookup.h"

namespace tenfold::tabular {
namespace {

void check(const EmbeddingsOptions& options) {
  if (options.levels.size() != options.sizes.size())
    throw ConfigError("model.embedding_sizes", "has " + std::to_string(options.sizes.size()) + " widths for " +
                                                   std::to_string(options.levels.size()) + " columns; needs one each");
  for (size_t c = 0; c < options.levels.size(); ++c)
    if (options.levels[c] < 1 || options.sizes[c] < 1)
      throw ConfigError("model.embedding_sizes", "column " + std::to_string(c) + " (from 0) has " +
                                                     std::to_string(options.levels[c]) + " levels in vectors of " +
                                                     std::to_string(options.sizes[c]) + "; needs at least 1 of each");
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw ConfigError("model.embedding_dropout",
                      "is " + std::to_string(options.dropout) + "; needs a probability from 0 to below 1");
}

}  // namespace

VectorsImpl::VectorsImpl(int64_t levels, int64_t size) : levels_(levels), size_(size) { reset(); }

void VectorsImpl::reset() { weight = register_parameter("weight", at::zeros({levels_, size_})); }

void VectorsImpl::start(VectorStart start, uint64_t seed, const std::string& name) {
  constexpr double kDeviation = 0.01, kSmall = 0.05;
  if (start == VectorStart::modern)
    return nn::fill_drawn(weight, seed, name, [](Draw& draw) { return kDeviation * std::fmod(draw.normal(), 2); });
  if (start == VectorStart::unit) return nn::fill_drawn(weight, seed, name, [](Draw& draw) { return draw.normal(); });
  const double bound = start == VectorStart::legacy ? 2 / (static_cast<double>(size_) + 1) : kSmall;
  nn::fill_drawn(weight, seed, name, [bound](Draw& draw) { return draw.uniform(-bound, bound); });
}

EmbeddingsImpl::EmbeddingsImpl(const EmbeddingsOptions& options, uint64_t seed) : options_(options), seed_(seed) {
  check(options_);
  reset();
}

void EmbeddingsImpl::reset() {
  tables_.clear();
  for (size_t c = 0; c < options_.levels.size(); ++c) {
    const std::string number = std::to_string(c);
    tables_.push_back(register_module(number, Vectors(options_.levels[c], options_.sizes[c])));
    tables_.back()->start(options_.start, seed_, "embeddings." + number);
  }
}

int64_t EmbeddingsImpl::width() const {
  return std::accumulate(options_.sizes.begin(), options_.sizes.end(), int64_t{0});
}

torch::Tensor EmbeddingsImpl::forward(const torch::Tensor& codes, const torch::Tensor& numbers, at::ScalarType dtype) {
  std::vector<at::Tensor> weights;
  for (const auto& table : tables_) weights.push_back(table->weight);
  at::Tensor mask;
  if (is_training() && options_.dropout > 0 && width() > 0)
    mask = nn::keep_mask(codes.size(0) * width(), options_.dropout, key_, calls_++).view({codes.size(0), width()});
  return lookup(codes, weights, mask, numbers, dtype);
}

}  // namespace tenfold::tabular
