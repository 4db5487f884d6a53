#include "tenfold/train/batches.h"

#include <torch/types.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/oversample.h"
#include "tenfold/train/learner_state.h"

namespace tenfold {

namespace {

/// The class of every item, for oversampling.
std::shared_ptr<const std::vector<int64_t>> labels_of(const Dataset& dataset, const nn::Task& task) {
  if (task.kind == nn::TaskKind::multi_label)
    throw ConfigError("training.oversample",
                      "repeats items of rare classes, and here an item has several labels: repeating it for a rare one "
                      "repeats the frequent ones with it. Leave it off, and let predict.threshold find the balance");
  if (task.kind == nn::TaskKind::regression || task.kind == nn::TaskKind::language_model)
    throw ConfigError("training.oversample",
                      "repeats items of rare classes, and a " + name_of(task.kind) + " task has none; leave it off");
  auto labels = std::make_shared<std::vector<int64_t>>();
  for (int64_t k = 0; k < dataset.size(); ++k) labels->push_back(dataset.target(k).item<int64_t>());
  return labels;
}

}  // namespace

uint64_t epoch_key(int stage, int epoch) { return (static_cast<uint64_t>(stage) << 20) + static_cast<uint64_t>(epoch); }

Batches::Batches(const Learner& learner, std::shared_ptr<const Dataset> dataset, View view)
    : learner_(learner),
      view_(view),
      options_{
          .batch = learner.options().batch,
          .workers = learner.options().workers,
          .shuffle = view == View::train,
          // A set smaller than one batch still trains.
          .drop_last = view == View::train && learner.options().drop_last && dataset->size() >= learner.options().batch,
          .augment = view != View::plain,
          .seed = learner.options().seed,
          .skip_broken = learner.options().skip_broken},
      dataset_(std::move(dataset)) {
  if (view == View::train && learner.options().oversample) options_.balance = labels_of(*dataset_, learner.task());
  if (!dataset_->gathers()) loader_ = std::make_unique<Loader>(dataset_, options_);
}

Batches::~Batches() { note_skipped(); }

int64_t Batches::count() const {
  if (loader_) return loader_->batches();
  const int64_t items = options_.balance ? balanced_size(*options_.balance) : dataset_->size();
  return (items + (options_.drop_last ? 0 : options_.batch - 1)) / options_.batch;
}

void Batches::start(uint64_t epoch, int64_t first) {
  epoch_ = epoch;
  batch_ = first;
  if (loader_) return loader_->start(epoch, first);
  order_ = epoch_order(*dataset_, options_, epoch);
}

std::optional<Batch> Batches::next() {
  std::optional<Batch> batch;
  if (loader_) {
    batch = loader_->next();
  } else if (batch_ < count()) {
    const auto from = order_.begin() + batch_ * options_.batch;
    batch = dataset_->gather({from, from + std::min<int64_t>(options_.batch, order_.end() - from)}, view_key());
  }
  if (!batch) {
    note_skipped();
    return batch;
  }
  ++batch_;
  if (batch->size() == 0) return batch;  // every item of it was left out
  const auto device = learner_.device();
  for (auto& x : batch->x) x = x.to(device);
  if (batch->y.defined()) batch->y = batch->y.to(device);
  if (!learner_.data().transform) return batch;
  return learner_.data().transform->apply(std::move(*batch), view_key(), learner_.dtype());
}

std::optional<EpochKey> Batches::view_key() const {
  return view_ == View::plain ? std::nullopt : std::optional(EpochKey{options_.seed, epoch_});
}

void Batches::note_skipped() {
  if (loader_) note_skipped(learner_, loader_->skipped());
}

void Batches::note_skipped(const Learner& learner, std::vector<std::string> items) {
  auto& known = learner.state_->skipped;
  for (auto& item : items)
    if (std::find(known.begin(), known.end(), item) == known.end()) known.push_back(std::move(item));
}

}  // namespace tenfold
