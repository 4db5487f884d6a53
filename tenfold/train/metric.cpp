#include "tenfold/train/metric.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tenfold/core/options.h"
#include "tenfold/nn/loss.h"

namespace tenfold {
namespace {

using at::Tensor;
using nn::Task;
using nn::TaskKind;

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double mean_of(const Tensor& values) {
  return values.numel() > 0 ? values.to(at::kDouble).mean().item<double>() : kUndefined;
}

/// 0 / 0 counts as 0, as where nothing was there and nothing was found.
Tensor ratio(const Tensor& over, const Tensor& under) {
  return at::where(under > 0, over / under.clamp_min(std::numeric_limits<double>::min()), at::zeros_like(over));
}

/// Of one of a language model's scores, over all tokens; target counts them.
double mean_of_tokens(const Tensor& score, const Tensor& target) {
  const auto tokens = target.to(at::kDouble);
  return ((score.to(at::kDouble) * tokens).sum() / tokens.sum()).item<double>();
}

double perplexity(const Task&, const Tensor& activated, const Tensor& target) {
  return std::exp(mean_of_tokens(activated.select(1, 0), target));
}

double accuracy(const Task& task, const Tensor& activated, const Tensor& target) {
  if (task.kind == TaskKind::language_model) return mean_of_tokens(activated.select(1, 1), target);
  const auto decoded = nn::decode(task, activated);
  return mean_of(decoded == target.to(decoded.scalar_type()));
}

double error_rate(const Task& task, const Tensor& activated, const Tensor& target) {
  return 1 - accuracy(task, activated, target);
}

/// The target counts as found where fewer than K classes are more probable.
template <int K>
double top(const Task&, const Tensor& activated, const Tensor& target) {
  const auto own = activated.gather(1, target.unsqueeze(1));
  return mean_of((activated > own).sum(1) < K);
}

/// Single label: mean over the classes that occur (macro). Multi-label: mean over items (samples), 0 for an item
/// without labels.
template <int Beta>
double f_beta(const Task& task, const Tensor& activated, const Tensor& target) {
  constexpr double kSquare = Beta * Beta;
  const auto decoded = nn::decode(task, activated);
  if (task.kind == TaskKind::multi_label) return f_beta_of_labels(decoded, target, Beta);
  const auto counts = confusion(task.classes, target, decoded).to(at::kDouble);
  const auto wanted = counts.sum(1), given = counts.sum(0);
  return mean_of(ratio((1 + kSquare) * counts.diagonal(), kSquare * wanted + given).masked_select(wanted + given > 0));
}

/// Area under the ROC curve by the rank sum (Mann–Whitney), ties at their mean rank.
double auc_of(const Tensor& scores, const Tensor& positive) {
  const auto s = scores.to(at::kDouble).contiguous();
  const auto p = positive.to(at::kBool).contiguous();
  const double* score = s.const_data_ptr<double>();
  const bool* is_positive = p.const_data_ptr<bool>();
  std::vector<int64_t> order(static_cast<size_t>(s.numel()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return score[a] < score[b]; });
  double rank_sum = 0, positives = 0;
  for (size_t from = 0; from < order.size();) {
    size_t to = from;
    int64_t among = 0;
    for (; to < order.size() && score[order[to]] == score[order[from]]; ++to) among += is_positive[order[to]];
    rank_sum += static_cast<double>(among) * (static_cast<double>(from + to) + 1) / 2;
    positives += static_cast<double>(among);
    from = to;
  }
  const double negatives = static_cast<double>(order.size()) - positives;
  if (positives == 0 || negatives == 0) return kUndefined;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

/// Two classes: of the second. More: each class against the rest, or each label; mean over those that have both kinds.
double auc(const Task& task, const Tensor& activated, const Tensor& target) {
  const bool labels = task.kind == TaskKind::multi_label;
  if (!labels && activated.size(1) == 2) return auc_of(activated.select(1, 1), target == 1);
  double sum = 0, defined = 0;
  for (int64_t c = 0; c < activated.size(1); ++c) {
    const double one = auc_of(activated.select(1, c), labels ? target.select(1, c) : target == c);
    if (std::isnan(one)) continue;
    sum += one;
    ++defined;
  }
  return defined > 0 ? sum / defined : kUndefined;
}

/// Predicted and wanted values as doubles of one shape; ordinal classes count as numbers.
std::pair<Tensor, Tensor> values(const Task& task, const Tensor& activated, const Tensor& target) {
  auto given = nn::decode(task, activated).to(at::kDouble);
  return {given, target.to(at::kDouble).reshape(given.sizes())};
}

double rmse(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto [given, wanted] = values(task, activated, target);
  return std::sqrt(mean_of((given - wanted).square()));
}

double mae(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto [given, wanted] = values(task, activated, target);
  return mean_of((given - wanted).abs());
}

/// Root of the mean squared error as a share of what was wanted; values of 0 have none and are left out.
double rmspe_of(const Tensor& given, const Tensor& wanted) {
  const auto counted = (wanted != 0) & wanted.isfinite();
  return std::sqrt(mean_of(((wanted - given) / wanted).masked_select(counted).square()));
}

double rmspe(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto [given, wanted] = values(task, activated, target);
  return rmspe_of(given, wanted);
}

/// Of a target that is learnt as its logarithm.
double exp_rmspe(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto [given, wanted] = values(task, activated, target);
  return rmspe_of(given.exp(), wanted.exp());
}

/// Coefficient of determination, mean over outputs; undefined where a target never changes.
double r2(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto [given, wanted] = values(task, activated, target);
  if (wanted.numel() == 0) return kUndefined;
  const auto spread = (wanted - wanted.mean(0, /*keepdim=*/true)).square().sum(0);
  if (spread.eq(0).any().item<bool>()) return kUndefined;
  return mean_of(1 - (given - wanted).square().sum(0) / spread);
}

/// Cohen's kappa with quadratic weights.
double kappa(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto counts = confusion(task.classes, target, nn::decode(task, activated)).to(at::kDouble);
  const auto rank = at::arange(task.classes, at::kDouble);
  const auto weight = (rank.unsqueeze(1) - rank).square();
  const double chance = (weight * at::outer(counts.sum(1), counts.sum(0))).sum().item<double>();
  if (chance == 0) return kUndefined;
  return 1 - (weight * counts).sum().item<double>() * counts.sum().item<double>() / chance;
}

/// Matthews' correlation for any number of classes (Gorodkin 2004); 0 where one side never varies.
double matthews(const Task& task, const Tensor& activated, const Tensor& target) {
  const auto counts = confusion(task.classes, target, nn::decode(task, activated)).to(at::kDouble);
  const auto wanted = counts.sum(1), given = counts.sum(0);
  const double right = counts.diagonal().sum().item<double>(), all = counts.sum().item<double>();
  const double covariance = right * all - wanted.dot(given).item<double>();
  const double variances =
      (all * all - given.dot(given).item<double>()) * (all * all - wanted.dot(wanted).item<double>());
  return variances > 0 ? covariance / std::sqrt(variances) : 0;
}

double log_loss(const Task& task, const Tensor& activated, const Tensor& target) {
  constexpr double kLeast = 1e-15;  // an impossible class that came true costs 34.5, not infinity
  const auto p = activated.to(at::kDouble).clamp(kLeast, 1 - kLeast);
  if (task.kind != TaskKind::multi_label) return mean_of(-p.gather(1, target.unsqueeze(1)).log());
  return mean_of(-at::where(target.to(at::kBool), p.log(), at::log1p(-p)));
}

const std::vector<TaskKind> kClasses = {TaskKind::single_label, TaskKind::ordinal};
const std::vector<TaskKind> kLabels = {TaskKind::single_label, TaskKind::multi_label};
const std::vector<TaskKind> kNumbers = {TaskKind::regression, TaskKind::ordinal};

}  // namespace

double f_beta_of_labels(const at::Tensor& given, const at::Tensor& wanted, double beta) {
  const double square = beta * beta;
  const auto g = given.to(at::kDouble), w = wanted.to(at::kDouble);
  return mean_of(ratio((1 + square) * (g * w).sum(1), square * w.sum(1) + g.sum(1)));
}

at::Tensor confusion(int64_t classes, const at::Tensor& actual, const at::Tensor& predicted) {
  return at::bincount(actual * classes + predicted, {}, classes * classes).view({classes, classes});
}

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> table = {
      {"accuracy",
       "share that is right; of labels, each counted alone, where there are many an item; of tokens the next one",
       true,
       {TaskKind::single_label, TaskKind::multi_label, TaskKind::ordinal, TaskKind::language_model},
       accuracy},
      {"error_rate",
       "share that is wrong",
       false,
       {TaskKind::single_label, TaskKind::multi_label, TaskKind::ordinal},
       error_rate},
      {"top_3", "share with the right class among the three most probable", true, {TaskKind::single_label}, top<3>},
      {"top_5", "share with the right class among the five most probable", true, {TaskKind::single_label}, top<5>},
      {"f1", "precision and recall, harmonic mean; over classes (macro), or over items where there are many labels",
       true, kLabels, f_beta<1>},
      {"f2", "as f1, with recall counting four times as much", true, kLabels, f_beta<2>},
      {"auc", "chance that a positive ranks above a negative, ties half; each class against the rest", true, kLabels,
       auc},
      {"kappa", "agreement beyond chance, mistakes weighted by their squared distance", true, kClasses, kappa},
      {"matthews",
       "correlation of actual and predicted classes; fair to rare ones",
       true,
       {TaskKind::single_label},
       matthews},
      {"log_loss",
       "mean negative logarithm of what the truth was given; punishes false confidence",
       false,
       {TaskKind::single_label, TaskKind::multi_label, TaskKind::ordinal},
       log_loss},
      {"perplexity",
       "among how many equally likely tokens the model, as it were, chooses the next: exp of the loss",
       false,
       {TaskKind::language_model},
       perplexity},
      {"rmse", "root of the mean squared error, in the target's unit", false, kNumbers, rmse},
      {"mae", "mean absolute error, in the target's unit", false, kNumbers, mae},
      {"rmspe",
       "root of the mean squared error as a share of the target; targets of 0 are left out",
       false,
       {TaskKind::regression},
       rmspe},
      {"exp_rmspe", "rmspe of a target that is learnt as its logarithm", false, {TaskKind::regression}, exp_rmspe},
      {"r2", "share of the variance explained; 0 is no better than the mean", true, {TaskKind::regression}, r2},
  };
  return table;
}

const Metric& metric(const std::string& name, nn::TaskKind task) {
  std::vector<std::string> known;
  for (const auto& row : metrics()) {
    const bool fits = std::find(row.tasks.begin(), row.tasks.end(), task) != row.tasks.end();
    if (fits) known.push_back(row.name);
    if (row.name != name) continue;
    if (fits) return row;
    std::string tasks;
    for (const auto kind : row.tasks) tasks += (tasks.empty() ? "" : ", ") + name_of(kind);
    throw ConfigError("metrics", "\"" + name + "\" does not fit this task; it is for " + tasks);
  }
  const auto near = nearest(name, known);
  throw ConfigError("metrics",
                    "\"" + name + "\" is not known" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

std::vector<std::string> default_metrics(nn::TaskKind task) {
  const auto& row = nn::row(task);
  return {row.metrics.begin(), row.metrics.end()};
}

}  // namespace tenfold
