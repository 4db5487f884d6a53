#pragma once
// One column of a CSV file, block after block: its kind, widened where a value does not fit, and its values.
// Torch-free.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tenfold/data/csv_reader.h"
#include "tenfold/data/dictionary.h"
#include "tenfold/data/frame.h"
#include "tenfold/data/read_frame.h"

namespace tenfold {

/// What values may be, from narrow to wide. Every value is words; integers are reals; the others exclude each other.
struct Guess {
  enum Kind : uint8_t { nothing, boolean, integer, real, time, words };
  Kind kind = nothing;
  uint8_t formats = 0;  ///< of time: bit k for DateFormat k; those that all values allow
  bool operator==(const Guess&) const = default;
};
/// The narrowest that holds both.
Guess join(Guess a, Guess b);

/// How texts become values, the same for all columns.
struct ValueRules {
  explicit ValueRules(const ReadOptions& options);
  bool null(std::string_view text) const;
  /// The narrowest guess for one value. `text` needs nothing readable behind it.
  Guess guess(std::string_view text) const;

  NumberForm numbers;
  std::vector<std::string> nulls;
  uint8_t date_formats;  ///< allowed
 private:
  uint64_t null_sizes_ = 0;  ///< bit n: some null text has n bytes
  bool null_long_ = false;   ///< … or 64 and more
};

/// The values of one column in one block.
struct Piece {
  Guess guess{};  ///< nothing: all null, no values
  size_t rows = 0;
  int worker = 0;  ///< whose dictionary the codes are of
  /// Integers are as narrow as their block allows, the lowest value of the type standing for null.
  std::variant<std::monostate, std::vector<int8_t>, std::vector<int16_t>, std::vector<int32_t>, std::vector<int64_t>,
               std::vector<double>, std::vector<std::string_view>>
      values{};
  TextBytes bytes{};  ///< behind texts
};

/// A worker's own reader of a column. What it has learnt of the kind makes it faster, never different.
class ColumnReader {
 public:
  ColumnReader(const ValueRules& rules, std::string name);

  /// One for another worker, which knows what this has learnt of the kind and has a dictionary of its own.
  ColumnReader another() const;
  /// From now on only this kind: a value that does not fit is an error.
  void declare(ColumnKind kind);
  /// From now on words.
  void take_words() { expected_ = {.kind = Guess::words}; }
  /// Keeps words as texts, not as codes, where they are longer than this on average in the block.
  void choose_texts(const CsvBlock& block, size_t column, size_t longest_level);
  bool texts() const { return texts_; }

  /// Throws DataError of `file` for a value that is not of the kind declared.
  Piece read(const CsvBlock& block, size_t column, const std::string& file);

  const Dictionary& dictionary() const { return dictionary_; }
  /// Where each text of the dictionary was first seen: block * 2^32 + row; `never` for one that means null.
  const std::vector<uint64_t>& first_seen() const { return first_seen_; }
  static constexpr uint64_t never = std::numeric_limits<uint64_t>::max();

 private:
  size_t read_as(Guess guess, const CsvBlock& block, size_t column, Piece& piece);
  size_t read_times(const CsvBlock& block, size_t column, uint8_t formats, std::vector<int64_t>& out) const;
  size_t read_codes(const CsvBlock& block, size_t column, std::vector<int32_t>& out);
  void read_texts(const CsvBlock& block, size_t column, Piece& piece) const;

  const ValueRules* rules_;
  std::string name_;
  Guess expected_{};
  bool declared_ = false, texts_ = false;
  NumberForm numbers_;
  std::vector<int64_t> integers_{};  ///< of the last block
  Dictionary dictionary_{};
  std::vector<uint64_t> first_seen_{};
};

}  // namespace tenfold
