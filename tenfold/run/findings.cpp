#include "tenfold/run/findings.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "tenfold/run/map.h"
#include "tenfold/run/results.h"
#include "tenfold/train/embedding.h"
#include "tenfold/vision/grad_cam.h"
#include "tenfold/vision/heat.h"

namespace tenfold {
namespace {

constexpr int kScaleColours = 9;
constexpr uint8_t kGrey = 128;  // stands for the picture below the scale of heat

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

std::vector<std::string> heat_scale() {
  std::vector<std::string> colours;
  for (int k = 0; k < kScaleColours; ++k) {
    const auto [r, g, b] = vision::heated({kGrey, kGrey, kGrey}, k / (kScaleColours - 1.0));
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", r, g, b);
    colours.emplace_back(text);
  }
  return colours;
}

std::string caption_of(nn::TaskKind kind, const Look& look, bool nothing) {
  char value[32];
  std::snprintf(value, sizeof value, kind == nn::TaskKind::regression ? " %.4g" : " %.3f", look.value);
  const bool labels = kind == nn::TaskKind::multi_label;
  const char* what = kind == nn::TaskKind::regression ? "raises "
                     : look.expected                  ? (labels ? "there: " : "actual: ")
                                                      : (labels ? "given wrongly: " : "predicted: ");
  return what + look.name + value + (nothing ? ", and nothing speaks for it" : "");
}

/// Shades the pictures of the rows by what spoke for the outputs looked at. x: [rows, 3, H, W] fp32.
void add_heat(std::vector<report::TopLossRow>& rows, const Findings& found, Learner& learner, const at::Tensor& x,
              const vision::Normalisation& normalisation) {
  struct Wanted {
    int64_t row;
    const Look* look;
  };
  std::vector<Wanted> wanted;
  for (size_t k = 0; k < rows.size(); ++k)
    for (const auto& look : found.interpretation.top_losses[k].looks)
      wanted.push_back({static_cast<int64_t>(k), &look});
  const auto images = images_of(x, normalisation);
  const auto batch = static_cast<size_t>(learner.options().batch);
  for (size_t from = 0; from < wanted.size(); from += batch) {
    const size_t to = std::min(wanted.size(), from + batch);
    std::vector<int64_t> items, outputs;
    for (size_t k = from; k < to; ++k) {
      items.push_back(wanted[k].row);
      outputs.push_back(wanted[k].look->output);
    }
    const auto maps = vision::grad_cam(learner, x.index_select(0, at::tensor(items, at::kLong)), outputs);
    const auto heat = vision::heat_of(maps, x.size(3)).contiguous();
    for (size_t k = from; k < to; ++k) {
      const auto one = heat[static_cast<int64_t>(k - from)];
      const std::span<const float> values(one.const_data_ptr<float>(), static_cast<size_t>(one.numel()));
      const auto& row = static_cast<size_t>(wanted[k].row);
      const bool nothing = *std::max_element(values.begin(), values.end()) <= 0;
      rows[row].heat.push_back(
          picture_of(vision::heat_over(images[row], values), caption_of(found.task.kind, *wanted[k].look, nothing)));
    }
  }
}

void show_top_losses(const Findings& found, Learner& learner, const vision::Normalisation& normalisation,
                     report::Page& page) {
  const auto& dataset = *learner.data().split(found.split);
  std::vector<at::Tensor> views;
  for (const auto& top : found.interpretation.top_losses) {
    views.push_back(network_input(learner, dataset, top.index, std::nullopt));
    page.top_losses.push_back({.name = top.name, .actual = top.actual, .predicted = top.predicted, .loss = top.loss});
    if (found.task.kind != nn::TaskKind::regression) page.top_losses.back().probability = top.probability;
  }
  if (views.empty()) return;
  const auto x = at::cat(views);
  const auto shown = pictures(x, normalisation, {});
  for (size_t k = 0; k < shown.size(); ++k) page.top_losses[k].picture = shown[k];
  try {
    add_heat(page.top_losses, found, learner, x, normalisation);
    page.heat_scale = heat_scale();
  } catch (const ConfigError& none) {
    page.heat_note = none.what();
  }
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

void show(const Findings& found, Learner& learner, const vision::Normalisation& normalisation, report::Page& page) {
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
  show_top_losses(found, learner, normalisation, page);
  show_map(found, learner, page);
}

}  // namespace tenfold
