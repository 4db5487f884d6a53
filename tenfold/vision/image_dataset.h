#pragma once
// Datasets and the batch transform of images, behind vision/images.h.

#include <memory>
#include <mutex>
#include <string>

#include "tenfold/data/dataset.h"
#include "tenfold/vision/augment.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/erase.h"
#include "tenfold/vision/item.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {

/// Items of one split with their targets, and a hash of their content, computed once for all sizes.
class ImageList {
 public:
  explicit ImageList(ImagePart part);
  int64_t size() const { return part_.size(); }
  const std::string& name(int64_t index) const { return part_.names[static_cast<size_t>(index)]; }
  const at::Tensor& targets() const { return targets_; }  ///< [N] int64 or [N, …] float, or undefined
  /// Decoded; JPEG reduced as far as both sides stay `at_least`. Throws DataError.
  Image image(int64_t index, int at_least) const;
  /// Whether the first images (64 at most), by their headers, are as high as wide.
  bool looks_square() const;
  /// Hash of every file's bytes, read in parallel the first time. Throws FileError.
  const std::string& content() const;
  /// Hash of one item's bytes. Throws FileError.
  std::string content(int64_t index) const;
  /// Its path; empty for pictures of idx files.
  std::string file(int64_t index) const { return part_.pixels ? "" : part_.paths[static_cast<size_t>(index)]; }

 private:
  ImagePart part_;
  at::Tensor targets_;
  mutable std::once_flag hashed_;
  mutable std::string content_;
};

/// get(): {[size, size, 3] uint8} and the target.
class ImageDataset : public Dataset {
 public:
  ImageDataset(std::shared_ptr<const ImageList> list, const ItemView& view) : list_(std::move(list)), view_(view) {}
  int64_t size() const override { return list_->size(); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;
  std::string name(int64_t index) const override { return list_->name(index); }
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;
  std::string item_fingerprint(int64_t index) const override { return list_->content(index); }
  std::string item_file(int64_t index) const override { return list_->file(index); }
  std::string view_fingerprint(Views views) const override;
  bool augments() const override;

 private:
  std::shared_ptr<const ImageList> list_;
  ItemView view_;
};

/// Draws each item's change, runs the one pass of vision/warp.h, and erases. Training views that are larger than the
/// augmentation's size come out at it.
class ImageTransform : public BatchTransform {
 public:
  ImageTransform(const Augmentation& augmentation, const Erasing& erasing, const Normalisation& normalisation)
      : augmentation_(augmentation), erasing_(erasing), normalisation_(normalisation) {}
  Batch apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const override;
  std::string fingerprint() const override;
  std::string random_fingerprint() const override;
  bool augments() const override;

 private:
  Augmentation augmentation_;
  Erasing erasing_;
  Normalisation normalisation_;
};

}  // namespace tenfold::vision
