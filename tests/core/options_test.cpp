#include "tenfold/core/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "example_options.h"

namespace tenfold {
namespace {

using example::Bicycle;
using example::Colour;

Bicycle everything_set() {
  Bicycle bike{.name = "a \"quoted\" \\ näme\n",
               .gears = 21,
               .serial = ~uint64_t{0},
               .price = std::numeric_limits<int64_t>::min()};
  bike.speed = 1.0 / 3;
  bike.ratios = {1e-300, 1e22, 3, -0.0};
  bike.riders = {"Ann", "Bob, junior", ""};
  bike.stripes = {Colour::dark_blue, Colour::red};
  bike.bell = 2.5;
  bike.lamp = {.on = true, .colour = Colour::green};
  bike.wheel = {{.size = 28, .spokes = {36, 20}, .brand = "Mavic", .weight = {.kilograms = 2}}, {}};
  return bike;
}

std::string refused(const Json& patch) {
  Bicycle bike;
  try {
    assign(bike, patch);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refused_text(const std::string& path, const std::string& text) {
  Bicycle bike;
  bike.wheel.resize(1);
  try {
    assign_text(bike, path, text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Options, BecomeATreeInTheirOrder) {
  EXPECT_EQ(
      to_json(Bicycle{}).dump(),
      R"({"name":"bike","gears":7,"serial":0,"price":-1,"speed":0.1,"ratios":[1.5,2.0],"riders":[],"stripes":[],"bell":null,)"
      R"("lamp":{"on":false,"colour":"red"},"wheel":[]})");
}

TEST(Options, RoundTripThroughJson) {
  const Json tree = to_json(everything_set());
  Bicycle again;
  assign(again, Json::parse(tree.dump()));
  EXPECT_EQ(to_json(again), tree);
  EXPECT_EQ(again.speed, 1.0 / 3);
  EXPECT_EQ(again.serial, ~uint64_t{0});
  EXPECT_EQ(again.wheel[0].weight.kilograms, 2);
  EXPECT_FALSE(again.wheel[1].brand.has_value());
}

TEST(Options, AssignSetsWhatThePatchNames) {
  Bicycle bike = everything_set();
  assign(bike, Json::parse(R"({"gears": 3, "lamp": {"on": false}, "bell": null, "speed": 2})"));
  EXPECT_EQ(bike.gears, 3);
  EXPECT_FALSE(bike.lamp.on);
  EXPECT_EQ(bike.lamp.colour, Colour::green);
  EXPECT_FALSE(bike.bell.has_value());
  EXPECT_EQ(bike.speed, 2);
  EXPECT_EQ(bike.riders.size(), 3u);
}

TEST(Options, AssignReplacesLists) {
  Bicycle bike = everything_set();
  assign(bike, Json::parse(R"({"wheel": [{"spokes": [8]}], "riders": []})"));
  ASSERT_EQ(bike.wheel.size(), 1u);
  EXPECT_EQ(bike.wheel[0].size, 26);  // a new wheel, not a patched one
  EXPECT_EQ(bike.wheel[0].spokes, std::vector<int64_t>{8});
  EXPECT_TRUE(bike.riders.empty());
}

TEST(Options, StayAsTheyWereWhereAPatchIsRefused) {
  Bicycle bike;
  EXPECT_THROW(assign(bike, Json::parse(R"({"gears": 3, "speed": "fast"})")), ConfigError);
  EXPECT_EQ(bike.gears, 7);
  EXPECT_THROW(assign_text(bike, "wheel.1.size", "round"), ConfigError);
  EXPECT_TRUE(bike.wheel.empty());
}

TEST(Options, RefuseUnknownKeys) {
  EXPECT_EQ(refused({{"gear", 3}}), "gear: is not an option; did you mean gears?");
  EXPECT_EQ(refused({{"lamp", {{"color", "red"}}}}), "lamp.color: is not an option; did you mean lamp.colour?");
  EXPECT_EQ(refused(Json::parse(R"({"wheel": [{}, {"sise": 3}]})")),
            "wheel.2.sise: is not an option; did you mean wheel.2.size?");
  EXPECT_EQ(refused({{"lamp", {{"weight", 3}}}}), "lamp.weight: is not an option; known here: on, colour");
}

TEST(Options, RefuseWrongTypes) {
  EXPECT_EQ(refused({{"gears", "many"}}), "gears: is the text \"many\"; needs an integer");
  EXPECT_EQ(refused({{"gears", 2.5}}), "gears: is 2.5; needs an integer");
  EXPECT_EQ(refused({{"gears", 3000000000}}), "gears: is 3000000000; needs an integer from -2147483648 to 2147483647");
  EXPECT_EQ(refused({{"gears", ~uint64_t{0}}}),
            "gears: is 18446744073709551615; needs an integer from -2147483648 to 2147483647");
  EXPECT_EQ(refused({{"serial", -1}}), "serial: is -1; needs an integer from 0 to 18446744073709551615");
  EXPECT_EQ(refused({{"speed", true}}), "speed: is true; needs a number");
  EXPECT_EQ(refused({{"speed", std::numeric_limits<double>::quiet_NaN()}}), "speed: is nan; needs a finite number");
  EXPECT_EQ(refused({{"speed", std::numeric_limits<double>::infinity()}}), "speed: is inf; needs a finite number");
  EXPECT_EQ(refused({{"ratios", Json::array({1.0, std::numeric_limits<double>::quiet_NaN()})}}),
            "ratios.2: is nan; needs a finite number");
  EXPECT_EQ(refused({{"ratios", 1.5}}), "ratios: is 1.5; needs a list");
  EXPECT_EQ(refused({{"name", 3}}), "name: is 3; needs text");
  EXPECT_EQ(refused({{"name", nullptr}}), "name: is empty; needs text");
  EXPECT_EQ(refused({{"name", "caf\xE9"}}).rfind("name: is the text", 0), 0u);
  EXPECT_EQ(refused({{"lamp", {{"on", 1}}}}), "lamp.on: is 1; needs yes or no (true or false in TOML and JSON)");
  EXPECT_EQ(refused({{"lamp", "on"}}), "lamp: is the text \"on\"; needs a table");
  EXPECT_EQ(refused({{"lamp", {{"colour", "gren"}}}}),
            "lamp.colour: is \"gren\"; needs one of red, green, dark_blue; nearest is green");
  EXPECT_EQ(refused(Json::parse(R"({"wheel": [{"weight": 3}]})")), "wheel.1.weight: is 3; needs a weight such as 3kg");
  EXPECT_EQ(refused(Json::parse("[1]")), ": is the list [1]; needs a table");
}

TEST(Options, TakeIntegersWrittenAsNumbers) {
  Bicycle bike;
  assign(bike, {{"gears", 3.0}, {"price", 1e3}});
  EXPECT_EQ(bike.gears, 3);
  EXPECT_EQ(bike.price, 1000);
}

TEST(Options, AssignTextReadsFlags) {
  Bicycle bike;
  const auto set = [&](const std::string& path, const std::string& text) { assign_text(bike, path, text); };
  set("name", "3");  // text stays text
  set("gears", "+12");
  set("serial", "18446744073709551615");
  set("speed", "1e-3");
  set("ratios", "0.25, 0.5");
  set("riders", "Ann,Bob");
  set("stripes", "dark_blue,red");
  set("bell", "3");
  set("lamp.on", "");
  set("lamp.colour", "green");
  set("wheel.1.size", "28");
  set("wheel.2.spokes", "8,9");
  set("wheel.2.weight", "3kg");
  EXPECT_EQ(bike.name, "3");
  EXPECT_EQ(bike.gears, 12);
  EXPECT_EQ(bike.serial, ~uint64_t{0});
  EXPECT_EQ(bike.speed, 1e-3);
  EXPECT_EQ(bike.ratios, (std::vector<double>{0.25, 0.5}));
  EXPECT_EQ(bike.riders, (std::vector<std::string>{"Ann", "Bob"}));
  EXPECT_EQ(bike.stripes, (std::vector<Colour>{Colour::dark_blue, Colour::red}));
  EXPECT_EQ(bike.bell, 3);
  EXPECT_TRUE(bike.lamp.on);
  EXPECT_EQ(bike.lamp.colour, Colour::green);
  ASSERT_EQ(bike.wheel.size(), 2u);
  EXPECT_EQ(bike.wheel[0].size, 28);
  EXPECT_EQ(bike.wheel[1].spokes, (std::vector<int64_t>{8, 9}));
  EXPECT_EQ(bike.wheel[1].weight.kilograms, 3);
  set("bell", "");
  set("ratios", "");
  set("riders", R"(["Bob, junior"])");
  set("lamp.on", "no");
  EXPECT_FALSE(bike.bell.has_value());
  EXPECT_TRUE(bike.ratios.empty());
  EXPECT_EQ(bike.riders, std::vector<std::string>{"Bob, junior"});
  EXPECT_FALSE(bike.lamp.on);
  set("lamp", "{on = true, colour = 'red'}");
  EXPECT_TRUE(bike.lamp.on);
  set("wheel", R"([{"size": 20}])");
  EXPECT_EQ(bike.wheel.size(), 1u);
  EXPECT_EQ(bike.wheel[0].size, 20);
}

TEST(Options, AssignTextExplains) {
  EXPECT_EQ(refused_text("gears", "seven"), "gears: is the text \"seven\"; needs an integer");
  EXPECT_EQ(refused_text("gears", "7x"), "gears: is the text \"7x\"; needs an integer");
  EXPECT_EQ(refused_text("speed", "nan"), "speed: is nan; needs a finite number");
  EXPECT_EQ(refused_text("ratios", "1,,2"), "ratios.2: is the text \"\"; needs a number");
  EXPECT_EQ(refused_text("lamp.on", "maybe"),
            "lamp.on: is the text \"maybe\"; needs yes or no (true or false in TOML and JSON)");
  EXPECT_EQ(refused_text("lamp.colr", "red"), "lamp.colr: is not an option; did you mean lamp.colour?");
  EXPECT_EQ(refused_text("gers", "3"), "gers: is not an option; did you mean gears?");
  EXPECT_EQ(refused_text("wheel.3.size", "3"),
            "wheel.3.size: has \"3\" for a number; there is 1, so it needs 1 to 2 (the last one appends)");
  EXPECT_EQ(refused_text("wheel.x.size", "3"),
            "wheel.x.size: has \"x\" for a number; there is 1, so it needs 1 to 2 (the last one appends)");
  EXPECT_EQ(refused_text("wheel.1.sise", "3"), "wheel.1.sise: is not an option; did you mean wheel.1.size?");
  EXPECT_EQ(refused_text("gears.front", "3"), "gears.front: has nothing named \"front\" inside; leave that out");
  EXPECT_EQ(refused_text("lamp", "{on = ["), "lamp: is the text \"{on = [\"; needs a table");
}

TEST(Options, DescribeEveryField) {
  const auto all = describe(Bicycle{});
  std::vector<std::string> lines;
  for (const auto& field : all) lines.push_back(field.path + ": " + field.type + (field.repeated ? " (repeated)" : ""));
  EXPECT_EQ(lines, (std::vector<std::string>{"name: text", "gears: integer", "serial: integer", "price: integer",
                                             "speed: number", "ratios: list of numbers", "riders: list of text",
                                             "stripes: list of choices", "bell: number", "lamp.on: yes/no",
                                             "lamp.colour: choice", "wheel.N.size: number (repeated)",
                                             "wheel.N.spokes: list of integers (repeated)",
                                             "wheel.N.brand: text (repeated)", "wheel.N.weight: weight (repeated)"}));
  EXPECT_EQ(all[0].value, "bike");
  EXPECT_EQ(all[0].help, "what it is called");
  EXPECT_TRUE(all[8].value.is_null());
  EXPECT_EQ(all[10].choices, (std::vector<std::string>{"red", "green", "dark_blue"}));
  EXPECT_EQ(all[7].choices, all[10].choices);
  EXPECT_EQ(all[14].value, "1kg");
  EXPECT_EQ(describe(Bicycle{}.lamp, "lamp")[0].path, "lamp.on");
}

TEST(Options, BecomeATableOfMarkdown) {
  EXPECT_EQ(to_markdown(describe(example::Lamp{})),
            "| option | type | default | consequence |\n|---|---|---|---|\n"
            "| `on` | yes/no | `false` | be seen |\n"
            "| `colour` | `red`, `green`, `dark_blue` | `\"red\"` | red is for the back |\n");
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> known = {"size", "shape", "cycle_len", "learning"};
  EXPECT_EQ(nearest("sise", known), "size");
  EXPECT_EQ(nearest("SIZE", known), "size");
  EXPECT_EQ(nearest("cycle", known), "cycle_len");
  EXPECT_EQ(nearest("lerning", known), "learning");
  EXPECT_EQ(nearest("szie", known), "size");  // two neighbours swapped
  EXPECT_EQ(nearest("backbone", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Shortest, ReadsBackExactly) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(3), "3.0");
  EXPECT_EQ(shortest(1e-5), "1e-5");
  EXPECT_EQ(shortest(1e5), "1e5");
  EXPECT_EQ(shortest(1.5e-10), "1.5e-10");
  EXPECT_EQ(shortest(-2e22), "-2e22");
  EXPECT_EQ(shortest(0), "0.0");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, 123456789.0, 1e300})
    EXPECT_EQ(std::strtod(shortest(value).c_str(), nullptr), value) << shortest(value);
}

TEST(NameOf, IsWhatTheChoiceIsCalled) {
  EXPECT_EQ(name_of(Colour::dark_blue), "dark_blue");
  EXPECT_THROW(name_of(static_cast<Colour>(7)), Error);
}

}  // namespace
}  // namespace tenfold
