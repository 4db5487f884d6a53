#include "tenfold/train/interpretation.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

using nn::TaskKind;
using Names = std::vector<std::string>;

constexpr int kThresholds = 39;  // from 0.025 to 0.975

std::string name_of(const Names& names, int64_t output) {
  const auto k = static_cast<size_t>(output);
  return k < names.size() ? names[k] : "output " + std::to_string(output);
}

/// Of what was predicted: the class's, or the mean of the labels given (of none: that none is there). 0 for values.
double probability_of(const nn::Task& task, const at::Tensor& activated, const at::Tensor& decoded) {
  switch (task.kind) {
    case TaskKind::single_label:
    case TaskKind::ordinal:
      return activated[decoded.item<int64_t>()].item<double>();
    case TaskKind::multi_label:
      return decoded.any().item<bool>() ? activated.masked_select(decoded).mean().item<double>()
                                        : 1 - activated.max().item<double>();
    case TaskKind::regression:
    case TaskKind::language_model:
      return 0;
  }
  return 0;
}

/// Of the labels in `among` the most (or, negated, the least) probable; -1 where there is none.
int64_t strongest(const at::Tensor& strength, const at::Tensor& among) {
  if (!among.any().item<bool>()) return -1;
  return at::where(among, strength, at::full_like(strength, -std::numeric_limits<float>::infinity()))
      .argmax()
      .item<int64_t>();
}

std::vector<Look> looks_of(const nn::Task& task, const Names& names, const at::Tensor& activated,
                           const at::Tensor& decoded, const at::Tensor& target) {
  std::vector<Look> looks;
  const auto look = [&](int64_t output, bool expected) {
    if (output >= 0) looks.push_back({output, name_of(names, output), activated[output].item<double>(), expected});
  };
  switch (task.kind) {
    case TaskKind::single_label:
    case TaskKind::ordinal: {
      const int64_t given = decoded.item<int64_t>(), wanted = target.item<int64_t>();
      if (given != wanted) look(given, false);
      look(wanted, true);
      break;
    }
    case TaskKind::multi_label: {
      const auto wanted = target.to(at::kBool);
      look(strongest(activated, decoded & ~wanted), false);
      look(strongest(-activated, ~decoded & wanted), true);
      if (looks.empty()) look(strongest(-activated, wanted), true);  // right, if not sure
      break;
    }
    case TaskKind::regression:
      look((activated - target.to(at::kFloat)).abs().argmax().item<int64_t>(), false);
      break;
    case TaskKind::language_model:  // interpret() refuses it
      break;
  }
  return looks;
}

void count_confusions(Interpretation& result, const at::Tensor& counts) {
  const auto table = counts.contiguous();
  const int64_t* count = table.const_data_ptr<int64_t>();
  for (size_t actual = 0; actual < result.classes.size(); ++actual) {
    auto& row = result.confusion.emplace_back(count, count + result.classes.size());
    count += result.classes.size();
    for (size_t predicted = 0; predicted < row.size(); ++predicted)
      if (actual != predicted && row[predicted] > 0)
        result.most_confused.push_back({result.classes[actual], result.classes[predicted], row[predicted]});
  }
  std::stable_sort(result.most_confused.begin(), result.most_confused.end(),
                   [](const Confused& a, const Confused& b) { return a.count > b.count; });
}

double share(double part, double whole) { return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN(); }

std::vector<LabelScore> score_labels(const Names& names, const at::Tensor& given, const at::Tensor& wanted) {
  const auto count = [](const at::Tensor& table) { return table.sum(0, /*keepdim=*/false, at::kLong).contiguous(); };
  const auto items = count(wanted), found = count(given), both = count(given & wanted);
  std::vector<LabelScore> scores;
  for (int64_t c = 0; c < given.size(1); ++c) {
    LabelScore score{.name = name_of(names, c),
                     .items = items[c].item<int64_t>(),
                     .given = found[c].item<int64_t>(),
                     .right = both[c].item<int64_t>()};
    const auto have = static_cast<double>(score.items), gave = static_cast<double>(score.given),
               hit = static_cast<double>(score.right);
    score.precision = share(hit, gave);
    score.recall = share(hit, have);
    score.f1 = share(2 * hit, have + gave);
    score.f2 = share(5 * hit, 4 * have + gave);
    scores.push_back(score);
  }
  return scores;
}

ThresholdCurve try_thresholds(nn::Task task, const Predictions& predictions) {
  ThresholdCurve curve{.threshold = {}, .precision = {}, .recall = {}, .f1 = {}, .f2 = {}, .used = task.threshold};
  const auto wanted = predictions.target.to(at::kBool);
  const double have = wanted.sum().item<double>();
  for (int k = 1; k <= kThresholds; ++k) {
    task.threshold = k / (kThresholds + 1.0);
    const auto given = nn::decode(task, predictions.activated);
    const double hit = (given & wanted).sum().item<double>();
    curve.threshold.push_back(task.threshold);
    curve.precision.push_back(share(hit, given.sum().item<double>()));
    curve.recall.push_back(share(hit, have));
    for (auto [name, values] : {std::pair{"f1", &curve.f1}, std::pair{"f2", &curve.f2}})
      values->push_back(metric(name, task.kind).compute(task, predictions.activated, predictions.target));
  }
  return curve;
}

