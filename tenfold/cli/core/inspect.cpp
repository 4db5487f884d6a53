// tenfold inspect.

#include "tenfold/cli/commands/inspect.h"

#include <unistd.h>

#include <iostream>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/progress.h"
#include "tenfold/train/machine.h"
#include "tenfold/vision/inspect.h"

namespace tenfold::cli {
namespace {

constexpr size_t kShown = 20;  // of each list; --json has all

std::string sizes(const vision::Inspection& found) {
  const auto pair = [](int width, int height) { return std::to_string(width) + " x " + std::to_string(height); };
  return pair(found.min_width, found.min_height) + " to " + pair(found.max_width, found.max_height) + ", median " +
         pair(found.median_width, found.median_height) + " pixels";
}

std::string more(size_t all) {
  return all > kShown ? "  … and " + std::to_string(all - kShown) + " more; --json FILE lists all\n" : "";
}

std::string classes_text(const vision::Inspection& found) {
  std::vector<std::vector<std::string>> rows{{"class", "train", "valid", "test"}};
  for (size_t k = 0; k < found.classes.size() && k < kShown; ++k) {
    const auto& row = found.classes[k];
    rows.push_back({row.name, std::to_string(row.train), std::to_string(row.valid), std::to_string(row.test)});
  }
  return found.classes.empty() ? "" : "\n" + table(rows, terminal(STDOUT_FILENO)) + more(found.classes.size());
}

std::string text_of(const vision::Inspection& found) {
  std::string text = found.layout + ", task " + found.task + "\n" + std::to_string(found.train) + " training, " +
                     std::to_string(found.valid) + " validation, " + std::to_string(found.test) + " test images\n";
  if (found.max_width > 0) text += sizes(found) + "\n";
  text += classes_text(found);
  if (!found.broken.empty()) text += "\nbroken (" + std::to_string(found.broken.size()) + ")\n";
  for (size_t k = 0; k < found.broken.size() && k < kShown; ++k)
    text += "  " + found.broken[k].path + ": " + found.broken[k].problem + "\n";
  text += more(found.broken.size());
  if (!found.duplicates.empty())
    text += "\nequal files across splits or classes (" + std::to_string(found.duplicates.size()) + ")\n";
  for (size_t k = 0; k < found.duplicates.size() && k < kShown; ++k) {
    std::string line;
    for (const auto& path : found.duplicates[k]) line += (line.empty() ? "  " : " = ") + path;
    text += line + "\n";
  }
  text += more(found.duplicates.size());
  if (!found.warnings.empty()) text += "\nto look at\n";
  for (const auto& warning : found.warnings) text += "  " + warning + "\n";
  if (!found.recommendation.empty()) text += "\nnext\n  " + found.recommendation + "\n";
  return text;
}

}  // namespace

Answer inspect(const Arguments& arguments) {
  const auto request = inspect_request(arguments);
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  const int workers = request.own.workers > 0 ? request.own.workers : cores();
  const auto found = vision::inspect(request.data, workers,
                                     [&](int64_t done, int64_t all) { progress.update("reading files", done, all); });
  return {.text = text_of(found), .json = to_json(found), .code = found.broken.empty() ? kDone : kBadData};
}

}  // namespace tenfold::cli
