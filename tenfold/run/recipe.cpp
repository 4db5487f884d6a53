#include "tenfold/run/recipe.h"

#include <algorithm>
#include <cctype>

#include "tenfold/core/hash.h"

namespace tenfold {
namespace {

constexpr double kHeadEpochs = 10;  // on cached features an epoch costs next to nothing
constexpr double kScratchEpochs = 10;

void check_train(const std::string& train, const std::string& path) {
  const bool number =
      !train.empty() && std::all_of(train.begin(), train.end(), [](unsigned char c) { return std::isdigit(c); });
  if (train != "head" && train != "all" && !number)
    throw ConfigError(path, "is \"" + train + "\"; needs head, all, or the number of the first trained group");
}

void check_stage(const StageOptions& stage, const std::string& path) {
  check_train(stage.train, path + ".train");
  if (stage.precompute && (stage.train == "all" || stage.train == "0"))
    throw ConfigError(path + ".precompute",
                      "is on while train = \"" + stage.train +
                          "\"; activations are computed once only where the layers before them are frozen: set train = "
                          "\"head\" (or the number of the first trained group), or precompute = false");
  if (stage.precompute_views < 0)
    throw ConfigError(path + ".precompute_views",
                      "is " + std::to_string(stage.precompute_views) + "; needs 0 (the plain view) or more");
  if (stage.precompute_views > 0 && !stage.precompute)
    throw ConfigError(path + ".precompute_views",
                      "is " + std::to_string(stage.precompute_views) +
                          " without precompute, which computes them; set precompute = true, or leave the views at 0");
  if (stage.accumulate < 1)
    throw ConfigError(path + ".accumulate", "is " + std::to_string(stage.accumulate) + "; needs at least 1");
  if (stage.clip < 0) throw ConfigError(path + ".clip", "is negative; needs 0 (off) or a norm above it");
  if (stage.mixup < 0) throw ConfigError(path + ".mixup", "is negative; needs 0 (off) or an alpha above it");
  if (stage.ema < 0 || stage.ema >= 1)
    throw ConfigError(path + ".ema",
                      "is " + std::to_string(stage.ema) + "; needs 0 (off) or a decay below 1, such as 0.999");
  if (stage.size && *stage.size < 1) throw ConfigError(path + ".size", "is below 1 pixel");
  if (stage.epochs && !(*stage.epochs > 0)) throw ConfigError(path + ".epochs", "needs more than 0");
}

}  // namespace

std::vector<StageOptions> default_stages(const Recipe& recipe) {
  if (recipe.model.weights == "none")
    return {{.train = "all", .lr = Rates(3e-3), .shape = OneCycle{.epochs = kScratchEpochs}}};
  return {
      {.train = "head", .precompute = true, .lr = Rates(1e-2), .shape = Cosine{.epochs = kHeadEpochs}},
      {.train = "all", .lr = Rates::range(1e-4, 1e-3), .shape = Sgdr{.cycles = 2, .cycle_len = 1, .cycle_mult = 2}}};
}

Recipe complete(Recipe recipe) {
  if (recipe.kind != "images") throw ConfigError("kind", "is \"" + recipe.kind + "\"; this version trains on images");
  if (recipe.loss.class_weights != "none" && recipe.loss.class_weights != "balanced")
    throw ConfigError("loss.class_weights", "is \"" + recipe.loss.class_weights + "\"; needs none or balanced");
  if (!recipe.loss.range.empty() && (recipe.loss.range.size() != 2 || !(recipe.loss.range[0] < recipe.loss.range[1])))
    throw ConfigError("loss.range", "needs two numbers, the lower one first");
  if (recipe.stage.empty()) recipe.stage = default_stages(recipe);
  for (size_t k = 0; k < recipe.stage.size(); ++k) {
    auto& stage = recipe.stage[k];
    check_stage(stage, "stage." + std::to_string(k + 1));
    if (stage.epochs) {
      stage.shape = with_epochs(stage.shape, *stage.epochs);
      stage.epochs.reset();
    }
    epochs(stage.shape);  // throws for a shape that cannot work, before anything runs
  }
  return recipe;
}

int64_t size_of_stage(const Recipe& recipe, size_t stage) {
  int64_t size = recipe.data.size;
  for (size_t k = 0; k <= stage && k < recipe.stage.size(); ++k) size = recipe.stage[k].size.value_or(size);
  return size;
}

Recipe read_recipe(const std::string& toml, const std::string& path) {
  Recipe recipe;
  assign(recipe, parse_toml(toml, path));
  return recipe;
}

std::string to_toml(const Recipe& recipe) { return to_toml(to_json(recipe), describe(Recipe{})); }

std::string recipe_hash(const Recipe& recipe) {
  Recipe counted = recipe;
  counted.training.workers = 0;  // changes speed only
  return ContentHash().add(to_json(counted).dump()).hex().substr(0, 16);
}

}  // namespace tenfold
