#include "tenfold/cli/core/inspected.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "tenfold/cli/terminal.h"

namespace tenfold::cli {
namespace {

constexpr size_t kShown = 20;         // of each list; --json has all
constexpr size_t kShownColumns = 60;  // of a table
constexpr int kCell = 34;             // letters of a column's values

using Rows = std::vector<std::vector<std::string>>;

std::string more(size_t all, size_t shown = kShown) {
  return all > shown ? "  … and " + std::to_string(all - shown) + " more; --json FILE lists all\n" : "";
}

std::string broken_text(const std::vector<Broken>& broken) {
  if (broken.empty()) return "";
  std::string text = "\nbroken (" + std::to_string(broken.size()) + ")\n";
  for (size_t k = 0; k < broken.size() && k < kShown; ++k)
    text += "  " + broken[k].path + ": " + broken[k].problem + "\n";
  return text + more(broken.size());
}

std::string end_text(const std::vector<std::string>& warnings, const std::string& recommendation) {
  std::string text = warnings.empty() ? "" : "\nto look at\n";
  for (const auto& warning : warnings) text += "  " + warning + "\n";
  return text + (recommendation.empty() ? "" : "\nnext\n  " + recommendation + "\n");
}

std::string sizes(const vision::Inspection& found) {
  const auto pair = [](int width, int height) { return std::to_string(width) + " x " + std::to_string(height); };
  return pair(found.min_width, found.min_height) + " to " + pair(found.max_width, found.max_height) + ", median " +
         pair(found.median_width, found.median_height) + " pixels";
}

std::string classes_text(const vision::Inspection& found) {
  Rows rows{{"class", "train", "valid", "test"}};
  for (size_t k = 0; k < found.classes.size() && k < kShown; ++k) {
    const auto& row = found.classes[k];
    rows.push_back({row.name, std::to_string(row.train), std::to_string(row.valid), std::to_string(row.test)});
  }
  return found.classes.empty() ? "" : "\n" + table(rows, terminal(STDOUT_FILENO)) + more(found.classes.size());
}

std::string share(int64_t part, int64_t whole) {
  if (part == 0) return "-";
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(std::max<int64_t>(whole, 1));
  return (percent < 0.1 ? "<0.1" : number(percent, 3)) + " %";
}

/// At most `most` letters of UTF-8 text, on one line.
std::string shortened(std::string text, int most) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  if (columns(text) <= most) return text;
  while (columns(text) >= most) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
  }
  return text + "…";
}

std::string values_text(const ColumnSummary& summary) {
  if (summary.kind == ColumnKind::integer || summary.kind == ColumnKind::real || summary.kind == ColumnKind::time)
    return summary.lowest.empty() ? "" : shortened(summary.lowest + " to " + summary.highest, kCell);
  std::string text;
  for (const auto& example : summary.examples) text += (text.empty() ? "" : ", ") + example;
  return shortened(text, kCell);
}

std::string columns_text(const tabular::TableInspection& found) {
  Rows rows{{"column", "read as", "missing", "different", "values", "taken for"}};
  for (size_t k = 0; k < found.columns.size() && k < kShownColumns; ++k) {
    const auto& [plan, summary] = found.columns[k];
    rows.push_back({shortened(plan.name, kCell), name_of(summary.kind),
                    share(static_cast<int64_t>(summary.nulls), found.rows), std::to_string(summary.distinct),
                    values_text(summary), plan.use + (plan.reason.empty() ? "" : ": " + plan.reason)});
  }
  return found.columns.empty()
             ? ""
             : "\n" + table(rows, terminal(STDOUT_FILENO)) + more(found.columns.size(), kShownColumns);
}

std::string target_text(const tabular::TableInspection& found) {
  std::string text;
  const int64_t labelled = found.rows - found.unlabelled;
  for (const auto& one : found.targets) {
    text += "\ntarget " + one.name + ", " + found.task;
    if (one.classes.empty()) {
      text += ": " + number(one.lowest, 6) + " to " + number(one.highest, 6) + ", median " + number(one.median, 6) +
              ", half of the rows from " + number(one.lower_quarter, 6) + " to " + number(one.upper_quarter, 6) +
              ", mean " + number(one.mean, 6) + ", deviation " + number(one.deviation, 6) + "\n";
    } else if (found.task == "multi_label") {
      text += ": in " + std::to_string(one.classes[0].rows) + " rows, " + share(one.classes[0].rows, labelled) + "\n";
    } else {
      Rows rows{{"class", "rows", "share"}};
      for (size_t k = 0; k < one.classes.size() && k < kShown; ++k)
        rows.push_back({shortened(one.classes[k].name, kCell), std::to_string(one.classes[k].rows),
                        share(one.classes[k].rows, labelled)});
      text += "\n" + table(rows, terminal(STDOUT_FILENO)) + more(one.classes.size());
    }
  }
  return text;
}

std::string leaks_text(const std::vector<tabular::Leak>& leaks) {
  std::string text = leaks.empty() ? "" : "\nwhere validation may look better than life\n";
  for (size_t k = 0; k < leaks.size() && k < kShown; ++k)
    text += "  " + (leaks[k].column.empty() ? "" : leaks[k].column + ": ") + leaks[k].finding + "; " + leaks[k].advice +
            "\n";
  return text + more(leaks.size());
}

}  // namespace

std::string text_of(const vision::Inspection& found) {
  std::string text = found.layout + ", task " + found.task + "\n" + std::to_string(found.train) + " training, " +
                     std::to_string(found.valid) + " validation, " + std::to_string(found.test) + " test images\n";
  if (found.max_width > 0) text += sizes(found) + "\n";
  text += classes_text(found) + broken_text(found.broken);
  if (!found.duplicates.empty())
    text += "\nequal files across splits or classes (" + std::to_string(found.duplicates.size()) + ")\n";
  for (size_t k = 0; k < found.duplicates.size() && k < kShown; ++k) {
    std::string line;
    for (const auto& path : found.duplicates[k]) line += (line.empty() ? "  " : " = ") + path;
    text += line + "\n";
  }
  return text + more(found.duplicates.size()) + end_text(found.warnings, found.recommendation);
}

std::string text_of(const tabular::TableInspection& found) {
  std::string text = found.path + ": ";
  if (found.columns.empty()) {
    text += "cannot be read\n";
  } else {
    text += std::to_string(found.rows) + " rows, " + std::to_string(found.columns.size()) + " columns";
    if (found.repeated > 0) text += "; " + std::to_string(found.repeated) + " rows are the same as one above";
    if (found.unlabelled > 0) text += "; " + std::to_string(found.unlabelled) + " rows have no target";
    text += "\n";
  }
  text += columns_text(found) + target_text(found) + broken_text(found.broken) + leaks_text(found.leaks);
  if (!found.split.empty()) text += "\nsplit\n  " + found.split + "\n";
  return text + end_text(found.warnings, found.recommendation);
}

}  // namespace tenfold::cli
