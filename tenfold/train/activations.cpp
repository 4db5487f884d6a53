#include "tenfold/train/activations.h"

#include <torch/types.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/core/version.h"
#include "tenfold/data/loader.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold {
namespace {

constexpr int64_t kBatch = 32;                         // items read at a time
constexpr int64_t kPixels = kBatch * 224 * 224;        // and small pictures go through the network in larger batches
constexpr int64_t kMostBatches = 8;                    // of those
constexpr int64_t kShardBytes = 32 << 20;              // rows kept at a time
constexpr auto kShardTime = std::chrono::seconds(60);  // or after so long
constexpr uint64_t kSampleMask = (uint64_t{1} << 48) - 1;  // what Draw takes

uint64_t sample_of(const ItemId& id) { return id.low & kSampleMask; }

/// The same draws for an item's pixels and for its batch transform as in an epoch of training, but for the keys.
uint64_t epoch_of(const ActivationView& view) { return kTtaEpoch + static_cast<uint64_t>(view.number); }

/// Items `items` of `source` in one view, which the loader takes for their plain one.
class ViewedItems : public Dataset {
 public:
  ViewedItems(std::shared_ptr<const Dataset> source, std::vector<int64_t> items, const std::vector<ItemId>& ids,
              const ActivationView& view)
      : source_(std::move(source)), items_(std::move(items)), ids_(ids), view_(view) {}
  int64_t size() const override { return static_cast<int64_t>(items_.size()); }
  Sample get(int64_t index, const std::optional<Draw>&) const override {
    const auto item = items_[static_cast<size_t>(index)];
    std::optional<Draw> draw;
    if (view_.kind == Views::random)
      draw.emplace(view_.seed, epoch_of(view_), sample_of(ids_[static_cast<size_t>(item)]), Purpose::item_transform);
    return {source_->get(item, draw).x, {}};
  }
  Batch collate(std::vector<Sample> samples, std::vector<int64_t> index) const override {
    return source_->collate(std::move(samples), std::move(index));
  }
  std::string name(int64_t index) const override { return source_->name(items_[static_cast<size_t>(index)]); }
  at::Tensor target(int64_t) const override { return {}; }
  std::string fingerprint() const override { return source_->fingerprint(); }
  int64_t item(int64_t index) const { return items_[static_cast<size_t>(index)]; }

 private:
  std::shared_ptr<const Dataset> source_;
  std::vector<int64_t> items_;
  const std::vector<ItemId>& ids_;
  ActivationView view_;
};

/// Inputs gathered into batches of one fixed size.
class FixedBatch {
 public:
  /// Whether items of these inputs go into the batch under way: texts come in other lengths.
  bool fits(const std::vector<at::Tensor>& x) const {
    if (inputs_.empty()) return true;
    for (size_t k = 0; k < x.size(); ++k)
      if (x[k].sizes().slice(1) != inputs_[k].sizes().slice(1)) return false;
    return true;
  }
  /// Takes what fits of `batch` from item `from` on; returns how many.
  int64_t take(const std::vector<at::Tensor>& x, int64_t from) {
    if (inputs_.empty())
      for (const auto& input : x) {
        auto sizes = input.sizes().vec();
        sizes[0] = size_of(x.at(0));
        inputs_.push_back(at::empty(sizes, input.options(), input.suggest_memory_format()));
      }
    const int64_t count = std::min(inputs_[0].size(0) - filled_, x[0].size(0) - from);
    for (size_t k = 0; k < x.size(); ++k) inputs_[k].narrow(0, filled_, count).copy_(x[k].narrow(0, from, count));
    filled_ += count;
    return count;
  }
  bool full() const { return !inputs_.empty() && filled_ == inputs_[0].size(0); }
  int64_t filled() const { return filled_; }
  /// Full: what is left is filled with copies of the first item.
  const std::vector<at::Tensor>& inputs() {
    for (auto& input : inputs_)
      if (const int64_t left = input.size(0) - filled_; left > 0)
        input.narrow(0, filled_, left).copy_(input.narrow(0, 0, 1).expand_as(input.narrow(0, filled_, left)));
    return inputs_;
  }
  void clear() { filled_ = 0; }
  void forget() { inputs_.clear(); }

 private:
  static int64_t size_of(const at::Tensor& x) {
    if (x.dim() != 4) return kBatch;
    return kBatch * std::clamp<int64_t>(kPixels / (kBatch * x.size(2) * x.size(3)), 1, kMostBatches);
  }
  std::vector<at::Tensor> inputs_;
  int64_t filled_ = 0;
};

/// Results on their way into a table, by way of the store where that has room.
class Keeper {
 public:
  Keeper(ActivationStore& store, std::string column, const std::vector<ItemId>& ids, RowTable& table)
      : store_(store), column_(std::move(column)), ids_(ids), table_(table) {}

  void add(at::Tensor rows, std::vector<int64_t> items) {
    bytes_ += static_cast<int64_t>(rows.nbytes());
    blocks_.push_back(std::move(rows));
    items_.insert(items_.end(), items.begin(), items.end());
    if (bytes_ >= kShardBytes || Clock::now() - since_ >= kShardTime) flush();
  }

