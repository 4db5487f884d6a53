// Predictions as CSV: what each kind of task says of an item, whole or in parts.

#include "tenfold/run/results.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cstdio>

namespace tenfold {
namespace {

Predictions made(const at::Tensor& activated, std::vector<std::string> names) {
  Predictions out;
  out.activated = activated;
  out.names = std::move(names);
  return out;
}

std::string printed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

TEST(PredictionsCsv, NamesTheClassAndQuotesWhatNeedsIt) {
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 3};
  const auto predictions =
      made(at::tensor({0.25, 0.5, 0.25, 1.0, 0.0, 0.0}, at::kFloat).view({2, 3}), {"a,b.jpg", "plain"});
  EXPECT_EQ(predictions_csv(task, {"cat", "dog, big", "fox"}, {}, predictions),
            "name,predicted,cat,\"dog, big\",fox\n"
            "\"a,b.jpg\",\"dog, big\",0.25,0.5,0.25\n"
            "plain,cat,1,0,0\n");
}

TEST(PredictionsCsv, ListsLabelsAboveTheThreshold) {
  const nn::Task task{.kind = nn::TaskKind::multi_label, .classes = 3, .threshold = 0.3};
  const auto predictions = made(at::tensor({0.25, 0.5, 0.375, 0.125, 0.0, 0.0}, at::kFloat).view({2, 3}), {"x", "y"});
  EXPECT_EQ(predictions_csv(task, {"sun", "sea", "sand"}, {}, predictions),
            "name,predicted,sun,sea,sand\n"
            "x,sea sand,0.25,0.5,0.375\n"
            "y,,0.125,0,0\n");
}

TEST(PredictionsCsv, PrintsValuesToSixDigits) {
  const nn::Task task{.kind = nn::TaskKind::regression, .classes = 2};
  const std::vector<float> values = {1e-7F, 123456.78F, -0.1F, 3e20F};
  const auto predictions = made(at::tensor(values).view({2, 2}), {"x", "y"});
  std::string expected = "name,predicted,low,high\n";
  for (size_t row = 0; row < 2; ++row) {
    const auto low = printed(static_cast<double>(values[2 * row])),
               high = printed(static_cast<double>(values[2 * row + 1]));
    expected += (row == 0 ? "x," : "y,") + low + " " + high + "," + low + "," + high + "\n";
  }
  EXPECT_EQ(predictions_csv(task, {}, {"low", "high"}, predictions), expected);
}

TEST(PredictionsCsv, InPartsIsTheSameText) {
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  constexpr int64_t kRows = 10007;  // several pieces a thread
  const auto second = at::arange(kRows, at::kFloat) / kRows;
  const auto activated = at::stack({1 - second, second}, 1);
  std::vector<std::string> names;
  for (int64_t k = 0; k < kRows; ++k) names.push_back("row " + std::to_string(k + 1));
  const std::vector<std::string> classes = {"no", "yes"};
  const auto whole = predictions_csv(task, classes, {}, made(activated, names));
  std::string parts = predictions_header(task, classes, {});
  for (int64_t first = 0; first < kRows; first += 4000) {
    const int64_t count = std::min<int64_t>(4000, kRows - first);
    parts += predictions_rows(
        task, classes, made(activated.narrow(0, first, count), {names.begin() + first, names.begin() + first + count}));
  }
  EXPECT_EQ(parts, whole);
  for (int64_t k = 0; k < kRows; k += 997) {
    const float yes = second[k].item<float>();
    const std::string line = names[static_cast<size_t>(k)] + (yes > 0.5F ? ",yes," : ",no,") +
                             printed(static_cast<double>(1 - yes)) + "," + printed(static_cast<double>(yes)) + "\n";
    EXPECT_NE(whole.find("\n" + line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace tenfold
