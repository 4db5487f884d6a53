#include "tenfold/data/csv_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Read {
  std::vector<std::string> columns;
  Rows rows;
  std::vector<long> lines;
};

Read read(const std::string& text, const CsvOptions& options = {}) {
  CsvReader reader(text, "t.csv", options);
  Read out{.columns = reader.columns(), .rows = {}, .lines = {}};
  for (CsvBlock block; reader.next(block);)
    for (size_t row = 0; row < block.rows(); ++row) {
      out.rows.emplace_back();
      for (size_t column = 0; column < block.columns(); ++column) out.rows.back().emplace_back(block.at(row, column));
      out.lines.push_back(block.line(row));
    }
  return out;
}

std::string refusal(const std::string& text, const CsvOptions& options = {}) {
  try {
    read(text, options);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

/// RFC 4180 byte by byte, as plainly as it can be said: what the reader is measured against.
Rows plainly(const std::string& text) {
  Rows rows(1, {""});
  bool quoted = false, fresh = true;
  for (size_t at = 0; at < text.size(); ++at) {
    std::string& field = rows.back().back();
    const bool doubled = text[at] == '"' && at + 1 < text.size() && text[at + 1] == '"';
    if (quoted && doubled)
      field += text[at++];
    else if (quoted && text[at] == '"')
      quoted = false;
    else if (quoted)
      field += text[at];
    else if (fresh && text[at] == '"')
      quoted = true;
    else if (text[at] == ',')
      rows.back().emplace_back();
    else if (text[at] == '\n')
      rows.push_back({""});
    else
      field += text[at];
    fresh = !quoted && (text[at] == ',' || text[at] == '\n');
  }
  rows.pop_back();
  return rows;
}

/// Rows of three fields that need quotes in every way, and bare ones with quotes amid them.
std::string difficult(uint64_t seed, int rows) {
  std::mt19937_64 random(seed);
  std::string text = "a,b,c\n";
  const std::string letters = "xy ,\"\n\xC3\xA4";
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < 3; ++column) {
      const size_t size = random() % (row % 50 == 0 ? 300 : 12);
      if (random() % 2 == 0) {
        text += '"';
        for (size_t k = 0; k < size; ++k) {
          const size_t letter = random() % 7;
          text += letter == 4 ? "\"\"" : letter == 6 ? "\xC3\xA4" : letters.substr(letter, 1);
        }
        text += '"';
      } else {
        text += 'z';
        for (size_t k = 0; k < size; ++k) text += "xyz\" "[random() % 5];
      }
      text += column < 2 ? ',' : '\n';
    }
  return text;
}

TEST(CsvReader, AgreesWithAPlainReadingWhateverTheBlocks) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const std::string text = difficult(seed, 400);
    Rows expected = plainly(text);
    expected.erase(expected.begin());
    for (const size_t block : {1u, 64u, 100u, 4096u, 1u << 20}) {
      const Read got = read(text, {.block_bytes = block});
      ASSERT_EQ(got.rows, expected) << "seed " << seed << ", blocks of " << block;
      EXPECT_EQ(got.lines, read(text).lines);
    }
  }
}

