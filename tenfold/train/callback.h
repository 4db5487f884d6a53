#pragma once
// What may hook into training: a struct of typed hooks, each of which says whether training goes on. One file a
// callback in train/callbacks/.

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/data/dataset.h"
#include "tenfold/train/record.h"

namespace tenfold {

class Learner;

enum class Next { go_on, stop };

/// Reports items done out of all; may be empty. One that throws ends the pass: weights, statistics and modes are then
/// as before it.
using OnItems = std::function<void(int64_t done, int64_t all)>;

/// For an OnItems, or any hook, to throw where the user asked for an end: nothing is wrong, and work can go on later.
struct Interrupted : Error {
  Interrupted() : Error("interrupted") {}
};

/// What a hook sees. Members are valid during the call only.
struct StepContext {
  Learner& learner;
  Batch& batch;  ///< after the batch transform; on_batch may change it. The step's last one where gradients accumulate
  at::Tensor& loss;         ///< scalar, of this batch; undefined before the forward pass
  const StepRow& row;       ///< of this step; loss is set from on_step on
  int64_t step = 0;         ///< of this fit, from 0
  int64_t steps_total = 0;  ///< optimiser steps of this fit
};

/// Every hook is optional. Hooks run in the order of the plan, after_validation in reverse, as brackets close. A stop
/// ends the fit once the other callbacks have been asked: before the batch, before the optimiser's step, after the
/// step, after the epoch. What a hook throws leaves the fit at once, without on_fit_end.
struct Callback {
  std::string name;  ///< unique in a plan; keys its state in the checkpoint
  std::function<void(Learner&)> on_fit_begin{};
  std::function<Next(StepContext&)> on_batch{};  ///< before the forward pass; once a batch
  /// Replaces the task's loss, given the logits; the last callback that has one wins (mixup). Called for each of
  /// nn::Model::training_logits.
  std::function<at::Tensor(StepContext&, const at::Tensor& logits)> loss{};
  std::function<Next(StepContext&)> on_backward{};  ///< all gradients are there, before the optimiser's step (clipping)
  std::function<Next(StepContext&)> on_step{};      ///< after the optimiser's step (EMA, progress, checkpoints)
  std::function<void(Learner&)> before_validation{};  ///< EMA swaps its weights in …
  std::function<void(Learner&)> after_validation{};   ///< … and out again
  std::function<Next(Learner&, EpochRow&)> on_epoch{};
  std::function<void(Learner&)> on_fit_end{};  ///< also after a stop
  /// The validation under way was interrupted: a snapshot taken now goes on with it. Then Interrupted leaves the fit.
  std::function<void(Learner&)> on_interrupt{};
  /// What must survive a kill; tensors by name. Empty: stateless.
  std::function<std::map<std::string, at::Tensor>()> state{};
  std::function<void(const std::map<std::string, at::Tensor>&)> load_state{};  ///< after on_fit_begin
};

}  // namespace tenfold
