#include "tenfold/train/callbacks/snapshots.h"

#include <torch/types.h>

#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/learner.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "snapshot-", kEnding = ".safetensors";

fs::path file_of(const fs::path& folder, size_t cycle) {
  return folder / (std::string(kName) + std::to_string(cycle) + std::string(kEnding));
}

/// The cycle of "snapshot-12.safetensors"; 0 for other names.
size_t cycle_of(const std::string& name) {
  if (!name.starts_with(kName) || !name.ends_with(kEnding)) return 0;
  size_t cycle = 0;
  const char *begin = name.data() + kName.size(), *end = name.data() + name.size() - kEnding.size();
  return std::from_chars(begin, end, cycle).ptr == end ? cycle : 0;
}

struct Cycles {
  SnapshotsOptions options;
  std::vector<double> ends;  ///< in epochs
  size_t done = 0;

  void begin(const Learner& learner) {
    Shape shape;
    from_value(learner.record().stages.back().plan.at("shape"), shape, "shape");
    ends = cycle_ends(shape);
    done = 0;
    if (ends.size() < 2)
      throw ConfigError("snapshots", "are taken at the ends of cycles, and " + name_of(shape) +
                                         " has one only; take shape = {sgdr = {cycles = 5, cycle_mult = 1}}, or leave "
                                         "snapshots out");
  }
  void keep(const nn::Model& model) {
    nn::write_safetensors(file_of(options.folder, ++done), nn::state_of(model));
    const auto kept = static_cast<size_t>(options.keep);
    std::error_code ignored;  // not there after a resumed run removed it
    if (done > kept) fs::remove(file_of(options.folder, done - kept), ignored);
  }
};

}  // namespace

Callback snapshots(const SnapshotsOptions& options) {
  if (options.keep < 1)
    throw ConfigError("snapshots", "keeps " + std::to_string(options.keep) + " of them; needs at least 1");
  auto cycles = std::make_shared<Cycles>(Cycles{.options = options, .ends = {}});
  Callback callback{.name = "snapshots"};
  callback.on_fit_begin = [cycles](Learner& learner) { cycles->begin(learner); };
  // Before the first step of the next cycle the weights are those that the last step of this one left.
  callback.on_batch = [cycles](StepContext& context) {
    constexpr double hair = 1e-9;  // as in the shapes, where a step on a border begins the next cycle
    while (cycles->done + 1 < cycles->ends.size() && context.row.epoch + hair >= cycles->ends[cycles->done])
      cycles->keep(context.learner.model());
    return Next::go_on;
  };
  callback.on_step = [cycles](StepContext& context) {
    if (context.step + 1 == context.steps_total) cycles->keep(context.learner.model());
    return Next::go_on;
  };
  callback.state = [cycles] {
    return std::map<std::string, at::Tensor>{
        {"cycles", at::scalar_tensor(static_cast<int64_t>(cycles->done), at::kLong)}};
  };
  callback.load_state = [cycles](const std::map<std::string, at::Tensor>& state) {
    cycles->done = static_cast<size_t>(state.at("cycles").item<int64_t>());
  };
  return callback;
}

std::vector<fs::path> snapshot_files(const fs::path& folder) {
  std::map<size_t, fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (const size_t cycle = cycle_of(entry.path().filename().string())) found[cycle] = entry.path();
  std::vector<fs::path> files;
  for (const auto& [cycle, path] : found) files.push_back(path);
  return files;
}

}  // namespace tenfold
