#include "tenfold/report/markup.h"

#include <gtest/gtest.h>

#include <limits>

namespace tenfold::report {
namespace {

TEST(Markup, EscapesWhatMeansSomethingInHtml) {
  EXPECT_EQ(escape("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
  EXPECT_EQ(escape("Käfer 甲虫 🐞\n\tend"), "Käfer 甲虫 🐞\n\tend");
}

TEST(Markup, ReplacesWhatIsNoText) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(escape(std::string("a\0b\x1F", 4)), "a" + replaced + "b" + replaced);
  EXPECT_EQ(escape("a\xFF"
                   "b"),
            "a" + replaced + "b");
  EXPECT_EQ(escape("\xC3"), replaced);                                               // cut short
  EXPECT_EQ(escape("\xC0\xBC"), replaced + replaced);                                // '<' in two bytes
  EXPECT_EQ(escape("\xE0\x80\xBC"), replaced + replaced + replaced);                 // '<' in three
  EXPECT_EQ(escape("\xED\xA0\x80"), replaced + replaced + replaced);                 // a surrogate
  EXPECT_EQ(escape("\xF4\x90\x80\x80"), replaced + replaced + replaced + replaced);  // beyond U+10FFFF
  EXPECT_EQ(escape("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF");
}

TEST(Markup, Base64AsInRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) EXPECT_EQ(base64(bytes), text);
  EXPECT_EQ(base64("\xFF\xFE\xFD"), "//79");
}

TEST(Markup, JsonCannotEndItsScript) {
  const Json value = {{"name", "</script><!-- <script>"}, {"bad", "\xFF"}};
  const std::string text = script_json(value);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(Json::parse(text).at("name"), "</script><!-- <script>");
  EXPECT_EQ(Json::parse(text).at("bad"), "\xEF\xBF\xBD");
}

TEST(Markup, ScriptHashAsBrowsersComputeIt) {
  // printf 'abc' | openssl dgst -sha256 -binary | base64
  EXPECT_EQ(script_hash("abc"), "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
}

TEST(Markup, FiguresAsPeopleReadThem) {
  EXPECT_EQ(figure(0.42134), "0.4213");
  EXPECT_EQ(figure(12.4), "12.40");
  EXPECT_EQ(figure(123456), "123456");
  EXPECT_EQ(figure(0), "0");
  EXPECT_EQ(figure(-0.00012), "-1.20e-4");
  EXPECT_EQ(figure(3e7), "3.00e7");
  EXPECT_EQ(figure(std::numeric_limits<double>::quiet_NaN()), "–");
}

TEST(Markup, RatesKeepThreeDigits) {
  EXPECT_EQ(rate(1e-3), "1e-3");
  EXPECT_EQ(rate(2.511e-4), "2.51e-4");
  EXPECT_EQ(rate(5.5e-4), "5.5e-4");
  EXPECT_EQ(rate(0.05), "0.05");
  EXPECT_EQ(rate(1e-10), "1e-10");
  EXPECT_EQ(rate(0), "0");
  EXPECT_EQ(rate(10), "10");
}

TEST(Markup, Durations) {
  EXPECT_EQ(duration(0.844), "0.84 s");
  EXPECT_EQ(duration(12.34), "12.3 s");
  EXPECT_EQ(duration(59.97), "1 min 00 s");
  EXPECT_EQ(duration(125), "2 min 05 s");
  EXPECT_EQ(duration(3725), "1 h 02 min");
}

}  // namespace
}  // namespace tenfold::report
