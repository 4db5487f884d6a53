// Test-time augmentation: tta() and check_views() of predictions.h.

#include <ATen/ops/reflection_pad2d.h>
#include <torch/types.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/pass.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

constexpr const char* kCached =
    "means nothing on cached features: every view is the plain one; use the whole network's learner";

bool is_random(TtaMethod method) { return method == TtaMethod::modern || method == TtaMethod::legacy; }

/// Refuses data whose random views are its plain ones.
void require_augmentation(const Learner& learner, const Dataset& dataset, int views) {
  if (const auto* features = dynamic_cast<const FeatureDataset*>(&dataset)) {
    if (features->views() >= views) return;
    throw ConfigError("tta", "asks for " + std::to_string(views) + " random views, and " +
                                 std::to_string(features->views()) +
                                 " are cached; precompute with as many tta_views, or use the whole network's learner");
  }
  const auto& transform = learner.data().transform;
  if (dataset.augments() || (transform && transform->augments())) return;
  throw ConfigError("tta",
                    "averages over random views, and this data has no augmentation, so every view would be the plain "
                    "one. Set data.augment and train with it, or take fixed views (mirror, five_crops, mirror_shifts), "
                    "or predict without");
}

/// Training views beside the plain one: fastai 2.x's weights, or 0.7's.
Predictions random_views(Learner& learner, const std::shared_ptr<const Dataset>& dataset, const TtaOptions& options,
                         Passes passes) {
  const OutputsOf outputs_of = [&](const Batch& batch) { return plain_outputs(learner, batch.x); };
  const int64_t plain_copies = (options.views + 3) / 4;  // as 0.7 repeats the plain prediction
  const double plain_weight =
      options.method == TtaMethod::legacy
          ? static_cast<double>(plain_copies) / static_cast<double>(plain_copies + options.views)
          : options.plain_weight;
  Batches plain(learner, dataset, Batches::View::plain), augmented(learner, dataset, Batches::View::augmented);
  Predictions predictions = pass(learner, *dataset, plain, 0, outputs_of, passes);
  at::Tensor views;  // sum, or largest
  for (int k = 0; k < options.views; ++k) {
    passes.done += dataset->size();
    const auto view = pass(learner, *dataset, augmented, kTtaEpoch + static_cast<uint64_t>(k), outputs_of, passes);
    if (view.index != predictions.index)
      throw DataError("data", 0, "an item was readable in one view and not in another; remove it, then predict again");
    views = !views.defined()  ? view.activated
            : options.maximum ? at::maximum(views, view.activated)
                              : views + view.activated;
  }
  predictions.activated = options.maximum
                              ? at::maximum(predictions.activated, views)
                              : plain_weight * predictions.activated + ((1 - plain_weight) / options.views) * views;
  return predictions;
}

/// One of several views that are cut from the same picture: the middle, or towards a corner.
struct FixedView {
  int right = 0, down = 0;  ///< -1, 0 or 1
  bool mirrored = false;
  double weight = 1;
};

std::vector<FixedView> fixed_views(TtaMethod method) {
  switch (method) {
    case TtaMethod::mirror:
      return {{.weight = 0.5}, {.mirrored = true, .weight = 0.5}};
    case TtaMethod::five_crops:
      return {{.weight = 0.2},
              {.right = -1, .down = -1, .weight = 0.2},
              {.right = 1, .down = -1, .weight = 0.2},
              {.right = -1, .down = 1, .weight = 0.2},
              {.right = 1, .down = 1, .weight = 0.2}};
    default:
      return {{.weight = 0.25},
              {.mirrored = true, .weight = 0.25},
              {.right = -1, .down = -1, .weight = 0.125},
              {.right = -1, .down = -1, .mirrored = true, .weight = 0.125},
              {.right = 1, .down = 1, .weight = 0.125},
              {.right = 1, .down = 1, .mirrored = true, .weight = 0.125}};
  }
}

