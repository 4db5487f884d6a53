#include "tenfold/text/encoder.h"

#include <ATen/ATen.h>
#include <torch/nn/cloneable.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/attention.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/nest.h"
#include "tenfold/nn/residual_norm.h"
#include "tenfold/text/encoders/family.h"

namespace tenfold::text {

/// weight [rows, width] fp32. ids int64 [M] → [M, width].
class EmbeddingImpl : public torch::nn::Cloneable<EmbeddingImpl> {
 public:
  EmbeddingImpl(int64_t rows, int64_t width) : rows_(rows), width_(width) { EmbeddingImpl::reset(); }
  void reset() override { weight = register_parameter("weight", at::zeros({rows_, width_})); }
  at::Tensor forward(const at::Tensor& ids) const { return at::embedding(weight, ids); }
  at::Tensor weight;

 private:
  int64_t rows_, width_;
};

/// norm(x + attention(x)), then norm(y + mlp(y)). [M, D] → the same.
class EncoderLayer : public torch::nn::Module {
 public:
  EncoderLayer(const EncoderShape& shape, const EncoderNames& names) : heads_(shape.heads) {
    const auto linear = [&](const std::string& name, int64_t in, int64_t out) {
      return nn::nest(*this, name, nn::Linear(in, out));
    };
    query_ = linear(names.query, shape.width, shape.width);
    key_ = linear(names.key, shape.width, shape.width);
    value_ = linear(names.value, shape.width, shape.width);
    out_ = linear(names.out, shape.width, shape.width);
    const nn::ResidualNormOptions norm{.channels = shape.width, .eps = shape.eps, .dropout = shape.hidden_dropout};
    first_norm_ = nn::nest(*this, names.first_norm, nn::ResidualNorm(norm));
    widen_ = linear(names.widen, shape.width, shape.inner);
    narrow_ = linear(names.narrow, shape.inner, shape.width);
    second_norm_ = nn::nest(*this, names.second_norm, nn::ResidualNorm(norm));
    attention_ = register_module(
        "attend", nn::Attention(nn::AttentionOptions{.heads = shape.heads, .dropout = shape.attention_dropout}));
  }

  at::Tensor forward(const at::Tensor& x, const std::vector<int64_t>& starts) {
    const auto seen = attention_->forward(projected(x), starts);
    const auto y = first_norm_(x, out_(seen));
    return second_norm_(y, narrow_(at::gelu(widen_(y))));
  }

  /// [heads, T, T] for one text.
  at::Tensor weights(const at::Tensor& x) { return nn::attention_weights(projected(x), heads_); }

 private:
  /// Queries, keys and values [M, 3 · D] by one product, whose weights are put together from the three.
  at::Tensor projected(const at::Tensor& x) {
    const auto weight = at::cat({query_->weight, key_->weight, value_->weight});
    const auto bias = at::cat({query_->bias, key_->bias, value_->bias});
    return at::linear(x, weight.to(x.scalar_type()), bias.to(x.scalar_type()));
  }

