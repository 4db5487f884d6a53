// Columns of a Frame: what they hold, and rows taken from them or put under them.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/dates.h"
#include "tenfold/data/dictionary.h"
#include "tenfold/data/frame.h"

namespace tenfold {
namespace {

template <class T>
T null_of() {
  if constexpr (std::is_same_v<T, int8_t>) return null_boolean;
  if constexpr (std::is_same_v<T, int64_t>) return null_integer;
  if constexpr (std::is_same_v<T, int16_t>) return null_short;
  if constexpr (std::is_same_v<T, int32_t>) return null_code;
  if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::quiet_NaN();
  if constexpr (std::is_same_v<T, std::string_view>) return {};
}

template <class T>
bool null(const T& value) {
  if constexpr (std::is_floating_point_v<T>)
    return std::isnan(value);
  else if constexpr (std::is_same_v<T, std::string_view>)
    return value.data() == nullptr;
  else
    return value == null_of<T>();
}

/// One allocation for all texts; an empty one is not null.
std::pair<std::vector<std::string_view>, TextBytes> pack(const std::vector<std::string>& values) {
  const size_t size = std::accumulate(values.begin(), values.end(), size_t{1},
                                      [](size_t sum, const std::string& value) { return sum + value.size(); });
  std::shared_ptr<char[]> bytes(new char[size]);
  std::vector<std::string_view> views;
  views.reserve(values.size());
  char* at = bytes.get();
  for (const auto& value : values) {
    std::copy(value.begin(), value.end(), at);
    views.emplace_back(at, value.size());
    at += value.size();
  }
  return {std::move(views), std::move(bytes)};
}

template <class Out, class Values>
void copy_as(const Values& from, std::span<Out> to) {
  for (size_t k = 0; k < to.size(); ++k)
    to[k] = null(from[k]) ? std::numeric_limits<Out>::quiet_NaN() : static_cast<Out>(from[k]);
}

/// The shortest text that reads back as the same number; no exponent where numbers are usually written without.
template <class T>
void append_real(std::string& out, T value) {
  const T size = std::abs(value);
  const bool plain = size == 0 || (size >= T(1e-5) && size < T(1e15));
  char text[64];
  const auto end =
      std::to_chars(text, text + sizeof text, value, plain ? std::chars_format::fixed : std::chars_format::scientific);
  out.append(text, end.ptr);
}

/// Texts whatever the kind: a category's levels.
Column as_text(const Column& column) {
  if (column.kind() == ColumnKind::text) return column;
  std::vector<std::string_view> values;
  values.reserve(column.rows());
  for (const int32_t code : column.codes())
    values.push_back(code < 0 ? std::string_view{} : std::string_view(column.levels()[static_cast<size_t>(code)]));
  return Column::text(std::move(values), {column.shared_levels()});
}

}  // namespace

template <class T>
Column Column::make(ColumnKind kind, std::vector<T> values) {
  return {kind, std::make_shared<const Values>(std::in_place_type<std::vector<T>>, std::move(values))};
}

template <class T>
const std::vector<T>& Column::get(ColumnKind wanted) const {
  const auto* values = kind_ == wanted ? std::get_if<std::vector<T>>(values_.get()) : nullptr;
  if (values == nullptr)
    throw Error("a column of kind " + name_of(kind_) + (single() ? " (single)" : "") + " is read as " +
                name_of(wanted) + (std::is_same_v<T, float> ? " (single)" : "") + "; convert it, or read its own kind");
  return *values;
}

Column Column::boolean(std::vector<int8_t> values) { return make(ColumnKind::boolean, std::move(values)); }
Column Column::integer(std::vector<int64_t> values) { return make(ColumnKind::integer, std::move(values)); }
Column Column::short_integer(std::vector<int16_t> values) { return make(ColumnKind::integer, std::move(values)); }
Column Column::real(std::vector<double> values) { return make(ColumnKind::real, std::move(values)); }
Column Column::real(std::vector<float> values) { return make(ColumnKind::real, std::move(values)); }
Column Column::time(std::vector<int64_t> seconds) { return make(ColumnKind::time, std::move(seconds)); }

Column Column::category(std::vector<int32_t> codes, std::vector<std::string> levels) {
  return category(std::move(codes), std::make_shared<const std::vector<std::string>>(std::move(levels)));
}

Column Column::category(std::vector<int32_t> codes, Levels levels) {
  Dictionary seen;
  size_t count = 0;
  for (const auto& level : *levels)
    if (static_cast<size_t>(seen.add(level)) + 1 != ++count)
      throw Error("a category has the level '" + level + "' twice; its levels must differ");
  for (const int32_t code : codes)
    if (code < null_code || code >= static_cast<int64_t>(count))
      throw Error("a category has the code " + std::to_string(code) + "; its " + std::to_string(count) +
                  " levels allow -1 (missing) to " + std::to_string(count - 1));
  Column out = make(ColumnKind::category, std::move(codes));
  out.levels_ = std::move(levels);
  return out;
}

Column Column::category(const std::vector<std::string>& values) {
  Dictionary levels;
  std::vector<int32_t> codes;
  codes.reserve(values.size());
  for (const auto& value : values) codes.push_back(levels.add(value));
  return category(std::move(codes), levels.texts());
}

Column Column::text(const std::vector<std::string>& values) {
  auto [views, bytes] = pack(values);
  return text(std::move(views), {std::move(bytes)});
}

Column Column::text(std::vector<std::string_view> values, std::vector<TextBytes> bytes) {
  Column out = make(ColumnKind::text, std::move(values));
  out.bytes_ = std::move(bytes);
  return out;
}

size_t Column::rows() const {
  return std::visit([](const auto& values) { return values.size(); }, *values_);
}

std::span<const int8_t> Column::booleans() const { return get<int8_t>(ColumnKind::boolean); }
Integers Column::integers() const {
  const auto* narrow = kind_ == ColumnKind::integer ? std::get_if<std::vector<int16_t>>(values_.get()) : nullptr;
  return narrow != nullptr ? Integers(std::span(*narrow)) : Integers(std::span(get<int64_t>(ColumnKind::integer)));
}
std::span<const double> Column::reals() const { return get<double>(ColumnKind::real); }
std::span<const float> Column::singles() const { return get<float>(ColumnKind::real); }
std::span<const int64_t> Column::times() const { return get<int64_t>(ColumnKind::time); }
std::span<const int32_t> Column::codes() const { return get<int32_t>(ColumnKind::category); }
std::span<const std::string_view> Column::texts() const { return get<std::string_view>(ColumnKind::text); }
bool Column::single() const { return std::holds_alternative<std::vector<float>>(*values_); }

const Levels& Column::shared_levels() const {
  get<int32_t>(ColumnKind::category);
  return levels_;
}
const std::vector<std::string>& Column::levels() const { return *shared_levels(); }

bool Column::is_null(size_t row) const {
  return std::visit([&](const auto& values) { return null(values.at(row)); }, *values_);
}

size_t Column::nulls() const {
  const auto count = [](const auto& values) {
    return std::count_if(values.begin(), values.end(), [](const auto& value) { return null(value); });
  };
  return static_cast<size_t>(std::visit(count, *values_));
}

std::string Column::show(size_t row) const {
  std::string out;
  append_to(out, row);
  return out;
}

bool Column::append_to(std::string& out, size_t row) const {
  if (is_null(row)) return false;
  switch (kind_) {
    case ColumnKind::boolean:
      out += booleans()[row] != 0 ? "true" : "false";
      break;
    case ColumnKind::integer: {
      char text[24];
      out.append(text, std::to_chars(text, text + sizeof text, integers()[row]).ptr);
      break;
    }
    case ColumnKind::real:
      if (single())
        append_real(out, singles()[row]);
      else
        append_real(out, reals()[row]);
      break;
    case ColumnKind::category:
      out += levels()[static_cast<size_t>(codes()[row])];
      break;
    case ColumnKind::text:
      out += texts()[row];
      break;
    case ColumnKind::time:
      out += show_time(times()[row]);
  }
  return true;
}

namespace {

template <class T>
void copy_column(const Column& column, size_t first, std::span<T> out) {
  if (first > column.rows() || out.size() > column.rows() - first)
    throw Error("rows " + std::to_string(first) + " to " + std::to_string(first + out.size()) + " are asked of " +
                std::to_string(column.rows()));
  const auto copy = [&](auto values) { copy_as(values.subspan(first, out.size()), out); };
  if (column.kind() == ColumnKind::boolean)
    copy(column.booleans());
  else if (column.kind() == ColumnKind::time)
    copy(column.times());
  else if (column.kind() != ColumnKind::real)
    copy(column.integers());
  else if (column.single())
    copy(column.singles());
  else
    copy(column.reals());
}

}  // namespace

void Column::copy_numbers(size_t first, std::span<double> out) const { copy_column(*this, first, out); }
void Column::copy_numbers(size_t first, std::span<float> out) const { copy_column(*this, first, out); }

std::vector<double> Column::numbers() const {
  std::vector<double> out(rows());
  copy_numbers(0, out);
  return out;
}

Column Column::take(std::span<const int64_t> rows) const {
  Column out = std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> taken;
        taken.reserve(rows.size());
        for (const int64_t row : rows) taken.push_back(row < 0 ? null_of<T>() : values.at(static_cast<size_t>(row)));
        return make(kind_, std::move(taken));
      },
      *values_);
  out.levels_ = levels_;
  out.bytes_ = bytes_;
  return out;
}

