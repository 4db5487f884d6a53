#pragma once
// Snapshot ensembles: one training, a model at the end of each cycle of the rate. Huang et al. 2017, arXiv 1704.00109.
// train/ensemble.h averages what they predict.

#include <filesystem>
#include <vector>

#include "tenfold/train/callback.h"

namespace tenfold {

struct SnapshotsOptions {
  std::filesystem::path folder;  ///< of snapshot-1.safetensors, snapshot-2.safetensors, …: one a cycle; must be there
  int keep = 3;                  ///< the last so many; older files are removed
};

/// Writes the network's weights after the last step of each cycle of the plan's shape (fastai 0.7 wrote them one batch
/// early), each file whole or not there. A fit that is stopped leaves none of
/// the cycle under way. Throws
/// ConfigError for keep < 1, and at the beginning of a fit whose shape has a single cycle.
Callback snapshots(const SnapshotsOptions& options);

/// The snapshots in a folder, by cycle.
std::vector<std::filesystem::path> snapshot_files(const std::filesystem::path& folder);

}  // namespace tenfold
