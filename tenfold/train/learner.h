#pragma once
// Data, model, task and record, and the loop that brings them together. Everything else (finder, TTA, interpretation,
// precompute) is a free function on it.

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/task.h"
#include "tenfold/optim/optimizer.h"
#include "tenfold/schedule/shape.h"
#include "tenfold/train/callback.h"
#include "tenfold/train/options.h"
#include "tenfold/train/rates.h"
#include "tenfold/train/record.h"

namespace tenfold {

/// One fit: what is trained, how fast, for how long.
struct Plan {
  Rates lr = 1e-3;  ///< peak rates; the shape multiplies them
  Shape shape = OneCycle{.epochs = 1};
  std::optional<double> weight_decay{};  ///< else the optimiser's
  std::vector<double> group_decay{};     ///< one a layer group, in place of weight_decay (fastai 0.7's list of wds)
  std::optional<int> freeze_to{};        ///< groups before it are frozen first; else as the learner stands
  int accumulate = 1;                    ///< batches a step; the remainder of an epoch makes a smaller step
  std::string name{};                    ///< in the record
  OnItems validating{};                  ///< progress of each validation; may throw Interrupted
  std::vector<Callback> callbacks{};
};

/// Where a fit stands, for checkpoints. Everything else follows from (seed, stage, epoch, batch).
struct Position {
  int64_t step = 0;   ///< optimiser steps since the run began
  int epoch = 0;      ///< in this fit
  int64_t batch = 0;  ///< batches done in this epoch
  double smooth = 0;  ///< the running loss, before debiasing
  int64_t smooth_count = 0;
  double seconds = 0;  ///< trained in this epoch
  int64_t items = 0;   ///< trained in this epoch
  bool ended = false;  ///< a callback said at the end of the epoch before that the fit is over
};

/// A handle: copies share one state, so a callback may keep one.
class Learner {
 public:
  /// Pins the compute threads, chooses precision and device. Throws ConfigError where options cannot work here.
  Learner(Data data, std::shared_ptr<nn::Model> model, nn::Task task, LearnerOptions options);

  /// Trains by the plan, with a new optimiser; its state is part of a snapshot. Goes on where a restored learner
  /// stands. Orders, views and masks are keyed by (seed, stage, epoch, step), so no two stages repeat each other.
  /// Throws TrainingError where the loss is not finite, ConfigError for a plan that cannot work here.
  void fit(const Plan& plan);

  void freeze();  ///< all but the head
  void unfreeze();
  void freeze_to(
      int group);      ///< groups [0, group) frozen; negative counts from the end. ConfigError where none would be left
  int frozen() const;  ///< number of frozen groups

  /// Another size, other images: keeps weights, freezing and record. Classes must be the same.
  void set_data(Data data);
  /// Items a batch from now on, for training and prediction: larger images want smaller batches. ConfigError below 1.
  void set_batch(int64_t batch);

  const Data& data() const;
  nn::Model& model();
  std::shared_ptr<nn::Model> shared_model();
  const nn::Task& task() const;
  const LearnerOptions& options() const;  ///< as resolved: threads, workers, precision are what is used
  Record& record();
  const Record& record() const;
  int stage() const;  ///< fits finished
  /// Items left out under skip_broken, "name: reason", each once.
  const std::vector<std::string>& skipped() const;
  at::ScalarType dtype() const;  ///< what the body computes in
  torch::Device device() const;

  /// Weights, optimiser, position and callbacks' state by name, and the same back; train/checkpoint.h writes files.
  struct Snapshot;
  Snapshot snapshot() const;
  /// Throws WeightsError where the weights are another network's.
  void restore(const Snapshot& snapshot);
  /// Counts stages and steps from where `other` stands: two learners that take turns in one run repeat no random
  /// number.
  void continue_from(const Learner& other);

 private:
  friend class Batches;
  struct Run;
  struct State;
  std::shared_ptr<State> state_;
};

/// What checkpoints hold. A fit that follows restore() continues at `position`, with the plan's callbacks given their
/// state.
struct Learner::Snapshot {
  std::map<std::string, at::Tensor> model;  ///< copies
  std::map<std::string, at::Tensor> optimizer;
  std::map<std::string, std::map<std::string, at::Tensor>> callbacks;
  Position position;
  int frozen = 0;
  int stage = 0;  ///< fit() calls finished before this one
  bool in_fit = false;
};

}  // namespace tenfold
