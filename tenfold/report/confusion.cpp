#include "tenfold/report/confusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

constexpr size_t kWhole = 128;  // a page stays quick with that many columns
constexpr size_t kPart = 64;    // shown of more
constexpr size_t kRoomy = 12;   // count and share fit in a cell together
constexpr size_t kPairs = 12;
constexpr int kStrong = 70;  // per cent of colour from which the ink must change to stay readable

int64_t sum(const std::vector<int64_t>& row) { return std::accumulate(row.begin(), row.end(), int64_t{0}); }

double share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string percent(double share_of_one) {
  const double value = 100 * share_of_one;
  if (value > 0 && value < 0.5) return "<1%";
  // 99.7 % is not everything.
  return std::to_string(share_of_one < 1 ? std::min(99L, std::lround(value)) : 100L) + "%";
}

void complete(std::vector<std::string>& classes, size_t count) {
  for (size_t k = classes.size(); k < count; ++k) classes.push_back(std::to_string(k));
}

/// The classes with the most mistakes, as actual or as predicted, in their usual order.
std::vector<size_t> most_mistaken(const std::vector<std::vector<int64_t>>& matrix, size_t count) {
  std::vector<int64_t> mistakes(matrix.size());
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t j = 0; j < matrix.size(); ++j)
      if (i != j) mistakes[i] += matrix[i][j], mistakes[j] += matrix[i][j];
  std::vector<size_t> order(matrix.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return mistakes[a] != mistakes[b] ? mistakes[a] > mistakes[b] : a < b; });
  order.resize(std::min(count, order.size()));
  std::sort(order.begin(), order.end());
  return order;
}

std::string cell(int64_t count, int64_t row_sum, bool diagonal, bool roomy) {
  if (count == 0) return diagonal ? "<td class=\"h\">0</td>" : "<td>0</td>";
  const double part = share(count, row_sum);
  // Mistakes are small shares of a row: the root keeps them visible.
  const int colour = std::clamp(static_cast<int>(std::lround(100 * (diagonal ? part : std::sqrt(part)))), 6, 100);
  const std::string kind = std::string(diagonal ? "h" : "") + (colour >= kStrong ? " s" : "");
  return joined({"<td", kind.empty() ? "" : " class=\"" + kind + "\"", " style=\"--p:", std::to_string(colour), "%\">",
                 std::to_string(count), roomy ? "<small>" + escape(percent(part)) + "</small>" : "", "</td>"});
}

}  // namespace

std::string confusion_table(std::vector<std::string> classes, std::vector<std::vector<int64_t>> matrix) {
  if (matrix.empty()) return {};
  complete(classes, matrix.size());
  const size_t all = matrix.size();
  std::vector<size_t> order(all);
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<int64_t> predicted(all);
  for (const auto& row : matrix)
    for (size_t j = 0; j < all; ++j) predicted[j] += row.at(j);
  std::string out = "<div>";
  if (all > kWhole) {
    order = most_mistaken(matrix, kPart);
    out += joined({"<p class=\"hint\">The ", std::to_string(kPart), " of ", std::to_string(all),
                   " classes with the most mistakes; sums and shares count all classes.</p>"});
  }
  const bool roomy = order.size() <= kRoomy;
  out += joined(
      {"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion matrix; arrow keys read its "
       "cells\">"
       "<table class=\"matrix",
       roomy ? " roomy" : "", "\"><thead><tr><td class=\"corner\"><span>predicted →</span><span>actual ↓</span></td>"});
  for (const size_t j : order) out += joined({"<th scope=\"col\"><span>", escape(classes[j]), "</span></th>"});
  out +=
      "<th scope=\"col\" class=\"sum\"><span>items</span></th><th scope=\"col\" "
      "class=\"sum\"><span>recall</span></th></tr></thead><tbody>";
  for (const size_t i : order) {
    const int64_t row_sum = sum(matrix[i]);
    out += joined({"<tr data-sum=\"", std::to_string(row_sum), "\"><th scope=\"row\">", escape(classes[i]), "</th>"});
    for (const size_t j : order) out += cell(matrix[i][j], row_sum, i == j, roomy);
    out += joined({"<td class=\"sum\">", std::to_string(row_sum), "</td><td class=\"sum\">",
                   row_sum > 0 ? escape(percent(share(matrix[i][i], row_sum))) : "–", "</td></tr>\n"});
  }
  out += joined({"</tbody><tfoot><tr><th scope=\"row\">precision", roomy ? "" : " %", "</th>"});
  for (const size_t j : order) {
    std::string precision = predicted[j] > 0 ? percent(share(matrix[j][j], predicted[j])) : "–";
    if (!roomy && precision.back() == '%') precision.pop_back();  // columns are narrow
    out += joined({"<td class=\"sum\">", escape(precision), "</td>"});
  }
  out +=
      "<td class=\"sum\"></td><td class=\"sum\"></td></tr></tfoot></table></div>"
      "<p class=\"readout\" aria-live=\"polite\">Point at a cell, or use the arrow keys in the matrix.</p></div>\n";
  return out;
}

std::vector<ConfusedPair> confused_pairs(const std::vector<std::vector<int64_t>>& matrix, size_t most) {
  std::vector<ConfusedPair> pairs;
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t j = 0; j < matrix[i].size(); ++j)
      if (i != j && matrix[i][j] > 0) pairs.push_back({i, j, matrix[i][j], share(matrix[i][j], sum(matrix[i]))});
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(-a.count, a.actual, a.predicted) < std::make_tuple(-b.count, b.actual, b.predicted);
  });
  pairs.resize(std::min(most, pairs.size()));
  return pairs;
}

std::string confused_list(const std::vector<std::string>& classes, const std::vector<std::vector<int64_t>>& matrix) {
  const auto pairs = confused_pairs(matrix, kPairs);
  if (pairs.empty()) return {};
  auto names = classes;
  complete(names, matrix.size());
  std::string out = "<div id=\"pairs\"><h3>Most confused</h3><ol class=\"pairs\">";
  for (const auto& pair : pairs)
    out += joined({"<li><span class=\"pair\"><span>", escape(names[pair.actual]),
                   "</span> <span class=\"arrow\">taken for</span> <span>", escape(names[pair.predicted]),
                   "</span></span><span class=\"bar\"><span style=\"width:",
                   std::to_string(std::lround(100 * share(pair.count, pairs.front().count))),
                   "%\"></span></span><span class=\"n\">", std::to_string(pair.count), " (",
                   escape(percent(pair.share)), ")</span></li>"});
  return out + "</ol></div>\n";
}

}  // namespace tenfold::report
