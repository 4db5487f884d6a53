#include "tenfold/vision/image_dataset.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/threads.h"
#include "tenfold/vision/warp.h"

namespace tenfold::vision {
namespace {

at::Tensor targets_of(const ImagePart& part) {
  if (!part.label.empty()) return at::tensor(part.label, at::kLong);
  if (part.values.empty()) return {};
  const auto n = static_cast<int64_t>(part.values.size()), width = static_cast<int64_t>(part.values[0].size());
  auto all = at::empty({n, width}, at::kFloat);
  for (int64_t k = 0; k < n; ++k)
    std::copy(part.values[static_cast<size_t>(k)].begin(), part.values[static_cast<size_t>(k)].end(),
              all.mutable_data_ptr<float>() + k * width);
  return all;
}

}  // namespace

ImageList::ImageList(ImagePart part) : part_(std::move(part)), targets_(targets_of(part_)) {}

Image ImageList::image(int64_t index, int at_least) const {
  if (!part_.pixels) {
    const auto& path = part_.paths[static_cast<size_t>(index)];
    const MappedFile file(path);
    return decode(file.bytes(), path, {.at_least = at_least});
  }
  Image image{static_cast<int>(part_.width), static_cast<int>(part_.height), {}};
  const auto area = static_cast<size_t>(part_.height * part_.width);
  const uint8_t* grey = part_.pixels->data() + static_cast<size_t>(index) * area;
  image.rgb.resize(3 * area);
  for (size_t k = 0; k < area; ++k) std::fill_n(image.rgb.begin() + static_cast<long>(3 * k), 3, grey[k]);
  return image;
}

const std::string& ImageList::content() const {
  std::call_once(hashed_, [this] {
    ContentHash hash;
    if (part_.pixels) {
      hash.add(std::as_bytes(std::span(part_.pixels->data(), part_.pixels->size())));
    } else {
      std::vector<std::string> each(part_.paths.size());
      ThreadPool pool(static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U)));
      pool.parallel_for(
          size(), [&](int64_t k) { each[static_cast<size_t>(k)] = content_hash(part_.paths[static_cast<size_t>(k)]); });
      for (const auto& one : each) hash.add(one);
    }
    content_ = hash.hex();
  });
  return content_;
}

std::string ImageList::content(int64_t index) const {
  if (!part_.pixels) return content_hash(part_.paths[static_cast<size_t>(index)]);
  const auto area = static_cast<size_t>(part_.height * part_.width);
  const std::span picture(part_.pixels->data() + static_cast<size_t>(index) * area, area);
  return ContentHash().add_integer(part_.width).add(std::as_bytes(picture)).hex();
}

bool ImageList::looks_square() const {
  if (part_.pixels) return part_.width == part_.height;
  constexpr int64_t kEnough = 64;
  for (int64_t k = 0; k < std::min(size(), kEnough); ++k) {
    const auto& path = part_.paths[static_cast<size_t>(k)];
    try {
      const MappedFile file(path);
      const auto found = image_size(file.bytes(), path);
      if (found.width != found.height) return false;
    } catch (const Error&) {
      continue;  // whoever reads it says so
    }
  }
  return true;
}

Sample ImageDataset::get(int64_t index, const std::optional<Draw>& draw) const {
  const Image image = list_->image(index, decode_at_least(view_, draw.has_value()));
  return {{view_of(image, view_, draw)}, target(index)};
}

at::Tensor ImageDataset::target(int64_t index) const {
  return list_->targets().defined() ? list_->targets()[index] : at::Tensor();
}

std::string ImageDataset::fingerprint() const {
  return ContentHash().add(list_->content()).add(view_fingerprint(Views::plain)).hex();
}

std::string ImageDataset::view_fingerprint(Views views) const {
  // The plain view depends on size and resize only; 1 is the version of what they do.
  ContentHash hash;
  hash.add_integer(1).add_integer(view_.size).add_integer(static_cast<int64_t>(view_.resize));
  if (views == Views::random)
    hash.add_integer(static_cast<int64_t>(view_.augment))
        .add_number(view_.max_zoom)
        .add_number(view_.min_area)
        .add_number(view_.presize)
        .add_integer(static_cast<int64_t>(view_.policy.kind))
        .add_integer(view_.policy.operations)
        .add_integer(view_.policy.magnitude);
  return hash.hex();
}

bool ImageDataset::augments() const {
  if (view_.policy.kind != Policy::none) return true;
  switch (view_.resize) {
    case Resize::random_area:
    case Resize::googlenet:
    case Resize::resized_crop:
      return true;
    case Resize::squish:
      return false;
    default:
      break;
  }
  if (zooms_before_crop(view_.augment) && view_.max_zoom > 1 && view_.resize != Resize::pad) return true;
  return view_.resize != Resize::center && !list_->looks_square();  // a square has one place only
}

Batch ImageTransform::apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const {
  auto& images = batch.x.at(0);
  if (!key) {
    images = to_network(images, {}, normalisation_, dtype);
    return batch;
  }
  const int64_t given = images.size(2);
  std::vector<Draw> draws;
  std::vector<Change> changes;
  for (size_t k = 0; k < batch.index.size(); ++k) {
    draws.emplace_back(key->seed, key->epoch, batch.sample(k), Purpose::batch_transform);
    changes.push_back(draw_change(augmentation_, draws.back(), given));
  }
  images = to_network(images, changes, normalisation_, dtype, augmentation_.size);
  if (!erasing_.any()) return batch;
  for (auto& draw : draws) draw = draw.other(Purpose::erase);
  erase(images, erasing_, draws);
  return batch;
}

bool ImageTransform::augments() const {
  return augmentation_.preset != Augment::none || augmentation_.min_area < 1 || erasing_.any();
}

std::string ImageTransform::fingerprint() const {
  ContentHash hash;
  hash.add_integer(1);
  for (const double value : normalisation_.mean) hash.add_number(value);
  for (const double value : normalisation_.deviation) hash.add_number(value);
  return hash.hex();
}

std::string ImageTransform::random_fingerprint() const {
  return ContentHash()
      .add(fingerprint())
      .add_integer(static_cast<int64_t>(augmentation_.preset))
      .add_integer(augmentation_.size)
      .add_number(augmentation_.max_zoom)
      .add_number(augmentation_.strength)
      .add_number(augmentation_.min_area)
      .add_number(erasing_.chance)
      .add_number(erasing_.area)
      .add_integer(erasing_.boxes)
      .add_integer(erasing_.hole)
      .add_integer(erasing_.holes)
      .hex();
}

}  // namespace tenfold::vision
