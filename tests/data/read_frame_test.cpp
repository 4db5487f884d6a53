#include "tenfold/data/read_frame.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <random>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold {
namespace {

Frame read(const std::string& text, const ReadOptions& options = {}, std::vector<ReadNote>* notes = nullptr) {
  return parse_frame(text, "t.csv", options, notes);
}

std::string refusal(const std::string& text, const ReadOptions& options = {}) {
  try {
    read(text, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// A file of one column; quoted, so that values may have commas.
std::string column(const std::vector<std::string>& values) {
  std::string text = "x\n";
  for (const auto& value : values) text += '"' + value + "\"\n";
  return text;
}

std::string kind(const std::vector<std::string>& values, const ReadOptions& options = {}) {
  return name_of(read(column(values), options)["x"].kind());
}

void expect_same(const Frame& a, const Frame& b) {
  ASSERT_EQ(a.names(), b.names());
  ASSERT_EQ(a.rows(), b.rows());
  for (size_t k = 0; k < a.columns(); ++k) {
    const Column &x = a.column(k), &y = b.column(k);
    ASSERT_EQ(x.kind(), y.kind()) << a.names()[k];
    if (x.kind() == ColumnKind::category) {
      ASSERT_EQ(x.levels(), y.levels());
      ASSERT_TRUE(std::equal(x.codes().begin(), x.codes().end(), y.codes().begin()));
    }
    for (size_t row = 0; row < a.rows(); ++row) {
      ASSERT_EQ(x.is_null(row), y.is_null(row)) << a.names()[k] << row;
      ASSERT_EQ(x.show(row), y.show(row)) << a.names()[k] << row;
    }
  }
}

TEST(ReadFrame, IntegersTakeTheBytesThatAllOfThemNeed) {
  for (const auto& [most, bytes] : {std::pair<int64_t, ptrdiff_t>{32767, 2}, {32768, 8}, {-32768, 8}}) {
    std::string text = "x,y\n";
    for (int k = 0; k < 40000; ++k)
      text += std::to_string(k % 100) + "," + (k == 35000 ? std::to_string(most) : "NA") + "\n";
    for (const int threads : {1, 3}) {
      const Frame frame = parse_frame(text, "made", {.threads = threads});
      const auto values = frame["y"].integers();
      ASSERT_EQ(frame["y"].kind(), ColumnKind::integer);
      EXPECT_EQ(values[35000], most);
      EXPECT_EQ(frame["y"].nulls(), 39999u);
      const auto* first = static_cast<const char*>(values.data());
      EXPECT_EQ(static_cast<const char*>(values.subspan(1, 1).data()) - first, bytes) << most;
    }
  }
}

TEST(ReadFrame, FindsTheNarrowestKind) {
  EXPECT_EQ(kind({"1", "-2", "", "9223372036854775807"}), "integer");
  EXPECT_EQ(kind({"1", "2.5"}), "real");
  EXPECT_EQ(kind({"1e5", "3"}), "real");
  EXPECT_EQ(kind({"True", "false", "NA"}), "boolean");
  EXPECT_EQ(kind({"2013-01-31", "2013-02-01"}), "time");
  EXPECT_EQ(kind({"31/1/2013", "1/2/2013"}), "time");
  EXPECT_EQ(kind({"a", "1"}), "category");
  EXPECT_EQ(kind({"True", "1"}), "category");
  EXPECT_EQ(kind({std::string(100, 'a')}), "text");
  EXPECT_EQ(kind({"1,234", "1,234,567", "12"}), "integer");
  EXPECT_EQ(kind({"1,234.5", "12"}), "real");
  EXPECT_EQ(kind({"1,23", "12"}), "category");
  EXPECT_EQ(kind({"1.234,5", "12"}, {.numbers = {.decimal = ',', .thousands = '.'}}), "real");
}

TEST(ReadFrame, LeavesNamesAsTheyAreWritten) {
  for (const auto& values : std::vector<std::vector<std::string>>{{"00501", "10001"},
                                                                  {"0x1F", "0x20"},
                                                                  {"7f3a", "1234"},
                                                                  {"9223372036854775808"},
                                                                  {"-9223372036854775808"},
                                                                  {"00.5"},
                                                                  {"1e400"},
                                                                  {"--1"},
                                                                  {"1-2"},
                                                                  {"12:30"},
                                                                  {"1.2.3"},
                                                                  {"e5"},
                                                                  {"."},
                                                                  {"-"},
                                                                  {"1e"},
                                                                  {"+"}}) {
    const Frame frame = read(column(values));
    EXPECT_EQ(frame["x"].kind(), ColumnKind::category) << values[0];
    for (size_t row = 0; row < values.size(); ++row) EXPECT_EQ(frame["x"].show(row), values[row]);
  }
}

TEST(ReadFrame, ReadsNumbersExactly) {
  const std::vector<std::string> texts = {"0.1",
                                          "-0.1",
                                          "3.141592653589793",
                                          "1e-320",
                                          "1.7976931348623157e308",
                                          "123456789012345.678",
                                          ".5",
                                          "5.",
                                          "9007199254740993.0",
                                          "-0",
                                          "1e22",
                                          "4.35",
                                          "0.000001",
                                          "1E+3",
                                          " 2.5",
                                          "+7",
                                          "-1,000.25",
                                          "2.2250738585072014e-308"};
  const Frame frame = read(column(texts));
  const auto values = frame["x"].reals();
  for (size_t row = 0; row < texts.size(); ++row) {
    std::string plain = texts[row];
    std::erase(plain, ',');
    EXPECT_EQ(values[row], std::strtod(plain.c_str(), nullptr)) << texts[row];
  }
  EXPECT_TRUE(std::signbit(values[9]));
  std::mt19937_64 random(3);
  std::vector<std::string> many;
  for (int k = 0; k < 3000; ++k)
    many.push_back(shortest(std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 120) - 90)));
  const Frame all = read(column(many));
  for (size_t row = 0; row < many.size(); ++row)
    EXPECT_EQ(all["x"].reals()[row], std::strtod(many[row].c_str(), nullptr)) << many[row];
}

TEST(ReadFrame, ReadsIntegersOfAnyLength) {
  std::vector<std::string> texts;
  std::vector<int64_t> expected;
  for (int64_t power = 1, k = 0; k < 18; ++k, power *= 10)
    for (const int64_t value : {power, power - 1, -power, power + power / 3}) {
      texts.push_back(std::to_string(value));
      expected.push_back(value);
    }
  const Frame frame = read(column(texts));
  EXPECT_EQ(std::vector<int64_t>(frame["x"].integers().begin(), frame["x"].integers().end()), expected);
  for (const char* wrong : {"12a", "a12", "1:3", "/5", "1 2", "12345678x"})
    EXPECT_EQ(kind({wrong}), "category") << wrong;
}

TEST(ReadFrame, KeepsIntegersWhateverTheOthersOfTheirBlockAre) {
  std::vector<int64_t> expected;
  for (const int64_t edge : {int64_t{1} << 7, int64_t{1} << 15, int64_t{1} << 31, int64_t{1} << 62})
    for (int64_t near = -2; near <= 2; ++near)
      for (const int64_t value : {edge + near, -edge + near, null_integer, near}) expected.push_back(value);
  std::string text = "x,y\n";
  for (const int64_t value : expected) text += (value == null_integer ? "" : std::to_string(value)) + ",0.5\n";
  for (const size_t bytes : {8u, 40u, 1u << 16}) {
    const Frame frame = read(text, {.csv = {.block_bytes = bytes}, .threads = 2});
    EXPECT_EQ(std::vector<int64_t>(frame["x"].integers().begin(), frame["x"].integers().end()), expected) << bytes;
    const Frame real = read(text + "0.25,1\n", {.csv = {.block_bytes = bytes}, .threads = 2});
    for (size_t row = 0; row < expected.size(); ++row) {
      if (expected[row] == null_integer)
        EXPECT_TRUE(real["x"].is_null(row));
      else
        EXPECT_EQ(real["x"].reals()[row], static_cast<double>(expected[row]));
    }
  }
}

TEST(ReadFrame, KnowsWhatMeansMissing) {
  const Frame frame = read("a,b,c,d\n1,NA,x,2013-01-01\n,2.5,,\nNaN,nan,null,None\n");
  for (const size_t row : {1u, 2u})
    for (const char* name : {"a", "c", "d"}) EXPECT_TRUE(frame[name].is_null(row)) << name << row;
  EXPECT_EQ(frame["a"].kind(), ColumnKind::integer);
  EXPECT_TRUE(frame["b"].is_null(0));
  EXPECT_EQ(frame["c"].levels(), (std::vector<std::string>{"x"}));
  const Frame blanks = read("a,b\n ,1\nx,2\n NA,3\n x,4\n");  // around what means missing, as around numbers
  EXPECT_EQ(blanks["a"].nulls(), 2u);
  EXPECT_EQ(blanks["a"].levels(), (std::vector<std::string>{"x", " x"}));
  EXPECT_EQ(read("a\n?\n3\n", {.nulls = {"?"}})["a"].kind(), ColumnKind::integer);
  EXPECT_EQ(read("a,b\nNA,1\n,2\n", {.nulls = {}})["a"].levels(), (std::vector<std::string>{"NA", ""}));
}

TEST(ReadFrame, KeepsTheFirstTenThousandRowsWhenALaterOneBreaksTheGuess) {
  std::string text = "a,b,c,d,e,f\n";
  for (int row = 0; row < 10000; ++row)
    text += std::to_string(row) + "," + std::to_string(row) + "," + std::to_string(row) + ".50,True," +
            (row % 2 ? "01/02/2013" : "11/12/2013") + ",\n";
  text += "0.5,x7,00,no,01/13/2013,word\n";
  std::vector<ReadNote> notes;
  const Frame frame = read(text, {.csv = {.block_bytes = 5000}, .threads = 2}, &notes);
  EXPECT_EQ(frame["a"].kind(), ColumnKind::real);
  EXPECT_EQ(frame["a"].reals()[9999], 9999);
  EXPECT_EQ(frame["b"].kind(), ColumnKind::text);  // 10001 different names
  EXPECT_EQ(frame["b"].show(123), "123");
  EXPECT_EQ(frame["c"].show(7), "7.50");
  EXPECT_EQ(frame["d"].levels(), (std::vector<std::string>{"True", "no"}));
  EXPECT_EQ(frame["e"].show(1), "2013-01-02");  // the last row says that months come first, of all
  EXPECT_EQ(frame["e"].show(0), "2013-11-12");
  EXPECT_EQ(frame["f"].nulls(), 10000u);
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes[0].line, 10002);
  EXPECT_EQ(notes[0].text,
            "has 'x7' below integers, so the column is read as text; correct the row, or declare the column's kind");
}

TEST(ReadFrame, SaysTheSameForAnyNumberOfThreads) {
  std::mt19937_64 random(11);
  std::string text = "id,level,many,real,when,note,flag,mixed\n";
  for (int row = 0; row < 20000; ++row) {
    text += std::to_string(row) + ",l" + std::to_string(random() % 7) + ",m" + std::to_string(random() % 3000) + "," +
            (random() % 10 == 0 ? "NA" : std::to_string(static_cast<double>(random() % 100000) / 64)) + ",2013-0" +
            std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10) + " 10:2" +
            std::to_string(random() % 10) + ":00,\"" + std::string(80 + random() % 30, 'n') + "\"\"q\",";
    text += random() % 2 ? "true," : "false,";
    text += row % 5000 == 4999 ? "x\n" : std::to_string(random() % 50) + "\n";
  }
  ReadOptions options{.csv = {.block_bytes = 3000}, .threads = 1};
  const Frame one = read(text, options);
  EXPECT_EQ(one["many"].kind(), ColumnKind::category);
  EXPECT_EQ(one["note"].kind(), ColumnKind::text);
  EXPECT_EQ(one["mixed"].kind(), ColumnKind::category);
  for (const int threads : {2, 3, 8}) {
    options.threads = threads;
    expect_same(one, read(text, options));
  }
  options.csv.block_bytes = 1 << 20;
  expect_same(one, read(text, options));
  options.sorted_levels = true;
  const Frame sorted = read(text, options);
  EXPECT_TRUE(std::is_sorted(sorted["many"].levels().begin(), sorted["many"].levels().end()));
}

