#include "tenfold/text/transformer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/text/token_loss.h"

namespace tenfold::text {
namespace {

constexpr double kEps = 1e-5;

const TransformerOptions& checked(const TransformerOptions& o) {
  for (const auto& [name, value] : {std::pair{"width", o.width},
                                    {"heads", o.heads},
                                    {"hidden", o.hidden},
                                    {"encoder_layers", o.encoder_layers},
                                    {"decoder_layers", o.decoder_layers}})
    if (value < 1)
      throw ConfigError(std::string("translation_model.transformer.") + name,
                        "is " + std::to_string(value) + "; needs at least 1");
  if (o.width % (16 * o.heads) != 0)
    throw ConfigError("translation_model.transformer.heads", "is " + std::to_string(o.heads) + " for a width of " +
                                                                 std::to_string(o.width) +
                                                                 "; each head needs the same multiple of 16 numbers");
  return o;
}

/// Rows of one sentence each, `each` of them: 0, each, 2 · each, ….
Starts regular(int64_t sentences, int64_t each) {
  auto starts = std::make_shared<std::vector<int64_t>>();
  for (int64_t n = 0; n <= sentences; ++n) starts->push_back(n * each);
  return starts;
}

}  // namespace

SelfSight::SelfSight(const TransformerOptions& o, Sight sight)
    : heads_(o.heads),
      sight_(sight),
      norm_(register_module("norm", nn::LayerNorm(o.width, kEps))),
      qkv_(register_module("qkv", nn::Linear(o.width, 3 * o.width))),
      proj_(register_module("proj", nn::Linear(o.width, o.width))),
      sum_(register_module("sum", SumDropout(o.dropout))) {}

at::Tensor SelfSight::forward(const at::Tensor& x, const Starts& starts) {
  return sum_(x, proj_(self_attention(qkv_(norm_(x)), starts, heads_, sight_)));
}

at::Tensor SelfSight::step(const at::Tensor& x, at::Tensor& cache) {
  const int64_t rows = x.size(0), width = x.size(1);
  const auto qkv = qkv_(norm_(x));
  const auto fresh = qkv.narrow(1, width, 2 * width).unsqueeze(1);
  cache = cache.defined() ? at::cat({cache, fresh}, 1) : fresh.contiguous();
  const auto seen = cross_attention(qkv.narrow(1, 0, width), cache.view({-1, 2 * width}), regular(rows, 1),
                                    regular(rows, cache.size(1)), heads_);
  return sum_(x, proj_(seen));
}

CrossSight::CrossSight(const TransformerOptions& o)
    : heads_(o.heads),
      norm_(register_module("norm", nn::LayerNorm(o.width, kEps))),
      query_(register_module("query", nn::Linear(o.width, o.width))),
      kv_(register_module("kv", nn::Linear(o.width, 2 * o.width))),
      proj_(register_module("proj", nn::Linear(o.width, o.width))),
      sum_(register_module("sum", SumDropout(o.dropout))) {}

at::Tensor CrossSight::keys_values(const at::Tensor& memory) { return kv_(memory); }

at::Tensor CrossSight::forward(const at::Tensor& x, const at::Tensor& keys_values, const Starts& starts,
                               const Starts& memory_starts) {
  return sum_(x, proj_(cross_attention(query_(norm_(x)), keys_values, starts, memory_starts, heads_)));
}

at::Tensor CrossSight::weights(const at::Tensor& x, const at::Tensor& keys_values) {
  const int64_t width = x.size(1), depth = width / heads_;
  const auto by_head = [&](const at::Tensor& rows) {
    return rows.to(at::kFloat).view({-1, heads_, depth}).transpose(0, 1);
  };
  const auto queries = by_head(query_(norm_(x)).contiguous());
  const auto keys = by_head(keys_values.narrow(1, 0, width).contiguous());
  const auto scores = at::matmul(queries, keys.transpose(1, 2)) / std::sqrt(static_cast<double>(depth));
  return at::softmax(scores, 2).mean(0);
}

FeedForward::FeedForward(const TransformerOptions& o)
    : norm_(register_module("norm", nn::LayerNorm(o.width, kEps))),
      fc1_(register_module("fc1", nn::Linear(o.width, o.hidden))),
      fc2_(register_module("fc2", nn::Linear(o.hidden, o.width))),
      relu_(register_module("relu", ReluDropout(o.dropout))),
      sum_(register_module("sum", SumDropout(o.dropout))) {}

at::Tensor FeedForward::forward(const at::Tensor& x) { return sum_(x, fc2_(relu_(fc1_(norm_(x))))); }

SourceLayer::SourceLayer(const TransformerOptions& options)
    : self(register_module("self", std::make_shared<SelfSight>(options, Sight::whole))),
      feed(register_module("feed", std::make_shared<FeedForward>(options))) {}

TargetLayer::TargetLayer(const TransformerOptions& options)
    : self(register_module("self", std::make_shared<SelfSight>(options, Sight::past))),
      cross(register_module("cross", std::make_shared<CrossSight>(options))),
      feed(register_module("feed", std::make_shared<FeedForward>(options))) {}

Transformer::Transformer(const TransformerOptions& options, int64_t sources, int64_t targets, Vocabularies vocabularies,
                         double label_smoothing)
    : options_(checked(options)),
      label_smoothing_(label_smoothing),
      source_dropout_(options.dropout),
      target_dropout_(options.dropout),
      encoder_(std::make_shared<torch::nn::Module>()),
      decoder_(std::make_shared<torch::nn::Module>()),
      encoder_norm_(options.width, kEps),
      decoder_norm_(options.width, kEps) {
  if (vocabularies == Vocabularies::joint) {
    source_ = target_ = register_module("embedding", TokenTable(targets, options.width));
  } else {
    source_ = register_module("source_embedding", TokenTable(sources, options.width));
    target_ = register_module("target_embedding", TokenTable(targets, options.width));
  }
  register_module("source_dropout", source_dropout_);
  register_module("target_dropout", target_dropout_);
  register_module("encoder", encoder_);
  register_module("decoder", decoder_);
  for (int64_t k = 0; k < options.encoder_layers; ++k)
    encoder_layers_.push_back(encoder_->register_module(std::to_string(k), std::make_shared<SourceLayer>(options)));
  for (int64_t k = 0; k < options.decoder_layers; ++k)
    decoder_layers_.push_back(decoder_->register_module(std::to_string(k), std::make_shared<TargetLayer>(options)));
  encoder_->register_module("norm", encoder_norm_);
  decoder_->register_module("norm", decoder_norm_);
}

std::vector<nn::LayerGroup> Transformer::groups() const {
  nn::LayerGroup tables{"embeddings", {source_.ptr()}};
  if (source_.ptr() != target_.ptr()) tables.modules.push_back(target_.ptr());
  return {tables, {"encoder", {encoder_}}, {"decoder", {decoder_}}};
}

/// sin and cos of place / 10000^(2k / D), section 3.5.
const at::Tensor& Transformer::positions(int64_t count) {
  if (positions_.defined() && positions_.size(0) >= count) return positions_;
  const int64_t rows = std::max<int64_t>(128, 2 * count), half = options_.width / 2;
  const auto places = at::arange(rows, at::kFloat).unsqueeze(1);
  const auto waves = at::exp(at::arange(half, at::kFloat) * (-std::log(10000.0) / static_cast<double>(half)));
  const auto angles = places * waves.unsqueeze(0);
  positions_ = at::cat({angles.sin(), angles.cos()}, 1);
  return positions_;
}

at::Tensor Transformer::embedded(TokenTable& table, const at::Tensor& ids, const at::Tensor& places) {
  const auto place = positions(places.max().item<int64_t>() + 1).index_select(0, places);
  const auto x = table(ids) * std::sqrt(static_cast<double>(options_.width)) + place;
  return x.to(dtype());
}

at::Tensor Transformer::encoded(const Packed& source) {
  auto x = source_dropout_(embedded(source_, source.ids, source.places));
  for (const auto& layer : encoder_layers_) x = layer->feed->forward(layer->self->forward(x, source.starts));
  return encoder_norm_(x);
}

torch::Tensor Transformer::features(const std::vector<torch::Tensor>& x) {
  const auto source = packed(x.at(0), x.at(1));
  const auto input = packed(x.at(2), x.at(3), 0, 1), wanted = packed(x.at(2), x.at(3), 1, 1);
  const auto memory = encoded(source);
  auto y = target_dropout_(embedded(target_, input.ids, input.places));
  for (const auto& layer : decoder_layers_) {
    y = layer->self->forward(y, input.starts);
    y = layer->cross->forward(y, layer->cross->keys_values(memory), input.starts, source.starts);
    y = layer->feed->forward(y);
  }
  y = decoder_norm_(y);
  if (!is_training()) y = y.to(at::kFloat);
  return item_scores(token_loss(y, target_->weight, {}, wanted.ids, label_smoothing_), wanted.items, x.at(3) - 1);
}

at::Tensor Transformer::attention(const std::vector<at::Tensor>& x) {
  const at::NoGradGuard no_grad;
  const auto source = packed(x.at(0), x.at(1)), input = packed(x.at(2), x.at(3), 0, 1);
  const auto memory = encoded(source);
  auto y = target_dropout_(embedded(target_, input.ids, input.places));
  auto all = at::zeros({x[0].size(0), x[2].size(1) - 1, x[0].size(1)}, at::kFloat);
  for (const auto& layer : decoder_layers_) {
    y = layer->self->forward(y, input.starts);
    const auto keys_values = layer->cross->keys_values(memory);
    if (layer == decoder_layers_.back())
      for (size_t n = 0; n + 1 < source.starts->size(); ++n) {
        const int64_t from = (*input.starts)[n], tokens = (*input.starts)[n + 1] - from;
        const int64_t first = (*source.starts)[n], seen = (*source.starts)[n + 1] - first;
        all[static_cast<int64_t>(n)]
            .narrow(0, 0, tokens)
            .narrow(1, 0, seen)
            .copy_(layer->cross->weights(y.narrow(0, from, tokens), keys_values.narrow(0, first, seen)));
      }
    y = layer->cross->forward(y, keys_values, input.starts, source.starts);
    y = layer->feed->forward(y);
  }
  return all;
}

/// Keeps keys and values of what was written, [R, t, 2 · D] a layer, and those of the sources, [K, 2 · D] a layer.
class Transformer::Writer : public StepDecoder {
 public:
  Writer(Transformer& model, const at::Tensor& source, const at::Tensor& lengths, int64_t beam)
      : model_(model), beam_(beam), weight_(model.target_->weight.t().to(model.dtype())) {
    const at::NoGradGuard no_grad;
    const auto sentences = packed(source, lengths);
    const auto memory = model.encoded(sentences);
    starts_ = sentences.starts;
    for (const auto& layer : model.decoder_layers_) memory_.push_back(layer->cross->keys_values(memory));
    written_.resize(memory_.size());
  }

