#include "tenfold/text/pairs.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/data/splits.h"
#include "tenfold/text/bpe.h"
#include "tenfold/text/marked_words.h"

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

const std::vector<std::string>& specials() {
  static const std::vector<std::string> names = {"<unk>", "<pad>", "<s>", "</s>"};
  return names;
}

Language language_of(std::span<const std::span<const std::string>> texts, const PairOptions& o) {
  if (o.units == PairUnits::bpe) {
    auto learnt = Bpe::learn(texts, {.vocabulary = o.vocabulary, .min_freq = o.min_freq, .specials = specials()});
    return {std::make_shared<Bpe>(std::move(learnt.bpe)), std::move(learnt.vocab)};
  }
  const auto words = std::make_shared<MarkedWords>();
  TokenCounts counts;
  const auto encoder = words->encoder([&](std::string_view token) { return counts.number(token); });
  std::vector<int32_t> ids;
  for (const auto& part : texts)
    for (const auto& line : part) encoder->append(line, ids);
  for (const int32_t id : ids) counts.count(id);
  return {words, Vocab::of(counts, {.min_freq = o.min_freq, .max_vocab = o.vocabulary, .specials = specials()})};
}

/// What stands around a sentence's own tokens.
enum class Frame { end, begin_and_end };

std::vector<int32_t> framed(std::vector<int32_t> ids, Frame frame) {
  if (frame == Frame::begin_and_end) ids.insert(ids.begin(), kBeginToken);
  ids.push_back(kEndToken);
  return ids;
}

void cut(std::vector<int32_t>& ids, int64_t most) {
  if (static_cast<int64_t>(ids.size()) > most) ids.resize(static_cast<size_t>(most));
}

TokenTexts numbered(const std::vector<std::string>& sentences, const Language& language, int64_t most, Frame frame) {
  TokenTexts texts;
  const auto encoder = language.tokenizer->encoder(language.vocab);
  std::vector<int32_t> ids;
  for (const auto& sentence : sentences) {
    ids.clear();
    encoder->append(sentence, ids);
    cut(ids, most);
    texts.add(framed(ids, frame));
  }
  return texts;
}

std::shared_ptr<const PairDataset> dataset_of(SentencePairs pairs, const PairData& data) {
  if (pairs.size() == 0) return nullptr;
  auto source = numbered(pairs.source, data.source, data.options.max_length, Frame::end);
  auto target = numbered(pairs.target, data.target, data.options.max_length, Frame::begin_and_end);
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
    throw ConfigError("data.target", "is \"" + o.target + "\", the source itself; needs the other language");
  if (o.max_length < 1)
    throw ConfigError("data.max_length", "is " + std::to_string(o.max_length) + "; needs at least 1 token");
}

}  // namespace

std::vector<int32_t> Language::ids(std::string_view sentence, int64_t most) const {
  auto ids = small_letters ? tokenizer->ids(in_small_letters(sentence), vocab) : tokenizer->ids(sentence, vocab);
  cut(ids, most);
  return ids;
}

std::string Language::sentence(std::span<const int64_t> ids) const {
  std::vector<std::string> tokens;
  for (const int64_t id : ids) {
    if (id == kPadToken || id == kBeginToken || id == kEndToken) continue;
    tokens.push_back(id == kUnknownToken ? std::string(kSpaceMark) + "\xE2\x81\x87"
                                         : vocab.token(static_cast<int32_t>(id)));
  }
  return without_marks(tokens);
}

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

PairData make_pairs(SentencePairs train, SentencePairs valid, SentencePairs test, const PairOptions& options) {
  check(options);
  PairData made{.data = {}, .source = {}, .target = {}, .task = {}, .options = options, .left_out = {}};
  for (auto* split : {&train, &valid, &test}) {
    made.left_out.insert(made.left_out.end(), split->left_out.begin(), split->left_out.end());
    if (options.lower_case) *split = in_small_letters(std::move(*split));
  }
  const std::span<const std::string> sources = train.source, targets = train.target;
  if (options.vocabularies == Vocabularies::joint) {
    made.source = made.target = language_of(std::array{sources, targets}, options);
  } else {
    made.source = language_of(std::array{sources}, options);
    made.target = language_of(std::array{targets}, options);
  }
  made.source.small_letters = made.target.small_letters = options.lower_case;
  made.task = {.kind = nn::TaskKind::language_model, .classes = made.target.vocab.size()};
  made.data.train = dataset_of(std::move(train), made);
  made.data.valid = dataset_of(std::move(valid), made);
  made.data.test = dataset_of(std::move(test), made);
  return made;
}

PairData load_pairs(const PairOptions& options, uint64_t seed) {
  check(options);
  auto splits = read_pair_splits(options);
  if (splits.valid.size() == 0) {
    const auto parts = split_at_random(splits.train.size(), options.valid_share, seed);
    splits.valid = some_of(splits.train, parts.valid);
    auto left_out = std::move(splits.train.left_out);
    splits.train = some_of(splits.train, parts.train);
    splits.train.left_out = std::move(left_out);
  }
  return make_pairs(std::move(splits.train), std::move(splits.valid), std::move(splits.test), options);
}

std::vector<at::Tensor> to_batch(const PairData& data, std::span<const std::string> sources,
                                 std::span<const std::string> targets) {
  std::vector<Sample> samples;
  const auto add = [&](const Language& language, std::span<const std::string> sentences, Frame frame) {
    samples.clear();
    for (const auto& sentence : sentences)
      samples.push_back({{tensor_of(framed(language.ids(sentence, data.options.max_length), frame))}, {}});
    return padded(samples, kPadToken);
  };
  auto x = add(data.source, sources, Frame::end);
  if (!targets.empty())
    for (auto& tensor : add(data.target, targets, Frame::begin_and_end)) x.push_back(std::move(tensor));
  return x;
}

}  // namespace tenfold::text
