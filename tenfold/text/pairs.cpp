#include "tenfold/text/pairs.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/data/splits.h"

namespace tenfold::text {
namespace {

SentencePairs some_of(const SentencePairs& pairs, const std::vector<int64_t>& items) {
  SentencePairs part;
  for (const int64_t item : items) {
    const auto k = static_cast<size_t>(item);
    part.source.push_back(pairs.source[k]);
    part.target.push_back(pairs.target[k]);
    part.names.push_back(pairs.names[k]);
  }
  return part;
}

std::shared_ptr<const PairDataset> dataset_of(SentencePairs pairs, const Languages& languages) {
  if (pairs.size() == 0) return nullptr;
  const int64_t most = languages.options.max_length;
  auto source = numbered(pairs.source, languages.source, most, Frame::end);
  auto target = numbered(pairs.target, languages.target, most, Frame::begin_and_end);
  return std::make_shared<const PairDataset>(std::move(pairs), std::move(source), std::move(target));
}

at::Tensor tensor_of(std::span<const int32_t> ids) {
  auto tensor = at::empty({static_cast<int64_t>(ids.size())}, at::kLong);
  std::copy(ids.begin(), ids.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor;
}

/// By the target's length, then the source's: the decoder works more a token, and the loss most of all.
std::vector<int64_t> keys_of(const TokenTexts& source, const TokenTexts& target) {
  constexpr int64_t kTargetFirst = int64_t{1} << 20;
  std::vector<int64_t> keys;
  for (int64_t k = 0; k < source.size(); ++k) keys.push_back(target.length(k) * kTargetFirst + source.length(k));
  return keys;
}

/// {ids [N, T], lengths [N]} of the samples' x[which].
std::vector<at::Tensor> padded_side(const std::vector<Sample>& samples, size_t which) {
  std::vector<Sample> side;
  for (const auto& sample : samples) side.push_back({{sample.x.at(which)}, {}});
  return padded(side, kPadToken);
}

void check(const PairOptions& o) {
  if (o.source == o.target)
    throw ConfigError("translation.target", "is \"" + o.target + "\", the source itself; needs the other language");
  if (o.max_length < 1)
    throw ConfigError("translation.max_length", "is " + std::to_string(o.max_length) + "; needs at least 1 token");
}

}  // namespace

PairDataset::PairDataset(SentencePairs pairs, TokenTexts source, TokenTexts target)
    : pairs_(std::move(pairs)), source_(std::move(source)), target_(std::move(target)) {
  if (source_.size() != target_.size() || source_.size() != pairs_.size() ||
      pairs_.names.size() != pairs_.source.size())
    throw Error("pair dataset: has " + std::to_string(source_.size()) + " sources, " + std::to_string(target_.size()) +
                " targets and " + std::to_string(pairs_.names.size()) + " names; needs one of each a pair");
}

Sample PairDataset::get(int64_t index, const std::optional<Draw>&) const {
  return {{tensor_of(source_[index]), tensor_of(target_[index])}, target(index)};
}

std::vector<int64_t> PairDataset::order(int64_t batch, const std::optional<EpochKey>& shuffle) const {
  const auto keys = keys_of(source_, target_);
  return shuffle ? sortish_order(keys, batch, *shuffle) : long_to_short(keys);
}

Batch PairDataset::collate(std::vector<Sample> samples, std::vector<int64_t> index) const {
  Batch batch{.x = padded_side(samples, 0), .y = {}, .index = std::move(index)};
  for (auto& tensor : padded_side(samples, 1)) batch.x.push_back(std::move(tensor));
  batch.y = batch.x.at(3) - 1;
  return batch;
}

at::Tensor PairDataset::target(int64_t index) const { return at::scalar_tensor(target_.length(index) - 1, at::kLong); }

std::string PairDataset::fingerprint() const {
  ContentHash hash;
  for (const auto* side : {&source_, &target_})
    hash.add(std::as_bytes(std::span(side->ids))).add(std::as_bytes(std::span(side->starts)));
  return hash.hex();
}

const PairDataset& PairData::pairs(Split split) const {
  const auto* dataset = dynamic_cast<const PairDataset*>(data.split(split).get());
  if (!dataset) throw ConfigError("split", "is " + name_of(split) + ", and the data has no pairs there");
  return *dataset;
}

PairData make_pairs(PairSplits splits, const Languages& languages) {
  PairData made{.data = {}, .languages = languages, .task = {}, .left_out = {}};
  for (auto* split : {&splits.train, &splits.valid, &splits.test}) {
    made.left_out.insert(made.left_out.end(), split->left_out.begin(), split->left_out.end());
    if (languages.options.lower_case) *split = in_small_letters(std::move(*split));
  }
  made.task = {.kind = nn::TaskKind::language_model, .classes = languages.target.vocab.size()};
  made.data.train = dataset_of(std::move(splits.train), languages);
  made.data.valid = dataset_of(std::move(splits.valid), languages);
  made.data.test = dataset_of(std::move(splits.test), languages);
  return made;
}

PairData make_pairs(SentencePairs train, SentencePairs valid, SentencePairs test, const PairOptions& options) {
  check(options);
  if (options.lower_case) train = in_small_letters(std::move(train));
  const auto languages = learn_languages(train, options);
  return make_pairs({std::move(train), std::move(valid), std::move(test)}, languages);
}

PairSplits read_splits(const PairOptions& options, uint64_t seed) {
  check(options);
  auto splits = read_pair_splits(options);
  if (splits.valid.size() > 0) return splits;
  const auto parts = split_at_random(splits.train.size(), options.valid_share, seed);
  splits.valid = some_of(splits.train, parts.valid);
  auto left_out = std::move(splits.train.left_out);
  splits.train = some_of(splits.train, parts.train);
  splits.train.left_out = std::move(left_out);
  return splits;
}

PairData load_pairs(const PairOptions& options, uint64_t seed) {
  auto splits = read_splits(options, seed);
  return make_pairs(std::move(splits.train), std::move(splits.valid), std::move(splits.test), options);
}

}  // namespace tenfold::text
