#pragma once
// Gated recurrent units that read a sentence, and others that write its translation: the network of fast.ai's course of
// 2018 with its three improvements as options: both directions, attention (Bahdanau et al. 2015, arXiv 1409.0473) and
// scheduled teacher forcing (Bengio et al. 2015, arXiv 1506.03099). GRU: Cho et al. 2014, arXiv 1406.1078.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/text/translator.h"
#include "tenfold/train/callback.h"

namespace tenfold::text {

/// One layer, one way. r, z = sigmoid(input(x) + hidden(h)); n = tanh(input(x) + r · hidden(h)); h' = n + z (h - n).
/// Gates in the order r, z, n, as PyTorch has them.
class Gru : public torch::nn::Module {
 public:
  Gru(int64_t in, int64_t hidden);
  /// x [N, in] and h [N, hidden] fp32 → h'.
  at::Tensor step(const at::Tensor& x, const at::Tensor& h);
  /// What input() makes of all of time at once, for steps(): x [N, S, in] → [N, S, 3 · hidden].
  at::Tensor projected(const at::Tensor& x, at::ScalarType dtype);
  at::Tensor step_projected(const at::Tensor& projected, const at::Tensor& h);
  int64_t hidden() const { return width_; }

 private:
  int64_t width_;
  nn::Linear input_, hidden_;
};

/// Whether the next input is the right token or the network's own, one draw a step for the batch.
class Forcing : public torch::nn::Module, public nn::Stochastic {
 public:
  bool next();
  void reseed(uint64_t key) override;
  double probability = 1;

 private:
  uint64_t key_ = 0, calls_ = 0;
};

/// Parameters: embedding.weight or {source, target}_embedding.weight; encoder.forward.N, encoder.backward.N {input,
/// hidden}; decoder.start.weight, decoder.layers.N, decoder.{keys, query, look, join} where it has attention,
/// decoder.bias. Layer groups: embeddings, encoder, decoder.
class RnnTranslator : public Translator {
 public:
  /// Throws ConfigError where a size is below 1 or a share no probability.
  RnnTranslator(const RnnTranslatorOptions& options, int64_t sources, int64_t targets, Vocabularies vocabularies,
                double label_smoothing);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  std::vector<nn::LayerGroup> groups() const override;
  std::unique_ptr<StepDecoder> decoder(const at::Tensor& source, const at::Tensor& lengths, int64_t beam) override;
  at::Tensor attention(const std::vector<at::Tensor>& x) override;

  const RnnTranslatorOptions& options() const { return options_; }
  /// The probability of teacher forcing in training from now on.
  void force(double probability) { forcing_->probability = probability; }

 private:
  class Writer;

  /// What the encoder says, and where the decoder stands.
  struct State {
    at::Tensor memory;          ///< [N, S, E] fp32
    at::Tensor keys;            ///< [N, S, A], undefined without attention
    at::Tensor outside;         ///< bool [N, 1, S]: true behind the end
    std::vector<at::Tensor> h;  ///< a layer: [R, A], R / N rows a sentence
    at::Tensor looked;          ///< [R, S] after a step with attention
  };

  State read(const at::Tensor& source, const at::Tensor& lengths);
  /// The embedded last token [R, A] → what scores are made of, [R, A]; the state goes on.
  at::Tensor write(const at::Tensor& embedded, State& state);
  /// All of a batch: outputs [N, T - 1, A], and in `looked`, where it is given, the attention of each step.
  at::Tensor written(const std::vector<at::Tensor>& x, std::vector<at::Tensor>* looked);
  at::Tensor context_of(State& state);
  at::Tensor scores(const at::Tensor& out);

  RnnTranslatorOptions options_;
  double label_smoothing_;
  TokenTable source_{nullptr}, target_{nullptr};
  std::shared_ptr<torch::nn::Module> encoder_, decoder_;
  std::vector<std::shared_ptr<Gru>> forward_, backward_, layers_;
  nn::Dropout embedding_dropout_, encoder_dropout_, decoder_dropout_, output_dropout_;
  nn::Linear start_{nullptr}, keys_{nullptr}, query_{nullptr}, look_{nullptr}, join_{nullptr};
  at::Tensor bias_;
  std::shared_ptr<Forcing> forcing_;
};

/// Lets the probability of teacher forcing fall as the options of an RnnTranslator say: forcing - forcing_decay ·
/// epoch, whole epochs of the fit, at least 0. Throws ConfigError("translation_model.kind") in a fit of another
/// network.
Callback teacher_forcing();

}  // namespace tenfold::text
