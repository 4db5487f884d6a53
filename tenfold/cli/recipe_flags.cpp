#include "tenfold/cli/recipe_flags.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "tenfold/core/file.h"

namespace tenfold::cli {
namespace {

/// Short names; those of a stage's keys mean the last stage.
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kShort = {{
    {"images", "data.path"},
    {"csv", "data.csv"},
    {"text", "text.path"},
    {"text-col", "text.text_col"},
    {"label-col", "text.label_col"},
    {"encoder", "text_model.weights"},
    {"table", "table.path"},
    {"target", "table.target"},
    {"translate", "translation.path"},
    {"from", "translation.source"},
    {"to", "translation.target"},
    {"beam", "search.beam"},
    {"size", "data.size"},
    {"augment", "data.augment"},
    {"resize", "data.resize"},
    {"task", "data.task"},
    {"backbone", "model.backbone"},
    {"weights", "model.weights"},
    {"dropout", "model.dropout"},
    {"batch", "training.batch"},
    {"seed", "training.seed"},
    {"precision", "training.precision"},
    {"device", "training.device"},
    {"threads", "training.threads"},
    {"workers", "training.workers"},
    {"skip-broken", "training.skip_broken"},
    {"optimizer", "training.optimizer.kind"},
    {"epochs", "stage.N.epochs"},
    {"lr", "stage.N.lr"},
    {"shape", "stage.N.shape"},
    {"tta", "predict.tta"},
}};

std::string table_of(const std::string& path) {
  const size_t last = path.rfind('.');
  if (last == std::string::npos) return "recipe";
  const std::string table = path.substr(0, last);
  return table.rfind("stage.", 0) == 0 ? "stage" : table;
}

bool belongs(const std::string& table, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
           return table == name || table.rfind(name + ".", 0) == 0;
         });
}

/// "last" is the number of the last stage.
std::string numbered(const std::string& path, const Recipe& recipe) {
  constexpr std::string_view open = "stage.last.";
  if (path.rfind(open, 0) != 0) return path;
  return "stage." + std::to_string(std::max<size_t>(recipe.stage.size(), 1)) + "." + path.substr(open.size());
}

/// Sgdr counts cycles, so a length in epochs asks for another shape.
void give_length(StageOptions& stage) {
  if (stage.epochs && std::holds_alternative<Sgdr>(stage.shape)) stage.shape = OneCycle{};
}

/// By the flags alone: no recipe says it.
Kind kind_of(const Arguments& arguments) {
  Recipe named;
  for (const auto& setting : arguments.settings)
    for (const char* path : {"kind", "data.path", "data.csv", "text.path", "table.path", "translation.path"})
      if (setting.path == path) assign_text(named, setting.path, setting.text);
  return kind_of(named);
}

}  // namespace

std::vector<Flag> recipe_flags(const std::vector<std::string>& tables) {
  std::vector<Flag> flags;
  Recipe defaults;
  for (const auto& field : describe(defaults)) {
    const std::string table = table_of(field.path);
    if (!belongs(table, tables)) continue;
    Flag flag{.field = field, .names = {field.path}, .section = table};
    for (const auto& [name, path] : kShort)
      if (path == field.path) flag.names.emplace_back(name);
    flags.push_back(std::move(flag));
  }
  return flags;
}

bool touches_recipe(const Arguments& arguments) {
  return std::any_of(arguments.settings.begin(), arguments.settings.end(),
                     [](const Setting& setting) { return !setting.section.empty(); });
}

Recipe recipe_of(const std::optional<std::string>& file, const Arguments& arguments) {
  std::optional<Preset> chosen;
  for (const auto& setting : arguments.settings) {
    if (setting.path != "preset") continue;
    Recipe named;
    assign_text(named, setting.path, setting.text);
    chosen = named.preset;
  }
  Recipe recipe =
      file ? read_recipe(read_file(*file), *file, chosen) : preset(chosen.value_or(Preset::none), kind_of(arguments));
  bool stages = false;
  for (const auto& setting : arguments.settings) {
    if (setting.section == "stage") stages = true;
    if (!setting.section.empty() && setting.section != "stage") assign_text(recipe, setting.path, setting.text);
  }
  if (stages && recipe.stage.empty()) {
    recipe.stage = default_stages(recipe);
    recipe.plan = DefaultPlan{};
  }
  for (const auto& setting : arguments.settings) {
    if (setting.section != "stage") continue;
    const std::string path = numbered(setting.path, recipe);
    assign_text(recipe, path, setting.text);
    if (setting.path == "stage.last.epochs") give_length(recipe.stage.back());
  }
  return recipe;
}

}  // namespace tenfold::cli
