#include "tenfold/schedule/shape.h"

#include <array>
#include <string_view>
#include <utility>

namespace tenfold {
namespace {

using Row = std::pair<std::string_view, Shape>;

/// In the order of the alternatives.
const std::array<Row, std::variant_size_v<Shape>>& rows() {
  static const std::array<Row, std::variant_size_v<Shape>> all = {{{"constant", Constant{}},
                                                                   {"cosine", Cosine{}},
                                                                   {"sgdr", Sgdr{}},
                                                                   {"one_cycle", OneCycle{}},
                                                                   {"flat_cosine", FlatCosine{}},
                                                                   {"slanted_triangular", SlantedTriangular{}},
                                                                   {"range", Range{}}}};
  return all;
}

Shape by_name(const std::string& name, const std::string& path) {
  for (const auto& [known, shape] : rows())
    if (known == name) return shape;
  const std::string near = nearest(name, shape_names());
  std::string all;
  for (const auto& known : shape_names()) all += (all.empty() ? "" : ", ") + known;
  throw ConfigError(path, "is \"" + name + "\"; needs one of " + all + (near.empty() ? "" : "; nearest is " + near));
}

Json options_of(const Shape& shape) {
  return std::visit([](const auto& one) { return to_json(one); }, shape);
}

}  // namespace

double epochs(const Shape& shape) {
  return std::visit([](const auto& one) { return epochs(one); }, shape);
}

Factor at(const Shape& shape, double position) {
  return std::visit([&](const auto& one) { return at(one, position); }, shape);
}

std::vector<double> cycle_ends(const Shape& shape) {
  if (const auto* sgdr = std::get_if<Sgdr>(&shape)) return cycle_ends(*sgdr);
  int cycles = 1;
  std::visit(
      [&](const auto& one) {
        if constexpr (requires { one.cycles; }) cycles = one.cycles;
      },
      shape);
  const double length = epochs(shape);
  std::vector<double> ends;
  for (int cycle = 1; cycle <= cycles; ++cycle) ends.push_back(length * cycle / cycles);
  return ends;
}

std::string name_of(const Shape& shape) { return std::string(rows()[shape.index()].first); }

std::vector<std::string> shape_names() {
  std::vector<std::string> all;
  for (const auto& [name, shape] : rows()) all.emplace_back(name);
  return all;
}

Shape with_epochs(Shape shape, double length) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.epochs; })
          one.epochs = length;
        else
          throw ConfigError(
              "epochs",
              "is " + shortest(length) + " for " + name_of(shape) +
                  ", whose length follows from its cycles: leave epochs out, or set cycles, cycle_len and cycle_mult");
      },
      shape);
  return shape;
}

Json to_value(const Shape& shape) {
  const Json options = options_of(shape);
  if (options == options_of(rows()[shape.index()].second)) return name_of(shape);
  return Json{{name_of(shape), options}};
}

void from_value(const Json& value, Shape& shape, const std::string& path) {
  if (value.is_string()) {
    shape = by_name(value.get<std::string>(), path);
    return;
  }
  if (!value.is_object() || value.size() != 1)
    throw ConfigError(path,
                      "is " + value.dump() +
                          "; needs a shape's name, \"cosine\", or one name with its options, {sgdr = {cycles = 3}}");
  const auto only = value.begin();
  Shape chosen = by_name(only.key(), path);
  std::visit([&](auto& one) { assign(one, only.value(), path + "." + only.key()); }, chosen);
  shape = chosen;
}

std::string type_name(const Shape&) { return "shape"; }

}  // namespace tenfold