TEST(ReadFrame, NamesTheFirstFaultForAnyNumberOfThreads) {
  std::string text = "a,b\n";
  for (int row = 0; row < 20000; ++row) text += row >= 15000 && row % 100 == 7 ? "1\n" : "1,2\n";
  for (const int threads : {1, 2, 8})
    EXPECT_EQ(refusal(text + "\"", {.csv = {.block_bytes = 1000}, .threads = threads}),
              "t.csv:15009: has 1 fields, the header 2; quote fields that contain the separator");
}

TEST(ReadFrame, TakesDeclaredKinds) {
  const std::string text = "zip,open,code,day,n\n00501,1,12,1/2/2013,1\n10001,0,13,3/4/2013,2\n";
  const Frame frame = read(text, {.dates = DateFormat::day_first,
                                  .kinds = {{"zip", ColumnKind::integer},
                                            {"open", ColumnKind::boolean},
                                            {"code", ColumnKind::category},
                                            {"n", ColumnKind::text}}});
  EXPECT_EQ(frame["zip"].integers()[0], 501);
  EXPECT_EQ(frame["open"].show(0), "true");
  EXPECT_EQ(frame["code"].levels(), (std::vector<std::string>{"12", "13"}));
  EXPECT_EQ(frame["day"].show(0), "2013-02-01");
  EXPECT_EQ(frame["n"].kind(), ColumnKind::text);
  EXPECT_EQ(refusal("a\n1\nx\n", {.kinds = {{"a", ColumnKind::integer}}}),
            "t.csv:3: column 'a' has 'x', which is not an integer; correct the row, or declare another kind");
  EXPECT_EQ(refusal("a\n2013-01-01\n1/1/2013\n", {.kinds = {{"a", ColumnKind::time}}}),
            "t.csv:3: column 'a' has '1/1/2013', which is not a time of the form of those above; correct the row, or "
            "declare another kind");
  EXPECT_NE(refusal("sales\n1\n", {.kinds = {{"sale", ColumnKind::integer}}}).find("nearest is 'sales'"),
            std::string::npos);
}

