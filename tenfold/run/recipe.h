#pragma once
// A whole run as options: data, model, training, stages, prediction. Recipe file, flags and docs come from here.
// Torch-free.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/run/preset.h"
#include "tenfold/run/stage_plan.h"
#include "tenfold/schedule/shape.h"
#include "tenfold/tabular/collab_options.h"
#include "tenfold/tabular/model_options.h"
#include "tenfold/tabular/options.h"
#include "tenfold/tabular/trees_options.h"
#include "tenfold/text/options.h"
#include "tenfold/text/translation_options.h"
#include "tenfold/train/options.h"
#include "tenfold/train/rates.h"
#include "tenfold/train/tta_choice.h"
#include "tenfold/vision/options.h"

namespace tenfold {

/// What a run learns from. automatic: what the recipe names a path of, text.path, table.path or translation.path,
/// else images.
enum class Kind { automatic, images, text, table, translation };
constexpr auto names(Kind) {
  return std::to_array<std::pair<Kind, std::string_view>>({{Kind::automatic, "auto"},
                                                           {Kind::images, "images"},
                                                           {Kind::text, "text"},
                                                           {Kind::table, "table"},
                                                           {Kind::translation, "translation"}});
}

/// What a stage learns: the recipe's task, or first the language of its texts, by predicting the next word.
enum class Learn { task, language };
constexpr auto names(Learn) {
  return std::to_array<std::pair<Learn, std::string_view>>({{Learn::task, "task"}, {Learn::language, "language"}});
}

struct StageOptions {
  Learn learn = Learn::task;
  std::string train = "all";
  bool precompute = false;
  int precompute_views = 0;
  Rates lr = Rates(1e-3);
  Shape shape = OneCycle{};
  std::optional<double> epochs{};
  std::optional<int64_t> size{};
  std::optional<int64_t> batch{};
  std::optional<vision::Augment> augment{};
  std::optional<double> weight_decay{};
  int accumulate = 1;
  double clip = 0;
  double mixup = 0;
  double cutmix = 0;
  double ema = 0;
  double swa = 0;
  int snapshots = 0;
  int patience = 0;
  bool keep_best = false;
};

template <class Visitor>
void fields(Visitor&& visit, StageOptions& o) {
  visit("learn", o.learn,
        "task, or language: text only, stages before the task's that learn what words follow each other in all texts, "
        "with or without labels; the task's stages go on with that network (ULMFiT)");
  visit("train", o.train, "head, all, or a number: groups from it on are trained, those before are frozen");
  visit("precompute", o.precompute,
        "train on activations of the frozen layers computed once: many times faster; sees plain views only, unless "
        "precompute_views says otherwise");
  visit("precompute_views", o.precompute_views,
        "random views of each training item to compute once and take in turn, an epoch each: augmentation at "
        "precompute's speed. Each costs a pass through the frozen layers and its place in the store; 0 is the plain "
        "view");
  visit("lr", o.lr,
        "find, one rate, one a layer group, or {from, to} spread geometrically; pretrained early layers want less. "
        "{to = 1e-3, decay = 0.75}: each group three quarters of the next, as transformers and ConvNeXt like it");
  visit("shape", o.shape,
        "what the rate does over the stage: one_cycle, cosine, sgdr, flat_cosine, slanted_triangular, constant");
  visit("epochs", o.epochs, "passes over the training data, for shapes that take a length");
  visit("size", o.size, "image size from this stage on; starting small and ending large saves time");
  visit("batch", o.batch, "items a step from this stage on; larger images want fewer, or memory runs out");
  visit("augment", o.augment, "data.augment from this stage on; milder at the end lets the net settle on real images");
  visit("weight_decay", o.weight_decay, "this stage's decay; else the optimiser's");
  visit("accumulate", o.accumulate, "batches a step: a larger batch without its memory");
  visit("clip", o.clip, "largest global norm of the gradients; 0 is off. Tames spikes");
  visit("mixup", o.mixup,
        "blend pairs of items, alpha of Beta(alpha, alpha); 0 is off. Helps long training, hurts short");
  visit("cutmix", o.cutmix,
        "paste a box of another item into each, alpha of Beta(alpha, alpha) for its area (1 is usual); with mixup too, "
        "each step takes one of them. 0 is off. For long training, hurts short");
  visit("ema", o.ema, "validate and keep an average of the weights with this decay a step (0.999); 0 is off");
  visit("swa", o.swa,
        "end with the mean of the weights at the ends of epochs after this share of the stage (0.75), norms measured "
        "anew; 0 is off. Wants a rate that stays up: constant, or sgdr of one epoch a cycle");
  visit(
      "snapshots", o.snapshots,
      "last stage only: keep the weights at the ends of the last so many cycles and predict by their average; as many "
      "times the prediction's cost. 0 is off. Wants sgdr with cycle_mult = 1 and cycles long enough to converge");
  visit("patience", o.patience, "stop after this many epochs without a better first metric; 0 is off");
  visit("keep_best", o.keep_best, "end with the weights of the best epoch instead of the last");
}

struct LossOptions {
  double label_smoothing = 0;
  std::string class_weights = "none";
  std::vector<double> range{};
};
template <class Visitor>
void fields(Visitor&& visit, LossOptions& o) {
  visit("label_smoothing", o.label_smoothing,
        "share of the target spread over all classes; 0.1 helps longer training, spoils log loss");
  visit("class_weights", o.class_weights, "none, or balanced: rare classes count more in the loss");
  visit("range", o.range,
        "regression: low and high of a scaled sigmoid; a little wider than the data. Empty leaves the output free");
}

struct PredictOptions {
  TtaChoice tta{};
  double threshold = 0;
  double beta = 2;
};
template <class Visitor>
void fields(Visitor&& visit, PredictOptions& o) {
  visit("tta", o.tta,
        "0 predicts once; a number of augmented views to average with the plain one (4 costs five times as much), or a "
        "method: mirror, five_crops, mirror_shifts, {method = \"legacy\", views = 4}");
  visit("threshold", o.threshold,
        "multi-label: probability above which a label is given; 0 chooses the one with the best F-beta on the "
        "validation set and keeps it in the model file");
  visit("beta", o.beta, "multi-label: how many times recall counts against precision in that choice; 1 is F1");
}

struct Recipe {
  Preset preset = Preset::none;
  Kind kind = Kind::automatic;
  StagePlan plan{};
  vision::DataOptions data{};
  vision::ModelOptions model{};
  text::DataOptions text{};
  text::ModelOptions text_model{};
  tabular::DataOptions table{};
  tabular::ModelOptions table_model{};
  tabular::CollabOptions collab{};
  tabular::Companion companion = tabular::Companion::none;
  tabular::TreesOptions trees{};
  text::PairOptions translation{};
  text::TranslatorOptions translation_model{};
  text::SearchOptions search{};
  text::BleuEachOptions bleu{};
  LossOptions loss{};
  LearnerOptions training{};
  std::vector<StageOptions> stage{};
  PredictOptions predict{};
  LrFindOptions lr_find{};
};

template <class Visitor>
void fields(Visitor&& visit, Recipe& o) {
  visit("preset", o.preset,
        "defaults of this recipe: none is tenfold's, legacy fastai 0.7's, modern fastai 2's; other keys win over it");
  visit("kind", o.kind,
        "images ([data], [model]), text ([text], [text_model]), table ([table], [table_model]) or translation "
        "([translation], [translation_model], [search], [bleu]); auto goes by which of them has a path");
  visit("plan", o.plan,
        "the stages, where the recipe lists none: default, fine_tune (fastai 2's: head, then all at half the rate), "
        "article (the fast.ai course's steps, to larger images), from_scratch; or one with its options, {fine_tune = "
        "{epochs = 6}}");
  visit("data", o.data, "");
  visit("model", o.model, "");
  visit("text", o.text, "");
  visit("text_model", o.text_model, "");
  visit("table", o.table, "");
  visit("table_model", o.table_model, "");
  visit("collab", o.collab, "");
  visit("companion", o.companion,
        "tables: what is trained on the same rows beside the network and blended with it by the weight that the "
        "validation rows like best. lightgbm: boosted trees ([trees]); auto: where LightGBM is installed; none. Two "
        "kinds of model err in different places, so that the blend mostly beats both; predictions need no LightGBM");
  visit("trees", o.trees, "");
  visit("translation", o.translation, "");
  visit("translation_model", o.translation_model, "");
  visit("search", o.search, "");
  visit("bleu", o.bleu, "");
  visit("loss", o.loss, "");
  visit("training", o.training, "");
  visit("stage", o.stage, "");
  visit("predict", o.predict, "");
  visit("lr_find", o.lr_find, "");
}

/// What recipe.kind stands for. Throws ConfigError where paths of several kinds are given.
Kind kind_of(const Recipe& recipe);

/// What the recipe's kind of data is read from, file or folder; "" where the recipe names nothing.
std::string data_path(const Recipe& recipe);

/// Whether the network begins with weights that know something.
bool pretrained(const Recipe& recipe);

/// What recipe.plan stands for. Throws ConfigError where the plan cannot work with the rest.
std::vector<StageOptions> default_stages(const Recipe& recipe);

/// The recipe with its stages, the plan's where it has none, and with each stage's epochs inside its shape. Throws
/// ConfigError where options contradict each other.
Recipe complete(Recipe recipe);

/// The data in a stage: size and augmentation are its own, or those of the last stage before it that names them.
vision::DataOptions data_of_stage(const Recipe& recipe, size_t stage);
int64_t size_of_stage(const Recipe& recipe, size_t stage);
/// Items a step, likewise.
int64_t batch_of_stage(const Recipe& recipe, size_t stage);

/// `preset`, if given, wins over the file's own; the file's other keys win over both.
Recipe read_recipe(const std::string& toml, const std::string& path, std::optional<Preset> preset = {});
/// With the help of each option as a comment above it, so that a run folder's recipe explains itself.
std::string to_toml(const Recipe& recipe);
/// Hash of the complete recipe: equal recipes give equal runs.
std::string recipe_hash(const Recipe& recipe);

}  // namespace tenfold
