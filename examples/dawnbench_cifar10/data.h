#pragma once
// CIFAR-10 in memory: image files decoded once, then cropped, mirrored and normalised a batch at a time.

#include <tenfold/data/data.h>
#include <tenfold/data/dataset.h>

#include <memory>
#include <string>
#include <vector>

namespace cifar {

/// Pictures as bytes in memory.
class Pictures : public tenfold::Dataset {
 public:
  /// Decodes every item of these parts, 32 x 32 pixels each, on `workers` threads.
  Pictures(const std::vector<std::shared_ptr<const tenfold::Dataset>>& parts, int workers);
  int64_t size() const override { return pixels_.size(0); }
  tenfold::Sample get(int64_t index, const std::optional<tenfold::Draw>& draw) const override;
  std::string name(int64_t index) const override { return std::to_string(index); }
  at::Tensor target(int64_t index) const override { return targets_[index]; }
  std::string fingerprint() const override { return fingerprint_; }

  const at::Tensor& pixels() const { return pixels_; }    ///< [N, 32, 32, 3] uint8
  const at::Tensor& targets() const { return targets_; }  ///< [N] int64

 private:
  std::string fingerprint_;
  at::Tensor pixels_, targets_;
};

enum class Flip { none, random, alternating };

/// Training views: shifted by up to two pixels, reflected at the border; mirrored in alternation, so that two epochs
/// show each picture once either way (arXiv 2404.00498, section 3.4). Plain views: the pictures.
class Views : public tenfold::BatchTransform {
 public:
  explicit Views(Flip flip) : flip_(flip) {}
  tenfold::Batch apply(tenfold::Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const override;
  std::string fingerprint() const override { return "cifar views"; }
  bool augments() const override { return true; }

 private:
  Flip flip_;
};

/// How a picture is looked at: shifted by (down, right) pixels with its border reflected, and mirrored or not.
struct Look {
  int down = 0, right = 0;
  bool mirrored = false;
};

/// The pictures [N, 32, 32, 3] uint8 seen so, normalised: [N, 3, 32, 32] channels-last. looks: one each, or one for
/// all.
at::Tensor seen(const at::Tensor& pixels, const std::vector<Look>& looks, at::ScalarType dtype);

}  // namespace cifar
