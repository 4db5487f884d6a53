#include "tenfold/train/interpretation.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

/// A target or a decoded prediction for people: a class, labels, or values.
std::string text_of(const nn::Task& task, const std::vector<std::string>& classes, const at::Tensor& value) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
  switch (task.kind) {
    case nn::TaskKind::single_label:
    case nn::TaskKind::ordinal:
      return classes.at(static_cast<size_t>(value.item<int64_t>()));
    case nn::TaskKind::multi_label:
      for (int64_t c = 0; c < value.numel(); ++c)
        if (value[c].item<double>() != 0) add(classes.at(static_cast<size_t>(c)));
      return text;
    case nn::TaskKind::regression:
      for (int64_t c = 0; c < value.numel(); ++c) {
        char number[32];
        std::snprintf(number, sizeof number, "%.6g", value.reshape({-1})[c].item<double>());
        add(number);
      }
      return text;
  }
  return text;
}

/// Of what was predicted: the class's, or the mean of the labels given (of none: that none is there). 0 for values.
double probability_of(const nn::Task& task, const at::Tensor& activated, const at::Tensor& decoded) {
  switch (task.kind) {
    case nn::TaskKind::single_label:
    case nn::TaskKind::ordinal:
      return activated[decoded.item<int64_t>()].item<double>();
    case nn::TaskKind::multi_label:
      return decoded.any().item<bool>() ? activated.masked_select(decoded).mean().item<double>()
                                        : 1 - activated.max().item<double>();
    case nn::TaskKind::regression:
      return 0;
  }
  return 0;
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

}  // namespace

Interpretation interpret(const nn::Task& task, const std::vector<std::string>& classes, const Predictions& predictions,
                         int64_t top) {
  if (!predictions.target.defined())
    throw ConfigError("split", "has no labels; interpretation compares predictions with labels, choose another split");
  Interpretation result;
  result.classes = classes;
  const auto decoded = nn::decode(task, predictions.activated);
  if (task.kind == nn::TaskKind::single_label || task.kind == nn::TaskKind::ordinal)
    count_confusions(result, confusion(static_cast<int64_t>(classes.size()), predictions.target, decoded));

  const auto losses = predictions.item_loss.to(at::kDouble).contiguous();
  const double* loss = losses.const_data_ptr<double>();
  std::vector<int64_t> order(predictions.index.size());
  std::iota(order.begin(), order.end(), 0);
  const auto count = static_cast<size_t>(std::clamp<int64_t>(top, 0, static_cast<int64_t>(order.size())));
  const auto worse = [loss](int64_t a, int64_t b) { return loss[a] != loss[b] ? loss[a] > loss[b] : a < b; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), worse);
  for (size_t k = 0; k < count; ++k) {
    const int64_t item = order[k];
    result.top_losses.push_back({.index = predictions.index[static_cast<size_t>(item)],
                                 .name = predictions.names[static_cast<size_t>(item)],
                                 .actual = text_of(task, classes, predictions.target[item]),
                                 .predicted = text_of(task, classes, decoded[item]),
                                 .loss = loss[item],
                                 .probability = probability_of(task, predictions.activated[item], decoded[item])});
  }
  return result;
}

}  // namespace tenfold
