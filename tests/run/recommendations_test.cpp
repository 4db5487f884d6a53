// Ratings from a table to recommendations, by recipe and model file.

#include "tenfold/run/recommendations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scene.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/run.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

constexpr int kUsers = 60, kItems = 40;

/// Even users like even films, odd ones odd; film 7 everybody. A third of the pairs is there.
double taste(int user, int item) { return item == 7 ? 5 : user % 2 == item % 2 ? 4 : 2; }

std::string ratings() {
  std::string csv = "when,film,user,stars\n";
  Draw draw(3, 0, 0, Purpose::other);
  for (int user = 0; user < kUsers; ++user)
    for (int item = 0; item < kItems; ++item)
      if (draw.chance(0.4))
        csv += std::to_string(draw.below(1000)) + ",film " + std::to_string(item) + "," + std::to_string(100 + user) +
               "," + std::to_string(static_cast<int>(taste(user, item) + (draw.chance(0.1) ? -1 : 0))) + "\n";
  return csv;
}

class Ratings : public testing::Test {
 protected:
  Recipe recipe() {
    Recipe recipe;
    write_file(scratch_.path / "ratings.csv", ratings());
    recipe.table.path = (scratch_.path / "ratings.csv").string();
    recipe.table.target = {"stars"};
    recipe.collab.user = "user";
    recipe.collab.item = "film";
    recipe.collab.factors = 8;
    recipe.training.batch = 64;
    recipe.training.threads = 2;
    recipe.training.metrics = {"rmse"};
    recipe.training.optimizer.weight_decay = 0.01;
    recipe.stage = {{.lr = Rates(5e-2), .shape = OneCycle{.epochs = 25}}};
    return recipe;
  }
  Scratch scratch_;
};

TEST_F(Ratings, FromATableToWhatAUserMayLike) {
  const auto with = recipe();
  const auto done = run(with, {.folder = scratch_.path / "run", .cache = scratch_.path / "cache"}, {});
  EXPECT_EQ(done.summary.at("task"), "regression") << "few whole numbers are ratings here, not classes";
  EXPECT_EQ(done.summary.at("network"), "dot");
  EXPECT_LT(done.summary.at("valid").at("rmse"), 0.6);          // the mean rating's is about 1.1
  EXPECT_GT(done.summary.at("valid").at("recall_at_10"), 0.6);  // of about 28 films left, half of them liked
  EXPECT_TRUE(std::filesystem::exists(scratch_.path / "run/embeddings/film.csv"));

  const Bundle bundle = load_bundle(scratch_.path / "run/model.safetensors");
  const auto found = recommendations(bundle, "104", 8, with.table.path);
  EXPECT_TRUE(found.known);
  EXPECT_GT(found.rated, 5);
  ASSERT_EQ(found.items.size(), 8u);
  const auto text = read_file(with.table.path);
  int liked = 0;
  for (const auto& one : found.items) {
    EXPECT_EQ(text.find("," + one.item + ",104,"), std::string::npos) << one.item << " was rated before";
    liked += taste(4, std::stoi(one.item.substr(5))) >= 4;
  }
  EXPECT_GE(liked, 7);
  EXPECT_TRUE(std::is_sorted(found.items.begin(), found.items.end(),
                             [](const auto& a, const auto& b) { return a.rating > b.rating; }));
  EXPECT_EQ(recommendations(bundle, "104", kItems, "").items.size(), static_cast<size_t>(kItems));

  const auto stranger = recommendations(bundle, "nobody", 3, with.table.path);
  EXPECT_FALSE(stranger.known);
  EXPECT_EQ(stranger.rated, 0);
  EXPECT_EQ(stranger.items.at(0).item, "film 7") << "what everybody likes";

  // Pairs, columns in another order, are predicted as ratings are recommended.
  write_file(scratch_.path / "pairs.csv", "user,film\n104," + found.items[0].item + "\nnobody,film 7\n");
  Learner learner =
      learner_for(bundle, to_predict({(scratch_.path / "pairs.csv").string()}, bundle.pipeline), {.threads = 1});
  const auto pairs = predict(learner, Split::test).activated;
  EXPECT_NEAR(pairs[0][0].item<double>(), found.items[0].rating, 1e-4);
  EXPECT_NEAR(pairs[1][0].item<double>(), stranger.items[0].rating, 1e-4);
}

TEST_F(Ratings, SayWhatIsMissing) {
  auto half = recipe();
  half.collab.item.clear();
  const auto problem = [&](const Recipe& recipe) {
    try {
      run(recipe, {.folder = scratch_.path / "refused", .cache = scratch_.path / "cache"}, {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(problem(half), HasSubstr("collab.item"));
  half.collab.item = "movie";
  EXPECT_THAT(problem(half), HasSubstr("movie"));
}

}  // namespace
}  // namespace tenfold
