// Muon against the singular value decomposition, and its other half against SGD.
#include <ATen/ops/linalg_svd.h>

#include "scene.h"

namespace tenfold::optim {
namespace {

torch::Tensor kernel(std::vector<int64_t> sizes) {
  Draw draw(3, 0, 0, Purpose::initialisation);
  auto values = torch::empty(sizes);
  for (int64_t i = 0; i < values.numel(); ++i) values.view(-1)[i] = draw.normal();
  return leaf(values.contiguous(at::MemoryFormat::ChannelsLast));
}

torch::Tensor matrix(const torch::Tensor& kernel) { return kernel.permute({0, 2, 3, 1}).reshape({kernel.size(0), -1}); }

/// The step that the first gradient makes, as a matrix, divided by the rate.
torch::Tensor first_step(const torch::Tensor& weight, const torch::Tensor& gradient) {
  const double lr = 0.25;
  const auto before = weight.detach().clone();
  const auto kept = before * (std::sqrt(static_cast<double>(weight.size(0))) / before.norm());
  const auto optimizer = over(weight, {.kind = Kind::muon, .momentum = 0.6}, lr, 0);
  weight.mutable_grad() = gradient;
  optimizer->step();
  return matrix((kept - weight.detach()) / lr);
}

TEST(Muon, StepsAlongEveryDirectionAlike) {
  for (const auto& sizes : std::vector<std::vector<int64_t>>{{32, 24, 3, 3}, {64, 2, 3, 3}}) {  // wide, and tall
    const auto weight = kernel(sizes);
    const auto gradient = kernel(sizes).detach() * 1e-3;
    const auto step = first_step(weight, gradient);
    const auto [u, s, v] = at::linalg_svd(matrix(gradient), /*full_matrices=*/false);
    const auto along = at::mm(at::mm(u.t(), step), v.t());  // diagonal where directions are kept
    const auto sizes_along = along.diagonal();
    // The quintic's three steps bring singular values of a random matrix into about [0.7, 1.2].
    EXPECT_GT(sizes_along.min().item<double>(), 0.5);
    EXPECT_LT(sizes_along.max().item<double>(), 1.3);
    EXPECT_LT((along - at::diag(sizes_along)).norm().item<double>(), 0.05 * sizes_along.norm().item<double>());  // bf16
  }
}

TEST(Muon, KeepsAKernelsNorm) {
  const auto weight = kernel({16, 8, 3, 3});
  const auto optimizer = over(weight, {.kind = Kind::muon, .momentum = 0.6}, 0, 0);
  weight.mutable_grad() = torch::ones_like(weight);
  optimizer->step();
  EXPECT_NEAR(weight.norm().item<double>(), 4, 1e-5);
}

TEST(Muon, TheSizeOfAGradientDoesNotMatter) {
  const auto gradient = kernel({16, 8, 3, 3}).detach();
  const auto small = first_step(kernel({16, 8, 3, 3}), gradient * 0x1p-6),
             large = first_step(kernel({16, 8, 3, 3}), gradient * 64);
  EXPECT_LT((small - large).norm().item<double>(), 0.01 * large.norm().item<double>());
}

TEST(Muon, VectorsAndMatricesGoBySgd) {
  for (const auto& start : {torch::tensor({1.0f, -2.0f}), torch::tensor({{1.0f, 2.0f}, {3.0f, -1.0f}})}) {
    const auto ours = leaf(start), sgds = leaf(start);
    const auto muon = over(ours, {.kind = Kind::muon, .momentum = 0.6, .vector_momentum = 0.85}, 0.1, 0.01);
    const auto sgd = over(sgds, {.kind = Kind::sgd, .momentum = 0.85, .nesterov = true}, 0.1, 0.01);
    for (const double scale : kScales) {
      ours.mutable_grad() = start * scale;
      sgds.mutable_grad() = start * scale;
      muon->step();
      sgd->step();
    }
    EXPECT_TRUE(at::equal(ours, sgds));
  }
}

}  // namespace
}  // namespace tenfold::optim
