// Squeeze and excitation against its formula in double precision, and a closed form.

#include "tenfold/nn/squeeze_excite.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

at::Tensor reference(const SqueezeExciteOptions& o, const at::Tensor& x, const std::vector<at::Tensor>& p) {
  const auto inside = at::einsum("nc,sc->ns", {x.mean({2, 3}), p[0].flatten(1)}) + p[1];
  const auto squeezed = o.act == Act::silu ? inside / (1 + at::exp(-inside)) : inside.clamp_min(0);
  const auto outside = at::einsum("ns,cs->nc", {squeezed, p[2].flatten(1)}) + p[3];
  const auto factor = o.gate == Gate::sigmoid ? 1 / (1 + at::exp(-outside)) : (outside / 6 + 0.5).clamp(0, 1);
  return x * factor.unsqueeze(2).unsqueeze(3);
}

TEST(SqueezeExcite, AgreesWithDoublePrecision) {
  for (const auto act : {Act::relu, Act::silu})
    for (const auto gate : {Gate::sigmoid, Gate::hardsigmoid})
      for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(act) << static_cast<int>(gate) << ' ' << dtype);
        const SqueezeExciteOptions options{.channels = 24, .squeezed = 6, .act = act, .gate = gate};
        SqueezeExcite layer(options);
        initialise(*layer, 3);
        {
          const at::NoGradGuard no_grad;
          for (auto& item : layer->named_parameters())
            if (item.key().ends_with("bias")) item.value().copy_(normal(item.value().sizes(), 4));
        }
        const auto x = (normal({3, 24, 5, 4}, 1) + 0.5).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
        const auto dy = normal({3, 24, 5, 4}, 2).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
        std::vector<at::Tensor> leaves{x.requires_grad_()}, exact{x.detach().to(at::kDouble).requires_grad_()};
        for (const auto& parameter : layer->parameters()) {
          leaves.push_back(parameter);
          exact.push_back(parameter.detach().to(at::kDouble).requires_grad_());
        }
        const auto y = layer(x), right = reference(options, exact[0], {exact.begin() + 1, exact.end()});
        EXPECT_EQ(y.scalar_type(), dtype);
        EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
        auto found = torch::autograd::grad({y}, leaves, {dy});
        auto wanted = torch::autograd::grad({right}, exact, {dy.to(at::kDouble)});
        found.push_back(y);
        wanted.push_back(right);
        for (size_t k = 0; k < found.size(); ++k)
          EXPECT_LT((found[k].to(at::kDouble) - wanted[k]).norm().item<double>(),
                    (dtype == at::kFloat ? 1e-5 : 0.01) * wanted[k].norm().item<double>())
              << k;
      }
}

// Without weights the gate sees 0 and halves every channel.
TEST(SqueezeExcite, HalvesWhereItKnowsNothing) {
  SqueezeExcite layer(SqueezeExciteOptions{.channels = 3, .squeezed = 1});
  const auto x = normal({2, 3, 4, 4}, 1);
  EXPECT_TRUE(layer(x).equal(x / 2));
}

TEST(SqueezeExcite, RefusesWhatCannotWork) {
  EXPECT_THROW(SqueezeExcite(SqueezeExciteOptions{.channels = 3}), ConfigError);
  EXPECT_THROW(SqueezeExcite(SqueezeExciteOptions{.channels = 3, .squeezed = 1, .act = Act::relu6}), ConfigError);
}

}  // namespace
}  // namespace tenfold::nn
