#pragma once
// fastai's networks for tables: entity embeddings and batch-normed numbers side by side, hidden layers, one linear
// layer. 2.x's TabularModel and 0.7's MixedInputModel differ in order, biases, widths, first weights and the names of
// parameters; both by name. The y_range of either is the task's range.

#include <cstdint>
#include <memory>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/tabular/table_model.h"

namespace tenfold::tabular {

enum class Generation { modern, legacy };

/// A hidden layer is linear, then ReLU and norm in the order of options.norm (modern: after; legacy: none), then
/// dropout. modern: no bias before a norm, first weights as torch's; parameters embeds.0.weight, bn_cont.weight,
/// layers.0.0.weight (linear), layers.0.2.weight (norm), …. legacy: biases, first weights Kaiming normal; parameters
/// embs.0.weight, bn.weight, lins.0.weight, bns.0.weight, outp.weight.
class EmbeddingMlp : public TableModel {
 public:
  EmbeddingMlp(const ModelOptions& options, Generation generation, const TableShape& shape, int64_t outputs,
               uint64_t seed);
  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override { return head_(features.to(at::kFloat)); }

 private:
  struct Layer {
    nn::Linear linear{nullptr};
    nn::NormAct norm{nullptr};     ///< with its ReLU where that comes after; empty for none
    nn::Dropout dropout{nullptr};  ///< empty where its probability is 0
  };
  Layer make_layer(Generation generation, int64_t in, int64_t out, double dropout) const;
  void start(Generation generation, uint64_t seed);

  NormPlace norm_;
  Embeddings embeddings_{nullptr};
  nn::NormAct continuous_norm_{nullptr};
  std::shared_ptr<NumberVectors> numbers_;
  std::vector<Layer> layers_;
  nn::Linear head_{nullptr};
};

}  // namespace tenfold::tabular
