#pragma once
// TabM: many networks in one, which share their weight matrices and differ by a scale of each layer's inputs and
// outputs, by biases and heads; trained side by side, averaged when they predict. Gorishniy et al. 2024, arXiv
// 2410.24210, section 3; the sharing is BatchEnsemble's (Wen et al. 2020, arXiv 2002.06715).

#include <cstdint>
#include <memory>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/tabular/table_model.h"

namespace tenfold::tabular {

/// y = s ⊙ (W (r ⊙ x)) + b with r, s and b of each member. x [N, members, in] → [N, members, out], in x's dtype.
/// Parameters weight [out, in], r [members, in], s, bias [members, out].
class MemberLinear : public torch::nn::Module {
 public:
  MemberLinear(int64_t members, int64_t in, int64_t out, uint64_t seed, const std::string& name);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, r, s, bias;
};

/// A linear layer of its own for each member. Parameters weight [members, in, out], bias [members, 1, out].
class MemberHeads : public torch::nn::Module {
 public:
  MemberHeads(int64_t members, int64_t in, int64_t out, uint64_t seed);
  /// [N, members · in] fp32 → [members, N, out] fp32.
  torch::Tensor forward(const torch::Tensor& features);
  torch::Tensor weight, bias;
};

/// Categories as embeddings (the paper's are one-hot), numbers as piecewise linear vectors unless the options say
/// otherwise. The training loss is the mean of the members' losses; the prediction the mean of their probabilities or
/// values, given as the logits that activate() takes to it.
class TabM : public TableModel {
 public:
  TabM(const ModelOptions& options, const TableShape& shape, const nn::Task& task, uint64_t seed);
  /// [N, members · width] fp32.
  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override;
  std::vector<nn::WeightedLogits> training_logits(const std::vector<torch::Tensor>& x) override;

 private:
  void start_first_scales(const std::vector<int64_t>& sections, uint64_t seed);

  nn::Task task_;
  int64_t members_;
  Embeddings embeddings_{nullptr};
  std::shared_ptr<NumberVectors> numbers_;
  std::vector<std::shared_ptr<MemberLinear>> layers_;
  std::vector<nn::Dropout> dropouts_;
  std::shared_ptr<MemberHeads> heads_;
};

}  // namespace tenfold::tabular