  void flush() {
    since_ = Clock::now();
    if (items_.empty()) return;
    const auto rows = at::cat(blocks_);
    std::vector<ItemId> ids;
    for (const int64_t item : items_) ids.push_back(ids_[static_cast<size_t>(item)]);
    std::vector<int64_t> all(items_.size());
    std::iota(all.begin(), all.end(), 0);
    // From the file, so that memory holds pages which the system may drop, and shares with other processes.
    if (store_.keeps() && store_.add(column_, ids, rows)) {
      const auto kept = store_.find(column_, ids);
      if (kept.missing().empty()) {
        table_.put(kept, items_);
        blocks_.clear();
      }
    }
    if (!blocks_.empty()) table_.put(rows, all, items_);
    blocks_.clear();
    items_.clear();
    bytes_ = 0;
  }

 private:
  ActivationStore& store_;
  std::string column_;
  const std::vector<ItemId>& ids_;
  RowTable& table_;
  std::vector<at::Tensor> blocks_;
  std::vector<int64_t> items_;
  int64_t bytes_ = 0;
  Clock::time_point since_ = Clock::now();
};

}  // namespace

std::vector<ItemId> item_ids(const Dataset& dataset, FileHashes& hashes, int threads) {
  std::vector<std::string> files;
  for (int64_t k = 0; k < dataset.size(); ++k) files.push_back(dataset.item_file(k));
  const bool any = std::any_of(files.begin(), files.end(), [](const std::string& file) { return !file.empty(); });
  const auto contents = any ? hashes.of(files, threads) : std::vector<std::string>(files.size());
  std::vector<ItemId> ids;
  for (size_t k = 0; k < files.size(); ++k)
    ids.push_back(item_id(files[k].empty()      ? dataset.item_fingerprint(static_cast<int64_t>(k))
                          : contents[k].empty() ? "unreadable " + files[k]
                                                : contents[k]));
  return ids;
}

std::string activation_column(Learner& learner, const Dataset& dataset, int cut, const ActivationView& view,
                              at::ScalarType kept_as) {
  const auto& transform = learner.data().transform;
  ContentHash hash;
  hash.add(version)
      .add(TORCH_VERSION)
      .add(at::get_cpu_capability())
      .add(learner.device().str())
      .add_integer(learner.options().threads)
      .add_integer(kPixels)
      .add(learner.model().fingerprint(cut))
      .add_integer(cut)
      .add(dataset.view_fingerprint(view.kind))
      .add(!transform                  ? ""
           : view.kind == Views::plain ? transform->fingerprint()
                                       : transform->random_fingerprint())
      .add(c10::toString(learner.dtype()))
      .add(c10::toString(kept_as));
  if (view.kind == Views::random) hash.add_integer(static_cast<int64_t>(view.seed)).add_integer(view.number);
  return hash.hex();
}

/// These items as the dataset orders them: texts of like length together.
std::vector<int64_t> in_order_of(const Dataset& dataset, const std::vector<int64_t>& items) {
  const std::set<int64_t> wanted(items.begin(), items.end());
  auto order = dataset.order(kBatch, std::nullopt);
  std::erase_if(order, [&](int64_t item) { return !wanted.contains(item); });
  return order;
}

RowTable activations(Learner& learner, const std::shared_ptr<const Dataset>& dataset, const std::vector<ItemId>& ids,
                     int cut, const ActivationView& view, at::ScalarType kept_as, ActivationStore& store,
                     const std::function<void(int64_t done)>& progress) {
  const std::string column = activation_column(learner, *dataset, cut, view, kept_as);
  RowTable table = store.find(column, ids);
  const auto missing = table.missing();
  int64_t done = table.size() - static_cast<int64_t>(missing.size());
  if (progress) progress(done);
  if (missing.empty()) return table;

  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  const auto items = std::make_shared<const ViewedItems>(dataset, in_order_of(*dataset, missing), ids, view);
  const auto& options = learner.options();
  Loader loader(items, {.batch = kBatch, .workers = options.workers, .skip_broken = options.skip_broken});
  std::optional<BatchTransform::Key> key;
  if (view.kind == Views::random) key = BatchTransform::Key{view.seed, epoch_of(view)};
  FixedBatch fixed;
  Keeper keeper(store, column, ids, table);
  std::vector<int64_t> gathered;
  const auto compute = [&] {
    const auto rows = learner.model().activations(fixed.inputs(), cut).narrow(0, 0, fixed.filled());
    keeper.add(rows.to(kept_as).cpu().contiguous(), std::exchange(gathered, {}));
    fixed.clear();
  };
  loader.start(0);
  while (auto batch = loader.next()) {
    if (batch->size() == 0) continue;
    if (!batch->rows.empty())
      throw ConfigError("precompute", "keeps a row an item, and an item here has several (words); train without it");
    std::vector<int64_t> numbers;
    for (auto& index : batch->index) {
      numbers.push_back(items->item(index));
      index = static_cast<int64_t>(sample_of(ids[static_cast<size_t>(numbers.back())]));  // keys the transform's draws
    }
    for (auto& x : batch->x) x = x.to(learner.device());
    if (const auto& transform = learner.data().transform)
      *batch = transform->apply(std::move(*batch), key, learner.dtype());
    if (!fixed.fits(batch->x)) {
      if (fixed.filled() > 0) compute();
      fixed.forget();
    }
    for (int64_t from = 0; from < static_cast<int64_t>(numbers.size());) {
      const int64_t count = fixed.take(batch->x, from);
      gathered.insert(gathered.end(), numbers.begin() + from, numbers.begin() + from + count);
      from += count;
      if (fixed.full()) compute();
    }
    done += static_cast<int64_t>(numbers.size());
    if (progress) progress(done);
  }
  if (fixed.filled() > 0) compute();
  keeper.flush();
  Batches::note_skipped(learner, loader.skipped());
  return table;
}

}  // namespace tenfold
