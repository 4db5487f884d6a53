#include "tenfold/text/translation.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/text/marked_words.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold::text {
namespace {

Translator& translator_of(Learner& learner) {
  auto* model = dynamic_cast<Translator*>(&learner.model());
  if (!model) throw ConfigError("model", "does not translate; make the learner with translation_learner");
  return *model;
}

/// Sentences from long to short, so that a batch holds like lengths.
std::vector<size_t> by_length(std::span<const std::string> sentences) {
  std::vector<size_t> order(sentences.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sentences[a].size() > sentences[b].size(); });
  return order;
}

/// Tokens that a translation may have, its end among them.
std::vector<int64_t> most_tokens(const at::Tensor& lengths, const SearchOptions& search) {
  std::vector<int64_t> most;
  for (int64_t k = 0; k < lengths.numel(); ++k)
    most.push_back(10 + std::llround(search.longer * static_cast<double>(lengths[k].item<int64_t>())));
  return most;
}

std::vector<std::string> tokens_of(const Vocab& vocab, const at::Tensor& ids) {
  std::vector<std::string> tokens;
  for (int64_t k = 0; k < ids.numel(); ++k) tokens.push_back(vocab.token(static_cast<int32_t>(ids[k].item<int64_t>())));
  return tokens;
}

/// Pieces put together: a word begins where a space stood, and the end is one by itself.
struct Words {
  std::vector<std::string> words;
  std::vector<size_t> of;  ///< which word each piece belongs to
};

Words words_of(const std::vector<std::string>& pieces) {
  Words made;
  for (size_t k = 0; k < pieces.size(); ++k) {
    const bool marked = pieces[k].starts_with(kSpaceMark);
    if (k == 0 || marked || k + 1 == pieces.size()) made.words.emplace_back();
    made.words.back() += marked ? pieces[k].substr(kSpaceMark.size()) : pieces[k];
    made.of.push_back(made.words.size() - 1);
  }
  return made;
}

}  // namespace

void check(const SearchOptions& o) {
  if (o.beam < 1) throw ConfigError("search.beam", "is " + std::to_string(o.beam) + "; needs at least 1");
  if (o.batch < 1) throw ConfigError("search.batch", "is " + std::to_string(o.batch) + "; needs at least 1");
  if (!(o.longer >= 0)) throw ConfigError("search.longer", "is " + shortest(o.longer) + "; needs 0 or more");
}

Learner translation_learner(const PairData& data, const TranslatorOptions& model, LearnerOptions training) {
  const auto made = make_translator(model, data.languages.source.vocab.size(), data.languages.target.vocab.size(),
                                    data.languages.options.vocabularies, training.seed);
  Learner learner(data.data, made, data.task, std::move(training));
  if (!learner.device().is_cpu())
    throw ConfigError("training.device", "is " + learner.options().device + "; translation is computed on the cpu");
  made->compute_in(learner.dtype());
  return learner;
}

std::vector<std::string> translate(Learner& learner, const Languages& languages, std::span<const std::string> sentences,
                                   const SearchOptions& search, const OnItems& progress) {
  check(search);
  auto& model = translator_of(learner);
  const EvaluationMode evaluation(model);
  const at::NoGradGuard no_grad;
  auto order = by_length(sentences);
  std::erase_if(order, [&](size_t k) { return is_blank(sentences[k]); });
  std::vector<std::string> translations(sentences.size());
  for (size_t from = 0; from < order.size(); from += static_cast<size_t>(search.batch)) {
    const size_t to = std::min(order.size(), from + static_cast<size_t>(search.batch));
    std::vector<std::string> some;
    for (size_t k = from; k < to; ++k) some.push_back(sentences[order[k]]);
    const auto x = to_batch(languages, some, {});
    const auto decoder = model.decoder(x[0], x[1], search.beam);
    const auto found = beam_search(*decoder, {.sentences = x[0].size(0),
                                              .beam = search.beam,
                                              .length_penalty = search.length_penalty,
                                              .most = most_tokens(x[1], search),
                                              .begin = kBeginToken,
                                              .end = kEndToken});
    for (size_t k = from; k < to; ++k) translations[order[k]] = languages.target.sentence(found[k - from].tokens);
    if (progress) progress(static_cast<int64_t>(to), static_cast<int64_t>(order.size()));
  }
  return translations;
}

