#pragma once
// Texts in a run: an encoder of the BERT family with a head, a tag for every word, or ULMFiT, whose first stages learn
// the language with a network of their own, from whose encoder the classifier then starts.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/run/application.h"
#include "tenfold/text/encoder_shape.h"
#include "tenfold/text/numbering.h"

namespace tenfold {

class TextApplication : public Application {
 public:
  explicit TextApplication(const Recipe& recipe);

  Learner& learner() override { return learner_of(entered_); }
  Learner& learner_of(size_t k) override;
  void check_stage(size_t k) override;
  void enter(size_t k) override;
  Json facts() const override;
  std::string network() const override;
  Pipeline pipeline() override;
  std::vector<std::string> told() const override { return told_; }
  /// The language model that the first stages trained, as FOLDER/language.safetensors: to write with, and to start
  /// from.
  void add_to(report::Page& page, const std::filesystem::path& folder, const std::optional<Findings>& found) override;
  void score(Split split, const Predictions& predictions, Json& figures, const OnItems& progress) override;

 private:
  bool of_language(size_t k) const { return k < recipe_.stage.size() && recipe_.stage[k].learn == Learn::language; }
  bool of_words() const { return recipe_.text.target == text::Target::token_labels; }
  void load_tagged();
  void load_texts();
  TextPipeline described() const;

  Recipe recipe_;
  text::Numbering numbering_;
  text::EncoderShape encoder_{};  ///< where the network is one
  std::optional<Learner> language_, task_;
  std::vector<std::string> told_;
  size_t entered_ = 0;  ///< stage
};

}  // namespace tenfold
