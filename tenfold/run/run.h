#pragma once
// Carries out a recipe in a run folder: recipe.toml, log.jsonl, summary.json, report.html, model.safetensors,
// checkpoint.safetensors, predictions.csv. Resumes exactly.

#include <filesystem>
#include <functional>
#include <string>

#include "tenfold/core/options.h"
#include "tenfold/run/recipe.h"
#include "tenfold/train/record.h"

namespace tenfold {

/// What a run tells whoever watches; every hook may be empty.
struct Watch {
  std::function<void(const std::string& text)> message;
  std::function<void(const StageRow&, int64_t steps)> stage;
  std::function<void(const StepRow&, int64_t step_of_stage, int64_t steps_of_stage)> step;
  std::function<void(const EpochRow&)> epoch;
  std::function<void(const std::string& what, int64_t done, int64_t all)> items;
  std::function<bool()> interrupted;  ///< true: checkpoint and stop at the next step, or in the pass under way

  /// For passes over data: tells `items` of `what`, and throws Interrupted where `interrupted` says so.
  std::function<void(int64_t done, int64_t all)> pass(const std::string& what) const;
};

struct RunOptions {
  std::filesystem::path folder;    ///< of the run; made where missing
  double checkpoint_seconds = 60;  ///< between checkpoints in mid-epoch; each epoch's end has one anyway
  int64_t checkpoint_steps = 0;    ///< also every so many steps; 0 is off. For tests and short-lived machines
  std::filesystem::path cache;     ///< activation store; empty: the user's cache folder
  int64_t cache_mib = 4096;        ///< its bound
};

enum class Outcome { done, interrupted };

struct RunResult {
  Outcome outcome = Outcome::done;
  Json summary;  ///< as in summary.json
};

/// Runs from the start. Refuses a folder that holds a run already (ConfigError naming --resume).
RunResult run(const Recipe& recipe, const RunOptions& options, const Watch& watch);
/// Goes on with the run in the folder, from its checkpoint.
RunResult resume(const RunOptions& options, const Watch& watch);

}  // namespace tenfold
