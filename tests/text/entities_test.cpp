// Entities and their scores, by hand from conlleval's definition.

#include "tenfold/text/entities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using Tags = std::vector<std::string>;

TEST(Entities, AreRunsOfATypeFromEachBeginningOn) {
  EXPECT_THAT(entities({"B-person", "I-person", "O", "B-place", "B-place", "I-place"}),
              ElementsAre(Entity{0, 2, "person"}, Entity{3, 4, "place"}, Entity{4, 6, "place"}));
  EXPECT_TRUE(entities({"O", "O"}).empty());
  EXPECT_TRUE(entities({}).empty());
}

TEST(Entities, BeginAtAnInsideThatFollowsNothingOfItsType) {
  EXPECT_THAT(entities({"O", "I-a", "I-a", "I-b", "O", "B-a", "I-b"}),
              ElementsAre(Entity{1, 3, "a"}, Entity{3, 4, "b"}, Entity{5, 6, "a"}, Entity{6, 7, "b"}));
  EXPECT_TRUE(begins_without_b("O", "I-a"));
  EXPECT_TRUE(begins_without_b("B-b", "I-a"));
  EXPECT_FALSE(begins_without_b("B-a", "I-a"));
  EXPECT_FALSE(begins_without_b("O", "B-a"));
}

TEST(Entities, EndAtTheMarksOfSchemesThatHaveThem) {
  EXPECT_THAT(entities({"B-a", "I-a", "E-a", "I-a", "S-a", "I-a"}),
              ElementsAre(Entity{0, 3, "a"}, Entity{3, 4, "a"}, Entity{4, 5, "a"}, Entity{5, 6, "a"}));
}

TEST(Entities, AreToldFromOtherTags) {
  EXPECT_TRUE(mark_entities({"O", "B-a", "I-b"}));
  EXPECT_FALSE(mark_entities({"nn", "vb", "O"}));
  EXPECT_FALSE(mark_entities({"O", "O"}));
  EXPECT_FALSE(mark_entities({"B-"}));
}

// Three wanted, three found, two of them right: one has the right words and another type; then another end.
TEST(EntityScores, CountWordsAndTypeTogether) {
  const auto scores =
      score_entities({{"B-p", "I-p", "O", "B-l", "O"}, {"B-c", "O"}}, {{"B-p", "I-p", "O", "B-c", "O"}, {"B-c", "O"}});
  EXPECT_EQ(scores.all.right, 2);
  EXPECT_EQ(scores.all.found, 3);
  EXPECT_EQ(scores.all.wanted, 3);
  EXPECT_DOUBLE_EQ(scores.all.f1(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.of_type.at("c").precision(), 0.5);
  EXPECT_DOUBLE_EQ(scores.of_type.at("c").recall(), 1);
  EXPECT_DOUBLE_EQ(scores.of_type.at("l").f1(), 0);

  const auto longer = score_entities({{"B-p", "I-p", "I-p", "O", "B-p"}}, {{"B-p", "I-p", "O", "B-p", "B-p"}});
  EXPECT_EQ(longer.all.right, 1);
  EXPECT_DOUBLE_EQ(longer.all.precision(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(longer.all.recall(), 0.5);
  EXPECT_DOUBLE_EQ(longer.all.f1(), 0.4);
}

TEST(EntityScores, AreZeroWithoutEntities) {
  const auto scores = score_entities({{"O"}}, {{"O"}});
  EXPECT_EQ(scores.all.f1(), 0);
  EXPECT_EQ(scores.all.precision(), 0);
}

TEST(EntityScores, RefuseOtherSentences) {
  EXPECT_THROW(score_entities({{"O"}}, {}), Error);
  EXPECT_THROW(score_entities({{"O"}}, {{"O", "O"}}), Error);
}

}  // namespace
}  // namespace tenfold::text
