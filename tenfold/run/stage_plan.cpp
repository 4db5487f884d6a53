#include "tenfold/run/stage_plan.h"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "tenfold/run/recipe.h"

namespace tenfold {
namespace {

constexpr double kHeadEpochs = 10;  // on cached features an epoch costs next to nothing

using Row = std::pair<std::string_view, StagePlan>;

/// In the order of the alternatives.
const std::array<Row, std::variant_size_v<StagePlan>>& rows() {
  static const std::array<Row, std::variant_size_v<StagePlan>> all = {
      {{"default", DefaultPlan{}}, {"fine_tune", FineTune{}}, {"article", Article{}}, {"from_scratch", FromScratch{}}}};
  return all;
}

StagePlan by_name(const std::string& name, const std::string& path) {
  std::vector<std::string> known;
  std::string all;
  for (const auto& [row, plan] : rows()) {
    if (row == name) return plan;
    known.emplace_back(row);
    all += (all.empty() ? "" : ", ") + known.back();
  }
  const std::string near = nearest(name, known);
  throw ConfigError(path, "is \"" + name + "\"; needs one of " + all + (near.empty() ? "" : "; nearest is " + near));
}

Json options_of(const StagePlan& plan) {
  return std::visit([](const auto& one) { return to_json(one); }, plan);
}

void require_above(double value, double least, const std::string& option) {
  if (!(value > least) || !std::isfinite(value))
    throw ConfigError("plan." + option, "is " + shortest(value) + "; needs more than " + shortest(least));
}

/// Throws ConfigError where there is nothing to fine-tune.
void require_weights(const Recipe& recipe, const std::string& plan) {
  if (pretrained(recipe)) return;
  const Kind kind = kind_of(recipe);
  const std::string option = kind == Kind::text ? "text_model.weights" : "model.weights";
  throw ConfigError("plan", "is " + plan + ", which first trains a head on what the network knows of " + name_of(kind) +
                                " already, and " +
                                (kind == Kind::table         ? "networks for tables know nothing before"
                                 : kind == Kind::translation ? "networks for translation know nothing before"
                                                             : option + " is none; name weights") +
                                ", or take plan = \"from_scratch\"");
}

std::vector<StageOptions> stages_of(const FineTune& plan, const Recipe& recipe) {
  require_weights(recipe, "fine_tune");
  require_above(plan.epochs, 0, "fine_tune.epochs");
  require_above(plan.base_lr, 0, "fine_tune.base_lr");
  require_above(plan.lr_mult, 0, "fine_tune.lr_mult");
  const double high = plan.base_lr / 2;
  std::vector<StageOptions> stages;
  if (plan.freeze_epochs > 0)
    stages.push_back({.train = "head",
                      .lr = Rates::last(plan.base_lr),
                      .shape = OneCycle{.epochs = plan.freeze_epochs, .pct_start = 0.99}});
  stages.push_back({.train = "all",
                    .lr = Rates::range(high / plan.lr_mult, high),
                    .shape = OneCycle{.epochs = plan.epochs, .div = plan.div, .pct_start = plan.pct_start}});
  return stages;
}

std::vector<StageOptions> stages_of(const Article& plan, const Recipe& recipe) {
  if (kind_of(recipe) != Kind::images)
    throw ConfigError("plan", "is article, whose last step takes larger images; take fine_tune, or the default plan");
  require_weights(recipe, "article");
  require_above(plan.ratio, 0, "article.ratio");
  Rates head = plan.lr, all = plan.lr;
  if (plan.lr.kind == Rates::Kind::one)
    all = Rates::range(plan.lr.values[0] / (plan.ratio * plan.ratio), plan.lr.values[0]);
  else if (plan.lr.kind != Rates::Kind::find)
    throw ConfigError("plan.article.lr", "needs one rate, the head's, or find; the plan spreads it over the groups");
  const int64_t larger = plan.larger > 0 ? plan.larger : (recipe.data.size * 4 + 2) / 3;
  return {{.train = "head", .precompute = true, .lr = head, .shape = Cosine{.epochs = 2}},
          {.train = "head", .lr = head, .shape = Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 1}},
          {.train = "all", .lr = all, .shape = Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 2}},
          {.train = "all", .lr = all, .shape = Cosine{.epochs = 1}, .size = larger}};
}

