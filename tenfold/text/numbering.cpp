#include "tenfold/text/numbering.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/threads.h"
#include "tenfold/text/corpus.h"
#include "tenfold/text/marked_words.h"
#include "tenfold/text/sentencepiece.h"
#include "tenfold/text/token_store.h"
#include "tenfold/text/word_tokenizer.h"

namespace tenfold::text {

template <class Visitor>
void fields(Visitor&& visit, WordPieceOptions& o) {
  visit("lower_case", o.lower_case, "");
  visit("strip_accents", o.strip_accents, "");
  visit("longest_word", o.longest_word, "");
}

template <class Visitor>
void fields(Visitor&& visit, ByteBpeOptions& o) {
  visit("space_before", o.space_before, "");
  visit("begin", o.begin, "");
  visit("end", o.end, "");
  visit("pad", o.pad, "");
  visit("mask", o.mask, "");
}

namespace {

namespace fs = std::filesystem;
constexpr int32_t kPadOfWords = 1;  // xxpad
constexpr int64_t kAll = std::numeric_limits<int32_t>::max();
constexpr const char* kEncoderPieces = "sentencepiece.bpe.model";
constexpr const char* kSource = "the model's vocabulary";

Units units_of_folder(const fs::path& folder) {
  if (ByteBpe::is_in(folder)) return Units::byte_bpe;
  return fs::exists(folder / kEncoderPieces) ? Units::sentencepiece : Units::wordpiece;
}

/// XLM-RoBERTa's numbers: <s>, <pad>, </s>, <unk>, then the model's pieces behind its own three, then <mask>.
Vocab encoder_vocabulary(const Vocab& pieces) {
  std::vector<std::string> tokens = {"<s>", "<pad>", "</s>", "<unk>"};
  for (int32_t id = 3; id < pieces.size(); ++id) tokens.push_back(pieces.token(id));
  tokens.emplace_back("<mask>");
  return Vocab(std::move(tokens), 3);
}

Numbering of_encoder(const fs::path& folder, Units units) {
  if (units == Units::byte_bpe) {
    auto bpe = ByteBpe::of_folder(folder);
    return {.units = units, .vocab = bpe.vocabulary(), .bytes = bpe.options(), .merges = bpe.merges()};
  }
  if (units == Units::sentencepiece) {
    const fs::path path = folder / kEncoderPieces;
    std::string model = read_file(path);
    const SentencePiece pieces(model, TextRules::none, path.string());
    return {
        .units = units, .vocab = encoder_vocabulary(pieces.vocabulary()), .model = std::move(model), .rules = false};
  }
  const auto pieces = WordPiece::of_folder(folder);
  return {.units = units, .vocab = pieces.vocabulary(), .pieces = pieces.options()};
}

Numbering of_sentencepiece(const DataOptions& data, const Corpus& texts) {
  std::string model = data.vocabulary.empty() ? learn_sentencepiece(texts, {}) : read_file(data.vocabulary);
  const SentencePiece pieces(model, TextRules::modern, data.vocabulary.empty() ? kSource : data.vocabulary);
  return {.units = Units::sentencepiece, .vocab = pieces.vocabulary(), .model = std::move(model)};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.append({digits[byte >> 4], digits[byte & 15]});
  }
  return text;
}

std::string of_hex(const std::string& text, const std::string& path) {
  const auto value = [&](char digit) {
    const int number = digit >= '0' && digit <= '9'   ? digit - '0'
                       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                      : -1;
    if (number < 0) throw DataError(path, 0, "has a vocabulary that does not read (no hexadecimal digits)");
    return number;
  };
  std::string bytes;
  for (size_t k = 0; k + 1 < text.size(); k += 2)
    bytes.push_back(static_cast<char>(value(text[k]) * 16 + value(text[k + 1])));
  return bytes;
}

int32_t first_of(const Vocab& vocab, std::initializer_list<const char*> names, int32_t otherwise) {
  for (const char* name : names)
    if (vocab.contains(name)) return vocab.id(name);
  return otherwise;
}

}  // namespace

Numbering numbering(const DataOptions& data, const ModelOptions& model,
                    const std::vector<const std::vector<std::string>*>& texts, int threads) {
  const bool encoder = architecture(model) == Architecture::encoder;
  const Units made_with = encoder ? units_of_folder(model.weights) : Units::words;
  const Units wanted = data.tokenizer == Units::automatic ? made_with : data.tokenizer;
  if (encoder ? wanted != made_with : wanted == Units::wordpiece || wanted == Units::byte_bpe)
    throw ConfigError("text.tokenizer", "is " + name_of(wanted) + ", and the network is an " +
                                            (encoder ? "encoder, whose weights know the pieces of the " +
                                                           name_of(made_with) + " files beside them"
                                                     : "awd_lstm, which reads words or sentencepiece") +
                                            "; leave it auto");
  if (encoder) return of_encoder(model.weights, wanted);
  const auto corpus = memory_corpus(texts);
  if (wanted == Units::sentencepiece) return of_sentencepiece(data, *corpus);
  if (!data.vocabulary.empty()) return {.units = wanted, .vocab = Vocab::load(data.vocabulary)};
  return {.units = wanted,
          .vocab = Vocab::of(count_tokens(*corpus, WordTokenizer(), threads_for(threads)),
                             {.min_freq = data.min_freq, .max_vocab = data.max_vocab})};
}

