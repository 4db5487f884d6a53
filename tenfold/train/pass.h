#pragma once
// One pass of a model over a dataset in evaluation mode, batch after batch: what predictions and test-time views share.

#include <functional>
#include <memory>
#include <vector>

#include "tenfold/train/batches.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

/// The dataset of the split. Throws ConfigError where it is not there or has no items.
std::shared_ptr<const Dataset> items_of(const Learner& learner, Split split);

struct ModelOutputs {
  at::Tensor activated;  ///< [N, …] fp32
  at::Tensor logits;
};
/// What a model says of a batch as the network takes it.
using OutputsOf = std::function<ModelOutputs(const Batch&)>;

/// The model's own outputs, activated as the task says.
ModelOutputs plain_outputs(Learner& learner, const std::vector<at::Tensor>& x);

/// Tells how far several passes are, as one.
struct Passes {
  const OnItems& progress;
  int64_t done = 0, all = 0;
  void tell(int64_t of_this_pass) const {
    if (progress) progress(done + of_this_pass, all);
  }
};

/// What a model says, batch after batch.
class Collected {
 public:
  Collected(Learner& learner, const Dataset& dataset, const OutputsOf& outputs_of)
      : learner_(learner), dataset_(dataset), outputs_of_(outputs_of) {}

  void add(const Batch& batch);
  bool empty() const { return activated_.empty(); }
  size_t rows() const { return predictions_.names.size(); }
  /// What came since the last call, in the dataset's order; not where empty().
  Predictions taken();

 private:
  Learner& learner_;
  const Dataset& dataset_;
  const OutputsOf& outputs_of_;
  Predictions predictions_{};
  std::vector<at::Tensor> activated_{}, targets_{}, losses_{};
};

/// Throws DataError: no item of the data could be read.
[[noreturn]] void refuse_unreadable();

/// One pass over `batches`, begun at `epoch`.
Predictions pass(Learner& learner, const Dataset& dataset, Batches& batches, uint64_t epoch,
                 const OutputsOf& outputs_of, const Passes& passes);

}  // namespace tenfold
