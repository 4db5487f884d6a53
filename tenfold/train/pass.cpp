#include "tenfold/train/pass.h"

#include <torch/types.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold {
namespace {

/// From the order in which batches come, which the dataset chooses, to the dataset's.
void put_in_order(Predictions& predictions) {
  auto& index = predictions.index;
  if (std::is_sorted(index.begin(), index.end())) return;
  std::vector<int64_t> place(index.size());
  std::iota(place.begin(), place.end(), 0);
  std::stable_sort(place.begin(), place.end(), [&](int64_t a, int64_t b) { return index[a] < index[b]; });
  const auto rows = at::tensor(place, at::kLong);
  for (auto* tensor : {&predictions.activated, &predictions.target, &predictions.item_loss})
    if (tensor->defined()) *tensor = tensor->index_select(0, rows);
  std::vector<std::string> names;
  std::vector<int64_t> numbers;
  for (const int64_t k : place) {
    names.push_back(std::move(predictions.names[static_cast<size_t>(k)]));
    numbers.push_back(index[static_cast<size_t>(k)]);
  }
  predictions.names = std::move(names);
  index = std::move(numbers);
}

/// Item and name of each row of the batch.
void name_rows(const Dataset& dataset, const Batch& batch, Predictions& predictions) {
  for (size_t k = 0; k < batch.index.size(); ++k) {
    const int64_t item = batch.index[k];
    if (batch.rows.empty()) {
      predictions.index.push_back(item);
      predictions.names.push_back(dataset.name(item));
    } else {
      for (int64_t row = 0; row < batch.rows[k]; ++row) {
        predictions.index.push_back(item);
        predictions.names.push_back(dataset.row_name(item, row));
      }
    }
  }
}

}  // namespace

std::shared_ptr<const Dataset> items_of(const Learner& learner, Split split) {
  auto dataset = learner.data().split(split);
  if (dataset && dataset->size() > 0) return dataset;
  const auto table = names(split);
  const auto row = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == split; });
  throw ConfigError("split", "\"" + std::string(row->second) + "\" has no items in this data; choose another split");
}

ModelOutputs plain_outputs(Learner& learner, const std::vector<at::Tensor>& x) {
  const auto logits = learner.model().forward(x).to(at::kFloat);
  return {nn::activate(learner.task(), logits), logits};
}

void Collected::add(const Batch& batch) {
  const auto [probable, logits] = outputs_of_(batch);
  activated_.push_back(probable.cpu());
  if (batch.y.defined()) {
    targets_.push_back(batch.y.cpu());
    losses_.push_back(nn::item_loss(learner_.task(), logits, batch.y).cpu());
  }
  name_rows(dataset_, batch, predictions_);
}

Predictions Collected::taken() {
  Predictions out = std::exchange(predictions_, {});
  out.activated = at::cat(activated_);
  if (targets_.size() == activated_.size()) {
    out.target = at::cat(targets_);
    out.item_loss = at::cat(losses_);
  }
  activated_.clear();
  targets_.clear();
  losses_.clear();
  put_in_order(out);
  return out;
}

void refuse_unreadable() { throw DataError("data", 0, "has no readable item left; see the list of those left out"); }

Predictions pass(Learner& learner, const Dataset& dataset, Batches& batches, uint64_t epoch,
                 const OutputsOf& outputs_of, const Passes& passes) {
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Collected collected(learner, dataset, outputs_of);
  int64_t items = 0;
  batches.start(epoch);
  while (auto batch = batches.next()) {
    if (batch->size() > 0) collected.add(*batch);
    passes.tell(items += batch->size());
  }
  if (collected.empty()) refuse_unreadable();
  return collected.taken();
}

}  // namespace tenfold
