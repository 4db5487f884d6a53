#pragma once
// Encoder, pooling and head as one model for whole texts, or with a head for each labelled token; and their learner.

#include <cstdint>
#include <memory>

#include "tenfold/nn/head.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/task.h"
#include "tenfold/text/encoder.h"
#include "tenfold/text/options.h"
#include "tenfold/text/text_data.h"
#include "tenfold/train/learner.h"

namespace tenfold::text {

/// Takes x = {ids int64 [N, T] padded behind, lengths int64 [N]}. With a head for tokens also x[2], int64 [M]: where
/// they are in the padded ids, n · T + t; features, logits and targets then have M rows. Groups are the encoder's, then
/// the head. Parameters: "body.…", "head.…".
class EncoderModel : public nn::Model {
 public:
  enum class Rows { texts, tokens };

  /// `dtype` is what the encoder computes in.
  EncoderModel(std::shared_ptr<TransformerEncoder> body, std::shared_ptr<nn::HeadImpl> head, Rows rows,
               at::ScalarType dtype);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }
  /// Logits from vectors of the tokens in place of the encoder's own, for their gradients.
  torch::Tensor logits_of_words(const torch::Tensor& words, const PackedTokens& tokens);

  std::vector<nn::LayerGroup> groups() const override;
  std::shared_ptr<torch::nn::Module> head_module() const override { return head_; }
  std::string body_fingerprint() const override;
  TransformerEncoder& body() { return *body_; }

 private:
  std::shared_ptr<TransformerEncoder> body_;
  std::shared_ptr<nn::HeadImpl> head_;
  Rows rows_;
  at::ScalarType dtype_;
};

/// The encoder of options.weights with a new head by the seed; a folder without weight file makes random ones by the
/// seed too. Dropouts of the encoder as the options say, else as its config does. Throws ConfigError, WeightsError.
std::shared_ptr<EncoderModel> make_encoder_model(const ModelOptions& options, const nn::Task& task,
                                                 EncoderModel::Rows rows, at::ScalarType dtype, uint64_t seed);
/// The same without files: weights are 0 in the encoder until a bundle or a checkpoint fills them.
std::shared_ptr<EncoderModel> make_encoder_model(const EncoderShape& shape, const ModelOptions& options,
                                                 const nn::Task& task, EncoderModel::Rows rows, at::ScalarType dtype,
                                                 uint64_t seed);

/// Classification, multi-label and regression of texts: frozen to the head where there are weights, else all trained.
/// Good plans: frozen, precomputed features, rate 1e-2 to 3e-2 for a few epochs; then all, one_cycle, 2 epochs, rates
/// decayed(2e-4, 0.8) with AdamW, batch 32. Throws ConfigError where texts are longer than the encoder has positions.
Learner encoder_learner(const TextData& data, const ModelOptions& model, LearnerOptions training = {});

}  // namespace tenfold::text
