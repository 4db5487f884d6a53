#include "tenfold/train/callbacks/clip.h"

#include <torch/types.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/train/callbacks/gradients.h"

namespace tenfold {

Callback clip(const ClipOptions& options) {
  if (!(options.norm > 0) || std::isinf(options.norm))
    throw ConfigError("clip", "is " + std::to_string(options.norm) + "; needs a norm above 0");
  Callback callback{.name = "clip"};
  callback.on_backward = [norm = options.norm](StepContext& context) {
    const at::NoGradGuard no_grad;
    const auto gradients = gradients_of(context.learner.model());
    // The factor stays a tensor: no waiting for the device.
    if (!gradients.empty()) at::_foreach_mul_(gradients, (norm / (global_norm(gradients) + 1e-6)).clamp_max(1.0));
    return Next::go_on;
  };
  return callback;
}

}  // namespace tenfold
