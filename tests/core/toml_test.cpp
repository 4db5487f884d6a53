#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

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
  Json list = Json::array(
      {0.0, -0.0, 5e-324, std::numeric_limits<double>::max(), std::numeric_limits<double>::min(), 1e22, 1e23});
  while (list.size() < 20000) {
    const auto value = std::bit_cast<double>(draw.bits64());
    if (std::isfinite(value)) list.push_back(value);
  }
  const Json again = parse_toml(to_toml({{"list", list}}), "");
  for (size_t i = 0; i < list.size(); ++i)
    ASSERT_EQ(std::bit_cast<uint64_t>(again["list"][i].get<double>()), std::bit_cast<uint64_t>(list[i].get<double>()))
        << list[i];
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
  const auto unordered = [](const Json& json) {
    return nlohmann::json::parse(json.dump());
  };  // scalars come before tables
  EXPECT_EQ(unordered(parse_toml(to_toml(tree), "")), unordered(tree));
}

TEST(Toml, SaysWhereItIsWrong) {
  EXPECT_EQ(refused("a = 1\nb = = 2\n"), R"(recipe.toml:2: has "=" where TOML needs a value)");
  EXPECT_EQ(refused("a = 1\na = 2\n"), R"(recipe.toml:2: has "a" twice; remove one)");
  EXPECT_EQ(refused("size = 224 px\n"), R"(recipe.toml:1: has "p" where TOML needs the end of the line)");
  EXPECT_EQ(refused("\nshape = cosine\n"),
            R"(recipe.toml:2: has cosine for a value; needs a number, true, false, or text in quotes: "cosine")");
  EXPECT_EQ(refused("a = 1\nwhen = 2026-11-24\n"),
            "recipe.toml:2: has the date or time 2026-11-24, which no option takes; put it in quotes");
  EXPECT_EQ(refused("a = \"open\n"), R"(recipe.toml:1: has the end of the line where TOML needs ")");
  EXPECT_EQ(refused("a = [1,\n"), "recipe.toml:2: has the end of the file where TOML needs a value");
  EXPECT_EQ(refused("[a\n"), "recipe.toml:1: has the end of the line where TOML needs ]");
  EXPECT_EQ(refused(R"(a = "C:\x")"),
            R"(recipe.toml:1: has "x" where TOML needs an escape (\n, \t, \", \\, \u0041) after \; )"
            R"('single quotes' take a \ as it is)");
  EXPECT_EQ(
      refused("a = 99999999999999999999\n"),
      "recipe.toml:1: has 99999999999999999999, which is beyond 64-bit integers; write it as a number with a point");
}

TEST(Toml, RefusesWhatTheStandardRefuses) {
  const std::vector<std::string> wrong = {
      // keys and tables
      "a", "a =", "= 1", "a b = 1", "a. = 1", ".a = 1", "[.a]", "[a.]", "[#]", "[]", "[[a]", "[a]]", "[a] b = 1",
      "a = 1 b = 2", R"("""a""" = 1)", "[a]\n[a]", "a = 1\n[a]", "a = [1]\n[[a]]", "a = {}\n[a.b]", "a = {}\na.b = 1",
      "[a.b]\n[a]\nb.c = 1", "[a]\nb.c = 1\n[a.b]", "[[a]]\n[a]", "[a]\n[[a]]", "a.b = 1\na = 2",
      // numbers and words
      "a = 01", "a = -01", "a = 1_", "a = _1", "a = 1__0", "a = .5", "a = 5.", "a = 1.e5", "a = 1e", "a = 1e_5",
      "a = +0x1", "a = 0xg", "a = 0b2", "a = 0x", "a = 0x-1", "a = --1", "a = infinity", "a = True", "a = 1e999",
      "a = 07:32:00",
      // strings
      R"(a = "\u12")", R"(a = "\ud800")", R"(a = "\U00110000")", R"(a = "\q")", "a = \"\x01\"", "# \x7F",
      "a = '''open''", R"(a = """open"")", "a = 1\r",
      // lists and inline tables
      "a = {b = 1,}", "a = {b = 1\n}", "a = {b = 1, b = 2}", "a = [1 2]", "a = [,]", "d = { a = 1, c = [\n }"};
  for (const auto& text : wrong) EXPECT_NE(refused(text), "accepted") << text;
}

