#pragma once
// Where validation would look better than life: columns that give the target away, rows that are in both parts, groups
// and times that a random split takes apart. Suspicions with their evidence, each worth a look; none is proof.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/rows.h"

namespace tenfold::tabular {

/// gives_away: alone it tells (nearly) all of the target. strong: alone it tells so much that it may be known only
/// afterwards. difference: two columns, taken from each other, do. missing: whether it is missing tells the target.
/// not_in_test: the test table lacks it. date: rows have a time, and the split does not go by it. group: targets of
/// rows with the same value are alike, and the split parts them. copies: validation rows whose like is in training.
enum class LeakKind { gives_away, strong, difference, missing, not_in_test, date, group, copies };
constexpr auto names(LeakKind) {
  return std::to_array<std::pair<LeakKind, std::string_view>>({{LeakKind::gives_away, "gives_away"},
                                                               {LeakKind::strong, "strong"},
                                                               {LeakKind::difference, "difference"},
                                                               {LeakKind::missing, "missing"},
                                                               {LeakKind::not_in_test, "not_in_test"},
                                                               {LeakKind::date, "date"},
                                                               {LeakKind::group, "group"},
                                                               {LeakKind::copies, "copies"}});
}

struct Leak {
  std::string column;  ///< "arr_time - sched_arr_time" for a difference; "" for copies
  LeakKind kind = LeakKind::strong;
  std::string measure;  ///< "AUC", "R²", "share of rows in order", "correlation within", "share of rows", …
  double evidence = 0;
  std::string finding, advice;  ///< in words
};

struct LeakOptions {
  double gives_away = 0.98;  ///< AUC or R² of a column alone
  double strong_auc = 0.85, strong_r2 = 0.6;
  double missing_auc = 0.7;  ///< of a column's being missing
  double missing_r2 = 0.25;
  double group = 0.1;    ///< correlation of targets within a group
  int64_t groups = 30;   ///< groups that there are at least
  double copies = 0.01;  ///< share of the validation rows
  int64_t rows = 50000;  ///< looked at for what columns tell, evenly taken
};

/// `split` parts the rows of `frame`; test_columns are the test table's, where there is one. Columns that
/// options.ignore lists are not looked at. A function of its arguments; the most telling of each kind first.
std::vector<Leak> find_leaks(const Frame& frame, const SplitRows& split, const DataOptions& options,
                             const std::vector<std::string>& test_columns = {}, const LeakOptions& limits = {});

Json to_json(const std::vector<Leak>& leaks);

}  // namespace tenfold::tabular
