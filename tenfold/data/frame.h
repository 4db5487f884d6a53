#pragma once
// Tables in memory: named columns of one kind each, with nulls. Frames and columns are values that share what they hold
// and never change it: copies, selections and renamings cost nothing of the data's size. Torch-free.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tenfold {

/// category: codes into a list of levels. time: seconds since 1970-01-01T00:00:00 without leap seconds, whole days for
/// dates.
enum class ColumnKind { boolean, integer, real, category, text, time };
constexpr auto names(ColumnKind) {
  return std::to_array<std::pair<ColumnKind, std::string_view>>({{ColumnKind::boolean, "boolean"},
                                                                 {ColumnKind::integer, "integer"},
                                                                 {ColumnKind::real, "real"},
                                                                 {ColumnKind::category, "category"},
                                                                 {ColumnKind::text, "text"},
                                                                 {ColumnKind::time, "time"}});
}

// What stands for a missing value; NaN in reals, a string_view of nullptr in texts.
constexpr int8_t null_boolean = -1;
constexpr int64_t null_integer = std::numeric_limits<int64_t>::min();  // of times too
constexpr int32_t null_code = -1;

constexpr int16_t null_short = std::numeric_limits<int16_t>::min();  // of integers in 2 bytes

/// Whole numbers of 2 or of 8 bytes in memory, read as 64 bits; what is missing is null_integer. A view, as std::span.
class Integers {
 public:
  class Iterator;
  Integers(std::span<const int64_t> wide) : wide_(wide.data()), size_(wide.size()) {}
  Integers(std::span<const int16_t> narrow) : narrow_(narrow.data()), size_(narrow.size()) {}
  size_t size() const { return size_; }
  int64_t operator[](size_t row) const {
    if (narrow_ == nullptr) return wide_[row];
    return narrow_[row] == null_short ? null_integer : narrow_[row];
  }
  int64_t back() const { return (*this)[size_ - 1]; }
  Integers subspan(size_t first, size_t count) const {
    return narrow_ == nullptr ? Integers(std::span(wide_ + first, count)) : Integers(std::span(narrow_ + first, count));
  }
  Iterator begin() const;
  Iterator end() const;
  const void* data() const { return narrow_ == nullptr ? static_cast<const void*>(wide_) : narrow_; }

 private:
  const int64_t* wide_ = nullptr;
  const int16_t* narrow_ = nullptr;
  size_t size_ = 0;
};

class Integers::Iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using iterator_concept = std::input_iterator_tag;  // std::span's conversions look no further, which g++ 12 cannot yet
  using value_type = int64_t;
  using difference_type = std::ptrdiff_t;
  using pointer = const int64_t*;
  using reference = int64_t;  // numbers are made as they are read
  Iterator() : of_(std::span<const int64_t>()) {}
  Iterator(Integers of, difference_type at) : of_(of), at_(at) {}
  int64_t operator*() const { return of_[static_cast<size_t>(at_)]; }
  int64_t operator[](difference_type k) const { return of_[static_cast<size_t>(at_ + k)]; }
  Iterator& operator+=(difference_type k) { return at_ += k, *this; }
  Iterator& operator-=(difference_type k) { return at_ -= k, *this; }
  Iterator& operator++() { return *this += 1; }
  Iterator& operator--() { return *this -= 1; }
  Iterator operator++(int) { return Iterator(of_, at_++); }
  Iterator operator--(int) { return Iterator(of_, at_--); }
  friend Iterator operator+(Iterator it, difference_type k) { return it += k; }
  friend Iterator operator+(difference_type k, Iterator it) { return it += k; }
  friend Iterator operator-(Iterator it, difference_type k) { return it -= k; }
  friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.at_ - b.at_; }
  bool operator==(const Iterator& other) const { return at_ == other.at_; }
  auto operator<=>(const Iterator& other) const { return at_ <=> other.at_; }

 private:
  Integers of_;
  difference_type at_ = 0;
};

inline Integers::Iterator Integers::begin() const { return {*this, 0}; }
inline Integers::Iterator Integers::end() const { return {*this, static_cast<std::ptrdiff_t>(size_)}; }

using Levels = std::shared_ptr<const std::vector<std::string>>;
using TextBytes = std::shared_ptr<const void>;  ///< keeps the bytes of texts alive

class Column {
 public:
  Column() : Column(integer({})) {}
  static Column boolean(std::vector<int8_t> values);
  static Column integer(std::vector<int64_t> values);
  static Column short_integer(std::vector<int16_t> values);  ///< a quarter of the memory; null_short is null
  static Column real(std::vector<double> values);
  static Column real(std::vector<float> values);  ///< half the memory; NaN is null as well
  static Column time(std::vector<int64_t> seconds);
  /// Throws Error for a code outside -1 … levels - 1 and for a level that is there twice.
  static Column category(std::vector<int32_t> codes, std::vector<std::string> levels);
  static Column category(std::vector<int32_t> codes, Levels levels);
  /// Levels in the order in which they appear.
  static Column category(const std::vector<std::string>& values);
  static Column text(const std::vector<std::string>& values);
  /// Views into bytes that `bytes` keep alive; nullptr is null.
  static Column text(std::vector<std::string_view> values, std::vector<TextBytes> bytes);

