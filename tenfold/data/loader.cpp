#include "tenfold/data/loader.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <dlfcn.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/oversample.h"

namespace tenfold {
namespace {

/// A worker's tensor operations must not start a team of threads each: that would be workers x cores of them.
/// LibTorch's count is per thread once it has been read, and its OpenMP runtime is found by name, since only g++ builds
/// link it; at::set_num_threads would change the count of threads yet to come as well.
void compute_alone() {
  at::get_num_threads();
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"))) set(1);
}

struct Item {
  std::optional<Sample> sample;
  std::exception_ptr error;
};

/// What follows the path in the error of a file that cannot be used, ": is truncated…"; nothing for errors of any other
/// kind.
std::optional<std::string> reason_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const DataError& problem) {
    return std::string(problem.what()).substr(problem.path.size());
  } catch (const FileError& problem) {
    return std::string(problem.what()).substr(problem.path.size());
  } catch (...) {
    return std::nullopt;
  }
}

int64_t items_of(const Dataset& dataset, const LoaderOptions& options) {
  return options.balance ? balanced_size(*options.balance) : dataset.size();
}

int64_t batches_of(int64_t n, const LoaderOptions& options) {
  return (n + (options.drop_last ? 0 : options.batch - 1)) / options.batch;
}

}  // namespace

/// One epoch under way. Workers claim runs of items in order, never further than `prefetch` batches ahead of the one
/// asked for, so the batch that is asked for can always be finished.
struct Loader::Pass {
  struct Open {
    std::vector<Item> items;
    int64_t missing = 0;
    bool ready = false;
    Batch batch;
    std::exception_ptr collate_error;
    std::vector<std::pair<int64_t, std::exception_ptr>> errors;  ///< by place in the batch
  };

  Pass(std::shared_ptr<const Dataset> given, const LoaderOptions& given_options, uint64_t at_epoch, int64_t first)
      : dataset(std::move(given)),
        options(given_options),
        epoch(at_epoch),
        order(epoch_order(*dataset, options, epoch)),
        repeats(options.balance ? repeats_of(order) : std::vector<int64_t>()),
        count(batches_of(static_cast<int64_t>(order.size()), options)),
        asked(first),
        next_batch(first),
        run(std::clamp<int64_t>(options.batch / (4 * options.workers), 1, 64)) {
    for (int worker = 0; worker < options.workers; ++worker)
      threads.emplace_back([this] {
        compute_alone();
        const at::NoGradGuard no_grad;
        work();
      });
  }

  ~Pass() {
    {
      const std::lock_guard lock(mutex);
      cancelled = true;
    }
    changed.notify_all();
    for (auto& thread : threads) thread.join();
  }