  at::Tensor step(const at::Tensor& tokens) override {
    const at::NoGradGuard no_grad;
    auto y = model_.embedded(model_.target_, tokens, at::full_like(tokens, length_++));
    const auto rows = regular(static_cast<int64_t>(starts_->size()) - 1, beam_);
    for (size_t k = 0; k < memory_.size(); ++k) {
      const auto& layer = *model_.decoder_layers_[k];
      y = layer.self->step(y, written_[k]);
      y = layer.cross->forward(y, memory_[k], rows, starts_);
      y = layer.feed->forward(y);
    }
    return at::log_softmax(at::mm(model_.decoder_norm_(y), weight_).to(at::kFloat), 1);
  }

  void select(const at::Tensor& rows) override {
    const at::NoGradGuard no_grad;
    for (auto& cache : written_) cache = cache.index_select(0, rows);
    if (rows.size(0) == static_cast<int64_t>(starts_->size() - 1) * beam_) return;
    // Some sentences are done: their memory goes.
    std::vector<int64_t> kept;
    auto starts = std::make_shared<std::vector<int64_t>>(1, 0);
    const auto* row = rows.const_data_ptr<int64_t>();
    for (int64_t k = 0; k < rows.size(0); k += beam_) {
      const auto sentence = static_cast<size_t>(row[k] / beam_);
      for (int64_t place = (*starts_)[sentence]; place < (*starts_)[sentence + 1]; ++place) kept.push_back(place);
      starts->push_back(static_cast<int64_t>(kept.size()));
    }
    const auto places = at::tensor(kept, at::kLong);
    for (auto& keys_values : memory_) keys_values = keys_values.index_select(0, places);
    starts_ = std::move(starts);
  }

 private:
  Transformer& model_;
  int64_t beam_, length_ = 0;
  at::Tensor weight_;  ///< [D, V] in the compute dtype
  Starts starts_;
  std::vector<at::Tensor> memory_, written_;
};

std::unique_ptr<StepDecoder> Transformer::decoder(const at::Tensor& source, const at::Tensor& lengths, int64_t beam) {
  return std::make_unique<Writer>(*this, source, lengths, beam);
}

}  // namespace tenfold::text
