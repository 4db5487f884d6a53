#include "tenfold/text/unicode.h"

#include <gtest/gtest.h>

#include "tenfold/text/trie.h"
#include "tenfold/text/url.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

std::string repaired(std::string_view text, int64_t& replaced) {
  std::string scratch;
  return std::string(valid_utf8(text, scratch, replaced));
}

// Unicode Standard 15, table 3-8, and the sequences of section 3.9 that Python's bytes.decode(errors="replace") was
// asked.
TEST(Utf8, ReplacesEachMaximalPart) {
  const std::string r = "\xEF\xBF\xBD";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\xF1\x80\x80\xE1\x80\xC2"
       "b\x80"
       "c\x80\xBF"
       "d",
       "a" + r + r + r + "b" + r + "c" + r + r + "d"},
      {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
       "A",
       r + r + r + r + r + r + r + r + "A"},
      {"\xED\xA0\x80", r + r + r},
      {"\xF4\x91\x92\x93\xFF", r + r + r + r + r},
      {"\xE2\x82", r},
      {"\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF", "\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF"},
  };
  for (const auto& [text, wanted] : cases) {
    int64_t replaced = 0;
    EXPECT_EQ(repaired(text, replaced), wanted);
    int64_t again = 0;
    EXPECT_EQ(repaired(wanted, again), wanted);
    EXPECT_EQ(again, 0);
  }
  int64_t replaced = 0;
  repaired("0123456789abcdef\xFF tail 0123456789\xFE", replaced);
  EXPECT_EQ(replaced, 2);
}

TEST(Utf8, GoesForwardAndBack) {
  const std::string text = "aé€😀";
  std::vector<char32_t> forward, backward;
  for (size_t at = 0; at < text.size();) forward.push_back(next_character(text, at));
  for (size_t at = text.size(); at > 0;) backward.insert(backward.begin(), previous_character(text, at));
  EXPECT_EQ(forward, (std::vector<char32_t>{'a', 0xE9, 0x20AC, 0x1F600}));
  EXPECT_EQ(backward, forward);
  std::string built;
  for (const char32_t c : forward) append_character(c, built);
  EXPECT_EQ(built, text);
  append_character(0xD800, built);
  EXPECT_TRUE(built.ends_with("\xEF\xBF\xBD"));
}

std::string lower(std::string_view text) {
  std::string to;
  append_lower(text, to);
  return to;
}

// Python: str.lower().
TEST(Unicode, LowersAsPythonDoes) {
  EXPECT_EQ(lower("HELLO Ünï ÀÉ ẞ"), "hello ünï àé ß");
  EXPECT_EQ(lower("ΟΔΟΣ ΣΑΣ. Σ ΑΣ'Α ΑΣ\u0301"), "οδος σας. σ ασ'α ας\u0301");
  EXPECT_EQ(lower("İI"), "i\u0307i");
  EXPECT_EQ(lower("ǅ Ǆ Ⅷ Ａ 𐐀"), "ǆ ǆ ⅷ ａ 𐐨");
}

TEST(Unicode, StripsAccentsAndTakesHangulApart) {
  std::string to;
  append_base("Crème Brûlée Ångström ệ 한", to);
  EXPECT_EQ(to, "Creme Brulee Angstrom e \u1112\u1161\u11AB");
}

TEST(Unicode, KnowsItsCharacters) {
  EXPECT_TRUE(has(' ', space) && has(0x3000, space) && has(0x1C, space) && !has(0x200B, space));
  EXPECT_TRUE(has('_', word) && has(0x4E2D, word) && has(0xBD, word) && !has('-', word));
  EXPECT_TRUE(has(0x0301, mark) && has(0x200B, other) && has(0x10FFFF, other) && has(0x3002, punctuation));
  EXPECT_TRUE(is_ideograph(0x4E2D) && is_ideograph(0x2A6DF) && !is_ideograph(0x3042) && !is_ideograph(0xAC00));
}

TEST(Trie, FindsTheLongest) {
  Trie trie;
  for (const auto& [text, value] : std::vector<std::pair<std::string, int32_t>>{{"a", 1}, {"abc", 2}, {"b", 3}})
    trie.add(text, value);
  EXPECT_EQ(trie.longest("abcd").value, 2);
  EXPECT_EQ(trie.longest("abx").length, 1u);
  EXPECT_EQ(trie.longest("cab").length, 0u);
  for (int k = 0; k < 5000; ++k) trie.add("w" + std::to_string(k) + ".", k);
  EXPECT_EQ(trie.longest("w4711.x").value, 4711);
  EXPECT_EQ(trie.longest("w4711x").length, 0u);
}

// What spaCy 3.8's url_match says (tools/reference_tokens.py has more, as sentences).
TEST(Url, IsOneOrNot) {
  for (const char* yes :
       {"www.example.com", "http://a.bc", "user@host.org", "ftp://u:p@h.example.org:8080/x?y#z", "a.b-c.de", "8.8.8.8",
        "1.2.3.4:80/x", "b.cd:80", "x+y-z.w://münchen.de", "@@@a.bc", "223.255.255.254"})
    EXPECT_TRUE(is_url(yes)) << yes;
  for (const char* no : {"",          ".",           "a.b",       "example.COM", "http://localhost", "http://",
                         "b.cd:8",    "b.cd:123456", "-a.bc",     "a-.bc",       "192.168.1.1",      "10.1.2.3",
                         "127.0.0.1", "172.16.0.1",  "224.1.1.1", "1.2.3",       "1.2.3.255",        "0.1.2.3",
                         "a..bc",     "@.bc",        "x.y_z.org."})
    EXPECT_FALSE(is_url(no)) << no;
}

}  // namespace
}  // namespace tenfold::text
