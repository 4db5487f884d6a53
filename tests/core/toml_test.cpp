#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "example_options.h"
#include "tenfold/core/random.h"

namespace tenfold {
namespace {

using example::Bicycle;

std::string refused(const std::string& text) {
  try {
    parse_toml(text, "recipe.toml");
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

Bicycle two_wheels() {
  Bicycle bike{.name = "tandem"};
  bike.bell = 1;
  bike.wheel = {{.brand = "front"}, {.size = 1e-5}};
  return bike;
}

TEST(Toml, IsPretty) {
  EXPECT_EQ(to_toml(to_json(two_wheels())), R"(name = "tandem"
gears = 7
serial = 0
price = -1
speed = 0.1
ratios = [1.5, 2.0]
riders = []
stripes = []
bell = 1.0

[lamp]
on = false
colour = "red"

[[wheel]]
size = 26.0
spokes = [32]
brand = "front"
weight = "1kg"

[[wheel]]
size = 1e-5
spokes = [32]
weight = "1kg"
)");
}

TEST(Toml, CommentsWithTheHelp) {
  const std::string text = to_toml(to_json(two_wheels()), describe(Bicycle{}));
  EXPECT_NE(text.find("# more climb better\ngears = 7\n"), std::string::npos);
  EXPECT_NE(text.find("[lamp]\n# be seen\non = false\n"), std::string::npos);
  EXPECT_NE(text.find("[[wheel]]\n# inches; larger rolls better\nsize = 26.0\n"), std::string::npos);
  EXPECT_NE(text.find("[[wheel]]\nsize = 1e-5\n"), std::string::npos);  // once is enough
  Bicycle again;
  assign(again, parse_toml(text, "recipe.toml"));
  EXPECT_EQ(to_json(again), to_json(two_wheels()));
}

TEST(Toml, RoundTripsEveryField) {
  Bicycle bike = two_wheels();
  bike.name = "tab\t quote\" backslash\\ newline\n bell\x07 delete\x7F ümläut 🚲";
  bike.serial = ~uint64_t{0};
  bike.price = std::numeric_limits<int64_t>::min();
  bike.riders = {"", "# no comment", "'single'"};
  const Json tree = to_json(bike);
  Bicycle again;
  assign(again, parse_toml(to_toml(tree), "recipe.toml"));
  EXPECT_EQ(to_json(again), tree);
}

TEST(Toml, RoundTripsEveryDouble) {
  Draw draw(1, 0, 0, Purpose::other);
  Json list = Json::array({0.0, -0.0, 5e-324, std::numeric_limits<double>::max(), std::numeric_limits<double>::min(), 1e22, 1e23});
  while (list.size() < 20000) {
    const auto value = std::bit_cast<double>(draw.bits64());
    if (std::isfinite(value)) list.push_back(value);
  }
  const Json again = parse_toml(to_toml({{"list", list}}), "");
  for (size_t i = 0; i < list.size(); ++i)
    ASSERT_EQ(std::bit_cast<uint64_t>(again["list"][i].get<double>()), std::bit_cast<uint64_t>(list[i].get<double>())) << list[i];
}

TEST(Toml, ReadsTreesAsTheyAreWritten) {
  const std::string text = R"(z = 1
a = { y = [1, 2.5, "three"], b = true }
"quoted key" = 'literal'

[table]
b.c = 3

[[list]]
one = 1

[[list]]
two = { nested = [{ deep = 1 }] }
)";
  const Json tree = parse_toml(text, "");
  EXPECT_EQ(tree.dump(), R"({"z":1,"a":{"y":[1,2.5,"three"],"b":true},"quoted key":"literal","table":{"b":{"c":3}},)"
                         R"("list":[{"one":1},{"two":{"nested":[{"deep":1}]}}]})");
  const auto unordered = [](const Json& json) { return nlohmann::json::parse(json.dump()); };  // scalars come before tables
  EXPECT_EQ(unordered(parse_toml(to_toml(tree), "")), unordered(tree));
}

TEST(Toml, SaysWhereItIsWrong) {
  EXPECT_EQ(refused("a = 1\nb = = 2\n").rfind("recipe.toml:2: is not TOML: ", 0), 0u);
  EXPECT_EQ(refused("a = 1\na = 2\n").rfind("recipe.toml:2: is not TOML: ", 0), 0u);
  EXPECT_EQ(refused("a = 1\nwhen = 2026-11-24\n"), "recipe.toml:2: has a date or time, which no option takes; put it in quotes");
  EXPECT_NE(refused("a = \"open\n"), "accepted");
  EXPECT_NE(refused("[a\n"), "accepted");
}

// Bytes with which released versions of toml++ reach undefined behaviour (their issues 190 and 295), and their kin.
TEST(Toml, RefusesBytesThatItsParserCannotBear) {
  EXPECT_NE(refused("\x0a\xef\xb9\xbf").find("recipe.toml:2: has"), std::string::npos);
  EXPECT_EQ(refused("a = 1\nb = \"\xEF\xB9\"\n"), "recipe.toml:2: is not valid UTF-8; save the file as UTF-8");
  EXPECT_EQ(refused("a = \"\"\"\n\xF4\x90\x80\x80\n\"\"\"\n"), "recipe.toml:2: is not valid UTF-8; save the file as UTF-8");
  EXPECT_EQ(refused("# \xC0\xAF\n"), "recipe.toml:1: is not valid UTF-8; save the file as UTF-8");        // overlong
  EXPECT_EQ(refused("# \xED\xA0\x80\n"), "recipe.toml:1: is not valid UTF-8; save the file as UTF-8");    // surrogate
  EXPECT_EQ(refused("caf\xE9 = 1\n"), "recipe.toml:1: is not valid UTF-8; save the file as UTF-8");       // Latin-1
  EXPECT_NE(refused("a = \xE2\x80\x9C" "1\xE2\x80\x9D\n").find("outside quotes"), std::string::npos);    // typographic quotes
  EXPECT_NE(refused("n\xC3\xA4me = 1\n").find("recipe.toml:1: has \"\xC3\xA4\" outside quotes"), std::string::npos);
}

TEST(Toml, TakesAnyTextInsideQuotesAndComments) {
  const Json tree = parse_toml(
      "\xEF\xBB\xBF# größer\n"
      "basic = \"ä \\\" ö\" # ü\n"
      "literal = 'ä \\'\n"
      "\"schlüssel\" = 'ß'\n"
      "many = \"\"\"\nä \"quoted\" ö\\\n   \"\"\"\" # ende\n"
      "last = '''ä'ö'''\n",
      "");
  EXPECT_EQ(tree["basic"], "ä \" ö");
  EXPECT_EQ(tree["literal"], "ä \\");
  EXPECT_EQ(tree["schlüssel"], "ß");
  EXPECT_EQ(tree["many"], "ä \"quoted\" ö\"");
  EXPECT_EQ(tree["last"], "ä'ö");
}

// Whatever the bytes, there is an answer or a DataError.
TEST(Toml, SurvivesNoise) {
  const std::string seeds[] = {"a = \"\"\"x\"\"\"\n", "[t]\nk = '''\xC3\xA4'''\n", "v = [1, {a = \"\\u00e4\"}]\n# \xF0\x9F\x9A\xB2\n"};
  Draw draw(9, 0, 0, Purpose::other);
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = seeds[draw.below(3)];
    for (int64_t edits = 1 + draw.below(4); edits > 0; --edits) {
      const auto at = static_cast<size_t>(draw.below(static_cast<int64_t>(text.size())));
      constexpr std::string_view kBytes = "\"'\\#\n[]{}=.,\xEF\xB9\xBF\xC3\x80 a1";
      text[at] = kBytes[static_cast<size_t>(draw.below(static_cast<int64_t>(kBytes.size())))];
    }
    try {
      parse_toml(text, "");
      ++read;
    } catch (const DataError&) {
    }
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace tenfold
