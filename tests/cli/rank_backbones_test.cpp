#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;

TEST(RankBackbones, ExplainsItself) {
  const auto help = run_words({"rank-backbones", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("rank-backbones DATA"));
  EXPECT_THAT(help.out, HasSubstr("--minutes"));
  EXPECT_EQ(run_words({"rank-backbones"}).code, 2) << "no data";
  EXPECT_EQ(run_words({"rank-backbones", "photos", "--minute", "3"}).code, 2);
}

TEST(RankBackbones, WithoutWeightsSaysWhereTheyBelong) {
  const Folder folder;
  make_pictures(folder / "data", 4);
  const auto result = run_words({"rank-backbones", (folder / "data").string()},
                                {.environment = {{"TENFOLD_MODELS", (folder / "models").string()},
                                                 {"TENFOLD_CACHE", (folder / "cache").string()}}});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr((folder / "models").string()));
  EXPECT_THAT(result.err, HasSubstr("tenfold models list"));
}

}  // namespace
}  // namespace tenfold::cli
