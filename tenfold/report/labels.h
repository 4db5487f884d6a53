#pragma once
// A multi-label task in a page: how well each label is found, and what other thresholds would give.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/report/chart.h"

namespace tenfold::report {

/// One label. Shares that are no number are shown as "–".
struct LabelRow {
  std::string name;
  int64_t items = 0, given = 0, right = 0;  ///< that have it, that are given it, both
  double precision = 0, recall = 0, f1 = 0, f2 = 0;
};

/// What each threshold would give, thresholds ascending.
struct ThresholdPlot {
  std::vector<double> threshold;
  std::vector<std::pair<std::string, std::vector<double>>> scores;  ///< name, one value a threshold
  double used = 0;                                                  ///< marked
};

/// One row a label, the least well found first. "" without labels.
std::string label_table(const std::vector<LabelRow>& rows);

Chart threshold_chart(const ThresholdPlot& plot);

}  // namespace tenfold::report
