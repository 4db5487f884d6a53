#include "tenfold/train/tta_choice.h"

#include <algorithm>

namespace tenfold {
namespace {

bool draws(TtaMethod method) { return method == TtaMethod::modern || method == TtaMethod::legacy; }

/// As far as can be told without data.
TtaOptions checked(const TtaOptions& options, const std::string& path) {
  if (options.views < 1)
    throw ConfigError(path, "asks for " + std::to_string(options.views) + " views; needs at least 1, or 0 for none");
  if (!(options.plain_weight >= 0 && options.plain_weight <= 1))
    throw ConfigError(
        path, "gives the plain view a weight of " + shortest(options.plain_weight) + "; needs a share from 0 to 1");
  return options;
}

}  // namespace

TtaChoice::TtaChoice(int views) {
  if (views != 0) options = checked({.views = views}, "tta");
}

int passes(const TtaOptions& options) {
  switch (options.method) {
    case TtaMethod::mirror:
      return 2;
    case TtaMethod::five_crops:
      return 5;
    case TtaMethod::mirror_shifts:
      return 6;
    default:
      return options.views + 1;
  }
}

Json to_value(const TtaChoice& choice) {
  if (!choice) return 0;
  const TtaOptions& options = *choice.options;
  Json table = to_json(options);
  TtaOptions same{.method = options.method};
  if (to_json(same) == table && !draws(options.method)) return name_of(options.method);
  same.views = options.views;
  if (options.method == TtaMethod::modern && to_json(same) == table) return options.views;
  return table;
}

void from_value(const Json& value, TtaChoice& choice, const std::string& path) {
  if (value.is_number_integer()) {
    const auto views = value.get<int64_t>();
    choice = {};
    if (views != 0) choice = checked({.views = static_cast<int>(std::clamp<int64_t>(views, -1, 1 << 20))}, path);
  } else if (value.is_string() && value == "none") {
    choice = {};
  } else if (value.is_string() || value.is_object()) {
    TtaOptions options;
    Json table = Json::object();
    if (value.is_string()) table["method"] = value;
    assign(options, value.is_string() ? table : value, path);
    choice = checked(options, path);
  } else {
    throw ConfigError(path, "is " + value.dump() +
                                "; needs a number of augmented views (4; 0 is none), a method (modern, legacy, mirror, "
                                "five_crops, mirror_shifts), or {method = \"legacy\", views = 8}");
  }
}

std::string type_name(const TtaChoice&) { return "views or method"; }

}  // namespace tenfold
