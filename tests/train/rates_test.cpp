#include "tenfold/train/rates.h"

#include <gtest/gtest.h>

#include <limits>

namespace tenfold {
namespace {

struct Options {
  Rates lr = Rates(1e-3);
};
template <class Visitor>
void fields(Visitor&& visit, Options& o) {
  visit("lr", o.lr, "rates");
}

Rates read(const std::string& toml) {
  Options options;
  assign(options, parse_toml(toml, "recipe.toml"));
  return options.lr;
}

void expect_rates(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12 * expected[i]);
}

template <class Work>
std::string problem(const Work& work) {
  try {
    work();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Rates, OneIsForAll) {
  expect_rates(spread(1e-2, 3, 0), {1e-2, 1e-2, 1e-2});
  expect_rates(spread(1e-2, 3, 2), {1e-2});
}

TEST(Rates, EachIsForItsGroup) {
  expect_rates(spread({1e-4, 1e-3, 1e-2}, 3, 0), {1e-4, 1e-3, 1e-2});
  expect_rates(spread({1e-4, 1e-3, 1e-2}, 3, 1), {1e-3, 1e-2});  // frozen groups' rates rest
  expect_rates(spread({1e-3, 1e-2}, 3, 1), {1e-3, 1e-2});
}

// fastai's slice(low, high): even multiples.
TEST(Rates, RangeIsGeometric) {
  expect_rates(spread(Rates::range(1e-4, 1e-2), 3, 0), {1e-4, 1e-3, 1e-2});
  expect_rates(spread(Rates::range(1e-6, 1e-3), 4, 2), {1e-4, 1e-3});
  expect_rates(spread(Rates::range(1e-4, 1e-2), 1, 0), {1e-2});
}

// high · factor^(G-1-i), so that the head of 14 groups (ViT) is 0.75^-13 = 42 times as fast as the patches.
TEST(Rates, DecayGoesBackFromTheLastGroup) {
  expect_rates(spread(Rates::decayed(1e-3, 0.5), 4, 0), {1.25e-4, 2.5e-4, 5e-4, 1e-3});
  expect_rates(spread(Rates::decayed(1e-3, 0.5), 4, 2), {5e-4, 1e-3});
  expect_rates(spread(Rates::decayed(1e-3, 1), 2, 0), {1e-3, 1e-3});
  EXPECT_NEAR(spread(Rates::decayed(1e-3, 0.75), 14, 0)[0], 1e-3 / 42.09, 1e-8);
}

// fastai's slice(high).
TEST(Rates, LastIsTenTimesTheOthers) {
  expect_rates(spread(Rates::last(1e-2), 3, 0), {1e-3, 1e-3, 1e-2});
  expect_rates(spread(Rates::last(1e-2), 3, 2), {1e-2});
}

TEST(Rates, RefuseWhatCannotTrain) {
  EXPECT_EQ(problem([] { spread({1e-3, 1e-2}, 3, 0); }),
            "lr: has 2 values for 3 layer groups; needs one for all, one a group, or {from, to}");
  EXPECT_EQ(problem([] { spread({1e-4, 1e-3, 1e-2, 1e-1}, 3, 1); }),
            "lr: has 4 values for 3 layer groups, 2 of them trained; needs one for all, one a group, or {from, to}");
  EXPECT_NE(problem([] { spread(Rates::find(), 3, 0); }).find("run lr_find first"), std::string::npos);
  EXPECT_EQ(problem([] { spread(std::numeric_limits<double>::quiet_NaN(), 3, 0); }),
            "lr: is nan; needs a finite number above 0");
  EXPECT_EQ(problem([] { spread({1e-3, 0, 1e-3}, 3, 0); }), "lr: is 0.0; needs a finite number above 0");
  EXPECT_EQ(problem([] { spread(std::numeric_limits<double>::infinity(), 3, 0); }),
            "lr: is inf; needs a finite number above 0");
  EXPECT_NE(problem([] { spread(1e-3, 3, 3); }), "accepted");
}

TEST(Rates, ReadTheRecipesForms) {
  EXPECT_EQ(read("lr = 'find'").kind, Rates::Kind::find);
  EXPECT_EQ(read("lr = 1e-2").values, std::vector<double>{1e-2});
  EXPECT_EQ(read("lr = 1").values, std::vector<double>{1});
  EXPECT_EQ(read("lr = [1e-4, 1e-3, 1e-2]").values, (std::vector<double>{1e-4, 1e-3, 1e-2}));
  EXPECT_EQ(read("lr = {from = 1e-4, to = 1e-2}").kind, Rates::Kind::range);
  EXPECT_EQ(read("lr = {last = 1e-2}").kind, Rates::Kind::last);
  EXPECT_EQ(read("lr = {to = 1e-3, decay = 0.75}").kind, Rates::Kind::decay);
  EXPECT_EQ(read("lr = {decay = 0.75, to = 1e-3}").values, (std::vector<double>{1e-3, 0.75}));
}

TEST(Rates, ReadFlags) {
  Options options;
  assign_text(options, "lr", "1e-4,1e-3");
  EXPECT_EQ(options.lr.kind, Rates::Kind::each);
  EXPECT_EQ(options.lr.values, (std::vector<double>{1e-4, 1e-3}));
  assign_text(options, "lr", "find");
  EXPECT_EQ(options.lr.kind, Rates::Kind::find);
  assign_text(options, "lr", "{from = 1e-5, to = 1e-3}");
  EXPECT_EQ(options.lr.kind, Rates::Kind::range);
  assign_text(options, "lr", "{to = 1e-3, decay = 0.75}");
  EXPECT_EQ(options.lr.kind, Rates::Kind::decay);
  assign_text(options, "lr", "0.5");
  EXPECT_EQ(options.lr.kind, Rates::Kind::one);
}

TEST(Rates, RoundTrip) {
  for (const auto& rates : {Rates(1e-3), Rates{1e-4, 1.0 / 3}, Rates{1e-3}, Rates::range(1e-5, 1e-3), Rates::last(1e-2),
                            Rates::decayed(1e-3, 0.75), Rates::find()}) {
    const Json tree = to_json(Options{.lr = rates});
    const Rates again = read(to_toml(tree));
    EXPECT_EQ(again.kind, rates.kind) << tree;
    EXPECT_EQ(again.values, rates.values) << tree;
  }
}

TEST(Rates, RefuseWhatIsNoRate) {
  EXPECT_EQ(problem([] { read("lr = nan"); }), "lr: is nan; needs a finite number");
  EXPECT_EQ(problem([] { read("lr = [0.1, -0.1]"); }), "lr.2: is -0.1; needs a rate above 0");
  EXPECT_EQ(problem([] { read("lr = {from = 1e-4, to = 'high'}"); }), "lr.to: is the text \"high\"; needs a number");
  EXPECT_NE(
      problem([] { read("lr = {to = 1e-3, decay = 1.5}"); }).find("lr.decay: is 1.5; needs a factor of at most 1"),
      std::string::npos);
  for (const char* text :
       {"lr = 'fnd'", "lr = []", "lr = {from = 1e-4}", "lr = {decay = 0.5}", "lr = true", "lr = {last = 1, to = 2}"})
    EXPECT_NE(problem([&] { read(text); }).find("needs \"find\", one rate"), std::string::npos) << text;
}

}  // namespace
}  // namespace tenfold
