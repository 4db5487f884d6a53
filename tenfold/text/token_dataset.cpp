#include "tenfold/text/token_dataset.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/random.h"

namespace tenfold::text {
namespace {

std::vector<int64_t> lengths_of(const TokenTexts& texts) {
  std::vector<int64_t> lengths;
  for (int64_t k = 0; k < texts.size(); ++k) lengths.push_back(texts.length(k));
  return lengths;
}

auto longer(const std::vector<int64_t>& lengths) {
  return [&](int64_t a, int64_t b) { return lengths[static_cast<size_t>(a)] > lengths[static_cast<size_t>(b)]; };
}

/// Purposes share a draw's key; the order of batches is another sample of the epoch's order.
constexpr uint64_t kOfItems = 0, kOfBatches = 1;

}  // namespace

void TokenTexts::add(std::span<const int32_t> text) {
  ids.insert(ids.end(), text.begin(), text.end());
  starts.push_back(static_cast<int64_t>(ids.size()));
}

std::vector<int64_t> long_to_short(const std::vector<int64_t>& lengths) {
  std::vector<int64_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), longer(lengths));
  return order;
}

std::vector<int64_t> sortish_order(const std::vector<int64_t>& lengths, int64_t batch, const EpochKey& key) {
  constexpr int64_t kBatchesABlock = 50;
  const auto n = static_cast<int64_t>(lengths.size());
  if (n == 0) return {};
  auto order = permutation(n, Draw(key.seed, key.epoch, kOfItems, Purpose::order));
  const auto longest = std::max_element(lengths.begin(), lengths.end()) - lengths.begin();
  std::iter_swap(order.begin(), std::find(order.begin(), order.end(), longest));
  const int64_t block = kBatchesABlock * batch;
  for (int64_t from = 0; from < n; from += block)
    std::stable_sort(order.begin() + from, order.begin() + std::min(n, from + block), longer(lengths));

  const int64_t batches = (n + batch - 1) / batch;
  if (batches < 3) return order;
  std::vector<int64_t> shuffled(order.begin(), order.begin() + batch);
  for (const int64_t k : permutation(batches - 2, Draw(key.seed, key.epoch, kOfBatches, Purpose::order)))
    shuffled.insert(shuffled.end(), order.begin() + (1 + k) * batch, order.begin() + (2 + k) * batch);
  shuffled.insert(shuffled.end(), order.begin() + (batches - 1) * batch, order.end());
  return shuffled;
}

TokenDataset::TokenDataset(TokenTexts texts, std::vector<std::string> names, at::Tensor target, int64_t pad)
    : texts_(std::move(texts)), names_(std::move(names)), target_(std::move(target)), pad_(pad) {
  const int64_t n = texts_.size();
  if (static_cast<int64_t>(names_.size()) != n || (target_.defined() && target_.size(0) != n))
    throw Error("token dataset: has " + std::to_string(n) + " texts, " + std::to_string(names_.size()) + " names and " +
                std::to_string(target_.defined() ? target_.size(0) : 0) + " targets; needs one of each a text");
  for (int64_t k = 0; k < n; ++k)
    if (texts_.length(k) == 0)
      throw Error("token dataset: " + name(k) + " has no token; a tokeniser gives an empty text its marks");
}

Sample TokenDataset::get(int64_t index, const std::optional<Draw>&) const {
  const auto text = texts_[index];
  auto ids = at::empty({static_cast<int64_t>(text.size())}, at::kLong);
  std::copy(text.begin(), text.end(), ids.mutable_data_ptr<int64_t>());
  return {{ids}, target(index)};
}

std::vector<int64_t> TokenDataset::order(int64_t batch, const std::optional<EpochKey>& shuffle) const {
  return shuffle ? sortish_order(lengths_of(texts_), batch, *shuffle) : long_to_short(lengths_of(texts_));
}

std::vector<at::Tensor> padded(const std::vector<Sample>& samples, int64_t pad) {
  const auto n = static_cast<int64_t>(samples.size());
  auto lengths = at::empty({n}, at::kLong);
  auto* length = lengths.mutable_data_ptr<int64_t>();
  for (int64_t k = 0; k < n; ++k) length[k] = samples[static_cast<size_t>(k)].x.at(0).numel();
  const int64_t longest = *std::max_element(length, length + n);
  auto ids = at::full({n, longest}, pad, at::kLong);
  auto* row = ids.mutable_data_ptr<int64_t>();
  for (int64_t k = 0; k < n; ++k, row += longest) {
    const auto* from = samples[static_cast<size_t>(k)].x[0].const_data_ptr<int64_t>();
    std::copy(from, from + length[k], row);
  }
  return {ids, lengths};
}

Batch TokenDataset::collate(std::vector<Sample> samples, std::vector<int64_t> index) const {
  Batch batch{.x = padded(samples, pad_)};
  if (target_.defined()) batch.y = target_.index_select(0, at::tensor(index, at::kLong));
  batch.index = std::move(index);
  return batch;
}

at::Tensor TokenDataset::target(int64_t index) const { return target_.defined() ? target_[index] : at::Tensor(); }

std::string TokenDataset::fingerprint() const {
  return ContentHash().add(std::as_bytes(std::span(texts_.ids))).add(std::as_bytes(std::span(texts_.starts))).hex();
}

std::string TokenDataset::item_fingerprint(int64_t index) const {
  return ContentHash().add(std::as_bytes(texts_[index])).hex();
}

}  // namespace tenfold::text
