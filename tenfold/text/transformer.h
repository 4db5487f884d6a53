#pragma once
// The encoder-decoder transformer. Vaswani et al. 2017, arXiv 1706.03762, with the norm before each sublayer (Xiong et
// al. 2020, arXiv 2002.04745), which needs no warm-up to speak of, and scores made of the target's embedding (Press &
// Wolf 2017, arXiv 1608.05859). Tokens are packed: no layer sees padding.

#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/text/fused_dropout.h"
#include "tenfold/text/translator.h"

namespace tenfold::text {

/// x + dropout(proj(attention(qkv(norm(x))))).
class SelfSight : public torch::nn::Module {
 public:
  SelfSight(const TransformerOptions& options, Sight sight);
  /// x [M, D] → the same.
  at::Tensor forward(const at::Tensor& x, const Starts& starts);
  /// One more token of each row: x [R, D]; cache [R, t, 2 · D] (undefined before the first) grows by it.
  at::Tensor step(const at::Tensor& x, at::Tensor& cache);

 private:
  int64_t heads_;
  Sight sight_;
  nn::LayerNorm norm_;
  nn::Linear qkv_, proj_;
  SumDropout sum_;
};

/// x + dropout(proj(attention of query(norm(x)) to keys and values of the memory)).
class CrossSight : public torch::nn::Module {
 public:
  explicit CrossSight(const TransformerOptions& options);
  /// memory [K, D] → keys and values [K, 2 · D].
  at::Tensor keys_values(const at::Tensor& memory);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& keys_values, const Starts& starts,
                     const Starts& memory_starts);
  /// Weights that forward() uses, mean over the heads: [T, S] fp32 of x [T, D] and keys_values [S, 2 · D] of one
  /// sentence.
  at::Tensor weights(const at::Tensor& x, const at::Tensor& keys_values);

 private:
  int64_t heads_;
  nn::LayerNorm norm_;
  nn::Linear query_, kv_, proj_;
  SumDropout sum_;
};

/// x + dropout(fc2(dropout(relu(fc1(norm(x)))))).
class FeedForward : public torch::nn::Module {
 public:
  explicit FeedForward(const TransformerOptions& options);
  at::Tensor forward(const at::Tensor& x);

 private:
  nn::LayerNorm norm_;
  nn::Linear fc1_, fc2_;
  ReluDropout relu_;
  SumDropout sum_;
};

struct SourceLayer : torch::nn::Module {
  explicit SourceLayer(const TransformerOptions& options);
  std::shared_ptr<SelfSight> self;
  std::shared_ptr<FeedForward> feed;
};

struct TargetLayer : torch::nn::Module {
  explicit TargetLayer(const TransformerOptions& options);
  std::shared_ptr<SelfSight> self;
  std::shared_ptr<CrossSight> cross;
  std::shared_ptr<FeedForward> feed;
};

/// Parameters: embedding.weight (joint) or source_embedding.weight and target_embedding.weight; encoder.N.self.…,
/// encoder.N.feed.…, encoder.norm.…; decoder.N.{self, cross, feed}.…, decoder.norm.…. Layer groups: embeddings,
/// encoder, decoder.
class Transformer : public Translator {
 public:
  /// Throws ConfigError where heads do not divide the width into multiples of 16, or a size is below 1.
  Transformer(const TransformerOptions& options, int64_t sources, int64_t targets, Vocabularies vocabularies,
              double label_smoothing);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  std::vector<nn::LayerGroup> groups() const override;
  std::unique_ptr<StepDecoder> decoder(const at::Tensor& source, const at::Tensor& lengths, int64_t beam) override;
  at::Tensor attention(const std::vector<at::Tensor>& x) override;

 private:
  class Writer;

  /// Embeddings times the root of the width, and positions, after dropout: [M, D] in the compute dtype.
  at::Tensor embedded(TokenTable& table, const at::Tensor& ids, const at::Tensor& places);
  at::Tensor encoded(const Packed& source);
  const at::Tensor& positions(int64_t count);

  TransformerOptions options_;
  double label_smoothing_;
  TokenTable source_{nullptr}, target_{nullptr};  ///< the same one where joint
  nn::Dropout source_dropout_, target_dropout_;
  std::shared_ptr<torch::nn::Module> encoder_, decoder_;
  std::vector<std::shared_ptr<SourceLayer>> encoder_layers_;
  std::vector<std::shared_ptr<TargetLayer>> decoder_layers_;
  nn::LayerNorm encoder_norm_, decoder_norm_;
  at::Tensor positions_;  ///< [longest so far, D] fp32, computed, not learnt
};

}  // namespace tenfold::text
