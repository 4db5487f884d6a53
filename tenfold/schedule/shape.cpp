#include "tenfold/schedule/shape.h"

#include <array>
#include <string_view>

namespace tenfold {
namespace {

/// Names in the order of the variant's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Shape>> kNames = {
    "constant", "cosine", "sgdr", "one_cycle", "flat_cosine", "slanted_triangular", "range"};

template <size_t I = 0>
Shape by_name(std::string_view name, const std::string& path) {
  if constexpr (I < kNames.size()) {
    return kNames[I] == name ? Shape(std::in_place_index<I>) : by_name<I + 1>(name, path);
  } else {
    const auto near = nearest(std::string(name), shape_names());
    std::string all;
    for (const auto known : kNames) all += (all.empty() ? "" : ", ") + std::string(known);
    throw ConfigError(path, "is \"" + std::string(name) + "\"; " + (near.empty() ? "choose one of " + all : "did you mean " + near + "?"));
  }
}

}  // namespace

double epochs(const Shape& shape) {
  return std::visit([](const auto& one) { return epochs(one); }, shape);
}

Factor at(const Shape& shape, double position) {
  return std::visit([&](const auto& one) { return at(one, position); }, shape);
}

std::string name_of(const Shape& shape) { return std::string(kNames[shape.index()]); }

std::vector<std::string> shape_names() { return {kNames.begin(), kNames.end()}; }

Shape with_epochs(Shape shape, double length) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.epochs; })
          one.epochs = length;
        else
          throw ConfigError("epochs", "does not go with sgdr, whose length is cycle_len · (1 + cycle_mult + …); set sgdr.cycles, cycle_len and cycle_mult");
      },
      shape);
  return shape;
}

Json to_value(const Shape& shape) {
  return std::visit([&](const auto& one) { return Json{{name_of(shape), to_json(one)}}; }, shape);
}

void from_value(const Json& value, Shape& shape, const std::string& path) {
  if (value.is_string()) {
    shape = by_name(value.get<std::string>(), path);
    return;
  }
  if (!value.is_object() || value.size() != 1)
    throw ConfigError(path, "needs a name such as \"cosine\", or one shape with its options: { sgdr = { cycles = 3 } }");
  const auto& [name, options] = *value.items().begin();
  Shape made = by_name(name, path);
  std::visit([&](auto& one) { assign(one, options, path + "." + name); }, made);
  shape = made;
}

std::string type_name(const Shape&) { return "shape"; }

}  // namespace tenfold
