// The backbones, layer for layer, against torchvision, timm and efficientnet_lite_pytorch. The numbers are those of
// tools/reference_backbones.py formula, computed in float64. Ours are compared in float64, which is tight, and in fp32,
// where logits are tight and gradients loose: a ReLU6 whose input lies within rounding of its corner turns a gradient
// on or off (the published networks differ from themselves by up to 2 % between the two).

#include "tenfold/vision/backbone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "formula.h"
#include "references.h"
#include "tenfold/nn/head.h"

namespace tenfold::vision {
namespace {

using parity::Mode;
using parity::Part;
using parity::Reference;

std::vector<Reference> references() {
  std::vector<Reference> all;
  for (const auto& family :
       {parity::resnet_references(), parity::vgg_references(), parity::densenet_references(),
        parity::inception_references(), parity::efficientnet_lite_references(), parity::mobilenet_references(),
        parity::efficientnet_references(), parity::convnext_references(), parity::vision_transformer_references()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

/// A network with weights by the formula, and what stands for its logits.
struct Network {
  std::shared_ptr<torch::nn::Module> module;
  std::function<at::Tensor(const at::Tensor&)> logits;
};

Network network_of(const Reference& reference) {
  const auto& row = backbone(reference.backbone);
  if (reference.part == Part::body) {
    const auto body = row.layers();
    parity::set_by_formula(*body);
    return {body, [body](const at::Tensor& x) { return nn::mean_pool(body->forward(x)); }};
  }
  const auto whole = row.make_classifier();
  parity::set_by_formula(*whole);
  return {whole, [whole](const at::Tensor& x) { return whole->forward(x); }};
}

/// [2, 3, size, size]
at::Tensor images(int64_t size, at::ScalarType dtype) {
  return parity::noise("image", 2 * 3 * size * size)
      .to(at::kFloat)
      .to(dtype)
      .view({2, 3, size, size})
      .contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor weighted_sum(const at::Tensor& logits) {
  return (logits * parity::noise("loss", logits.numel()).to(at::kFloat).view(logits.sizes())).sum();
}

struct Tolerance {
  double logits, gradients;  ///< relative
};

void expect_logits(const at::Tensor& logits, const Mode& mode, double tolerance) {
  const int64_t width = logits.size(1);
  EXPECT_NEAR(logits.norm().item<double>() / mode.logits_norm, 1, tolerance);
  // The tolerance is of the whole; of a few values, three times their share of it.
  const double spread = 3 * tolerance * mode.logits_norm / std::sqrt(2. * static_cast<double>(width));
  for (int64_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(logits[0][k].item<double>(), mode.logits[static_cast<size_t>(k)], spread) << "logit " << k;
    EXPECT_NEAR(logits[1][width - 3 + k].item<double>(), mode.logits[static_cast<size_t>(3 + k)], spread)
        << "logit " << width - 3 + k;
  }
}

void expect_gradients(torch::nn::Module& network, const std::vector<std::string>& names,
                      const std::vector<double>& norms, double tolerance) {
  const auto parameters = network.named_parameters();
  for (size_t k = 0; k < names.size(); ++k)
    EXPECT_NEAR(parameters[names[k]].grad().norm().item<double>() / norms[k], 1, tolerance) << names[k];
}

void expect_mode(const Network& network, const Reference& reference, const Mode& mode, at::ScalarType dtype,
                 const Tolerance& tolerance) {
  network.module->zero_grad();
  const auto logits = network.logits(images(reference.size, dtype));
  weighted_sum(logits).backward();
  expect_logits(logits, mode, tolerance.logits);
  expect_gradients(*network.module, reference.parameters, mode.gradients, tolerance.gradients);
}

/// As near as the published network comes to itself, where its own rounding grows beyond what fp32 is allowed here.
Tolerance widened(const Tolerance& tolerance, double rounding) {
  return {.logits = std::max(tolerance.logits, 8 * rounding),
          .gradients = std::max(tolerance.gradients, 25 * rounding)};
}

void expect_reference(const Reference& reference, at::ScalarType dtype, const Tolerance& tolerance) {
  const auto network = network_of(reference);
  network.module->to(dtype);
  network.module->eval();
  {
    SCOPED_TRACE("evaluation");
    expect_mode(network, reference, reference.evaluation, dtype, tolerance);
  }
  network.module->train();
  {
    SCOPED_TRACE("training");
    const bool rounds = dtype == at::kFloat;
    expect_mode(network, reference, reference.training, dtype,
                rounds ? widened(tolerance, reference.rounding) : tolerance);
  }
  if (reference.statistic.empty()) return;
  const auto running = network.module->named_buffers()[reference.statistic];
  for (int64_t k = 0; k < 3; ++k)
    EXPECT_NEAR(running[k].item<double>(), reference.running[static_cast<size_t>(k)], 1e-5);
}

class InFp64 : public testing::TestWithParam<Reference> {};
class InFp32 : public testing::TestWithParam<Reference> {};

TEST_P(InFp64, IsThePublishedNetwork) {
  expect_reference(GetParam(), at::kDouble, {.logits = 1e-5, .gradients = 1e-5});
}

TEST_P(InFp32, IsThePublishedNetwork) { expect_reference(GetParam(), at::kFloat, {.logits = 1e-4, .gradients = 2e-2}); }

std::vector<Reference> small_references() {
  auto all = references();
  std::erase_if(all, [](const Reference& each) { return each.precisions == parity::Precisions::fp32; });
  return all;
}

std::string name_of(const testing::TestParamInfo<Reference>& test) { return test.param.backbone; }

INSTANTIATE_TEST_SUITE_P(Backbone, InFp64, testing::ValuesIn(small_references()), name_of);
INSTANTIATE_TEST_SUITE_P(Backbone, InFp32, testing::ValuesIn(references()), name_of);

/// The loss of the side branch alone, in training mode, with images of the published size.
TEST(InceptionV3, HasThePublishedSideBranch) {
  const auto network = backbone("inception_v3").make_classifier();
  parity::set_by_formula(*network);
  network->train();
  const auto side = network->body().forward_training(images(299, at::kFloat)).auxiliary;
  const auto parameters = network->named_parameters();
  const auto logits = at::linear(side, parameters["AuxLogits.fc.weight"], parameters["AuxLogits.fc.bias"]);
  weighted_sum(logits).backward();
  const auto reference = parity::side_branch_reference();
  const auto tolerance = widened({.logits = 1e-4, .gradients = 2e-2}, reference.rounding);
  expect_logits(logits, reference.training, tolerance.logits);
  expect_gradients(*network, reference.parameters, reference.training.gradients, tolerance.gradients);
}

}  // namespace
}  // namespace tenfold::vision
