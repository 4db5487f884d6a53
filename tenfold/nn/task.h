#pragma once
// The task table: target type, output activation, loss, metrics and decoding chosen together, one row a task, so that a
// softmax never meets a multi-label target. Torch-free part; nn/loss.h computes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenfold::nn {

enum class TaskKind { single_label, multi_label, regression, ordinal, language_model };

constexpr auto names(TaskKind) {
  return std::to_array<std::pair<TaskKind, std::string_view>>({{TaskKind::single_label, "single_label"},
                                                               {TaskKind::multi_label, "multi_label"},
                                                               {TaskKind::regression, "regression"},
                                                               {TaskKind::ordinal, "ordinal"},
                                                               {TaskKind::language_model, "language_model"}});
}

/// An activation with its loss, or a way to decode, that does not fit a task.
struct WrongChoice {
  std::string_view choice;  ///< "softmax with cross-entropy"
  std::string_view why;     ///< what would go wrong
};

/// What the table says of a task; every text is shown to users.
struct TaskRow {
  TaskKind kind;
  std::string_view target;                ///< "one class number an item, int64 [N]"
  std::string_view activation;            ///< "softmax over classes"
  std::string_view loss;                  ///< "cross-entropy"
  std::string_view decoding;              ///< "the most probable class"
  std::vector<std::string_view> metrics;  ///< default metrics, the first one picks the best model
  std::string_view why;                   ///< why this activation and loss
  std::string_view why_not;               ///< why the other activations and losses are wrong here, in one sentence
  std::vector<WrongChoice> wrong;         ///< the same, one by one
};
const TaskRow& row(TaskKind kind);

/// The task of this name, of those that labels have. Throws ConfigError(option, …): the name of an activation or loss
/// is answered with the task it belongs to, any other with the nearest known.
TaskKind task_named(const std::string& name, const std::string& option);

struct Task {
  TaskKind kind = TaskKind::single_label;
  int64_t classes = 0;  ///< classes, labels, regression outputs, or tokens in the vocabulary
  std::optional<std::pair<double, double>>
      range{};                          ///< regression: sigmoid scaled to it; should exceed the data a little
  double threshold = 0.5;               ///< multi-label: a label is given where its probability exceeds this
  double label_smoothing = 0;           ///< single label: share of the target spread over all classes
  std::vector<double> class_weights{};  ///< single label, multi-label: one a class, or empty
};

/// Width of what a model says of an item: classes; classes - 1 for ordinal targets (cumulative sigmoids); for a
/// language model 2, the mean negative log-likelihood of its target tokens, nats, and the share of them predicted
/// right.
int64_t logits(const Task& task);

/// Throws ConfigError where the options contradict each other (range for labels, smoothing for regression, …).
void check(const Task& task);

}  // namespace tenfold::nn
