#pragma once
// Token labelling: a tag for every word of a sentence (names, dates, amounts; parts of speech), by an encoder with a
// head on each word's first piece, as Devlin et al. 2019, section 5.3 do it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/task.h"
#include "tenfold/text/encoder_model.h"
#include "tenfold/text/entities.h"
#include "tenfold/text/options.h"
#include "tenfold/text/tagged_text.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/text/wordpiece.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold::text {

/// Sentences as windows of pieces. A sentence of more than max_length pieces takes several windows; each begins with up
/// to a quarter of words that the one before has labelled, as context, and every word is labelled in one window.
/// Sample: x = {ids int64 [T], places int64 [m] of the words' first pieces}, y int64 [m]. Batch: x = {ids [N, T] padded
/// behind, lengths [N], places [M] in the padded ids, n · T + t}, y [M], M the words of all; Batch::rows are the m.
class TaggedDataset : public Dataset {
 public:
  /// Throws DataError with file and line for a tag that `classes` lacks, naming the nearest.
  TaggedDataset(std::shared_ptr<const std::vector<TaggedSentence>> sentences, const WordPiece& pieces,
                const std::vector<std::string>& classes, int64_t max_length);

  int64_t size() const override { return texts_.size(); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;
  std::vector<int64_t> order(int64_t batch, const std::optional<EpochKey>& shuffle) const override;
  Batch collate(std::vector<Sample> samples, std::vector<int64_t> index) const override;
  bool gathers() const override { return true; }
  /// The sentence's number, from 1; of a word "sentence:word".
  std::string name(int64_t index) const override;
  std::string row_name(int64_t index, int64_t row) const override;
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;

  const std::vector<TaggedSentence>& sentences() const { return *sentences_; }
  /// The sentence that window `index` is of.
  int64_t sentence(int64_t index) const { return windows_.at(static_cast<size_t>(index)).sentence; }

 private:
  struct Window {
    int64_t sentence, first_word;
    int64_t first_place, last_place;  ///< in places_ and tags_
  };
  void add_windows(int64_t sentence, const std::vector<std::vector<int32_t>>& pieces, const std::vector<int64_t>& tags,
                   const WordPiece& wordpiece, int64_t most);

  std::shared_ptr<const std::vector<TaggedSentence>> sentences_;
  TokenTexts texts_;
  std::vector<Window> windows_;
  std::vector<int64_t> places_, tags_;
  int64_t pad_;
  bool labelled_ = false;
};

struct TaggedData {
  Data data;  ///< of TaggedDataset; classes are the tags
  nn::Task task;
  std::vector<std::string> told;
};

/// What options.path, valid and test hold (tagged_text.h). Without a file to validate on, sentences are split at random
/// by the seed. Throws DataError, ConfigError.
TaggedData load_tagged(const DataOptions& options, const WordPiece& pieces, uint64_t seed = 42);

/// Sentences of words to tag, with the classes of a trained learner's data.
Data to_tag(std::vector<std::vector<std::string>> sentences, const WordPiece& pieces,
            const std::vector<std::string>& classes, int64_t max_length);

/// An encoder with a head on each word's first piece; frozen to the head where there are weights. A good plan: all
/// layers, one_cycle, 3 to 5 epochs, rates decayed(2e-4, 0.9), batch 16.
Learner token_learner(const TaggedData& data, const ModelOptions& model, LearnerOptions training = {});

/// The sentences of a split with the tags that were predicted, in their order. Throws ConfigError where the split is
/// not of tagged sentences.
std::vector<TaggedSentence> tagged(const Learner& learner, Split split, const Predictions& predictions);

/// Entity scores of predictions on a split whose sentences have tags.
EntityScores score_entities(const Learner& learner, Split split, const Predictions& predictions);

}  // namespace tenfold::text
