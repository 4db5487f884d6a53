#include "tenfold/text/text_data.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/lender.h"
#include "tenfold/core/threads.h"
#include "tenfold/text/token_dataset.h"

namespace tenfold::text {
namespace {

constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();

std::vector<int32_t> shortened(std::vector<int32_t> ids, const Cut& cut) {
  const auto extra = static_cast<int64_t>(ids.size()) - cut.most;
  if (extra <= 0) return ids;
  const int64_t from = cut.keep == Keep::both_ends ? (cut.most + 3) / 4 : cut.most;
  ids.erase(ids.begin() + from, ids.begin() + from + extra);
  return ids;
}

TokenTexts numbered(const std::vector<std::string>& texts, const Numericaliser& how, ThreadPool& pool) {
  constexpr int64_t kChunk = 64;  // texts that a thread takes at once
  const auto n = static_cast<int64_t>(texts.size());
  std::vector<std::vector<int32_t>> ids(texts.size());
  pool.parallel_for((n + kChunk - 1) / kChunk, [&](int64_t chunk) {
    for (int64_t k = chunk * kChunk; k < std::min(n, (chunk + 1) * kChunk); ++k)
      ids[static_cast<size_t>(k)] = how.ids(texts[static_cast<size_t>(k)]);
  });
  TokenTexts all;
  for (auto& text : ids) {
    all.add(text);
    text = {};
  }
  return all;
}

at::Tensor target_of(const TextList& list) {
  if (!list.label.empty()) return at::tensor(list.label, at::kLong);
  if (list.values.empty()) return {};
  const auto width = static_cast<int64_t>(list.values[0].size());
  auto target = at::empty({static_cast<int64_t>(list.values.size()), width}, at::kFloat);
  auto* row = target.mutable_data_ptr<float>();
  for (const auto& values : list.values) row = std::copy(values.begin(), values.end(), row);
  return target;
}

}  // namespace

Numericaliser numericaliser(std::shared_ptr<const WordPiece> wordpiece, Cut cut) {
  if (cut.most < 3)
    throw ConfigError("text.max_length",
                      "is " + std::to_string(cut.most) + " tokens; needs at least 3: [CLS], a piece, [SEP]");
  const int64_t pad = wordpiece->pad_id();
  return {[wordpiece = std::move(wordpiece), cut](std::string_view text) {
            // Pieces behind the cut need not be made, unless the end is wanted.
            return shortened(wordpiece->ids(text, cut.keep == Keep::start ? cut.most : kNoEnd), cut);
          },
          pad};
}

Numericaliser numericaliser(std::shared_ptr<const Tokenizer> tokenizer, const Vocab& vocab, int64_t pad, Cut cut,
                            Framing framing) {
  const int64_t least = 1 + (framing.begin >= 0) + (framing.end >= 0);
  if (cut.most < least)
    throw ConfigError("text.max_length",
                      "is " + std::to_string(cut.most) + " tokens; needs at least " + std::to_string(least));
  auto encoders = std::make_shared<Lender<Encoder>>();
  return {
      [tokenizer = std::move(tokenizer), encoders = std::move(encoders), vocab, cut, framing](std::string_view text) {
        std::vector<int32_t> ids;
        if (framing.begin >= 0) ids.push_back(framing.begin);
        encoders->with_one([&] { return tokenizer->encoder(vocab); },
                           [&](Encoder& encoder) { encoder.append(text, ids); });
        if (ids.empty()) ids.push_back(vocab.unknown());
        if (framing.end >= 0) {
          if (cut.keep == Keep::start) ids = shortened(std::move(ids), {cut.most - 1, cut.keep});
          ids.push_back(framing.end);
        }
        return shortened(std::move(ids), cut);
      },
      pad};
}

TokenTexts numbered(const std::vector<std::string>& texts, const Numericaliser& how, int threads) {
  ThreadPool pool(threads_for(threads));
  return numbered(texts, how, pool);
}

TextData numericalised(TextSplits splits, const Numericaliser& how, int threads) {
  ThreadPool pool(threads_for(threads));
  const auto dataset = [&](const TextList& list) -> std::shared_ptr<const Dataset> {
    if (list.size() == 0) return nullptr;
    return std::make_shared<TokenDataset>(numbered(list.texts, how, pool), list.names, target_of(list), how.pad);
  };
  TextData out;
  out.task.kind = splits.kind;
  out.task.classes =
      static_cast<int64_t>(splits.kind == nn::TaskKind::regression ? splits.outputs.size() : splits.classes.size());
  out.data = {.train = dataset(splits.train),
              .valid = dataset(splits.valid),
              .test = dataset(splits.test),
              .transform = nullptr,
              .classes = splits.classes,
              .outputs = splits.outputs,
              .resized = {}};
  out.texts = std::make_shared<const TextSplits>(std::move(splits));
  return out;
}

TextData load(const DataOptions& options, const Numericaliser& how, uint64_t seed) {
  return numericalised(read_texts(options, seed), how);
}

Data to_predict(const std::vector<std::string>& texts, const Numericaliser& how) {
  if (texts.empty()) throw DataError("texts", 0, "are none; give at least one to predict on");
  std::vector<std::string> names;
  for (size_t k = 1; k <= texts.size(); ++k) names.push_back(std::to_string(k));
  Data data;
  data.test = std::make_shared<TokenDataset>(numbered(texts, how), std::move(names), at::Tensor(), how.pad);
  return data;
}

}  // namespace tenfold::text
