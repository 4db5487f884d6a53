#include "tenfold/nn/task.h"

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

std::string name_of(TaskKind kind) {
  for (const auto& [value, name] : names(kind))
    if (value == kind) return std::string(name);
  return {};
}

}  // namespace

const TaskRow& row(TaskKind kind) {
  static const std::array<TaskRow, 4> table{
      TaskRow{.kind = TaskKind::single_label,
              .target = "one class number an item, int64 [N]",
              .activation = "softmax over classes",
              .loss = "cross-entropy",
              .decoding = "the most probable class",
              .metrics = {"accuracy"},
              .why_not = "exactly one class is right: sigmoids would let several classes, or none, be probable, and "
                         "squared error on "
                         "class numbers would call class 2 nearer to 1 than to 7"},
      TaskRow{.kind = TaskKind::multi_label,
              .target = "0 or 1 for each label, float [N, classes]",
              .activation = "a sigmoid for each label",
              .loss = "binary cross-entropy for each label",
              .decoding = "every label more probable than the threshold",
              .metrics = {"f2", "accuracy"},
              .why_not = "any number of labels may be right: softmax makes them share one probability, so a second "
                         "label could only "
                         "be gained by losing the first"},
      TaskRow{.kind = TaskKind::regression,
              .target = "one value for each output, float [N, outputs]",
              .activation = "none, or a sigmoid scaled to the range",
              .loss = "mean squared error",
              .decoding = "the value itself",
              .metrics = {"rmse", "mae", "r2"},
              .why_not =
                  "values have distances: classes would forget that 3 lies between 2 and 4, and a ReLU could not say a "
                  "negative value"},
      TaskRow{
          .kind = TaskKind::ordinal,
          .target = "one class number an item, int64 [N], classes in their order",
          .activation = "cumulative sigmoids: the probability that the class is above each step",
          .loss = "binary cross-entropy for each step",
          .decoding = "the middle class: as probably above as below",
          .metrics = {"kappa", "accuracy"},
          .why_not =
              "classes have an order but no distances: softmax would forget the order, and squared error would invent "
              "equal distances"}};
  return table[static_cast<size_t>(kind)];
}

int64_t logits(const Task& task) { return task.kind == TaskKind::ordinal ? task.classes - 1 : task.classes; }

void check(const Task& task) {
  const std::string kind = name_of(task.kind);
  const bool labels = task.kind == TaskKind::single_label || task.kind == TaskKind::multi_label;
  const int64_t fewest = task.kind == TaskKind::single_label || task.kind == TaskKind::ordinal ? 2 : 1;
  if (task.classes < fewest)
    throw ConfigError("task.classes", "is " + std::to_string(task.classes) + "; a " + kind + " task needs at least " +
                                          std::to_string(fewest) +
                                          (fewest == 2 ? ", since with one class nothing is to be learnt" : ""));
  if (task.range) {
    const auto [low, high] = *task.range;
    if (task.kind != TaskKind::regression)
      throw ConfigError("task.range",
                        "limits the values of a regression; a " + kind + " task gives probabilities: leave it out");
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
      throw ConfigError("task.range", "goes from " + std::to_string(low) + " to " + std::to_string(high) +
                                          "; needs two finite values, the lower one first");
  }
  if (!(task.threshold > 0 && task.threshold < 1))
    throw ConfigError("task.threshold",
                      "is " + std::to_string(task.threshold) + "; needs a probability between 0 and 1");
  if (!(task.label_smoothing >= 0 && task.label_smoothing < 1))
    throw ConfigError("task.label_smoothing",
                      "is " + std::to_string(task.label_smoothing) + "; needs a share from 0 to below 1");
  if (task.label_smoothing > 0 && task.kind != TaskKind::single_label)
    throw ConfigError("task.label_smoothing",
                      "spreads the one right class over all; a " + kind + " task has no such class: leave it 0");
  if (task.class_weights.empty()) return;
  if (!labels)
    throw ConfigError("task.class_weights",
                      "weigh single_label and multi_label tasks; this one is " + kind + ": leave them out");
  if (static_cast<int64_t>(task.class_weights.size()) != task.classes)
    throw ConfigError("task.class_weights", "are " + std::to_string(task.class_weights.size()) + " for " +
                                                std::to_string(task.classes) +
                                                " classes; give one a class, in class order");
  double sum = 0;
  for (const double weight : task.class_weights) {
    if (!std::isfinite(weight) || weight < 0)
      throw ConfigError("task.class_weights", "hold " + std::to_string(weight) + "; need finite weights of at least 0");
    sum += weight;
  }
  if (sum == 0)
    throw ConfigError("task.class_weights", "are all 0, so nothing would be learnt; give at least one above 0");
}

}  // namespace tenfold::nn
