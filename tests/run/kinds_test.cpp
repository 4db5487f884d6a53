// Texts and tables in runs: one recipe from file to model file, resumed at any stage to the same bits, and the model
// file alone says what the run said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scene.h"
#include "tenfold/bundle/bundle.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/run.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

class Kinds : public testing::Test {
 protected:
  RunOptions options(const std::string& name) {
    return {.folder = scratch_.path / name, .checkpoint_steps = 1, .cache = scratch_.path / "cache"};
  }
  std::string file(const std::string& name, const std::string& text) {
    write_file(scratch_.path / name, text);
    return (scratch_.path / name).string();
  }
  /// Runs the recipe in parts, interrupted at the step before each of `ends` and wherever the stages change.
  std::string in_parts(const Recipe& recipe, const std::vector<int64_t>& ends) {
    int64_t steps = 0;
    size_t part = 0;
    Watch watch;
    watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps; };
    watch.interrupted = [&] { return part < ends.size() && steps == ends[part]; };
    auto outcome = run(recipe, options("parts"), watch).outcome;
    for (; outcome == Outcome::interrupted && part < 20; outcome = resume(options("parts"), watch).outcome) ++part;
    EXPECT_EQ(outcome, Outcome::done);
    EXPECT_EQ(part, ends.size()) << "an interruption that never came";
    return read_file(scratch_.path / "parts/predictions.csv");
  }
  /// What the model file alone predicts for the items.
  Predictions predicted(const std::string& run, const std::vector<std::string>& items) {
    const Bundle bundle = load_bundle(scratch_.path / run / "model.safetensors");
    const auto& pipeline = bundle.pipeline;
    Learner learner = learner_for(
        bundle, to_predict(items, pipeline),
        {.precision = pipeline.precision == "bf16" ? Precision::bf16 : Precision::fp32, .threads = pipeline.threads});
    auto predictions = predict(learner, Split::test);
    to_unit(pipeline, predictions);
    return predictions;
  }
  std::string problem(const Recipe& recipe) {
    try {
      run(recipe, options("refused"), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }
  Scratch scratch_;
};

/// Reviews of one mood each.
std::string reviews(int count) {
  const char* moods[][4] = {{"dull", "grim", "stale", "noisy"}, {"warm", "witty", "moving", "bright"}};
  std::string csv = "text,label\n";
  for (int k = 0; k < count; ++k) {
    const auto& words = moods[k % 2];
    Draw draw(3, 0, static_cast<uint64_t>(k), Purpose::other);
    csv += "\"review " + std::to_string(k) + ": a " + words[draw.below(4)] + " story, and a " + words[draw.below(4)] +
           " cast\"," + (k % 2 ? "good" : "bad") + "\n";
  }
  return csv;
}

TEST_F(Kinds, LanguageFirstThenTheTaskAndResumedAnywhere) {
  Recipe recipe;
  recipe.text.path = file("reviews.csv", reviews(120));
  recipe.text.min_freq = 2;
  recipe.text_model.language = {.embedding = 16, .hidden = 24, .layers = 2, .bptt = 12};
  recipe.training.batch = 8;
  recipe.training.threads = 2;
  recipe.training.precision = Precision::fp32;
  recipe.stage = {{.learn = Learn::language, .lr = Rates(5e-3), .shape = OneCycle{.epochs = 1}, .batch = 4},
                  {.learn = Learn::language, .lr = Rates(5e-3), .shape = Cosine{.epochs = 1}},
                  {.train = "head", .lr = Rates(1e-2), .shape = OneCycle{.epochs = 1}, .batch = 8},
                  {.train = "all", .lr = Rates::range(1e-3, 1e-2), .shape = OneCycle{.epochs = 2}}};
  const auto whole = run(recipe, options("whole"), {});
  ASSERT_EQ(whole.outcome, Outcome::done);
  const auto csv = read_file(scratch_.path / "whole/predictions.csv");
  const auto log = read_log(read_file(scratch_.path / "whole/log.jsonl"), "log");
  ASSERT_EQ(log.stages.size(), 4u);
  std::vector<int64_t> first(5, 0);  // step of the run at which each stage begins
  for (const auto& row : log.steps) first[static_cast<size_t>(row.stage) + 1] = row.step + 1;
  EXPECT_TRUE(log.epochs.front().metrics.contains("perplexity"));
  EXPECT_TRUE(log.epochs.back().metrics.contains("accuracy"));
  // In the middle of each stage, and right at the ends of the second and the third.
  EXPECT_EQ(in_parts(recipe, {first[0] + 3, first[1] + 3, first[2], first[2] + 3, first[3], first[3] + 5}), csv);

  const auto again = predicted("whole", {"a warm story and a witty cast", "a grim story and a noisy cast"});
  EXPECT_EQ(again.activated.size(0), 2);
  EXPECT_TRUE(std::filesystem::exists(scratch_.path / "whole/language.safetensors"));
  EXPECT_EQ(load_bundle(scratch_.path / "whole/language.safetensors").pipeline.task.kind, nn::TaskKind::language_model);
  const auto page = read_file(scratch_.path / "whole/report.html");
  EXPECT_THAT(page, HasSubstr("class=\"marked\"")) << "the words of the worst texts";

  recipe.stage[1].batch = 16;
  EXPECT_THAT(problem(recipe), HasSubstr("stage.2.batch"));
}

/// Sales by shop and weekday, with a date.
std::string sales(int rows) {
  std::string csv = "Date,Shop,Weekday,Open,Sales\n";
  for (int k = 0; k < rows; ++k) {
    const int day = k / 4, shop = k % 4;
    Draw draw(5, 0, static_cast<uint64_t>(k), Purpose::other);
    const double value = 100 * (shop + 1) * (day % 7 == 6 ? 0.5 : 1) * std::exp(0.05 * draw.normal());
    char date[16];
    std::snprintf(date, sizeof date, "2015-%02d-%02d", 1 + day / 28, 1 + day % 28);
    csv += std::string(date) + ",shop " + std::to_string(shop) + "," + std::to_string(day % 7) + "," +
           (draw.chance(0.9) ? "true" : "false") + "," + std::to_string(value) + "\n";
  }
  return csv;
}

TEST_F(Kinds, ATableFromFileToModelFileWithTheSameBits) {
  Recipe recipe;
  recipe.table.path = file("sales.csv", sales(800));
  recipe.table.target = {"Sales"};
  recipe.table.target_transform = tabular::TargetTransform::log;
  recipe.table.split = tabular::SplitKind::time;
  recipe.table.split_column = "Date";
  recipe.table.elapsed = {"Open"};
  recipe.table.elapsed_by = "Shop";
  recipe.table_model.layers = {32};
  recipe.training.batch = 64;
  recipe.training.threads = 2;
  recipe.training.metrics = {"exp_rmspe"};
  recipe.stage = {{.lr = Rates(2e-2), .shape = OneCycle{.epochs = 30}}};
  const auto whole = run(recipe, options("whole"), {});
  ASSERT_EQ(whole.outcome, Outcome::done);
  EXPECT_LT(whole.summary.at("valid").at("rmspe"), 0.3) << "in the unit of the table, not of its logarithm";
  const auto csv = read_file(scratch_.path / "whole/predictions.csv");
  EXPECT_EQ(in_parts(recipe, {7, 30}), csv);

  const auto again = predicted("whole", {recipe.table.path});
  ASSERT_EQ(again.activated.size(0), 800);
  // predictions.csv names the rows of the file that validate.
  size_t compared = 0;
  for (size_t begin = csv.find('\n') + 1, end; (end = csv.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = csv.substr(begin, end - begin);
    const auto row = std::stoul(line.substr(4));
    const double value = std::stod(line.substr(line.rfind(',') + 1));
    EXPECT_NEAR(again.activated[static_cast<int64_t>(row) - 1][0].item<double>(), value, 1e-5 * value) << line;
    ++compared;
  }
  EXPECT_EQ(compared, whole.summary.at("items").at("valid"));
  EXPECT_TRUE(std::filesystem::exists(scratch_.path / "whole/embeddings/Shop.csv"));
  EXPECT_THAT(read_file(scratch_.path / "whole/report.html"), HasSubstr("Importance of the columns"));

  recipe.stage[0].mixup = 0.4;
  EXPECT_THAT(problem(recipe), HasSubstr("cannot be blended"));
}

}  // namespace
}  // namespace tenfold
