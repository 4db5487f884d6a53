// Any bytes as a CSV file: read with small blocks on two threads and with large ones on one, which must say the same, and
// what was read must survive being written and read again. The first bytes choose the options.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "tenfold/core/error.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/data/write_csv.h"

namespace {

using namespace tenfold;

struct Outcome {
  std::optional<Frame> frame{};
  std::string error{};
};

Outcome read(std::string_view text, const ReadOptions& options) {
  try {
    return {.frame = parse_frame(text, "fuzz.csv", options)};
  } catch (const Error& error) {
    return {.error = error.what()};
  }
}

void fail(const std::string& what) {
  std::cerr << what << "\n";
  std::abort();
}

/// Faults of UTF-16 are met while reading ahead, before faults of the rows: how far ahead, the block says.
bool of_encoding(const Outcome& outcome) { return outcome.error.find("is read as UTF-16") != std::string::npos; }

void expect_same(const Outcome& a, const Outcome& b) {
  if (of_encoding(a) || of_encoding(b)) return;
  if (a.error != b.error) fail("errors differ: '" + a.error + "' and '" + b.error + "'");
  if (!a.frame) return;
  if (a.frame->names() != b.frame->names() || a.frame->rows() != b.frame->rows()) fail("tables differ in size");
  for (size_t column = 0; column < a.frame->columns(); ++column) {
    const Column &x = a.frame->column(column), &y = b.frame->column(column);
    if (x.kind() != y.kind()) fail("kinds differ");
    for (size_t row = 0; row < x.rows(); ++row)
      if (x.is_null(row) != y.is_null(row) || x.show(row) != y.show(row)) fail("values differ");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  ReadOptions options{.csv = {.separator = "\0\0,\t;|"[data[0] % 6], .row_bytes = 1 << 16}, .longest_level = 1 << 20, .threads = 1};
  // longest_level: whether names are texts is decided by the first block, whose size differs here.
  options.csv.header = (data[0] & 0x40) == 0;
  options.csv.encoding = static_cast<Encoding>(data[1] % 4);
  if (data[1] & 0x40) options.numbers = {.decimal = ',', .thousands = '.'};
  ReadOptions small = options;
  small.csv.block_bytes = 1 + data[1] / 4 % 16 * 7;
  small.threads = 2;
  const Outcome whole = read(text, options);
  expect_same(whole, read(text, small));
  if (!whole.frame) return 0;
  ReadOptions again{.csv = {.separator = ','}, .nulls = {""}, .threads = 1};
  for (size_t column = 0; column < whole.frame->columns(); ++column)
    again.kinds[whole.frame->names()[column]] = whole.frame->column(column).kind();
  const std::string written = to_csv(*whole.frame);
  Outcome back = read(written, again);
  if (!back.frame) fail("what was written cannot be read: " + back.error);
  if (back.frame->rows() != whole.frame->rows()) fail("rows are lost in writing");
  for (size_t column = 0; column < back.frame->columns(); ++column)
    for (size_t row = 0; row < back.frame->rows(); ++row)
      if (back.frame->column(column).show(row) != whole.frame->column(column).show(row)) fail("values change in writing");
  return 0;
}
