#pragma once
// ULMFiT's classifier: an AWD-LSTM encoder that reads a text a stretch at a time, concatenated pooling over its
// outputs, fast.ai's head. Howard & Ruder 2018, arXiv 1801.06146; fastai 2.8, SentenceEncoder.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/nn/head.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/task.h"
#include "tenfold/text/awd_lstm.h"

namespace tenfold::text {

/// x = {ids int64 [N, T] padded behind, lengths int64 [N]}, in any order; logits [N, K] fp32. A text is read from its
/// beginning, bptt tokens at a time, gradients within a stretch, the state through all of them; rows whose text has
/// ended drop out. What is pooled of a text does not depend on the others in its batch: the outputs of its own tokens
/// in the stretches that begin within pooled_tokens of its end. In training AR and TAR add gradient and no loss; their
/// means are over those outputs.
/// Groups: embedding, one an LSTM, head. Parameters: "0.module.…" the encoder's, "1.…" the head's (nn::HeadImpl).
class AwdClassifier : public nn::Model {
 public:
  /// `dtype` is what the encoder computes in; the head computes in fp32.
  AwdClassifier(int64_t vocab, const AwdClassifierOptions& options, const nn::Task& task, at::ScalarType dtype,
                uint64_t seed);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }
  torch::Tensor training_loss(const std::vector<torch::Tensor>& x,
                              const std::function<torch::Tensor(const torch::Tensor&)>& loss) override;
  std::vector<nn::LayerGroup> groups() const override;
  std::shared_ptr<torch::nn::Module> head_module() const override { return head_; }
  std::string body_fingerprint() const override;

  AwdEncoder& encoder() { return *encoder_; }
  const AwdClassifierOptions& options() const { return options_; }

 private:
  /// What the encoder says of a batch: texts from long to short, times from `offset` on.
  struct Reading {
    at::Tensor output;  ///< [T, N, E]
    at::Tensor begins;  ///< [N] int64: of what is pooled, in `output`
    at::Tensor ends;    ///< [N]
  };
  struct Pooled {
    at::Tensor features;  ///< [N, 3 E] fp32
    at::Tensor penalty;   ///< scalar; undefined outside training
  };
  Reading read(const at::Tensor& ids, const at::Tensor& lengths);
  Pooled pooled(const std::vector<torch::Tensor>& x);
  at::Tensor penalty(const Reading& reading) const;

  AwdClassifierOptions options_;
  at::ScalarType dtype_;
  std::shared_ptr<AwdEncoder> encoder_;
  std::shared_ptr<nn::HeadImpl> head_;
};

/// A classifier's tensors in fastai 2.8's file, under our names: "1.layers.0.0.weight" is norm1's. Others as they are.
std::string classifier_name(const std::string& published);

}  // namespace tenfold::text
