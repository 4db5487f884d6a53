#pragma once
// Columns of numbers, filled and scaled: fitted on training rows, as fastai's FillMissing and Normalize. Torch-free.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/data/frame.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

/// A column of numbers. Missing values and infinities become `fill`; then (x - mean) / deviation, or the normal deviate
/// of the rank among `references` where there are any.
struct Number {
  std::string name, column, source;
  double fill = 0;
  double mean = 0, deviation = 1;
  std::vector<double> references{};
  bool integral = false;  ///< whole numbers in training
  std::string encodes;    ///< the category whose levels it replaces by means of the target; empty: a column's values
  std::vector<double> means{};  ///< encodes: one a code
  int64_t output = 0;           ///< encodes: the class, label or output whose mean it is
};
template <class Visitor>
void fields(Visitor&& visit, Number& o) {
  visit("name", o.name, "of the column of numbers");
  visit("column", o.column, "what it is read from");
  visit("source", o.source, "the table's column");
  visit("fill", o.fill, "stands for a missing value");
  visit("mean", o.mean, "taken off");
  visit("deviation", o.deviation, "divided by");
  visit("references", o.references, "values at equally spaced ranks");
  visit("integral", o.integral, "whole numbers in training");
  visit("encodes", o.encodes, "the category whose levels it replaces by means of the target");
  visit("means", o.means, "the mean target of each code");
  visit("output", o.output, "the class, label or output whose mean it is");
}

/// Fills and scales by the values, one a training row; NaN and infinities are missing. `values` may be changed. The
/// median of an even number of values is the mean of the middle two; of several modes the least is taken. Where all
/// values are equal, nothing is divided by.
void fit_number(Number& number, std::vector<double>& values, const DataOptions& options);

/// The value as the network takes it; `value` may be missing.
double scaled(const Number& number, double value);
/// A scaled number back in its unit; of a quantile scale the value at that rank.
double unscaled(const Number& number, double value);

/// Values of a column of any kind as numbers.
class NumberReader {
 public:
  /// `column` is read in whole or in parts.
  explicit NumberReader(const Column& column);
  /// "is text now; read as numbers" where it is so; else "".
  const std::string& remark() const { return remark_; }
  /// NaN for null and for text that is no number.
  void read(const Column& part, std::span<double> out) const;

 private:
  std::string remark_;
  std::vector<double> by_code_{};
};

/// Text as a number, all of it but spaces around; NaN where it is none.
double number_of(std::string_view text);

}  // namespace tenfold::tabular
