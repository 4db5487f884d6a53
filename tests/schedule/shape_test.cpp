#include "tenfold/schedule/shape.h"

#include <gtest/gtest.h>

namespace tenfold {
namespace {

struct Options {
  Shape shape = OneCycle{};
};
template <class Visitor>
void fields(Visitor&& visit, Options& o) {
  visit("shape", o.shape, "what the rate does");
}

Shape read(const std::string& toml) {
  Options options;
  assign(options, parse_toml(toml, "recipe.toml"));
  return options.shape;
}

std::string problem(const std::string& toml) {
  try {
    read(toml);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Shape, NamesFollowTheAlternatives) {
  EXPECT_EQ(name_of(Constant{}), "constant");
  EXPECT_EQ(name_of(Cosine{}), "cosine");
  EXPECT_EQ(name_of(Sgdr{}), "sgdr");
  EXPECT_EQ(name_of(OneCycle{}), "one_cycle");
  EXPECT_EQ(name_of(FlatCosine{}), "flat_cosine");
  EXPECT_EQ(name_of(SlantedTriangular{}), "slanted_triangular");
  EXPECT_EQ(name_of(Range{}), "range");
}

TEST(Shape, ReadsTheRecipesForms) {
  EXPECT_EQ(name_of(read("shape = 'cosine'")), "cosine");
  const Shape shape = read("shape = { sgdr = { cycles = 3, cycle_len = 2, warm_start = true } }");
  const auto& sgdr = std::get<Sgdr>(shape);
  EXPECT_EQ(sgdr.cycles, 3);
  EXPECT_EQ(sgdr.cycle_len, 2);
  EXPECT_EQ(sgdr.cycle_mult, 2);
  EXPECT_TRUE(sgdr.warm_start);
}

TEST(Shape, ReadsFlags) {
  Options options;
  assign_text(options, "shape", "flat_cosine");
  EXPECT_EQ(name_of(options.shape), "flat_cosine");
  assign_text(options, "shape", "{one_cycle = {div = 5, anneal = 'linear'}}");
  EXPECT_EQ(std::get<OneCycle>(options.shape).anneal, Anneal::linear);
  assign_text(options, "shape", R"({"sgdr": {"cycles": 2}})");
  EXPECT_EQ(std::get<Sgdr>(options.shape).cycles, 2);
}

TEST(Shape, RoundTrips) {
  const std::vector<Shape> shapes = {Constant{.epochs = 0.1},
                                     Cosine{.epochs = 3, .floor = 1e-3},
                                     Sgdr{.cycles = 2, .cycle_mult = 1.5},
                                     OneCycle{.epochs = 7, .div_final = 1e4, .anneal = Anneal::linear, .steps = 12},
                                     FlatCosine{.pct_start = 1.0 / 3},
                                     SlantedTriangular{.momentum_high = 0.8, .momentum_low = 0.7},
                                     Range{.start = 1e-5},
                                     OneCycle{}};
  for (const auto& shape : shapes) {
    const Json tree = to_json(Options{.shape = shape});
    EXPECT_EQ(to_json(Options{.shape = read(to_toml(tree))}), tree) << to_toml(tree);
    Options again;
    assign(again, Json::parse(tree.dump()));
    EXPECT_EQ(to_json(again), tree);
    EXPECT_EQ(epochs(again.shape), epochs(shape));
    EXPECT_EQ(at(again.shape, 0.05).lr, at(shape, 0.05).lr);
  }
  EXPECT_EQ(to_json(Options{.shape = OneCycle{}}).dump(), R"({"shape":"one_cycle"})");
}

TEST(Shape, ExplainsWhatItCannotRead) {
  EXPECT_EQ(problem("shape = 'cosin'"),
            "shape: is \"cosin\"; needs one of constant, cosine, sgdr, one_cycle, flat_cosine, slanted_triangular, "
            "range; nearest is cosine");
  EXPECT_EQ(problem("shape = { sgdr = { cycle = 3 } }"),
            "shape.sgdr.cycle: is not an option; did you mean shape.sgdr.cycles?");
  EXPECT_EQ(problem("shape = { sgdr = { cycles = 2.5 } }"), "shape.sgdr.cycles: is 2.5; needs an integer");
  EXPECT_NE(problem("shape = 3").find("shape: is 3; needs a shape's name"), std::string::npos);
  EXPECT_NE(problem("shape = { cosine = {}, sgdr = {} }").find("needs a shape's name"), std::string::npos);
}

TEST(Shape, KnowsWhereItsCyclesEnd) {
  using Ends = std::vector<double>;
  EXPECT_EQ(cycle_ends(Shape(Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 2})), (Ends{1, 3, 7}));
  EXPECT_EQ(cycle_ends(Shape(Sgdr{.cycles = 3, .cycle_len = 2, .cycle_mult = 1})), (Ends{2, 4, 6}));
  EXPECT_EQ(cycle_ends(Shape(SlantedTriangular{.epochs = 6, .cycles = 3})), (Ends{2, 4, 6}));
  EXPECT_EQ(cycle_ends(Shape(OneCycle{.epochs = 5})), (Ends{5}));
  EXPECT_EQ(cycle_ends(Shape(Cosine{.epochs = 2.5})), (Ends{2.5}));
}

TEST(Shape, TakesALengthWhereItHasOne) {
  for (const auto& name : shape_names()) {
    Options options;
    assign_text(options, "shape", name);
    if (name == "sgdr")
      EXPECT_THROW(with_epochs(options.shape, 5), ConfigError);
    else
      EXPECT_EQ(epochs(with_epochs(options.shape, 5)), 5) << name;
  }
}

}  // namespace
}  // namespace tenfold