TEST(ReadFrame, KeepsRealsAsFloatWhereAsked) {
  const Frame frame = read("a\n0.1\n\n2\n", {.single = true});
  EXPECT_TRUE(frame["a"].single());
  EXPECT_EQ(frame["a"].singles()[0], 0.1F);
}

TEST(ReadFrame, HostileMixedTypesNameTheRow) {
  std::vector<ReadNote> notes;
  read("a\n1\n2.5\nthree\n4\n", {}, &notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].line, 4);
  EXPECT_EQ(notes[0].column, "a");
  EXPECT_EQ(
      notes[0].text,
      "has 'three' below numbers, so the column is read as category; correct the row, or declare the column's kind");
}

TEST(ReadFrame, HostileDatesInTwoFormats) {
  std::vector<ReadNote> notes;
  const Frame frame = read("a\n2013-01-31\n31/01/2013\n", {}, &notes);
  EXPECT_EQ(frame["a"].kind(), ColumnKind::category);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].line, 3);
  EXPECT_NE(notes[0].text.find("has '31/01/2013' below dates of another form"), std::string::npos);
  notes.clear();
  EXPECT_EQ(read("a\n31/01/2013\n01/31/2013\n", {}, &notes)["a"].kind(), ColumnKind::category);
  EXPECT_EQ(notes.at(0).line, 3);
  notes.clear();
  EXPECT_EQ(read("a\n3/4/2013\n", {}, &notes)["a"].show(0), "2013-03-04");
  EXPECT_NE(notes.at(0).text.find("read month first"), std::string::npos);
}

