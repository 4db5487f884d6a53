#pragma once
// Entity embeddings: a vector for each level of each categorical column. Guo & Berkhahn 2016, arXiv 1604.06737.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "tenfold/nn/layers.h"

namespace tenfold::tabular {

/// How vectors start. modern: normal of deviation 0.01, cut at two deviations (fastai 2.x). legacy: even in ±2 / (size
/// + 1) (fastai 0.7). small: even in ±0.05 (0.7's ratings). unit: normal of deviation 1.
enum class VectorStart { modern, legacy, small, unit };

/// weight [levels, size] fp32; the layout of torch.nn.Embedding.
class VectorsImpl : public torch::nn::Cloneable<VectorsImpl> {
 public:
  VectorsImpl(int64_t levels, int64_t size);
  void reset() override;
  void start(VectorStart start, uint64_t seed, const std::string& name);
  torch::Tensor weight;

 private:
  int64_t levels_, size_;
};
TORCH_MODULE(Vectors);

struct EmbeddingsOptions {
  std::vector<int64_t> levels, sizes;  ///< one a column
  double dropout = 0;                  ///< of the vectors' elements, all columns together
  VectorStart start = VectorStart::modern;
};

/// Children "0", "1", …, one a column.
class EmbeddingsImpl : public torch::nn::Cloneable<EmbeddingsImpl>, public nn::Stochastic {
 public:
  /// Throws ConfigError where levels or sizes are below 1 or the dropout is no probability below 1.
  EmbeddingsImpl(const EmbeddingsOptions& options, uint64_t seed);
  void reset() override;
  /// codes int64 [N, C], numbers [N, K] fp32 → [N, width() + K] in dtype: the vectors after dropout, then the numbers.
  torch::Tensor forward(const torch::Tensor& codes, const torch::Tensor& numbers, at::ScalarType dtype);
  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }
  int64_t width() const;
  /// The vectors of column c, [levels, size].
  const torch::Tensor& vectors(size_t column) const { return tables_.at(column)->weight; }

 private:
  EmbeddingsOptions options_;
  uint64_t seed_, key_ = 0, calls_ = 0;
  std::vector<Vectors> tables_;
};
TORCH_MODULE(Embeddings);

}  // namespace tenfold::tabular
