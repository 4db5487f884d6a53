#pragma once
// tenfold train: options as the thin program reads them, and the plan in words.

#include <string>

#include "tenfold/cli/command.h"
#include "tenfold/run/recipe.h"

namespace tenfold::cli {

struct TrainFlags {
  std::string out;
  std::string resume;
  bool dry_run = false;
  double checkpoint_seconds = 60;
  int64_t checkpoint_steps = 0;
  std::string cache;
  int64_t cache_mib = 4096;
};

template <class Visitor>
void fields(Visitor&& visit, TrainFlags& o) {
  visit("out", o.out, "run folder to make; empty makes runs/NAME-DATE-TIME");
  visit("resume", o.resume,
        "go on with the run in this folder, exactly: the final bits are those of a run without interruption");
  visit("dry_run", o.dry_run, "print the plan and the complete recipe, and train nothing");
  visit("checkpoint_seconds", o.checkpoint_seconds,
        "between checkpoints within an epoch; each end of an epoch has one anyway. Less loses less to a kill");
  visit("checkpoint_steps", o.checkpoint_steps, "a checkpoint each so many steps instead; 0 goes by seconds");
  visit("cache", o.cache,
        "folder of precomputed activations, shared by runs; empty takes $TENFOLD_CACHE, else the user's cache folder");
  visit("cache_mib", o.cache_mib, "bound of that folder in MiB; what is longest unused goes first");
}

struct TrainRequest {
  TrainFlags own;
  Recipe recipe;  ///< complete; the defaults where a run is resumed
};
/// Throws UsageError, ConfigError, DataError.
TrainRequest train_request(const Arguments& arguments);

/// A line a stage: what is trained, for how long, at which rates.
std::string plan_text(const Recipe& complete_recipe);

}  // namespace tenfold::cli
