#include "tenfold/run/recipe.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "tenfold/core/hash.h"

namespace tenfold {
namespace {

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
  if (stage.cutmix < 0) throw ConfigError(path + ".cutmix", "is negative; needs 0 (off) or an alpha above it");
  if (stage.precompute && stage.cutmix > 0)
    throw ConfigError(path + ".cutmix",
                      "pastes parts of images, and cached features have none; use mixup, or precompute = false");
  if (stage.ema < 0 || stage.ema >= 1)
    throw ConfigError(path + ".ema",
                      "is " + std::to_string(stage.ema) + "; needs 0 (off) or a decay below 1, such as 0.999");
  if (stage.swa < 0 || stage.swa >= 1)
    throw ConfigError(path + ".swa", "is " + shortest(stage.swa) + "; needs 0 (off) or a share below 1, such as 0.75");
  if (stage.snapshots < 0) throw ConfigError(path + ".snapshots", "is negative; needs 0 (off) or how many to keep");
  if ((stage.ema > 0) + (stage.swa > 0) + (stage.snapshots > 0) > 1)
    throw ConfigError(path,
                      "asks for more than one of ema, swa and snapshots; each decides which weights the stage "
                      "ends with, so choose one");
  if (stage.swa > 0 && stage.keep_best)
    throw ConfigError(path + ".swa", "averages weights and keep_best would put one epoch's in their place; choose one");
  if (stage.snapshots > 0 && stage.precompute)
    throw ConfigError(path + ".snapshots",
                      "keeps whole networks, and precompute trains the head alone; set precompute "
                      "= false, or leave snapshots to a later stage");
  if (stage.snapshots > 0 && cycle_ends(stage.shape).size() < 2)
    throw ConfigError(path + ".snapshots", "are taken at the ends of cycles, and " + name_of(stage.shape) +
                                               " has one only; take shape = {sgdr = {cycles = 5, cycle_mult = 1}}, or "
                                               "leave snapshots out");
  if (stage.batch && *stage.batch < 1) throw ConfigError(path + ".batch", "is below 1 item");
  if (stage.size && *stage.size < 1) throw ConfigError(path + ".size", "is below 1 pixel");
  if (stage.epochs && !(*stage.epochs > 0)) throw ConfigError(path + ".epochs", "needs more than 0");
}

/// Refuses what is for images in a stage of other data, and stages of language where there is none to learn.
void check_kind(const Recipe& recipe, size_t k) {
  const auto& stage = recipe.stage[k];
  const std::string path = "stage." + std::to_string(k + 1);
  if (stage.learn == Learn::language && recipe.kind != Kind::text)
    throw ConfigError(path + ".learn", "is language, and this recipe learns from " + name_of(recipe.kind) +
                                           "; leave it out, or name texts with text.path");
  if (stage.learn == Learn::language && k > 0 && recipe.stage[k - 1].learn == Learn::task)
    throw ConfigError(path + ".learn", "is language after a stage of the task; the language is learnt first");
  if (recipe.kind == Kind::images) return;
  const std::string why = " is for images, and this recipe learns from " + name_of(recipe.kind) + "; leave it out";
  if (stage.size) throw ConfigError(path + ".size", why);
  if (stage.augment) throw ConfigError(path + ".augment", why);
  if (stage.cutmix > 0) throw ConfigError(path + ".cutmix", why);
  if (stage.mixup > 0)
    throw ConfigError(path + ".mixup", "blends inputs, and words and categories cannot be blended; leave it out");
  if (recipe.predict.tta) throw ConfigError("predict.tta", why);
}

/// The sections that belong to one kind of data.
constexpr std::pair<const char*, Kind> kSections[] = {{"data", Kind::images},
                                                      {"model", Kind::images},
                                                      {"text", Kind::text},
                                                      {"text_model", Kind::text},
                                                      {"table", Kind::table},
                                                      {"table_model", Kind::table},
                                                      {"collab", Kind::table},
                                                      {"companion", Kind::table},
                                                      {"trees", Kind::table},
                                                      {"translation", Kind::translation},
                                                      {"translation_model", Kind::translation},
                                                      {"search", Kind::translation},
                                                      {"bleu", Kind::translation}};

/// Its keys without those of other kinds of data.
Json tree_of(const Recipe& recipe) {
  Json tree = to_json(recipe);
  const Kind kind = kind_of(recipe);
  for (const auto& [section, owner] : kSections)
    if (owner != kind) tree.erase(section);
  return tree;
}

/// The kind that a tree of keys is about, before it is read whole.
Kind kind_of(const Json& tree) {
  Recipe named;
  if (tree.contains("kind")) assign(named, Json{{"kind", tree.at("kind")}});
  if (named.kind != Kind::automatic) return named.kind;
  for (const auto& [section, owner] : kSections)
    if (owner != Kind::images && tree.contains(section)) return owner;
  return Kind::images;
}

}  // namespace

Kind kind_of(const Recipe& recipe) {
  Kind found = Kind::automatic;
  std::string named;
  int kinds = 0;
  const auto look = [&](Kind kind, bool there, const char* what) {
    if (!there) return;
    found = kind;
    named += (kinds++ > 0 ? " and " : "") + std::string(what);
  };
  look(Kind::images, !recipe.data.path.empty() || !recipe.data.csv.empty(), "images (data.path)");
  look(Kind::text, !recipe.text.path.empty(), "texts (text.path)");
  look(Kind::table, !recipe.table.path.empty(), "a table (table.path)");
  look(Kind::translation, !recipe.translation.path.empty(), "pairs of texts (translation.path)");
  if (kinds > 1) throw ConfigError("kind", "is unclear: the recipe names " + named + "; keep one");
  if (recipe.kind != Kind::automatic) return recipe.kind;
  return kinds > 0 ? found : Kind::images;
}

