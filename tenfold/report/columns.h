#pragma once
// A model of a table in a page: which columns matter, what it makes of their values, whether its probabilities hold,
// how it does as time goes by, and where validation may be better than life.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/report/chart.h"

namespace tenfold::report {

/// How much worse the metric is where a column's values change places between rows.
struct ImportanceRow {
  std::string column;
  double drop = 0;   ///< mean over repeats; below 0 the column hurts
  double error = 0;  ///< standard error of that mean
};
struct ImportancePlot {
  std::string metric;
  double base = 0;  ///< the metric as it is
  std::vector<ImportanceRow> rows;
};

/// The mean prediction where all rows have this value. Numbers have x, categories have levels.
struct DependencePlot {
  std::string column, output;
  std::vector<double> x;
  std::vector<std::string> level;
  std::vector<double> mean;    ///< one a value
  std::vector<int64_t> items;  ///< rows that have the value, or lie nearest to it; may be empty
};

/// What happened to the items given a probability, one entry a bin of probabilities, ascending.
struct CalibrationPlot {
  std::string what;  ///< "probability of 'yes'", "probability of the class predicted"
  std::vector<double> probability, observed;
  std::vector<int64_t> items;
  double error = 0;  ///< expected calibration error
};

/// Errors of one output by time.
struct TimeErrorPlot {
  std::string output;
  std::string x_label;                ///< "days since 2015-06-19"
  std::vector<double> x, bias, rmse;  ///< one a period; bias: mean of predicted - actual
};

/// A column, and why it may make validation better than life.
struct LeakRow {
  std::string column, finding, evidence, advice;
};

/// Figures of several models on the same rows.
struct ComparisonRow {
  std::string name;            ///< "valid: blend"
  std::vector<double> values;  ///< one a metric
};
struct Comparison {
  std::vector<std::string> metrics;
  std::vector<ComparisonRow> rows;
  std::string note;  ///< what to keep in mind
};

std::string comparison_table(const Comparison& comparison);
/// The columns with a bar each, most important first. "" without rows.
std::string importance_table(const ImportancePlot& plot);
/// The line of a number.
Chart dependence_chart(const DependencePlot& plot, size_t number);
/// The levels of a category with a bar each. "" for a number.
std::string dependence_table(const DependencePlot& plot);
/// Observed shares by probability, beside the line on which both are equal.
Chart calibration_chart(const CalibrationPlot& plot);
Chart time_error_chart(const TimeErrorPlot& plot, size_t number);
std::string leak_table(const std::vector<LeakRow>& rows);

}  // namespace tenfold::report
