#include "tenfold/train/tta_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenfold {
namespace {

struct Settings {
  TtaChoice tta{};
};
template <class Visitor>
void fields(Visitor&& visit, Settings& o) {
  visit("tta", o.tta, "");
}

TtaChoice typed(const std::string& text) {
  Settings settings;
  assign_text(settings, "tta", text);
  return settings.tta;
}

TEST(TtaChoice, IsANumberAMethodOrATable) {
  EXPECT_FALSE(typed("0"));
  EXPECT_FALSE(typed("none"));
  EXPECT_EQ(typed("6").options->views, 6);
  EXPECT_EQ(typed("6").options->method, TtaMethod::modern);
  EXPECT_EQ(typed("mirror").options->method, TtaMethod::mirror);
  const auto table = typed("{method = 'legacy', views = 8}");
  EXPECT_EQ(table.options->method, TtaMethod::legacy);
  EXPECT_EQ(table.options->views, 8);
}

TEST(TtaChoice, ReadsBackAsItWasWritten) {
  for (const char* text :
       {"0", "4", "mirror", "five_crops", "mirror_shifts", "legacy", "{method = 'legacy', views = 8}",
        "{maximum = true}", "{views = 3, plain_weight = 0.5}", "{method = 'mirror', maximum = true}"}) {
    const Json value = to_value(typed(text));
    TtaChoice again;
    from_value(value, again, "tta");
    EXPECT_EQ(to_value(again), value) << text;
    EXPECT_EQ(again.options.has_value(), typed(text).options.has_value());
    if (again) {
      EXPECT_EQ(to_json(*again.options), to_json(*typed(text).options)) << text;
    }
  }
  EXPECT_EQ(to_value(TtaChoice(4)), 4);
  EXPECT_EQ(to_value(TtaChoice(0)), 0);
  EXPECT_EQ(to_value(typed("mirror")), "mirror");
}

TEST(TtaChoice, CostsItsPasses) {
  EXPECT_EQ(passes({.views = 4}), 5);
  EXPECT_EQ(passes({.method = TtaMethod::mirror}), 2);
  EXPECT_EQ(passes({.method = TtaMethod::five_crops}), 5);
  EXPECT_EQ(passes({.method = TtaMethod::mirror_shifts}), 6);
}

std::string refusal(const std::string& text) {
  try {
    typed(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(TtaChoice, RefusesWhatIsNoChoice) {
  EXPECT_THAT(refusal("mirorr"), testing::HasSubstr("mirror"));
  EXPECT_THAT(refusal("-1"), testing::HasSubstr("needs at least 1, or 0 for none"));
  EXPECT_THAT(refusal("2.5"), testing::HasSubstr("needs a number of augmented views"));
  EXPECT_THAT(refusal("{views = 0}"), testing::HasSubstr("needs at least 1"));
  EXPECT_THAT(refusal("{plain_weight = 2}"), testing::HasSubstr("share from 0 to 1"));
}

}  // namespace
}  // namespace tenfold