TEST(Toml, TakesWhatTheStandardTakes) {
  const auto read = [](const std::string& text) { return parse_toml(text, "").dump(); };
  EXPECT_EQ(read("a=+1\r\nb = 1_000 # c\n\n c . d=-0\t"), R"({"a":1,"b":1000,"c":{"d":0}})");
  EXPECT_EQ(read("a = 0xDEAD_beef\nb = 0o17\nc = 0b101"), R"({"a":3735928559,"b":15,"c":5})");
  EXPECT_EQ(read("a = 1e5\nb = -2E-3\nc = 6.5e+1\nd = 0.0\ne = 9_1.5_0"),
            R"({"a":100000.0,"b":-0.002,"c":65.0,"d":0.0,"e":91.5})");
  EXPECT_EQ(read("a = [ # first\n 1,\n [ ], # nested\n]"), R"({"a":[1,[]]})");
  EXPECT_EQ(read("a = { b.c = 1, b.d = 'x', e = { } }"), R"({"a":{"b":{"c":1,"d":"x"},"e":{}}})");
  EXPECT_EQ(read("[a.b.c]\nx = 1\n[a]\ny = 2"), R"({"a":{"b":{"c":{"x":1}},"y":2}})");
  EXPECT_EQ(read("[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\n[[a.c]]\nz = 3"),
            R"({"a":[{"x":1,"b":{"y":2}},{"c":[{"z":3}]}]})");
  EXPECT_EQ(read("[fruit]\napple.colour = 'red'\n[fruit.apple.taste]\nsweet = true"),
            R"({"fruit":{"apple":{"colour":"red","taste":{"sweet":true}}}})");
  EXPECT_EQ(read("3.14 = 1\n\"\" = 2\n- = 3"), R"({"3":{"14":1},"":2,"-":3})");
  EXPECT_EQ(parse_toml(R"(a = "\u00e9\U0001F6B2\b\t\"\\")", "")["a"], "\xC3\xA9\xF0\x9F\x9A\xB2\b\t\"\\");
  EXPECT_EQ(read("a = '''\r\nx\r\ny'''\nb = \"\"\"\\  \n\n  z\"\"\""), R"({"a":"x\ny","b":"z"})");
  EXPECT_TRUE(std::isinf(parse_toml("a = -inf", "")["a"].get<double>()));
  EXPECT_TRUE(std::isnan(parse_toml("a = nan", "")["a"].get<double>()));
  EXPECT_EQ(read(""), "{}");
}

TEST(Toml, EndsOnEndlessNesting) {
  EXPECT_NE(refused("a = " + std::string(1000000, '[')).find("deep"), std::string::npos);
  std::string inline_tables, key = "a";
  for (int i = 0; i < 100000; ++i) {
    inline_tables += "{a=";
    key += ".a";
  }
  EXPECT_NE(refused("a = " + inline_tables).find("deep"), std::string::npos);
  EXPECT_NE(refused(key + " = 1").find("a key of more than"), std::string::npos);
}

TEST(Toml, RefusesBytesThatAreNoText) {
  const std::string no_text = "is not valid UTF-8; save the file as UTF-8";
  EXPECT_EQ(refused("a = 1\nb = \"\xEF\xB9\"\n"), "recipe.toml:2: " + no_text);
  EXPECT_EQ(refused("a = '''\n\xF4\x90\x80\x80\n'''\n"), "recipe.toml:2: " + no_text);
  EXPECT_EQ(refused("# \xC0\xAF\n"), "recipe.toml:1: " + no_text);      // overlong
  EXPECT_EQ(refused("# \xED\xA0\x80\n"), "recipe.toml:1: " + no_text);  // surrogate
  EXPECT_EQ(refused("caf\xE9 = 1\n"), "recipe.toml:1: " + no_text);     // Latin-1
  EXPECT_EQ(refused("\x0a\xef\xb9\xbf"),
            "recipe.toml:2: has \"\xef\xb9\xbf\" where TOML needs a key; outside quotes only plain letters will do");
  EXPECT_NE(refused("a = “1”\n").find("outside quotes"), std::string::npos);
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
  const std::string seeds[] = {"a = \"\"\"x\"\"\"\n", "[t]\nk = '''\xC3\xA4'''\n",
                               "v = [1, {a = \"\\u00e4\"}]\n# \xF0\x9F\x9A\xB2\n"};
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
