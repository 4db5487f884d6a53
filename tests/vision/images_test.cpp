#include "tenfold/vision/images.h"

#include <gtest/gtest.h>

#include <torch/types.h>

#include "files.h"
#include "tenfold/data/loader.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

std::string picture(int k) {
  return text_of(encode_png(flat(20 + k % 3, 16, static_cast<uint8_t>(10 * k), static_cast<uint8_t>(255 - 10 * k), 90)));
}

/// `each` images in every CLASS folder below `folder`, all different.
void make_classes(const fs::path& folder, const std::vector<std::string>& classes, int each, int first = 0) {
  for (const auto& name : classes)
    for (int k = 0; k < each; ++k) put(folder / name / (std::to_string(k) + ".png"), picture(first++));
}

TEST(Images, LoadTrainValidAndTestFolders) {
  const Scratch scratch;
  make_classes(scratch.path / "train", {"bees", "ants"}, 3);
  make_classes(scratch.path / "valid", {"bees", "ants"}, 2, 6);
  put(scratch.path / "test" / "a.png", picture(11));
  const ImageData images = load({.path = scratch.path.string(), .size = 16}, {}, 42);
  EXPECT_EQ(images.data.classes, (std::vector<std::string>{"ants", "bees"}));
  EXPECT_EQ(images.task.kind, nn::TaskKind::single_label);
  EXPECT_EQ(images.task.classes, 2);
  EXPECT_EQ(images.data.train->size(), 6);
  EXPECT_EQ(images.data.valid->size(), 4);
  EXPECT_EQ(images.data.test->size(), 1);
  EXPECT_EQ(images.data.train->name(0), "train/ants/0.png");
  EXPECT_EQ(images.data.train->target(5).item<int64_t>(), 1);
  EXPECT_FALSE(images.data.test->target(0).defined());
  EXPECT_EQ(images.data.valid->get(0, std::nullopt).x[0].sizes(), at::IntArrayRef({16, 16, 3}));
  EXPECT_EQ(images.data.resized(24).valid->get(0, std::nullopt).x[0].sizes(), at::IntArrayRef({24, 24, 3}));
}

}  // namespace
}  // namespace tenfold::vision
