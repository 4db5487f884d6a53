#pragma once
// A BERT-like encoder: embeddings, then layers of attention and two linears, each with a residual sum and a norm
// behind. Devlin et al. 2019, arXiv 1810.04805. Texts of a batch lie one after the other without padding, so that none
// is computed. Parameters carry the published names (text/encoders/).

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/model.h"
#include "tenfold/text/encoder_shape.h"
#include "tenfold/text/options.h"

namespace tenfold::text {

/// Tokens of several texts, one text's after the other's.
struct PackedTokens {
  torch::Tensor ids, positions;  ///< int64 [M], M the sum of the lengths
  std::vector<int64_t> starts;   ///< text k has the rows [starts[k], starts[k + 1])
};

/// ids int64 [N, T] padded behind, lengths int64 [N].
PackedTokens packed(const torch::Tensor& ids, const torch::Tensor& lengths);

class EmbeddingImpl;
class EncoderLayer;

class TransformerEncoder : public torch::nn::Module {
 public:
  /// Weights are 0 until they are initialised or loaded. A pooler stands behind cls pooling where the family has one.
  /// Throws ConfigError for sizes that cannot work.
  TransformerEncoder(const EncoderShape& shape, Pooling pooling);
  /// Random weights by the seed: normal with deviation 0.02, as BERT's.
  void initialise(uint64_t seed);

  /// Vectors of the tokens alone, [M, D] fp32.
  torch::Tensor words(const PackedTokens& tokens) const;
  /// From those to the last layer: [M, D] in `dtype`, in which the layers compute.
  torch::Tensor encoded(const torch::Tensor& words, const PackedTokens& tokens, at::ScalarType dtype);
  /// Rows [M, D] → [N, D] fp32: the mean of each text's rows, or its first, through the pooler.
  torch::Tensor pooled(const torch::Tensor& rows, const std::vector<int64_t>& starts);
  /// Attention of every layer for one text, [layers, heads, T, T] fp32, in evaluation mode.
  torch::Tensor attention_maps(const PackedTokens& tokens);

  /// embeddings, layer 1, …, layer L (with the pooler).
  std::vector<nn::LayerGroup> groups() const;
  const EncoderShape& shape() const { return shape_; }
  Pooling pooling() const { return pooling_; }

 private:
  torch::Tensor embedded(const torch::Tensor& words, const PackedTokens& tokens);

  EncoderShape shape_;
  Pooling pooling_;
  int64_t first_position_ = 0;
  std::shared_ptr<torch::nn::Module> embeddings_;
  std::shared_ptr<EmbeddingImpl> words_, positions_, types_;
  nn::LayerNorm norm_{nullptr};
  nn::Dropout dropout_{nullptr};
  std::vector<std::shared_ptr<EncoderLayer>> layers_;
  std::shared_ptr<nn::LinearImpl> pooler_;
};

/// The files of published weights: a folder with config.json, model.safetensors (or pytorch_model.bin) and vocab.txt,
/// or a weight file with the others beside it.
struct EncoderFiles {
  std::filesystem::path config;
  std::filesystem::path weights;     ///< empty where the folder has none
  std::filesystem::path vocabulary;  ///< empty where there is no vocab.txt
};
/// Throws ConfigError("text_model.weights") where there is no config.json.
EncoderFiles encoder_files(const std::string& weights);

/// Copies published weights into the encoder; heads, old norm names (gamma, beta) and a body's prefix are understood,
/// and so are the encoder's tensors in a model that tenfold saved. Throws WeightsError where one is missing or
/// misshapen.
void load_encoder(TransformerEncoder& encoder, const std::filesystem::path& weights);

}  // namespace tenfold::text
