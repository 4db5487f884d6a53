// The committed reference is what the program prints.

#include <gtest/gtest.h>

#include "program.h"

namespace tenfold::cli {
namespace {

class Reference : public testing::TestWithParam<const char*> {};

TEST_P(Reference, IsCurrent) {
  const std::string page = GetParam();
  const auto printed = run_words({"docs", page});
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_EQ(slurp(fs::path(TENFOLD_SOURCE_DIR) / "docs/reference" / (page + ".md")), printed.out)
      << "renew it: tenfold docs " << page << " > docs/reference/" << page << ".md";
}

INSTANTIATE_TEST_SUITE_P(Pages, Reference, testing::Values("options", "commands"));

}  // namespace
}  // namespace tenfold::cli
