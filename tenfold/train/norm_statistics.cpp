#include "tenfold/train/norm_statistics.h"

#include <torch/types.h>

#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/machine.h"

namespace tenfold {
namespace {

/// The statistics of one norm while they are measured. Each batch starts from 0, so that what the norm then holds is
/// its momentum times the batch's own.
class Measured {
 public:
  explicit Measured(nn::NormActImpl& norm)
      : norm_(norm),
        mean_before_(norm.running_mean.clone()),
        var_before_(norm.running_var.clone()),
        tracked_before_(norm.num_batches_tracked.clone()),
        mean_(at::zeros_like(norm.running_mean, at::kDouble)),
        var_(at::zeros_like(norm.running_var, at::kDouble)) {}

  void clear() {
    norm_.running_mean.zero_();
    norm_.running_var.zero_();
  }
  void add() {
    mean_ += norm_.running_mean;
    var_ += norm_.running_var;
  }
  void settle(int64_t batches) {
    const double share = 1 / (norm_.options().momentum * static_cast<double>(batches));
    norm_.running_mean.copy_(mean_ * share);
    norm_.running_var.copy_(var_ * share);
    norm_.num_batches_tracked.fill_(batches);
  }
  void put_back() {
    norm_.running_mean.copy_(mean_before_);
    norm_.running_var.copy_(var_before_);
    norm_.num_batches_tracked.copy_(tracked_before_);
  }

 private:
  nn::NormActImpl& norm_;
  at::Tensor mean_before_, var_before_, tracked_before_;
  at::Tensor mean_, var_;  ///< sums, fp64
};

std::vector<Measured> moving_norms(nn::Model& model) {
  std::vector<Measured> found;
  for (auto* layer : nn::norms(model))
    if (auto* norm = dynamic_cast<nn::NormActImpl*>(layer); norm && norm->is_training()) found.emplace_back(*norm);
  return found;
}

/// Batches that the network has seen.
int64_t pass(Learner& learner, std::vector<Measured>& norms, const OnItems& progress) {
  auto& model = learner.model();
  const auto epoch = epoch_key(learner.stage(), kStatisticsEpoch);
  Batches batches(learner, learner.data().train, Batches::View::train);
  batches.start(epoch);
  int64_t seen = 0, items = 0;
  while (auto batch = batches.next()) {
    if (batch->size() == 0) continue;
    for (auto& norm : norms) norm.clear();
    nn::reseed(model, learner.options().seed, epoch + static_cast<uint64_t>(seen));
    model.forward(batch->x);
    for (auto& norm : norms) norm.add();
    ++seen;
    items += batch->size();
    if (progress) progress(items, learner.data().train->size());
  }
  if (seen == 0) throw DataError("data", 0, "has no readable training item; see the list of those left out");
  return seen;
}

}  // namespace

void measure_norms(Learner& learner, const OnItems& progress) {
  const at::NoGradGuard no_grad;
  pin_threads(learner.options().threads);
  auto& model = learner.model();
  const EvaluationMode modes(model);
  set_training_mode(model, {learner.frozen(), learner.options().frozen_norms});
  auto norms = moving_norms(model);
  if (norms.empty()) return;
  try {
    const int64_t seen = pass(learner, norms, progress);
    for (auto& norm : norms) norm.settle(seen);
  } catch (...) {
    for (auto& norm : norms) norm.put_back();
    throw;
  }
}

}  // namespace tenfold
