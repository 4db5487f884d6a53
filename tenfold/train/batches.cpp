#include "tenfold/train/batches.h"

#include <algorithm>
#include <utility>

#include "tenfold/train/learner_state.h"

namespace tenfold {

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
      features_(std::dynamic_pointer_cast<const FeatureDataset>(dataset)) {
  if (!features_) loader_ = std::make_unique<Loader>(std::move(dataset), options_);
}

Batches::~Batches() { note_skipped(); }

int64_t Batches::count() const {
  if (loader_) return loader_->batches();
  return (features_->size() + (options_.drop_last ? 0 : options_.batch - 1)) / options_.batch;
}

void Batches::start(uint64_t epoch, int64_t first) {
  epoch_ = epoch;
  batch_ = first;
  if (loader_) return loader_->start(epoch, first);
  order_ = epoch_order(features_->size(), options_.shuffle, options_.seed, epoch);
}

std::optional<Batch> Batches::next() {
  std::optional<Batch> batch;
  if (loader_) {
    batch = loader_->next();
  } else if (batch_ < count()) {
    const auto from = order_.begin() + batch_ * options_.batch;
    batch = features_->gather({from, from + std::min<int64_t>(options_.batch, order_.end() - from)});
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
  std::optional<BatchTransform::Key> key;
  if (view_ != View::plain) key = BatchTransform::Key{options_.seed, epoch_};
  return learner_.data().transform->apply(std::move(*batch), key, learner_.dtype());
}

void Batches::note_skipped() {
  if (!loader_) return;
  auto& known = learner_.state_->skipped;
  for (auto& item : loader_->skipped())
    if (std::find(known.begin(), known.end(), item) == known.end()) known.push_back(std::move(item));
}

}  // namespace tenfold
