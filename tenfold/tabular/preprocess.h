#pragma once
// From a table as it is to what a network takes: categories as codes, numbers filled and scaled, dates in parts, the
// target as classes or turned. Fitted on training rows alone, kept in the bundle, applied the same ever after; the same
// bits for any number of threads.
//
//   const auto preprocessor = fit(frame, train_rows, options);
//   auto train = apply_training(preprocessor, frame, train_rows);   // target-encoded out of fold
//   auto valid = apply(preprocessor, frame, valid_rows);

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/data/frame.h"
#include "tenfold/nn/task.h"
#include "tenfold/tabular/category.h"
#include "tenfold/tabular/number.h"
#include "tenfold/tabular/options.h"
#include "tenfold/tabular/table_dataset.h"
#include "tenfold/tabular/table_shape.h"
#include "tenfold/tabular/target_scale.h"

namespace tenfold::tabular {

/// What a column is taken for, and why.
struct ColumnPlan {
  std::string name;
  std::string use;     ///< "category", "number", "date", "target", "ignored"
  std::string reason;  ///< "whole numbers with 7 values (up to 20 are a category)"
};
template <class Visitor>
void fields(Visitor&& visit, ColumnPlan& o) {
  visit("name", o.name, "column of the table");
  visit("use", o.use, "what it is taken for");
  visit("reason", o.reason, "why");
}

/// The target as the network learns it.
struct TargetPlan {
  std::vector<std::string> columns{};  ///< or one comparison, "arr_delay > 15"
  Target kind = Target::automatic;     ///< decided
  std::string label_delimiter;         ///< multi_label in one column; empty: a column a label
  std::vector<std::string> classes{};  ///< classes or labels, ascending (numbers by value); outputs of a regression
  std::vector<Category> levels{};      ///< single_label: what the classes are in the table
  std::vector<TargetScale> scales{};   ///< regression: one an output
};
template <class Visitor>
void fields(Visitor&& visit, TargetPlan& o) {
  visit("columns", o.columns, "columns, or one comparison");
  visit("kind", o.kind, "what is learnt");
  visit("label_delimiter", o.label_delimiter, "separates labels in one cell");
  visit("classes", o.classes, "classes, labels or outputs");
  visit("levels", o.levels, "single_label: what the classes are in the table");
  visit("scales", o.scales, "regression: what is learnt instead of each output");
}

/// Everything fitted. A value: tenfold::to_json() and preprocessor_of() carry it exactly.
struct Preprocessor {
  std::vector<ColumnPlan> plan{};    ///< every column of the training table, in its order
  std::vector<std::string> dates{};  ///< columns that are cut into parts
  bool date_time = false, cyclic = false;
  std::vector<Category> categories{};
  std::vector<Number> numbers{};
  TargetPlan target{};
  int target_encode_folds = 5;
  double target_encode_smoothing = 20;
  std::vector<std::string> remarks{};  ///< what fitting has to tell: constant columns, infinities, …
};
template <class Visitor>
void fields(Visitor&& visit, Preprocessor& o) {
  visit("plan", o.plan, "what each column is taken for");
  visit("dates", o.dates, "columns that are cut into parts");
  visit("date_time", o.date_time, "with hour, minute and second");
  visit("cyclic", o.cyclic, "with sines and cosines");
  visit("categories", o.categories, "columns of codes");
  visit("numbers", o.numbers, "columns of numbers");
  visit("target", o.target, "what is learnt");
  visit("target_encode_folds", o.target_encode_folds, "folds of target encoding");
  visit("target_encode_smoothing", o.target_encode_smoothing, "rows' worth of the overall mean in a level's");
  visit("remarks", o.remarks, "what fitting had to tell");
}

/// Looks at these rows alone, at least one. Throws ConfigError naming the option for a column that is not there (with
/// the nearest), listed twice, or of the wrong type; for a table without any column to learn from; for a target that is
/// missing in a row, infinite, or has one class only. A regression whose target never changes is told in `remarks`.
Preprocessor fit(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options);

struct Prepared {
  Columns columns;                     ///< codes [N, C] int32, continuous [N, K] fp32, target
  std::vector<std::string> remarks{};  ///< unseen levels by column, new columns, types that changed, infinities, …
};

/// These rows, in this order. Columns may stand in any order; new ones are ignored and told; a level that no training
/// row has becomes 0 and is told. The target is undefined where the table has none, or lacks it in any row. Throws
/// DataError naming all columns that are missing, or a column whose type cannot be read as in training.
Prepared apply(const Preprocessor& preprocessor, const Frame& frame, const std::vector<int64_t>& rows);
/// The same for the rows that fit() saw: target-encoded columns hold means of other folds than the row's own.
Prepared apply_training(const Preprocessor& preprocessor, const Frame& frame, const std::vector<int64_t>& rows);
/// apply() some rows at a time: what a table's columns mean is looked up once, and memory is that of the rows at hand.
class Preparation {
 public:
  /// Throws as apply() does. Both must outlive this.
  Preparation(const Preprocessor& preprocessor, const Frame& frame);
  ~Preparation();
  /// codes [N, C] int32, continuous [N, K] fp32; no target.
  Columns take(std::span<const int64_t> rows);
  /// What there is to tell of the columns, and of the rows taken so far.
  std::vector<std::string> remarks() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
/// Every row of the frame.
std::vector<int64_t> all_rows(const Frame& frame);

TableShape shape_of(const Preprocessor& preprocessor);
/// The task, without loss options; `classes` are preprocessor.target.classes.
nn::Task task_of(const Preprocessor& preprocessor);

/// Values in the unit of the table from what a regression's network says, [N, outputs] fp32. Classes stay as they are.
at::Tensor to_unit(const Preprocessor& preprocessor, const at::Tensor& predicted);
/// What tenfold::to_json(preprocessor) wrote, exactly. Throws DataError(path) where it is no such tree.
Preprocessor preprocessor_of(const Json& tree, const std::string& path);

}  // namespace tenfold::tabular
