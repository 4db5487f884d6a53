#pragma once
// Boosted trees by LightGBM's C interface, as a companion on the same columns and folds: they err elsewhere than
// networks do, so that a blend beats both. The library is found when it is asked for, and is needed neither to build
// nor to run anything else. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/tabular/table_dataset.h"
#include "tenfold/tabular/trees_options.h"

namespace tenfold::tabular {

/// LightGBM's functions, loaded.
class TreesLibrary {
 public:
  /// `path` where it is not empty, else $TENFOLD_LIGHTGBM, else the system's lib_lightgbm.so. Throws ConfigError
  /// ("trees.library", …), saying what was tried and how to get it, where there is none.
  explicit TreesLibrary(const std::string& path = "");
  struct Functions;
  const Functions& functions() const { return *functions_; }

 private:
  std::shared_ptr<const Functions> functions_;
};

/// Whether TreesLibrary(path) would be found.
bool has_trees_library(const std::string& path = "");

class BoostedTrees {
 public:
  /// Categorical columns are declared as such, code 0 as missing. One model; one a label or output where there are
  /// several. `valid` may be null where options.early_stopping is 0. Bits are a function of the options and the rows.
  /// `progress` is told of each round of the most there may be, and may end it by throwing. Throws ConfigError for
  /// options that cannot work, Error with LightGBM's words where it refuses.
  BoostedTrees(const TreesLibrary& library, const TreesOptions& options, const nn::Task& task,
               const TableDataset& train, const TableDataset* valid,
               const std::function<void(int64_t round, int64_t rounds)>& progress = {});

  /// [N, classes] probabilities or [N, outputs] values, fp32.
  at::Tensor predict(const TableDataset& rows) const;
  /// Trees rounds used, one a model: the best on the validation rows where early stopping is on.
  const std::vector<int>& rounds() const { return rounds_; }
  /// How often each column is split on, categorical ones first, summed over the models.
  std::vector<double> importance() const;
  /// LightGBM's own text form, one a model; Trees predict by it, without the library.
  std::vector<std::string> text() const;

 private:
  struct Booster;
  TreesLibrary library_;
  nn::Task task_;
  int64_t columns_ = 0;
  int threads_ = 0;
  std::vector<std::shared_ptr<Booster>> boosters_;
  std::vector<int> rounds_;
};

}  // namespace tenfold::tabular
