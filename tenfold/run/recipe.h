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
#include "tenfold/schedule/shape.h"
#include "tenfold/train/options.h"
#include "tenfold/train/rates.h"
#include "tenfold/vision/options.h"

namespace tenfold {

struct StageOptions {
  std::string train = "all";
  bool precompute = false;
  int precompute_views = 0;
  Rates lr = Rates(1e-3);
  Shape shape = OneCycle{};
  std::optional<double> epochs{};
  std::optional<int64_t> size{};
  std::optional<double> weight_decay{};
  int accumulate = 1;
  double clip = 0;
  double mixup = 0;
  double ema = 0;
  int patience = 0;
  bool keep_best = false;
};

template <class Visitor>
void fields(Visitor&& visit, StageOptions& o) {
  visit("train", o.train, "head, all, or a number: groups from it on are trained, those before are frozen");
  visit("precompute", o.precompute,
        "train on activations of the frozen layers computed once: many times faster; sees plain views only, unless "
        "precompute_views says otherwise");
  visit("precompute_views", o.precompute_views,
        "random views of each training item to compute once and take in turn, an epoch each: augmentation at "
        "precompute's speed. Each costs a pass through the frozen layers and its place in the store; 0 is the plain "
        "view");
  visit("lr", o.lr,
        "find, one rate, one a layer group, or {from, to} spread geometrically; pretrained early layers want less");
  visit("shape", o.shape,
        "what the rate does over the stage: one_cycle, cosine, sgdr, flat_cosine, slanted_triangular, constant");
  visit("epochs", o.epochs, "passes over the training data, for shapes that take a length");
  visit("size", o.size, "image size from this stage on; starting small and ending large saves time");
  visit("weight_decay", o.weight_decay, "this stage's decay; else the optimiser's");
  visit("accumulate", o.accumulate, "batches a step: a larger batch without its memory");
  visit("clip", o.clip, "largest global norm of the gradients; 0 is off. Tames spikes");
  visit("mixup", o.mixup,
        "blend pairs of items, alpha of Beta(alpha, alpha); 0 is off. Helps long training, hurts short");
  visit("ema", o.ema, "validate and keep an average of the weights with this decay a step (0.999); 0 is off");
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
  int tta = 0;
};
template <class Visitor>
void fields(Visitor&& visit, PredictOptions& o) {
  visit("tta", o.tta, "augmented views averaged with the plain one; 0 predicts once, 4 costs five times as much");
}

struct Recipe {
  std::string kind = "images";
  vision::DataOptions data{};
  vision::ModelOptions model{};
  LossOptions loss{};
  LearnerOptions training{};
  std::vector<StageOptions> stage{};
  PredictOptions predict{};
  LrFindOptions lr_find{};
};

template <class Visitor>
void fields(Visitor&& visit, Recipe& o) {
  visit("kind", o.kind, "images");
  visit("data", o.data, "");
  visit("model", o.model, "");
  visit("loss", o.loss, "");
  visit("training", o.training, "");
  visit("stage", o.stage, "");
  visit("predict", o.predict, "");
  visit("lr_find", o.lr_find, "");
}

/// A good default plan: with weights, the head on cached features, then all groups with differential rates and
/// restarts; without, one cycle from scratch.
std::vector<StageOptions> default_stages(const Recipe& recipe);

/// The recipe with its stages, the default ones where it has none, and with each stage's epochs inside its shape.
/// Throws ConfigError where options contradict each other.
Recipe complete(Recipe recipe);

/// Image size in a stage: its own, or that of the last stage before it that names one, or the data's.
int64_t size_of_stage(const Recipe& recipe, size_t stage);

Recipe read_recipe(const std::string& toml, const std::string& path);
/// With the help of each option as a comment above it, so that a run folder's recipe explains itself.
std::string to_toml(const Recipe& recipe);
/// Hash of the complete recipe: equal recipes give equal runs.
std::string recipe_hash(const Recipe& recipe);

}  // namespace tenfold
