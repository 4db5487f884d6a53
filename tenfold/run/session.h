#pragma once
// One recipe under way in its folder: data, learner, stages, log and checkpoints. run.h is its outside.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/run/application.h"
#include "tenfold/run/log.h"
#include "tenfold/run/recipe.h"
#include "tenfold/run/run.h"
#include "tenfold/train/checkpoint.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/lr_find.h"

namespace tenfold {

class Session {
 public:
  Session(Recipe recipe, RunOptions options, const Watch& watch);

  /// From `checkpoint` where there is one, else from the start.
  RunResult execute(const std::optional<Checkpoint>& checkpoint);

 private:
  struct Progress {  ///< what a checkpoint keeps beside the learner
    size_t stage = 0;
    int64_t steps = 0;          ///< optimiser steps of the run
    double seconds = 0;         ///< of the stages: finding, precomputing, training, validating
    std::vector<double> found;  ///< rate found for the stage under way, one value, or empty
  };

  /// What cannot work in a later stage, before the first one runs. Throws ConfigError.
  void check_stages();
  void run_stages(const std::optional<Checkpoint>& checkpoint);
  /// Gives the learner the data and the batch size of a stage.
  void enter(size_t k);
  void train_stage(size_t k, const std::optional<Checkpoint>& checkpoint);
  void fit(Learner& active, size_t k, const std::string& name);
  Plan plan_for(Learner& active, size_t k, const std::string& name);
  Callback watcher(size_t k);
  Callback checkpointer(size_t k);
  void find_rate(Learner& active, size_t k);
  void checkpoint_now(const Learner& active);
  void log_stage(const Learner& active, size_t k);
  Json finish();
  void say(const std::string& text) const;
  double stage_seconds() const;
  Learner& learner() { return application_->learner(); }

  Recipe recipe_;
  RunOptions options_;
  Watch watch_;
  std::unique_ptr<Application> application_;
  std::unique_ptr<RunLog> log_;
  Record record_;
  std::vector<std::pair<int, Json>> curves_;  ///< stage, LR finder's curve
  Progress progress_;
  std::chrono::steady_clock::time_point stage_began_;
  std::chrono::steady_clock::time_point last_checkpoint_;
};

}  // namespace tenfold
