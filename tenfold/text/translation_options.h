#pragma once
// Options of translation: pairs of texts, the two networks, and the search for the best translation. Torch-free.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tenfold/core/options.h"
#include "tenfold/train/options.h"

namespace tenfold::text {

/// What sentences are cut into.
enum class PairUnits { bpe, words };
constexpr auto names(PairUnits) {
  return std::to_array<std::pair<PairUnits, std::string_view>>({{PairUnits::bpe, "bpe"}, {PairUnits::words, "words"}});
}

/// One vocabulary for both languages, or one each.
enum class Vocabularies { joint, separate };
constexpr auto names(Vocabularies) {
  return std::to_array<std::pair<Vocabularies, std::string_view>>(
      {{Vocabularies::joint, "joint"}, {Vocabularies::separate, "separate"}});
}

struct PairOptions {
  std::string path;
  std::string valid;
  std::string test;
  std::string source = "source";
  std::string target = "target";
  double valid_share = 0.05;
  PairUnits units = PairUnits::bpe;
  Vocabularies vocabularies = Vocabularies::joint;
  int64_t vocabulary = 8000;
  int64_t min_freq = 2;
  bool lower_case = false;
  int64_t max_length = 100;
};

template <class Visitor>
void fields(Visitor&& visit, PairOptions& o) {
  visit("path", o.path,
        "a folder with a sentence a line in train.SOURCE and train.TARGET, line k of one the translation of line k of "
        "the other; or a CSV with a column for each");
  visit("valid", o.valid,
        "folder: name before the ending of the files to validate on; empty takes the first of valid, val, dev that is "
        "there. CSV: another one. Without, valid_share of the pairs is kept for it");
  visit("test", o.test, "the same for the pairs that are only tested on; empty takes test, or a name that begins so");
  visit("source", o.source, "the language translated from: ending of its files, or its column");
  visit("target", o.target, "the language translated to");
  visit("valid_share", o.valid_share, "share of the pairs kept for validation where there are no files for it");
  visit("units", o.units,
        "bpe cuts rare words into frequent parts, so that none is unknown; words keeps whole words, whose rare ones "
        "become unknown and cannot be translated");
  visit("vocabularies", o.vocabularies,
        "joint: one for both languages, whose names and numbers are then one token, and the network's three tables of "
        "tokens one; separate where the scripts differ");
  visit(
      "vocabulary", o.vocabulary,
      "tokens, of each language where separate; fewer make longer sentences of better known parts, good for few pairs");
  visit("min_freq", o.min_freq, "rarer characters (bpe) or words are unknown");
  visit("lower_case", o.lower_case, "reads and writes small letters only: a smaller task, and BLEU counts case");
  visit("max_length", o.max_length, "tokens of a sentence that are looked at, from its start");
}

struct TransformerOptions {
  int64_t width = 256;
  int64_t heads = 4;
  int64_t hidden = 512;
  int64_t encoder_layers = 3;
  int64_t decoder_layers = 3;
  double dropout = 0.2;
};

template <class Visitor>
void fields(Visitor&& visit, TransformerOptions& o) {
  visit("width", o.width, "numbers a token; more learn finer distinctions and cost its square");
  visit("heads", o.heads, "places that a token can look at at once; must divide the width");
  visit("hidden", o.hidden, "width inside each layer's two linear maps; two to four times the width is usual");
  visit("encoder_layers", o.encoder_layers, "layers that read the source");
  visit("decoder_layers", o.decoder_layers, "layers that write; they make translating slower, those that read do not");
  visit("dropout", o.dropout, "share of numbers zeroed after every sublayer; the fewer the pairs, the more");
}

/// Where a sequence's state comes from: read forwards, or both ways.
enum class Reading { forward, both };
constexpr auto names(Reading) {
  return std::to_array<std::pair<Reading, std::string_view>>({{Reading::forward, "forward"}, {Reading::both, "both"}});
}

struct RnnTranslatorOptions {
  int64_t embedding = 300;
  int64_t hidden = 256;
  int64_t layers = 2;
  Reading reading = Reading::both;
  bool attention = true;
  double forcing = 1;
  double forcing_decay = 0.1;
  bool validate_forced = true;
  double embedding_dropout = 0.15;
  double encoder_dropout = 0.25;
  double decoder_dropout = 0.1;
  double output_dropout = 0.35;
};

template <class Visitor>
void fields(Visitor&& visit, RnnTranslatorOptions& o) {
  visit("embedding", o.embedding, "numbers a token, and the decoder's width");
  visit("hidden", o.hidden, "width of the encoder, each way");
  visit("layers", o.layers, "GRUs on top of each other, in the encoder and in the decoder");
  visit("reading", o.reading, "both reads the source from either end, so that each word knows what follows it");
  visit("attention", o.attention,
        "looks at the words of the source again at every step; without, all of it must fit into one state");
  visit("forcing", o.forcing,
        "probability that the right word is given as the next input in the first epoch, not the network's own; 0 makes "
        "it learn from its own mistakes only, which starts slowly");
  visit("forcing_decay", o.forcing_decay,
        "the probability falls by this an epoch, down to 0, so that the network gets used to its own words");
  visit("validate_forced", o.validate_forced,
        "validate with the right words as input, which makes perplexity what its name says; off measures the network "
        "on its own words, as the fast.ai course did");
  visit("embedding_dropout", o.embedding_dropout, "after the encoder's embedding");
  visit("encoder_dropout", o.encoder_dropout, "between the encoder's layers");
  visit("decoder_dropout", o.decoder_dropout, "between the decoder's layers");
  visit("output_dropout", o.output_dropout, "before the scores of the words");
}

enum class TranslatorKind { transformer, rnn };
constexpr auto names(TranslatorKind) {
  return std::to_array<std::pair<TranslatorKind, std::string_view>>(
      {{TranslatorKind::transformer, "transformer"}, {TranslatorKind::rnn, "rnn"}});
}

struct TranslatorOptions {
  TranslatorKind kind = TranslatorKind::transformer;
  double label_smoothing = 0.1;
  TransformerOptions transformer{};
  RnnTranslatorOptions rnn{};
};

template <class Visitor>
void fields(Visitor&& visit, TranslatorOptions& o) {
  visit("kind", o.kind, "transformer is the better and faster one; rnn is the course's GRU with attention");
  visit("label_smoothing", o.label_smoothing,
        "share of each target spread over the vocabulary: translations get better, though the loss does not. It turns "
        "the gradient only; the loss that is told stays the plain one");
  visit("transformer", o.transformer, "");
  visit("rnn", o.rnn, "");
}

struct SearchOptions {
  int64_t beam = 4;
  double length_penalty = 1;
  double longer = 1.5;
  int64_t batch = 64;
};

template <class Visitor>
void fields(Visitor&& visit, SearchOptions& o) {
  visit("beam", o.beam,
        "unfinished translations kept at each word; 1 is greedy and fastest, 4 or 5 is usual, many more get worse");
  visit("length_penalty", o.length_penalty,
        "how much a translation may cost more for being longer: 0 prefers short ones, 1 compares means a word");
  visit("longer", o.longer, "a translation ends at this many times the source's tokens, and ten more");
  visit("batch", o.batch, "sentences translated at once; changes the time only");
}

struct BleuEachOptions {
  int every = 1;
  int64_t sentences = 500;
  SearchOptions search{.beam = 1};
};

/// The search is greedy, for speed.
template <class Visitor>
void fields(Visitor&& visit, BleuEachOptions& o) {
  visit("every", o.every, "epochs from one BLEU of the validation set to the next, counted back from the last epoch");
  visit("sentences", o.sentences,
        "how many of the first validation sentences are translated for it, greedily; 0 takes all. The end of a run "
        "translates all by beam");
}

/// What a translator trains well with: Adam with the transformer's constants (beta2 0.98, eps 1e-9; Vaswani et al.
/// 2017, section 5.3), batches of 128 pairs.
LearnerOptions translation_training();

}  // namespace tenfold::text
