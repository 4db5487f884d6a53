#include "tenfold/text/word_tokenizer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tenfold/core/threads.h"

namespace tenfold::text {
namespace {

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text.append(text.empty() ? "" : " ").append(token);
  return text;
}

/// [text, tokens joined by spaces], from fastai 2.8 and spaCy 3.8 by tools/reference_tokens.py.
std::vector<std::pair<std::string, std::string>> reference() {
  std::ifstream file(TENFOLD_SOURCE_DIR "/tests/text/data/word_tokens.jsonl");
  std::vector<std::pair<std::string, std::string>> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(nlohmann::json::parse(line).get<std::pair<std::string, std::string>>());
  return lines;
}

TEST(WordTokenizer, CutsHardSentencesAsFastaiDoes) {
  const WordTokenizer tokenizer;
  const auto lines = reference();
  ASSERT_GE(lines.size(), 300u);
  for (const auto& [text, tokens] : lines) EXPECT_EQ(joined(tokenizer.tokens(text)), tokens) << "of: " << text;
}

TEST(WordTokenizer, GivesTheSameIdsWhateverItSawBefore) {
  const WordTokenizer tokenizer;
  const auto lines = reference();
  TokenCounts counts;
  const auto counting = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
  std::vector<int32_t> all;
  for (const auto& line : lines) counting->append(line.first, all);
  const Vocab vocab = Vocab::of(counts, {.min_freq = 0});
  const auto forward = tokenizer.encoder(vocab), backward = tokenizer.encoder(vocab);
  std::vector<std::vector<int32_t>> ids(lines.size());
  for (size_t k = 0; k < lines.size(); ++k) forward->append(lines[k].first, ids[k]);
  for (size_t k = lines.size(); k-- > 0;) {
    std::vector<int32_t> again;
    backward->append(lines[k].first, again);
    EXPECT_EQ(again, ids[k]) << lines[k].first;
    EXPECT_EQ(tokenizer.ids(lines[k].first, vocab), ids[k]) << lines[k].first;
  }
}

TEST(WordTokenizer, IsSharedByThreads) {
  const WordTokenizer tokenizer;
  const auto lines = reference();
  ThreadPool pool(3);
  std::vector<std::string> tokens(lines.size());
  pool.parallel_for(static_cast<int64_t>(lines.size()), [&](int64_t k) {
    tokens[static_cast<size_t>(k)] = joined(tokenizer.tokens(lines[static_cast<size_t>(k)].first));
  });
  for (size_t k = 0; k < lines.size(); ++k) EXPECT_EQ(tokens[k], lines[k].second);
}

TEST(WordTokenizer, ForgetsWordsWithoutChangingThem) {
  // More different words than an encoder remembers, and the first ones again.
  const WordTokenizer tokenizer;
  TokenCounts counts;
  const auto encoder = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
  std::string text;
  for (int k = 0; k < 150000; ++k) {
    text.push_back('w');  // and k in letters, none of them twice in a row
    for (int rest = k, place = 0; place < 6; rest /= 9, ++place)
      text.push_back(static_cast<char>("abcdefghijklmnopqr"[rest % 9 + place % 2 * 9]));
    text.append("'s ");
  }
  std::vector<int32_t> first, again;
  encoder->append(text, first);
  encoder->append(text, again);
  EXPECT_EQ(first, again);
  EXPECT_EQ(first.size(), 1u + 2 * 150000);
  EXPECT_EQ(counts.token(first[1]), text.substr(0, 7));
  EXPECT_EQ(counts.token(first[2]), "'s");
}

TEST(WordTokenizer, TakesAnyBytes) {
  const WordTokenizer tokenizer;
  TokenCounts counts;
  const auto encoder = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
  std::vector<int32_t> ids;
  encoder->append("caf\xE9 \xC3\xA9\xFF\xF0\x9F\x98", ids);  // Latin-1, a stray byte, a character cut off
  EXPECT_EQ(encoder->replaced(), 3);
  EXPECT_EQ(joined(tokenizer.tokens("caf\xE9")), joined(tokenizer.tokens("caf\xEF\xBF\xBD")));
  EXPECT_EQ(joined(tokenizer.tokens("")), "xxbos");
  EXPECT_EQ(joined(tokenizer.tokens(std::string("a\0b", 3))), std::string("xxbos a\0b", 9));
}

TEST(WordTokenizer, TakesALineOfFiftyMegabytes) {
  const WordTokenizer tokenizer;
  TokenCounts counts;
  const auto encoder = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
  const size_t size = 50u << 20;
  std::vector<int32_t> ids;
  std::string word(size, 'a');
  for (size_t k = 0; k < size; k += 2) word[k] = 'b';  // one word, without repetition
  encoder->append(word, ids);
  EXPECT_EQ(ids.size(), 51u);  // cut at each MiB
  ids.clear();
  std::string brackets;
  for (size_t k = 0; k < size / 4; ++k) brackets.append(")(:(");  // one word that comes apart byte by byte
  encoder->append(brackets, ids);
  EXPECT_GT(ids.size(), size / 2);
}

TEST(JoinFields, MarksEachColumnWhereThereAreSeveral) {
  const std::string_view one[] = {"a b"}, two[] = {"title", "body"};
  EXPECT_EQ(join_fields(one), "a b");
  EXPECT_EQ(join_fields(two), "xxfld 1 title xxfld 2 body");
}

}  // namespace
}  // namespace tenfold::text
