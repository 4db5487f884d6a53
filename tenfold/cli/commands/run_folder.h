#pragma once
// Run folders as `tenfold runs` reads them: no tensors, only recipe.toml, summary.json and log.jsonl.

#include <filesystem>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::cli {

struct RunFolder {
  std::filesystem::path path;
  std::string state;              ///< "done", "stopped in epoch 3", "broken: …"
  Json summary = Json::object();  ///< of a run that is done
  Json recipe = Json::object();
  bool done() const { return !summary.empty(); }
};

bool is_run(const std::filesystem::path& folder);

/// Never throws for what the folder holds: a run that cannot be read says so in its state.
RunFolder read_run(const std::filesystem::path& folder);

/// The runs right below `folder`, by name. Throws UsageError where there is no such folder.
std::vector<RunFolder> runs_below(const std::filesystem::path& folder);

/// The part of a summary that says most about the model: test, else tta, else valid; "" where none was measured.
std::string best_part(const Json& summary);

/// Leaves of a tree by dotted path; elements of lists of tables count from 1.
std::vector<std::pair<std::string, Json>> leaves(const Json& tree, const std::string& prefix = "");

}  // namespace tenfold::cli
