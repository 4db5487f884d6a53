// The decoder, softmax and loss in one function against LibTorch's operations in fp64.

#include "tenfold/nn/vocabulary_loss.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

namespace tenfold::nn {
namespace {

struct Scene {
  Scene(int64_t tokens, int64_t width, int64_t vocabulary) {
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
    h = at::randn({tokens, width}, generator, at::TensorOptions(at::kDouble));
    weight = at::randn({vocabulary, width}, generator, at::TensorOptions(at::kDouble)) * 0.5;
    bias = at::randn({vocabulary}, generator, at::TensorOptions(at::kDouble)) * 0.3;
    targets = at::randint(vocabulary, {tokens}, generator, at::TensorOptions(at::kLong));
  }
  at::Tensor h, weight, bias, targets;
};

struct Found {
  TokenScores scores;
  std::vector<at::Tensor> gradients;
};

/// Gradients of the mean loss, or of one weighed token by token.
Found run(const Scene& scene, at::ScalarType dtype, const at::Tensor& weights = {}) {
  const auto masters = dtype == at::kDouble ? at::kDouble : at::kFloat;
  const auto h = scene.h.to(dtype).requires_grad_(), weight = scene.weight.to(masters).requires_grad_(),
             bias = scene.bias.to(masters).requires_grad_();
  Found found{vocabulary_loss(h, weight, bias, scene.targets), {}};
  const auto loss = weights.defined() ? (found.scores.loss * weights.to(masters)).sum() : found.scores.loss.mean();
  found.gradients = torch::autograd::grad({loss}, {h, weight, bias});
  return found;
}

Found by_operations(const Scene& scene, const at::Tensor& weights = {}) {
  const auto h = scene.h.clone().requires_grad_(), weight = scene.weight.clone().requires_grad_(),
             bias = scene.bias.clone().requires_grad_();
  const auto logits = at::linear(h, weight, bias);
  const auto each = at::cross_entropy_loss(logits, scene.targets, {}, at::Reduction::None);
  Found found{{each.detach(), (logits.argmax(1) == scene.targets).to(at::kFloat)}, {}};
  found.gradients =
      torch::autograd::grad({weights.defined() ? (each * weights).sum() : each.mean()}, {h, weight, bias});
  return found;
}

double off(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right.to(at::kDouble)).norm() / right.norm().to(at::kDouble)).item<double>();
}

void compare(const Scene& scene, at::ScalarType dtype, double tolerance, const at::Tensor& weights = {}) {
  const auto found = run(scene, dtype, weights), right = by_operations(scene, weights);
  EXPECT_LT(off(found.scores.loss.detach(), right.scores.loss), tolerance);
  for (size_t k = 0; k < 3; ++k) EXPECT_LT(off(found.gradients[k], right.gradients[k]), tolerance) << "gradient " << k;
  EXPECT_LE((found.scores.right - right.scores.right).abs().sum().item<double>(),
            dtype == at::kBFloat16 ? 1 + 0.02 * static_cast<double>(scene.h.size(0)) : 0);
}

TEST(VocabularyLoss, IsThatOfOperations) {
  for (const auto& scene : {Scene(1, 3, 5), Scene(13, 7, 11), Scene(50, 24, 301), Scene(300, 16, 70000)}) {
    compare(scene, at::kDouble, 1e-12);
    compare(scene, at::kFloat, 1e-5);
    compare(scene, at::kBFloat16, 0.02);
  }
}

TEST(VocabularyLoss, AnyWidthInBf16) {
  for (const int64_t width : {2, 6, 16, 80, 82, 400})
    for (const int64_t vocabulary : {2, 63, 64, 65, 200}) compare(Scene(37, width, vocabulary), at::kBFloat16, 0.02);
}

TEST(VocabularyLoss, AnyWeighingOfTokens) {
  const Scene scene(40, 12, 97);
  const auto weights = at::rand({40}, at::kDouble) - 0.3;
  compare(scene, at::kDouble, 1e-12, weights);
  compare(scene, at::kFloat, 1e-5, weights);
  compare(scene, at::kBFloat16, 0.02, weights);
  compare(scene, at::kFloat, 1e-5, at::full({40}, 0.37, at::kDouble));  // alike, but not the mean's
}

TEST(VocabularyLoss, LargeLogitsStayFinite) {
  Scene scene(20, 8, 100);
  scene.h = scene.h * 200;  // logits of several hundreds
  compare(scene, at::kFloat, 1e-4);
  const auto found = run(scene, at::kBFloat16);
  EXPECT_TRUE(at::isfinite(found.scores.loss).all().item<bool>());
  for (const auto& gradient : found.gradients) EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
  EXPECT_LT(off(found.scores.loss.detach(), by_operations(scene).scores.loss), 0.02);
}

TEST(VocabularyLoss, TheSameWithoutAGraph) {
  const Scene scene(30, 10, 77);
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const auto with = run(scene, dtype).scores;
    const at::NoGradGuard no_grad;
    const auto without =
        vocabulary_loss(scene.h.to(dtype), scene.weight.to(at::kFloat), scene.bias.to(at::kFloat), scene.targets);
    EXPECT_TRUE(at::equal(with.loss.detach(), without.loss));
    EXPECT_TRUE(at::equal(with.right, without.right));
  }
}

TEST(VocabularyLoss, WithoutABias) {
  const Scene scene(9, 6, 21);
  const auto found = vocabulary_loss(scene.h, scene.weight, {}, scene.targets);
  const auto right = at::cross_entropy_loss(at::linear(scene.h, scene.weight), scene.targets, {}, at::Reduction::None);
  EXPECT_LT(off(found.loss, right), 1e-12);
}

TEST(VocabularyLoss, SameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  const Scene scene(150, 40, 1000);
  at::set_num_threads(1);
  const auto one = run(scene, at::kBFloat16);
  at::set_num_threads(3);
  const auto three = run(scene, at::kBFloat16);
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(one.scores.loss, three.scores.loss));
  EXPECT_TRUE(at::equal(one.gradients[0], three.gradients[0]));
}

TEST(VocabularyLoss, SaysWhichTargetIsNone) {
  const Scene scene(4, 3, 6);
  EXPECT_THROW(vocabulary_loss(scene.h, scene.weight, scene.bias, at::full({4}, 6, at::kLong)), c10::Error);
  EXPECT_THROW(vocabulary_loss(scene.h, scene.weight, scene.bias, scene.targets.narrow(0, 0, 3)), c10::Error);
}

}  // namespace
}  // namespace tenfold::nn
