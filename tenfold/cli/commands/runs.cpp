// tenfold runs list and compare.

#include <unistd.h>

#include <algorithm>
#include <map>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/commands/run_folder.h"
#include "tenfold/cli/help.h"
#include "tenfold/cli/terminal.h"

namespace tenfold::cli {
namespace {

constexpr const char* kRuns = "runs";

std::string shown(const Json& value) {
  return value.is_number_float() ? number(value.get<double>()) : typed_value(value);
}

std::string name_of(const RunFolder& run) {
  const auto name = run.path.filename();
  return (name.empty() ? run.path.parent_path().filename() : name).string();
}

/// "test accuracy 0.9312, loss 0.201": metrics first.
std::string figures(const Json& summary) {
  const std::string part = best_part(summary);
  if (part.empty()) return "";
  std::string text, loss;
  for (const auto& [key, value] : summary.at(part).items()) {
    if (!value.is_number() || key == "views") continue;
    auto& to = key == "loss" ? loss : text;
    to += (to.empty() ? "" : ", ") + key + " " + shown(value);
  }
  return part + " " + text + (text.empty() || loss.empty() ? "" : ", ") + loss;
}

Answer list(const Arguments& arguments) {
  const auto runs = runs_below(arguments.positionals.empty() ? kRuns : arguments.positionals[0]);
  std::vector<std::vector<std::string>> rows{{"run", "state", "network", "epochs", "seconds", "result"}};
  Json json = Json::array();
  for (const auto& run : runs) {
    const auto& s = run.summary;
    rows.push_back({name_of(run), run.state, s.value("network", ""), s.contains("epochs") ? shown(s["epochs"]) : "",
                    s.contains("seconds") ? shown(s["seconds"]) : "", figures(s)});
    json.push_back({{"run", run.path.string()}, {"state", run.state}, {"summary", s}});
  }
  const std::string text = runs.empty() ? "no runs there\n" : table(rows, terminal(STDOUT_FILENO));
  return {.text = text, .json = {{"runs", json}}};
}

std::vector<RunFolder> runs_to_compare(const std::vector<std::string>& given) {
  std::vector<RunFolder> runs;
  for (const auto& path : given.empty() ? std::vector<std::string>{kRuns} : given) {
    if (is_run(path)) {
      runs.push_back(read_run(path));
      continue;
    }
    for (auto& run : runs_below(path)) runs.push_back(std::move(run));
  }
  if (runs.size() < 2)
    throw UsageError("found " + std::to_string(runs.size()) + " run(s); comparing needs two or more");
  return runs;
}

using Column = std::map<std::string, Json>;

/// Rows of what some run has; where `all` is false, only those in which the runs differ.
Json compared(const std::vector<std::string>& keys, const std::vector<Column>& columns, bool all) {
  Json rows = Json::array();
  for (const auto& key : keys) {
    Json values = Json::array();
    for (const auto& column : columns) values.push_back(column.contains(key) ? column.at(key) : Json(nullptr));
    const bool differ = std::any_of(values.begin(), values.end(), [&](const Json& v) { return v != values.front(); });
    if (all || differ) rows.push_back({{"key", key}, {"values", values}});
  }
  return rows;
}

/// One column a run, and the keys of all in order of first appearance.
std::pair<std::vector<std::string>, std::vector<Column>> columns_of(const std::vector<Json>& trees) {
  std::vector<std::string> keys;
  std::vector<Column> columns;
  for (const auto& tree : trees) {
    Column column;
    for (auto& [key, value] : leaves(tree)) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
      column[key] = value;
    }
    columns.push_back(std::move(column));
  }
  return {keys, columns};
}

Json results_of(const Json& summary) {
  Json results = Json::object();
  for (const char* key : {"test", "tta", "valid", "epochs", "seconds", "train_per_second", "peak_rss_mib"})
    if (summary.contains(key)) results[key] = summary[key];
  return results;
}

Answer compare(const Arguments& arguments) {
  const auto runs = runs_to_compare(arguments.positionals);
  std::vector<Json> recipes, results;
  std::vector<std::string> names;
  for (const auto& run : runs) {
    recipes.push_back(run.recipe);
    results.push_back(results_of(run.summary));
    names.push_back(name_of(run) + (run.done() ? "" : " (" + run.state + ")"));
  }
  const auto [recipe_keys, recipe_columns] = columns_of(recipes);
  const auto [result_keys, result_columns] = columns_of(results);
  const Json differences = compared(recipe_keys, recipe_columns, false),
             figures_of_all = compared(result_keys, result_columns, true);

  std::vector<std::vector<std::string>> rows{{""}};
  rows[0].insert(rows[0].end(), names.begin(), names.end());
  for (const auto* part : {&differences, &figures_of_all}) {
    for (const auto& row : *part) {
      rows.push_back({row["key"].get<std::string>()});
      for (const auto& value : row["values"]) rows.back().push_back(value.is_null() ? "-" : shown(value));
    }
    if (part == &differences) rows.push_back({""});
  }
  Json paths = Json::array();
  for (const auto& run : runs) paths.push_back(run.path.string());
  return {.text = table(rows, terminal(STDOUT_FILENO)),
          .json = {{"runs", paths}, {"differences", differences}, {"results", figures_of_all}}};
}

}  // namespace

Command runs_list_command() {
  return {.name = "runs list",
          .summary = "the runs in a folder and how they ended",
          .help = "  tenfold runs list\n  tenfold runs list experiments --json - | jq '.runs[].summary.valid.accuracy'",
          .positionals = {{.name = "DIR",
                           .help = "folder that holds run folders; without it, runs",
                           .count = Positional::Count::optional}},
          .here = list};
}

Command runs_compare_command() {
  return {.name = "runs compare",
          .summary = "what differs between runs: recipe keys first, then results",
          .help = R"(Shows only the recipe keys in which the runs differ, so that what made the difference stands out.

  tenfold runs compare
  tenfold runs compare runs/a runs/b)",
          .positionals = {{.name = "DIR|RUN",
                           .help = "run folders, or folders that hold them; without any, runs",
                           .count = Positional::Count::any}},
          .here = compare};
}

}  // namespace tenfold::cli
