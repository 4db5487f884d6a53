#include "tenfold/train/callbacks/mix.h"

#include <torch/types.h>

#include <memory>

#include "tenfold/core/random.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

at::Tensor partners_of(const Batch& batch, uint64_t seed, uint64_t step) {
  const Draw order(seed, step, static_cast<uint64_t>(batch.index.front()), Purpose::other);
  return at::tensor(permutation(batch.size(), order)).to(batch.y.device());
}

at::Tensor blend(const at::Tensor& own, const at::Tensor& other, const at::Tensor& share) {
  std::vector<int64_t> shape(static_cast<size_t>(own.dim()), 1);
  shape[0] = own.size(0);
  const auto weight = share.view(shape).to(own.scalar_type());
  return own * weight + other * (1 - weight);
}

void mix_targets(Batch& batch, Mix& mix, const at::Tensor& partners) {
  const auto partner_y = batch.y.index_select(0, partners);
  mix.partner_y = batch.y.is_floating_point() ? at::Tensor() : partner_y;
  if (batch.y.is_floating_point()) batch.y = blend(batch.y, partner_y, mix.share);
}

at::Tensor mixed_loss(const StepContext& context, const at::Tensor& logits, const Mix& mix) {
  const auto& task = context.learner.task();
  const auto& y = context.batch.y;
  if (!mix.partner_y.defined()) return nn::loss(task, logits, y);
  const auto mean = [&](const at::Tensor& of_own, const at::Tensor& of_partner) {
    return (mix.share * of_own + (1 - mix.share) * of_partner).sum();
  };
  return mean(nn::item_loss(task, logits, y), nn::item_loss(task, logits, mix.partner_y)) /
         mean(item_weights(task, y), item_weights(task, mix.partner_y));
}

Callback either(const Callback& one, const Callback& other) {
  const auto chosen = std::make_shared<const Callback*>(nullptr);
  const auto both = std::make_shared<const std::pair<Callback, Callback>>(one, other);
  Callback callback{.name = "one or the other"};
  callback.on_batch = [chosen, both](StepContext& context) {
    constexpr uint64_t kNoItem = uint64_t{1} << 47;
    Draw draw(context.learner.options().seed, static_cast<uint64_t>(context.row.step), kNoItem, Purpose::mix);
    *chosen = draw.chance(0.5) ? &both->first : &both->second;
    return (*chosen)->on_batch(context);
  };
  callback.loss = [chosen, both](StepContext& context, const at::Tensor& logits) {
    return (*chosen)->loss(context, logits);
  };
  return callback;
}

}  // namespace tenfold
