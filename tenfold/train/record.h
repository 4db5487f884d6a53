#pragma once
// What a run leaves behind, as plain rows. Reports, plots, logs and callbacks read these; nothing else couples them to
// training. Torch-free.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold {

/// One optimiser step.
struct StepRow {
  int64_t step = 0;        ///< optimiser steps since the run began, from 0
  int stage = 0;           ///< fit() calls since the run began, from 0
  double epoch = 0;        ///< position in this fit, in epochs, at the start of the step
  std::vector<double> lr;  ///< one a layer group
  std::optional<double> momentum;
  double loss = 0;         ///< of this step
  double smooth_loss = 0;  ///< running average, 0.98 debiased (fastai's)
};

/// One epoch with its validation.
struct EpochRow {
  int stage = 0;
  int epoch = 0;          ///< in this fit, from 0
  int64_t steps = 0;      ///< optimiser steps since the run began
  double train_loss = 0;  ///< smoothed, at the end of the epoch
  std::optional<double> valid_loss;
  std::map<std::string, double> metrics;
  double seconds = 0;  ///< of training; validation not counted
  double valid_seconds = 0;
  double images_per_second = 0;  ///< items trained / seconds
};

/// One fit() call.
struct StageRow {
  int stage = 0;
  std::string name;      ///< "head (cached features)", "all"
  int trained_from = 0;  ///< first trained layer group
  std::vector<std::string> groups;
  Json plan;  ///< rates, shape, …, as run
};

struct Record {
  std::vector<StageRow> stages;
  std::vector<StepRow> steps;
  std::vector<EpochRow> epochs;
};

Json to_json(const StageRow& row);
Json to_json(const StepRow& row);
Json to_json(const EpochRow& row);
/// The rows of a log.jsonl, each {"kind": "stage" | "step" | "epoch", …}; other kinds are skipped, and a last line
/// without its newline, which a kill has cut. Throws DataError, with the line, for one that is no row.
Record read_log(const std::string& text, const std::string& path);

}  // namespace tenfold
