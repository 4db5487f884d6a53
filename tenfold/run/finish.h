#pragma once
// The end of a run: evaluation, predictions.csv, the bundle, summary.json and report.html, from a trained learner.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/bundle/bundle.h"
#include "tenfold/report/report.h"
#include "tenfold/run/application.h"
#include "tenfold/run/findings.h"
#include "tenfold/run/recipe.h"
#include "tenfold/run/run.h"
#include "tenfold/train/learner.h"

namespace tenfold {

struct Trained {
  Recipe recipe;
  std::filesystem::path folder;
  Record record;
  std::vector<std::pair<int, Json>> curves;  ///< stage, LR finder's curve as logged
  double seconds = 0;                        ///< of all stages
};

/// Writes everything atomically, summary.json last: its presence says that the run is done. Returns the summary. Throws
/// Interrupted where the watch says so.
Json write_results(const Trained& trained, Application& application, const Watch& watch);

/// The report of a finished run: its figures, curves, pictures, and what was found on a split; a language model has
/// nothing to find.
report::Page page_of(const Trained& trained, const Pipeline& pipeline, Learner& learner, const Json& summary,
                     const std::optional<Findings>& found);

/// The LR finder's curves in a log, with their stages.
std::vector<std::pair<int, Json>> read_curves(const std::string& log);

/// Largest resident memory of this process so far, MiB.
double peak_rss_mib();

}  // namespace tenfold
