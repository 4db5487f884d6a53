#pragma once
// Random access to samples. A dataset has no state that a reader can change, so any number of workers may share it.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/core/random.h"

namespace tenfold {

/// One item. Images: x = {[H, W, 3] uint8}. y: int64 scalar (single label, ordinal), float [classes] (multi-label,
/// 0/1), float [outputs] (regression), or undefined where the item has no label (test data).
struct Sample {
  std::vector<at::Tensor> x;
  at::Tensor y;
};

/// The sample of a Draw for an item that comes for the (repeat + 1)th time in its epoch, so that each time is another
/// view. item < 2^36, repeat < 2^12.
constexpr uint64_t sample_key(int64_t item, int64_t repeat) {
  return static_cast<uint64_t>(item) | static_cast<uint64_t>(repeat) << 36;
}

/// What an epoch's order, and the random views in it, are functions of.
struct EpochKey {
  uint64_t seed = 0;
  uint64_t epoch = 0;
};

/// The plain view of an item, or random ones.
enum class Views { plain, random };

struct Batch;

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;

  /// Item `index`, 0 <= index < size(). With a draw: a random training view, a function of the draw alone. Without: the
  /// plain view (validation transforms). Thread-safe. Throws DataError naming the file where it cannot be read.
  virtual Sample get(int64_t index, const std::optional<Draw>& draw) const = 0;

  /// The items in the order of an epoch, each once; every `batch` of them make a batch. With a key: a training order, a
  /// function of the key alone, by default a permutation. Without: by default 0, 1, …. Texts put those of like length
  /// together.
  virtual std::vector<int64_t> order(int64_t batch, const std::optional<EpochKey>& shuffle) const;

  /// One batch of the samples of items `index`, as many of both, at least one. By default each tensor stacked
  /// (stack()); texts are padded. Throws DataError where they do not go together.
  virtual Batch collate(std::vector<Sample> samples, std::vector<int64_t> index) const;

  /// Whether batches come whole from gather(), as from tables in memory, rather than item by item from workers.
  virtual bool gathers() const { return false; }
  /// Items `index` as a batch; with a key random training views. Called only where gathers().
  virtual Batch gather(std::vector<int64_t> index, const std::optional<EpochKey>& key) const;

  /// What to call the item in reports and predictions: the file's path below the data folder, or the row number.
  virtual std::string name(int64_t index) const = 0;
  /// What to call row `row` of an item that has several in Batch::rows: a word of a sentence. By default the item's
  /// name.
  virtual std::string row_name(int64_t index, int64_t row) const;

  /// The target alone, without reading the item; undefined where there is none.
  virtual at::Tensor target(int64_t index) const = 0;

  /// Changes whenever the plain views change: files' content, size, transforms. Keys the feature cache.
  virtual std::string fingerprint() const = 0;

  /// Changes whenever item `index` does, and with nothing else: not with its place, its split, its target or the view.
  /// Keys its rows in the activation store, and what is drawn for those. By default a hash of fingerprint() and the
  /// number, so that nothing is shared with other datasets.
  virtual std::string item_fingerprint(int64_t index) const;
  /// The file whose bytes are all that item_fingerprint(index) stands for, so that its hash may be remembered instead;
  /// empty where there is none.
  virtual std::string item_file(int64_t index) const;
  /// Changes whenever get() makes other views of the same item: size, resize; for random ones also what may be drawn.
  virtual std::string view_fingerprint(Views views) const;

  /// Whether a draw changes what get() gives. Averaging over views means nothing where none differs from the plain one.
  virtual bool augments() const { return false; }
};

/// Items collated: x[k] is [N, …]; images are [N, 3, H, W] uint8 in channels-last memory. y [N, …], undefined where any
/// lacks it. `index` are the items' numbers in the dataset; with `repeat` they key the draws.
struct Batch {
  std::vector<at::Tensor> x;
  at::Tensor y;
  std::vector<int64_t> index;
  /// How many rows of y, and of what the network says, each item has: the labelled words of a sentence. Empty: one
  /// each.
  std::vector<int64_t> rows{};
  std::vector<int64_t> repeat{};  ///< how often each item has come in this epoch before; empty: each comes once
  int64_t size() const { return static_cast<int64_t>(index.size()); }
  /// The sample that keys the draws of item k of the batch.
  uint64_t sample(size_t k) const { return sample_key(index[k], repeat.empty() ? 0 : repeat[k]); }
};

/// Samples as a batch, each tensor stacked, y undefined where any lacks it; pictures [H, W, 3] become [N, 3, H, W] in
/// channels-last memory. Throws DataError, with the item's name in `dataset`, where shapes or types differ.
Batch stack(const Dataset& dataset, const std::vector<Sample>& samples, std::vector<int64_t> index);

/// What happens to a whole batch on its way to the network: conversion, normalisation, batch augmentation.
/// Each item's randomness is keyed by (seed, epoch, item), never by its place in a batch.
class BatchTransform {
 public:
  virtual ~BatchTransform() = default;
  using Key = EpochKey;
  /// With a key: the training view. Without: the plain view. `dtype` is what the network computes in (fp32 or bf16);
  /// the result x[0] is [N, 3, H, W] in channels-last memory.
  virtual Batch apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const = 0;
  virtual std::string fingerprint() const = 0;
  /// The same for random views: changes with what may be drawn, too. By default that never does.
  virtual std::string random_fingerprint() const { return fingerprint(); }
  /// Whether a key changes what apply() gives.
  virtual bool augments() const { return false; }
};

}  // namespace tenfold
