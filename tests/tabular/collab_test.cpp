#include "tenfold/tabular/collab.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/train/predictions.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kUsers = 61, kItems = 41;

/// Ratings of a rank-2 truth with noise of deviation 0.1, so that no model can do better than an RMSE of 0.1.
struct Ratings {
  at::Tensor truth = at::empty({kUsers, kItems}, at::kDouble);
  TableData data;
  std::shared_ptr<const TableDataset> train, valid;

  Ratings() {
    std::vector<double> user(kUsers * 3), item(kItems * 3);
    Draw draw(5, 0, 0, Purpose::other);
    for (auto& value : user) value = draw.normal();
    for (auto& value : item) value = draw.normal();
    std::vector<int64_t> pairs;
    std::vector<float> ratings;
    for (int64_t u = 1; u < kUsers; ++u)
      for (int64_t i = 1; i < kItems; ++i) {
        const double* a = &user[static_cast<size_t>(3 * u)];
        const double* b = &item[static_cast<size_t>(3 * i)];
        const double rating = 3 + 0.5 * (a[0] * b[0] + a[1] * b[1]) + 0.3 * a[2] + 0.4 * b[2];
        truth[u][i] = rating;
        pairs.insert(pairs.end(), {u, i});
        ratings.push_back(static_cast<float>(rating + 0.1 * draw.normal()));
      }
    const auto n = static_cast<int64_t>(ratings.size());
    const TableDataset all(
        {.codes = at::tensor(pairs, at::kInt).view({n, 2}), .target = at::tensor(ratings).view({n, 1})});
    std::vector<int64_t> in, out;
    for (int64_t k = 0; k < n; ++k) (draw.chance(0.25) ? out : in).push_back(k);
    train = std::make_shared<TableDataset>(all, in);
    valid = std::make_shared<TableDataset>(all, out);
    data = table_data(train, valid, nullptr, {.levels = {kUsers, kItems}},
                      {.kind = nn::TaskKind::regression, .classes = 1}, {"rating"});
  }
};

Learner trained(const Ratings& ratings, const CollabOptions& options) {
  auto learn =
      collab_learner(ratings.data, options, {.batch = 64, .metrics = {"rmse"}, .optimizer = {.weight_decay = 0.01}});
  learn.fit({.lr = 5e-2, .shape = OneCycle{.epochs = 30}});
  return learn;
}

TEST(Collab, FindsALowRankTruth) {
  const Ratings ratings;
  auto learn = trained(ratings, {.factors = 4});
  const double rmse = learn.record().epochs.back().metrics.at("rmse");
  EXPECT_LT(rmse, 0.2);  // the best is 0.1; the ratings' deviation is about 0.9
  EXPECT_GT(rmse, 0.09);
}

TEST(Collab, NeuralVariantLearnsToo) {
  const Ratings ratings;
  auto learn = trained(ratings, {.arch = CollabArch::neural, .factors = 32, .range = {-2, 8}});
  EXPECT_LT(learn.record().epochs.back().metrics.at("rmse"), 0.45);
}

TEST(Collab, RecommendsTheBestUnseenItems) {
  const Ratings ratings;
  auto learn = trained(ratings, {.factors = 4});
  const int64_t user = 7;
  const auto all = recommend(learn, kUsers, kItems, user, kItems, {});
  ASSERT_EQ(all.size(), static_cast<size_t>(kItems - 1));  // never index 0
  for (size_t k = 1; k < all.size(); ++k) EXPECT_GE(all[k - 1].rating, all[k].rating);
  const auto best = ratings.truth[user].narrow(0, 1, kItems - 1).argmax().item<int64_t>() + 1;
  EXPECT_TRUE(all[0].item == best || all[1].item == best);
  const auto without = recommend(learn, kUsers, kItems, user, 3, {all[0].item, all[2].item});
  ASSERT_EQ(without.size(), 3u);
  EXPECT_EQ(without[0].item, all[1].item);
  EXPECT_EQ(without[1].item, all[3].item);
  EXPECT_THROW(recommend(learn, kUsers, kItems, kUsers, 3, {}), ConfigError);
}

TEST(Collab, AnUnseenUserGetsWhatMostLike) {
  const Ratings ratings;
  auto learn = trained(ratings, {.factors = 4});
  average_unseen(learn.model());
  const auto found = recommend(learn, kUsers, kItems, 0, 8, {});
  const auto mean = ratings.truth.narrow(0, 1, kUsers - 1).mean(0);
  const double everywhere = mean.narrow(0, 1, kItems - 1).mean().item<double>();
  double sum = 0;
  for (const auto& one : found) sum += mean[one.item].item<double>();
  EXPECT_GT(sum / 8, everywhere + 0.3);
}

TEST(Collab, RecallCountsTheLikedAmongTheRecommended) {
  const Ratings ratings;
  auto learn = trained(ratings, {.factors = 4});
  // Everything is recommended: all that is liked is among it.
  EXPECT_DOUBLE_EQ(recall_at(learn, *ratings.train, *ratings.valid, kUsers, kItems, kItems, 4), 1);
  EXPECT_DOUBLE_EQ(recall_at(learn, *ratings.train, *ratings.valid, kUsers, kItems, 0, 4), 0);
  const double five = recall_at(learn, *ratings.train, *ratings.valid, kUsers, kItems, 5, 4);
  EXPECT_GT(five, 0.8);  // about ten items a user are left, so that chance is a half
  EXPECT_TRUE(std::isnan(recall_at(learn, *ratings.train, *ratings.valid, kUsers, kItems, 5, 1000)));
}

TEST(Collab, SaysWhatDoesNotFit) {
  const Ratings ratings;
  auto wide = ratings.data;
  wide.shape.levels.push_back(3);
  EXPECT_THROW(collab_learner(wide, {}), ConfigError);
  EXPECT_THROW(collab_learner(ratings.data, {.factors = 0}), ConfigError);
  auto classes = ratings.data;
  classes.task = {.kind = nn::TaskKind::single_label, .classes = 5};
  EXPECT_THROW(collab_learner(classes, {}), ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
