#include "tenfold/text/numbering.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/threads.h"
#include "tenfold/text/word_tokenizer.h"

namespace tenfold::text {

template <class Visitor>
void fields(Visitor&& visit, WordPieceOptions& o) {
  visit("lower_case", o.lower_case, "");
  visit("strip_accents", o.strip_accents, "");
  visit("longest_word", o.longest_word, "");
}

namespace {

constexpr int64_t kChunk = 256;     // texts that a thread counts at once
constexpr int64_t kPadOfWords = 1;  // xxpad
constexpr int64_t kAll = std::numeric_limits<int32_t>::max();

/// Words of all texts, counted by several threads, as one would.
TokenCounts counted(const std::vector<const std::vector<std::string>*>& texts, int threads) {
  std::vector<const std::string*> all;
  for (const auto* part : texts)
    for (const auto& text : *part) all.push_back(&text);
  const WordTokenizer tokenizer;
  const auto chunks = static_cast<int64_t>((all.size() + kChunk - 1) / kChunk);
  std::vector<TokenCounts> parts(static_cast<size_t>(chunks));
  ThreadPool pool(threads_for(threads));
  pool.parallel_for(chunks, [&](int64_t chunk) {
    auto& counts = parts[static_cast<size_t>(chunk)];
    const auto encoder = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
    std::vector<int32_t> ids;
    const auto end = std::min<size_t>(all.size(), static_cast<size_t>((chunk + 1) * kChunk));
    for (auto k = static_cast<size_t>(chunk * kChunk); k < end; ++k) encoder->append(*all[k], ids);
    for (const int32_t id : ids) counts.count(id);
  });
  TokenCounts sum;
  for (const auto& part : parts) sum.add(part);
  return sum;
}

}  // namespace

Numbering numbering(const DataOptions& data, const ModelOptions& model,
                    const std::vector<const std::vector<std::string>*>& texts, int threads) {
  const bool encoder = architecture(model) == Architecture::encoder;
  const Units wanted =
      data.tokenizer == Units::automatic ? (encoder ? Units::wordpiece : Units::words) : data.tokenizer;
  if (wanted == Units::sentencepiece)
    throw ConfigError("text.tokenizer",
                      "is sentencepiece, which recipes do not train with yet; take words or wordpiece");
  if (encoder != (wanted == Units::wordpiece))
    throw ConfigError("text.tokenizer", "is " + name_of(wanted) + ", and the network is an " +
                                            (encoder ? "encoder, whose weights know the pieces of its vocab.txt"
                                                     : "awd_lstm, which reads words") +
                                            "; leave it auto");
  if (encoder) {
    const auto pieces = WordPiece::of_folder(model.weights);
    return {.units = wanted, .vocab = pieces.vocabulary(), .pieces = pieces.options()};
  }
  if (!data.vocabulary.empty()) return {.units = wanted, .vocab = Vocab::load(data.vocabulary)};
  return {.units = wanted,
          .vocab = Vocab::of(counted(texts, threads), {.min_freq = data.min_freq, .max_vocab = data.max_vocab})};
}

Numericaliser numericaliser(const Numbering& numbering, Cut cut) {
  if (cut.most <= 0) cut.most = kAll;
  if (numbering.units == Units::wordpiece)
    return numericaliser(std::make_shared<const WordPiece>(numbering.vocab, numbering.pieces, "the model's vocabulary"),
                         cut);
  return numericaliser(std::make_shared<const WordTokenizer>(), numbering.vocab, kPadOfWords, cut);
}

Json to_json(const Numbering& numbering) {
  Json json = {{"units", name_of(numbering.units)},
               {"unknown", numbering.vocab.unknown()},
               {"tokens", numbering.vocab.tokens()}};
  if (numbering.units == Units::wordpiece) json["pieces"] = tenfold::to_json(numbering.pieces);
  return json;
}

Numbering numbering_of(const Json& tree, const std::string& path) {
  try {
    Numbering numbering{
        .units = tree.at("units").get<std::string>() == "words" ? Units::words : Units::wordpiece,
        .vocab = Vocab(tree.at("tokens").get<std::vector<std::string>>(), tree.at("unknown").get<int32_t>())};
    if (numbering.units == Units::wordpiece) assign(numbering.pieces, tree.at("pieces"), "pieces");
    return numbering;
  } catch (const Json::exception& problem) {
    throw DataError(path, 0, "has a vocabulary that does not read (" + std::string(problem.what()) + ")");
  }
}

}  // namespace tenfold::text
