#include "tenfold/text/lm_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <numeric>
#include <set>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;

/// Documents 0 … 13, 100 … 108, 200 … 207: the example of the fastai reference.
TokenTexts documents() {
  TokenTexts texts;
  for (const auto& [first, count] : {std::pair{0, 14}, {100, 9}, {200, 8}}) {
    std::vector<int32_t> ids(static_cast<size_t>(count));
    std::iota(ids.begin(), ids.end(), first);
    texts.add(ids);
  }
  return texts;
}

TokenTexts many(int64_t count) {
  TokenTexts texts;
  int32_t next = 0;
  for (int64_t k = 0; k < count; ++k) {
    std::vector<int32_t> ids(static_cast<size_t>(5 + k * 7 % 23));
    std::iota(ids.begin(), ids.end(), next);
    next += static_cast<int32_t>(ids.size());
    texts.add(ids);
  }
  return texts;
}

Batch batch_of(const LanguageModelDataset& data, int64_t t, const std::optional<EpochKey>& key = {}) {
  std::vector<int64_t> index(static_cast<size_t>(data.options().rows));
  std::iota(index.begin(), index.end(), t * data.options().rows);
  return data.gather(index, key);
}

std::vector<int64_t> row(const at::Tensor& table, int64_t k) {
  const auto values = table[k].contiguous();
  return {values.const_data_ptr<int64_t>(), values.const_data_ptr<int64_t>() + values.numel()};
}

