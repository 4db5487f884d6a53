#include "tenfold/cli/commands/run_folder.h"

#include <algorithm>

#include "tenfold/cli/command.h"
#include "tenfold/core/file.h"
#include "tenfold/run/recipe.h"
#include "tenfold/train/record.h"

namespace tenfold::cli {
namespace fs = std::filesystem;

bool is_run(const fs::path& folder) { return fs::exists(folder / "recipe.toml"); }

RunFolder read_run(const fs::path& folder) {
  RunFolder run{.path = folder, .state = "done"};
  try {
    const fs::path recipe = folder / "recipe.toml", summary = folder / "summary.json", log = folder / "log.jsonl";
    run.recipe = to_json(read_recipe(read_file(recipe), recipe.string()));
    if (fs::exists(summary)) {
      run.summary = Json::parse(read_file(summary));
    } else {
      const Record record = fs::exists(log) ? read_log(read_file(log), log.string()) : Record{};
      run.state =
          record.steps.empty() ? "not begun" : "stopped at step " + std::to_string(record.steps.back().step + 1);
    }
  } catch (const std::exception& error) {
    run.state = std::string("broken: ") + error.what();
    run.summary = Json::object();
  }
  return run;
}

std::vector<RunFolder> runs_below(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw UsageError("'" + folder.string() + "' is no folder; `tenfold train` makes runs in runs/");
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && is_run(entry.path())) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  std::vector<RunFolder> runs;
  for (const auto& path : found) runs.push_back(read_run(path));
  return runs;
}

std::string best_part(const Json& summary) {
  for (const char* part : {"test", "tta", "valid"})
    if (summary.contains(part)) return part;
  return "";
}

std::vector<std::pair<std::string, Json>> leaves(const Json& tree, const std::string& prefix) {
  std::vector<std::pair<std::string, Json>> out;
  const bool tables = tree.is_array() && !tree.empty() && tree.front().is_object();
  if (!tree.is_object() && !tables) return {{prefix, tree}};
  size_t number = 0;
  for (const auto& [key, value] : tree.items()) {
    const std::string name = tables ? std::to_string(++number) : key;
    for (auto& leaf : leaves(value, prefix.empty() ? name : prefix + "." + name)) out.push_back(std::move(leaf));
  }
  return out;
}

}  // namespace tenfold::cli
