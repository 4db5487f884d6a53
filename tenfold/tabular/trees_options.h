#pragma once
// Options of boosted trees, torch-free.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tenfold::tabular {

/// What is trained beside a table's network. automatic: boosted trees where LightGBM is installed.
enum class Companion { none, automatic, lightgbm };
constexpr auto names(Companion) {
  return std::to_array<std::pair<Companion, std::string_view>>(
      {{Companion::none, "none"}, {Companion::automatic, "auto"}, {Companion::lightgbm, "lightgbm"}});
}

struct TreesOptions {
  std::string library;
  int rounds = 1000;
  double learning_rate = 0.05;
  int leaves = 63;
  int min_leaf = 20;
  double feature_share = 0.8;
  double row_share = 0.8;
  double l2 = 1;
  int early_stopping = 50;
  int threads = 0;
  uint64_t seed = 42;
  std::string parameters;
};

template <class Visitor>
void fields(Visitor&& visit, TreesOptions& o) {
  visit("library", o.library,
        "LightGBM's shared library; empty takes $TENFOLD_LIGHTGBM, else lib_lightgbm.so where the system finds it");
  visit("rounds", o.rounds, "most trees; early stopping ends before");
  visit("learning_rate", o.learning_rate, "weight of each tree; lower wants more rounds and ends a little better");
  visit("leaves", o.leaves, "leaves a tree; more fit finer and overfit sooner");
  visit("min_leaf", o.min_leaf, "fewest rows in a leaf; more for noisy targets");
  visit("feature_share", o.feature_share, "share of the columns that each tree sees; below 1 makes trees differ");
  visit("row_share", o.row_share, "share of the rows that each tree sees");
  visit("l2", o.l2, "pulls leaves' values to 0; more regularises");
  visit("early_stopping", o.early_stopping,
        "stops after this many rounds without a better validation loss, and keeps the best; 0 runs all rounds");
  visit("threads", o.threads, "0 takes the cores");
  visit("seed", o.seed, "which rows and columns each tree sees");
  visit("parameters", o.parameters, "more of LightGBM's own, \"key=value key=value\"; they win over those above");
}

}  // namespace tenfold::tabular
