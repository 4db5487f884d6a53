#include "tenfold/vision/published.h"

#include <gtest/gtest.h>

namespace tenfold::vision {
namespace {

BackboneRow row(const std::string& source, const std::string& file, const std::string& sha256 = "") {
  BackboneRow made;
  made.source = source;
  made.file = file;
  made.sha256 = sha256;
  return made;
}

TEST(Published, FollowsTorchvisionsRule) {
  const auto [url, sha256] = published(row("torchvision, IMAGENET1K_V1", "resnet18-f37072fd.pth"));
  EXPECT_EQ(url, "https://download.pytorch.org/models/resnet18-f37072fd.pth");
  EXPECT_EQ(sha256, "f37072fd");
}

TEST(Published, FollowsTimmsRule) {
  const std::string name = "vit_small_patch16_224.augreg_in1k", sum(64, 'a');
  const auto [url, sha256] = published(row("timm, " + name, name + ".safetensors", sum));
  EXPECT_EQ(url, "https://huggingface.co/timm/vit_small_patch16_224.augreg_in1k/resolve/main/model.safetensors");
  EXPECT_EQ(sha256, sum);
}

TEST(Published, HasNoAddressWhereThePublisherHasNoFile) {
  const auto [url, sha256] = published(row("Python package so-and-so", "efficientnet-lite0-57934424.pth"));
  EXPECT_EQ(url, "");
  EXPECT_EQ(sha256, "57934424");
  EXPECT_EQ(published(row("", "")).url, "");
}

TEST(Published, TakesNoOtherEndingForDigits) {
  for (const char* file : {"net.pth", "net-0123abc.pth", "net-0123abcde.pth", "net-softmax1.pth", "0123abcd.pth"})
    EXPECT_EQ(published(row("torchvision", file)).sha256, "") << file;
}

TEST(Published, ComesFromAMirrorUnderItsOwnName) {
  const auto& resnet = backbone("resnet18");
  EXPECT_EQ(published(resnet, "http://mirror/models").url, "http://mirror/models/resnet18-f37072fd.pth");
  EXPECT_EQ(published(resnet, "http://mirror/models/").url, "http://mirror/models/resnet18-f37072fd.pth");
  EXPECT_EQ(published(backbone("small_resnet"), "http://mirror/").url, "");
}

// Every row's weights can be had: from an address that follows from the row, or from where `source` says.
TEST(Published, IsSaidOfEveryRowWithWeights) {
  for (const auto& each : backbones()) {
    if (each.file.empty()) continue;
    EXPECT_FALSE(each.source.empty()) << each.name;
    if (each.source.starts_with("torchvision") || each.source.starts_with("timm"))
      EXPECT_TRUE(published(each).url.starts_with("https://")) << each.name;
    if (each.source.starts_with("torchvision")) EXPECT_EQ(published(each).sha256.size(), 8u) << each.name;
  }
}

}  // namespace
}  // namespace tenfold::vision
