#pragma once
// Whole plans of training by name, for recipes that list no stages: each expands to the stages that a user would write.
// Torch-free.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/train/rates.h"

namespace tenfold {

/// With weights, the head on cached features, then all groups with differential rates and restarts; without, one cycle
/// from scratch.
struct DefaultPlan {};

template <class Visitor>
void fields(Visitor&&, DefaultPlan&) {}

/// fastai 2's fine_tune: one cycle of the head, then one of all groups at half the rate, spread over the groups.
struct FineTune {
  double epochs = 4;
  double freeze_epochs = 1;
  double base_lr = 2e-3;
  double lr_mult = 100;
  double pct_start = 0.3;
  double div = 5;
};

template <class Visitor>
void fields(Visitor&& visit, FineTune& o) {
  visit("epochs", o.epochs, "of all layer groups, after the head's");
  visit("freeze_epochs", o.freeze_epochs, "of the head alone, first; its random weights would spoil the others");
  visit("base_lr", o.base_lr, "peak rate of the head; the whole network has half of it");
  visit("lr_mult", o.lr_mult, "the first group's rate is the head's divided by this");
  visit("pct_start", o.pct_start, "share of the whole network's cycle spent going up");
  visit("div", o.div, "the whole network starts at its peak rate divided by this");
}

/// The seven steps of the fast.ai course of 2018, and of the article: head on cached features; head on augmented images
/// with restarts; all groups at [lr/100, lr/10, lr] with growing cycles; the same on larger images. The finder's step
/// is lr = "find".
struct Article {
  Rates lr = Rates(3e-3);
  double ratio = 10;
  int64_t larger = 0;
};

template <class Visitor>
void fields(Visitor&& visit, Article& o) {
  visit(
      "lr", o.lr,
      "rate of the head, or find, which costs a sweep before each stage; the course's 1e-2 suits sgd, and is much for "
      "adamw");
  visit("ratio", o.ratio,
        "each earlier group's rate is that of the next divided by this: 10 for photographs, 3 for images unlike those "
        "that the weights know");
  visit("larger", o.larger, "image size of the last stage; 0 takes four thirds of data.size, as 224 and 299 have");
}

/// One cycle of all groups.
struct FromScratch {
  double epochs = 10;
  double lr = 3e-3;
};

template <class Visitor>
void fields(Visitor&& visit, FromScratch& o) {
  visit("epochs", o.epochs, "length; random weights want many more than pretrained ones");
  visit("lr", o.lr, "peak rate, of all groups");
}

using StagePlan = std::variant<DefaultPlan, FineTune, Article, FromScratch>;

/// "default", "fine_tune", "article", "from_scratch".
std::string name_of(const StagePlan& plan);

/// Recipe form: "fine_tune", or {fine_tune = {epochs = 6}} with unknown keys refused.
Json to_value(const StagePlan& plan);
void from_value(const Json& value, StagePlan& plan, const std::string& path);
std::string type_name(const StagePlan&);

}  // namespace tenfold