TEST(CsvReader, EveryInstructionSetFindsTheSameEnds) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    std::string text(3000, 0);
    for (char& byte : text) byte = "ab,,\"\"\n\n\r\xC3"[random() % 10];
    const size_t size = text.size() - 64 - random() % 64;
    std::vector<uint32_t> expected, ends(text.size() + 64);
    csv::ScanState state, first_state;
    const auto reference = csv::scan_kernel("portable")->scan(text.data(), size, {}, 7, first_state, ends.data());
    expected.assign(ends.begin(), ends.begin() + static_cast<long>(reference.ends));
    for (size_t k = 0, at = 0; at < size; ++at) {  // and the portable one what the definition says
      bool ends_here = false;
      if (state.quoted) {
        if (text[at] == '"') state = {.quoted = false, .fresh = false, .closed = true};
      } else if (text[at] == '"' && (state.fresh || state.closed)) {
        state = {.quoted = true, .fresh = false, .closed = false};
      } else {
        ends_here = text[at] == ',' || text[at] == '\n';
        state = {.quoted = false, .fresh = ends_here, .closed = false};
      }
      if (ends_here) {
        ASSERT_EQ(expected.at(k++), at + 7);
      }
    }
    for (const char* name : {"avx512", "avx2"}) {
      const csv::ScanKernel* kernel = csv::scan_kernel(name);
      if (kernel == nullptr) continue;
      csv::ScanState at_end;
      const auto got = kernel->scan(text.data(), size, {}, 7, at_end, ends.data());
      EXPECT_EQ(std::vector<uint32_t>(ends.begin(), ends.begin() + static_cast<long>(got.ends)), expected) << name;
      EXPECT_EQ(got.rows, reference.rows);
      EXPECT_EQ(got.newlines, reference.newlines);
      EXPECT_EQ(got.ascii, reference.ascii);
      EXPECT_EQ(at_end.quoted, first_state.quoted);
    }
  }
}

TEST(CsvReader, CountsLinesAcrossQuotedNewlinesAndBlocks) {
  std::string text = "id,text\r\n";
  std::vector<long> lines;
  for (long line = 2, row = 0; row < 500; ++row) {
    lines.push_back(line);
    text += std::to_string(row) + (row % 3 == 0 ? ",\"one\ntwo\n\"\r\n" : ",one\r\n");
    line += row % 3 == 0 ? 3 : 1;
    if (row % 7 == 0) text += "\r\n", ++line;
  }
  EXPECT_EQ(read(text, {.block_bytes = 200}).lines, lines);
}

TEST(CsvReader, NeedsNoNewlineAtTheEnd) {
  EXPECT_EQ(read("a,b\n1,2").rows, (Rows{{"1", "2"}}));
  EXPECT_EQ(read("a,b\n1,").rows, (Rows{{"1", ""}}));
  EXPECT_EQ(read("a,b\n1,\"\"").rows, (Rows{{"1", ""}}));
  EXPECT_EQ(read("a,b").rows.size(), 0u);
}

TEST(CsvReader, TakesTheSeparatorThatTheHeaderHasOutsideQuotes) {
  EXPECT_EQ(read("\"Name, full\";age\nx;3\n").columns, (std::vector<std::string>{"Name, full", "age"}));
  EXPECT_EQ(read("a|b\n1|2\n").rows[0][1], "2");
  EXPECT_EQ(read("a,b;c\n1,2;3\n", {.separator = ';'}).columns[0], "a,b");
  EXPECT_EQ(read("a,b\n'1,5',2\n", {.quote = '\''}).rows[0][0], "1,5");
  EXPECT_EQ(read("a,b\n\"1,2\n", {.quote = 0}).rows[0][0], "\"1");
}

TEST(CsvReader, NamesColumnsThatHaveNoName) {
  EXPECT_EQ(read(",a\n1,2\n").columns, (std::vector<std::string>{"column_1", "a"}));
  const Read bare = read("1,\"x\"\"\"\n2,y\n", {.header = false});
  EXPECT_EQ(bare.columns, (std::vector<std::string>{"column_1", "column_2"}));
  EXPECT_EQ(bare.rows, (Rows{{"1", "x\""}, {"2", "y"}}));
}

TEST(CsvReader, ConvertsLatin1AndUtf16) {
  EXPECT_EQ(read("a,b\nM\xFCller,1\n", {.encoding = Encoding::latin1}).rows[0][0], "M\xC3\xBCller");
  const std::u16string wide = u"a,b\nMüller \U0001F600,1\n";
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (const char16_t unit : wide) {
    little += {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
    big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xFF)};
  }
  EXPECT_EQ(read(little).rows[0][0], "M\xC3\xBCller \xF0\x9F\x98\x80");
  EXPECT_EQ(read(big).rows[0][0], "M\xC3\xBCller \xF0\x9F\x98\x80");
  EXPECT_EQ(read(little.substr(2), {.encoding = Encoding::utf16}).rows[0][1], "1");
  EXPECT_NE(refusal(little + "x").find("ends amid a character"), std::string::npos);
}

