#pragma once
// Boosted trees beside a table's network: trained on the same prepared rows, and blended with it by the weight that the
// validation rows like best.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/report/columns.h"
#include "tenfold/tabular/boosted_trees.h"
#include "tenfold/tabular/tree_ensemble.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

/// The trees of a model file, ready to predict; without any, nothing changes.
class Companion {
 public:
  /// Throws WeightsError where the trees do not read.
  explicit Companion(const Pipeline& pipeline);
  explicit operator bool() const { return trees_.has_value(); }

  /// What the trees say of the rows that `network` predicts, as it is learnt: before to_unit().
  Predictions trees(const Learner& learner, Split split, const Predictions& network) const;
  /// Makes the blend of what the network predicts, before to_unit(); its losses are then the blend's.
  void blend(const Learner& learner, Split split, Predictions& network) const;

 private:
  const at::Tensor& trees_of(const Learner& learner, Split split, const std::vector<int64_t>& index) const;

  nn::Task task_;
  double weight_ = 1;  ///< the network's
  std::optional<tabular::Trees> trees_;
  struct Last {
    Split split;
    std::vector<int64_t> index;
    at::Tensor activated;
  };
  mutable std::optional<Last> last_;  ///< trees are slow, and a run asks for the same rows several times
};

/// Trains trees on the learner's training rows and puts them into the pipeline of its table, with the network's weight
/// that gives `metric` its best value on the validation rows, of which `valid` is what the network predicts as it is
/// learnt. Returns what the summary says of it: kind, rounds, seconds, network_weight, chosen_by.
Json train_companion(const tabular::TreesLibrary& library, const tabular::TreesOptions& options, const Learner& learner,
                     const Predictions& valid, const std::string& metric, Pipeline& pipeline, const OnItems& progress);

/// {"valid": {"network": {metric: value, …}, "trees": …, "blend": …, "blend_cross_fitted": …}, "test": …}, in the unit
/// of the table; test where it has targets. Each half of the validation rows (even and odd places) has the weight that
/// the other half chose in blend_cross_fitted: the figure that choosing the weight does not flatter.
Json compare(const Companion& companion, const Pipeline& pipeline, Learner& learner, const Predictions& valid,
             const std::vector<std::string>& metrics, const OnItems& progress);

/// For the report, from the summary; empty where it has no companion.
report::Comparison comparison_of(const Json& summary);

/// The trees' texts as FOLDER/trees.txt, where there are several models trees-1.txt and so on.
void write_trees(const std::filesystem::path& folder, const Pipeline& pipeline);

}  // namespace tenfold
