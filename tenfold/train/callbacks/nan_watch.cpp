#include "tenfold/train/callbacks/nan_watch.h"

#include <torch/types.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/train/callbacks/gradients.h"

namespace tenfold {
namespace {

constexpr int64_t kSettled = 20;  // steps; before, the running loss says little

std::string first_broken(const nn::Model& model) {
  for (const auto& item : model.named_parameters())
    if (const auto& gradient = item.value().grad(); gradient.defined() && !at::isfinite(gradient).all().item<bool>())
      return item.key();
  return "all parameters together (their norm overflows)";
}

}  // namespace

Callback nan_watch(const NanWatchOptions& options) {
  if (options.spike != 0 && !(options.spike > 1))
    throw ConfigError("nan_watch.spike", "is " + std::to_string(options.spike) + "; needs 0 (off) or a ratio above 1");
  Callback callback{.name = "nan_watch"};
  callback.on_backward = [options](StepContext& context) {
    const auto trouble = [&](const std::string& what) {
      if (options.then == OnTrouble::stop) return Next::stop;
      throw TrainingError(context.row.step, what + "; lower the rate, clip gradients, or look for broken inputs");
    };
    const auto gradients = gradients_of(context.learner.model());
    if (!gradients.empty() && !std::isfinite(global_norm(gradients).item<double>()))
      return trouble("the gradient of " + first_broken(context.learner.model()) + " is not finite");
    const auto& steps = context.learner.record().steps;
    if (options.spike > 0 && context.step >= kSettled && !steps.empty()) {
      const double loss = context.loss.item<double>(), running = steps.back().smooth_loss;
      if (loss > options.spike * running)
        return trouble("the loss jumped from " + std::to_string(running) + " to " + std::to_string(loss));
    }
    return Next::go_on;
  };
  return callback;
}

}  // namespace tenfold
