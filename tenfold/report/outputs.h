#pragma once
// A regression in a page: predicted against actual values, and how the errors are spread.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/report/chart.h"
#include "tenfold/report/scatter.h"

namespace tenfold::report {

/// One output, item by item.
struct OutputPlot {
  std::string name;
  std::vector<double> actual, predicted;
  std::vector<std::string> item;                          ///< names
  std::vector<std::pair<std::string, double>> figures{};  ///< "rmse", 0.42
};

/// Equal bins over all values: their middles and counts, with an empty bin at both ends. Values that are no number are
/// passed over. One bin where all are equal; none without values.
struct Histogram {
  std::vector<double> middle;
  std::vector<int64_t> count;
};
Histogram histogram(const std::vector<double>& values);

/// Up to 2,000 points, evenly taken from the items in their order, and always those furthest off, which are ringed.
Scatter output_scatter(const OutputPlot& plot, size_t number);
/// Predicted - actual over all items.
Chart residual_chart(const OutputPlot& plot, size_t number);
std::string output_table(const std::vector<OutputPlot>& plots);

}  // namespace tenfold::report
