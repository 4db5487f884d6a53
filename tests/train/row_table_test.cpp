#include "tenfold/train/row_table.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

TEST(RowTable, GathersRowsOfManyBlocks) {
  const auto one = torch::arange(12, torch::kFloat).view({4, 3}), two = one + 100;
  RowTable table(5);
  EXPECT_EQ(table.missing(), (std::vector<int64_t>{0, 1, 2, 3, 4}));
  table.put(one, {0, 3}, {4, 0});
  table.put(two, {1}, {2});
  EXPECT_EQ(table.missing(), (std::vector<int64_t>{1, 3}));
  EXPECT_TRUE(at::equal(table.gather({2, 0, 4, 0}), torch::stack({two[1], one[3], one[0], one[3]})));
  EXPECT_THROW(table.gather({0, 1}), Error);

  const RowTable chosen = table.select({4, 2});
  EXPECT_EQ(chosen.size(), 2);
  EXPECT_TRUE(at::equal(chosen.gather({0, 1}), torch::stack({one[0], two[1]})));

  RowTable whole(3);
  whole.put(chosen, {2, 1});
  EXPECT_EQ(whole.missing(), (std::vector<int64_t>{0}));
  EXPECT_TRUE(at::equal(whole.gather({2}), one.narrow(0, 0, 1)));
}

TEST(RowTable, KeepsMapsAndTheirDtype) {
  const auto maps = torch::randn({6, 2, 3, 3}).to(torch::kBFloat16);
  const RowTable table(maps);
  const auto some = table.gather({5, 1});
  EXPECT_EQ(some.scalar_type(), torch::kBFloat16);
  EXPECT_TRUE(at::equal(some, torch::stack({maps[5], maps[1]})));
}

TEST(RowTable, RefusesRowsOfAnotherKind) {
  RowTable table(4);
  table.put(torch::zeros({1, 3}), {0}, {0});
  EXPECT_THROW(table.put(torch::zeros({1, 4}), {0}, {1}), Error);
  EXPECT_THROW(table.put(torch::zeros({1, 3}, torch::kBFloat16), {0}, {1}), Error);
  EXPECT_THROW(RowTable(torch::zeros({1, 4})).put(table, {0, 0, 0, 0}), Error);
}

TEST(RowTable, KeepsItsOwnersAlive) {
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> alive = owner;
  {
    RowTable table(1);
    table.put(torch::zeros({1, 3}), {0}, {0}, std::move(owner));
    const auto copy = table.select({0});
    table = RowTable(0);
    EXPECT_FALSE(alive.expired());
  }
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace tenfold