Numericaliser numericaliser(const Numbering& numbering, Cut cut) {
  if (cut.most <= 0) cut.most = kAll;
  const Vocab& vocab = numbering.vocab;
  switch (numbering.units) {
    case Units::wordpiece:
      return numericaliser(std::make_shared<const WordPiece>(vocab, numbering.pieces, kSource), cut);
    case Units::byte_bpe: {
      const auto bpe = std::make_shared<const ByteBpe>(vocab, numbering.merges, numbering.bytes, kSource);
      return numericaliser(bpe, vocab, bpe->pad_id(), cut, {bpe->begin_id(), bpe->end_id()});
    }
    case Units::sentencepiece: {
      const auto rules = numbering.rules ? TextRules::modern : TextRules::none;
      const auto pieces = std::make_shared<const SentencePiece>(numbering.model, rules, kSource);
      if (numbering.rules)
        return numericaliser(pieces, vocab, first_of(vocab, {"\u2581xxpad", "<pad>"}, vocab.unknown()), cut);
      return numericaliser(pieces, vocab, vocab.id("<pad>"), cut, {vocab.id("<s>"), vocab.id("</s>")});
    }
    default:
      return numericaliser(std::make_shared<const WordTokenizer>(), vocab, kPadOfWords, cut);
  }
}

ShownToken shown(const Numbering& numbering, int32_t id) {
  const std::string& token = numbering.vocab.token(id);
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), token) != names.end();
  };
  switch (numbering.units) {
    case Units::wordpiece:
      if (token.starts_with("##")) return {.text = token.substr(2), .continues = true};
      return {.text = token, .special = is_one_of({"[CLS]", "[SEP]"})};
    case Units::byte_bpe: {
      if (is_one_of({numbering.bytes.begin, numbering.bytes.end, numbering.bytes.pad}))
        return {.text = token, .special = true};
      std::string text = ByteBpe::bytes_of(token);
      const bool begins = text.starts_with(' ');
      return {.text = begins ? text.substr(1) : text, .continues = !begins};
    }
    case Units::sentencepiece:
      if (!numbering.rules && is_one_of({"<s>", "</s>", "<pad>"})) return {.text = token, .special = true};
      if (token.starts_with(kSpaceMark)) return {.text = token.substr(kSpaceMark.size())};
      return {.text = token, .continues = true};
    default:
      return {.text = token};
  }
}

Json to_json(const Numbering& numbering) {
  Json json = {{"units", name_of(numbering.units)},
               {"unknown", numbering.vocab.unknown()},
               {"tokens", numbering.vocab.tokens()}};
  if (numbering.units == Units::wordpiece) json["pieces"] = tenfold::to_json(numbering.pieces);
  if (numbering.units == Units::byte_bpe) {
    json["bytes"] = tenfold::to_json(numbering.bytes);
    json["merges"] = numbering.merges;
  }
  if (numbering.units == Units::sentencepiece) {
    json["model"] = hex(numbering.model);
    json["rules"] = numbering.rules;
  }
  return json;
}

Numbering numbering_of(const Json& tree, const std::string& path) {
  try {
    const auto name = tree.at("units").get<std::string>();
    Numbering numbering{
        .vocab = Vocab(tree.at("tokens").get<std::vector<std::string>>(), tree.at("unknown").get<int32_t>())};
    const auto known = names(Units());
    const auto* unit = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.second == name; });
    if (unit == known.end() || unit->first == Units::automatic)
      throw DataError(path, 0,
                      "has a vocabulary of '" + name + "', which this version does not know; take a newer one");
    numbering.units = unit->first;
    if (numbering.units == Units::wordpiece) assign(numbering.pieces, tree.at("pieces"), "pieces");
    if (numbering.units == Units::byte_bpe) {
      assign(numbering.bytes, tree.at("bytes"), "bytes");
      numbering.merges = tree.at("merges").get<std::vector<ByteBpe::Merge>>();
    }
    if (numbering.units == Units::sentencepiece) {
      numbering.model = of_hex(tree.at("model").get<std::string>(), path);
      numbering.rules = tree.at("rules").get<bool>();
    }
    return numbering;
  } catch (const Json::exception& problem) {
    throw DataError(path, 0, "has a vocabulary that does not read (" + std::string(problem.what()) + ")");
  }
}

}  // namespace tenfold::text
