#include "tenfold/train/rates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tenfold {
namespace {

constexpr double kLastOverOthers = 10;  // fastai's slice(high)

double read(const Json& value, const std::string& path) {
  double number = 0;
  detail::set(number, value, path);
  if (!(number > 0)) throw ConfigError(path, "is " + shortest(number) + "; needs a rate above 0");
  return number;
}

std::string groups_of(int count) { return std::to_string(count) + (count == 1 ? " layer group" : " layer groups"); }

}  // namespace

Rates Rates::range(double low, double high) {
  Rates rates{low, high};
  rates.kind = Kind::range;
  return rates;
}

Rates Rates::decayed(double high, double factor) {
  Rates rates{high, factor};
  rates.kind = Kind::decay;
  return rates;
}

Rates Rates::last(double high) {
  Rates rates(high);
  rates.kind = Kind::last;
  return rates;
}

Rates Rates::find() {
  Rates rates;
  rates.kind = Kind::find;
  rates.values.clear();
  return rates;
}

std::vector<double> spread(const Rates& rates, int groups, int first, const std::string& option) {
  if (groups < 1 || first < 0 || first >= groups)
    throw ConfigError(option, "is asked for layer groups " + std::to_string(first) + " to " + std::to_string(groups) +
                                  ", of which none is trained; unfreeze at least one");
  if (rates.kind == Rates::Kind::find)
    throw ConfigError(option, "is still to be found; run lr_find first, or give a number");
  const auto& values = rates.values;
  const size_t wanted = rates.kind == Rates::Kind::range || rates.kind == Rates::Kind::decay ? 2 : 1;
  if (values.empty() || (rates.kind != Rates::Kind::each && values.size() != wanted))
    throw ConfigError(option, "has " + std::to_string(values.size()) + " values; needs " + std::to_string(wanted));
  for (const double value : values)
    if (!(value > 0) || !std::isfinite(value))
      throw ConfigError(option, "is " + shortest(value) + "; needs a finite number above 0");

  const auto trained = static_cast<size_t>(groups - first);
  switch (rates.kind) {
    case Rates::Kind::each:
      if (values.size() == static_cast<size_t>(groups)) return {values.begin() + first, values.end()};
      if (values.size() == trained) return values;
      throw ConfigError(option, "has " + std::to_string(values.size()) +
                                    (values.size() == 1 ? " value for " : " values for ") + groups_of(groups) +
                                    (first > 0 ? ", " + std::to_string(trained) + " of them trained" : "") +
                                    "; needs one for all, one a group, or {from, to}");
    case Rates::Kind::range: {
      std::vector<double> all(static_cast<size_t>(groups), values[1]);
      for (int g = 0; g + 1 < groups; ++g)
        all[static_cast<size_t>(g)] =
            values[0] * std::pow(values[1] / values[0], static_cast<double>(g) / (groups - 1));
      return {all.begin() + first, all.end()};
    }
    case Rates::Kind::decay: {
      std::vector<double> all(trained);
      for (size_t k = 0; k < trained; ++k)
        all[k] = values[0] * std::pow(values[1], static_cast<double>(trained - 1 - k));
      return all;
    }
    case Rates::Kind::last: {
      std::vector<double> all(trained, values[0] / kLastOverOthers);
      all.back() = values[0];
      return all;
    }
    default:
      return std::vector<double>(trained, values[0]);
  }
}

Json to_value(const Rates& rates) {
  switch (rates.kind) {
    case Rates::Kind::find:
      return "find";
    case Rates::Kind::one:
      return rates.values.at(0);
    case Rates::Kind::range:
      return {{"from", rates.values.at(0)}, {"to", rates.values.at(1)}};
    case Rates::Kind::decay:
      return {{"to", rates.values.at(0)}, {"decay", rates.values.at(1)}};
    case Rates::Kind::last:
      return {{"last", rates.values.at(0)}};
    default: {
      Json list = Json::array();
      for (const double value : rates.values) list.push_back(value);
      return list;
    }
  }
}

void from_value(const Json& value, Rates& rates, const std::string& path) {
  if (value.is_string() && value.get_ref<const std::string&>() == "find") {
    rates = Rates::find();
  } else if (value.is_number()) {
    rates = Rates(read(value, path));
  } else if (value.is_array() && !value.empty()) {
    Rates each;
    each.kind = Rates::Kind::each;
    each.values.clear();
    for (const auto& one : value) each.values.push_back(read(one, path + "." + std::to_string(each.values.size() + 1)));
    rates = each;
  } else if (value.is_object() && value.size() == 2 && value.contains("from") && value.contains("to")) {
    rates = Rates::range(read(value["from"], path + ".from"), read(value["to"], path + ".to"));
  } else if (value.is_object() && value.size() == 2 && value.contains("to") && value.contains("decay")) {
    const double decay = read(value["decay"], path + ".decay");
    if (decay > 1)
      throw ConfigError(path + ".decay",
                        "is " + shortest(decay) + "; needs a factor of at most 1: earlier groups learn more slowly");
    rates = Rates::decayed(read(value["to"], path + ".to"), decay);
  } else if (value.is_object() && value.size() == 1 && value.contains("last")) {
    rates = Rates::last(read(value["last"], path + ".last"));
  } else {
    throw ConfigError(
        path,
        "is " + value.dump() +
            "; needs \"find\", one rate (0.01), one a layer group ([0.0001, 0.001, 0.01]), {from = 0.0001, to = 0.01}, "
            "{to = 0.001, decay = 0.75}, or {last = 0.01} for a tenth of it before the last group");
  }
}

std::string type_name(const Rates&) { return "rates"; }

}  // namespace tenfold
