#include "tenfold/text/beam_search.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold::text {
namespace {

constexpr int64_t kTokens = 4, kBegin = 0, kEnd = 1;  // 2 and 3 are words

/// log-probabilities of what follows a text in sentence `number`; a table drawn at random, the same each time.
std::vector<double> after(int64_t number, const std::vector<int64_t>& text) {
  uint64_t key = static_cast<uint64_t>(number) + 1;
  for (const int64_t token : text) key = key * 7 + static_cast<uint64_t>(token) + 1;
  Draw draw(5, static_cast<uint64_t>(number), key, Purpose::other);
  std::vector<double> weights;
  double sum = 0;
  for (int64_t token = 0; token < kTokens; ++token) {
    weights.push_back(token == kBegin ? 1e-9 : std::exp(1.5 * draw.normal()));
    sum += weights.back();
  }
  for (auto& weight : weights) weight = std::log(weight / sum);
  return weights;
}

/// Remembers the texts that it wrote.
class Table : public StepDecoder {
 public:
  Table(int64_t sentences, int64_t beam) : beam_(beam) {
    for (int64_t k = 0; k < sentences * beam; ++k) rows_.push_back({k / beam, {}});
  }
  at::Tensor step(const at::Tensor& tokens) override {
    auto scores = at::empty({static_cast<int64_t>(rows_.size()), kTokens}, at::kFloat);
    for (size_t k = 0; k < rows_.size(); ++k) {
      auto& [number, text] = rows_[k];
      if (const int64_t token = tokens[static_cast<int64_t>(k)].item<int64_t>(); token != kBegin) text.push_back(token);
      const auto next = after(number, text);
      for (int64_t token = 0; token < kTokens; ++token)
        scores[static_cast<int64_t>(k)][token] = next[static_cast<size_t>(token)];
    }
    ++steps;
    return scores;
  }
  void select(const at::Tensor& rows) override {
    auto before = rows_;
    rows_.clear();
    for (int64_t k = 0; k < rows.numel(); ++k) rows_.push_back(before[static_cast<size_t>(rows[k].item<int64_t>())]);
    for (size_t k = 0; k < rows_.size(); ++k)  // rows stay with their sentence
      EXPECT_EQ(rows_[k].first, rows_[k / static_cast<size_t>(beam_) * static_cast<size_t>(beam_)].first);
  }
  int steps = 0;

 private:
  int64_t beam_;
  std::vector<std::pair<int64_t, std::vector<int64_t>>> rows_;
};

/// The best of all texts of at most `most` tokens, the end among them.
Hypothesis enumerated(int64_t number, int64_t most, double alpha) {
  Hypothesis best{.tokens = {}, .log_probability = 0, .score = -INFINITY};
  const std::function<void(std::vector<int64_t>, double)> grow = [&](const std::vector<int64_t>& text, double sum) {
    const auto next = after(number, text);
    const double ended = sum + next[kEnd];
    const double score = ended / std::pow((5 + static_cast<double>(text.size()) + 1) / 6, alpha);
    if (score > best.score) best = {text, ended, score};
    if (static_cast<int64_t>(text.size()) + 1 >= most) return;
    for (const int64_t token : {int64_t{0}, int64_t{2}, int64_t{3}}) {
      auto longer = text;
      longer.push_back(token);
      grow(longer, sum + next[static_cast<size_t>(token)]);
    }
  };
  grow({}, 0);
  return best;
}

std::vector<Hypothesis> searched(int64_t sentences, int64_t beam, double alpha, int64_t most) {
  Table table(sentences, beam);
  return beam_search(table, {.sentences = sentences,
                             .beam = beam,
                             .length_penalty = alpha,
                             .most = std::vector<int64_t>(static_cast<size_t>(sentences), most),
                             .begin = kBegin,
                             .end = kEnd});
}

TEST(BeamSearch, WithABeamForAllTextsFindsTheBestOfAll) {
  constexpr int64_t most = 5, all = 81;  // 3 words to the power of 4
  for (const double alpha : {0.0, 0.6, 1.0, 2.0}) {
    const auto found = searched(12, all, alpha, most);
    for (int64_t k = 0; k < 12; ++k) {
      const auto best = enumerated(k, most, alpha);
      EXPECT_EQ(found[static_cast<size_t>(k)].tokens, best.tokens) << "sentence " << k << ", penalty " << alpha;
      EXPECT_NEAR(found[static_cast<size_t>(k)].score, best.score, 1e-5);
      EXPECT_NEAR(found[static_cast<size_t>(k)].log_probability, best.log_probability, 1e-5);
    }
  }
}

TEST(BeamSearch, OfOneIsGreedy) {
  const auto found = searched(20, 1, 0.6, 7);
  for (int64_t k = 0; k < 20; ++k) {
    std::vector<int64_t> text;
    while (static_cast<int64_t>(text.size()) + 1 < 7) {
      const auto next = after(k, text);
      const auto token = std::max_element(next.begin(), next.end()) - next.begin();
      if (token == kEnd) break;
      text.push_back(token);
    }
    EXPECT_EQ(found[static_cast<size_t>(k)].tokens, text) << k;
  }
}

TEST(BeamSearch, GetsNoWorseOnTheWholeWithMoreRows) {
  double before = -INFINITY;
  for (const int64_t beam : {1, 3, 27}) {
    double sum = 0;
    for (const auto& found : searched(30, beam, 0, 5)) sum += found.score;
    EXPECT_GE(sum, before);
    before = sum;
  }
}

TEST(BeamSearch, DoesNotDependOnWhatIsTranslatedBeside) {
  const auto together = searched(6, 3, 0.6, 6);
  for (int64_t k = 1; k < 6; ++k) {
    Table all(6, 3);
    std::vector<int64_t> most(6, 1);  // the others end at once
    most[static_cast<size_t>(k)] = 6;
    const auto found = beam_search(
        all, {.sentences = 6, .beam = 3, .length_penalty = 0.6, .most = most, .begin = kBegin, .end = kEnd});
    EXPECT_EQ(found[static_cast<size_t>(k)].tokens, together[static_cast<size_t>(k)].tokens);
    EXPECT_TRUE(found[0].tokens.empty());
  }
}

TEST(BeamSearch, StopsWhenNothingCanGetBetter) {
  /// Ends almost surely after one word.
  struct Short : StepDecoder {
    at::Tensor step(const at::Tensor& tokens) override {
      ++steps;
      const auto next = steps == 1 ? at::tensor({-20.0, -20.0, -0.001, -9.0}) : at::tensor({-20.0, -0.001, -8.0, -8.0});
      return next.to(at::kFloat).expand({tokens.numel(), 4});
    }
    void select(const at::Tensor&) override {}
    int steps = 0;
  } decoder;
  const auto found = beam_search(
      decoder, {.sentences = 1, .beam = 5, .length_penalty = 0.6, .most = {100}, .begin = kBegin, .end = kEnd});
  EXPECT_THAT(found[0].tokens, testing::ElementsAre(2));
  EXPECT_LE(decoder.steps, 3);
}

TEST(BeamSearch, RefusesWhatCannotWork) {
  EXPECT_THROW(searched(1, 0, 0, 5), ConfigError);
  EXPECT_THROW(searched(1, 1, 0, 0), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