TEST(LanguageModelData, CutsAsFastai2Does) {
  const LanguageModelDataset data(documents(), {.rows = 3, .bptt = 4});
  EXPECT_EQ(data.batches(), 3);
  EXPECT_EQ(data.size(), 9);
  const auto first = batch_of(data, 0), last = batch_of(data, 2);
  EXPECT_THAT(row(first.x[0], 0), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(row(first.x[0], 1), ElementsAre(10, 11, 12, 13));
  EXPECT_THAT(row(first.x[0], 2), ElementsAre(106, 107, 108, 200));
  EXPECT_THAT(row(first.x[1], 1), ElementsAre(11, 12, 13, 100));
  EXPECT_THAT(row(last.x[0], 0), ElementsAre(8, 9));  // the last batch is what is left of 10 tokens a row
  EXPECT_THAT(row(last.x[1], 2), ElementsAre(206, 207));
  EXPECT_EQ(first.x[2].item<int64_t>(), 1);
  EXPECT_EQ(last.x[2].item<int64_t>(), 0);
  EXPECT_TRUE(at::equal(first.y, at::full({3}, 4, at::kLong)));
  EXPECT_TRUE(at::equal(last.y, at::full({3}, 2, at::kLong)));
}

TEST(LanguageModelData, ReadsEachDocumentFromItsEndBackwards) {
  const LanguageModelDataset data(documents(), {.rows = 3, .bptt = 4, .direction = Direction::backwards});
  const auto first = batch_of(data, 0);
  EXPECT_THAT(row(first.x[0], 0), ElementsAre(13, 12, 11, 10));
  EXPECT_THAT(row(first.x[0], 1), ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(row(first.x[1], 1), ElementsAre(2, 1, 0, 108));
}

TEST(LanguageModelData, DocumentsComeInANewOrderEachEpoch) {
  const LanguageModelDataset data(many(40), {.rows = 4, .bptt = 11});
  std::set<std::vector<int64_t>> beginnings;
  for (uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::set<int64_t> seen;
    std::vector<int64_t> last(4, -1);
    int64_t joins = 0;
    for (int64_t t = 0; t < data.batches(); ++t) {
      const auto batch = batch_of(data, t, EpochKey{7, epoch});
      for (int64_t r = 0; r < 4; ++r) {
        const auto tokens = row(batch.x[0], r), targets = row(batch.x[1], r);
        if (t > 0) EXPECT_EQ(tokens[0], last[static_cast<size_t>(r)]);  // goes on where the batch before stopped
        for (size_t k = 0; k < tokens.size(); ++k) {
          EXPECT_TRUE(seen.insert(tokens[k]).second) << tokens[k];
          if (k + 1 < tokens.size()) EXPECT_EQ(tokens[k + 1], targets[k]);
          joins += targets[k] != tokens[k] + 1;
        }
        last[static_cast<size_t>(r)] = targets.back();
      }
    }
    EXPECT_LE(joins, 40);  // documents are whole
    beginnings.insert(row(batch_of(data, 0, EpochKey{7, epoch}).x[0], 0));
  }
  EXPECT_EQ(beginnings.size(), 3u);
  EXPECT_TRUE(at::equal(batch_of(data, 2, EpochKey{7, 1}).x[0], batch_of(data, 2, EpochKey{7, 1}).x[0]));
}

TEST(LanguageModelData, LegacyLengthsAreDrawnAroundBptt) {
  TokenTexts texts;
  std::vector<int32_t> ids(20000);
  std::iota(ids.begin(), ids.end(), 0);
  texts.add(ids);
  const LanguageModelDataset data(texts, {.rows = 2, .bptt = 70, .scheme = StreamScheme::legacy});
  EXPECT_EQ(data.batches(), 10000 / 70 - 1);
  std::vector<int64_t> lengths;
  int64_t next = 0;
  for (int64_t t = 0; t < data.batches(); ++t) {
    const auto batch = batch_of(data, t, EpochKey{1, 0});
    EXPECT_EQ(batch.x[0][0][0].item<int64_t>(), next);
    EXPECT_EQ(batch.x[0][1][0].item<int64_t>(), 10000 + next);
    lengths.push_back(batch.x[0].size(1));
    next += lengths.back();
    EXPECT_TRUE(at::equal(batch.x[1], batch.x[0] + 1));
  }
  EXPECT_EQ(lengths[0], 95);
  EXPECT_LT(next, 10000);
  const auto halves = std::count_if(lengths.begin(), lengths.end(), [](int64_t n) { return n < 52; });
  EXPECT_GT(halves, 0);
  EXPECT_LT(halves, 20);  // 5 in 100 of 141
  const double mean = static_cast<double>(std::accumulate(lengths.begin() + 1, lengths.end(), int64_t{0})) /
                      static_cast<double>(lengths.size() - 1);
  EXPECT_NEAR(mean, 0.975 * 70, 3);
  std::vector<int64_t> other;
  for (int64_t t = 0; t < data.batches(); ++t) other.push_back(batch_of(data, t, EpochKey{1, 1}).x[0].size(1));
  EXPECT_NE(lengths, other);  // drawn anew each epoch
}

TEST(LanguageModelData, LegacyBackwardsTurnsTheRows) {
  TokenTexts texts;
  std::vector<int32_t> ids(60);
  std::iota(ids.begin(), ids.end(), 0);
  texts.add(ids);
  const LanguageModelDataset data(
      texts, {.rows = 2, .bptt = 5, .scheme = StreamScheme::legacy, .direction = Direction::backwards});
  const auto first = batch_of(data, 0);
  EXPECT_EQ(first.x[0][0][0].item<int64_t>(), 29);
  EXPECT_EQ(first.x[0][1][0].item<int64_t>(), 59);
  EXPECT_TRUE(at::equal(first.x[1], first.x[0] - 1));
}

TEST(LanguageModelData, AnItemIsARowOfItsBatch) {
  const LanguageModelDataset data(documents(), {.rows = 3, .bptt = 4});
  const auto item = data.get(4, std::nullopt);
  EXPECT_TRUE(at::equal(item.x[0], batch_of(data, 1).x[0][1]));
  EXPECT_EQ(item.y.item<int64_t>(), 4);
  EXPECT_EQ(data.target(8).item<int64_t>(), 2);
  EXPECT_EQ(data.name(4), "batch 1, row 1");
}

TEST(LanguageModelData, RefusesABatchThatIsNotItsRows) {
  const LanguageModelDataset data(documents(), {.rows = 3, .bptt = 4});
  EXPECT_THROW(data.gather({0, 1}, std::nullopt), ConfigError);
  EXPECT_THROW(data.gather({1, 2, 3}, std::nullopt), ConfigError);
  EXPECT_THROW(LanguageModelDataset(documents(), {.rows = 31, .bptt = 4}), ConfigError);
  EXPECT_NO_THROW(LanguageModelDataset(documents(), {.rows = 30, .bptt = 4}));
  EXPECT_THROW(LanguageModelDataset(TokenTexts{}, {}), ConfigError);
  EXPECT_THROW(LanguageModelDataset(documents(), {.rows = 3, .bptt = 0}), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
