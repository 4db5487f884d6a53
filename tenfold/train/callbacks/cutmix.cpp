#include "tenfold/train/callbacks/cutmix.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/train/callbacks/mix.h"
#include "tenfold/train/learner.h"

namespace tenfold {
namespace {

/// The part of [0, size) within half a length of the centre.
std::pair<int64_t, int64_t> side_of(int64_t size, double share, Draw& draw) {
  const int64_t length = std::llround(static_cast<double>(size) * share), centre = draw.below(size);
  const int64_t first = std::max<int64_t>(centre - length / 2, 0);
  return {first, std::clamp(centre - length / 2 + length, first, size) - first};
}

at::Tensor patch(const at::Tensor& image, const PastedBox& box) {
  return image.narrow(1, box.y, box.height).narrow(2, box.x, box.width);
}

}  // namespace

PastedBox draw_box(int64_t height, int64_t width, double alpha, Draw draw) {
  const double share = std::sqrt(1 - draw.beta(alpha, alpha));
  const auto [x, across] = side_of(width, share, draw);
  const auto [y, down] = side_of(height, share, draw);
  return {.x = x, .y = y, .width = across, .height = down};
}

Callback cutmix(const CutmixOptions& options) {
  if (!(options.alpha > 0))
    throw ConfigError("cutmix", "has an alpha of " + std::to_string(options.alpha) + "; needs more than 0");
  auto mix = std::make_shared<Mix>();
  Callback callback{.name = "cutmix"};
  callback.on_batch = [mix, alpha = options.alpha](StepContext& context) {
    auto& batch = context.batch;
    const auto own = batch.x.at(0);
    if (own.dim() != 4)
      throw ConfigError("cutmix", "pastes parts of images, and these items have " + std::to_string(own.dim() - 1) +
                                      " dimensions instead of 3; use mixup");
    const auto seed = context.learner.options().seed;
    const auto step = static_cast<uint64_t>(context.row.step);
    const auto partners = partners_of(batch, seed, step);
    const auto others = own.index_select(0, partners);
    const int64_t height = own.size(2), width = own.size(3);
    auto pasted = own.clone();
    std::vector<float> kept;
    for (int64_t k = 0; k < batch.size(); ++k) {
      const auto item = static_cast<uint64_t>(batch.index[static_cast<size_t>(k)]);
      const PastedBox box = draw_box(height, width, alpha, Draw(seed, step, item, Purpose::mix));
      patch(pasted[k], box).copy_(patch(others[k], box));
      kept.push_back(1 - static_cast<float>(box.width * box.height) / static_cast<float>(height * width));
    }
    batch.x[0] = pasted;
    mix->share = at::tensor(kept).to(batch.y.device());
    mix_targets(batch, *mix, partners);
    return Next::go_on;
  };
  callback.loss = [mix](StepContext& context, const at::Tensor& logits) { return mixed_loss(context, logits, *mix); };
  return callback;
}

}  // namespace tenfold
