#include "tenfold/data/column_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/dates.h"

namespace tenfold {
namespace {

constexpr uint8_t kIso = 1 << static_cast<int>(DateFormat::iso);
constexpr uint8_t kDayFirst = 1 << static_cast<int>(DateFormat::day_first);
constexpr uint8_t kMonthFirst = 1 << static_cast<int>(DateFormat::month_first);

DateFormat first_of(uint8_t formats) {
  return (formats & kIso) ? DateFormat::iso : (formats & kDayFirst) ? DateFormat::day_first : DateFormat::month_first;
}

uint8_t formats_of(std::string_view text, uint8_t allowed) {
  uint8_t formats = 0;
  if (text.size() < 8 || text.size() > 40 || text[0] < '0' || text[0] > '9') return formats;
  for (const DateFormat format : {DateFormat::iso, DateFormat::day_first, DateFormat::month_first})
    if (const auto bit = static_cast<uint8_t>(1 << static_cast<int>(format));
        (allowed & bit) && parse_time(text, format))
      formats |= bit;
  return formats;
}

/// Dates in ISO form, which files have in long runs of the same day.
class IsoTimes {
 public:
  /// 16 bytes behind the text are readable.
  bool parse(std::string_view text, int64_t& out) {
    if (text.size() < 10) return slowly(text, out);
    if (std::memcmp(text.data(), day_text_, sizeof day_text_) != 0) {
      const auto seconds = parse_time(text.substr(0, 10), DateFormat::iso);
      if (!seconds) return slowly(text, out);
      std::memcpy(day_text_, text.data(), sizeof day_text_);
      day_ = *seconds;
    }
    if (text.size() == 10) return out = day_, true;
    const char* at = text.data() + 11;
    const bool clock = (text.size() == 19 || (text.size() == 20 && text[19] == 'Z')) &&
                       (at[-1] == 'T' || at[-1] == ' ') && at[2] == ':' && at[5] == ':';
    if (!clock) return slowly(text, out);
    const int64_t hour = parse_digits(at, 2), minute = parse_digits(at + 3, 2), second = parse_digits(at + 6, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    out = day_ + hour * 3600 + minute * 60 + second;
    return true;
  }

 private:
  static bool slowly(std::string_view text, int64_t& out) {
    const auto seconds = parse_time(trimmed(text), DateFormat::iso);
    if (seconds) out = *seconds;
    return seconds.has_value();
  }
  char day_text_[10] = {};
  int64_t day_ = 0;
};

/// The rows that `parse` reads, from the first; nulls become `null`.
template <class T, class Parse>
size_t read_values(const CsvBlock& block, size_t column, const ValueRules& rules, T null, std::vector<T>& out,
                   Parse parse) {
  const size_t rows = block.rows();
  out.resize(rows);
  for (size_t row = 0; row < rows; ++row) {
    const std::string_view text = block.at(row, column);
    if (parse(text, out[row])) [[likely]]
      continue;
    if (!rules.null(text)) return row;
    out[row] = null;
  }
  return rows;
}

template <class T>
std::vector<T> narrowed(const std::vector<int64_t>& values) {
  std::vector<T> out(values.size());
  for (size_t k = 0; k < values.size(); ++k)
    out[k] = values[k] == null_integer ? std::numeric_limits<T>::min() : static_cast<T>(values[k]);
  return out;
}

/// A table's pieces wait until all are read: most integers need a quarter of the memory.
void narrow(const std::vector<int64_t>& values, Piece& piece) {
  int64_t least = 0, most = 0;
  for (const int64_t value : values) {
    least = std::min(least, value == null_integer ? 0 : value);
    most = std::max(most, value);
  }
  const auto fits = [&]<class T>(T lowest) { return least > lowest && most <= std::numeric_limits<T>::max(); };
  if (fits(std::numeric_limits<int16_t>::min()))
    piece.values = narrowed<int16_t>(values);
  else if (fits(std::numeric_limits<int32_t>::min()))
    piece.values = narrowed<int32_t>(values);
  else
    piece.values = values;
}

}  // namespace

Guess join(Guess a, Guess b) {
  if (a.kind == Guess::nothing) return b;
  if (b.kind == Guess::nothing) return a;
  if (a.kind == Guess::time && b.kind == Guess::time && (a.formats & b.formats) != 0)
    return {.kind = Guess::time, .formats = static_cast<uint8_t>(a.formats & b.formats)};
  if (a.kind == b.kind && a.kind != Guess::time) return a;
  const auto number = [](Guess guess) { return guess.kind == Guess::integer || guess.kind == Guess::real; };
  return {.kind = number(a) && number(b) ? Guess::real : Guess::words};
}

ValueRules::ValueRules(const ReadOptions& options) : numbers(options.numbers), nulls(options.nulls) {
  date_formats = !options.dates                              ? kIso | kDayFirst | kMonthFirst
                 : *options.dates == DateFormat::day_first   ? kIso | kDayFirst
                 : *options.dates == DateFormat::month_first ? kIso | kMonthFirst
                                                             : kIso;
  std::sort(nulls.begin(), nulls.end());
  nulls.erase(std::unique(nulls.begin(), nulls.end()), nulls.end());
  for (const auto& text : nulls) {
    if (text.size() < 64)
      null_sizes_ |= uint64_t{1} << text.size();
    else
      null_long_ = true;
  }
}

bool ValueRules::null(std::string_view text) const {
  text = trimmed(text);
  if (text.size() < 64 ? (null_sizes_ >> text.size() & 1) == 0 : !null_long_) return false;
  return std::any_of(nulls.begin(), nulls.end(), [&](const std::string& known) { return known == text; });
}

Guess ValueRules::guess(std::string_view text) const {
  if (null(text)) return {};
  std::string padded(text);
  padded.append(16, '\0');
  const std::string_view value(padded.data(), text.size());
  int64_t integer = 0;
  double real = 0;
  int8_t boolean = 0;
  if (parse_integer(value, numbers, integer)) return {.kind = Guess::integer};
  if (parse_real(value, numbers, real)) return {.kind = Guess::real};
  if (parse_boolean(value, boolean)) return {.kind = Guess::boolean};
  if (const uint8_t formats = formats_of(trimmed(value), date_formats))
    return {.kind = Guess::time, .formats = formats};
  return {.kind = Guess::words};
}

ColumnReader::ColumnReader(const ValueRules& rules, std::string name)
    : rules_(&rules), name_(std::move(name)), numbers_(rules.numbers) {}

ColumnReader ColumnReader::another() const {
  ColumnReader out(*rules_, name_);
  out.expected_ = expected_;
  out.declared_ = declared_;
  out.texts_ = texts_;
  out.numbers_ = numbers_;
  return out;
}

void ColumnReader::declare(ColumnKind kind) {
  declared_ = true;
  numbers_.leading_zeros = true;
  texts_ = kind == ColumnKind::text;
  switch (kind) {
    case ColumnKind::boolean:
      expected_ = {.kind = Guess::boolean};
      break;
    case ColumnKind::integer:
      expected_ = {.kind = Guess::integer};
      break;
    case ColumnKind::real:
      expected_ = {.kind = Guess::real};
      break;
    case ColumnKind::time:
      expected_ = {.kind = Guess::time, .formats = 0};  // the first value says
      break;
    case ColumnKind::category:
    case ColumnKind::text:
      take_words();
  }
}

void ColumnReader::choose_texts(const CsvBlock& block, size_t column, size_t longest_level) {
  if (expected_.kind != Guess::words || declared_) return;
  size_t bytes = 0, count = 0;
  for (size_t row = 0; row < block.rows(); ++row)
    if (const std::string_view text = block.at(row, column); !rules_->null(text)) {
      bytes += text.size();
      ++count;
    }
  texts_ = bytes > count * longest_level;
}

Piece ColumnReader::read(const CsvBlock& block, size_t column, const std::string& file) {
  while (true) {
    Piece piece{.rows = block.rows()};
    const size_t row = read_as(expected_, block, column, piece);
    piece.guess = expected_;
    if (row == block.rows()) return piece;
    const std::string_view text = block.at(row, column);
    if (!declared_) {
      expected_ = join(expected_, rules_->guess(text));
      continue;
    }
    const uint8_t formats =
        expected_.kind == Guess::time ? formats_of(trimmed(text), rules_->date_formats) : uint8_t{0};
    const uint8_t both = expected_.formats == 0 ? formats : expected_.formats & formats;
    if (both == 0) {
      constexpr const char* kNames[] = {"", "boolean", "an integer", "a number", "a time of the form of those above",
                                        ""};
      throw DataError(file, block.line(row),
                      "column '" + name_ + "' has '" + std::string(text.substr(0, 60)) + "', which is not " +
                          kNames[expected_.kind] + "; correct the row, or declare another kind");
    }
    expected_.formats = both;
  }
}

size_t ColumnReader::read_as(Guess guess, const CsvBlock& block, size_t column, Piece& piece) {
  const auto values = [&]<class T>(std::vector<T>& out, T null, auto parse) {
    return read_values(block, column, *rules_, null, out, parse);
  };
  switch (guess.kind) {
    case Guess::nothing: {
      size_t row = 0;
      while (row < block.rows() && rules_->null(block.at(row, column))) ++row;
      return row;
    }
    case Guess::boolean:
      return values(piece.values.emplace<std::vector<int8_t>>(), null_boolean, [&](std::string_view text, int8_t& out) {
        return declared_ ? parse_boolean_loosely(text, out) : parse_boolean(text, out);
      });
    case Guess::integer: {
      const size_t row = values(integers_, null_integer, [this](std::string_view text, int64_t& out) {
        return parse_integer(text, numbers_, out);
      });
      if (row == block.rows()) narrow(integers_, piece);
      return row;
    }
    case Guess::real:
      return values(piece.values.emplace<std::vector<double>>(), std::numeric_limits<double>::quiet_NaN(),
                    [this](std::string_view text, double& out) { return parse_real(text, numbers_, out); });
    case Guess::time:
      return read_times(block, column, guess.formats, piece.values.emplace<std::vector<int64_t>>());
    case Guess::words:
      if (!texts_) return read_codes(block, column, piece.values.emplace<std::vector<int32_t>>());
      read_texts(block, column, piece);
  }
  return block.rows();
}

size_t ColumnReader::read_times(const CsvBlock& block, size_t column, uint8_t formats,
                                std::vector<int64_t>& out) const {
  if (formats == kIso)
    return read_values(
        block, column, *rules_, null_integer, out,
        [iso = IsoTimes()](std::string_view text, int64_t& value) mutable { return iso.parse(text, value); });
  const DateFormat format = first_of(formats);
  const bool either = (formats & kDayFirst) && (formats & kMonthFirst);
  return read_values(block, column, *rules_, null_integer, out, [&](std::string_view text, int64_t& value) {
    if (formats == 0) return false;
    const auto seconds = parse_time(trimmed(text), format);
    if (!seconds || (either && !parse_time(trimmed(text), DateFormat::month_first))) return false;
    value = *seconds;
    return true;
  });
}

size_t ColumnReader::read_codes(const CsvBlock& block, size_t column, std::vector<int32_t>& out) {
  const size_t rows = block.rows();
  out.resize(rows);
  for (size_t row = 0; row < rows; ++row) {
    const std::string_view text = block.at(row, column);
    const auto code = static_cast<size_t>(dictionary_.add(text));
    if (code == first_seen_.size()) [[unlikely]]
      first_seen_.push_back(rules_->null(text) ? never : uint64_t{block.number()} << 32 | row);
    out[row] = first_seen_[code] == never ? null_code : static_cast<int32_t>(code);
  }
  return rows;
}

void ColumnReader::read_texts(const CsvBlock& block, size_t column, Piece& piece) const {
  auto& out = piece.values.emplace<std::vector<std::string_view>>(block.rows());
  size_t bytes = 0;
  for (size_t row = 0; row < out.size(); ++row) {
    const std::string_view text = block.at(row, column);
    if (rules_->null(text)) continue;
    out[row] = text;
    bytes += text.size();
  }
  if (2 * bytes >= block.size()) {  // most of the block: no copy
    piece.bytes = block.keep();
    return;
  }
  std::shared_ptr<char[]> own(new char[bytes + 1]);
  char* at = own.get();
  for (auto& text : out) {
    if (text.data() == nullptr) continue;
    std::memcpy(at, text.data(), text.size());
    text = {at, text.size()};
    at += text.size();
  }
  piece.bytes = std::move(own);
}

}  // namespace tenfold
