#pragma once
// Options with every kind of field that options.h promises.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace example {

enum class Colour { red, green, dark_blue };
constexpr auto names(Colour) {
  return std::to_array<std::pair<Colour, std::string_view>>(
      {{Colour::red, "red"}, {Colour::green, "green"}, {Colour::dark_blue, "dark_blue"}});
}

/// A type with its own form: "3kg".
struct Weight {
  int kilograms = 1;
};
inline tenfold::Json to_value(const Weight& weight) { return std::to_string(weight.kilograms) + "kg"; }
inline void from_value(const tenfold::Json& value, Weight& weight, const std::string& path) {
  if (!value.is_string() || value.get<std::string>().find("kg") == std::string::npos)
    throw tenfold::ConfigError(path, "is " + value.dump() + "; needs a weight such as 3kg");
  weight.kilograms = std::stoi(value.get<std::string>());
}
inline std::string type_name(const Weight&) { return "weight"; }

struct Wheel {
  double size = 26;
  std::vector<int64_t> spokes = {32};
  std::optional<std::string> brand{};
  Weight weight{};
};
template <class Visitor>
void fields(Visitor&& visit, Wheel& o) {
  visit("size", o.size, "inches; larger rolls better");
  visit("spokes", o.spokes, "in each row; more are stronger");
  visit("brand", o.brand, "who made it");
  visit("weight", o.weight, "lighter turns faster");
}

struct Lamp {
  bool on = false;
  Colour colour = Colour::red;
};
template <class Visitor>
void fields(Visitor&& visit, Lamp& o) {
  visit("on", o.on, "be seen");
  visit("colour", o.colour, "red is for the back");
}

struct Bicycle {
  std::string name = "bike";
  int gears = 7;
  uint64_t serial = 0;
  int64_t price = -1;
  double speed = 0.1;
  std::vector<double> ratios = {1.5, 2};
  std::vector<std::string> riders{};
  std::vector<Colour> stripes{};
  std::optional<double> bell{};
  Lamp lamp{};
  std::vector<Wheel> wheel{};
};
template <class Visitor>
void fields(Visitor&& visit, Bicycle& o) {
  visit("name", o.name, "what it is called");
  visit("gears", o.gears, "more climb better");
  visit("serial", o.serial, "printed below");
  visit("price", o.price, "what it costs");
  visit("speed", o.speed, "how fast");
  visit("ratios", o.ratios, "of the chainrings");
  visit("riders", o.riders, "who sits on it");
  visit("stripes", o.stripes, "colours of the frame");
  visit("bell", o.bell, "loudness; leave out for none");
  visit("lamp", o.lamp, "");
  visit("wheel", o.wheel, "");
}

}  // namespace example
