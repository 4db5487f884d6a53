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

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;

  /// Item `index`, 0 <= index < size(). With a draw: a random training view, a function of the draw alone. Without: the
  /// plain view (validation transforms). Thread-safe. Throws DataError naming the file where it cannot be read.
  virtual Sample get(int64_t index, const std::optional<Draw>& draw) const = 0;

  /// What to call the item in reports and predictions: the file's path below the data folder, or the row number.
  virtual std::string name(int64_t index) const = 0;

  /// The target alone, without reading the item; undefined where there is none.
  virtual at::Tensor target(int64_t index) const = 0;

  /// Changes whenever the plain views change: files' content, size, transforms. Keys the feature cache.
  virtual std::string fingerprint() const = 0;
};

/// Items collated: x[k] is [N, …]; images are [N, 3, H, W] uint8 in channels-last memory. y [N, …], undefined where any
/// lacks it. `index` are the items' numbers in the dataset, which key the batch transforms' draws.
struct Batch {
  std::vector<at::Tensor> x;
  at::Tensor y;
  std::vector<int64_t> index;
  int64_t size() const { return static_cast<int64_t>(index.size()); }
};

/// What happens to a whole batch on its way to the network: conversion, normalisation, batch augmentation.
/// Each item's randomness is keyed by (seed, epoch, item), never by its place in a batch.
class BatchTransform {
 public:
  virtual ~BatchTransform() = default;
  struct Key {
    uint64_t seed = 0;
    uint64_t epoch = 0;
  };
  /// With a key: the training view. Without: the plain view. `dtype` is what the network computes in (fp32 or bf16);
  /// the result x[0] is [N, 3, H, W] in channels-last memory.
  virtual Batch apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const = 0;
  virtual std::string fingerprint() const = 0;
};

}  // namespace tenfold
