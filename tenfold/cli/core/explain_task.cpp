// tenfold explain-task DATA.

#include "tenfold/cli/commands/explain_task.h"

#include <unistd.h>

#include <algorithm>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/train/options.h"
#include "tenfold/vision/listing.h"

namespace tenfold::cli {
namespace {

std::string counted(size_t n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

std::string plural(size_t n, const std::string& one, const std::string& many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

/// Labels of the item that has most.
size_t most_labels(const vision::Listing& found) {
  size_t most = 0;
  for (const auto* part : {&found.train, &found.valid, &found.test})
    for (const auto& values : part->values)
      most = std::max(most, static_cast<size_t>(std::count(values.begin(), values.end(), 1.0F)));
  return most;
}

std::string seen(const vision::Listing& found) {
  const auto items = static_cast<size_t>(found.train.size() + found.valid.size());
  std::string text = found.layout + ", " + counted(items, "labelled image") + ": ";
  switch (found.kind) {
    case nn::TaskKind::single_label:
      return text + "each has one of " + plural(found.classes.size(), "class", "classes");
    case nn::TaskKind::ordinal:
      return text + "each has one of " + plural(found.classes.size(), "class", "classes") + " in order";
    case nn::TaskKind::multi_label:
      return text + "each has any of " + counted(found.classes.size(), "label") + ", up to " +
             std::to_string(most_labels(found)) + " at once";
    case nn::TaskKind::regression:
      return text + "each has " + counted(found.outputs.size(), "value");
    case nn::TaskKind::language_model:  // no table of images is
      break;
  }
  return text;
}

}  // namespace

Answer explain_task(const Arguments& arguments) {
  const auto request = explain_task_request(arguments);
  auto options = *request.data;
  options.task = "auto";
  const auto found = vision::list_images(options, LearnerOptions{}.seed);
  const int width = terminal(STDOUT_FILENO).width;
  Answer answer{.text = wrap(seen(found) + ". That is a " + name_of(found.kind) + " task.", width) + "\n" +
                        explained(found.kind, width),
                .json = json_of(nn::row(found.kind))};
  answer.json["found"] = seen(found);
  if (!request.asked || *request.asked == found.kind) return answer;
  const std::string asked = name_of(*request.asked), fits = name_of(found.kind);
  // An order among classes is a fact that labels do not show.
  const bool may_be = *request.asked == nn::TaskKind::ordinal && found.kind == nn::TaskKind::single_label;
  const std::string verdict =
      may_be ? "--task ordinal is right where the classes have an order, which labels cannot tell: " +
                   std::string(nn::row(*request.asked).why)
             : "--task " + asked + " would give them " + std::string(nn::row(*request.asked).activation) + " with " +
                   std::string(nn::row(*request.asked).loss) + ". These are " + fits + " targets, and " +
                   std::string(nn::row(found.kind).why_not);
  answer.text += "\n" + wrap(verdict + ".", width);
  answer.json["asked"] = asked;
  answer.json["verdict"] = verdict;
  return answer;
}

}  // namespace tenfold::cli
