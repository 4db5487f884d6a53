#include "tenfold/tabular/number_embedding.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <numbers>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

TEST(PiecewiseLinear, FillsItsBins) {
  PiecewiseLinear vectors(1, 4, 3, 1);
  vectors.fit(at::arange(0, 101, at::kFloat).unsqueeze(1));  // quartiles 0, 25, 50, 75, 100
  const auto found = vectors.encode(at::tensor({0.0f, 25.0f, 40.0f, 100.0f, -10.0f, 125.0f}).unsqueeze(1)).squeeze(1);
  const auto wanted = at::tensor({0.0f,  0.0f, 0.0f, 0.0f,    // the lowest edge
                                  1.0f,  0.0f, 0.0f, 0.0f,    // the first bin full
                                  1.0f,  0.6f, 0.0f, 0.0f,    //
                                  1.0f,  1.0f, 1.0f, 1.0f,    //
                                  -0.4f, 0.0f, 0.0f, 0.0f,    // below the data the first bin's line goes on
                                  1.0f,  1.0f, 1.0f, 2.0f});  // and above it the last one's
  EXPECT_TRUE(at::allclose(found.flatten(), wanted)) << found;
}

TEST(PiecewiseLinear, RepeatedValuesAndConstantsMakeNoNumberInfinite) {
  PiecewiseLinear vectors(2, 4, 3, 1);
  auto x = at::zeros({100, 2});
  x.select(1, 0).narrow(0, 90, 10).fill_(5);  // 0 but for a tenth of the rows; the second column never changes
  vectors.fit(x);
  const auto found = vectors.encode(at::tensor({0.0f, 0.0f, 5.0f, 7.0f}).view({2, 2}));
  EXPECT_TRUE(found.isfinite().all().item<bool>());
  EXPECT_EQ(found[0][0].sum().item<float>(), 0);
  EXPECT_FLOAT_EQ(found[1][0][3].item<float>(), 1);
  EXPECT_EQ(found.select(1, 1).abs().sum().item<float>(), 0);
}

TEST(Periodic, IsSinesAndCosinesOfItsFrequencies) {
  Periodic vectors(1, 2, 0.5, 3, 1);
  const auto parameters = vectors.named_parameters();
  const auto c = parameters["frequencies"][0], weight = parameters["weight"][0], bias = parameters["bias"][0];
  const auto angle = 2 * std::numbers::pi * 0.7 * c;
  const auto wanted = at::relu(at::matmul(at::cat({angle.sin(), angle.cos()}), weight) + bias);
  EXPECT_TRUE(at::allclose(vectors.forward(at::full({1, 1}, 0.7))[0], wanted, 1e-5, 1e-6));
}

TEST(DensePeriodic, KeepsTheNumberItself) {
  DensePeriodic vectors(2, 4, 0.1, 4, 1);
  const auto x = at::randn({5, 2});
  const auto y = vectors.forward(x).view({5, 2, 4});
  EXPECT_TRUE(at::equal(y.select(2, 0), x));
  EXPECT_THROW(DensePeriodic(2, 4, 0.1, 1, 1), ConfigError);
}

/// Central differences in fp64 of the sum of forward(x) · w against autograd, for every parameter.
template <class Vectors>
void expect_gradients(Vectors& vectors) {
  torch::manual_seed(4);
  vectors.to(torch::kDouble);
  const auto x = at::randn({6, 2}, at::kDouble);
  const auto w = at::randn({6, 2 * vectors.size()}, at::kDouble);
  const auto value = [&] { return (vectors.forward(x) * w).sum(); };
  value().backward();
  const at::NoGradGuard no_grad;
  constexpr double kStep = 1e-6;
  for (const auto& item : vectors.named_parameters()) {
    auto flat = item.value().data().flatten();
    for (int64_t k = 0; k < flat.numel(); k += 3) {
      const double middle = flat[k].template item<double>();
      flat[k] = middle + kStep;
      const double above = value().template item<double>();
      flat[k] = middle - kStep;
      const double below = value().template item<double>();
      flat[k] = middle;
      EXPECT_NEAR(item.value().grad().flatten()[k].template item<double>(), (above - below) / (2 * kStep), 1e-6)
          << item.key() << " " << k;
    }
  }
}

TEST(NumberEmbeddings, GradientsAreTheDifferences) {
  Periodic periodic(2, 3, 0.3, 4, 1);
  expect_gradients(periodic);
  DensePeriodic dense(2, 3, 0.3, 4, 2);
  expect_gradients(dense);
}

}  // namespace
}  // namespace tenfold::tabular
