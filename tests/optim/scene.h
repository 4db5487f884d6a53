#pragma once
// Parameters with gradients that depend on the step alone, and an optimiser over them.

#include <gtest/gtest.h>
#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "tenfold/core/random.h"
#include "tenfold/optim/optimizer.h"

namespace tenfold::optim {

/// The gradients of tools/reference_optimizers.py are these times the starting weights.
inline const std::vector<double> kScales = {0.1, 0.2, -0.3, 0.25, -0.05, 0.4, 0.15, -0.1};

inline torch::Tensor leaf(const torch::Tensor& values) { return values.clone().set_requires_grad(true); }

inline std::unique_ptr<Optimizer> over(const torch::Tensor& weight, const Options& options, double lr,
                                       double weight_decay) {
  return make(options, {{.parameters = {weight}, .names = {"weight"}, .lr = lr, .weight_decay = weight_decay}});
}

/// Three tensors of a small network, drawn from a seed; the second is a channels-last convolution.
inline std::vector<torch::Tensor> small_network() {
  Draw draw(7, 0, 0, Purpose::initialisation);
  const auto filled = [&](std::vector<int64_t> sizes) {
    auto tensor = torch::empty(sizes);
    for (int64_t i = 0; i < tensor.numel(); ++i) tensor.view(-1)[i] = draw.normal();
    return tensor;
  };
  return {leaf(filled({17, 5})), leaf(filled({4, 3, 3, 3}).contiguous(at::MemoryFormat::ChannelsLast)),
          leaf(filled({33}))};
}

inline void set_gradients(const std::vector<torch::Tensor>& parameters, int step) {
  for (size_t k = 0; k < parameters.size(); ++k)
    parameters[k].mutable_grad() =
        (parameters[k].detach() * 0.3 + std::sin(1.0 + step + static_cast<double>(k))).contiguous();
}

inline std::vector<Group> groups_of(const std::vector<torch::Tensor>& parameters) {
  return {{.parameters = {parameters[0], parameters[1]},
           .names = {"fc.weight", "conv.weight"},
           .lr = 0.01,
           .weight_decay = 0.1},
          {.parameters = {parameters[2]}, .names = {"fc.bias"}, .lr = 0.03, .weight_decay = 0}};
}

inline bool equal_bits(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  for (size_t k = 0; k < a.size(); ++k)
    if (!torch::equal(a[k], b[k])) return false;
  return a.size() == b.size();
}

inline std::vector<Options> every_method() {
  std::vector<Options> all;
  for (const auto& [kind, name] : names(Kind{}))
    for (const int lookahead : {0, 3}) all.push_back({.kind = kind, .lookahead = lookahead});
  all.push_back({.kind = Kind::sgd, .nesterov = true});
  all.push_back({.kind = Kind::adam, .decoupled = true});
  return all;
}

inline std::string name_of(const Options& options) {
  return std::string(names(Kind{})[static_cast<size_t>(options.kind)].second) +
         (options.lookahead > 0 ? " with lookahead" : "") + (options.nesterov ? " nesterov" : "") +
         (options.decoupled ? " decoupled" : "");
}

}  // namespace tenfold::optim
