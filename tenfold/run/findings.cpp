#include "tenfold/run/findings.h"

#include <torch/types.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "tenfold/run/map.h"
#include "tenfold/train/embedding.h"

namespace tenfold {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

}  // namespace

Findings findings(const Learner& learner, const nn::Task& task, Split split, Predictions predictions, int64_t top) {
  const auto& data = learner.data();
  const auto& names = task.kind == nn::TaskKind::regression ? data.outputs : data.classes;
  Findings found{
      .split = split, .task = task, .predictions = std::move(predictions), .interpretation = {}, .places = {}};
  found.interpretation = interpret(task, names, found.predictions, top);
  if (found.predictions.features.defined())
    found.places = embedding(found.predictions.features, learner.options().threads);
  return found;
}

std::string caption_of(nn::TaskKind kind, const Look& look) {
  char value[32];
  std::snprintf(value, sizeof value, kind == nn::TaskKind::regression ? " %.4g" : " %.3f", look.value);
  const bool labels = kind == nn::TaskKind::multi_label;
  const char* what = kind == nn::TaskKind::regression ? "raises "
                     : look.expected                  ? (labels ? "there: " : "actual: ")
                                                      : (labels ? "given wrongly: " : "predicted: ");
  return what + look.name + value;
}

Json to_json(const Interpretation& found) {
  Json json = {{"classes", found.classes},
               {"confusion", found.confusion},
               {"most_confused", Json::array()},
               {"top_losses", Json::array()}};
  for (const auto& pair : found.most_confused)
    json["most_confused"].push_back({{"actual", pair.actual}, {"predicted", pair.predicted}, {"count", pair.count}});
  for (const auto& top : found.top_losses)
    json["top_losses"].push_back({{"name", top.name},
                                  {"actual", top.actual},
                                  {"predicted", top.predicted},
                                  {"loss", number(top.loss)},
                                  {"probability", number(top.probability)}});
  for (const auto& row : found.labels)
    json["labels"].push_back({{"name", row.name},
                              {"items", row.items},
                              {"given", row.given},
                              {"right", row.right},
                              {"precision", number(row.precision)},
                              {"recall", number(row.recall)},
                              {"f1", number(row.f1)},
                              {"f2", number(row.f2)}});
  if (const auto& curve = found.thresholds; !curve.threshold.empty())
    json["thresholds"] = {{"used", curve.used},
                          {"threshold", numbers(curve.threshold)},
                          {"precision", numbers(curve.precision)},
                          {"recall", numbers(curve.recall)},
                          {"f1", numbers(curve.f1)},
                          {"f2", numbers(curve.f2)}};
  for (const auto& output : found.outputs)
    json["outputs"].push_back({{"name", output.name},
                               {"rmse", number(output.rmse)},
                               {"mae", number(output.mae)},
                               {"bias", number(output.bias)},
                               {"r2", number(output.r2)}});
  return json;
}

void show(const Findings& found, const Learner& learner, report::Page& page) {
  const auto& told = found.interpretation;
  page.split = name_of(found.split);
  page.classes = told.classes;
  page.confusion = told.confusion;
  for (const auto& row : told.labels)
    page.labels.push_back({.name = row.name,
                           .items = row.items,
                           .given = row.given,
                           .right = row.right,
                           .precision = row.precision,
                           .recall = row.recall,
                           .f1 = row.f1,
                           .f2 = row.f2});
  const auto& curve = told.thresholds;
  page.thresholds = {
      .threshold = curve.threshold,
      .scores = {{"precision", curve.precision}, {"recall", curve.recall}, {"F1", curve.f1}, {"F2", curve.f2}},
      .used = curve.used};
  for (const auto& output : told.outputs)
    page.outputs.push_back(
        {.name = output.name,
         .actual = output.actual,
         .predicted = output.predicted,
         .item = found.predictions.names,
         .figures = {{"rmse", output.rmse}, {"mae", output.mae}, {"bias", output.bias}, {"r2", output.r2}}});
  for (const auto& top : told.top_losses) {
    page.top_losses.push_back({.name = top.name, .actual = top.actual, .predicted = top.predicted, .loss = top.loss});
    if (found.task.kind != nn::TaskKind::regression) page.top_losses.back().probability = top.probability;
  }
  show_map(found, learner, page);
}

}  // namespace tenfold
