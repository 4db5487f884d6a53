#pragma once
// Stochastic depth: in training a residual block is left out for some items of the batch, so that the network is
// shallower than it looks and its blocks depend less on one another. Huang et al. 2016, arXiv 1603.09382.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "tenfold/nn/layers.h"

namespace tenfold::nn {

/// One decision an item and call, a function of (key, call, item) as in Dropout. Without parameters.
class DropPathImpl : public torch::nn::Cloneable<DropPathImpl>, public Stochastic {
 public:
  /// Throws ConfigError("drop_path") unless 0 <= p < 1.
  explicit DropPathImpl(double p = 0);
  void reset() override {}

  /// x + branch; in training x + branch / (1 - p) for the items that keep theirs, and x for those that do not. Both
  /// [N, …], alike in shape and dtype.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& branch);
  /// Whether forward() is more than a sum, which another layer might do faster.
  bool drops() const { return is_training() && p_ > 0; }

  double probability() const { return p_; }
  void set_probability(double p);

  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }

 private:
  double p_ = 0;
  uint64_t key_ = 0, calls_ = 0;
};
TORCH_MODULE(DropPath);

/// Gives the DropPath layers below `module`, in order from the input, probabilities from 0 for the first to `last`, on
/// a line (section 4 of the paper: early layers are needed by all later ones). Returns how many there are.
int64_t set_drop_path(torch::nn::Module& module, double last);

}  // namespace tenfold::nn
