#include "tenfold/train/record.h"

#include <cmath>
#include <limits>

namespace tenfold {
namespace {

/// JSON has no NaN: null is one.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

double number_in(const Json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

std::optional<double> optional_in(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() ? std::nullopt : std::optional(number_in(*found));
}

StageRow stage_row(const Json& row) {
  return {.stage = row.at("stage"),
          .name = row.at("name"),
          .trained_from = row.at("trained_from"),
          .groups = row.at("groups").get<std::vector<std::string>>(),
          .plan = row.at("plan")};
}

StepRow step_row(const Json& row) {
  return {.step = row.at("step"),
          .stage = row.at("stage"),
          .epoch = row.at("epoch"),
          .lr = row.at("lr").get<std::vector<double>>(),
          .momentum = optional_in(row, "momentum"),
          .loss = number_in(row.at("loss")),
          .smooth_loss = number_in(row.at("smooth_loss"))};
}

EpochRow epoch_row(const Json& row) {
  EpochRow epoch{.stage = row.at("stage"),
                 .epoch = row.at("epoch"),
                 .steps = row.at("steps"),
                 .train_loss = number_in(row.at("train_loss")),
                 .valid_loss = optional_in(row, "valid_loss"),
                 .metrics = {},
                 .seconds = number_in(row.at("seconds")),
                 .valid_seconds = number_in(row.at("valid_seconds")),
                 .images_per_second = number_in(row.at("images_per_second"))};
  for (const auto& [name, value] : row.at("metrics").items()) epoch.metrics[name] = number_in(value);
  return epoch;
}

void add(Record& record, const Json& row) {
  const std::string kind = row.at("kind");
  if (kind == "stage") record.stages.push_back(stage_row(row));
  if (kind == "step") record.steps.push_back(step_row(row));
  if (kind == "epoch") record.epochs.push_back(epoch_row(row));
}

}  // namespace

Json to_json(const StageRow& row) {
  return {{"kind", "stage"},
          {"stage", row.stage},
          {"name", row.name},
          {"trained_from", row.trained_from},
          {"groups", Json(row.groups)},
          {"plan", row.plan}};
}

Json to_json(const StepRow& row) {
  Json json = {{"kind", "step"}, {"step", row.step}, {"stage", row.stage}, {"epoch", row.epoch}, {"lr", Json(row.lr)}};
  if (row.momentum) json["momentum"] = *row.momentum;
  json["loss"] = number(row.loss);
  json["smooth_loss"] = number(row.smooth_loss);
  return json;
}

Json to_json(const EpochRow& row) {
  Json json = {{"kind", "epoch"},
               {"stage", row.stage},
               {"epoch", row.epoch},
               {"steps", row.steps},
               {"train_loss", number(row.train_loss)}};
  if (row.valid_loss) json["valid_loss"] = number(*row.valid_loss);
  json["metrics"] = Json::object();
  for (const auto& [name, value] : row.metrics) json["metrics"][name] = number(value);
  json["seconds"] = number(row.seconds);
  json["valid_seconds"] = number(row.valid_seconds);
  json["images_per_second"] = number(row.images_per_second);
  return json;
}

Record read_log(const std::string& text, const std::string& path) {
  Record record;
  long line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;  // cut short by a kill; whole lines end with a newline
    ++line;
    try {
      add(record, Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                              text.begin() + static_cast<std::ptrdiff_t>(end)));
    } catch (const Json::exception& error) {
      throw DataError(path, line, std::string("is not a row of a run's log (") + error.what() + "); remove the line");
    }
    begin = end + 1;
  }
  return record;
}

}  // namespace tenfold
