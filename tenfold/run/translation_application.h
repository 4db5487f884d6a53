#pragma once
// Translation in a run: pairs of texts, a small transformer or the course's GRUs, BLEU after each epoch and at the end.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/run/application.h"
#include "tenfold/text/pairs.h"

namespace tenfold {

class TranslationApplication : public Application {
 public:
  explicit TranslationApplication(const Recipe& recipe);

  Learner& learner() override { return *learner_; }
  Learner& learner_of(size_t) override { return *learner_; }
  void check_stage(size_t k) override;
  void enter(size_t) override {}
  Json facts() const override;
  std::string network() const override;
  Pipeline pipeline() override { return pipeline_of(*learner_, described()); }
  std::vector<std::string> told() const override;
  /// BLEU of an epoch, and teacher forcing of the GRUs.
  std::vector<Callback> callbacks(size_t k) override;
  /// Translates the split.
  void score(Split split, const Predictions& predictions, Json& figures, const OnItems& progress) override;
  /// The translations of the split that was scored last, as predictions.csv and in the report.
  void add_to(report::Page& page, const std::filesystem::path& folder, const std::optional<Findings>& found) override;

 private:
  TranslationPipeline described() const { return {recipe_.translation_model, pairs_.languages, recipe_.search}; }

  Recipe recipe_;
  text::PairData pairs_;
  std::optional<Learner> learner_;
  Split scored_ = Split::valid;
  std::vector<std::string> translations_;  ///< of the split scored last
};

}  // namespace tenfold