TEST(CsvReader, HostileNotUtf8NamesTheLineAndTheRemedy) {
  std::string text = "a,b\n";
  for (int row = 0; row < 3000; ++row) text += "some,text\n";
  EXPECT_EQ(refusal(text + "M\xFCller,1\n", {.block_bytes = 1000}),
            "t.csv:3002: is not UTF-8 from byte 252 on; say encoding latin1 or utf16, or convert the file (iconv -t "
            "UTF-8)");
}

TEST(CsvReader, HostileNulBytesAreRefused) {
  using namespace std::string_literals;
  EXPECT_NE(refusal("a,b\n1,2\n1,\0002\n"s).find("t.csv:3: has a NUL byte"), std::string::npos);
  EXPECT_NE(refusal("a\0,\0b\0\n\0"s).find("t.csv:1: has a NUL byte"), std::string::npos);
}

TEST(CsvReader, HostileByteOrderMarkIsDropped) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n1,2\n")
                .columns[0],
            "a");
}

TEST(CsvReader, HostileEmptyFiles) {
  const std::string said = "t.csv: is empty; needs a header line and one row an item";
  EXPECT_EQ(refusal(""), said);
  EXPECT_EQ(refusal("\xEF\xBB\xBF"), said);
  EXPECT_EQ(refusal(std::string(300000, '\n')), said);
}

TEST(CsvReader, HostileLongLine) {
  std::string text = "a,b\n1,\"";
  text.append(50 << 20, 'x');
  text += "\"\n2,y\n";
  const Read got = read(text);
  ASSERT_EQ(got.rows.size(), 2u);
  EXPECT_EQ(got.rows[0][1].size(), size_t{50} << 20);
  EXPECT_EQ(got.rows[1], (std::vector<std::string>{"2", "y"}));
  EXPECT_NE(refusal(text, {.row_bytes = 1 << 20}).find("t.csv:2: a row of more than 1 MB begins here"),
            std::string::npos);
}

TEST(CsvReader, HostileFaultsNameTheirLineInAnyBlock) {
  std::string text = "a,b\n";
  for (int row = 0; row < 1000; ++row) text += "1,\"2\n3\"\n";
  for (const size_t block : {10u, 1u << 20}) {
    EXPECT_EQ(refusal(text + "1\n", {.block_bytes = block}),
              "t.csv:2002: has 1 fields, the header 2; quote fields that contain the separator");
    EXPECT_EQ(refusal(text + "1,\"2\n,3\n", {.block_bytes = block}),
              "t.csv:2002: a quote is opened here and never closed; close it, or double quotes inside fields");
    EXPECT_EQ(refusal(text + "\"x\ny\"z,2\n", {.block_bytes = block}),
              "t.csv:2003: text follows a closing quote; double the quotes that belong to the field");
    EXPECT_EQ(refusal(text + "1,2,3\n1,\"", {.block_bytes = block}),
              "t.csv:2002: has 3 fields, the header 2; quote fields that contain the separator");
  }
  EXPECT_EQ(refusal("a,b\n1\n\xFF,2\n"),
            "t.csv:2: has 1 fields, the header 2; quote fields that contain the separator");
  EXPECT_EQ(refusal("a,b\n\xFF,2\n1\n").substr(0, 20), "t.csv:2: is not UTF-");
  EXPECT_EQ(refusal("a,b,a\n1,2,3\n"), "t.csv:1: names column 'a' twice; rename one");
}

}  // namespace
}  // namespace tenfold
