#include "tenfold/run/application.h"

#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/run/image_application.h"
#include "tenfold/run/table_application.h"
#include "tenfold/run/text_application.h"
#include "tenfold/run/translation_application.h"

namespace tenfold {
namespace {

/// n / (classes · count of the class), so that an average item weighs 1.
std::vector<double> balanced_weights(const Dataset& train, int64_t classes) {
  std::vector<double> count(static_cast<size_t>(classes), 0);
  for (int64_t k = 0; k < train.size(); ++k) count.at(static_cast<size_t>(train.target(k).item<int64_t>())) += 1;
  for (auto& c : count) c = c > 0 ? static_cast<double>(train.size()) / (static_cast<double>(classes) * c) : 1;
  return count;
}

}  // namespace

std::unique_ptr<Application> application(const Recipe& recipe) {
  switch (kind_of(recipe)) {
    case Kind::text:
      return std::make_unique<TextApplication>(recipe);
    case Kind::table:
      return std::make_unique<TableApplication>(recipe);
    case Kind::translation:
      return std::make_unique<TranslationApplication>(recipe);
    default:
      return std::make_unique<ImageApplication>(recipe);
  }
}

nn::Task task_for(const Recipe& recipe, nn::Task task, const Data& data) {
  task.label_smoothing = recipe.loss.label_smoothing;
  if (recipe.loss.range.size() == 2) task.range = {recipe.loss.range[0], recipe.loss.range[1]};
  if (recipe.loss.class_weights == "balanced") {
    if (task.kind != nn::TaskKind::single_label)
      throw ConfigError("loss.class_weights", "balanced weighs classes of single-label data; this is another task");
    task.class_weights = balanced_weights(*data.train, task.classes);
  }
  nn::check(task);
  return task;
}

std::string path_of(size_t k, std::string_view key) {
  return "stage." + std::to_string(k + 1) + "." + std::string(key);
}

}  // namespace tenfold
