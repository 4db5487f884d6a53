#pragma once
// Dropouts of recurrent networks: the same features through all of time, whole words, and weights. Masks come from
// counters, as nn::Dropout's do; in evaluation each is the identity. Gal & Ghahramani 2016, arXiv 1512.05287; Merity et
// al. 2017, arXiv 1708.02182, section 4.

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "tenfold/nn/layers.h"

namespace tenfold::nn {

/// What the three share: a probability, and a stream of masks that reseed() begins anew.
class SequenceDropout : public torch::nn::Module, public Stochastic {
 public:
  /// Throws ConfigError unless 0 <= p < 1.
  explicit SequenceDropout(double p);
  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }
  double p() const { return p_; }

 protected:
  bool drops() const { return is_training() && p_ > 0; }
  /// [n] fp32: 0 or 1 / (1 - p).
  at::Tensor next_mask(int64_t n);

 private:
  double p_;
  uint64_t key_ = 0, calls_ = 0;
};

/// One mask for each row of the batch and feature, constant in time. x [S, B, C] → the same.
class VariationalDropoutImpl : public SequenceDropout {
 public:
  using SequenceDropout::SequenceDropout;
  torch::Tensor forward(const torch::Tensor& x);
};
TORCH_MODULE(VariationalDropout);

/// Elements of a weight matrix (DropConnect). w fp32, any shape → the same in `dtype`.
class WeightDropImpl : public SequenceDropout {
 public:
  using SequenceDropout::SequenceDropout;
  torch::Tensor forward(const torch::Tensor& weight, at::ScalarType dtype);
};
TORCH_MODULE(WeightDrop);

/// Whole rows of an embedding: a word that is left out is so everywhere in the batch. weight [V, C] fp32, tokens int64
/// of any shape → [tokens…, C] fp32. Row `padding` gets no gradient.
class EmbeddingDropoutImpl : public SequenceDropout {
 public:
  using SequenceDropout::SequenceDropout;
  torch::Tensor forward(const torch::Tensor& weight, const torch::Tensor& tokens, int64_t padding);
};
TORCH_MODULE(EmbeddingDropout);

}  // namespace tenfold::nn
