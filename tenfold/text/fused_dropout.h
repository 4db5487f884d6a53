#pragma once
// Dropout together with the residual sum or the ReLU beside it, so that neither masks nor what they are applied to lie
// in memory. In evaluation the plain sum and ReLU.

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "tenfold/nn/dropped.h"
#include "tenfold/nn/layers.h"

namespace tenfold::text {

/// A probability, and a stream of masks that reseed() begins anew: each is a function of (key, call, row, column).
class DropoutStream : public torch::nn::Module, public nn::Stochastic {
 public:
  /// Throws ConfigError("dropout") unless 0 <= p < 1.
  explicit DropoutStream(double p);
  void reseed(uint64_t key) override;

 protected:
  bool drops() const { return is_training() && p_ > 0; }
  nn::Drops next();

 private:
  double p_;
  uint64_t key_ = 0, calls_ = 0;
};

/// x + dropout(branch). [M, C] fp32 or bf16 on the CPU → the same. Differentiable once.
class SumDropoutImpl : public DropoutStream {
 public:
  using DropoutStream::DropoutStream;
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& branch);
};
TORCH_MODULE(SumDropout);

/// dropout(relu(x)). [M, C] fp32 or bf16 on the CPU → the same. Differentiable once.
class ReluDropoutImpl : public DropoutStream {
 public:
  using DropoutStream::DropoutStream;
  torch::Tensor forward(const torch::Tensor& x);
};
TORCH_MODULE(ReluDropout);

}  // namespace tenfold::text
