// What a run does about its targets: a threshold for several labels, rare classes repeated.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"
#include "tenfold/bundle/bundle.h"
#include "tenfold/run/run.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

class Targets : public testing::Test {
 protected:
  /// Two stripes side by side, labelled by the kinds that occur.
  void make_pairs() {
    make_stripes(data_, 48, 16, 5);
    std::string csv = "file,labels\n";
    for (int k = 0; k < 48; ++k) {
      const bool across = k % 3 != 0, up = k % 3 != 1;
      const auto part = [&](bool first) {
        const std::string kind = first ? (across ? "across" : "up") : (up ? "up" : "across");
        const auto path = data_ / kind / (std::to_string(k) + ".png");
        const MappedFile file(path);
        return vision::decode(file.bytes(), path.string());
      };
      const vision::Image left = part(true), right = part(false);
      vision::Image both{16, 32, left.rgb};
      both.rgb.insert(both.rgb.end(), right.rgb.begin(), right.rgb.end());
      const auto bytes = vision::encode_png(both);
      write_file(data_ / (std::to_string(k) + ".png"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      csv +=
          std::to_string(k) + ".png," + (across ? "across" : "") + (across && up ? " " : "") + (up ? "up" : "") + "\n";
    }
    write_file(data_ / "labels.csv", csv);
  }
  RunOptions options(const std::string& name) {
    return {.folder = scratch_.path / name, .cache = scratch_.path / "cache"};
  }
  std::string problem(const Recipe& recipe) {
    try {
      run(recipe, options("refused"), {});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }

  Scratch scratch_;
  std::filesystem::path data_ = scratch_.path / "data";
};

TEST_F(Targets, AThresholdIsChosenAndKept) {
  make_pairs();
  Recipe recipe = stripes_recipe(data_);
  recipe.data.csv = (data_ / "labels.csv").string();
  recipe.data.resize = vision::Resize::squish;
  recipe.stage[0].cutmix = 1;
  recipe.stage[0].mixup = 0.2;
  recipe.predict.tta.options = TtaOptions{.method = TtaMethod::mirror};
  const auto done = run(recipe, options("run"), {});
  ASSERT_EQ(done.outcome, Outcome::done);
  const auto& choice = done.summary.at("threshold");
  const double threshold = choice.at("value");
  EXPECT_EQ(choice.at("beta"), 2);
  EXPECT_GE(choice.at("f_beta_where_chosen"), choice.at("f_beta_at_half"));
  EXPECT_GE(choice.at("f_beta_where_chosen"), done.summary.at("tta").at("f2")) << "halves chose for each other";
  EXPECT_DOUBLE_EQ(load_bundle(scratch_.path / "run/model.safetensors").pipeline.task.threshold, threshold);
  EXPECT_EQ(done.summary.at("tta").at("views"), 2);

  recipe.predict.threshold = 0.3;
  const auto fixed = run(recipe, options("fixed"), {});
  EXPECT_FALSE(fixed.summary.contains("threshold"));
  EXPECT_DOUBLE_EQ(load_bundle(scratch_.path / "fixed/model.safetensors").pipeline.task.threshold, 0.3);

  recipe.training.oversample = true;
  EXPECT_THAT(problem(recipe), HasSubstr("repeating it for a rare one repeats the frequent ones with it"));
}

TEST_F(Targets, OversamplingMakesEpochsOfEqualClassesAndResumesToTheSameBits) {
  make_stripes(data_, 24, 16, 5);
  for (int k = 6; k < 24; ++k) std::filesystem::remove(data_ / "up" / (std::to_string(k) + ".png"));
  Recipe recipe = stripes_recipe(data_);
  recipe.training.oversample = true;
  const auto straight = run(recipe, options("straight"), {});
  // 30 images, a quarter validates: of 24 and 6, 18 and 4 or 5 train, and 18 of each make 4 batches of 8 and a rest.
  EXPECT_EQ(straight.summary.at("steps"), 2 * 4);
  int64_t steps = 0;
  Watch watch;
  watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps; };
  watch.interrupted = [&] { return steps == 6; };
  ASSERT_EQ(run(recipe, options("parts"), watch).outcome, Outcome::interrupted);
  ASSERT_EQ(resume(options("parts"), {}).outcome, Outcome::done);
  EXPECT_EQ(read_file(scratch_.path / "parts/predictions.csv"), read_file(scratch_.path / "straight/predictions.csv"));

  recipe.loss.class_weights = "balanced";
  EXPECT_THAT(problem(recipe), HasSubstr("both make rare classes count more"));
}

TEST_F(Targets, ViewsThatCannotDifferAreExplained) {
  make_stripes(data_, 12, 16, 5);
  Recipe recipe = stripes_recipe(data_);
  recipe.data.augment = vision::Augment::none;
  recipe.predict.tta = 2;
  EXPECT_THAT(problem(recipe), HasSubstr("this data has no augmentation"));
}

}  // namespace
}  // namespace tenfold