  int64_t heads_;
  nn::Linear query_{nullptr}, key_{nullptr}, value_{nullptr}, out_{nullptr}, widen_{nullptr}, narrow_{nullptr};
  nn::ResidualNorm first_norm_{nullptr}, second_norm_{nullptr};
  nn::Attention attention_{nullptr};
};

namespace {

void check(const EncoderShape& shape) {
  for (const auto& [name, value] : {std::pair{"layers", shape.layers},
                                    {"width", shape.width},
                                    {"heads", shape.heads},
                                    {"inner", shape.inner},
                                    {"vocabulary", shape.vocabulary},
                                    {"positions", longest_text(shape)}})
    if (value < 1)
      throw ConfigError(std::string("encoder.") + name, "is " + std::to_string(value) + "; needs at least 1");
  if (shape.width % shape.heads != 0)
    throw ConfigError("encoder.heads", "is " + std::to_string(shape.heads) + ", which does not divide the width of " +
                                           std::to_string(shape.width));
}

}  // namespace

PackedTokens packed(const torch::Tensor& ids, const torch::Tensor& lengths) {
  TORCH_CHECK(ids.dim() == 2 && lengths.dim() == 1 && lengths.size(0) == ids.size(0),
              "texts need ids [N, T] and lengths [N], were given ", ids.sizes(), " and ", lengths.sizes());
  const auto rows = ids.cpu().contiguous(), counts = lengths.cpu().contiguous();
  const auto *from = rows.const_data_ptr<int64_t>(), *count = counts.const_data_ptr<int64_t>();
  PackedTokens tokens;
  tokens.starts = {0};
  for (int64_t k = 0; k < ids.size(0); ++k) {
    TORCH_CHECK(count[k] > 0 && count[k] <= ids.size(1), "text ", k, " of a batch has ", count[k], " of ", ids.size(1),
                " tokens; needs one at least");
    tokens.starts.push_back(tokens.starts.back() + count[k]);
  }
  tokens.ids = at::empty({tokens.starts.back()}, at::kLong);
  tokens.positions = at::empty({tokens.starts.back()}, at::kLong);
  auto *id = tokens.ids.mutable_data_ptr<int64_t>(), *position = tokens.positions.mutable_data_ptr<int64_t>();
  for (int64_t k = 0; k < ids.size(0); ++k, from += ids.size(1)) {
    id = std::copy(from, from + count[k], id);
    for (int64_t t = 0; t < count[k]; ++t) *position++ = t;
  }
  tokens.ids = tokens.ids.to(ids.device());
  tokens.positions = tokens.positions.to(ids.device());
  return tokens;
}

TransformerEncoder::TransformerEncoder(const EncoderShape& shape, Pooling pooling) : shape_(shape), pooling_(pooling) {
  check(shape);
  const auto& family = encoder_family(shape.family);
  first_position_ = family.positions_after_pad ? shape.pad + 1 : 0;
  const auto table = [&](const std::string& name, int64_t rows) {
    return nn::nest(*this, "embeddings." + name, std::make_shared<EmbeddingImpl>(rows, shape.width));
  };
  words_ = table("word_embeddings", shape.vocabulary);
  positions_ = table("position_embeddings", shape.positions);
  if (shape.token_types > 0) types_ = table("token_type_embeddings", shape.token_types);
  norm_ = nn::nest(*this, "embeddings.LayerNorm", nn::LayerNorm(shape.width, shape.eps));
  dropout_ = nn::nest(*this, "embeddings.drop", nn::Dropout(shape.hidden_dropout));
  embeddings_ = named_children()["embeddings"];
  for (int64_t k = 0; k < shape.layers; ++k)
    layers_.push_back(
        nn::nest(*this, family.names.layers + std::to_string(k), std::make_shared<EncoderLayer>(shape, family.names)));
  if (pooling == Pooling::cls && family.pooler)
    pooler_ = nn::nest(*this, "pooler.dense", std::make_shared<nn::LinearImpl>(shape.width, shape.width));
}

void TransformerEncoder::initialise(uint64_t seed) {
  nn::initialise(*this, seed, nn::Start::narrow);
  for (const auto& [name, embedding] :
       {std::pair{"word_embeddings", words_}, {"position_embeddings", positions_}, {"token_type_embeddings", types_}})
    if (embedding) nn::fill_drawn(embedding->weight, seed, name, [](Draw& draw) { return 0.02 * draw.normal(); });
}

torch::Tensor TransformerEncoder::words(const PackedTokens& tokens) const { return words_->forward(tokens.ids); }

torch::Tensor TransformerEncoder::embedded(const torch::Tensor& words, const PackedTokens& tokens) {
  int64_t longest = 0;
  for (size_t k = 1; k < tokens.starts.size(); ++k)
    longest = std::max(longest, tokens.starts[k] - tokens.starts[k - 1]);
  if (longest > longest_text(shape_))
    throw ConfigError("text.max_length", "lets a text have " + std::to_string(longest) +
                                             " tokens, and this encoder has " + std::to_string(longest_text(shape_)) +
                                             " positions; lower it");
  auto x = words + positions_->forward(first_position_ == 0 ? tokens.positions : tokens.positions + first_position_);
  if (types_) x = x + types_->weight[0];
  return dropout_(norm_(x));
}

torch::Tensor TransformerEncoder::encoded(const torch::Tensor& words, const PackedTokens& tokens,
                                          at::ScalarType dtype) {
  auto x = embedded(words, tokens).to(dtype);
  for (const auto& layer : layers_) x = layer->forward(x, tokens.starts);
  return x;
}

torch::Tensor TransformerEncoder::pooled(const torch::Tensor& rows, const std::vector<int64_t>& starts) {
  const auto texts = static_cast<int64_t>(starts.size()) - 1;
  if (pooling_ == Pooling::cls) {
    const auto first = at::tensor(std::vector<int64_t>(starts.begin(), starts.end() - 1), at::kLong);
    const auto tokens = rows.index_select(0, first.to(rows.device())).to(at::kFloat);
    return pooler_ ? at::tanh(pooler_->forward(tokens)) : tokens;
  }
  auto shares = at::zeros({texts, rows.size(0)}, at::kFloat);  // the mean as one product
  for (int64_t k = 0; k < texts; ++k) {
    const int64_t first = starts[static_cast<size_t>(k)], last = starts[static_cast<size_t>(k) + 1];
    shares[k].slice(0, first, last).fill_(1.0 / static_cast<double>(last - first));
  }
  return at::mm(shares.to(rows.device()), rows.to(at::kFloat));
}

torch::Tensor TransformerEncoder::attention_maps(const PackedTokens& tokens) {
  TORCH_CHECK(tokens.starts.size() == 2, "attention maps are of one text, were asked for ", tokens.starts.size() - 1);
  const at::NoGradGuard no_grad;
  const bool training = is_training();
  eval();
  std::vector<at::Tensor> maps;
  auto x = embedded(words(tokens), tokens);
  for (const auto& layer : layers_) {
    maps.push_back(layer->weights(x));
    x = layer->forward(x, tokens.starts);
  }
  train(training);
  return at::stack(maps);
}

std::vector<nn::LayerGroup> TransformerEncoder::groups() const {
  std::vector<nn::LayerGroup> all = {{"embeddings", {embeddings_}}};
  for (size_t k = 0; k < layers_.size(); ++k) all.push_back({"layer " + std::to_string(k + 1), {layers_[k]}});
  if (pooler_) all.back().modules.push_back(pooler_);
  return all;
}

}  // namespace tenfold::text
