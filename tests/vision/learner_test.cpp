// The image model: names, groups, pooling, weights by file and by folder.

#include "tenfold/vision/learner.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tenfold/core/error.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/tensor_file.h"
#include "tests/train/small.h"

namespace tenfold::vision {
namespace {

nn::Task three_classes() { return {.kind = nn::TaskKind::single_label, .classes = 3}; }

at::Tensor pictures(int64_t size) {
  return at::sin(at::arange(4 * 3 * size * size).to(at::kFloat) * 0.7)
      .view({4, 3, size, size})
      .contiguous(at::MemoryFormat::ChannelsLast);
}

/// Sets an environment variable, and puts back what was there.
class Environment {
 public:
  Environment(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Environment() { before_ ? setenv(name_.c_str(), before_->c_str(), 1) : unsetenv(name_.c_str()); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

TEST(ImageModel, HasBodyAndHeadInGroups) {
  const auto model = make_model({.backbone = "small_resnet"}, three_classes(), 16, 1);
  const auto groups = model->groups();
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups.back().name, "head");
  EXPECT_EQ(groups.back().modules.at(0), model->head_module());
  for (const auto& [name, tensor] : nn::state_of(*model))
    EXPECT_TRUE(name.starts_with("body.") || name.starts_with("head.")) << name;
}

TEST(ImageModel, PoolsAsAsked) {
  const auto x = pictures(16);
  const at::NoGradGuard no_grad;
  const auto features = [&](const std::string& backbone, const std::string& pool) {
    const auto model = make_model({.backbone = backbone, .pool = pool}, three_classes(), 32, 1);
    model->eval();
    return model->features({x.to(at::kBFloat16)});
  };
  const auto concat = features("small_resnet", "concat"), mean = features("small_resnet", "mean");
  EXPECT_EQ(concat.sizes(), (at::IntArrayRef{4, 512}));
  EXPECT_EQ(concat.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(concat.slice(1, 256), mean));
  EXPECT_TRUE(at::equal(features("small_resnet", "auto"), mean));
  EXPECT_EQ(features("efficientnet_lite0", "auto").size(1), 2560);
}

TEST(ImageModel, HasOneLogitAStepForOrdinalTasks) {
  const auto model = make_model({.backbone = "small_resnet"}, {.kind = nn::TaskKind::ordinal, .classes = 5}, 16, 1);
  model->eval();
  EXPECT_EQ(model->forward({pictures(16)}).sizes(), (at::IntArrayRef{4, 4}));
}

TEST(ImageModel, BodyDependsOnTheSeedAlone) {
  const auto made = [](std::vector<int64_t> hidden, uint64_t seed) {
    return make_model({.backbone = "small_resnet", .dropout = {0.5}, .hidden = std::move(hidden)}, three_classes(), 16,
                      seed);
  };
  const auto one = made({}, 1);
  EXPECT_EQ(one->body_fingerprint(), made({64}, 1)->body_fingerprint());
  EXPECT_NE(one->body_fingerprint(), made({}, 2)->body_fingerprint());
  const std::string before = one->body_fingerprint();
  one->train();
  one->features({pictures(16)});  // moves the norms' statistics
  EXPECT_NE(one->body_fingerprint(), before);
}

TEST(ResolveBackbone, Auto) {
  EXPECT_EQ(resolve_backbone({}, 28), "small_resnet");
  EXPECT_EQ(resolve_backbone({}, 64), "small_resnet");
  EXPECT_EQ(resolve_backbone({}, 65), "resnet18");
  EXPECT_EQ(resolve_backbone({.weights = "pretrained"}, 32), "efficientnet_lite0");
  EXPECT_EQ(resolve_backbone({.backbone = "resnet50"}, 32), "resnet50");
  EXPECT_THROW(resolve_backbone({.backbone = "resnet51"}, 32), ConfigError);
}

TEST(ResolveWeights, SaysWhatToPutWhere) {
  const small::Scratch scratch;
  const Environment folder("TENFOLD_MODELS", scratch.path.string());
  const auto& row = backbone("resnet18");
  const auto expected = scratch.path / "resnet18-f37072fd.pth";
  try {
    resolve_weights({.weights = "pretrained"}, row);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "model.weights");
    EXPECT_NE(std::string(error.what()).find(expected.string() + " does not exist; run `tenfold models pull resnet18`"),
              std::string::npos)
        << error.what();
  }
  try {  // whose publisher has no file on the web
    resolve_weights({.weights = "pretrained"}, backbone("efficientnet_lite0"));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("put efficientnet-lite0-57934424.pth"), std::string::npos) << error.what();
  }
  std::ofstream(expected) << "here";
  EXPECT_EQ(resolve_weights({.weights = "pretrained"}, row), expected.string());
  EXPECT_EQ(resolve_weights({.weights = "none"}, row), "");
  EXPECT_EQ(resolve_weights({.weights = "my.pth"}, row), "my.pth");
  EXPECT_THROW(resolve_weights({.weights = "pretrained"}, backbone("small_resnet")), ConfigError);
}

TEST(ResolveWeights, LooksInTheUsersDataFolder) {
  const small::Scratch scratch;
  const Environment none("TENFOLD_MODELS", ""), data("XDG_DATA_HOME", scratch.path.string());
  const auto folder = scratch.path / "tenfold/models";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "resnet18-f37072fd.pth") << "here";
  EXPECT_EQ(resolve_weights({.weights = "pretrained"}, backbone("resnet18")),
            (folder / "resnet18-f37072fd.pth").string());
}

class Weights : public testing::Test {
 protected:
  /// A file of the network's tensors, all 0.5 but counts.
  std::string saved(const std::string& name) {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [key, tensor] : nn::state_of(*backbone(name).make_classifier()))
      tensors[key] = tensor.is_floating_point() ? at::full_like(tensor, 0.5) : tensor;
    const auto path = scratch.path / (name + ".safetensors");
    nn::write_safetensors(path, tensors);
    return path.string();
  }
  std::string refusal(const ModelOptions& options) {
    try {
      make_model(options, three_classes(), 32, 1);
    } catch (const WeightsError& error) {
      return error.what();
    }
    return "accepted";
  }
  small::Scratch scratch;
};

