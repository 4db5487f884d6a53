#include "tenfold/train/callbacks/mixup.h"

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

/// Of the batch that is on its way.
struct Mix {
  at::Tensor share;      ///< [N] fp32, of the item itself
  at::Tensor partner_y;  ///< undefined where targets were blended
};

at::Tensor shares(const Batch& batch, uint64_t seed, uint64_t step, double alpha) {
  std::vector<float> values;
  for (const int64_t item : batch.index) {
    const double share = Draw(seed, step, static_cast<uint64_t>(item), Purpose::mix).beta(alpha, alpha);
    values.push_back(static_cast<float>(std::max(share, 1 - share)));
  }
  return at::tensor(values);
}

/// share · own + (1 - share) · other, in own's dtype and memory format; share is [N].
at::Tensor blend(const at::Tensor& own, const at::Tensor& other, const at::Tensor& share) {
  std::vector<int64_t> shape(static_cast<size_t>(own.dim()), 1);
  shape[0] = own.size(0);
  const auto weight = share.view(shape).to(own.scalar_type());
  return own * weight + other * (1 - weight);
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
    const Draw order(seed, step, static_cast<uint64_t>(batch.index.front()), Purpose::other);
    const auto partners = at::tensor(permutation(batch.size(), order)).to(batch.y.device());
    for (auto& x : batch.x) x = blend(x, x.index_select(0, partners), mix->share);
    const auto partner_y = batch.y.index_select(0, partners);
    mix->partner_y = batch.y.is_floating_point() ? at::Tensor() : partner_y;
    if (batch.y.is_floating_point()) batch.y = blend(batch.y, partner_y, mix->share);
    return Next::go_on;
  };
  callback.loss = [mix](StepContext& context, const at::Tensor& logits) {
    const auto& task = context.learner.task();
    const auto& y = context.batch.y;
    if (!mix->partner_y.defined()) return nn::loss(task, logits, y);
    const auto mean = [&](const at::Tensor& of_own, const at::Tensor& of_partner) {
      return (mix->share * of_own + (1 - mix->share) * of_partner).sum();
    };
    return mean(nn::item_loss(task, logits, y), nn::item_loss(task, logits, mix->partner_y)) /
           mean(item_weights(task, y), item_weights(task, mix->partner_y));
  };
  return callback;
}

}  // namespace tenfold
