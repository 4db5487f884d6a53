// The whole way as a user goes it, with the built programs: inspect, train, evaluate, predict, explain; and its
// accidents.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "program.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int kEach = 20, kSize = 32;

std::vector<std::string> training(const fs::path& pictures, const fs::path& out,
                                  const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"train",       "--images",   pictures.string(),
                                    "--out",       out.string(), "--size",
                                    "32",          "--batch",    "8",
                                    "--threads",   "1",          "--workers",
                                    "1",           "--augment",  "small",
                                    "--precision", "fp32",       "--backbone",
                                    "small_resnet"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// One run that several tests look at.
class Journey : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    make_pictures(*folder_ / "pictures", kEach, kSize);
    trained_ = new Finished(
        run_words(training(pictures(), run(), {"--epochs", "3", "--json", (*folder_ / "result.json").string()})));
  }
  static void TearDownTestSuite() {
    delete trained_;
    delete folder_;
  }
  static fs::path pictures() { return *folder_ / "pictures"; }
  static fs::path run() { return *folder_ / "run"; }

  static inline Folder* folder_ = nullptr;
  static inline Finished* trained_ = nullptr;
};

TEST_F(Journey, TrainLeavesARunFolder) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  for (const char* file : {"recipe.toml", "log.jsonl", "summary.json", "report.html", "model.safetensors",
                           "checkpoint.safetensors", "predictions.csv"})
    EXPECT_TRUE(fs::exists(run() / file)) << file;
  EXPECT_THAT(trained_->out, HasSubstr("valid"));
  EXPECT_THAT(trained_->out, HasSubstr((run() / "report.html").string()));
  EXPECT_THAT(trained_->err, HasSubstr("epoch 3"));
  EXPECT_THAT(trained_->err, Not(HasSubstr("\r")));  // plain lines outside a terminal
}

