#include "tenfold/train/callbacks/early_stop.h"

#include <torch/types.h>

#include <memory>

#include "tenfold/core/error.h"
#include "tenfold/train/callbacks/monitor.h"

namespace tenfold {
namespace {

struct Watch {
  Monitor monitor;
  int64_t without_gain = 0;  ///< epochs in a row
};

}  // namespace

Callback early_stop(const EarlyStopOptions& options) {
  if (options.patience < 1)
    throw ConfigError("patience", "is " + std::to_string(options.patience) + "; needs at least 1 epoch");
  auto watch = std::make_shared<Watch>(Watch{Monitor(options.metric, options.min_delta)});
  Callback callback{.name = "early_stop"};
  callback.on_fit_begin = [watch](Learner& learner) {
    watch->monitor.begin(learner, "early_stop");
    watch->without_gain = 0;
  };
  callback.on_epoch = [watch, patience = options.patience](Learner&, EpochRow& row) {
    watch->without_gain = watch->monitor.improved(row) ? 0 : watch->without_gain + 1;
    return watch->without_gain >= patience ? Next::stop : Next::go_on;
  };
  callback.state = [watch] {
    std::map<std::string, at::Tensor> state{{"without_gain", at::scalar_tensor(watch->without_gain, at::kLong)}};
    if (watch->monitor.best()) state["best"] = at::scalar_tensor(*watch->monitor.best(), at::kDouble);
    return state;
  };
  callback.load_state = [watch](const std::map<std::string, at::Tensor>& state) {
    watch->without_gain = state.at("without_gain").item<int64_t>();
    if (const auto best = state.find("best"); best != state.end()) watch->monitor.set_best(best->second.item<double>());
  };
  return callback;
}

}  // namespace tenfold
