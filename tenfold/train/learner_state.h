#pragma once
// What a Learner is behind its handle; for the train room's own files.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/train/layer_groups.h"
#include "tenfold/train/learner.h"

namespace tenfold {

struct Learner::State {
  Data data;
  std::shared_ptr<nn::Model> model;
  nn::Task task;
  LearnerOptions options;
  torch::Device device = torch::kCPU;
  at::ScalarType dtype = at::kFloat;
  Record record{};
  std::vector<std::string> skipped{};
  int frozen = 0;
  int stage = 0;        ///< fits finished
  Position position{};  ///< between fits only `step` counts
  Run* run = nullptr;   ///< the fit under way
  std::optional<Snapshot>
      resumed{};  ///< optimiser and callbacks that the next fit goes on with; its weights are in the model

  Freezing freezing() const { return {frozen, options.frozen_norms}; }
};

}  // namespace tenfold