TEST_F(Journey, TrainSaysTheSameToPrograms) {
  const auto json = Json::parse(slurp(*folder_ / "result.json"));
  EXPECT_EQ(json.at("outcome"), "done");
  EXPECT_EQ(json.at("task"), "single_label");
  EXPECT_EQ(json.at("items").at("train").get<int>() + json.at("items").at("valid").get<int>(), 3 * kEach);
  for (const char* key : {"epochs", "seconds", "train_per_second", "peak_rss_mib", "threads", "precision", "seed",
                          "version", "recipe_hash"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(Json::parse(slurp(run() / "summary.json")).at("recipe_hash"), json.at("recipe_hash"));
}

TEST_F(Journey, TheRecipeOfTheRunRunsAgainToTheSameBits) {
  const auto again = run_words({"train", (run() / "recipe.toml").string(), "--out", (*folder_ / "again").string()});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(slurp(*folder_ / "again/predictions.csv"), slurp(run() / "predictions.csv"));
}

TEST_F(Journey, TheRecipeOfTheRunExplainsItself) {
  EXPECT_THAT(slurp(run() / "recipe.toml"), HasSubstr("same bits\nseed = 42\n"));
}

TEST_F(Journey, AFinishedRunIsNotOverwritten) {
  const auto result = run_words(training(pictures(), run()));
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--resume"));
}

TEST_F(Journey, EvaluateMeasuresWhatTrainingMeasured) {
  const auto result = run_words({"evaluate", run().string(), "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = Json::parse(result.out);
  const auto summary = Json::parse(slurp(run() / "summary.json"));
  EXPECT_EQ(json.at("split"), "valid");
  EXPECT_NEAR(json.at("loss").get<double>(), summary.at("valid").at("loss").get<double>(), 1e-5);
  EXPECT_EQ(json.at("accuracy"), summary.at("valid").at("accuracy"));
}

/// Share of right ones among predictions of files that lie in folders named by their class.
double accuracy_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);  // the heading
  int right = 0, all = 0;
  while (std::getline(lines, line)) {
    const std::string name = line.substr(0, line.find(','));
    const std::string predicted = line.substr(name.size() + 1, line.find(',', name.size() + 1) - name.size() - 1);
    right += fs::path(name).parent_path().filename() == predicted;
    ++all;
  }
  return static_cast<double>(right) / all;
}

TEST_F(Journey, EvaluateTakesOtherImagesWithFewerClasses) {
  make_pictures(*folder_ / "others", 5, kSize);
  fs::remove_all(*folder_ / "others/across");  // so that "down" is class 0 here, and class 1 of the model
  const std::string others = (*folder_ / "others").string();
  const auto result =
      run_words({"evaluate", (run() / "model.safetensors").string(), "--images", others, "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("items"), 10);
  const auto predicted = run_words({"predict", run().string(), others});
  EXPECT_NEAR(Json::parse(result.out).at("accuracy").get<double>(), accuracy_of(predicted.out), 1e-6);
}

TEST_F(Journey, EvaluateNamesAClassThatTheModelDoesNotKnow) {
  make_pictures(*folder_ / "strange", 5, kSize);
  spill(*folder_ / "strange/dawn/x.bmp", bmp(kSize, 0, 1));
  const auto result = run_words({"evaluate", run().string(), "--images", (*folder_ / "strange").string()});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("'dawn'"));
  EXPECT_THAT(result.err, HasSubstr("nearest is 'down'"));
}

TEST_F(Journey, PredictWritesCsv) {
  const auto result =
      run_words({"predict", run().string(), (pictures() / "across/a0.bmp").string(), (pictures() / "down").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("name,predicted,across,down,plain\n"));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1 + 1 + kEach);
}

TEST_F(Journey, PredictRanksAndReadsNamesFromStandardInput) {
  const std::string picture = (pictures() / "down/d3.bmp").string();
  const auto result =
      run_words({"predict", run().string(), "-", "--top", "1", "--out", (*folder_ / "p.csv").string(), "--json", "-"},
                {.input = picture + "\n"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = Json::parse(result.out);
  ASSERT_EQ(json.at("predictions").size(), 1u);
  const auto& item = json["predictions"][0];
  EXPECT_EQ(item.at("values").size(), 1u);
  EXPECT_GE(item.at("values").front().get<double>(), 1.0 / 3);  // the best of three classes
  EXPECT_THAT(slurp(*folder_ / "p.csv"), StartsWith("name,predicted,class_1,probability_1\n"));
}

TEST_F(Journey, PredictNamesTheFileThatIsNoImage) {
  spill(*folder_ / "page.jpg", "<!DOCTYPE html><html></html>");
  const auto result = run_words({"predict", run().string(), (*folder_ / "page.jpg").string()});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("page.jpg"));
  EXPECT_THAT(result.err, StartsWith("tenfold: error: "));
}

TEST_F(Journey, ExplainRewritesTheReport) {
  fs::remove(run() / "report.html");
  const auto result =
      run_words({"explain", run().string(), "--top", "3", "--json", (*folder_ / "explained.json").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("actual \\ predicted"));
  const auto json = Json::parse(slurp(*folder_ / "explained.json"));
  EXPECT_EQ(json.at("top_losses").size(), 3u);
  int64_t all = 0;
  for (const auto& row : json.at("confusion"))
    for (const auto& count : row) all += count.get<int64_t>();
  EXPECT_EQ(all, Json::parse(slurp(run() / "summary.json")).at("items").at("valid").get<int64_t>());
  EXPECT_EQ(json.at("split"), "valid");
  const std::string report = slurp(run() / "report.html");
  for (const char* part : {"confusion", "losses", "embedding"})
    EXPECT_THAT(report, HasSubstr("<section id=\"" + std::string(part) + "\""));
  EXPECT_THAT(report, HasSubstr("losses heated")) << "class activation maps";
}

TEST_F(Journey, InspectCountsAndRecommends) {
  const auto result = run_words({"inspect", pictures().string()});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("across"));
  EXPECT_THAT(result.out, HasSubstr("tenfold train"));
}

TEST_F(Journey, InspectListsAllBrokenFilesAtOnce) {
  make_pictures(*folder_ / "broken", 3, kSize);
  spill(*folder_ / "broken/across/empty.bmp", "");
  spill(*folder_ / "broken/down/page.jpg", "<html></html>");
  const auto result = run_words({"inspect", (*folder_ / "broken").string(), "--json", "-"});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(Json::parse(result.out).at("broken").size(), 2u);
  EXPECT_EQ(run_words(training(*folder_ / "broken", *folder_ / "none", {"--epochs", "1"})).code, 3);
}

TEST_F(Journey, LrFindSuggestsARate) {
  const auto result = run_words({"lr-find", "--images", pictures().string(), "--size", "32", "--batch", "4",
                                 "--threads", "1", "--lr_find.steps", "40", "--report", (*folder_ / "lr.html").string(),
                                 "--json", (*folder_ / "lr.json").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("valley"));
  EXPECT_TRUE(fs::exists(*folder_ / "lr.html"));
  const double valley = Json::parse(slurp(*folder_ / "lr.json")).at("suggestions").at("valley").get<double>();
  EXPECT_GT(valley, 1e-7);
  EXPECT_LT(valley, 10);
}

TEST_F(Journey, LrFindDrawsTheCurveForATerminalOrWhereAsked) {
  const std::vector<std::string> words = {"lr-find",   "--images", pictures().string(), "--size", "32", "--batch", "4",
                                          "--threads", "1",        "--lr_find.steps",   "20"};
  auto asked = words;
  asked.push_back("--plot");
  const auto plain = run_words(words), drawn = run_words(asked);
  EXPECT_THAT(plain.out, Not(HasSubstr("└")));
  EXPECT_THAT(drawn.out, HasSubstr("└"));
  EXPECT_THAT(drawn.out, HasSubstr("a  valley  "));  // the suggestion is marked below the axis
}

TEST_F(Journey, CtrlCLeavesACheckpointFromWhichTheRunEndsTheSame) {
  const auto words = training(pictures(), *folder_ / "stopped", {"--epochs", "3", "--checkpoint-steps", "1000"});
  Started started(tenfold_program(), words, {}, {}, "");
  const auto log = *folder_ / "stopped/log.jsonl";
  for (int k = 0; k < 600 && slurp(log).find("\"step\"") == std::string::npos; ++k)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  kill(started.process(), SIGINT);
  const auto stopped = started.wait();
  if (stopped.code == 0) GTEST_SKIP() << "the run ended before the signal came";
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("tenfold train --resume"));
  EXPECT_FALSE(fs::exists(*folder_ / "stopped/summary.json"));
  EXPECT_THAT(run_words({"runs", "list", folder_->path().string()}).out, HasSubstr("stopped at step"));
  const auto resumed = run_words({"train", "--resume", (*folder_ / "stopped").string()});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(slurp(*folder_ / "stopped/predictions.csv"), slurp(run() / "predictions.csv"));
}

TEST(Doctor, SaysWhatAutoPicksHere) {
  const auto result = run_words({"doctor", "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = Json::parse(result.out);
  EXPECT_GE(json.at("machine").at("cores").get<int>(), 1);
  EXPECT_GE(json.at("auto").at("threads").get<int>(), 1);
  EXPECT_THAT(json.at("auto").at("precision").get<std::string>(), testing::AnyOf("bf16", "fp32"));
  EXPECT_THAT(run_words({"doctor"}).out, HasSubstr("LibTorch"));
}

TEST(Models, ListsTheNetworks) {
  const auto result = run_words({"models", "list", "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = Json::parse(result.out);
  bool found = false;
  for (const auto& row : json.at("models")) found = found || row.at("name") == "resnet18";
  EXPECT_TRUE(found);
  EXPECT_EQ(run_words({"models", "verify", "resnet19"}).code, 2);
}

TEST(Weights, OfNoKindAreBadData) {
  const Folder folder;
  spill(folder / "model.safetensors", "no tensors here");
  const auto result = run_words({"predict", (folder / "model.safetensors").string(), "x.jpg"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("model.safetensors"));
}

}  // namespace
}  // namespace tenfold::cli