  ColumnKind kind() const { return kind_; }
  size_t rows() const;

  // The values of a column of this kind. Throw Error for another kind.
  std::span<const int8_t> booleans() const;  ///< 0, 1, null_boolean
  Integers integers() const;
  std::span<const double> reals() const;   ///< of reals that are not single()
  std::span<const float> singles() const;  ///< of those that are
  std::span<const int64_t> times() const;
  std::span<const int32_t> codes() const;
  std::span<const std::string_view> texts() const;
  const std::vector<std::string>& levels() const;  ///< of a category
  const Levels& shared_levels() const;
  bool single() const;  ///< reals kept as float

  bool is_null(size_t row) const;
  size_t nulls() const;
  /// One value as people and CSV files write it; "" for null.
  std::string show(size_t row) const;
  /// The same behind `out`; false, and nothing behind it, for null.
  bool append_to(std::string& out, size_t row) const;

  /// Numbers from row `first` on, NaN for null: booleans as 0 and 1, times in seconds. Throws Error for categories and
  /// texts.
  void copy_numbers(size_t first, std::span<double> out) const;
  void copy_numbers(size_t first, std::span<float> out) const;
  std::vector<double> numbers() const;

  /// The rows named, in that order; -1 gives null.
  Column take(std::span<const int64_t> rows) const;
  /// `below` under this. Integers and reals become reals, categories share their levels (those of `below` behind), a
  /// category and a text become text; throws Error for other pairs of kinds.
  Column append(const Column& below) const;

 private:
  using Values = std::variant<std::vector<int8_t>, std::vector<int64_t>, std::vector<int16_t>, std::vector<double>,
                              std::vector<float>, std::vector<int32_t>, std::vector<std::string_view>>;
  Column(ColumnKind kind, std::shared_ptr<const Values> values) : kind_(kind), values_(std::move(values)) {}
  template <class T>
  static Column make(ColumnKind kind, std::vector<T> values);
  template <class T>
  const std::vector<T>& get(ColumnKind wanted) const;

  ColumnKind kind_;
  std::shared_ptr<const Values> values_;
  Levels levels_{};
  std::vector<TextBytes> bytes_{};
};

/// The column as a category: levels are what show() says, booleans' and categories' in their own order, numbers and
/// times ascending, texts in the order in which they appear.
Column to_category(const Column& column);
/// A category with its levels in order of their bytes, and no others than those that appear.
Column sorted_levels(const Column& category);

/// What one column holds, for people.
struct ColumnSummary {
  std::string name;
  ColumnKind kind = ColumnKind::integer;
  size_t rows = 0, nulls = 0;
  size_t distinct = 0;          ///< different values, null not counted
  std::string lowest, highest;  ///< of numbers and times; levels and texts by their bytes. "" where all are null
  double mean = std::numeric_limits<double>::quiet_NaN();  ///< of booleans, integers and reals
  std::vector<std::string> examples;                       ///< the first few different ones
};

class Frame {
 public:
  Frame() = default;
  /// Throws DataError where columns differ in length or two have one name. `source` is for messages: a file's name.
  explicit Frame(std::vector<std::pair<std::string, Column>> columns, std::string source = "table");

  size_t rows() const { return columns_.empty() ? 0 : columns_.front().rows(); }
  size_t columns() const { return columns_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  const std::string& source() const { return source_; }
  bool has(std::string_view name) const;
  /// Throws DataError naming the nearest column, or all where none is near.
  size_t index(std::string_view name) const;
  const Column& operator[](std::string_view name) const { return columns_[index(name)]; }
  const Column& column(size_t index) const { return columns_.at(index); }

  /// With `column` in the place of that of its name, or behind all. Throws DataError for another length.
  Frame with(const std::string& name, Column column) const;
  Frame select(const std::vector<std::string>& wanted) const;  ///< these columns, in this order
  Frame without(const std::vector<std::string>& dropped) const;
  Frame renamed(std::string_view from, const std::string& to) const;

  /// The rows named, in that order; -1 gives a row of nulls.
  Frame take(std::span<const int64_t> rows) const;
  /// Rows whose `keep` is not 0; one value a row.
  Frame filter(std::span<const uint8_t> keep) const;
  Frame slice(size_t first, size_t count) const;
  /// `below` under this; its columns may stand in another order. Throws DataError where names or kinds do not fit.
  Frame append(const Frame& below) const;
  /// The columns of `beside` to the right. Throws DataError for another number of rows or a name that is there.
  Frame beside(const Frame& right) const;

  std::vector<ColumnSummary> describe(size_t examples = 3) const;

 private:
  std::vector<std::string> names_{};
  std::vector<Column> columns_{};
  std::string source_ = "table";
};

}  // namespace tenfold
