#pragma once
// What all methods share: which parameters have a gradient, state in named slots, decay, lookahead. Internal to this
// room.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/optim/optimizer.h"

namespace tenfold::optim {

/// The parameters of one group that have a gradient, with what a method needs for its step.
struct Work {
  double lr = 0;
  double weight_decay = 0;  ///< to be added to the gradient; 0 where decay is decoupled (and already done)
  std::vector<at::Tensor> parameters, gradients;
  std::vector<std::vector<at::Tensor>> slots;  ///< [slot][parameter]; each like its parameter, zero at first
  std::vector<at::Tensor> steps;               ///< [] fp32 each: steps of this parameter, this one included
};

class SlotOptimizer : public Optimizer {
 public:
  void step() final;
  std::map<std::string, at::Tensor> state() const final;
  void load_state(const std::map<std::string, at::Tensor>& state) final;

 protected:
  /// `slots` are the names of what the method remembers of each parameter.
  SlotOptimizer(std::vector<Group> groups, const Options& options, std::vector<std::string> slots);
  /// One step; runs without autograd.
  virtual void update(const Work& work) = 0;
  /// Whether `update` itself shrinks weights by lr · weight_decay.
  virtual bool decays_decoupled() const { return false; }

 private:
  struct Memory {
    std::vector<at::Tensor> slots;
    at::Tensor step;  ///< [] fp32, on the parameter's device, as the fused kernels want it; exact up to 2^24
    at::Tensor slow;  ///< lookahead's copy, else undefined
  };
  bool decoupled() const;
  Work collect(size_t group);
  Memory& remember(const at::Tensor& parameter, const std::string& name);
  void look_ahead(const Work& work, size_t group);

  std::vector<std::string> slot_names_;
  std::map<std::string, Memory> memory_;  ///< by parameter name; only of parameters that have been stepped
};

/// Steps so far of each parameter, on the host.
std::vector<double> host_steps(const Work& work);

std::unique_ptr<Optimizer> make_sgd(std::vector<Group> groups, const Options& options);
std::unique_ptr<Optimizer> make_adam(std::vector<Group> groups, const Options& options);
std::unique_ptr<Optimizer> make_radam(std::vector<Group> groups, const Options& options);
std::unique_ptr<Optimizer> make_lamb(std::vector<Group> groups, const Options& options);
std::unique_ptr<Optimizer> make_muon(std::vector<Group> groups, const Options& options);
std::unique_ptr<Optimizer> make_lion(std::vector<Group> groups, const Options& options);

}  // namespace tenfold::optim
