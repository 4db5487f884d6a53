#include "tenfold/train/feature_dataset.h"

#include <torch/types.h>

#include <utility>

#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold {
namespace {

/// [M, …], or undefined where any item has no target.
at::Tensor targets_of(const Dataset& source, const std::vector<int64_t>& rows) {
  std::vector<at::Tensor> targets;
  for (const int64_t row : rows) {
    targets.push_back(source.target(row));
    if (!targets.back().defined()) return {};
  }
  return targets.empty() ? at::Tensor() : at::stack(targets);
}

}  // namespace

FeatureDataset::FeatureDataset(std::shared_ptr<const Dataset> source, at::Tensor features, std::vector<int64_t> rows)
    : source_(std::move(source)),
      features_(std::move(features)),
      targets_(targets_of(*source_, rows)),
      rows_(std::move(rows)) {}

Sample FeatureDataset::get(int64_t index, const std::optional<Draw>&) const {
  return {{features_[index]}, target(index)};
}

std::string FeatureDataset::name(int64_t index) const { return source_->name(rows_.at(static_cast<size_t>(index))); }

at::Tensor FeatureDataset::target(int64_t index) const { return targets_.defined() ? targets_[index] : at::Tensor(); }

std::string FeatureDataset::fingerprint() const {
  return ContentHash().add(source_->fingerprint()).add(nn::hash_of({{"features", features_}})).hex();
}

Batch FeatureDataset::gather(std::vector<int64_t> items) const {
  const auto chosen = at::from_blob(items.data(), {static_cast<int64_t>(items.size())}, at::kLong);
  Batch batch{.x = {features_.index_select(0, chosen)}, .y = {}, .index = {}};
  if (targets_.defined()) batch.y = targets_.index_select(0, chosen);
  batch.index = std::move(items);
  return batch;
}

}  // namespace tenfold
