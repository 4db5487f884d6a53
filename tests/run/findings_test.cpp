// What is found on a split: as JSON, and as parts of the report, for each kind of task.

#include "tenfold/run/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>

#include "tenfold/core/error.h"
#include "tenfold/run/illustrate.h"
#include "tenfold/vision/image.h"
#include "tenfold/vision/learner.h"
#include "tests/train/small.h"

namespace tenfold {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int64_t kItems = 24;

/// Noisy pictures of `size` pixels, a brighter disc where the label is; targets as the task wants them.
class Discs : public Dataset {
 public:
  Discs(int64_t size, std::function<at::Tensor(int64_t)> target) : size_(size), target_(std::move(target)) {}
  int64_t size() const override { return kItems; }
  Sample get(int64_t index, const std::optional<Draw>&) const override {
    auto x = torch::full({size_, size_, 3}, 60, torch::kByte);
    x.narrow(0, index % 3 * size_ / 4, size_ / 3).narrow(1, size_ / 3, size_ / 3).fill_(200);
    return {{x}, target(index)};
  }
  std::string name(int64_t index) const override { return "disc " + std::to_string(index); }
  at::Tensor target(int64_t index) const override { return target_(index); }
  std::string fingerprint() const override { return "discs"; }

 private:
  int64_t size_;
  std::function<at::Tensor(int64_t)> target_;
};

Learner learner_of(const nn::Task& task, int64_t size, std::function<at::Tensor(int64_t)> target) {
  Data data = small::data();
  data.valid = std::make_shared<Discs>(size, std::move(target));
  if (task.kind == nn::TaskKind::regression) data.classes = {}, data.outputs = {"height", "width"};
  return Learner(data, vision::make_model({.backbone = "small_resnet"}, task, 32, 1), task, small::options());
}

Findings found_by(Learner& learner) {
  return findings(learner, learner.task(), Split::valid, predict(learner, Split::valid, {}, kMapped), 4);
}

report::Page page_of_findings(const Findings& found, Learner& learner) {
  report::Page page;
  show(found, learner, page);
  illustrate(ImagePipeline{}, learner, found, page);
  return page;
}

vision::ImageSize size_of(const report::Picture& picture) {
  return vision::image_size(std::as_bytes(std::span(picture.bytes)), "picture");
}

TEST(Findings, OfClasses) {
  auto learner = learner_of(small::task(), 32, [](int64_t k) { return torch::tensor(k % 3, torch::kLong); });
  const auto found = found_by(learner);
  const auto page = page_of_findings(found, learner);
  EXPECT_EQ(page.split, "valid");
  EXPECT_EQ(page.confusion.size(), 3u);
  EXPECT_TRUE(page.labels.empty());
  EXPECT_TRUE(page.outputs.empty());

  ASSERT_EQ(page.top_losses.size(), 4u);
  const auto& worst = page.top_losses[0];
  EXPECT_NE(worst.actual, worst.predicted);
  ASSERT_EQ(worst.heat.size(), 2u);
  EXPECT_THAT(worst.heat[0].caption, StartsWith("predicted: " + worst.predicted));
  EXPECT_THAT(worst.heat[1].caption, StartsWith("actual: " + worst.actual));
  EXPECT_EQ(size_of(worst.heat[0]).width, 32);
  EXPECT_EQ(page.heat_scale.front(), "#808080") << "where there is no heat the picture's grey stays";
  EXPECT_EQ(page.heat_note, "");

  const auto& map = page.embedding;
  ASSERT_EQ(map.x.size(), static_cast<size_t>(kItems));
  EXPECT_EQ(map.groups, (std::vector<std::string>{"red", "green", "blue"}));
  for (size_t k = 0; k < map.x.size(); ++k) {
    EXPECT_EQ(map.name[k], "disc " + std::to_string(k));
    EXPECT_EQ(map.group[k], static_cast<int>(k % 3));
    EXPECT_GE(map.tile_of[k], 0);
  }
  int64_t wrong = kItems;
  for (size_t c = 0; c < 3; ++c) wrong -= page.confusion[c][c];
  EXPECT_EQ(map.ringed.size(), static_cast<size_t>(wrong));
  EXPECT_EQ(map.name.at(map.ringed.at(0)), worst.name) << "the worst first";
  EXPECT_EQ(size_of(map.sheet).width, 20 * map.tile);
  EXPECT_EQ(size_of(map.sheet).height, 2 * map.tile);

  const Json json = to_json(found.interpretation);
  EXPECT_EQ(json.at("top_losses").size(), 4u);
  EXPECT_EQ(json.at("top_losses").at(0).at("name"), worst.name);
  EXPECT_FALSE(json.at("most_confused").empty());
}

TEST(Findings, OfLabels) {
  auto learner = learner_of({.kind = nn::TaskKind::multi_label, .classes = 3}, 32,
                            [](int64_t k) { return torch::tensor({k % 2 ? 1.f : 0.f, 1.f, k % 5 ? 0.f : 1.f}); });
  const auto found = found_by(learner);
  const auto page = page_of_findings(found, learner);
  EXPECT_TRUE(page.confusion.empty());
  ASSERT_EQ(page.labels.size(), 3u);
  EXPECT_EQ(page.labels[1].items, kItems);
  EXPECT_EQ(page.thresholds.used, 0.5);
  EXPECT_EQ(page.embedding.groups.size(), 2u);
  EXPECT_TRUE(page.embedding.ringed.empty());
  for (const auto& row : page.top_losses) EXPECT_GE(row.heat.size(), 1u);
  const Json json = to_json(found.interpretation);
  EXPECT_EQ(json.at("labels").size(), 3u);
  EXPECT_EQ(json.at("thresholds").at("used"), 0.5);
}

TEST(Findings, OfValues) {
  auto learner = learner_of({.kind = nn::TaskKind::regression, .classes = 2}, 32,
                            [](int64_t k) { return torch::tensor({static_cast<float>(k), 1.f}); });
  const auto found = found_by(learner);
  const auto page = page_of_findings(found, learner);
  ASSERT_EQ(page.outputs.size(), 2u);
  EXPECT_EQ(page.outputs[0].name, "height");
  EXPECT_EQ(page.outputs[0].item.at(3), "disc 3");
  EXPECT_FALSE(page.top_losses.at(0).probability.has_value());
  EXPECT_THAT(page.top_losses.at(0).heat.at(0).caption, StartsWith("raises height"));
  ASSERT_EQ(page.embedding.groups.size(), 5u);
  EXPECT_TRUE(page.embedding.ordered);
  EXPECT_EQ(page.embedding.groups.back(), "height ≤ 23");
  EXPECT_EQ(page.embedding.group.front(), 0);
  EXPECT_EQ(page.embedding.group.back(), 4);
  const Json json = to_json(found.interpretation);
  EXPECT_TRUE(json.at("outputs").at(1).at("r2").is_null()) << "a width that never changes";
}

TEST(Findings, SayWhyThereAreNoHeatMaps) {
  auto learner = small::learner();  // no network of images
  const auto page = page_of_findings(found_by(learner), learner);
  EXPECT_THAT(page.heat_note, HasSubstr("maps"));
  EXPECT_TRUE(page.heat_scale.empty());
  EXPECT_TRUE(page.top_losses.at(0).heat.empty());
  EXPECT_FALSE(page.top_losses.at(0).picture.bytes.empty());
  EXPECT_THROW(findings(learner, learner.task(), Split::test, predict(learner, Split::test), 4), ConfigError);
}

}  // namespace
}  // namespace tenfold
