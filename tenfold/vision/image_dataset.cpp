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

Sample ImageDataset::get(int64_t index, const std::optional<Draw>& draw) const {
  const Image image = list_->image(index, decode_at_least(view_, draw.has_value()));
  return {{view_of(image, view_, draw)}, target(index)};
}

at::Tensor ImageDataset::target(int64_t index) const {
  return list_->targets().defined() ? list_->targets()[index] : at::Tensor();
}

std::string ImageDataset::fingerprint() const {
  // The plain view depends on size and resize only; 1 is the version of what they do.
  return ContentHash()
      .add(list_->content())
      .add_integer(1)
      .add_integer(view_.size)
      .add_integer(static_cast<int64_t>(view_.resize))
      .hex();
}

Batch ImageTransform::apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const {
  auto& images = batch.x.at(0);
  std::vector<Change> drawn;
  if (key && augment_ != Augment::none)
    for (const int64_t index : batch.index)
      drawn.push_back(draw_change(augment_, images.size(2), max_zoom_,
                                  Draw(key->seed, key->epoch, static_cast<uint64_t>(index), Purpose::batch_transform)));
  images = to_network(images, drawn, normalisation_, dtype);
  return batch;
}

std::string ImageTransform::fingerprint() const {
  ContentHash hash;
  hash.add_integer(1);
  for (const double value : normalisation_.mean) hash.add_number(value);
  for (const double value : normalisation_.deviation) hash.add_number(value);
  return hash.hex();
}

}  // namespace tenfold::vision
