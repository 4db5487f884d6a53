#pragma once
// Optimisers with rates and decay per layer group, over LibTorch's fused kernels (at::_fused_sgd_, at::_fused_adamw_)
// and its foreach operations where LibTorch's C++ API lacks the method.

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/optim/options.h"

namespace tenfold::optim {

/// Parameters that share a rate: one layer group, or the part of one that is not decayed.
struct Group {
  std::vector<at::Tensor> parameters;  ///< leaves, fp32
  std::vector<std::string> names;      ///< their dotted names, one each: the keys of the state
  double lr = 0;
  double weight_decay = 0;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One step of every group with the gradients at hand. Parameters whose gradient is undefined are left alone, decay
  /// included.
  virtual void step() = 0;
  void zero_grad();

  /// Rates of the next step; momentum is beta1 where there are betas.
  void set_lr(size_t group, double lr) { groups_.at(group).lr = lr; }
  void set_weight_decay(size_t group, double decay) { groups_.at(group).weight_decay = decay; }
  void set_momentum(double momentum) { options_.momentum = momentum; }

  const std::vector<Group>& groups() const { return groups_; }
  const Options& options() const { return options_; }

  /// Everything a resumed run needs, keyed "<parameter>.<slot>"; a copy. load_state throws WeightsError on a missing or
  /// misshapen entry; parameters without state keep none.
  virtual std::map<std::string, at::Tensor> state() const = 0;
  virtual void load_state(const std::map<std::string, at::Tensor>& state) = 0;

 protected:
  Optimizer(std::vector<Group> groups, const Options& options) : groups_(std::move(groups)), options_(options) {}
  std::vector<Group> groups_;
  Options options_;
};

/// Throws ConfigError for constants that cannot work (rate NaN, momentum outside [0, 1), …).
std::unique_ptr<Optimizer> make(const Options& options, std::vector<Group> groups);

}  // namespace tenfold::optim
