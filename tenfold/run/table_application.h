#pragma once
// Tables in a run: preprocessing fitted to the training rows, a network with a vector for every category.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/run/application.h"
#include "tenfold/tabular/boosted_trees.h"
#include "tenfold/tabular/leaks.h"
#include "tenfold/tabular/load.h"

namespace tenfold {

class TableApplication : public Application {
 public:
  explicit TableApplication(const Recipe& recipe);

  Learner& learner() override { return *learner_; }
  Learner& learner_of(size_t) override { return *learner_; }
  void check_stage(size_t) override {}
  void enter(size_t) override { look(); }
  Json facts() const override;
  std::string network() const override;
  Pipeline pipeline() override;
  std::vector<std::string> told() const override { return loaded_.told; }
  /// Of ratings: users and items that training has not seen become the mean one.
  void settle() override;
  /// Of ratings: recall_at_10.
  void score(Split split, const Predictions& predictions, Json& figures, const OnItems& progress) override;
  /// Boosted trees.
  Json accompany(Pipeline& pipeline, const Predictions& valid, const std::string& metric,
                 const OnItems& progress) override;
  /// Leaks and errors by time; the categories' vectors as CSV files in FOLDER/embeddings.
  void add_to(report::Page& page, const std::filesystem::path& folder, const std::optional<Findings>& found) override;

 private:
  /// Finds what the report says of the table as it was read, and lets go of that: a large table and its prepared rows
  /// need not both wait in memory while the network trains.
  void look();

  Recipe recipe_;
  tabular::LoadedTable loaded_;
  std::optional<Learner> learner_;
  std::optional<tabular::TreesLibrary> trees_{};  ///< where trees are to stand beside the network
  bool looked_ = false;
  std::vector<tabular::Leak> leaks_{};
  std::vector<int64_t> times_{};  ///< of the validation rows, by their first date; empty where there is none
};

}  // namespace tenfold