  int64_t size_of(int64_t batch) const {
    return std::min(options.batch, static_cast<int64_t>(order.size()) - batch * options.batch);
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return cancelled || next_batch >= count || next_batch <= asked + options.prefetch; });
      if (cancelled || next_batch >= count) return;
      const int64_t batch = next_batch, from = next_item, to = std::min(from + run, size_of(batch));
      Open& place = open[batch];
      if (from == 0) {
        place.items.resize(static_cast<size_t>(size_of(batch)));
        place.missing = size_of(batch);
      }
      next_item = to;
      if (to == size_of(batch)) ++next_batch, next_item = 0;
      lock.unlock();
      for (int64_t k = from; k < to; ++k) read(batch * options.batch + k, place.items[static_cast<size_t>(k)]);
      lock.lock();
      place.missing -= to - from;
      if (place.missing > 0) continue;
      lock.unlock();
      finish(batch, place);
      lock.lock();
      place.ready = true;
      changed.notify_all();
    }
  }

  void read(int64_t position, Item& item) const {
    const int64_t index = order[static_cast<size_t>(position)];
    try {
      std::optional<Draw> draw;
      const int64_t before = repeats.empty() ? 0 : repeats[static_cast<size_t>(position)];
      if (options.augment) draw.emplace(options.seed, epoch, sample_key(index, before), Purpose::item_transform);
      item.sample = dataset->get(index, draw);
    } catch (...) {
      item.error = std::current_exception();
    }
  }

  void finish(int64_t batch, Open& place) const {
    try {
      std::vector<Sample> readable;
      std::vector<int64_t> index, before;
      for (size_t k = 0; k < place.items.size(); ++k) {
        const size_t position = static_cast<size_t>(batch * options.batch) + k;
        if (place.items[k].error) {
          place.errors.emplace_back(order[position], place.items[k].error);
          continue;
        }
        readable.push_back(std::move(*place.items[k].sample));
        index.push_back(order[position]);
        if (!repeats.empty()) before.push_back(repeats[position]);
      }
      place.items.clear();
      if (!readable.empty()) place.batch = dataset->collate(std::move(readable), std::move(index));
      place.batch.repeat = std::move(before);
    } catch (...) {
      place.collate_error = std::current_exception();
    }
  }

  /// Waits for the batch that is next; nothing at the end.
  std::optional<Open> take() {
    std::unique_lock lock(mutex);
    if (asked >= count) return std::nullopt;
    changed.wait(lock, [&] {
      const auto found = open.find(asked);
      return found != open.end() && found->second.ready;
    });
    auto node = open.extract(asked++);
    changed.notify_all();
    return std::move(node.mapped());
  }

  const std::shared_ptr<const Dataset> dataset;
  const LoaderOptions options;
  const uint64_t epoch;
  const std::vector<int64_t> order, repeats;  ///< items, and how often each has come before, or empty
  const int64_t count;
  int64_t asked;       ///< the batch that next() will hand out
  int64_t next_batch;  ///< and the item in it that a worker will claim
  int64_t next_item = 0;
  const int64_t run;  ///< items that a worker claims at once
  bool cancelled = false;
  std::map<int64_t, Open> open;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::thread> threads;
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options) {
  if (options_.batch < 1) throw ConfigError("batch", "is " + std::to_string(options_.batch) + "; needs at least 1");
  if (options_.workers < 1)
    throw ConfigError("workers", "is " + std::to_string(options_.workers) + "; needs at least 1");
  if (options_.prefetch < 0)
    throw ConfigError("prefetch", "is " + std::to_string(options_.prefetch) + "; needs 0 or more");
}

Loader::~Loader() = default;

int64_t Loader::batches() const { return batches_of(items_of(*dataset_, options_), options_); }

void Loader::start(uint64_t epoch, int64_t first) {
  stop();
  pass_ = std::make_unique<Pass>(dataset_, options_, epoch, first);
}

std::optional<Batch> Loader::next() {
  if (!pass_) return std::nullopt;
  auto taken = pass_->take();
  if (!taken) {
    stop();
    return std::nullopt;
  }
  for (const auto& [index, error] : taken->errors) {
    if (skipped_.contains(index)) continue;
    auto reason = reason_of(error);
    if (!reason || static_cast<int64_t>(skipped_.size()) >= options_.skip_broken) {
      stop();
      std::rethrow_exception(error);
    }
    skipped_[index] = std::move(*reason);
  }
  if (taken->collate_error) {
    stop();
    std::rethrow_exception(taken->collate_error);
  }
  return std::move(taken->batch);
}

void Loader::stop() { pass_.reset(); }

std::vector<std::string> Loader::skipped() const {
  std::vector<std::string> out;
  for (const auto& [index, reason] : skipped_) out.push_back(dataset_->name(index) + reason);
  return out;
}

std::vector<int64_t> epoch_order(const Dataset& dataset, const LoaderOptions& options, uint64_t epoch) {
  if (options.balance) return balanced_order(*options.balance, options.seed, epoch);
  return dataset.order(options.batch, options.shuffle ? std::optional(EpochKey{options.seed, epoch}) : std::nullopt);
}

}  // namespace tenfold
