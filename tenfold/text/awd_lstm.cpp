#include "tenfold/text/awd_lstm.h"

#include <ATen/ATen.h>

#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/vocabulary_loss.h"

namespace tenfold::text {

AwdLstm::AwdLstm(int64_t vocab, const AwdLstmOptions& options, int64_t batch, at::ScalarType dtype, uint64_t seed)
    : options_(options), dtype_(dtype) {
  if (batch < 1) throw ConfigError("batch", "is " + std::to_string(batch) + "; needs at least 1 row");
  const AwdLstmDropout dropout = scaled(options.dropout, options.drop_mult);
  encoder_ = register_module("0", std::make_shared<AwdEncoder>(vocab, widths_of(options), dropout, seed));
  const auto side = register_module("1", std::make_shared<torch::nn::Module>());
  const auto bias = std::make_shared<Bias>();
  if (options.decoder_bias) bias_ = bias->bias = bias->register_parameter("bias", at::zeros({vocab}));
  decoder_ = side->register_module("decoder", bias);
  output_dropout_ = register_module("output_dropout", nn::VariationalDropout(dropout.output));
  for (int64_t k = 0; k < encoder_->widths().layers; ++k) {
    const auto zeros = at::zeros({batch, encoder_->width(k)});
    hidden_.push_back(register_buffer("hidden_" + std::to_string(k), zeros));
    cell_.push_back(register_buffer("cell_" + std::to_string(k), zeros.clone()));
  }
}

AwdEncoder::State AwdLstm::carried(int64_t batch, bool begins) const {
  if (begins) return encoder_->zeros(batch, dtype_);
  AwdEncoder::State state;
  const auto cells = dtype_ == at::kDouble ? at::kDouble : at::kFloat;
  for (size_t k = 0; k < hidden_.size(); ++k) {
    if (hidden_[k].size(0) != batch)
      throw ConfigError("batch", "is " + std::to_string(batch) + " rows in the middle of a stream of " +
                                     std::to_string(hidden_[k].size(0)) + "; a stream keeps its rows");
    state.push_back({hidden_[k].to(dtype_, /*non_blocking=*/false, /*copy=*/true),
                     cell_[k].to(cells, /*non_blocking=*/false, /*copy=*/true)});
  }
  return state;
}

void AwdLstm::carry(const AwdEncoder::State& state) {
  const at::NoGradGuard no_grad;
  for (size_t k = 0; k < state.size(); ++k) {
    hidden_[k].resize_(state[k].hidden.sizes()).copy_(state[k].hidden);
    cell_[k].resize_(state[k].cell.sizes()).copy_(state[k].cell);
  }
}

AwdLstm::Scores AwdLstm::scores(const std::vector<torch::Tensor>& x) {
  const auto &tokens = x.at(0), &targets = x.at(1);
  TORCH_CHECK(tokens.sizes() == targets.sizes(), "a language model needs as many targets as tokens, was given ",
              targets.sizes(), " for ", tokens.sizes());
  const int64_t rows = tokens.size(0), steps = tokens.size(1);
  auto state = carried(rows, x.at(2).item<int64_t>() != 0);
  const auto h = encoder_->forward(tokens, state, dtype_);
  carry(state);
  const auto out = output_dropout_(h);
  const auto tokenwise = nn::vocabulary_loss(out.reshape({steps * rows, out.size(2)}), encoder_->embedding(), bias_,
                                             targets.t().reshape({steps * rows}));
  const auto mean = [&](const at::Tensor& each) { return each.view({steps, rows}).mean(0); };
  Scores scores{.items = at::stack({mean(tokenwise.loss), mean(tokenwise.right)}, 1), .penalty = {}};
  if (is_training() && at::GradMode::is_enabled())
    scores.penalty = activation_penalty(h, out, options_.activation_penalty, options_.change_penalty);
  return scores;
}

torch::Tensor AwdLstm::features(const std::vector<torch::Tensor>& x) { return scores(x).items; }

torch::Tensor AwdLstm::training_loss(const std::vector<torch::Tensor>& x,
                                     const std::function<torch::Tensor(const torch::Tensor&)>& loss) {
  const Scores found = scores(x);
  return with_gradient_of(loss(found.items.to(at::kFloat)), found.penalty);
}

std::vector<nn::LayerGroup> AwdLstm::groups() const {
  std::vector<nn::LayerGroup> groups;
  for (int64_t k = 0; k < encoder_->widths().layers; ++k)
    groups.push_back({"lstm " + std::to_string(k), {encoder_->layer_module(k)}});
  groups.push_back({"words", {encoder_->embedding_module(), decoder_}});
  return groups;
}

std::string AwdLstm::body_fingerprint() const {
  throw ConfigError("precompute",
                    "means nothing for a language model, whose embedding is in its last layer group; "
                    "train it without, and precompute the classifier that is made of it");
}

at::Tensor AwdLstm::next_logits(const at::Tensor& tokens, AwdEncoder::State& state) {
  const auto h = encoder_->forward(tokens, state, dtype_);
  const auto logits = at::linear(h[h.size(0) - 1].to(encoder_->embedding().scalar_type()), encoder_->embedding());
  return bias_.defined() ? logits + bias_ : logits;
}

}  // namespace tenfold::text
