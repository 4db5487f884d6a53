#include "tenfold/data/csv_faults.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tenfold/core/file.h"

namespace tenfold {
namespace {

class CsvFaults : public testing::Test {
 protected:
  std::vector<std::string> of(const std::string& text, size_t most = 1000) {
    const auto path = std::filesystem::temp_directory_path() / "tenfold-csv-faults.csv";
    write_file(path, text);
    std::vector<std::string> out;
    for (const auto& error : csv_faults(path, {}, most))
      out.push_back(std::to_string(error.line) + std::string(error.what()).substr(path.string().size() + 1));
    std::filesystem::remove(path);
    return out;
  }
};

TEST_F(CsvFaults, AreListedRowByRow) {
  const auto found = of("a,b\n1,2\n1\n1,2,3\n\"x\ny\",2\n4,M\xFCller\n1,2\n");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].substr(0, 10), "33: has 1 ");
  EXPECT_EQ(found[1].substr(0, 10), "44: has 3 ");
  EXPECT_EQ(found[2].substr(0, 13), "77: is not UT");
}

TEST_F(CsvFaults, ARaggedRowOfAnyLengthIsFoundOnce) {
  std::string text = "a,b\n";
  for (int row = 0; row < 2000; ++row) text += row % 100 == 50 ? "1,2,3\n" : std::string(row % 37, 'x') + ",2\n";
  EXPECT_EQ(of(text).size(), 20u);
  EXPECT_EQ(of(text, 7).size(), 7u);
}

TEST_F(CsvFaults, EndWhereReadingCannotGoOn) {
  const auto found = of("a,b\n1\n1,\"2\n3,4\n");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NE(found[1].find("never closed"), std::string::npos);
  EXPECT_EQ(of("a,a\n1,2\n").size(), 1u);
  EXPECT_EQ(of("").size(), 1u);
  EXPECT_EQ(of("a,b\n1,2\n").size(), 0u);
}

}  // namespace
}  // namespace tenfold
