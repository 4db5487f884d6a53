#pragma once
// Pairs of texts, one the translation of the other: files → sentences → token numbers → Data.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/task.h"
#include "tenfold/text/languages.h"
#include "tenfold/text/sentence_pairs.h"
#include "tenfold/text/token_dataset.h"

namespace tenfold::text {

/// Sample and batch: x = {source int64 [N, S], its lengths [N], target [N, T] from begin to end, its lengths [N]},
/// padded behind; y = int64 [N], tokens to predict, the target's length less one. Batches hold pairs of like length.
class PairDataset : public Dataset {
 public:
  /// source: tokens and the end token of each sentence; target: begin, tokens, end. Throws Error where they are not as
  /// many.
  PairDataset(SentencePairs pairs, TokenTexts source, TokenTexts target);

  int64_t size() const override { return source_.size(); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;
  std::vector<int64_t> order(int64_t batch, const std::optional<EpochKey>& shuffle) const override;
  Batch collate(std::vector<Sample> samples, std::vector<int64_t> index) const override;
  bool gathers() const override { return true; }
  std::string name(int64_t index) const override { return pairs_.names.at(static_cast<size_t>(index)); }
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;

  /// As they were read.
  const SentencePairs& pairs() const { return pairs_; }

 private:
  SentencePairs pairs_;
  TokenTexts source_, target_;
};

struct PairData {
  Data data;  ///< of PairDataset
  Languages languages;
  nn::Task task;
  std::vector<std::string> left_out;  ///< over all splits

  /// The pairs of a split. Throws ConfigError where it is not there.
  const PairDataset& pairs(Split split) const;
};

/// Reads, makes the vocabularies of the training pairs, and numbers all. Throws ConfigError where the options do not
/// fit the files, and what reading throws.
PairData load_pairs(const PairOptions& options, uint64_t seed = 42);

/// What load_pairs() reads: where the files have no pairs to validate on, a share of those to train on, by the seed.
PairSplits read_splits(const PairOptions& options, uint64_t seed);

/// The same from sentences at hand; valid and test may be empty. Only units to max_length of the options count.
PairData make_pairs(SentencePairs train, SentencePairs valid, SentencePairs test, const PairOptions& options);
/// Numbered by languages that were learnt before; any split may be empty.
PairData make_pairs(PairSplits splits, const Languages& languages);

}  // namespace tenfold::text
