#pragma once
// Batches for language models: all documents as one stream, cut into rows that are read side by side, so that the state
// after a batch is the state before the next. fastai 2.8, LMDataLoader; fastai 0.7, LanguageModelLoader.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"
#include "tenfold/text/awd_lstm_options.h"
#include "tenfold/text/token_dataset.h"

namespace tenfold::text {

/// How the stream of an epoch is cut.
struct StreamOptions {
  int64_t rows = 64;  ///< items a batch; the Learner's batch must be the same
  int64_t bptt = 72;  ///< tokens of a row in a batch
  StreamScheme scheme = StreamScheme::modern;
  Direction direction = Direction::forwards;  ///< backwards: each document from its end (modern), or all (legacy)
};

/// An item is a row's segment: item rows · t + r is row r of batch t. Batches come whole: x = {tokens int64 [rows, S],
/// targets int64 [rows, S], int64 [1]: 1 in an epoch's first batch, else 0}, y = int64 [rows], S each.
/// modern: ⌊(tokens - 1) / rows⌋ tokens a row, bptt at a time, the last batch shorter; with a key the documents come in
/// a new order. legacy: documents in their order, ⌊tokens / rows⌋ a row; the first batch is bptt + 25 long, others
/// bptt (95 in 100) or half of it, give or take a normal number of deviation 5, at least 5; ⌊row / bptt⌋ - 1 batches,
/// of which the last shrink where the stream would end before.
class LanguageModelDataset : public Dataset {
 public:
  /// Throws ConfigError where rows or bptt are below 1, or the texts do not fill a batch.
  LanguageModelDataset(TokenTexts texts, const StreamOptions& options);

  int64_t size() const override { return batches_ * options_.rows; }
  int64_t batches() const { return batches_; }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;
  /// 0, 1, …: what is drawn is the stream, not the order of its segments.
  std::vector<int64_t> order(int64_t batch, const std::optional<EpochKey>& shuffle) const override;
  bool gathers() const override { return true; }
  /// Throws ConfigError unless `index` is a whole batch.
  Batch gather(std::vector<int64_t> index, const std::optional<EpochKey>& key) const override;
  std::string name(int64_t index) const override;
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;
  bool augments() const override { return false; }

  const StreamOptions& options() const { return options_; }

 private:
  struct Layout;
  /// Of an epoch; without a key of the plain pass.
  std::shared_ptr<const Layout> layout(const std::optional<EpochKey>& key) const;
  /// Tokens [at, at + count) of the stream.
  void read(const Layout& layout, int64_t at, int64_t count, int64_t* to) const;

  TokenTexts texts_;
  StreamOptions options_;
  int64_t row_tokens_ = 0;  ///< of a row that are followed by another
  int64_t batches_ = 0;
  mutable std::mutex mutex_;
  mutable std::optional<EpochKey> key_;  ///< of the layout that is kept
  mutable std::shared_ptr<const Layout> kept_;
};

}  // namespace tenfold::text
