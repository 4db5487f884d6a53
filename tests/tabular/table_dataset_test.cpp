#include "tenfold/tabular/table_dataset.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

Columns columns() {
  return {.codes = at::tensor({1, 0, 2, 3, 0, 1}, at::kInt).view({3, 2}),
          .continuous = at::tensor({0.5f, -1.0f, 2.0f}).view({3, 1}),
          .target = at::tensor({1, 0, 1}, at::kLong)};
}

TEST(TableDataset, GathersRowsAsTheLoaderWouldStackThem) {
  const TableDataset table(columns());
  const auto batch = table.gather({2, 0, 2}, std::nullopt);
  EXPECT_TRUE(at::equal(batch.x[0], at::tensor({0, 1, 1, 0, 0, 1}, at::kLong).view({3, 2})));
  EXPECT_TRUE(at::equal(batch.x[1], at::tensor({2.0f, 0.5f, 2.0f}).view({3, 1})));
  EXPECT_TRUE(at::equal(batch.y, at::tensor({1, 1, 1}, at::kLong)));
  EXPECT_EQ(batch.index, (std::vector<int64_t>{2, 0, 2}));
  const auto stacked =
      table.collate({table.get(2, std::nullopt), table.get(0, std::nullopt), table.get(2, std::nullopt)}, {2, 0, 2});
  for (size_t k = 0; k < 2; ++k) EXPECT_TRUE(at::equal(stacked.x[k], batch.x[k]));
  EXPECT_TRUE(at::equal(stacked.y, batch.y));
}

TEST(TableDataset, SmallTypesHoldTheSameTable) {
  const TableDataset wide(columns());
  for (const auto type : {at::kByte, at::kShort, at::kLong}) {
    auto narrow = columns();
    narrow.codes = narrow.codes.to(type);
    narrow.continuous = narrow.continuous.to(at::kBFloat16);  // these values are exact in it
    const auto batch = TableDataset(narrow).gather({0, 1, 2}, std::nullopt);
    EXPECT_TRUE(at::equal(batch.x[0], wide.gather({0, 1, 2}, std::nullopt).x[0]));
    EXPECT_EQ(batch.x[1].scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(batch.x[1], wide.gather({0, 1, 2}, std::nullopt).x[1]));
  }
}

TEST(TableDataset, ASplitSharesTheColumnsAndKeepsTheRowsNames) {
  const TableDataset all(columns(), /*first_row=*/2);  // after a header
  const TableDataset split(all, {2, 1}), nested(split, {1});
  EXPECT_EQ(split.size(), 2);
  EXPECT_EQ(split.name(0), "row 4");
  EXPECT_EQ(nested.name(0), "row 3");
  EXPECT_EQ(split.target(1).item<int64_t>(), 0);
  EXPECT_EQ(split.columns().codes.data_ptr(), all.columns().codes.data_ptr());
  EXPECT_TRUE(at::equal(split.gather({0}, std::nullopt).x[0], at::tensor({0, 1}, at::kLong).view({1, 2})));
  EXPECT_NE(split.fingerprint(), all.fingerprint());
  EXPECT_THROW(TableDataset(all, {3}), ConfigError);
}

TEST(TableDataset, OneKindOfColumnIsEnough) {
  const TableDataset numbers(Columns{.continuous = at::ones({4, 2})});
  const auto batch = numbers.gather({1, 3}, std::nullopt);
  EXPECT_EQ(batch.x[0].sizes(), (std::vector<int64_t>{2, 0}));
  EXPECT_FALSE(batch.y.defined());
  EXPECT_FALSE(numbers.target(0).defined());
  EXPECT_THROW(TableDataset(Columns{}), ConfigError);
}

TEST(TableDataset, SaysWhatDoesNotFit) {
  auto wrong = columns();
  wrong.continuous = at::ones({2, 1});
  EXPECT_THROW(TableDataset{wrong}, ConfigError);
  wrong = columns();
  wrong.codes = wrong.codes.to(at::kFloat);
  EXPECT_THROW(TableDataset{wrong}, ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
