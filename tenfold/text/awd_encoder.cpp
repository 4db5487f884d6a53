#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/init.h"
#include "tenfold/text/awd_lstm.h"

namespace tenfold::text {
namespace {

constexpr double kEmbeddingRange = 0.1;

void check(int64_t vocab, const AwdLstmWidths& widths) {
  if (vocab <= kAwdPadding)
    throw ConfigError("vocabulary", "has " + std::to_string(vocab) + " tokens; needs more than " +
                                        std::to_string(kAwdPadding) + ": unknown, padding and words");
  for (const auto& [name, value] :
       {std::pair{"embedding", widths.embedding}, {"hidden", widths.hidden}, {"layers", widths.layers}})
    if (value < 1) throw ConfigError(name, "is " + std::to_string(value) + "; needs at least 1");
}

void fill_uniform(const at::Tensor& weight, double range, uint64_t seed, const std::string& name) {
  nn::fill_drawn(weight, seed, name, [range](Draw& draw) { return draw.uniform(-range, range); });
}

}  // namespace

AwdLstmDropout scaled(const AwdLstmDropout& dropout, double mult) {
  AwdLstmDropout out = dropout;
  for (double* share : {&out.embedding, &out.input, &out.weight, &out.hidden, &out.output}) {
    *share *= mult;
    if (!(*share >= 0 && *share < 1))
      throw ConfigError("drop_mult", "is " + shortest(mult) + ", which makes a dropout of " + shortest(*share) +
                                         "; needs shares from 0 to below 1");
  }
  return out;
}

AwdEncoder::AwdEncoder(int64_t vocab, const AwdLstmWidths& widths, const AwdLstmDropout& dropout, uint64_t seed)
    : widths_(widths) {
  check(vocab, widths);
  embedding_ = register_module("encoder", std::make_shared<Embedding>());
  embedding_->weight = embedding_->register_parameter("weight", at::zeros({vocab, widths.embedding}));
  fill_uniform(embedding_->weight, kEmbeddingRange, seed, "encoder.weight");
  auto list = register_module("rnns", std::make_shared<torch::nn::Module>());
  for (int64_t k = 0; k < widths.layers; ++k) {
    const int64_t in = k == 0 ? widths.embedding : widths.hidden, out = width(k);
    auto layer = list->register_module(std::to_string(k), std::make_shared<Layer>());
    layer->recurrent = layer->register_parameter("weight_hh_l0_raw", at::zeros({4 * out, out}));
    layer->cell = layer->register_module("module", std::make_shared<Cell>());
    layer->cell->input = layer->cell->register_parameter("weight_ih_l0", at::zeros({4 * out, in}));
    layer->cell->input_bias = layer->cell->register_parameter("bias_ih_l0", at::zeros({4 * out}));
    layer->cell->hidden_bias = layer->cell->register_parameter("bias_hh_l0", at::zeros({4 * out}));
    layer->drop = layer->register_module("drop", nn::WeightDrop(dropout.weight));
    const std::string name = "rnns." + std::to_string(k);
    for (const auto& item : layer->named_parameters())
      fill_uniform(item.value(), 1 / std::sqrt(static_cast<double>(out)), seed, name + "." + item.key());
    layers_.push_back(layer);
    if (k + 1 < widths.layers)
      hidden_dropout_.push_back(
          register_module("hidden_dropout_" + std::to_string(k), nn::VariationalDropout(dropout.hidden)));
  }
  embedding_dropout_ = register_module("embedding_dropout", nn::EmbeddingDropout(dropout.embedding));
  input_dropout_ = register_module("input_dropout", nn::VariationalDropout(dropout.input));
}

AwdEncoder::State AwdEncoder::zeros(int64_t batch, at::ScalarType dtype) const {
  State state;
  for (int64_t k = 0; k < widths_.layers; ++k) state.push_back(nn::lstm_zeros(batch, width(k), dtype));
  return state;
}

at::Tensor AwdEncoder::forward(const at::Tensor& tokens, State& state, at::ScalarType dtype) {
  TORCH_CHECK(tokens.dim() == 2 && tokens.scalar_type() == at::kLong, "AWD-LSTM needs tokens int64 [B, S], was given ",
              tokens.scalar_type(), " ", tokens.sizes());
  TORCH_CHECK(static_cast<int64_t>(state.size()) == widths_.layers, "AWD-LSTM needs a state for each of ",
              widths_.layers, " layers, was given ", state.size());
  auto x = input_dropout_(embedding_dropout_(embedding_->weight, tokens.t().contiguous(), kAwdPadding)).to(dtype);
  for (size_t k = 0; k < layers_.size(); ++k) {
    auto& layer = *layers_[k];
    const nn::LstmWeights weights{.input = layer.cell->input.to(dtype),
                                  .recurrent = layer.drop(layer.recurrent, dtype),
                                  .bias = (layer.cell->input_bias + layer.cell->hidden_bias).to(dtype)};
    auto result = nn::lstm(x, state[k], weights);
    state[k] = std::move(result.last);
    x = k < hidden_dropout_.size() ? hidden_dropout_[k](result.output) : result.output;
  }
  return x;
}

std::shared_ptr<torch::nn::Module> AwdEncoder::layer_module(int64_t layer) const {
  return layers_.at(static_cast<size_t>(layer));
}

at::Tensor activation_penalty(const at::Tensor& h, const at::Tensor& out, double ar, double tar) {
  at::Tensor penalty;
  if (ar > 0) penalty = out.to(at::kFloat).square().mean() * ar;
  if (tar > 0 && h.size(0) > 1) {
    const auto values = h.to(at::kFloat);
    const int64_t steps = h.size(0) - 1;
    const auto change = (values.narrow(0, 1, steps) - values.narrow(0, 0, steps)).square().mean() * tar;
    penalty = penalty.defined() ? penalty + change : change;
  }
  return penalty;
}

at::Tensor with_gradient_of(const at::Tensor& loss, const at::Tensor& penalty) {
  return penalty.defined() ? loss + (penalty - penalty.detach()) : loss;
}

}  // namespace tenfold::text
