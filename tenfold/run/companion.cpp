#include "tenfold/run/companion.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "tenfold/core/file.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/nn/loss.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/results.h"
#include "tenfold/tabular/blend.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/threshold.h"

namespace tenfold {
namespace {

constexpr int kWeightSteps = 50;  // finer weights would follow the validation rows' noise

/// In the order in which they are shown.
constexpr std::array<std::pair<const char*, const char*>, 4> kRows = {
    {{"network", "network"}, {"trees", "trees"}, {"blend", "blend"}, {"blend_cross_fitted", "blend, cross-fitted"}}};

const tabular::TableDataset& rows_of(const Learner& learner, Split split) {
  return dynamic_cast<const tabular::TableDataset&>(*learner.data().split(split));
}

/// The network's weight with which the metric, in the unit of the table, is best.
double chosen_weight(const Pipeline& pipeline, const std::string& name, const Predictions& network,
                     const Predictions& trees) {
  const auto& by = metric(name, pipeline.task.kind);
  Predictions unit;
  const auto score = [&](const at::Tensor& blend) {
    unit.activated = blend;
    unit.target = network.target;
    to_unit(pipeline, unit);
    return by.compute(pipeline.task, unit.activated, unit.target);
  };
  return tabular::best_weight(network.activated, trees.activated, score, by.higher_is_better, kWeightSteps).first;
}

void set(const nn::Task& task, Predictions& predictions, at::Tensor activated) {
  predictions.activated = std::move(activated);
  if (predictions.target.defined())
    predictions.item_loss = nn::item_loss(task, nn::logits_of(task, predictions.activated), predictions.target);
}

/// Each half by the weight that the other half chooses.
at::Tensor cross_fitted(const Pipeline& pipeline, const std::string& metric, const Predictions& network,
                        const Predictions& trees) {
  auto blend = at::empty_like(network.activated);
  for (const int64_t half : {0, 1}) {
    const double weight = chosen_weight(pipeline, metric, half_of(network, 1 - half), half_of(trees, 1 - half));
    blend.slice(0, half, c10::nullopt, 2)
        .copy_(tabular::blended(half_of(network, half).activated, half_of(trees, half).activated, weight));
  }
  return blend;
}

Json figures(const Pipeline& pipeline, Predictions predictions, const std::vector<std::string>& metrics) {
  to_unit(pipeline, predictions);
  return to_json(evaluate(pipeline.task, predictions, metrics));
}

}  // namespace

Companion::Companion(const Pipeline& pipeline) : task_(pipeline.task) {
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  if (!table || table->companion.trees.empty()) return;
  weight_ = table->companion.network;
  trees_.emplace(task_, table->companion.trees, "the model's trees");
}

const at::Tensor& Companion::trees_of(const Learner& learner, Split split, const std::vector<int64_t>& index) const {
  if (!last_ || last_->split != split || last_->index != index)
    last_ = Last{split, index, trees_->predict(tabular::TableDataset(rows_of(learner, split), index))};
  return last_->activated;
}

Predictions Companion::trees(const Learner& learner, Split split, const Predictions& network) const {
  Predictions own = network;
  set(task_, own, trees_of(learner, split, network.index));
  return own;
}

void Companion::blend(const Learner& learner, Split split, Predictions& network) const {
  if (!trees_) return;
  set(task_, network, tabular::blended(network.activated, trees_of(learner, split, network.index), weight_));
}

Json train_companion(const tabular::TreesLibrary& library, const tabular::TreesOptions& options, const Learner& learner,
                     const Predictions& valid, const std::string& metric, Pipeline& pipeline, const OnItems& progress) {
  const auto began = Clock::now();
  const tabular::BoostedTrees trees(library, options, pipeline.task, rows_of(learner, Split::train),
                                    &rows_of(learner, Split::valid), progress);
  auto& companion = std::get<TablePipeline>(pipeline.of).companion;
  companion.trees = trees.text();
  const Companion loaded(pipeline);
  companion.network = chosen_weight(pipeline, metric, valid, loaded.trees(learner, Split::valid, valid));
  return {{"kind", "lightgbm"},
          {"rounds", trees.rounds()},
          {"seconds", seconds_since(began)},
          {"network_weight", companion.network},
          {"chosen_by", metric}};
}

Json compare(const Companion& companion, const Pipeline& pipeline, Learner& learner, const Predictions& valid,
             const std::vector<std::string>& metrics, const OnItems& progress) {
  Json all = Json::object();
  const auto add = [&](Split split, const Predictions& network) {
    const auto trees = companion.trees(learner, split, network);
    auto blend = network;
    companion.blend(learner, split, blend);
    Json& rows = all[name_of(split)];
    rows = {{"network", figures(pipeline, network, metrics)},
            {"trees", figures(pipeline, trees, metrics)},
            {"blend", figures(pipeline, blend, metrics)}};
    if (split != Split::valid || network.activated.size(0) < 2) return;
    set(pipeline.task, blend, cross_fitted(pipeline, metrics.front(), network, trees));
    rows["blend_cross_fitted"] = figures(pipeline, std::move(blend), metrics);
  };
  add(Split::valid, valid);
  const auto& test = learner.data().test;
  if (test && test->size() > 0 && test->target(0).defined()) add(Split::test, predict(learner, Split::test, progress));
  return all;
}

report::Comparison comparison_of(const Json& summary) {
  report::Comparison comparison;
  const auto found = summary.find("companion");
  if (found == summary.end() || !found->contains("valid")) return comparison;
  for (const char* split : {"valid", "test"}) {
    if (!found->contains(split)) continue;
    for (const auto& [key, name] : kRows) {
      if (!found->at(split).contains(key)) continue;
      const auto& figures = found->at(split).at(key);
      comparison.rows.push_back({std::string(split) + ": " + name, {}});
      comparison.metrics.clear();
      for (const auto& [metric, value] : figures.items()) {
        comparison.metrics.push_back(metric);
        comparison.rows.back().values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
      }
    }
  }
  const double network = found->at("network_weight").get<double>();
  comparison.note = "The blend takes " + shortest(std::round(100 * network)) + " parts in 100 of the network and " +
                    shortest(std::round(100 * (1 - network))) + " of the trees, chosen by " +
                    found->at("chosen_by").get<std::string>() +
                    " on the validation rows, where the trees stopped, too: both flatter the figures there a little. "
                    "Cross-fitted, each half of those rows has the weight that the other half chose.";
  return comparison;
}

void write_trees(const std::filesystem::path& folder, const Pipeline& pipeline) {
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  if (!table) return;
  const auto& trees = table->companion.trees;
  for (size_t k = 0; k < trees.size(); ++k)
    write_file(folder / (trees.size() == 1 ? "trees.txt" : "trees-" + std::to_string(k + 1) + ".txt"), trees[k]);
}

}  // namespace tenfold
