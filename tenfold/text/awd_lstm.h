#pragma once
// AWD-LSTM: a stack of LSTMs with dropout everywhere, and a language model on top whose decoder shares the embedding's
// weights. Merity et al. 2017, arXiv 1708.02182. Parameters carry fastai 2.8's names, so its published weights load as
// they are.

#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/lstm.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/sequence_dropout.h"
#include "tenfold/text/awd_lstm_options.h"

namespace tenfold::text {

constexpr int64_t kAwdPadding = 1;  ///< the id of xxpad: its row of the embedding gets no gradient

/// All shares times `mult`. Throws ConfigError("drop_mult") where one is not in [0, 1) then.
AwdLstmDropout scaled(const AwdLstmDropout& dropout, double mult);

/// Parameters: encoder.weight [V, E]; for layer k rnns.k.weight_hh_l0_raw, rnns.k.module.weight_ih_l0, .bias_ih_l0,
/// .bias_hh_l0. Widths: E → H → … → H → E. fp32 masters.
class AwdEncoder : public torch::nn::Module {
 public:
  /// Weights drawn from (seed, their names): embedding uniform in ±0.1, LSTMs in ±1/√H. Throws ConfigError where a
  /// width is below 1.
  AwdEncoder(int64_t vocab, const AwdLstmWidths& widths, const AwdLstmDropout& dropout, uint64_t seed);

  /// One state a layer.
  using State = std::vector<nn::LstmState>;
  State zeros(int64_t batch, at::ScalarType dtype) const;

  /// tokens int64 [B, S] → [S, B, E] in dtype: the last layer's outputs, no dropout on them. `state` is what the layers
  /// start from, and then their last, in the graph.
  at::Tensor forward(const at::Tensor& tokens, State& state, at::ScalarType dtype);

  const AwdLstmWidths& widths() const { return widths_; }
  int64_t vocab() const { return embedding_->weight.size(0); }
  const at::Tensor& embedding() const { return embedding_->weight; }
  /// Width of layer k's output.
  int64_t width(int64_t layer) const { return layer + 1 < widths_.layers ? widths_.hidden : widths_.embedding; }
  std::shared_ptr<torch::nn::Module> embedding_module() const { return embedding_; }
  std::shared_ptr<torch::nn::Module> layer_module(int64_t layer) const;

 private:
  struct Embedding : torch::nn::Module {
    at::Tensor weight;
  };
  struct Cell : torch::nn::Module {
    at::Tensor input, input_bias, hidden_bias;
  };
  struct Layer : torch::nn::Module {
    at::Tensor recurrent;
    std::shared_ptr<Cell> cell;
    nn::WeightDrop drop{nullptr};
  };

  AwdLstmWidths widths_;
  std::shared_ptr<Embedding> embedding_;
  std::vector<std::shared_ptr<Layer>> layers_;
  nn::EmbeddingDropout embedding_dropout_{nullptr};
  nn::VariationalDropout input_dropout_{nullptr};
  std::vector<nn::VariationalDropout> hidden_dropout_;
};

/// The language model as the Learner trains it. x = {tokens int64 [B, S], targets int64 [B, S], int64 [1]: 1 where the
/// stream begins}; logits [B, 2] fp32: mean negative log-likelihood of a row's targets, nats, and the share of them
/// predicted right. The state goes on from batch to batch in buffers, which checkpoints
/// hold. In training the outputs' penalties (AR, TAR) add gradient and no loss.
/// Groups: one an LSTM, then the words (embedding, which is the decoder too, and its bias). Parameters: "0.…" the
/// encoder's, 1.decoder.bias [V].
class AwdLstm : public nn::Model {
 public:
  /// batch: rows of the stream. `dtype` is what layers and decoder compute in.
  AwdLstm(int64_t vocab, const AwdLstmOptions& options, int64_t batch, at::ScalarType dtype, uint64_t seed);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& scores) override { return scores; }
  torch::Tensor training_loss(const std::vector<torch::Tensor>& x,
                              const std::function<torch::Tensor(const torch::Tensor&)>& loss) override;
  std::vector<nn::LayerGroup> groups() const override;
  std::shared_ptr<torch::nn::Module> head_module() const override { return decoder_; }
  std::string body_fingerprint() const override;

  /// Logits [B, V] fp32 of the token after tokens [B, S]. `state` goes on; the training's stays.
  at::Tensor next_logits(const at::Tensor& tokens, AwdEncoder::State& state);

  at::ScalarType dtype() const { return dtype_; }
  AwdEncoder& encoder() { return *encoder_; }
  const AwdEncoder& encoder() const { return *encoder_; }
  const AwdLstmOptions& options() const { return options_; }

 private:
  struct Bias : torch::nn::Module {
    at::Tensor bias;
  };
  struct Scores {
    at::Tensor items;    ///< [B, 2]
    at::Tensor penalty;  ///< scalar
  };
  Scores scores(const std::vector<torch::Tensor>& x);
  AwdEncoder::State carried(int64_t batch, bool begins) const;
  void carry(const AwdEncoder::State& state);

  AwdLstmOptions options_;
  at::ScalarType dtype_;
  std::shared_ptr<AwdEncoder> encoder_;
  std::shared_ptr<torch::nn::Module> decoder_;
  at::Tensor bias_;  ///< [V]; a constant 0 without one
  nn::VariationalDropout output_dropout_{nullptr};
  std::vector<at::Tensor> hidden_, cell_;  ///< buffers [batch, width] fp32
};

/// ar · mean(out²) + tar · mean((h_t - h_{t-1})²), means over all elements; undefined where both weights are 0.
/// h, out [S, B, E]: the last layer's outputs before and after dropout.
at::Tensor activation_penalty(const at::Tensor& h, const at::Tensor& out, double ar, double tar);

/// Adds what has the penalty's gradient and the value 0; `penalty` may be undefined.
at::Tensor with_gradient_of(const at::Tensor& loss, const at::Tensor& penalty);

}  // namespace tenfold::text