Column Column::append(const Column& below) const {
  const auto number = [](ColumnKind kind) { return kind == ColumnKind::integer || kind == ColumnKind::real; };
  const auto words = [](ColumnKind kind) { return kind == ColumnKind::category || kind == ColumnKind::text; };
  if (kind_ != below.kind_ || single() != below.single()) {
    if (number(kind_) && number(below.kind_)) {
      auto all = numbers();
      all.resize(rows() + below.rows());
      below.copy_numbers(0, std::span(all).subspan(rows()));
      return real(std::move(all));
    }
    if (words(kind_) && words(below.kind_)) return as_text(*this).append(as_text(below));
    throw Error("is " + name_of(kind_) + " above and " + name_of(below.kind_) + " below; convert one of them");
  }
  if (values_->index() != below.values_->index()) {  // integers of 2 bytes and of 8
    std::vector<int64_t> all(integers().begin(), integers().end());
    all.insert(all.end(), below.integers().begin(), below.integers().end());
    return integer(std::move(all));
  }
  Column out = std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> all = values;
        const auto& more = std::get<std::vector<T>>(*below.values_);
        all.insert(all.end(), more.begin(), more.end());
        if constexpr (std::is_same_v<T, int32_t>) {
          if (levels_ == below.levels_) return make(kind_, std::move(all));
          Dictionary levels;
          for (const auto& level : *levels_) levels.add(level);
          std::vector<int32_t> code;
          for (const auto& level : *below.levels_) code.push_back(levels.add(level));
          for (size_t k = values.size(); k < all.size(); ++k)
            if (all[k] >= 0) all[k] = code[static_cast<size_t>(all[k])];
          return category(std::move(all), levels.texts());
        }
        return make(kind_, std::move(all));
      },
      *values_);
  if (out.levels_ == nullptr) out.levels_ = levels_;
  out.bytes_ = bytes_;
  out.bytes_.insert(out.bytes_.end(), below.bytes_.begin(), below.bytes_.end());
  return out;
}

}  // namespace tenfold
