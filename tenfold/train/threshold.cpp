#include "tenfold/train/threshold.h"

#include <torch/types.h>

#include <array>

#include "tenfold/core/error.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

constexpr int kSteps = 100;

/// Every other item, from `first` on.
/// Whether the metric's value follows from which labels are given; each of these is a mean over items.
bool is_decided(const std::string& metric) {
  for (const char* name : {"f1", "f2", "accuracy", "error_rate"})
    if (metric == name) return true;
  return false;
}

}  // namespace

Predictions half_of(const Predictions& predictions, int64_t first) {
  const auto pick = [&](const at::Tensor& all) { return all.slice(0, first, c10::nullopt, 2); };
  return {.activated = pick(predictions.activated),
          .target = pick(predictions.target),
          .item_loss = pick(predictions.item_loss),
          .names = {},
          .index = {}};
}

ThresholdChoice choose_threshold(const nn::Task& task, const at::Tensor& activated, const at::Tensor& target,
                                 double beta) {
  if (task.kind != nn::TaskKind::multi_label)
    throw ConfigError("predict.threshold", "decides which of several labels are given; this task has none to decide");
  std::array<double, kSteps> reached{};
  double best = -1;
  for (int k = 1; k < kSteps; ++k) {
    reached[static_cast<size_t>(k)] = f_beta_of_labels(activated > k / double{kSteps}, target, beta);
    best = std::max(best, reached[static_cast<size_t>(k)]);
  }
  std::vector<int> equal;
  for (int k = 1; k < kSteps; ++k)
    if (reached[static_cast<size_t>(k)] == best) equal.push_back(k);
  return {.threshold = equal[equal.size() / 2] / double{kSteps},
          .beta = beta,
          .f_beta = best,
          .f_beta_at_half = reached[kSteps / 2]};
}

Evaluation evaluate_cross_fitted(const nn::Task& task, const Predictions& predictions,
                                 const std::vector<std::string>& metrics, double beta) {
  Evaluation evaluation = evaluate(task, predictions, metrics);
  const int64_t items = predictions.activated.size(0);
  if (!predictions.target.defined() || items < 2) return evaluation;
  std::vector<std::string> decided;
  for (const auto& name : metrics)
    if (is_decided(name)) decided.push_back(name);
  const std::array halves = {half_of(predictions, 0), half_of(predictions, 1)};
  for (const auto& name : decided) evaluation.metrics[name] = 0;
  for (size_t k = 0; k < halves.size(); ++k) {
    nn::Task other = task;
    other.threshold = choose_threshold(task, halves[1 - k].activated, halves[1 - k].target, beta).threshold;
    const double share = static_cast<double>(halves[k].activated.size(0)) / static_cast<double>(items);
    for (const auto& [name, value] : evaluate(other, halves[k], decided).metrics)
      evaluation.metrics[name] += share * value;
  }
  return evaluation;
}

}  // namespace tenfold
