#include "tenfold/train/lr_find.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tenfold/core/error.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/learner_state.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/smooth.h"

namespace tenfold {
namespace {

void check(const LrFindOptions& options) {
  if (!(options.start > 0) || !std::isfinite(options.start)) throw ConfigError("lr_find.start", "needs a rate above 0");
  if (!(options.end > options.start) || !std::isfinite(options.end))
    throw ConfigError("lr_find.end", "needs a rate above lr_find.start");
  if (options.steps < 6)
    throw ConfigError("lr_find.steps", "is " + std::to_string(options.steps) + "; needs at least 6");
  if (!(options.stop_ratio > 1))
    throw ConfigError("lr_find.stop_ratio", "needs more than 1, or the sweep stops at once");
}

/// Puts weights, statistics and modes back, also when the sweep throws.
class Untouched {
 public:
  explicit Untouched(nn::Model& model) : model_(model), modes_(model) {
    for (const auto& [name, tensor] : nn::state_of(model)) before_[name] = tensor.detach().clone();
  }
  ~Untouched() {
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : nn::state_of(model_)) at::Tensor(tensor).copy_(before_.at(name));
    for (auto& parameter : model_.parameters()) parameter.mutable_grad() = at::Tensor();
  }

 private:
  nn::Model& model_;
  EvaluationMode modes_;
  std::map<std::string, at::Tensor> before_;
};

}  // namespace

LrCurve lr_find(Learner& learner, const LrFindOptions& options, const std::function<void(int step)>& progress) {
  check(options);
  if (!learner.data().train) throw ConfigError("data", "has no training items; the rate finder needs some");
  pin_threads(learner.options().threads);
  const at::AutoGradMode gradients(true);
  auto& model = learner.model();
  const Untouched guard(model);
  const Freezing freezing{learner.frozen(), learner.options().frozen_norms};
  set_training_mode(model, freezing);
  std::vector<double> rates(model.groups().size(), options.start);
  const std::vector<double> decays(rates.size(), learner.options().optimizer.weight_decay);
  GroupedOptimizer optimizer(model, freezing, learner.options().optimizer, decays, rates);
  optimizer->zero_grad();
  Batches batches(learner, learner.data().train, Batches::View::train);

  LrCurve curve;
  curve.steps = options.steps;
  SmoothLoss smooth;
  double best = std::numeric_limits<double>::infinity();
  for (int step = 0, pass = 0; step < options.steps && !curve.diverged; ++pass) {
    const int before = step;
    batches.start(epoch_key(learner.stage(), kFinderEpoch + pass));
    for (auto batch = batches.next(); batch && step < options.steps; batch = batches.next()) {
      if (batch->size() == 0) continue;
      const double rate =
          options.start * std::pow(options.end / options.start, static_cast<double>(step) / options.steps);
      std::fill(rates.begin(), rates.end(), rate);
      optimizer.set_lr(rates);
      nn::reseed(model, learner.options().seed, static_cast<uint64_t>(step));
      const auto loss = model.training_loss(
          batch->x, [&](const at::Tensor& logits) { return nn::loss(learner.task(), logits, batch->y); });
      const double value = loss.item<double>();
      if (!std::isfinite(value)) {
        if (step == 0)
          throw TrainingError(0,
                              "the loss is not finite before any training; look for broken weights, inputs or targets");
        curve.diverged = true;
        break;
      }
      loss.backward();
      optimizer->step();
      optimizer->zero_grad();
      smooth.add(value);
      curve.lr.push_back(rate);
      curve.raw.push_back(value);
      curve.loss.push_back(smooth.value());
      if (progress) progress(step);
      ++step;
      best = std::min(best, smooth.value());
      if (smooth.value() > options.stop_ratio * best) {
        curve.diverged = true;
        break;
      }
    }
    if (step == before && !curve.diverged)
      throw DataError("data", 0, "has no readable training item; see the list of those left out");
  }
  return curve;
}

}  // namespace tenfold
