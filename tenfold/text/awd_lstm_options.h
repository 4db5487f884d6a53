#pragma once
// Options of AWD-LSTM language models and of the classifiers made of them (ULMFiT), torch-free. Merity et al. 2017,
// arXiv 1708.02182; Howard & Ruder 2018, arXiv 1801.06146.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::text {

/// Widths by name. base: fastai 2.x. legacy: fastai 0.7 and the weights published in 2018. small: for a corpus of a few
/// million tokens and no weights to start from.
enum class AwdLstmSize { small, base, legacy };
constexpr auto names(AwdLstmSize) {
  return std::to_array<std::pair<AwdLstmSize, std::string_view>>(
      {{AwdLstmSize::small, "small"}, {AwdLstmSize::base, "base"}, {AwdLstmSize::legacy, "legacy"}});
}

struct AwdLstmWidths {
  int64_t embedding = 400;  ///< of a token, and of the last layer's output
  int64_t hidden = 1152;    ///< of the layers before the last
  int64_t layers = 3;
};

constexpr AwdLstmWidths widths_of(AwdLstmSize size) {
  switch (size) {
    case AwdLstmSize::small:
      return {.embedding = 200, .hidden = 600, .layers = 2};
    case AwdLstmSize::legacy:
      return {.embedding = 400, .hidden = 1150, .layers = 3};
    default:
      return {};
  }
}

/// Shares that are left out in training, before drop_mult.
struct AwdLstmDropout {
  double embedding = 0.02;  ///< words of the vocabulary, everywhere in a batch
  double input = 0.25;      ///< features of the embedding, the same at every step of time
  double weight = 0.2;      ///< elements of the hidden-to-hidden weights
  double hidden = 0.15;     ///< features between layers, the same at every step of time
  double output = 0.1;      ///< features of the last layer, the same at every step of time
};

template <class Visitor>
void fields(Visitor&& visit, AwdLstmDropout& o) {
  visit("embedding", o.embedding, "share of the vocabulary's words that vanish from a batch");
  visit("input", o.input, "share of a token's features, the same at all its times");
  visit("weight", o.weight, "share of the hidden-to-hidden weights (weight drop), the strongest of the five");
  visit("hidden", o.hidden, "share of the features between two layers");
  visit("output", o.output, "share of the features that the decoder or the head sees");
}

constexpr AwdLstmDropout language_model_dropout() { return {}; }
constexpr AwdLstmDropout classifier_dropout() {
  return {.embedding = 0.05, .input = 0.4, .weight = 0.5, .hidden = 0.3, .output = 0.4};
}

/// How a stream of text is cut into batches. modern, fastai 2.x: documents in a new order each epoch, every batch bptt
/// tokens long. legacy, fastai 0.7: documents in their order, lengths drawn around bptt, so that borders fall elsewhere
/// each epoch.
enum class StreamScheme { modern, legacy };
constexpr auto names(StreamScheme) {
  return std::to_array<std::pair<StreamScheme, std::string_view>>(
      {{StreamScheme::modern, "modern"}, {StreamScheme::legacy, "legacy"}});
}

enum class Direction { forwards, backwards };
constexpr auto names(Direction) {
  return std::to_array<std::pair<Direction, std::string_view>>(
      {{Direction::forwards, "forwards"}, {Direction::backwards, "backwards"}});
}

struct AwdLstmOptions {
  AwdLstmSize size = AwdLstmSize::base;
  std::optional<int64_t> embedding{};
  std::optional<int64_t> hidden{};
  std::optional<int64_t> layers{};
  double drop_mult = 1;
  AwdLstmDropout dropout = language_model_dropout();
  double activation_penalty = 2;
  double change_penalty = 1;
  int64_t bptt = 72;
  StreamScheme scheme = StreamScheme::modern;
  Direction direction = Direction::forwards;
  bool decoder_bias = true;
};

constexpr AwdLstmWidths widths_of(const AwdLstmOptions& o) {
  const AwdLstmWidths named = widths_of(o.size);
  return {.embedding = o.embedding.value_or(named.embedding),
          .hidden = o.hidden.value_or(named.hidden),
          .layers = o.layers.value_or(named.layers)};
}

