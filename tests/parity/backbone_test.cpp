// The backbones, layer for layer, against torchvision and efficientnet_lite_pytorch. The numbers are those of
// tools/reference_backbones.py formula, computed in float64. Ours are compared in float64, which is tight, and in fp32,
// where logits are tight and gradients loose: a ReLU6 whose input lies within rounding of its corner turns a gradient
// on or off (the published networks differ from themselves by up to 2 % between the two).

#include "tenfold/vision/backbone.h"

#include <gtest/gtest.h>

#include "formula.h"

namespace tenfold::vision {
namespace {

/// Logits of 2 images: norm of all, the first three of the first image and the last three of the second; norms of the
/// gradients.
struct Mode {
  double logits_norm;
  std::vector<double> logits, gradients;
};

struct Reference {
  std::string backbone;
  std::vector<std::string> parameters;  ///< whose gradients
  Mode evaluation, training;
  std::string statistic;  ///< what training made of a running variance, first three channels
  std::vector<double> running;
};

const std::vector<Reference>& references() {
  static const std::vector<Reference> all = {
      {"resnet18",
       {"conv1.weight", "layer2.0.downsample.0.weight", "layer4.1.conv2.weight", "fc.weight"},
       {886.31499,
        {-8.798994, 1.602719, 6.740545, 12.66582, 32.84783, 0.9806227},
        {1090.285, 1009.458, 11182.23, 8253.654}},
       {54.781265,
        {-1.159965, -0.1857928, -0.1080251, 0.3888841, 1.354738, -0.4236085},
        {660.1301, 141.8991, 367.0268, 510.2833}},
       "bn1.running_var",
       {0.8832336, 0.8902018, 0.7065748}},
      {"resnet34",
       {"conv1.weight", "layer2.0.downsample.0.weight", "layer4.2.conv2.weight", "fc.weight"},
       {31758.466,
        {-452.9735, 252.1715, -169.4955, 379.1126, 1361.556, -110.6828},
        {18961.65, 21076.78, 401244, 301212.1}},
       {69.096255,
        {-1.332803, -0.6880658, 0.3871209, -0.2529511, 1.800373, -0.697586},
        {1905.704, 358.1651, 376.7, 640.5253}},
       "bn1.running_var",
       {0.8832336, 0.8902018, 0.7065748}},
      {"resnet50",
       {"conv1.weight", "layer2.0.downsample.0.weight", "layer4.2.conv3.weight", "fc.weight"},
       {82423.21,
        {-2853.719, -2879.623, -564.1902, 3225.644, -553.416, 17.46032},
        {61270.92, 174127.2, 465610, 1554954}},
       {68.568133,
        {-0.01824632, -0.782935, -1.395846, 3.354918, -2.057188, -1.068251},
        {23755.53, 3882.267, 127.5193, 1293.77}},
       "bn1.running_var",
       {0.8832336, 0.8902018, 0.7065748}},
      {"efficientnet_lite0",
       {"_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"},
       {130.98674,
        {-3.931414, -3.266255, -0.3555915, -0.2332642, -6.213932, 1.760643},
        {1874.901, 1549.198, 833.3321, 2021.238}},
       {26.983311,
        {-1.292721, -0.710046, 0.404799, 0.180536, -0.8464093, -0.2368888},
        {1959.602, 615.3149, 96.90942, 407.7553}},
       "_bn0.running_var",
       {0.7281974, 0.7754302, 0.5640686}},
      {"efficientnet_lite1",
       {"_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"},
       {135.26675,
        {-5.669851, -0.3771531, 6.496952, 0.5671305, -2.728407, -3.645493},
        {5421.136, 1527.742, 841.7021, 2037.18}},
       {26.700415,
        {-0.7728085, -0.7550612, 0.3884163, 0.04064162, -0.9190435, 0.05702686},
        {4336.492, 556.7688, 95.91639, 403.3409}},
       "_bn0.running_var",
       {0.7281974, 0.7754302, 0.5640686}},
      {"efficientnet_lite2",
       {"_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"},
       {133.64499,
        {-0.6649271, -2.873525, 2.432595, -3.833963, -1.192719, -1.105361},
        {6420.043, 2028.471, 798.6817, 1960.065}},
       {26.817559,
        {-0.9263852, -1.098172, 0.5265852, -0.1019182, -1.069092, 0.1349321},
        {3737.292, 451.4149, 97.14594, 405.1859}},
       "_bn0.running_var",
       {0.7281974, 0.7754302, 0.5640686}},
  };
  return all;
}

class Parity : public testing::TestWithParam<Reference> {};

struct Tolerance {
  double logits, gradients;  ///< relative
};

void expect_mode(Classifier& network, const Reference& reference, const Mode& mode, at::ScalarType dtype,
                 const Tolerance& tolerance) {
  const auto x = parity::noise("image", 2 * 3 * 65 * 65)
                     .to(at::kFloat)
                     .to(dtype)
                     .view({2, 3, 65, 65})
                     .contiguous(at::MemoryFormat::ChannelsLast);
  network.zero_grad();
  const auto logits = network.forward(x);
  ASSERT_EQ(logits.sizes(), (at::IntArrayRef{2, 1000}));
  (logits * parity::noise("loss", 2000).to(at::kFloat).view({2, 1000})).sum().backward();
  EXPECT_NEAR(logits.norm().item<double>() / mode.logits_norm, 1, tolerance.logits);
  const double spread = tolerance.logits * mode.logits_norm / std::sqrt(2000);
  for (int64_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(logits[0][k].item<double>(), mode.logits[k], spread) << "logit " << k;
    EXPECT_NEAR(logits[1][997 + k].item<double>(), mode.logits[3 + k], spread) << "logit " << 997 + k;
  }
  const auto parameters = network.named_parameters();
  for (size_t k = 0; k < reference.parameters.size(); ++k)
    EXPECT_NEAR(parameters[reference.parameters[k]].grad().norm().item<double>() / mode.gradients[k], 1,
                tolerance.gradients)
        << reference.parameters[k];
}

void expect_reference(const Reference& reference, at::ScalarType dtype, const Tolerance& tolerance) {
  const auto network = backbone(reference.backbone).make_classifier();
  parity::set_by_formula(*network);
  network->to(dtype);
  network->eval();
  {
    SCOPED_TRACE("evaluation");
    expect_mode(*network, reference, reference.evaluation, dtype, tolerance);
  }
  network->train();
  {
    SCOPED_TRACE("training");
    expect_mode(*network, reference, reference.training, dtype, tolerance);
  }
  const auto running = network->named_buffers()[reference.statistic];
  for (int64_t k = 0; k < 3; ++k) EXPECT_NEAR(running[k].item<double>(), reference.running[k], 1e-5);
}

TEST_P(Parity, IsThePublishedNetwork) {
  expect_reference(GetParam(), at::kDouble, {.logits = 1e-5, .gradients = 1e-5});
}

TEST_P(Parity, ComputesTheSameInFp32) { expect_reference(GetParam(), at::kFloat, {.logits = 1e-4, .gradients = 2e-2}); }

/// Keeps a failed test's message short.
void PrintTo(const Reference& reference, std::ostream* out) { *out << reference.backbone; }

INSTANTIATE_TEST_SUITE_P(Backbone, Parity, testing::ValuesIn(references()),
                         [](const auto& test) { return test.param.backbone; });

}  // namespace
}  // namespace tenfold::vision
