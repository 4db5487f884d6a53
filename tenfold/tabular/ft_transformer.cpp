#include "tenfold/tabular/ft_transformer.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"

namespace tenfold::tabular {
namespace {

constexpr double kNormEps = 1e-5;

void start_even(const at::Tensor& tensor, int64_t in, uint64_t seed, const std::string& name) {
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  nn::fill_drawn(tensor, seed, name, [bound](Draw& draw) { return draw.uniform(-bound, bound); });
}

/// Weights even in ±1 / √in, bias 0.
nn::Linear linear(int64_t in, int64_t out, uint64_t seed, const std::string& name) {
  nn::Linear made(in, out);
  start_even(made->weight, in, seed, name + ".weight");
  return made;
}

}  // namespace

Tokens::Tokens(const TableShape& shape, int64_t size, uint64_t seed) : size_(size) {
  const auto categories = static_cast<int64_t>(shape.levels.size());
  cls_ = register_parameter("cls", at::zeros({size}));
  weight_ = register_parameter("weight", at::zeros({shape.continuous, size}));
  bias_ = register_parameter("bias", at::zeros({shape.continuous + categories, size}));
  start_even(cls_, size, seed, "tokens.cls");
  start_even(weight_, size, seed, "tokens.weight");
  start_even(bias_, size, seed, "tokens.bias");
  categories_ = register_module(
      "categories",
      Embeddings(EmbeddingsOptions{.levels = shape.levels, .sizes = std::vector<int64_t>(shape.levels.size(), size)},
                 seed));
  for (size_t c = 0; c < shape.levels.size(); ++c)
    start_even(categories_->vectors(c), size, seed, "tokens.category" + std::to_string(c));
}

torch::Tensor Tokens::forward(const TableInput& input) {
  const int64_t rows = input.codes.size(0);
  const auto numbers = input.continuous.unsqueeze(2) * weight_;
  const auto none = input.continuous.narrow(1, 0, 0);
  const auto vectors = categories_(input.codes, none, at::kFloat).view({rows, input.codes.size(1), size_});
  const auto columns = at::cat({numbers, vectors}, 1) + bias_;
  return at::cat({cls_.expand({rows, 1, size_}), columns}, 1).to(input.dtype);
}

AttentionBlock::AttentionBlock(int64_t size, int64_t heads, double attention_dropout, double layer_dropout, bool first,
                               uint64_t seed, const std::string& name)
    : heads_(heads) {
  if (!first) attention_norm_ = register_module("attention_norm", nn::LayerNorm(size, kNormEps));
  query_key_value_ = register_module("query_key_value", linear(size, 3 * size, seed, name + ".query_key_value"));
  out_ = register_module("out", linear(size, size, seed, name + ".out"));
  layer_norm_ = register_module("layer_norm", nn::LayerNorm(size, kNormEps));
  const int64_t hidden = size * 4 / 3;  // the paper's factor for ReGLU, which has two of them
  wide_ = register_module("wide", linear(size, 2 * hidden, seed, name + ".wide"));
  narrow_ = register_module("narrow", linear(hidden, size, seed, name + ".narrow"));
  attention_dropout_ = register_module("attention_dropout", nn::Dropout(attention_dropout));
  layer_dropout_ = register_module("layer_dropout", nn::Dropout(layer_dropout));
}

/// Softmax in fp32, as everywhere.
torch::Tensor AttentionBlock::attend(const torch::Tensor& tokens) {
  const int64_t rows = tokens.size(0), count = tokens.size(1), size = tokens.size(2), width = size / heads_;
  const auto parts = query_key_value_(tokens).view({rows, count, 3, heads_, width}).permute({2, 0, 3, 1, 4});
  const auto scores = at::matmul(parts[0], parts[1].transpose(2, 3)) / std::sqrt(static_cast<double>(width));
  const auto shares = attention_dropout_(at::softmax(scores.to(at::kFloat), -1).to(tokens.scalar_type()));
  return out_(at::matmul(shares, parts[2]).transpose(1, 2).reshape({rows, count, size}));
}

torch::Tensor AttentionBlock::forward(const torch::Tensor& tokens) {
  const auto attended = tokens + attend(attention_norm_ ? attention_norm_(tokens) : tokens);
  const auto halves = wide_(layer_norm_(attended)).chunk(2, -1);
  return attended + narrow_(layer_dropout_(halves[0] * at::relu(halves[1])));
}

FtTransformer::Head::Head(int64_t size, int64_t outputs, uint64_t seed) {
  norm = register_module("norm", nn::LayerNorm(size, kNormEps));
  linear = register_module("linear", tabular::linear(size, outputs, seed, "head"));
}

FtTransformer::FtTransformer(const ModelOptions& options, const TableShape& shape, int64_t outputs, uint64_t seed)
    : TableModel("ft_transformer " + std::to_string(options.heads)) {
  if (options.blocks < 1)
    throw ConfigError("model.blocks", "is " + std::to_string(options.blocks) + "; needs at least 1");
  if (options.heads < 1 || options.token_size < 1 || options.token_size % options.heads != 0)
    throw ConfigError("model.token_size", "is " + std::to_string(options.token_size) + " for " +
                                              std::to_string(options.heads) +
                                              " heads; needs a multiple of the heads, such as 192 for 8");
  if (!options.layers.empty())
    throw ConfigError("model.layers",
                      "are hidden layers, which ft_transformer has none of; set model.blocks and "
                      "model.token_size, or take another network");
  if (options.numbers != NumberEmbedding::automatic && options.numbers != NumberEmbedding::none)
    throw ConfigError("model.numbers", "embeds numbers, and ft_transformer makes tokens of them itself; leave it auto");
  constexpr double kAttentionDropout = 0.2, kLayerDropout = 0.1;
  const auto drops = dropouts(options, 2, {kAttentionDropout, kLayerDropout});
  tokens_ = register_module("tokens", std::make_shared<Tokens>(shape, options.token_size, seed));
  Modules body;
  for (int64_t b = 0; b < options.blocks; ++b) {
    const std::string name = "block" + std::to_string(b);
    blocks_.push_back(register_module(name, std::make_shared<AttentionBlock>(options.token_size, options.heads,
                                                                             drops[0], drops[1], b == 0, seed, name)));
    body.push_back(blocks_.back());
  }
  head_ = register_module("head", std::make_shared<Head>(options.token_size, outputs, seed));
  set_groups({tokens_}, body, head_);
}

torch::Tensor FtTransformer::features(const std::vector<torch::Tensor>& x) {
  auto tokens = tokens_->forward(TableInput(x));
  for (const auto& block : blocks_) tokens = block->forward(tokens);
  return tokens.select(1, 0).to(at::kFloat);
}

torch::Tensor FtTransformer::head(const torch::Tensor& features) {
  return head_->linear(at::relu(head_->norm(features)));
}

}  // namespace tenfold::tabular
