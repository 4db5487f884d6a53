#include "tenfold/train/predictions.h"

#include <torch/types.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

std::shared_ptr<const Dataset> items_of(const Learner& learner, Split split) {
  auto dataset = learner.data().split(split);
  if (dataset && dataset->size() > 0) return dataset;
  const auto table = names(split);
  const auto row = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == split; });
  throw ConfigError("split", "\"" + std::string(row->second) + "\" has no items in this data; choose another split");
}

/// One pass over `batches`, begun at `epoch`; done_before and all are for the progress only.
Predictions pass(Learner& learner, const Dataset& dataset, Batches& batches, uint64_t epoch, int64_t done_before,
                 int64_t all, const OnItems& progress) {
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Predictions predictions;
  std::vector<at::Tensor> activated, targets, losses;
  batches.start(epoch);
  while (auto batch = batches.next()) {
    if (batch->size() > 0) {
      const auto logits = learner.model().forward(batch->x).to(at::kFloat);
      activated.push_back(nn::activate(learner.task(), logits).cpu());
      if (batch->y.defined()) {
        targets.push_back(batch->y.cpu());
        losses.push_back(nn::item_loss(learner.task(), logits, batch->y).cpu());
      }
      for (const int64_t index : batch->index) {
        predictions.index.push_back(index);
        predictions.names.push_back(dataset.name(index));
      }
    }
    if (progress) progress(done_before + static_cast<int64_t>(predictions.index.size()), all);
  }
  if (activated.empty()) throw DataError("data", 0, "has no readable item left; see the list of those left out");
  predictions.activated = at::cat(activated);
  if (targets.size() == activated.size()) {
    predictions.target = at::cat(targets);
    predictions.item_loss = at::cat(losses);
  }
  return predictions;
}

bool same_view(const Batch& one, const Batch& other) {
  return std::equal(one.x.begin(), one.x.end(), other.x.begin(), other.x.end(),
                    [](const at::Tensor& a, const at::Tensor& b) { return a.sizes() == b.sizes() && at::equal(a, b); });
}

/// Refuses data whose random views are its plain ones. Looks at the first batch in a few epochs: one random mirror may
/// leave every item as it is by chance, a few will not.
void require_augmentation(const Learner& learner, const std::shared_ptr<const Dataset>& dataset) {
  if (std::dynamic_pointer_cast<const FeatureDataset>(dataset))
    throw ConfigError("tta",
                      "means nothing on cached features: every view is the plain one; use the whole network's learner");
  constexpr int kProbes = 16;
  Batches plain(learner, dataset, Batches::View::plain), augmented(learner, dataset, Batches::View::augmented);
  plain.start(0);
  const auto before = plain.next();
  for (int probe = 0; before && probe < kProbes; ++probe) {
    augmented.start(kTtaEpoch + static_cast<uint64_t>(probe));
    const auto view = augmented.next();
    if (view && !same_view(*before, *view)) return;
  }
  throw ConfigError("tta",
                    "this data has no augmentation, so every view is the plain one; predict without it, or augment");
}

}  // namespace

Predictions predict(Learner& learner, Split split, const OnItems& progress) {
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  Batches batches(learner, dataset, Batches::View::plain);
  return pass(learner, *dataset, batches, 0, 0, dataset->size(), progress);
}

Predictions tta(Learner& learner, Split split, const TtaOptions& options, const OnItems& progress) {
  if (options.views < 1) throw ConfigError("tta.views", "is " + std::to_string(options.views) + "; needs at least 1");
  if (!(options.plain_weight >= 0 && options.plain_weight <= 1))
    throw ConfigError("tta.plain_weight", "is " + std::to_string(options.plain_weight) + "; needs a share from 0 to 1");
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  require_augmentation(learner, dataset);
  const int64_t all = dataset->size() * (options.views + 1);
  Batches plain(learner, dataset, Batches::View::plain), augmented(learner, dataset, Batches::View::augmented);
  Predictions predictions = pass(learner, *dataset, plain, 0, 0, all, progress);
  at::Tensor views;  // sum, or largest
  for (int k = 0; k < options.views; ++k) {
    const auto view = pass(learner, *dataset, augmented, kTtaEpoch + static_cast<uint64_t>(k),
                           (k + 1) * dataset->size(), all, progress);
    if (view.index != predictions.index)
      throw DataError("data", 0, "an item was readable in one view and not in another; remove it, then predict again");
    views = !views.defined()  ? view.activated
            : options.maximum ? at::maximum(views, view.activated)
                              : views + view.activated;
  }
  predictions.activated = options.maximum ? at::maximum(predictions.activated, views)
                                          : options.plain_weight * predictions.activated +
                                                ((1 - options.plain_weight) / options.views) * views;
  if (predictions.target.defined())
    predictions.item_loss =
        nn::item_loss(learner.task(), nn::logits_of(learner.task(), predictions.activated), predictions.target);
  return predictions;
}

at::Tensor item_weights(const nn::Task& task, const at::Tensor& target) {
  if (task.kind != nn::TaskKind::single_label || task.class_weights.empty())
    return at::ones({target.size(0)}, target.options().dtype(at::kFloat));
  return at::tensor(task.class_weights, at::kFloat).to(target.device()).index_select(0, target);
}

Evaluation evaluate(const nn::Task& task, const Predictions& predictions, const std::vector<std::string>& metrics) {
  Evaluation evaluation;
  if (!predictions.target.defined()) return evaluation;
  evaluation.loss =
      (predictions.item_loss.to(at::kDouble).sum() / item_weights(task, predictions.target).to(at::kDouble).sum())
          .item<double>();
  for (const auto& name : metrics)
    evaluation.metrics[name] = metric(name, task.kind).compute(task, predictions.activated, predictions.target);
  return evaluation;
}

}  // namespace tenfold
