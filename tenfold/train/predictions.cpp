#include "tenfold/train/predictions.h"

#include <ATen/ops/reflection_pad2d.h>
#include <torch/types.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/feature_sample.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

std::shared_ptr<const Dataset> items_of(const Learner& learner, Split split) {
  auto dataset = learner.data().split(split);
  if (dataset && dataset->size() > 0) return dataset;
  const auto table = names(split);
  const auto row = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == split; });
  throw ConfigError("split", "\"" + std::string(row->second) + "\" has no items in this data; choose another split");
}

struct Looked {
  at::Tensor activated;  ///< [N, …] fp32
  at::Tensor logits;
};
/// What a model says of a batch as the network takes it.
using Look = std::function<Looked(const Batch&)>;

Looked plain_look(Learner& learner, const std::vector<at::Tensor>& x) {
  const auto logits = learner.model().forward(x).to(at::kFloat);
  return {nn::activate(learner.task(), logits), logits};
}

/// Tells how far several passes are, as one.
struct Passes {
  const OnItems& progress;
  int64_t done = 0, all = 0;
  void tell(int64_t of_this_pass) const {
    if (progress) progress(done + of_this_pass, all);
  }
};

/// From the order in which batches come, which the dataset chooses, to the dataset's.
void put_in_order(Predictions& predictions) {
  auto& index = predictions.index;
  if (std::is_sorted(index.begin(), index.end())) return;
  std::vector<int64_t> place(index.size());
  std::iota(place.begin(), place.end(), 0);
  std::stable_sort(place.begin(), place.end(), [&](int64_t a, int64_t b) { return index[a] < index[b]; });
  const auto rows = at::tensor(place, at::kLong);
  for (auto* tensor : {&predictions.activated, &predictions.target, &predictions.item_loss})
    if (tensor->defined()) *tensor = tensor->index_select(0, rows);
  std::vector<std::string> names;
  std::vector<int64_t> numbers;
  for (const int64_t k : place) {
    names.push_back(std::move(predictions.names[static_cast<size_t>(k)]));
    numbers.push_back(index[static_cast<size_t>(k)]);
  }
  predictions.names = std::move(names);
  index = std::move(numbers);
}

/// Item and name of each row of the batch.
void name_rows(const Dataset& dataset, const Batch& batch, Predictions& predictions) {
  for (size_t k = 0; k < batch.index.size(); ++k) {
    const int64_t item = batch.index[k];
    if (batch.rows.empty()) {
      predictions.index.push_back(item);
      predictions.names.push_back(dataset.name(item));
    } else {
      for (int64_t row = 0; row < batch.rows[k]; ++row) {
        predictions.index.push_back(item);
        predictions.names.push_back(dataset.row_name(item, row));
      }
    }
  }
}

/// What a model says, batch after batch.
class Collected {
 public:
  Collected(Learner& learner, const Dataset& dataset, const Look& look)
      : learner_(learner), dataset_(dataset), look_(look) {}

  void add(const Batch& batch) {
    const auto [probable, logits] = look_(batch);
    activated_.push_back(probable.cpu());
    if (batch.y.defined()) {
      targets_.push_back(batch.y.cpu());
      losses_.push_back(nn::item_loss(learner_.task(), logits, batch.y).cpu());
    }
    name_rows(dataset_, batch, predictions_);
  }
  bool empty() const { return activated_.empty(); }
  size_t rows() const { return predictions_.names.size(); }

  /// What came since the last call, in the dataset's order; not where empty().
  Predictions taken() {
    Predictions out = std::exchange(predictions_, {});
    out.activated = at::cat(activated_);
    if (targets_.size() == activated_.size()) {
      out.target = at::cat(targets_);
      out.item_loss = at::cat(losses_);
    }
    activated_.clear();
    targets_.clear();
    losses_.clear();
    put_in_order(out);
    return out;
  }

 private:
  Learner& learner_;
  const Dataset& dataset_;
  const Look& look_;
  Predictions predictions_{};
  std::vector<at::Tensor> activated_{}, targets_{}, losses_{};
};

[[noreturn]] void refuse_unreadable() {
  throw DataError("data", 0, "has no readable item left; see the list of those left out");
}

