#include "tenfold/data/dataset.h"

#include <ATen/ops/empty.h>

#include <cstring>
#include <numeric>
#include <sstream>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"

namespace tenfold {
namespace {

std::string text_of(at::IntArrayRef shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

/// One tensor of every sample, one under the other; empty where any lacks it. `of` picks it.
template <class Of>
at::Tensor stack_one(const Dataset& dataset, const std::vector<Sample>& samples, const std::vector<int64_t>& index,
                     const Of& of) {
  const at::Tensor& first = of(samples.front());
  for (size_t k = 0; k < samples.size(); ++k) {
    const at::Tensor& tensor = of(samples[k]);
    if (!tensor.defined() || !first.defined()) return {};
    if (tensor.sizes() != first.sizes() || tensor.scalar_type() != first.scalar_type())
      throw DataError(dataset.name(index[k]), 0,
                      "is " + text_of(tensor.sizes()) + ", others in its batch are " + text_of(first.sizes()) +
                          "; bring all to one size");
  }
  std::vector<int64_t> shape = first.sizes().vec();
  shape.insert(shape.begin(), static_cast<int64_t>(samples.size()));
  auto all = at::empty(shape, first.options());
  auto* to = static_cast<std::byte*>(all.data_ptr());
  for (const auto& sample : samples) {
    const auto tensor = of(sample).contiguous();
    std::memcpy(to, tensor.const_data_ptr(), tensor.nbytes());
    to += tensor.nbytes();
  }
  return all;
}

bool is_image(const at::Tensor& x) { return x.scalar_type() == at::kByte && x.dim() == 3 && x.size(2) == 3; }

}  // namespace

std::vector<int64_t> Dataset::order(int64_t, const std::optional<EpochKey>& shuffle) const {
  if (shuffle) return permutation(size(), Draw(shuffle->seed, shuffle->epoch, 0, Purpose::order));
  std::vector<int64_t> order(static_cast<size_t>(size()));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Batch Dataset::collate(std::vector<Sample> samples, std::vector<int64_t> index) const {
  return stack(*this, samples, std::move(index));
}

Batch Dataset::gather(std::vector<int64_t> index, const std::optional<EpochKey>& key) const {
  std::vector<Sample> samples;
  for (const int64_t item : index) {
    std::optional<Draw> draw;
    if (key) draw.emplace(key->seed, key->epoch, sample_key(item, 0), Purpose::item_transform);
    samples.push_back(get(item, draw));
  }
  return collate(std::move(samples), std::move(index));
}

std::string Dataset::row_name(int64_t index, int64_t) const { return name(index); }

std::string Dataset::item_fingerprint(int64_t index) const {
  return ContentHash().add(fingerprint()).add_integer(index).hex();
}

std::string Dataset::item_file(int64_t) const { return {}; }

std::string Dataset::view_fingerprint(Views) const { return {}; }

Batch stack(const Dataset& dataset, const std::vector<Sample>& samples, std::vector<int64_t> index) {
  Batch batch;
  for (size_t k = 0; k < samples.front().x.size(); ++k) {
    auto x =
        stack_one(dataset, samples, index, [k](const Sample& sample) -> const at::Tensor& { return sample.x.at(k); });
    batch.x.push_back(is_image(samples.front().x[k]) ? x.permute({0, 3, 1, 2}) : x);
  }
  batch.y = stack_one(dataset, samples, index, [](const Sample& sample) -> const at::Tensor& { return sample.y; });
  batch.index = std::move(index);
  return batch;
}

}  // namespace tenfold
