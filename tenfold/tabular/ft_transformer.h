#pragma once
// FT-Transformer: each column is a token, and tokens attend to each other. Gorishniy et al., "Revisiting deep learning
// models for tabular data", 2021, arXiv 2106.11959, section 3.3.

#include <cstdint>
#include <memory>
#include <vector>

#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/tabular/table_model.h"

namespace tenfold::tabular {

/// A token for each column: x_k · weight_k + bias_k of a number, the level's vector + bias of a category; the class
/// token first. Parameters cls [size], weight [K, size], bias [K + C, size], categories.N.weight [levels, size].
class Tokens : public torch::nn::Module {
 public:
  Tokens(const TableShape& shape, int64_t size, uint64_t seed);
  /// [N, 1 + K + C, size] in the input's dtype.
  torch::Tensor forward(const TableInput& input);

 private:
  int64_t size_;
  torch::Tensor cls_, weight_, bias_;
  Embeddings categories_{nullptr};
};

/// Norm → attention → sum, norm → ReGLU layer → sum. The first block has no norm before its attention.
class AttentionBlock : public torch::nn::Module {
 public:
  AttentionBlock(int64_t size, int64_t heads, double attention_dropout, double layer_dropout, bool first, uint64_t seed,
                 const std::string& name);
  /// [N, T, size] → the same.
  torch::Tensor forward(const torch::Tensor& tokens);

 private:
  torch::Tensor attend(const torch::Tensor& tokens);

  int64_t heads_;
  nn::LayerNorm attention_norm_{nullptr}, layer_norm_{nullptr};
  nn::Linear query_key_value_{nullptr}, out_{nullptr}, wide_{nullptr}, narrow_{nullptr};
  nn::Dropout attention_dropout_{nullptr}, layer_dropout_{nullptr};
};

/// Features are the class token after the last block [N, size]; the head is norm, ReLU, linear.
class FtTransformer : public TableModel {
 public:
  FtTransformer(const ModelOptions& options, const TableShape& shape, int64_t outputs, uint64_t seed);
  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override;

 private:
  struct Head : torch::nn::Module {
    Head(int64_t size, int64_t outputs, uint64_t seed);
    nn::LayerNorm norm{nullptr};
    nn::Linear linear{nullptr};
  };
  std::shared_ptr<Tokens> tokens_;
  std::vector<std::shared_ptr<AttentionBlock>> blocks_;
  std::shared_ptr<Head> head_;
};

}  // namespace tenfold::tabular