/// One pass over `batches`, begun at `epoch`.
Predictions pass(Learner& learner, const Dataset& dataset, Batches& batches, uint64_t epoch, const Look& look,
                 const Passes& passes) {
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Collected collected(learner, dataset, look);
  int64_t items = 0;
  batches.start(epoch);
  while (auto batch = batches.next()) {
    if (batch->size() > 0) collected.add(*batch);
    passes.tell(items += batch->size());
  }
  if (collected.empty()) refuse_unreadable();
  return collected.taken();
}

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
  const Look look = [&](const Batch& batch) { return plain_look(learner, batch.x); };
  const int64_t plain_copies = (options.views + 3) / 4;  // as 0.7 repeats the plain prediction
  const double plain_weight =
      options.method == TtaMethod::legacy
          ? static_cast<double>(plain_copies) / static_cast<double>(plain_copies + options.views)
          : options.plain_weight;
  Batches plain(learner, dataset, Batches::View::plain), augmented(learner, dataset, Batches::View::augmented);
  Predictions predictions = pass(learner, *dataset, plain, 0, look, passes);
  at::Tensor views;  // sum, or largest
  for (int k = 0; k < options.views; ++k) {
    passes.done += dataset->size();
    const auto view = pass(learner, *dataset, augmented, kTtaEpoch + static_cast<uint64_t>(k), look, passes);
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
  const Look look = [&](const Batch& batch) -> Looked {
    at::Tensor x = batch.x.at(0), all;
    const int64_t shift = std::max<int64_t>(1, size / 32);
    if (shifts) x = at::reflection_pad2d(x, {shift, shift, shift, shift});
    const int64_t margin = shifts ? shift : (x.size(2) - size) / 2;
    for (const auto& view : views) {
      const auto activated = plain_look(learner, {seen(x, view, margin)}).activated;
      if (!all.defined())
        all = options.maximum ? activated : view.weight * activated;
      else
        all = options.maximum ? at::maximum(all, activated) : all + view.weight * activated;
    }
    return {all, nn::logits_of(learner.task(), all)};
  };
  return pass(learner, *dataset, batches, 0, look, passes);
}

}  // namespace

Predictions predict(Learner& learner, Split split, const OnItems& progress, int64_t features) {
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  Batches batches(learner, dataset, Batches::View::plain);
  FeatureSample sample(dataset->size(), features, learner.options().seed);
  const Look look = [&](const Batch& batch) -> Looked {
    const auto pooled = learner.model().features(batch.x);
    if (batch.rows.empty()) sample.add(pooled, batch.index);
    const auto logits = learner.model().head(pooled).to(at::kFloat);
    return {nn::activate(learner.task(), logits), logits};
  };
  Predictions predictions = pass(learner, *dataset, batches, 0, look, {.progress = progress, .all = dataset->size()});
  std::tie(predictions.feature_rows, predictions.features) = sample.taken();
  for (auto& row : predictions.feature_rows)  // from the item's number to its place among those that could be read
    row = std::lower_bound(predictions.index.begin(), predictions.index.end(), row) - predictions.index.begin();
  return predictions;
}

void predict_in_parts(Learner& learner, Split split, int64_t items, const std::function<void(Predictions)>& use,
                      const OnItems& progress) {
  if (items < 1) throw ConfigError("items", "is " + std::to_string(items) + "; a part needs at least 1");
  pin_threads(learner.options().threads);
  const auto dataset = items_of(learner, split);
  const auto order = dataset->order(learner.options().batch, std::nullopt);
  const bool in_order = std::is_sorted(order.begin(), order.end());
  const Passes passes{.progress = progress, .all = dataset->size()};
  const Look look = [&](const Batch& batch) { return plain_look(learner, batch.x); };
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Batches batches(learner, dataset, Batches::View::plain);
  Collected collected(learner, *dataset, look);
  int64_t done = 0;
  bool any = false;
  batches.start(0);
  while (auto batch = batches.next()) {
    if (batch->size() > 0) collected.add(*batch);
    passes.tell(done += batch->size());
    if (!in_order || static_cast<int64_t>(collected.rows()) < items) continue;
    any = true;
    use(collected.taken());
  }
  if (collected.empty() && !any) refuse_unreadable();
  if (!collected.empty()) use(collected.taken());
}

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

at::Tensor item_weights(const nn::Task& task, const at::Tensor& target) {
  if (task.kind == nn::TaskKind::language_model) return target.to(at::kFloat);
  if (task.kind != nn::TaskKind::single_label || task.class_weights.empty())
    return at::ones({target.size(0)}, target.options().dtype(at::kFloat));
  return at::tensor(task.class_weights, at::kFloat).to(target.device()).index_select(0, target);
}

Evaluation evaluate(const nn::Task& task, const Predictions& predictions, const std::vector<std::string>& metrics) {
  Evaluation evaluation;
  if (!predictions.target.defined()) return evaluation;
  evaluation.loss =
      (predictions.item_loss.to(at::kDouble).sum() / item_weights(task, predictions.target).to(at::kDouble).sum())
          .item<double>();
  for (const auto& name : metrics)
    evaluation.metrics[name] = metric(name, task.kind).compute(task, predictions.activated, predictions.target);
  return evaluation;
}

}  // namespace tenfold