template <class Visitor>
void fields(Visitor&& visit, AwdLstmOptions& o) {
  visit("size", o.size,
        "base is 400/1152/3 (fastai 2), legacy 400/1150/3 (fastai 0.7, weights of 2018), small 200/600/2: a fifth of "
        "the time, and the better start for a corpus below ten million tokens without weights");
  visit("embedding", o.embedding, "width of a token's vector and of the last layer; empty takes the size's");
  visit("hidden", o.hidden, "width of the layers before the last; time grows with its square. Empty takes the size's");
  visit("layers", o.layers, "LSTM layers; empty takes the size's");
  visit("drop_mult", o.drop_mult,
        "multiplies all five dropouts: 1 for a small corpus, 0.3 to 0.7 where text is plenty or the epochs few; less "
        "learns faster and over-fits sooner");
  visit("dropout", o.dropout, "");
  visit("activation_penalty", o.activation_penalty,
        "weight of the mean square of the outputs in what is minimised (AR); keeps activations small. Not in the "
        "reported loss; 0 is off");
  visit("change_penalty", o.change_penalty,
        "weight of the mean squared change of the outputs from token to token (TAR); makes the state slow. Not in the "
        "reported loss; 0 is off");
  visit("bptt", o.bptt,
        "tokens through which gradients flow back; more learns longer dependencies and needs more memory");
  visit(
      "scheme", o.scheme,
      "modern (fastai 2): documents in a new order each epoch, equal batches; legacy (0.7): documents in their order, "
      "batches of drawn lengths");
  visit("direction", o.direction,
        "backwards reads each text from its end: a model of its own, for an ensemble with the forward one");
  visit("decoder_bias", o.decoder_bias, "a bias for each word in the decoder; fastai 0.7 has none");
}

struct AwdClassifierOptions {
  AwdLstmSize size = AwdLstmSize::base;
  std::optional<int64_t> embedding{};
  std::optional<int64_t> hidden{};
  std::optional<int64_t> layers{};
  double drop_mult = 0.5;
  AwdLstmDropout dropout = classifier_dropout();
  double activation_penalty = 2;
  double change_penalty = 1;
  int64_t bptt = 72;
  int64_t pooled_tokens = 72 * 20;
  std::vector<int64_t> head = {50};
  double head_dropout = 0.1;
  Direction direction = Direction::forwards;
};

constexpr AwdLstmWidths widths_of(const AwdClassifierOptions& o) {
  const AwdLstmWidths named = widths_of(o.size);
  return {.embedding = o.embedding.value_or(named.embedding),
          .hidden = o.hidden.value_or(named.hidden),
          .layers = o.layers.value_or(named.layers)};
}

template <class Visitor>
void fields(Visitor&& visit, AwdClassifierOptions& o) {
  visit("size", o.size, "the language model's: base, legacy or small");
  visit("embedding", o.embedding, "the language model's, where it was set there");
  visit("hidden", o.hidden, "the language model's, where it was set there");
  visit("layers", o.layers, "the language model's, where it was set there");
  visit("drop_mult", o.drop_mult,
        "multiplies the encoder's dropouts; 0.5 suits tens of thousands of labels, up to 1 for hundreds");
  visit("dropout", o.dropout, "");
  visit("activation_penalty", o.activation_penalty, "as in the language model (AR); 0 is off");
  visit("change_penalty", o.change_penalty, "as in the language model (TAR); 0 is off");
  visit("bptt", o.bptt,
        "tokens of a text at a time; gradients flow back through each stretch, the state through all of them");
  visit("pooled_tokens", o.pooled_tokens,
        "only stretches that begin this close to a text's end are pooled; what is before them still makes the state. "
        "Bounds the memory of long texts");
  visit("head", o.head, "hidden widths of the head; empty is one linear layer");
  visit("head_dropout", o.head_dropout,
        "dropout before each of the head's layers but the first, whose is dropout.output");
  visit("direction", o.direction, "backwards for the classifier of a backward language model");
}

}  // namespace tenfold::text
