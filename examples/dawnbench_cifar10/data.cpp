#include "data.h"

#include <ATen/Parallel.h>
#include <tenfold/core/random.h>
#include <tenfold/core/threads.h>
#include <torch/torch.h>

#include <array>
#include <cstring>

namespace cifar {

using namespace tenfold;

namespace {

constexpr int kSide = 32;
constexpr int64_t kBytes = int64_t{kSide} * kSide * 3;
constexpr std::array<double, 3> kMean = {0.4914, 0.4822, 0.4465}, kDeviation = {0.2470, 0.2435, 0.2616};

int reflected(int at) { return at < 0 ? -at : at >= kSide ? 2 * (kSide - 1) - at : at; }

/// What each byte of each channel becomes.
template <class T>
std::array<std::array<T, 256>, 3> normalised_bytes() {
  std::array<std::array<T, 256>, 3> table;
  for (size_t c = 0; c < 3; ++c)
    for (size_t byte = 0; byte < 256; ++byte)
      table[c][byte] = static_cast<T>(static_cast<float>((static_cast<double>(byte) / 255 - kMean[c]) / kDeviation[c]));
  return table;
}

template <class T>
void look_at_all(const at::Tensor& pixels, const std::vector<Look>& looks, at::Tensor& out) {
  const auto table = normalised_bytes<T>();
  const uint8_t* from = pixels.const_data_ptr<uint8_t>();
  T* to = out.mutable_data_ptr<T>();
  at::parallel_for(0, pixels.size(0), 32, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const Look& look = looks[looks.size() == 1 ? 0 : static_cast<size_t>(n)];
      T* pixel = to + n * kBytes;
      for (int i = 0; i < kSide; ++i)
        for (int j = 0; j < kSide; ++j) {
          const int column = reflected((look.mirrored ? kSide - 1 - j : j) + look.right);
          const uint8_t* source = from + n * kBytes + (reflected(i + look.down) * kSide + column) * 3;
          for (size_t c = 0; c < 3; ++c) *pixel++ = table[c][source[c]];
        }
    }
  });
}

}  // namespace

Pictures::Pictures(const std::vector<std::shared_ptr<const Dataset>>& parts, int workers) {
  int64_t all = 0;
  for (const auto& part : parts) all += part->size();
  pixels_ = torch::empty({all, kSide, kSide, 3}, torch::kByte);
  targets_ = torch::empty({all}, torch::kLong);
  uint8_t* to = pixels_.data_ptr<uint8_t>();
  int64_t* labels = targets_.data_ptr<int64_t>();
  ThreadPool pool(workers);
  for (const auto& part : parts) {
    pool.parallel_for(part->size(), [&](int64_t i) {
      const auto sample = part->get(i, std::nullopt);
      std::memcpy(to + i * kBytes, sample.x.at(0).contiguous().const_data_ptr<uint8_t>(), kBytes);
      labels[i] = sample.y.item<int64_t>();
    });
    to += part->size() * kBytes;
    labels += part->size();
    fingerprint_ += part->fingerprint();
  }
}

Sample Pictures::get(int64_t index, const std::optional<Draw>&) const { return {{pixels_[index]}, targets_[index]}; }

Batch Views::apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const {
  std::vector<Look> looks{Look{}};
  if (key) {
    looks.resize(batch.index.size());
    for (size_t k = 0; k < looks.size(); ++k) {
      const auto item = static_cast<uint64_t>(batch.index[k]);
      Draw draw(key->seed, key->epoch, item, Purpose::batch_transform);
      looks[k].down = static_cast<int>(draw.below(5)) - 2;
      looks[k].right = static_cast<int>(draw.below(5)) - 2;
      const bool first = Draw(key->seed, 0, item, Purpose::batch_transform).chance(0.5);
      if (flip_ == Flip::random) looks[k].mirrored = draw.chance(0.5);
      if (flip_ == Flip::alternating) looks[k].mirrored = first != (key->epoch % 2 == 1);
    }
  }
  batch.x.at(0) = seen(batch.x.at(0).permute({0, 2, 3, 1}), looks, dtype);
  return batch;
}

at::Tensor seen(const at::Tensor& pixels, const std::vector<Look>& looks, at::ScalarType dtype) {
  const auto bytes = pixels.contiguous();
  auto out = torch::empty({bytes.size(0), kSide, kSide, 3}, dtype);
  if (dtype == torch::kBFloat16)
    look_at_all<at::BFloat16>(bytes, looks, out);
  else
    look_at_all<float>(bytes, looks, out);
  return out.permute({0, 3, 1, 2});
}

}  // namespace cifar