TEST_F(Weights, GoIntoTheBodyAndFreezeIt) {
  const std::string path = saved("efficientnet_lite0");
  const ImageData images{small::data(), three_classes()};
  auto made = learner(images, {.backbone = "efficientnet_lite0", .weights = path}, {.size = 32}, small::options());
  EXPECT_EQ(made.frozen(), 2);
  const auto state = nn::state_of(made.model());
  EXPECT_EQ(state.at("body._conv_stem.weight").min().item<float>(), 0.5f);
  EXPECT_EQ(state.at("body._blocks.15._bn2.running_var").max().item<float>(), 0.5f);
  EXPECT_EQ(learner(images, {.backbone = "small_resnet"}, {.size = 8}, small::options()).frozen(), 0);
}

TEST_F(Weights, WantTheirOwnNormalisation) {
  const ModelOptions options{.backbone = "efficientnet_lite0", .weights = saved("efficientnet_lite0")};
  const DataOptions data{.size = 32};
  const ImageData right{small::data(), three_classes(), data, backbone("efficientnet_lite0").normalisation};
  EXPECT_EQ(learner(right, options, small::options()).frozen(), 2);
  const ImageData wrong{small::data(), three_classes(), data};
  try {
    learner(wrong, options, small::options());
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("vision::backbone(\"efficientnet_lite0\").normalisation"),
              std::string::npos);
  }
  EXPECT_EQ(learner(wrong, {.backbone = "efficientnet_lite0"}, small::options()).frozen(),
            0);  // random weights take any
}

TEST_F(Weights, OfAnotherNetworkAreNamed) {
  const std::string path = saved("resnet34");
  EXPECT_NE(refusal({.backbone = "resnet18", .weights = path})
                .find("has the weights of resnet34, and the network is resnet18"),
            std::string::npos);
  EXPECT_NE(refusal({.backbone = "efficientnet_lite0", .weights = path}).find("set model.backbone to resnet34"),
            std::string::npos);
  nn::write_safetensors(scratch.path / "other.safetensors", {{"w", at::zeros({1})}});
  EXPECT_NE(refusal({.backbone = "resnet18", .weights = (scratch.path / "other.safetensors").string()})
                .find("are missing (bn1.bias"),
            std::string::npos);
}

TEST_F(Weights, MayComeFromASavedModel) {
  const auto first = make_model({.backbone = "small_resnet"}, three_classes(), 16, 1);
  const auto path = scratch.path / "model.safetensors";
  nn::write_safetensors(path, nn::state_of(*first));
  const auto second = make_model({.backbone = "small_resnet", .weights = path.string()},
                                 {.kind = nn::TaskKind::single_label, .classes = 7}, 16, 2);
  EXPECT_EQ(second->body_fingerprint(), first->body_fingerprint());
}

TEST(ImageModel, RefusesWhatCannotWork) {
  const auto option = [](const ModelOptions& options, int64_t size) -> std::string {
    try {
      make_model(options, three_classes(), size, 1);
    } catch (const ConfigError& error) {
      return error.option;
    }
    return "";
  };
  EXPECT_EQ(option({.backbone = "small_resnet", .pool = "max"}, 16), "model.pool");
  EXPECT_EQ(option({.backbone = "resnet18"}, 16), "data.size");
}

}  // namespace
}  // namespace tenfold::vision