std::vector<StageOptions> stages_of(const FromScratch& plan, const Recipe&) {
  require_above(plan.epochs, 0, "from_scratch.epochs");
  require_above(plan.lr, 0, "from_scratch.lr");
  return {{.train = "all", .lr = Rates(plan.lr), .shape = OneCycle{.epochs = plan.epochs}}};
}

/// Published encoders want one short cycle at small rates. ULMFiT (Howard & Ruder 2018, arXiv 1801.06146): the language
/// first, then the classifier, unfrozen group by group with rates divided by 2.6 from each group to the one before.
std::vector<StageOptions> text_stages(const Recipe& recipe) {
  if (text::architecture(recipe.text_model) == text::Architecture::encoder)
    return {{.train = "all", .lr = Rates::decayed(1e-4, 0.8), .shape = OneCycle{.epochs = 2, .pct_start = 0.1}}};
  constexpr double kRate = 1e-2, kPart = 2.6 * 2.6 * 2.6 * 2.6;
  const auto gradually = [&](const char* from, double rate, double length) {
    return StageOptions{.train = from, .lr = Rates::range(rate / kPart, rate), .shape = OneCycle{.epochs = length}};
  };
  std::vector<StageOptions> stages;
  if (pretrained(recipe))
    stages.push_back({.learn = Learn::language, .train = "head", .lr = Rates(1e-2), .shape = OneCycle{.epochs = 1}});
  stages.push_back({.learn = Learn::language,
                    .train = "all",
                    .lr = Rates(pretrained(recipe) ? 1e-3 : 5e-3),
                    .shape = OneCycle{.epochs = pretrained(recipe) ? 4.0 : 6.0}});
  stages.push_back(gradually("head", kRate, 1));
  stages.push_back(gradually("3", kRate, 1));
  stages.push_back(gradually("2", kRate / 2, 1));
  stages.push_back(gradually("all", kRate / 5, 2));
  return stages;
}

/// Adam without cycling momentum, a short warm-up, and an average of the weights, which translates better than any of
/// them.
std::vector<StageOptions> translation_stages() {
  return {{.train = "all",
           .lr = Rates(2e-3),
           .shape = OneCycle{.epochs = 15, .pct_start = 0.1, .momentum_high = 0.9, .momentum_low = 0.9},
           .clip = 1,
           .ema = 0.998}};
}

std::vector<StageOptions> stages_of(const DefaultPlan&, const Recipe& recipe) {
  switch (kind_of(recipe)) {
    case Kind::text:
      return text_stages(recipe);
    case Kind::table:
      return stages_of(FromScratch{}, recipe);
    case Kind::translation:
      return translation_stages();
    default:
      break;
  }
  if (recipe.model.weights == "none") return stages_of(FromScratch{}, recipe);
  return {
      {.train = "head", .precompute = true, .lr = Rates(1e-2), .shape = Cosine{.epochs = kHeadEpochs}},
      {.train = "all", .lr = Rates::range(1e-4, 1e-3), .shape = Sgdr{.cycles = 2, .cycle_len = 1, .cycle_mult = 2}}};
}

}  // namespace

std::vector<StageOptions> default_stages(const Recipe& recipe) {
  return std::visit([&](const auto& plan) { return stages_of(plan, recipe); }, recipe.plan);
}

std::string name_of(const StagePlan& plan) { return std::string(rows()[plan.index()].first); }

Json to_value(const StagePlan& plan) {
  const Json options = options_of(plan);
  if (options == options_of(rows()[plan.index()].second)) return name_of(plan);
  return Json{{name_of(plan), options}};
}

void from_value(const Json& value, StagePlan& plan, const std::string& path) {
  if (value.is_string()) {
    plan = by_name(value.get<std::string>(), path);
    return;
  }
  if (!value.is_object() || value.size() != 1)
    throw ConfigError(path, "is " + value.dump() +
                                "; needs a plan's name, \"fine_tune\", or one name with its options, {fine_tune = "
                                "{epochs = 6}}");
  const auto only = value.begin();
  StagePlan chosen = by_name(only.key(), path);
  std::visit([&](auto& one) { assign(one, only.value(), path + "." + only.key()); }, chosen);
  plan = chosen;
}

std::string type_name(const StagePlan&) { return "plan"; }

}  // namespace tenfold
