#include "tenfold/train/callbacks/mixup.h"

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/train/callbacks/mix.h"
#include "tenfold/train/learner.h"

namespace tenfold {
namespace {

at::Tensor shares(const Batch& batch, uint64_t seed, uint64_t step, double alpha) {
  std::vector<float> values;
  for (const int64_t item : batch.index) {
    const double share = Draw(seed, step, static_cast<uint64_t>(item), Purpose::mix).beta(alpha, alpha);
    values.push_back(static_cast<float>(std::max(share, 1 - share)));
  }
  return at::tensor(values);
}

}  // namespace

Callback mixup(const MixupOptions& options) {
  if (!(options.alpha > 0))
    throw ConfigError("mixup", "has an alpha of " + std::to_string(options.alpha) + "; needs more than 0");
  auto mix = std::make_shared<Mix>();
  Callback callback{.name = "mixup"};
  callback.on_batch = [mix, alpha = options.alpha](StepContext& context) {
    auto& batch = context.batch;
    const auto seed = context.learner.options().seed;
    const auto step = static_cast<uint64_t>(context.row.step);
    mix->share = shares(batch, seed, step, alpha).to(batch.y.device());
    const auto partners = partners_of(batch, seed, step);
    for (auto& x : batch.x) x = blend(x, x.index_select(0, partners), mix->share);
    mix_targets(batch, *mix, partners);
    return Next::go_on;
  };
  callback.loss = [mix](StepContext& context, const at::Tensor& logits) { return mixed_loss(context, logits, *mix); };
  return callback;
}

}  // namespace tenfold