TEST(ReadFrame, HostileAllNullColumn) {
  std::vector<ReadNote> notes;
  const Frame frame = read("a,b\n,1\nNA,2\n", {}, &notes);
  EXPECT_EQ(frame["a"].kind(), ColumnKind::real);
  EXPECT_EQ(frame["a"].nulls(), 2u);
  EXPECT_EQ(notes.at(0).column, "a");
}

TEST(ReadFrame, HostileOneRow) {
  const Frame frame = read("a,b,c\n1,x,2013-01-01");
  EXPECT_EQ(frame.rows(), 1u);
  EXPECT_EQ(frame["b"].show(0), "x");
}

TEST(ReadFrame, HostileHundredThousandLevels) {
  std::string text = "a,b\n";
  for (int row = 0; row < 300000; ++row)
    text += "level" + std::to_string(row % 100000) + "," + std::to_string(row) + "\n";
  const Frame frame = read(text, {.threads = 2});
  ASSERT_EQ(frame["a"].kind(), ColumnKind::category);
  EXPECT_EQ(frame["a"].levels().size(), 100000u);
  EXPECT_EQ(frame["a"].levels()[99999], "level99999");
  EXPECT_EQ(frame["a"].codes()[250000], 50000);
}

TEST(ReadFrame, HostileInfinities) {
  const Frame frame = read("a\ninf\n-Infinity\n1.5\n");
  EXPECT_EQ(frame["a"].kind(), ColumnKind::real);
  EXPECT_EQ(frame["a"].reals()[0], HUGE_VAL);
  EXPECT_EQ(frame["a"].reals()[1], -HUGE_VAL);
  EXPECT_EQ(frame["a"].nulls(), 0u);
}

