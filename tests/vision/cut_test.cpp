// Networks in two: what the activation store keeps, and what trains on it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"
#include "tenfold/vision/learner.h"

namespace tenfold::vision {
namespace {

std::shared_ptr<nn::Model> network(const std::string& name) {
  auto model = make_model({.backbone = name, .hidden = {8}}, {.kind = nn::TaskKind::single_label, .classes = 3}, 64, 5);
  model->eval();
  return model;
}

class Cut : public testing::TestWithParam<const char*> {};

TEST_P(Cut, TheTwoPartsAreTheWhole) {
  const torch::NoGradGuard no_grad;
  const auto model = network(GetParam());
  const int head = static_cast<int>(model->groups().size()) - 1;
  for (const auto dtype : {torch::kFloat, torch::kBFloat16}) {
    const auto x = torch::randn({3, 3, 64, 64}).to(dtype).contiguous(torch::MemoryFormat::ChannelsLast);
    const auto whole = model->forward({x});
    for (int cut = 1; cut <= head; ++cut) {
      const auto kept = model->activations({x}, cut).contiguous();
      if (cut < head) {
        EXPECT_EQ(kept.scalar_type(), dtype);
      }
      EXPECT_TRUE(at::equal(model->logits_from(kept, cut), whole)) << cut;
    }
  }
}

TEST_P(Cut, FingerprintsFollowTheLayersBeforeTheCut) {
  const torch::NoGradGuard no_grad;
  const auto model = network(GetParam());
  const auto groups = model->groups();
  const auto early = model->fingerprint(1), body = model->fingerprint(2);
  EXPECT_NE(early, body);
  groups[1].modules.back()->parameters()[0].add_(1);
  EXPECT_EQ(model->fingerprint(1), early);
  EXPECT_NE(model->fingerprint(2), body);
  groups[0].modules.back()->parameters()[0].add_(1);
  EXPECT_NE(model->fingerprint(1), early);
}

INSTANTIATE_TEST_SUITE_P(Networks, Cut, testing::Values("small_resnet", "resnet18", "efficientnet_lite0"));

/// A family that says nothing of its parts.
class Undivided : public Backbone {
 public:
  torch::Tensor forward(const torch::Tensor& x) override { return x * 2; }
  int64_t channels() const override { return 3; }
  std::vector<nn::LayerGroup> groups() const override { return {{"one", {}}, {"two", {}}}; }
};

TEST(CutElsewhere, IsExplained) {
  Undivided network;
  const auto x = torch::ones({1, 3, 4, 4});
  EXPECT_TRUE(at::equal(network.part(x, 0, 2), x * 2));
  try {
    network.part(x, 0, 1);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "cut");
    EXPECT_THAT(error.what(), testing::HasSubstr("only be cut at its head"));
  }
}

}  // namespace
}  // namespace tenfold::vision
