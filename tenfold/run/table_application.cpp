#include "tenfold/run/table_application.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/run/companion.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/understand/residuals.h"
#include "tenfold/tabular/understand/vectors.h"

namespace tenfold {

namespace {

constexpr const char* kNoTrees =
    "no boosted trees beside the network: companion is auto, and LightGBM is not installed (`pip install lightgbm`, "
    "and TENFOLD_LIGHTGBM names its lib_lightgbm.so)";

constexpr int64_t kRecommended = 10;
constexpr int64_t kMostUsers = 2000;  // whose recommendations are looked at: each is a pass over all items

/// Ratings are numbers, also where they are few and whole.
tabular::LoadedTable loaded_for(const Recipe& recipe) {
  auto options = recipe.table;
  std::vector<std::string> only;
  if (tabular::of_ratings(recipe.collab)) {
    for (const auto& [option, value] : {std::pair{"user", recipe.collab.user}, std::pair{"item", recipe.collab.item}})
      if (value.empty())
        throw ConfigError(std::string("collab.") + option, "is empty; ratings need a column of users and one of items");
    if (options.kind == tabular::Target::automatic) options.kind = tabular::Target::regression;
    only = {recipe.collab.user, recipe.collab.item};
  }
  return tabular::load(options, recipe.training.seed, recipe.training.threads, only);
}

}  // namespace

TableApplication::TableApplication(const Recipe& recipe) : recipe_(recipe), loaded_(loaded_for(recipe)) {
  if (!recipe.loss.range.empty())
    throw ConfigError("loss.range", "is for images; a table's is table_model.range, in the unit that is trained on");
  loaded_.table.task = task_for(recipe, loaded_.table.task, loaded_.table.data);
  learner_ = tabular::of_ratings(recipe.collab) ? tabular::collab_learner(loaded_.table, recipe.collab, recipe.training)
                                                : tabular::learner(loaded_.table, recipe.table_model, recipe.training);
  const bool wanted =
      recipe.companion == tabular::Companion::lightgbm ||
      (recipe.companion == tabular::Companion::automatic && tabular::has_trees_library(recipe.trees.library));
  if (wanted) trees_.emplace(recipe.trees.library);  // before training: where it is not there, nothing is lost
  if (recipe.companion == tabular::Companion::automatic && !trees_) loaded_.told.emplace_back(kNoTrees);
}

Json TableApplication::facts() const {
  return {{"categories", loaded_.preprocessor.categories.size()}, {"numbers", loaded_.preprocessor.numbers.size()}};
}

std::string TableApplication::network() const {
  if (tabular::of_ratings(recipe_.collab)) return name_of(recipe_.collab.arch);
  return name_of(recipe_.table_model.arch == tabular::Arch::automatic ? tabular::Arch::modern
                                                                      : recipe_.table_model.arch);
}

Pipeline TableApplication::pipeline() {
  return pipeline_of(*learner_, TablePipeline{.data = recipe_.table,
                                              .model = recipe_.table_model,
                                              .preprocessor = loaded_.preprocessor,
                                              .companion = {},
                                              .collab = recipe_.collab});
}

void TableApplication::settle() {
  if (tabular::of_ratings(recipe_.collab)) tabular::average_unseen(learner_->model());
}

void TableApplication::score(Split split, const Predictions& predictions, Json& figures, const OnItems&) {
  if (!tabular::of_ratings(recipe_.collab) || !predictions.target.defined()) return;
  const auto rows = [&](Split part) {
    return std::dynamic_pointer_cast<const tabular::TableDataset>(learner_->data().split(part));
  };
  const auto train = rows(Split::train), measured = rows(split);
  const auto& scale = loaded_.preprocessor.target.scales.at(0);
  const double liked =
      recipe_.collab.liked > 0 ? tabular::forward(scale, recipe_.collab.liked) : tabular::mean_target(*train);
  const auto& levels = loaded_.table.shape.levels;
  const double recall =
      tabular::recall_at(*learner_, *train, *measured, levels.at(0), levels.at(1), kRecommended, liked, kMostUsers);
  figures["recall_at_" + std::to_string(kRecommended)] = std::isfinite(recall) ? Json(recall) : Json(nullptr);
}

Json TableApplication::accompany(Pipeline& pipeline, const Predictions& valid, const std::string& metric,
                                 const OnItems& progress) {
  if (trees_) return train_companion(*trees_, recipe_.trees, *learner_, valid, metric, pipeline, progress);
  if (recipe_.companion == tabular::Companion::none) return nullptr;
  return {{"kind", "none"}, {"why", kNoTrees}};
}

namespace {

/// A category's name as a file's.
std::string file_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name + ".csv";
}

constexpr int64_t kDay = 24 * 60 * 60;

/// Nothing where a row has no date: its error has no place in time.
std::vector<int64_t> times_in(const Frame& frame, const std::string& date, const std::vector<int64_t>& rows) {
  const Column column = frame[date].take(rows);
  if (column.kind() != ColumnKind::time || column.nulls() > 0) return {};
  return {column.times().begin(), column.times().end()};
}

/// Of regressions whose rows have a date: what the errors do as time goes by.
std::vector<report::TimeErrorPlot> errors_of(const std::vector<int64_t>& times, const Findings& found) {
  std::vector<report::TimeErrorPlot> plots;
  if (times.empty()) return plots;
  const int64_t first = *std::min_element(times.begin(), times.end());
  for (const auto& output : found.interpretation.outputs) {
    report::TimeErrorPlot plot{
        .output = output.name, .x_label = "days since " + show_time(first), .x = {}, .bias = {}, .rmse = {}};
    for (const auto& period : tabular::errors_by_time(times, output.actual, output.predicted)) {
      plot.x.push_back((period.middle - static_cast<double>(first)) / kDay);
      plot.bias.push_back(period.bias);
      plot.rmse.push_back(period.rmse);
    }
    plots.push_back(std::move(plot));
  }
  return plots;
}

}  // namespace

void TableApplication::look() {
  if (std::exchange(looked_, true)) return;
  const bool apart = loaded_.valid.rows() > 0;
  if (!apart)
    leaks_ = tabular::find_leaks(loaded_.frame, loaded_.split, recipe_.table,
                                 loaded_.test.rows() > 0 ? loaded_.test.names() : std::vector<std::string>());
  const auto& dates = loaded_.preprocessor.dates;
  if (!dates.empty() && loaded_.preprocessor.target.kind == tabular::Target::regression)
    times_ = apart ? times_in(loaded_.valid, dates.front(), tabular::all_rows(loaded_.valid))
                   : times_in(loaded_.frame, dates.front(), loaded_.split.parts.valid);
  loaded_.frame = loaded_.valid = loaded_.test = {};
  loaded_.split.parts = {};
}

void TableApplication::add_to(report::Page& page, const std::filesystem::path& folder,
                              const std::optional<Findings>& found) {
  look();
  for (const auto& leak : leaks_)
    page.leaks.push_back({.column = leak.column,
                          .finding = leak.finding,
                          .evidence = leak.measure + " " + shortest(std::round(1000 * leak.evidence) / 1000),
                          .advice = leak.advice});
  if (found) page.time_errors = errors_of(times_, *found);
  const auto all = tabular::category_vectors(loaded_.preprocessor, learner_->model());
  if (all.empty()) return;
  std::filesystem::create_directories(folder / "embeddings");
  for (const auto& [category, vectors] : all)
    tabular::write_vectors(folder / "embeddings" / file_name(category.name), category, vectors);
}

}  // namespace tenfold