TEST(ReadFrame, HostileFilesAreRefused) {
  EXPECT_EQ(refusal(""), "t.csv: is empty; needs a header line and one row an item");
  EXPECT_EQ(refusal("a,b\n"), "t.csv: has a header and no row; needs one row an item");
  EXPECT_EQ(refusal("a,a\n1,2\n"), "t.csv:1: names column 'a' twice; rename one");
  EXPECT_NE(refusal("a\n\xFF\n").find("t.csv:2: is not UTF-8"), std::string::npos);
  EXPECT_NE(refusal("a,b\n1\n").find("t.csv:2: has 1 fields"), std::string::npos);
  EXPECT_THROW(read_frame("/nonexistent/t.csv"), FileError);
}

TEST(ReadFrame, ReadsFlights) {
  const char* data = std::getenv("TENFOLD_DATA");
  if (data == nullptr) GTEST_SKIP() << "TENFOLD_DATA is not set";
  const std::filesystem::path file = std::filesystem::path(data) / "flights" / "flights.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const Frame frame = read_frame(file);
  ASSERT_EQ(frame.rows(), 336776u);  // nycflights13's manual
  EXPECT_EQ(frame["dep_time"].kind(), ColumnKind::integer);
  EXPECT_EQ(frame["dep_time"].nulls(), 8255u);
  EXPECT_EQ(frame["arr_delay"].nulls(), 9430u);
  EXPECT_EQ(frame["carrier"].levels().size(), 16u);
  EXPECT_EQ(frame["tailnum"].levels().size(), 4043u);
  EXPECT_EQ(frame["dest"].levels().size(), 105u);
  EXPECT_EQ(frame["time_hour"].kind(), ColumnKind::time);
}

}  // namespace
}  // namespace tenfold
