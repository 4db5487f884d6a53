#include "tenfold/nn/init.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "tenfold/core/random.h"
#include "tenfold/nn/layer_norm.h"
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

constexpr double kNarrow = 0.02;

void fill_normal(const at::Tensor& weight, double deviation, uint64_t seed, std::string_view name) {
  fill_drawn(weight, seed, name, [deviation](Draw& draw) { return deviation * draw.normal(); });
}

template <class Norm>
void reset_affine(Norm& norm) {
  norm.weight.fill_(1);
  norm.bias.zero_();
}

}  // namespace

void fill_drawn(const at::Tensor& weight, uint64_t seed, std::string_view name,
                const std::function<double(Draw&)>& draw) {
  if (weight.numel() == 0) return;
  const int64_t rows = weight.size(0), row = weight.numel() / rows;
  const uint64_t stream = number_of(name);
  auto values = at::empty(weight.sizes(), at::kFloat);
  float* out = values.mutable_data_ptr<float>();
  at::parallel_for(0, rows, 1 + 16384 / row, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r) {
      Draw stream_of_row(seed, static_cast<uint64_t>(r), stream,
                         Purpose::initialisation);  // a stream a row, so that rows need no order
      for (int64_t i = 0; i < row; ++i) out[r * row + i] = static_cast<float>(draw(stream_of_row));
    }
  });
  const at::NoGradGuard no_grad;
  weight.copy_(values);
}

void kaiming_normal(const at::Tensor& weight, Fan fan, int64_t groups, uint64_t seed, std::string_view name) {
  const int64_t outputs = weight.size(0), row = weight.numel() / outputs, kernel = row / weight.size(1);
  const int64_t count = fan == Fan::in ? row : outputs / groups * kernel;
  fill_normal(weight, std::sqrt(2.0 / static_cast<double>(count)), seed, name);
}

void initialise(torch::nn::Module& module, uint64_t seed, Start start) {
  const at::NoGradGuard no_grad;
  const auto set = [&](const at::Tensor& weight, Fan fan, int64_t groups, const std::string& name) {
    if (start == Start::narrow) return fill_normal(weight, kNarrow, seed, name);
    kaiming_normal(weight, fan, groups, seed, name);
  };
  module.apply([&](const std::string& name, torch::nn::Module& layer) {
    if (auto* conv = dynamic_cast<Conv2dImpl*>(&layer)) {
      set(conv->weight, Fan::out, conv->options().groups, name + ".weight");
      if (conv->bias.defined()) conv->bias.zero_();
    } else if (auto* linear = dynamic_cast<LinearImpl*>(&layer)) {
      set(linear->weight, Fan::in, 1, name + ".weight");
      if (linear->bias.defined()) linear->bias.zero_();
    } else if (auto* norm = dynamic_cast<NormActImpl*>(&layer)) {
      reset_affine(*norm);
      norm->running_mean.zero_();
      norm->running_var.fill_(1);
      norm->num_batches_tracked.zero_();
    } else if (auto* layer_norm = dynamic_cast<LayerNormImpl*>(&layer)) {
      reset_affine(*layer_norm);
    }
  });
  if (start != Start::narrow) return;
  const auto own = module.named_parameters(/*recurse=*/false);
  if (const auto* positions = own.find("pos_embed")) fill_normal(*positions, kNarrow, seed, "pos_embed");
}

}  // namespace tenfold::nn
