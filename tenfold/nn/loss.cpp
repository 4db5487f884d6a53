#include "tenfold/nn/loss.h"

#include <ATen/ATen.h>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold::nn {
namespace {

std::string describe(const at::Tensor& tensor) {
  std::string shape;
  for (const int64_t size : tensor.sizes()) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  return std::string(c10::toString(tensor.scalar_type())) + " [" + shape + "]";
}

bool is_class_number(TaskKind kind) { return kind == TaskKind::single_label || kind == TaskKind::ordinal; }

bool is_counted(TaskKind kind) { return is_class_number(kind) || kind == TaskKind::language_model; }

/// The task that takes such a target, as far as its dtype and values tell.
TaskKind fitting(const at::Tensor& target) {
  if (!target.is_floating_point() && target.dim() == 1) return TaskKind::single_label;
  const bool zero_or_one = ((target == 0) | (target == 1)).all().item<bool>();
  return zero_or_one ? TaskKind::multi_label : TaskKind::regression;
}

[[noreturn]] void refuse(const Task& task, const at::Tensor& target, const std::string& found) {
  const TaskKind other = fitting(target);
  std::string text = found + "; a " + name_of(task.kind) + " task of " + std::to_string(task.classes) + " needs " +
                     std::string(row(task.kind).target);
  if (other != task.kind && !(is_class_number(other) && is_class_number(task.kind)))
    text += ". Such a target fits a " + name_of(other) + " task: " + std::string(row(other).why_not);
  throw ConfigError("task", text);
}

void check_target(const Task& task, const at::Tensor& scores, const at::Tensor& target) {
  TORCH_CHECK(scores.dim() == 2 && scores.size(1) == logits(task), "loss needs logits [N, ", logits(task),
              "], was given ", scores.sizes());
  const std::string what = "the target is " + describe(target);
  if (is_counted(task.kind)) {
    if (target.scalar_type() != at::kLong || target.dim() != 1) refuse(task, target, what);
  } else if (!(target.is_floating_point() || target.scalar_type() == at::kBool) || target.dim() != 2 ||
             target.size(1) != task.classes) {
    refuse(task, target, what);
  }
  TORCH_CHECK(target.size(0) == scores.size(0), "loss needs as many targets as logits, ", scores.size(0),
              ", was given ", target.size(0));
  if (target.numel() == 0 || task.kind == TaskKind::regression) return;
  const double lowest = target.min().item<double>(), highest = target.max().item<double>();
  if (task.kind == TaskKind::language_model) {
    if (lowest < 1) throw ConfigError("data", "has an item without a token to predict; leave out empty texts");
    return;
  }
  if (is_class_number(task.kind) && (lowest < 0 || highest >= static_cast<double>(task.classes)))
    throw ConfigError("task.classes", "is " + std::to_string(task.classes) + ", but the target holds class " +
                                          std::to_string(static_cast<int64_t>(lowest < 0 ? lowest : highest)) +
                                          "; classes are numbered from 0: give the task all of them");
  if (task.kind == TaskKind::multi_label && !(lowest >= 0 && highest <= 1))
    refuse(task, target, what + " from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

at::Tensor weights_of(const Task& task, const at::Tensor& scores) {
  if (task.class_weights.empty()) return {};
  return at::tensor(task.class_weights, at::kFloat).to(scores.device());
}

/// Squared errors, [N, outputs].
at::Tensor squared_error(const Task& task, const at::Tensor& scores, const at::Tensor& target) {
  return (activate(task, scores) - target.to(at::kFloat)).square();
}

/// Cross-entropy of each label, [N, classes].
at::Tensor label_errors(const Task& task, const at::Tensor& scores, const at::Tensor& target) {
  return at::binary_cross_entropy_with_logits(scores, target.to(at::kFloat), weights_of(task, scores), {},
                                              at::Reduction::None);
}

/// Cross-entropy of "is the class above k?" for each step k, [N, classes - 1].
at::Tensor step_errors(const Task& task, const at::Tensor& scores, const at::Tensor& target) {
  const auto above = target.unsqueeze(1) > at::arange(task.classes - 1, target.options());
  return at::binary_cross_entropy_with_logits(scores, above.to(at::kFloat), {}, {}, at::Reduction::None);
}

at::Tensor class_error(const Task& task, const at::Tensor& scores, const at::Tensor& target,
                       at::Reduction::Reduction reduction) {
  constexpr int64_t ignore_none = -100;  // check_target has refused it already
  return at::cross_entropy_loss(scores, target, weights_of(task, scores), reduction, ignore_none, task.label_smoothing);
}

}  // namespace

at::Tensor activate(const Task& task, const at::Tensor& logits) {
  const auto scores = logits.to(at::kFloat);
  switch (task.kind) {
    case TaskKind::single_label:
      return at::softmax(scores, 1);
    case TaskKind::multi_label:
      return at::sigmoid(scores);
    case TaskKind::regression: {
      if (!task.range) return scores;
      const auto [low, high] = *task.range;
      return at::sigmoid(scores) * (high - low) + low;
    }
    case TaskKind::ordinal: {
      // The steps' logits are free, so a later step may claim to be more probable than an earlier one: it is held down
      // to it.
      const auto above = std::get<0>(at::cummin(at::sigmoid(scores), 1));
      const auto edge = above.new_empty({above.size(0), 1});
      return at::cat({at::ones_like(edge), above}, 1) - at::cat({above, at::zeros_like(edge)}, 1);
    }
    case TaskKind::language_model:
      return scores;
  }
  throw ConfigError("task", "is none of the table's");
}

at::Tensor logits_of(const Task& task, const at::Tensor& activated) {
  constexpr double kEdge = 1e-7;
  const auto values = activated.to(at::kFloat);
  switch (task.kind) {
    case TaskKind::single_label:
      return values.clamp_min(kEdge).log();
    case TaskKind::multi_label:
      return at::logit(values, kEdge);
    case TaskKind::regression: {
      if (!task.range) return values;
      const auto [low, high] = *task.range;
      return at::logit((values - low) / (high - low), kEdge);
    }
    case TaskKind::ordinal:
      return at::logit(1 - at::cumsum(values, 1).narrow(1, 0, task.classes - 1), kEdge);
    case TaskKind::language_model:
      return values;
  }
  throw ConfigError("task", "is none of the table's");
}

at::Tensor item_loss(const Task& task, const at::Tensor& logits, const at::Tensor& target) {
  check_target(task, logits, target);
  const auto scores = logits.to(at::kFloat);
  switch (task.kind) {
    case TaskKind::single_label:
      return class_error(task, scores, target, at::Reduction::None);
    case TaskKind::multi_label:
      return label_errors(task, scores, target).mean(1);
    case TaskKind::regression:
      return squared_error(task, scores, target).mean(1);
    case TaskKind::ordinal:
      return step_errors(task, scores, target).sum(1);
    case TaskKind::language_model:
      return scores.select(1, 0) * target;
  }
  throw ConfigError("task", "is none of the table's");
}

at::Tensor loss(const Task& task, const at::Tensor& logits, const at::Tensor& target) {
  if (task.kind == TaskKind::language_model) return item_loss(task, logits, target).sum() / target.sum();
  if (task.kind != TaskKind::single_label) return item_loss(task, logits, target).mean();
  check_target(task, logits, target);
  return class_error(task, logits.to(at::kFloat), target, at::Reduction::Mean);
}

at::Tensor decode(const Task& task, const at::Tensor& activated) {
  switch (task.kind) {
    case TaskKind::single_label:
      return activated.argmax(1);
    case TaskKind::multi_label:
      return activated > task.threshold;
    case TaskKind::regression:
      return activated.to(at::kFloat);
    case TaskKind::ordinal:
      return (1 - at::cumsum(activated, 1) > 0.5).sum(1);
    case TaskKind::language_model:
      return activated.to(at::kFloat);
  }
  throw ConfigError("task", "is none of the table's");
}

}  // namespace tenfold::nn