/// x [N, C, H, W] with `margin` pixels to spare on each side → the view without them, channels-last.
at::Tensor seen(const at::Tensor& x, const FixedView& view, int64_t margin) {
  const auto part = x.narrow(2, margin * (1 + view.down), x.size(2) - 2 * margin)
                        .narrow(3, margin * (1 + view.right), x.size(3) - 2 * margin);
  return (view.mirrored ? part.flip(3) : part).contiguous(at::MemoryFormat::ChannelsLast);
}

/// Pixels a side of the plain views, by the first item that can be read.
int64_t side_of(const Dataset& dataset) {
  if (dynamic_cast<const FeatureDataset*>(&dataset)) throw ConfigError("tta", kCached);
  for (int64_t k = 0; k < dataset.size(); ++k) {
    try {
      const auto x = dataset.get(k, std::nullopt).x.at(0);
      if (x.dim() != 3) throw ConfigError("tta", "has fixed views of images only; take modern or legacy");
      return x.size(0);
    } catch (const DataError&) {
      if (k + 1 == dataset.size()) throw;
    }
  }
  throw DataError("data", 0, "has no item");
}

/// The larger pictures that five crops are cut from: the same data one seventh larger, 256 for 224.
Data enlarged(const Learner& learner, int64_t size) {
  if (!learner.data().resized) throw ConfigError("tta", "five_crops needs images that can be read larger; take mirror");
  constexpr int64_t kPart = 14;  // a margin of a fourteenth on each side
  return learner.data().resized(size + 2 * std::max<int64_t>(1, (size + kPart / 2) / kPart));
}

Predictions of_fixed_views(Learner& learner, Split split, const TtaOptions& options, const Passes& passes) {
  const auto views = fixed_views(options.method);
  const bool crops = options.method == TtaMethod::five_crops, shifts = options.method == TtaMethod::mirror_shifts;
  auto dataset = learner.data().split(split);
  const int64_t size = side_of(*dataset);
  if (crops) dataset = enlarged(learner, size).split(split);
  Batches batches(learner, dataset, Batches::View::plain);
  const OutputsOf outputs_of = [&](const Batch& batch) -> ModelOutputs {
    at::Tensor x = batch.x.at(0), all;
    const int64_t shift = std::max<int64_t>(1, size / 32);
    if (shifts) x = at::reflection_pad2d(x, {shift, shift, shift, shift});
    const int64_t margin = shifts ? shift : (x.size(2) - size) / 2;
    for (const auto& view : views) {
      const auto activated = plain_outputs(learner, {seen(x, view, margin)}).activated;
      if (!all.defined())
        all = options.maximum ? activated : view.weight * activated;
      else
        all = options.maximum ? at::maximum(all, activated) : all + view.weight * activated;
    }
    return {all, nn::logits_of(learner.task(), all)};
  };
  return pass(learner, *dataset, batches, 0, outputs_of, passes);
}

}  // namespace

void check_views(const Learner& learner, Split split, const TtaOptions& options) {
  if (options.views < 1) throw ConfigError("tta.views", "is " + std::to_string(options.views) + "; needs at least 1");
  if (!(options.plain_weight >= 0 && options.plain_weight <= 1))
    throw ConfigError("tta.plain_weight", "is " + std::to_string(options.plain_weight) + "; needs a share from 0 to 1");
  const auto dataset = items_of(learner, split);
  if (is_random(options.method)) return require_augmentation(learner, *dataset, options.views);
  const int64_t size = side_of(*dataset);
  if (options.method == TtaMethod::five_crops) enlarged(learner, size);
}

Predictions tta(Learner& learner, Split split, const TtaOptions& options, const OnItems& progress) {
  check_views(learner, split, options);
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  if (!is_random(options.method))
    return of_fixed_views(learner, split, options, {.progress = progress, .all = dataset->size()});
  Predictions predictions =
      random_views(learner, dataset, options, {.progress = progress, .all = dataset->size() * (options.views + 1)});
  if (predictions.target.defined())
    predictions.item_loss =
        nn::item_loss(learner.task(), nn::logits_of(learner.task(), predictions.activated), predictions.target);
  return predictions;
}

}  // namespace tenfold
