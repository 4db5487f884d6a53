#include "tenfold/data/write_csv.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "tenfold/core/file.h"
#include "tenfold/data/read_frame.h"

namespace tenfold {
namespace {

TEST(WriteCsv, QuotesWhatNeedsIt) {
  const Frame frame({{"a,b", Column::text({"x", "say \"hi\"", "two\nlines", ""})},
                     {"n", Column::integer({1, null_integer, -3, 4})},
                     {"r", Column::real(std::vector<double>{0.1, 1e300, -0.0, std::nan("")})},
                     {"t", Column::time({0, 3661, null_integer, -86400})}});
  EXPECT_EQ(to_csv(frame),
            "\"a,b\",n,r,t\nx,1,0.1,1970-01-01\n\"say \"\"hi\"\"\",,1e+300,1970-01-01T01:01:01\n"
            "\"two\nlines\",-3,-0,\n,4,,1969-12-31\n");
  EXPECT_EQ(to_csv(frame.select({"n"}), {.null = "NA"}), "n\n1\nNA\n-3\n4\n");
  EXPECT_EQ(to_csv(frame.select({"n"})), "n\n1\n\"\"\n-3\n4\n");  // an empty line would be no row
}

TEST(WriteCsv, KeepsANameThatLooksLikeAByteOrderMark) {
  const std::string name = "\xEF\xBB\xBF";
  EXPECT_EQ(parse_frame(to_csv(Frame({{name, Column::integer({1})}})), "t.csv").names()[0], name);
}

TEST(WriteCsv, ReadsBackTheSame) {
  std::vector<double> reals;
  std::vector<std::string> names, notes;
  std::vector<int64_t> times, integers;
  std::vector<int8_t> flags;
  for (int k = 0; k < 5000; ++k) {
    reals.push_back(k % 9 == 0 ? std::nan("") : std::ldexp(std::sin(k), k % 80 - 40));
    names.push_back(std::string("n,\"") + std::to_string(k % 7));
    notes.push_back(std::string(70, 'x') + "\r\n" + std::to_string(k));
    times.push_back(k % 5 == 0 ? null_integer : int64_t{k} * 98765);
    integers.push_back(k % 6 == 0 ? null_integer : int64_t{k} * k * k * 99991 - 5);
    flags.push_back(static_cast<int8_t>(k % 3 - 1));
  }
  const Frame frame({{"real", Column::real(reals)},
                     {"name", Column::category(names)},
                     {"note", Column::text(notes)},
                     {"time", Column::time(times)},
                     {"integer", Column::integer(integers)},
                     {"flag", Column::boolean(flags)}});
  const auto folder = std::filesystem::temp_directory_path() / ("tenfold-write-csv-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  write_csv(frame, folder / "t.csv");
  const Frame back = read_frame(folder / "t.csv", {.csv = {.block_bytes = 10000}, .threads = 2});
  std::filesystem::remove_all(folder);
  ASSERT_EQ(back.rows(), frame.rows());
  for (size_t column = 0; column < frame.columns(); ++column) {
    EXPECT_EQ(back.column(column).kind(), frame.column(column).kind()) << frame.names()[column];
    for (size_t row = 0; row < frame.rows(); ++row) {
      ASSERT_EQ(back.column(column).is_null(row), frame.column(column).is_null(row));
      ASSERT_EQ(back.column(column).show(row), frame.column(column).show(row));
    }
  }
  for (size_t row = 0; row < frame.rows(); ++row)
    if (!std::isnan(reals[row])) {
      ASSERT_EQ(back["real"].reals()[row], reals[row]);
    }
  EXPECT_THROW(write_csv(frame, "/nonexistent/folder/t.csv"), FileError);
}

}  // namespace
}  // namespace tenfold
