#include "tenfold/text/byte_bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <tuple>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The vocabulary and the ids are by tools/reference_byte_bpe.py, with the tokenizers package.
const std::string files = TENFOLD_SOURCE_DIR "/tests/text/data/byte_bpe/";
using Line = std::tuple<std::string, std::vector<int32_t>, std::vector<int32_t>>;

std::vector<Line> reference() {
  std::ifstream file(files + "ids.jsonl");
  std::vector<Line> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line).get<Line>());
  return lines;
}

/// The files of one of the two ways, in a folder of their own.
struct Published {
  Folder folder{};
  explicit Published(std::initializer_list<const char*> names) {
    for (const char* name : names) folder.file(name, read_file(files + name));
  }
};

TEST(ByteBpe, GivesThePublishedTokenisersIds) {
  const Published two({"vocab.json", "merges.txt"}), one({"tokenizer.json"});
  const auto lines = reference();
  ASSERT_GE(lines.size(), 400u);
  for (const auto* published : {&two, &one}) {
    const auto bpe = ByteBpe::of_folder(published->folder.path());
    ByteBpeOptions spaced = bpe.options();
    spaced.space_before = true;
    const ByteBpe with_space(bpe.vocabulary(), bpe.merges(), spaced, "the same");
    for (const auto& [text, plain, space] : lines) {
      EXPECT_EQ(bpe.ids(text, 1 << 20), plain) << "of: " << text;
      EXPECT_EQ(with_space.ids(text, 1 << 20), space) << "with a space before: " << text;
    }
  }
}

TEST(ByteBpe, GoesBackToTheBytes) {
  const auto bpe = ByteBpe::of_folder(files);
  for (const auto& [text, plain, space] : reference()) {
    if (text.find("<mask>") != text.npos) continue;  // the space before it goes with it
    EXPECT_EQ(bpe.decode(bpe.ids(text, bpe.vocabulary())), text);
  }
  EXPECT_EQ(bpe.decode(bpe.ids(std::string("a\0\xFF", 3), bpe.vocabulary())), std::string("a\0\xEF\xBF\xBD", 5));
  EXPECT_THROW(bpe.decode(std::vector<int32_t>{-1}), Error);
}

TEST(ByteBpe, BeginsEndsAndCutsWhatANetworkReads) {
  const auto bpe = ByteBpe::of_folder(files);
  EXPECT_THAT(bpe.ids("", 5), ElementsAre(bpe.begin_id(), bpe.end_id()));
  const auto cut = bpe.ids("one two three four", 4), whole = bpe.ids("one two three four", 100);
  EXPECT_THAT(cut, ElementsAre(bpe.begin_id(), whole[1], whole[2], bpe.end_id()));
  EXPECT_THROW(bpe.ids("a", 1), ConfigError);
}

TEST(ByteBpe, CountsWrongBytesAndRemembersWordsWithoutChangingThem) {
  const auto bpe = ByteBpe::of_folder(files);
  const auto encoder = bpe.encoder(bpe.vocabulary());
  std::vector<int32_t> first, again;
  const std::string text = "the caf\xE9 and the caf\xE9";
  encoder->append(text, first);
  encoder->append(text, again);
  EXPECT_EQ(first, again);
  EXPECT_EQ(encoder->replaced(), 4);
}

TEST(ByteBpe, TakesAWordOfAMegabyte) {
  const auto bpe = ByteBpe::of_folder(files);
  std::string word;
  while (word.size() < 1u << 20) word.append("thereandback");
  const auto ids = bpe.ids(word, bpe.vocabulary());
  EXPECT_LT(ids.size(), word.size());
  EXPECT_EQ(bpe.decode(ids), word);
}

TEST(ByteBpe, SaysWhatIsWrongWithItsFiles) {
  const Folder folder;
  folder.file("vocab.json", R"({"a": 0, "b": 1})");
  folder.file("merges.txt", "#version: 0.2\na b\n");
  const auto says = [&](const std::string& part) {
    try {
      ByteBpe::of_folder(folder.path());
      ADD_FAILURE() << "no error, but expected: " << part;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  };
  says("byte-level");
  folder.file("vocab.json", read_file(files + "vocab.json"));
  folder.file("merges.txt", "#version: 0.2\na b\nabc\n");
  says("merges.txt:3");
  folder.file("merges.txt", "a \xC4\xA0zzzz\n");
  says("zzzz");
  folder.file("vocab.json", R"({"a": 0, "b": 99999999999})");
  says("99999999999");
  folder.file("vocab.json", "[1]");
  says("JSON object");
  const Folder other;
  EXPECT_FALSE(ByteBpe::is_in(other.path()));
  other.file("tokenizer.json", R"({"model": {"type": "WordPiece"}})");
  EXPECT_THROW(ByteBpe::of_folder(other.path()), DataError);
}

}  // namespace
}  // namespace tenfold::text
