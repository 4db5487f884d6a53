#pragma once
// Networks side by side: how good each is on the data at hand, and what it costs.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/report/chart.h"

namespace tenfold::report {

struct RankedNetwork {
  std::string name;
  double value = 0;              ///< of the metric
  double error = 0;              ///< its standard error, 0 where unknown
  double images_per_second = 0;  ///< through the network
  double seconds = 0;            ///< that ranking it took
  double million_parameters = 0;
  int64_t size = 0;  ///< pixels a side
};

struct Ranking {
  std::string metric;  ///< "accuracy"
  bool higher_is_better = true;
  std::vector<RankedNetwork> rows;                            ///< best first
  std::vector<std::pair<std::string, std::string>> left_out;  ///< name, why
};

/// The metric by milliseconds an image; a line joins those that no other beats in both.
Chart ranking_chart(const Ranking& ranking);
/// "" without rows.
std::string ranking_table(const Ranking& ranking);

/// Numbers of the rows that no faster or equally fast one is better than, fastest first.
std::vector<size_t> frontier(const Ranking& ranking);

}  // namespace tenfold::report
