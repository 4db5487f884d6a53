#pragma once
// Boosted trees as LightGBM writes them, to predict with where LightGBM is not: a model file carries its trees' text.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/tabular/table_dataset.h"

namespace tenfold::tabular {

/// One model of LightGBM's text form, versions 3 and 4.
class TreeEnsemble {
 public:
  /// Throws WeightsError, calling the text `name`, where it is no such model, is damaged, or holds what is not known
  /// here (linear trees, an objective whose scores have another meaning).
  TreeEnsemble(const std::string& text, const std::string& name);

  int64_t columns() const { return columns_; }
  /// 1, or the number of classes.
  int64_t outputs() const { return outputs_; }
  /// values: [N, columns] fp32, contiguous, NaN where missing → [N, outputs] fp64: a value, the second class's
  /// probability, or each class's. Any number of threads gives the same bits.
  at::Tensor predict(const at::Tensor& values) const;

 private:
  enum class Score { value, exponential, sigmoid, softmax };
  struct Node {
    int32_t column = 0, left = 0, right = 0;  ///< below 0: leaf ~left
    bool categorical = false, default_left = false;
    int8_t missing = 0;           ///< 0: none, NaN counts as 0; 1: 0 and NaN; 2: NaN
    double threshold = 0;         ///< of numbers: at most it goes left
    size_t first = 0, words = 0;  ///< of categories: the bits, in `bits_`, of those that go left
  };
  struct Tree {
    std::vector<Node> nodes;
    std::vector<double> leaves;
  };
  bool goes_left(const Node& node, double value) const;
  double leaf_of(const Tree& tree, const float* row) const;
  void take_tree(const class TreeText& text);
  void read_objective(const std::string& objective, const std::string& name);

  std::vector<Tree> trees_;  ///< in turns: one of each output, then the next round's
  std::vector<uint32_t> bits_;
  int64_t columns_ = 0, outputs_ = 1;
  bool averages_ = false;  ///< random forests
  Score score_ = Score::value;
  double sigmoid_ = 1;
};

/// [N, C + K] fp32 as trees take rows: codes, then numbers; code 0 is missing, NaN.
at::Tensor tree_values(const TableDataset& rows);

/// A task's trees: one model, or one a label or output.
class Trees {
 public:
  /// Throws WeightsError, as TreeEnsemble does, and where the models do not fit the task.
  Trees(const nn::Task& task, const std::vector<std::string>& texts, const std::string& name);
  /// [N, classes] probabilities or [N, outputs] values, fp32. Throws ConfigError for other columns than were trained
  /// on.
  at::Tensor predict(const TableDataset& rows) const;

 private:
  std::vector<TreeEnsemble> models_;
  bool two_classes_ = false;
};

}  // namespace tenfold::tabular
