#pragma once
// What one column alone tells of a target, on rows that it was not fitted on: the mean target of its levels in one half
// of the rows says what the other half's are. Sees any shape of dependence, needs no network. Torch-free.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tenfold::tabular {

/// A column as levels: 0 … levels - 1, one a row.
struct Levelled {
  std::string name;
  std::vector<int32_t> code;
  int32_t levels = 0;
};

/// A column of numbers in bins of about equal numbers of rows, values that occur often in one of their own; what is no
/// number is level 0.
Levelled in_bins(std::string name, const std::vector<double>& values, int bins = 64);

/// Area under the ROC curve of 0/1 targets, ties counted half; 0.5 tells nothing. NaN where only one of them is there.
double alone_auc(const Levelled& column, const std::vector<double>& target);

/// Share of the target's variance explained; 0 tells nothing, below 0 is chance. NaN where it has none.
double alone_r2(const Levelled& column, const std::vector<double>& target);

/// How alike targets of the same level are, against those of different ones: the intraclass correlation of the one-way
/// analysis of variance, at most 1; 0 or less says that levels do not matter. NaN where it is not defined.
double within_correlation(const Levelled& column, const std::vector<double>& target);

/// How far the mean targets of neighbouring levels differ, against how far those of any two do, rows weighing: about 1
/// where the order of levels says nothing, as of names, near 0 where targets change steadily along it. NaN where no
/// level differs.
double neighbours_differ(const Levelled& column, const std::vector<double>& target);

/// Which of two halves a row belongs to, the same for every column; as good as drawn by lot.
int half_of(size_t row);

/// Area under the ROC curve of scores for 0/1 targets, ties counted half.
double auc_of(std::span<const double> score, const std::vector<double>& target);

}  // namespace tenfold::tabular
