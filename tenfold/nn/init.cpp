#include "tenfold/nn/init.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "tenfold/core/random.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"

namespace tenfold::nn {
namespace {

/// FNV-1a, 32 bits: a stable number for a name.
uint32_t number_of(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

void kaiming_normal(const at::Tensor& weight, Fan fan, int64_t groups, uint64_t seed, std::string_view name) {
  const int64_t outputs = weight.size(0), row = weight.numel() / outputs, kernel = row / weight.size(1);
  const int64_t count = fan == Fan::in ? row : outputs / groups * kernel;
  const double deviation = std::sqrt(2.0 / static_cast<double>(count));
  const uint64_t stream = number_of(name);
  auto values = at::empty(weight.sizes(), at::kFloat);
  float* out = values.mutable_data_ptr<float>();
  at::parallel_for(0, outputs, 1 + 16384 / row, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; ++o) {
      Draw draw(seed, static_cast<uint64_t>(o), stream,
                Purpose::initialisation);  // a stream a row, so that rows need no order
      for (int64_t i = 0; i < row; ++i) out[o * row + i] = static_cast<float>(deviation * draw.normal());
    }
  });
  const at::NoGradGuard no_grad;
  weight.copy_(values);
}

void initialise(torch::nn::Module& module, uint64_t seed) {
  const at::NoGradGuard no_grad;
  module.apply([&](const std::string& name, torch::nn::Module& layer) {
    if (auto* conv = dynamic_cast<Conv2dImpl*>(&layer)) {
      kaiming_normal(conv->weight, Fan::out, conv->options().groups, seed, name + ".weight");
      if (conv->bias.defined()) conv->bias.zero_();
    } else if (auto* linear = dynamic_cast<LinearImpl*>(&layer)) {
      kaiming_normal(linear->weight, Fan::in, 1, seed, name + ".weight");
      if (linear->bias.defined()) linear->bias.zero_();
    } else if (auto* norm = dynamic_cast<NormActImpl*>(&layer)) {
      norm->weight.fill_(1);
      norm->bias.zero_();
      norm->running_mean.zero_();
      norm->running_var.fill_(1);
      norm->num_batches_tracked.zero_();
    }
  });
}

}  // namespace tenfold::nn