Bleu bleu_of(Learner& learner, const PairData& data, Split split, const SearchOptions& search,
             const OnItems& progress) {
  const auto& pairs = data.pairs(split).pairs();
  return corpus_bleu(translate(learner, data.languages, pairs.source, search, progress), pairs.target);
}

Callback bleu_each(const PairData& data, int epochs, const BleuEachOptions& options) {
  if (options.every < 1)
    throw ConfigError("bleu.every", "is " + std::to_string(options.every) + " epochs; needs at least 1");
  if (options.sentences < 0)
    throw ConfigError("bleu.sentences", "is " + std::to_string(options.sentences) + "; needs 0 (all) or more");
  struct Measured {
    int epoch = 0;  ///< of the fit, that is being validated
    std::optional<double> bleu;
  };
  const auto measured = std::make_shared<Measured>();
  Callback callback{.name = "bleu"};
  callback.on_batch = [measured](StepContext& context) {
    measured->epoch = static_cast<int>(std::floor(context.row.epoch));
    return Next::go_on;
  };
  // Callbacks before this one in the list have not taken their weights out again.
  callback.after_validation = [measured, data, epochs, options](Learner& learner) {
    measured->bleu.reset();
    if ((epochs - 1 - measured->epoch) % options.every != 0) return;
    const auto& pairs = data.pairs(Split::valid).pairs();
    const size_t all = pairs.source.size();
    const size_t some = options.sentences > 0 ? std::min(all, static_cast<size_t>(options.sentences)) : all;
    const std::span<const std::string> sources(pairs.source.data(), some), targets(pairs.target.data(), some);
    measured->bleu = corpus_bleu(translate(learner, data.languages, sources, options.search), targets).score;
  };
  callback.on_epoch = [measured](Learner&, EpochRow& row) {
    if (measured->bleu) row.metrics["bleu"] = *measured->bleu;
    return Next::go_on;
  };
  // A fit that was interrupted while it validated has no batch before it validates again.
  callback.state = [measured] {
    return std::map<std::string, at::Tensor>{{"epoch", at::scalar_tensor(measured->epoch, at::kLong)}};
  };
  callback.load_state = [measured](const std::map<std::string, at::Tensor>& state) {
    measured->epoch = static_cast<int>(state.at("epoch").item<int64_t>());
  };
  return callback;
}

std::vector<AttentionMap> attention_maps(Learner& learner, const Languages& languages,
                                         std::span<const std::string> sources, std::span<const std::string> targets) {
  auto& model = translator_of(learner);
  const EvaluationMode evaluation(model);
  const auto x = to_batch(languages, sources, targets);
  const auto all = model.attention(x).contiguous();
  std::vector<AttentionMap> maps;
  for (int64_t n = 0; n < all.size(0); ++n) {
    const int64_t seen = x[1][n].item<int64_t>(), written = x[3][n].item<int64_t>() - 1;
    AttentionMap map{tokens_of(languages.source.vocab, x[0][n].narrow(0, 0, seen)),
                     tokens_of(languages.target.vocab, x[2][n].narrow(0, 1, written)),
                     {}};
    for (int64_t t = 0; t < written; ++t) {
      const float* row = all.const_data_ptr<float>() + (n * all.size(1) + t) * all.size(2);
      map.weights.emplace_back(row, row + seen);
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

AttentionMap by_words(const AttentionMap& map) {
  const auto from = words_of(map.source), to = words_of(map.target);
  AttentionMap words{from.words, to.words, {}};
  words.weights.assign(to.words.size(), std::vector<float>(from.words.size(), 0));
  std::vector<float> pieces(to.words.size(), 0);
  for (const size_t word : to.of) ++pieces[word];
  for (size_t t = 0; t < map.weights.size(); ++t)
    for (size_t s = 0; s < map.weights[t].size(); ++s)
      words.weights[to.of[t]][from.of[s]] += map.weights[t][s] / pieces[to.of[t]];
  return words;
}

}  // namespace tenfold::text
