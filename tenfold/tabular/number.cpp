#include "tenfold/tabular/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "tenfold/core/options.h"
#include "tenfold/tabular/quantiles.h"

namespace tenfold::tabular {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast = 1e-7;  // fastai adds it to each deviation

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double mode(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  double best = values.front();
  size_t most = 0;
  for (size_t from = 0, to = 0; from < values.size(); from = to) {
    while (to < values.size() && values[to] == values[from]) ++to;
    if (to - from > most) most = to - from, best = values[from];
  }
  return best;
}

}  // namespace

void fit_number(Number& number, std::vector<double>& values, const DataOptions& options) {
  const size_t rows = values.size();
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  const auto missing = static_cast<double>(rows - values.size());
  number.fill = options.fill == Fill::constant || values.empty() ? options.fill_value
                : options.fill == Fill::median                   ? median(values)
                                                                 : mode(values);
  if (options.scaling == Scaling::normalize) {
    const auto count = static_cast<double>(rows);
    double sum = missing * number.fill, squares = 0;
    for (const double value : values) sum += value;
    number.mean = sum / count;
    squares = missing * (number.fill - number.mean) * (number.fill - number.mean);
    for (const double value : values) squares += (value - number.mean) * (value - number.mean);
    const double deviation = std::sqrt(squares / count);
    number.deviation = deviation > 0 ? deviation + kLeast : 1;
  } else if (options.scaling == Scaling::quantile) {
    values.resize(rows, number.fill);
    std::sort(values.begin(), values.end());
    number.references = quantile_references(values, options.quantiles);
  }
}

double scaled(const Number& number, double value) {
  if (!std::isfinite(value)) value = number.fill;
  return number.references.empty() ? (value - number.mean) / number.deviation : to_normal(number.references, value);
}

double unscaled(const Number& number, double value) {
  if (number.references.empty()) return value * number.deviation + number.mean;
  const double rank = std::erfc(-value / std::numbers::sqrt2) / 2 * static_cast<double>(number.references.size() - 1);
  const auto below = std::min(static_cast<size_t>(rank), number.references.size() - 2);
  const double share = rank - static_cast<double>(below);
  return number.references[below] + share * (number.references[below + 1] - number.references[below]);
}

double number_of(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size() && !text.empty()
             ? value
             : std::numeric_limits<double>::quiet_NaN();
}

NumberReader::NumberReader(const Column& column) {
  if (column.kind() != ColumnKind::category && column.kind() != ColumnKind::text) return;
  if (column.nulls() < column.rows()) remark_ = "is " + name_of(column.kind()) + " now; read as numbers";
  if (column.kind() == ColumnKind::category)
    for (const auto& level : column.levels()) by_code_.push_back(number_of(level));
}

void NumberReader::read(const Column& values, std::span<double> out) const {
  if (values.kind() == ColumnKind::category) {
    const auto codes = values.codes();
    for (size_t k = 0; k < out.size(); ++k)
      out[k] = codes[k] == null_code ? kNone : by_code_[static_cast<size_t>(codes[k])];
  } else if (values.kind() == ColumnKind::text) {
    const auto texts = values.texts();
    for (size_t k = 0; k < out.size(); ++k) out[k] = texts[k].data() == nullptr ? kNone : number_of(texts[k]);
  } else {
    values.copy_numbers(0, out);
  }
}

}  // namespace tenfold::tabular
