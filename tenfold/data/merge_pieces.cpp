#include "tenfold/data/merge_pieces.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace tenfold {
namespace {

size_t rows_of(const std::vector<Piece*>& pieces) {
  size_t rows = 0;
  for (const Piece* piece : pieces) rows += piece->rows;
  return rows;
}

/// All values; pieces without any are null.
template <class T>
std::vector<T> gather(const std::vector<Piece*>& pieces, T null) {
  std::vector<T> out;
  out.reserve(rows_of(pieces));
  for (Piece* piece : pieces) {
    if (const auto* values = std::get_if<std::vector<T>>(&piece->values))
      out.insert(out.end(), values->begin(), values->end());
    else
      out.insert(out.end(), piece->rows, null);
    piece->values = {};
  }
  return out;
}

/// Integers and reals, whatever a piece keeps them as.
template <class Out>
std::vector<Out> numbers(const std::vector<Piece*>& pieces, Out null) {
  std::vector<Out> out;
  out.reserve(rows_of(pieces));
  const auto copy = [&]<class In>(const std::vector<In>& values) {
    for (const In value : values)
      out.push_back(std::is_integral_v<In> && value == std::numeric_limits<In>::min() ? null : static_cast<Out>(value));
  };
  for (Piece* piece : pieces) {
    if (const auto* bits16 = std::get_if<std::vector<int16_t>>(&piece->values))
      copy(*bits16);
    else if (const auto* bits32 = std::get_if<std::vector<int32_t>>(&piece->values))
      copy(*bits32);
    else if (const auto* bits64 = std::get_if<std::vector<int64_t>>(&piece->values))
      copy(*bits64);
    else if (const auto* doubles = std::get_if<std::vector<double>>(&piece->values))
      copy(*doubles);
    else
      out.insert(out.end(), piece->rows, null);
    piece->values = {};
  }
  return out;
}

/// In 2 bytes each where all of them fit, as the pieces have found.
Column integers(const std::vector<Piece*>& pieces) {
  const bool narrow = std::none_of(pieces.begin(), pieces.end(), [](const Piece* piece) {
    return std::holds_alternative<std::vector<int32_t>>(piece->values) ||
           std::holds_alternative<std::vector<int64_t>>(piece->values);
  });
  return narrow ? Column::short_integer(numbers<int16_t>(pieces, null_short))
                : Column::integer(numbers<int64_t>(pieces, null_integer));
}

template <class Out>
Column reals(const std::vector<Piece*>& pieces) {
  return Column::real(numbers<Out>(pieces, std::numeric_limits<Out>::quiet_NaN()));
}

/// Dates that some blocks allow to be read either way are kept day first; where others say month first, both are at
/// most 12 and change places.
int64_t month_first(int64_t seconds) {
  const int64_t day = day_of(seconds);
  const CivilDate date = date_of(day);
  return days_of({.year = date.year, .month = date.day, .day = date.month}) * seconds_a_day + seconds -
         day * seconds_a_day;
}

std::vector<int64_t> times(const std::vector<Piece*>& pieces, uint8_t formats) {
  constexpr auto kMonthFirst = static_cast<uint8_t>(1 << static_cast<int>(DateFormat::month_first));
  for (Piece* piece : pieces) {
    auto* values = std::get_if<std::vector<int64_t>>(&piece->values);
    const bool either = (piece->guess.formats & kMonthFirst) && piece->guess.formats != kMonthFirst;
    if (values == nullptr || !either || !(formats & kMonthFirst)) continue;
    for (int64_t& value : *values)
      if (value != null_integer) value = month_first(value);
  }
  return gather<int64_t>(pieces, null_integer);
}

/// Levels by where they are first seen, and what each worker's codes become.
struct Merged {
  Dictionary levels{};
  std::vector<std::vector<int32_t>> codes{};  ///< [worker][code]
};

Merged merge_levels(const std::vector<const ColumnReader*>& readers) {
  std::vector<std::tuple<uint64_t, size_t, size_t>> seen;  // where, worker, level
  Merged out;
  for (size_t worker = 0; worker < readers.size(); ++worker) {
    const auto& first = readers[worker]->first_seen();
    for (size_t level = 0; level < first.size(); ++level)
      if (first[level] != ColumnReader::never) seen.emplace_back(first[level], worker, level);
    out.codes.emplace_back(first.size());
  }
  std::sort(seen.begin(), seen.end());
  for (const auto& [where, worker, level] : seen)
    out.codes[worker][level] = out.levels.add(readers[worker]->dictionary()[level]);
  return out;
}

Column texts(const std::vector<Piece*>& pieces) {
  std::vector<TextBytes> bytes;
  for (Piece* piece : pieces)
    if (piece->bytes != nullptr) bytes.push_back(std::move(piece->bytes));
  return Column::text(gather<std::string_view>(pieces, {}), std::move(bytes));
}

Column categories(const std::vector<Piece*>& pieces, const std::vector<const ColumnReader*>& readers,
                  const ReadOptions& options, bool declared) {
  const Merged merged = merge_levels(readers);
  std::vector<int32_t> codes;
  codes.reserve(rows_of(pieces));
  for (Piece* piece : pieces) {
    const auto& map = merged.codes[static_cast<size_t>(piece->worker)];
    if (const auto* values = std::get_if<std::vector<int32_t>>(&piece->values))
      for (const int32_t code : *values) codes.push_back(code < 0 ? null_code : map[static_cast<size_t>(code)]);
    else
      codes.insert(codes.end(), piece->rows, null_code);
    piece->values = {};
  }
  const auto levels = std::make_shared<const std::vector<std::string>>(merged.levels.texts());
  size_t bytes = 0;
  for (const auto& level : *levels) bytes += level.size();
  const auto present = static_cast<size_t>(std::count_if(codes.begin(), codes.end(), [](int32_t c) { return c >= 0; }));
  const bool names = levels->size() <= options.most_levels && bytes <= levels->size() * options.longest_level &&
                     (levels->size() <= 1000 || 2 * levels->size() <= present);
  if (names || declared) {
    Column out = Column::category(std::move(codes), levels);
    return options.sorted_levels ? sorted_levels(out) : out;
  }
  std::vector<std::string_view> values(codes.size());
  for (size_t row = 0; row < codes.size(); ++row)
    if (codes[row] >= 0) values[row] = (*levels)[static_cast<size_t>(codes[row])];
  return Column::text(std::move(values), {levels});
}

}  // namespace

Column merge_pieces(const std::vector<Piece*>& pieces, Guess guess, const std::vector<const ColumnReader*>& readers,
                    const ReadOptions& options, std::optional<ColumnKind> declared) {
  switch (guess.kind) {
    case Guess::boolean:
      return Column::boolean(gather<int8_t>(pieces, null_boolean));
    case Guess::integer:
      return integers(pieces);
    case Guess::time:
      return Column::time(times(pieces, guess.formats));
    case Guess::words:
      return readers.front()->texts() ? texts(pieces) : categories(pieces, readers, options, declared.has_value());
    case Guess::nothing:
    case Guess::real:
      break;
  }
  return options.single ? reals<float>(pieces) : reals<double>(pieces);
}

}  // namespace tenfold