std::string data_path(const Recipe& recipe) {
  switch (kind_of(recipe)) {
    case Kind::text:
      return recipe.text.path;
    case Kind::table:
      return recipe.table.path;
    case Kind::translation:
      return recipe.translation.path;
    default:
      return recipe.data.csv.empty() ? recipe.data.path : recipe.data.csv;
  }
}

bool pretrained(const Recipe& recipe) {
  switch (kind_of(recipe)) {
    case Kind::text:
      return recipe.text_model.weights != "none";
    case Kind::table:
    case Kind::translation:
      return false;
    default:
      return recipe.model.weights != "none";
  }
}

Recipe complete(Recipe recipe) {
  recipe.kind = kind_of(recipe);
  if (recipe.companion != tabular::Companion::none && recipe.kind != Kind::table)
    throw ConfigError("companion", "is " + name_of(recipe.companion) + ", trees beside a table's network, and this " +
                                       "recipe learns from " + name_of(recipe.kind) + "; leave it out");
  if (recipe.loss.class_weights != "none" && recipe.loss.class_weights != "balanced")
    throw ConfigError("loss.class_weights", "is \"" + recipe.loss.class_weights + "\"; needs none or balanced");
  if (!recipe.loss.range.empty() && (recipe.loss.range.size() != 2 || !(recipe.loss.range[0] < recipe.loss.range[1])))
    throw ConfigError("loss.range", "needs two numbers, the lower one first");
  if (recipe.training.oversample && recipe.loss.class_weights == "balanced")
    throw ConfigError(
        "training.oversample",
        "and loss.class_weights = \"balanced\" both make rare classes count more, together twice; choose one");
  if (recipe.predict.threshold < 0 || recipe.predict.threshold >= 1)
    throw ConfigError("predict.threshold",
                      "is " + shortest(recipe.predict.threshold) +
                          "; needs a probability below 1, or 0 to choose it on the validation set");
  if (!(recipe.predict.beta > 0)) throw ConfigError("predict.beta", "is not above 0; 2 favours recall, 0.5 precision");
  const bool planned = !std::holds_alternative<DefaultPlan>(recipe.plan);
  if (planned && !recipe.stage.empty())
    throw ConfigError("plan", "is " + name_of(recipe.plan) + " while stages are listed; leave out one of the two");
  if (recipe.stage.empty()) recipe.stage = default_stages(recipe);
  recipe.plan = DefaultPlan{};  // written out as stages
  for (size_t k = 0; k < recipe.stage.size(); ++k) {
    auto& stage = recipe.stage[k];
    check_stage(stage, "stage." + std::to_string(k + 1));
    check_kind(recipe, k);
    if (stage.epochs) {
      stage.shape = with_epochs(stage.shape, *stage.epochs);
      stage.epochs.reset();
    }
    if (stage.snapshots > 0 && k + 1 < recipe.stage.size())
      throw ConfigError("stage." + std::to_string(k + 1) + ".snapshots",
                        "asks for an ensemble of a stage after which training goes on; ask for it in the last stage");
    epochs(stage.shape);  // throws for a shape that cannot work, before anything runs
  }
  return recipe;
}

vision::DataOptions data_of_stage(const Recipe& recipe, size_t stage) {
  vision::DataOptions data = recipe.data;
  for (size_t k = 0; k <= stage && k < recipe.stage.size(); ++k) {
    data.size = recipe.stage[k].size.value_or(data.size);
    data.augment = recipe.stage[k].augment.value_or(data.augment);
  }
  return data;
}

int64_t size_of_stage(const Recipe& recipe, size_t stage) { return data_of_stage(recipe, stage).size; }

int64_t batch_of_stage(const Recipe& recipe, size_t stage) {
  int64_t batch = recipe.training.batch;
  for (size_t k = 0; k <= stage && k < recipe.stage.size(); ++k) batch = recipe.stage[k].batch.value_or(batch);
  return batch;
}

Recipe read_recipe(const std::string& toml, const std::string& path, std::optional<Preset> given) {
  const Json tree = parse_toml(toml, path);
  Recipe named;  // checks the name of the preset, and every other key
  assign(named, tree);
  const Preset choice = given.value_or(named.preset);
  Recipe recipe = preset(choice, kind_of(tree));
  if (!named.stage.empty()) recipe.plan = DefaultPlan{};
  assign(recipe, tree);
  recipe.preset = choice;
  return recipe;
}

std::string to_toml(const Recipe& recipe) {
  const Json tree = tree_of(recipe);
  auto fields = describe(Recipe{});
  std::erase_if(fields, [&](const Field& field) { return !tree.contains(field.path.substr(0, field.path.find('.'))); });
  return to_toml(tree, fields);
}

std::string recipe_hash(const Recipe& recipe) {
  Recipe counted = recipe;
  counted.training.workers = 0;  // changes speed only
  return ContentHash().add(tree_of(counted).dump()).hex().substr(0, 16);
}

}  // namespace tenfold
