#include "tenfold/tabular/table_model.h"

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/tabular/embedding_mlp.h"
#include "tenfold/tabular/ft_transformer.h"
#include "tenfold/tabular/realmlp.h"
#include "tenfold/tabular/tabm.h"

namespace tenfold::tabular {

std::string TableModel::body_fingerprint() const {
  ContentHash hash;
  hash.add(description_);
  for (size_t g = 0; g + 1 < groups_.size(); ++g)
    for (const auto& module : groups_[g].modules) hash.add(nn::hash_of(nn::state_of(*module)));
  return hash.hex();
}

void TableModel::fit(const torch::Tensor& continuous) {
  if (numbers_) numbers_->fit(continuous);
}

void TableModel::set_groups(const Modules& embeddings, const Modules& body,
                            const std::shared_ptr<torch::nn::Module>& head) {
  groups_.clear();
  if (!embeddings.empty()) groups_.push_back({"embeddings", embeddings});
  if (!body.empty()) groups_.push_back({"body", body});
  groups_.push_back({"head", {head}});
}

std::shared_ptr<NumberVectors> TableModel::make_numbers(const ModelOptions& options, NumberEmbedding otherwise,
                                                        int64_t columns, uint64_t seed) {
  const auto kind = options.numbers == NumberEmbedding::automatic ? otherwise : options.numbers;
  if (kind == NumberEmbedding::none || columns == 0) return nullptr;
  constexpr int64_t kBinsSize = 16, kWavesSize = 24, kWaves = 48;
  const auto or_own = [](int64_t given, int64_t own) { return given == 0 ? own : given; };
  if (kind == NumberEmbedding::piecewise_linear)
    numbers_ = std::make_shared<PiecewiseLinear>(columns, options.bins, or_own(options.number_size, kBinsSize), seed);
  else
    numbers_ = std::make_shared<Periodic>(columns, or_own(options.frequencies, kWaves), options.frequency_scale,
                                          or_own(options.number_size, kWavesSize), seed);
  return register_module("numbers", numbers_);
}

std::vector<double> dropouts(const ModelOptions& options, size_t layers, const std::vector<double>& otherwise) {
  const auto& given = options.dropout.empty() ? otherwise : options.dropout;
  if (given.size() != 1 && given.size() != layers)
    throw ConfigError("model.dropout", "has " + std::to_string(given.size()) + " values for " + std::to_string(layers) +
                                           " hidden layer(s); needs one, or one each");
  for (const double p : given)
    if (!(p >= 0 && p < 1))
      throw ConfigError("model.dropout", "holds " + shortest(p) + "; needs probabilities from 0 to below 1");
  return given.size() == 1 ? std::vector<double>(layers, given[0]) : given;
}

std::shared_ptr<TableModel> make_model(const ModelOptions& options, const TableShape& shape, const nn::Task& task,
                                       uint64_t seed) {
  if (shape.levels.empty() && shape.continuous == 0)
    throw ConfigError("data", "has no column to learn from; give a categorical or a continuous one");
  switch (options.arch) {
    case Arch::automatic:
    case Arch::modern:
      return std::make_shared<EmbeddingMlp>(options, Generation::modern, shape, nn::logits(task), seed);
    case Arch::legacy:
      return std::make_shared<EmbeddingMlp>(options, Generation::legacy, shape, nn::logits(task), seed);
    case Arch::tabm:
      return std::make_shared<TabM>(options, shape, task, seed);
    case Arch::realmlp:
      return std::make_shared<RealMlp>(options, shape, task, seed);
    case Arch::ft_transformer:
      return std::make_shared<FtTransformer>(options, shape, nn::logits(task), seed);
  }
  throw ConfigError("model.arch", "is none of those known");
}

}  // namespace tenfold::tabular
