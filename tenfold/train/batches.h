#pragma once
// The batches of one split on their way to the network: read by the loader's workers, or gathered whole where the
// dataset lies in memory; moved to the device, then through the batch transform.

#include <cstdint>
#include <memory>
#include <optional>

#include "tenfold/data/loader.h"
#include "tenfold/train/learner.h"

namespace tenfold {

/// Keys of what is drawn in an epoch; part of what a seed means. Stages do not repeat each other's.
uint64_t epoch_key(int stage, int epoch);
/// Epochs of a stage from this one on are the LR finder's.
constexpr int kFinderEpoch = 1 << 19;
/// The epoch in which a stage's norm statistics are measured anew.
constexpr int kStatisticsEpoch = 1 << 18;
/// Views of test-time augmentation are keyed from here on, above every epoch_key.
constexpr uint64_t kTtaEpoch = uint64_t{1} << 31;

class Batches {
 public:
  /// train: shuffled random views, the short last batch as the options say. plain: every item as it is, in order.
  /// augmented: random views in order.
  enum class View { train, plain, augmented };

  Batches(const Learner& learner, std::shared_ptr<const Dataset> dataset, View view);
  ~Batches();

  /// Batches in an epoch.
  int64_t count() const;
  /// `epoch` keys order and views.
  void start(uint64_t epoch, int64_t first = 0);
  /// As the network takes it, or nothing at the end.
  std::optional<Batch> next();

  /// Adds items left out under skip_broken to those that the learner knows, each once.
  static void note_skipped(const Learner& learner, std::vector<std::string> items);

 private:
  void note_skipped();
  std::optional<EpochKey> view_key() const;

  Learner learner_;
  View view_;
  LoaderOptions options_;
  std::shared_ptr<const Dataset> dataset_;
  std::unique_ptr<Loader> loader_;  ///< null where the dataset gathers
  std::vector<int64_t> order_;      ///< then, in this epoch
  uint64_t epoch_ = 0;
  int64_t batch_ = 0;
};

}  // namespace tenfold
