#include "tenfold/train/predictions.h"

#include <torch/types.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/feature_sample.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/pass.h"

namespace tenfold {

Predictions predict(Learner& learner, Split split, const OnItems& progress, int64_t features) {
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  Batches batches(learner, dataset, Batches::View::plain);
  FeatureSample sample(dataset->size(), features, learner.options().seed);
  const OutputsOf outputs_of = [&](const Batch& batch) -> ModelOutputs {
    const auto pooled = learner.model().features(batch.x);
    if (batch.rows.empty()) sample.add(pooled, batch.index);
    const auto logits = learner.model().head(pooled).to(at::kFloat);
    return {nn::activate(learner.task(), logits), logits};
  };
  Predictions predictions =
      pass(learner, *dataset, batches, 0, outputs_of, {.progress = progress, .all = dataset->size()});
  std::tie(predictions.feature_rows, predictions.features) = sample.taken();
  for (auto& row : predictions.feature_rows)  // from the item's number to its place among those that could be read
    row = std::lower_bound(predictions.index.begin(), predictions.index.end(), row) - predictions.index.begin();
  return predictions;
}

void predict_in_parts(Learner& learner, Split split, int64_t items, const std::function<void(Predictions)>& use,
                      const OnItems& progress) {
  if (items < 1) throw ConfigError("items", "is " + std::to_string(items) + "; a part needs at least 1");
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  const auto order = dataset->order(learner.options().batch, std::nullopt);
  const bool in_order = std::is_sorted(order.begin(), order.end());
  const Passes passes{.progress = progress, .all = dataset->size()};
  const OutputsOf outputs_of = [&](const Batch& batch) { return plain_outputs(learner, batch.x); };
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Batches batches(learner, dataset, Batches::View::plain);
  Collected collected(learner, *dataset, outputs_of);
  int64_t done = 0;
  bool any = false;
  batches.start(0);
  while (auto batch = batches.next()) {
    if (batch->size() > 0) collected.add(*batch);
    passes.tell(done += batch->size());
    if (!in_order || static_cast<int64_t>(collected.rows()) < items) continue;
    any = true;
    use(collected.taken());
  }
  if (collected.empty() && !any) refuse_unreadable();
  if (!collected.empty()) use(collected.taken());
}

at::Tensor item_weights(const nn::Task& task, const at::Tensor& target) {
  if (task.kind == nn::TaskKind::language_model) return target.to(at::kFloat);
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
