#include "tenfold/train/feature_dataset.h"

#include <torch/types.h>

#include <numeric>
#include <utility>

#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/batches.h"

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

FeatureDataset::FeatureDataset(std::shared_ptr<const Dataset> source, const at::Tensor& features,
                               std::vector<int64_t> rows)
    : FeatureDataset(std::move(source), std::vector{RowTable(features)}, std::move(rows)) {}

FeatureDataset::FeatureDataset(std::shared_ptr<const Dataset> source, std::vector<RowTable> views,
                               std::vector<int64_t> rows)
    : source_(std::move(source)),
      views_(std::move(views)),
      targets_(targets_of(*source_, rows)),
      rows_(std::move(rows)) {}

Sample FeatureDataset::get(int64_t index, const std::optional<Draw>&) const {
  return {{views_[0].gather({index})[0]}, target(index)};
}

std::string FeatureDataset::name(int64_t index) const { return source_->name(rows_.at(static_cast<size_t>(index))); }

at::Tensor FeatureDataset::target(int64_t index) const { return targets_.defined() ? targets_[index] : at::Tensor(); }

std::string FeatureDataset::fingerprint() const {
  std::vector<int64_t> all(rows_.size());
  std::iota(all.begin(), all.end(), 0);
  return ContentHash().add(source_->fingerprint()).add(nn::hash_of({{"features", views_[0].gather(all)}})).hex();
}

std::shared_ptr<const FeatureDataset> FeatureDataset::select(const std::vector<int64_t>& items) const {
  std::vector<RowTable> views;
  for (const auto& view : views_) views.push_back(view.select(items));
  std::vector<int64_t> rows;
  for (const int64_t item : items) rows.push_back(rows_.at(static_cast<size_t>(item)));
  return std::make_shared<FeatureDataset>(source_, std::move(views), std::move(rows));
}

Batch FeatureDataset::gather(std::vector<int64_t> items, int view) const {
  const auto chosen = at::from_blob(items.data(), {static_cast<int64_t>(items.size())}, at::kLong);
  Batch batch{.x = {views_[static_cast<size_t>(view)].gather(items)}, .y = {}, .index = {}};
  if (targets_.defined()) batch.y = targets_.index_select(0, chosen);
  batch.index = std::move(items);
  return batch;
}

Batch FeatureDataset::gather(std::vector<int64_t> items, const std::optional<EpochKey>& key) const {
  if (!key || views() == 0) return gather(std::move(items), 0);
  const uint64_t number = key->epoch >= kTtaEpoch ? key->epoch - kTtaEpoch : key->epoch & (kFinderEpoch - 1);
  return gather(std::move(items), 1 + static_cast<int>(number % static_cast<uint64_t>(views())));
}

}  // namespace tenfold
