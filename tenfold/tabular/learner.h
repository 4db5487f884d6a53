#pragma once
// A learner for tables: network, task and data, ready to fit.

#include <memory>
#include <string>
#include <vector>

#include "tenfold/tabular/model_options.h"
#include "tenfold/tabular/table_dataset.h"
#include "tenfold/tabular/table_model.h"
#include "tenfold/train/learner.h"

namespace tenfold::tabular {

/// Tells networks what their wide layers compute in, by an empty tensor of that type at the end of x; see TableInput.
class TableTransform : public BatchTransform {
 public:
  Batch apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const override;
  std::string fingerprint() const override { return "table"; }
};

/// Preprocessed rows, and what a network has to know of them.
struct TableData {
  Data data;  ///< of TableDatasets, with a TableTransform
  TableShape shape;
  nn::Task task;
};

/// Splits may be null where they are not there. `classes` are the names of classes or labels, of the outputs for a
/// regression. The task is what the caller says: two classes are a single_label task of 2.
TableData table_data(std::shared_ptr<const TableDataset> train, std::shared_ptr<const TableDataset> valid,
                     std::shared_ptr<const TableDataset> test, TableShape shape, nn::Task task,
                     std::vector<std::string> classes);

/// The task with the options' range. Throws ConfigError("model.range", …) where that is not two values, lower first, or
/// the task is no regression.
nn::Task with_range(nn::Task task, const std::vector<double>& range);

/// All layer groups trained. What the network takes from the rows (bins) comes from the training split, where there is
/// one. Throws ConfigError where an option cannot work or codes exceed the shape's levels.
Learner learner(const TableData& table, const ModelOptions& model, LearnerOptions training = {});

}  // namespace tenfold::tabular
