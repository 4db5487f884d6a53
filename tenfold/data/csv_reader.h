#pragma once
// CSV files in blocks of whole rows, in bounded memory: RFC 4180, quoted fields with doubled quotes and newlines
// inside, CRLF or LF. Torch-free.
//
//   CsvReader reader(path);
//   for (CsvBlock block; reader.next(block);)
//     for (size_t row = 0; row < block.rows(); ++row) use(block.at(row, 0), block.line(row));

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/data/kernels/kernels.h"
#include "tenfold/data/text_source.h"

namespace tenfold {

struct CsvOptions {
  char separator = 0;  ///< 0: the first of comma, tab, semicolon and bar that the header has outside quotes
  char quote = '"';    ///< 0: fields are never quoted
  bool header = true;  ///< the first row names the columns; otherwise they are column_1, column_2, …
  Encoding encoding = Encoding::automatic;
  size_t block_bytes = 128 << 10;  ///< read at a time; a longer row makes its block longer
  size_t row_bytes = 256 << 20;    ///< a longer row is an error: a quote that is never closed would swallow the file
};

/// Whole rows. What at() returns lives until the block is read again or destroyed; keep() makes it live longer.
class CsvBlock {
 public:
  size_t rows() const { return lines_.size(); }
  size_t columns() const { return columns_; }
  size_t number() const { return number_; }  ///< of the block in its file, from 0
  /// A field, without its quotes. 16 bytes behind its end are readable.
  std::string_view at(size_t row, size_t column) const {
    const Place place = places_[column * stride_ + row];
    return {bytes_.get() + place.begin, place.size};
  }
  /// The line of the file where a row begins, from 1.
  long line(size_t row) const { return lines_[row]; }
  /// Holds the bytes behind the fields, `size` of them in all.
  std::shared_ptr<const void> keep() const { return bytes_; }
  size_t size() const { return size_; }

 private:
  friend class CsvReader;
  struct Place {
    uint32_t begin, size;
  };
  void reserve(size_t bytes);

  std::shared_ptr<char[]> bytes_{};
  size_t capacity_ = 0, size_ = 0;  ///< size_: bytes of whole rows
  std::vector<uint32_t> ends_{};    ///< separators and newlines outside quotes, of the whole rows
  size_t begin_ = 0, first_end_ = 0, end_count_ = 0, row_count_ = 0;
  size_t newlines_ = 0;  ///< more than rows where fields have some
  bool ascii_ = true, nul_ = false;
  long first_line_ = 1;
  size_t number_ = 0, columns_ = 0, stride_ = 0;
  std::vector<Place> places_{};  ///< [column * stride + row]
  std::vector<long> lines_{};    ///< [row]
};

/// Empty lines are passed over; a byte order mark is dropped; a column without a name is called column_<number>. The
/// blocks depend on the file and on the options alone.
class CsvReader {
 public:
  /// Reads the header. Throws FileError, and DataError as next() does, for a column named twice or an empty file.
  explicit CsvReader(const std::filesystem::path& path, const CsvOptions& options = {});
  /// Of text in memory, which outlives this; `name` is for messages.
  CsvReader(std::string_view text, const std::string& name, const CsvOptions& options = {});

  const std::vector<std::string>& columns() const { return columns_; }
  char separator() const { return marks_.separator; }
  const std::string& name() const { return source_.name(); }

  /// The next rows; false at the end. Throws DataError with the line for an open quote, text after a closing quote, a
  /// wrong number of fields, bytes that are not UTF-8, and NUL bytes.
  bool next(CsvBlock& block) { return cut(block) && (split(block), true); }

  /// next() in two steps, for readers with several threads: cut() reads rows and finds where their fields end, one
  /// block after the other; split() does the rest, for any number of blocks at a time.
  bool cut(CsvBlock& block);
  void split(CsvBlock& block) const;

 private:
  void read_header();
  void scan(CsvBlock& block, size_t from, size_t to);
  /// The first byte that is not UTF-8 text, as an error.
  std::optional<DataError> wrong_characters(const CsvBlock& block) const;
  void split_rows(CsvBlock& block) const;
  CsvBlock::Place unquoted(CsvBlock& block, size_t begin, size_t end, long& line) const;
  [[noreturn]] void refuse_open_quote(const CsvBlock& block, size_t from, size_t to) const;

  CsvOptions options_;
  TextSource source_;
  csv::Marks marks_{};
  csv::ScanState state_{};
  csv::ScanFunction scan_ = csv::scan_kernel().scan;
  std::vector<std::string> columns_{};
  std::string carried_{};  ///< the beginning of the next block: a row whose end is not read yet
  bool ended_ = false;
  long line_ = 1;  ///< where the next block begins
  size_t blocks_ = 0;
  CsvBlock first_{};  ///< the rows behind the header
  bool first_waits_ = false;
};

/// The separator that CsvReader takes for text that begins so.
char separator_of(std::string_view text, char quote = '"');

}  // namespace tenfold
