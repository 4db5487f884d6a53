#pragma once
// RealMLP: a plain network with the defaults that a search over many tables chose. Holzmüller et al. 2024, arXiv
// 2407.04491, section 3 and appendix A. Its robust scaling and smooth clipping of numbers are preprocessing; its
// rates and decay belong to the plan: 256 epochs of 256 rows, rate 0.04 (classes) or 0.2 (numbers), Adam's beta2 0.95.

#include <cstdint>
#include <memory>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/tabular/table_model.h"

namespace tenfold::tabular {

/// Linear layer in the neural tangent parametrisation: x W / √in + b. fp32 or bf16, as x. weight [out, in] starts
/// normal of deviation 1, whatever the width; so does the bias (the paper draws it by the data). The bias learns at a
/// tenth of the rate: it is a tenth of its parameter, which Adam moves by the rate itself.
class TangentLinear : public torch::nn::Module {
 public:
  TangentLinear(int64_t in, int64_t out, uint64_t seed, const std::string& name);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, bias;
};

/// x + α ⊙ (σ(x) - x) with a learnt α for each unit, 1 at first; σ is SELU for classes, Mish for numbers. α learns at a
/// tenth of the rate.
class ParametricActivation : public torch::nn::Module {
 public:
  ParametricActivation(int64_t width, nn::TaskKind task);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor alpha;

 private:
  bool mish_;
};

/// A learnt scale for each input, 1 at first, which learns at six times the rate: a soft choice of columns.
class Scales : public torch::nn::Module {
 public:
  explicit Scales(int64_t width);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor scale;
};

/// Embeddings and numbers (as DensePeriodic vectors unless the options say otherwise) → scales → hidden layers →
/// linear.
class RealMlp : public TableModel {
 public:
  RealMlp(const ModelOptions& options, const TableShape& shape, const nn::Task& task, uint64_t seed);
  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }

 private:
  struct Layer {
    std::shared_ptr<TangentLinear> linear;
    std::shared_ptr<ParametricActivation> activation;
    nn::Dropout dropout{nullptr};
  };
  Embeddings embeddings_{nullptr};
  std::shared_ptr<NumberVectors> numbers_;
  std::shared_ptr<Scales> scales_;
  std::vector<Layer> layers_;
  std::shared_ptr<TangentLinear> head_;
};

}  // namespace tenfold::tabular
