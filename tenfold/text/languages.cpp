#include "tenfold/text/languages.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/text/bpe.h"
#include "tenfold/text/marked_words.h"

namespace tenfold::text {
namespace {

const std::vector<std::string>& specials() {
  static const std::vector<std::string> names = {"<unk>", "<pad>", "<s>", "</s>"};
  return names;
}

Language learnt(std::span<const std::span<const std::string>> texts, const PairOptions& o) {
  if (o.units == PairUnits::bpe) {
    auto bpe = Bpe::learn(texts, {.vocabulary = o.vocabulary, .min_freq = o.min_freq, .specials = specials()});
    return {std::make_shared<Bpe>(std::move(bpe.bpe)), std::move(bpe.vocab), o.lower_case};
  }
  const auto words = std::make_shared<MarkedWords>();
  TokenCounts counts;
  const auto encoder = words->encoder([&](std::string_view token) { return counts.number(token); });
  std::vector<int32_t> ids;
  for (const auto& part : texts)
    for (const auto& line : part) encoder->append(line, ids);
  for (const int32_t id : ids) counts.count(id);
  return {words, Vocab::of(counts, {.min_freq = o.min_freq, .max_vocab = o.vocabulary, .specials = specials()}),
          o.lower_case};
}

Json json_of(const Language& language) {
  Json json = {{"tokens", language.vocab.tokens()}};
  if (const auto* bpe = dynamic_cast<const Bpe*>(language.tokenizer.get())) json["merges"] = bpe->merges();
  return json;
}

Language language_of(const Json& tree, const PairOptions& o) {
  std::shared_ptr<const Tokenizer> tokenizer = std::make_shared<MarkedWords>();
  if (o.units == PairUnits::bpe) tokenizer = std::make_shared<Bpe>(tree.at("merges").get<std::vector<Bpe::Merge>>());
  Language language{std::move(tokenizer), Vocab(tree.at("tokens").get<std::vector<std::string>>()), o.lower_case};
  const auto& tokens = language.vocab.tokens();
  if (tokens.size() < specials().size() || !std::equal(specials().begin(), specials().end(), tokens.begin()))
    throw ConfigError("tokens", "do not begin with <unk>, <pad>, <s>, </s>");
  return language;
}

at::Tensor tensor_of(std::span<const int32_t> ids) {
  auto tensor = at::empty({static_cast<int64_t>(ids.size())}, at::kLong);
  std::copy(ids.begin(), ids.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor;
}

}  // namespace

std::string Language::sentence(std::span<const int64_t> ids) const {
  std::vector<std::string> tokens;
  for (const int64_t id : ids) {
    if (id == kPadToken || id == kBeginToken || id == kEndToken) continue;
    tokens.push_back(id == kUnknownToken ? std::string(kSpaceMark) + "\xE2\x81\x87"
                                         : vocab.token(static_cast<int32_t>(id)));
  }
  return without_marks(tokens);
}

Languages learn_languages(const SentencePairs& train, const PairOptions& options) {
  const std::span<const std::string> sources = train.source, targets = train.target;
  if (options.vocabularies == Vocabularies::joint) {
    const auto both = learnt(std::array{sources, targets}, options);
    return {both, both, options};
  }
  return {learnt(std::array{sources}, options), learnt(std::array{targets}, options), options};
}

Json to_json(const Languages& languages) {
  if (languages.options.vocabularies == Vocabularies::joint) return {{"both", json_of(languages.target)}};
  return {{"source", json_of(languages.source)}, {"target", json_of(languages.target)}};
}

Languages languages_of(const Json& tree, const PairOptions& options, const std::string& path) {
  try {
    if (options.vocabularies == Vocabularies::joint) {
      const auto both = language_of(tree.at("both"), options);
      return {both, both, options};
    }
    return {language_of(tree.at("source"), options), language_of(tree.at("target"), options), options};
  } catch (const Json::exception& problem) {
    throw DataError(path, 0, "has languages that do not read (" + std::string(problem.what()) + ")");
  } catch (const ConfigError& problem) {
    throw DataError(path, 0, "has languages that cannot be: " + std::string(problem.what()));
  }
}

TokenTexts numbered(std::span<const std::string> sentences, const Language& language, int64_t most, Frame frame) {
  TokenTexts texts;
  const auto encoder = language.tokenizer->encoder(language.vocab);
  std::vector<int32_t> ids;
  for (const auto& sentence : sentences) {
    ids.assign(frame == Frame::begin_and_end ? 1 : 0, static_cast<int32_t>(kBeginToken));
    const size_t longest = ids.size() + static_cast<size_t>(most);
    encoder->append(language.small_letters ? in_small_letters(sentence) : sentence, ids);
    ids.resize(std::min(ids.size(), longest));
    ids.push_back(static_cast<int32_t>(kEndToken));
    texts.add(ids);
  }
  return texts;
}

std::vector<at::Tensor> to_batch(const Languages& languages, std::span<const std::string> sources,
                                 std::span<const std::string> targets) {
  const auto side = [&](const Language& language, std::span<const std::string> sentences, Frame frame) {
    const auto texts = numbered(sentences, language, languages.options.max_length, frame);
    std::vector<Sample> samples;
    for (int64_t k = 0; k < texts.size(); ++k) samples.push_back({{tensor_of(texts[k])}, {}});
    return padded(samples, kPadToken);
  };
  auto x = side(languages.source, sources, Frame::end);
  if (!targets.empty())
    for (auto& tensor : side(languages.target, targets, Frame::begin_and_end)) x.push_back(std::move(tensor));
  return x;
}

}  // namespace tenfold::text
