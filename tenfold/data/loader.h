#pragma once
// Batches from a dataset by worker threads: ordered, bounded, cancellable; the same batches for any number of workers.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"

namespace tenfold {

struct LoaderOptions {
  int64_t batch = 64;    ///< items a batch
  int workers = 2;       ///< threads that read and decode; >= 1
  int prefetch = 2;      ///< batches ready beyond the one in use; bounds memory
  bool shuffle = false;  ///< a new order each epoch, a function of (seed, epoch)
  /// Class of each item: those of rarer classes come repeatedly, shuffled (data/oversample.h). Null: each item once.
  std::shared_ptr<const std::vector<int64_t>> balance{};
  bool drop_last = false;  ///< leave out the last batch where it is short
  bool augment = false;    ///< random training views; else plain ones
  uint64_t seed = 0;
  int64_t skip_broken = 0;  ///< this many unreadable items are left out over all epochs, then the next one is an error
};

/// Batches of a dataset, epoch after epoch. Under skip_broken a batch is smaller by the items left out of it; it may be
/// empty.
class Loader {
 public:
  /// Throws ConfigError where batch or workers are below 1.
  Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options);
  ~Loader();

  /// Batches in an epoch.
  int64_t batches() const;
  /// Begins an epoch at batch `first` (> 0 after a resume); stops what is under way.
  void start(uint64_t epoch, int64_t first = 0);
  /// The next batch in order, or nothing at the end. Rethrows the first error of any worker, in batch order, and stops.
  std::optional<Batch> next();
  /// Stops the workers; the loader can be started again.
  void stop();

  /// Items left out so far under skip_broken: "name: reason", in dataset order.
  std::vector<std::string> skipped() const;

 private:
  struct Pass;
  std::shared_ptr<const Dataset> dataset_;
  LoaderOptions options_;
  std::unique_ptr<Pass> pass_;
  std::map<int64_t, std::string> skipped_;  ///< ": reason" by item
};

/// Items in the order of an epoch: balanced where the options say so, else the dataset's own order.
std::vector<int64_t> epoch_order(const Dataset& dataset, const LoaderOptions& options, uint64_t epoch);

}  // namespace tenfold