std::vector<Output> compare(const Names& names, const at::Tensor& given, const at::Tensor& wanted) {
  std::vector<Output> outputs;
  for (int64_t c = 0; c < given.size(1); ++c) {
    const auto predicted = given.select(1, c).to(at::kDouble).contiguous(),
               actual = wanted.select(1, c).to(at::kDouble).contiguous(), error = predicted - actual;
    const auto values = [](const at::Tensor& t) {
      return std::vector<double>(t.const_data_ptr<double>(), t.const_data_ptr<double>() + t.numel());
    };
    const double spread = (actual - actual.mean()).square().sum().item<double>();
    outputs.push_back({.name = name_of(names, c),
                       .actual = values(actual),
                       .predicted = values(predicted),
                       .rmse = std::sqrt(error.square().mean().item<double>()),
                       .mae = error.abs().mean().item<double>(),
                       .bias = error.mean().item<double>(),
                       .r2 = 1 - share(error.square().sum().item<double>(), spread)});
  }
  return outputs;
}

std::vector<bool> flags(const at::Tensor& one_an_item) {
  const auto values = one_an_item.contiguous();
  return std::vector<bool>(values.const_data_ptr<bool>(), values.const_data_ptr<bool>() + values.numel());
}

/// Items of the `top` highest losses, of equal ones the earlier.
std::vector<int64_t> highest(const at::Tensor& item_loss, int64_t top) {
  const auto losses = item_loss.to(at::kDouble).contiguous();
  const double* loss = losses.const_data_ptr<double>();
  std::vector<int64_t> order(static_cast<size_t>(losses.numel()));
  std::iota(order.begin(), order.end(), 0);
  const auto count = std::clamp<int64_t>(top, 0, losses.numel());
  const auto worse = [loss](int64_t a, int64_t b) { return loss[a] != loss[b] ? loss[a] > loss[b] : a < b; };
  std::partial_sort(order.begin(), order.begin() + count, order.end(), worse);
  order.resize(static_cast<size_t>(count));
  return order;
}

}  // namespace

std::string in_words(const nn::Task& task, const Names& names, const at::Tensor& value) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
  switch (task.kind) {
    case TaskKind::single_label:
    case TaskKind::ordinal:
      return names.at(static_cast<size_t>(value.item<int64_t>()));
    case TaskKind::multi_label:
      for (int64_t c = 0; c < value.numel(); ++c)
        if (value[c].item<double>() != 0) add(names.at(static_cast<size_t>(c)));
      return text;
    case TaskKind::regression:
    case TaskKind::language_model:
      for (int64_t c = 0; c < value.numel(); ++c) {
        char number[32];
        std::snprintf(number, sizeof number, "%.6g", value.reshape({-1})[c].item<double>());
        add(number);
      }
      return text;
  }
  return text;
}

Interpretation interpret(const nn::Task& task, const Names& names, const Predictions& predictions, int64_t top) {
  if (!predictions.target.defined())
    throw ConfigError("split", "has no labels; interpretation compares predictions with labels, choose another split");
  if (task.kind == TaskKind::language_model)
    throw ConfigError("task", "is a language model, which has no classes or values to compare; look at its perplexity");
  Interpretation result;
  const auto& target = predictions.target;
  const auto decoded = nn::decode(task, predictions.activated);
  if (task.kind != TaskKind::regression) result.classes = names;
  if (task.kind == TaskKind::single_label || task.kind == TaskKind::ordinal) {
    count_confusions(result, confusion(static_cast<int64_t>(names.size()), target, decoded));
    result.right = flags(decoded == target);
  } else if (task.kind == TaskKind::multi_label) {
    const auto wanted = target.to(at::kBool);
    result.labels = score_labels(names, decoded, wanted);
    result.thresholds = try_thresholds(task, predictions);
    result.right = flags((decoded == wanted).all(1));
  } else {
    result.outputs = compare(names, decoded, target.reshape(decoded.sizes()));
    result.right.assign(predictions.names.size(), false);
  }
  for (const int64_t item : highest(predictions.item_loss, top))
    result.top_losses.push_back(
        {.index = predictions.index[static_cast<size_t>(item)],
         .name = predictions.names[static_cast<size_t>(item)],
         .actual = in_words(task, names, target[item]),
         .predicted = in_words(task, names, decoded[item]),
         .loss = predictions.item_loss[item].item<double>(),
         .probability = probability_of(task, predictions.activated[item], decoded[item]),
         .looks = looks_of(task, names, predictions.activated[item], decoded[item], target[item])});
  return result;
}

}  // namespace tenfold
