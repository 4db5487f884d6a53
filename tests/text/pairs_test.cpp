#include "tenfold/text/pairs.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tests/train/small.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Wrong, class Work>
std::string refused(Work&& work) {
  try {
    work();
  } catch (const Wrong& error) {
    return error.what();
  }
  return "";
}

SentencePairs small_pairs() {
  return {.source = {"ein Hund", "eine Katze läuft", "der Hund läuft", "die Katze"},
          .target = {"a dog", "a cat runs", "the dog is running", "the cat"},
          .names = {"1", "2", "3", "4"}};
}

PairOptions small_options() { return {.source = "de", .target = "en", .vocabulary = 200, .min_freq = 1}; }

TEST(Pairs, ReadsAlignedLinesAndLeavesOutHalfEmptyOnes) {
  const small::Scratch scratch;
  const auto de = (scratch.path / "train.de").string(), en = (scratch.path / "train.en").string();
  write_file(de, "eins\r\n \nzwei\n\ndrei\n");
  write_file(en, "one\n\ntwo\nlost\nthree\n");
  const auto pairs = read_aligned(de, en);
  EXPECT_THAT(pairs.source, ElementsAre("eins", "zwei", "drei"));
  EXPECT_THAT(pairs.target, ElementsAre("one", "two", "three"));
  EXPECT_THAT(pairs.names, ElementsAre("train.de:1", "train.de:3", "train.de:5"));
  EXPECT_THAT(pairs.left_out, ElementsAre("train.de:4: is empty, and train.en:4 is not"));  // line 2 is empty twice
}

TEST(Pairs, NamesBothFilesWhereTheirLinesDiffer) {
  const small::Scratch scratch;
  const auto de = (scratch.path / "x.de").string(), en = (scratch.path / "x.en").string();
  write_file(de, "eins\nzwei\n");
  write_file(en, "one\ntwo\nthree\n");
  const auto message = refused<DataError>([&] { read_aligned(de, en); });
  EXPECT_THAT(message, HasSubstr("x.de: has 2 lines"));
  EXPECT_THAT(message, HasSubstr("x.en has 3"));
}

TEST(Pairs, ReadsTwoColumns) {
  const small::Scratch scratch;
  const auto csv = (scratch.path / "pairs.csv").string();
  write_file(csv, "id,fr,en\n1,\"Qui, moi ?\",Who me?\n2,,nobody\n");
  const auto pairs = read_pairs(csv, "fr", "en");
  EXPECT_THAT(pairs.source, ElementsAre("Qui, moi ?"));
  EXPECT_THAT(pairs.target, ElementsAre("Who me?"));
  EXPECT_EQ(pairs.left_out.size(), 1u);
  EXPECT_THAT(refused<DataError>([&] { read_pairs(csv, "de", "en"); }), HasSubstr("de"));
}

TEST(Pairs, FindTheirFilesInAFolder) {
  const small::Scratch scratch;
  const auto write = [&](const std::string& name, const std::string& text) { write_file(scratch.path / name, text); };
  write("train.de", "ein Hund\neine Katze\n"), write("train.en", "a dog\na cat\n");
  write("val.de", "Hund\n"), write("val.en", "dog\n");
  write("test2016.de", "Katze\n"), write("test2016.en", "cat\n");
  write("other.de", "nur hier\n");
  auto options = small_options();
  options.path = scratch.path.string();
  const auto data = load_pairs(options);
  EXPECT_EQ(data.pairs(Split::train).size(), 2);
  EXPECT_THAT(data.pairs(Split::valid).pairs().source, ElementsAre("Hund"));
  EXPECT_THAT(data.pairs(Split::test).pairs().target, ElementsAre("cat"));
  options.test = "train2";
  EXPECT_THAT(refused<ConfigError>([&] { load_pairs(options); }), HasSubstr("test2016, train, val"));
  options.test = "";
  options.target = "fr";
  EXPECT_THAT(refused<ConfigError>([&] { load_pairs(options); }), HasSubstr("no train.de beside a train.fr"));
}

TEST(Pairs, KeepAShareForValidationWhereNoFileHasIt) {
  const small::Scratch scratch;
  std::string table = "de,en\n";
  for (int k = 0; k < 20; ++k) table += "Wort " + std::to_string(k) + ",word " + std::to_string(k) + "\n";
  write_file(scratch.path / "p.csv", table);
  auto options = small_options();
  options.path = (scratch.path / "p.csv").string();
  options.valid_share = 0.25;
  const auto data = load_pairs(options, 3);
  EXPECT_EQ(data.pairs(Split::train).size(), 15);
  EXPECT_EQ(data.pairs(Split::valid).size(), 5);
  EXPECT_THROW(data.pairs(Split::test), ConfigError);
}

TEST(Pairs, BecomePaddedTokens) {
  const auto data = make_pairs(small_pairs(), {}, {}, small_options());
  const auto& set = data.pairs(Split::train);
  std::vector<Sample> samples;
  for (int64_t k = 0; k < 4; ++k) samples.push_back(set.get(k, std::nullopt));
  const auto batch = set.collate(samples, {0, 1, 2, 3});
  ASSERT_EQ(batch.x.size(), 4u);
  for (size_t side : {0u, 2u}) {
    const auto &ids = batch.x[side], &lengths = batch.x[side + 1];
    EXPECT_EQ(lengths.max().item<int64_t>(), ids.size(1));
    for (int64_t k = 0; k < 4; ++k) {
      const int64_t length = lengths[k].item<int64_t>();
      EXPECT_EQ(ids[k][length - 1].item<int64_t>(), kEndToken);
      EXPECT_TRUE((ids[k].slice(0, length) == kPadToken).all().item<bool>());
      EXPECT_EQ(ids[k][0].item<int64_t>() == kBeginToken, side == 2);
    }
  }
  EXPECT_TRUE(at::equal(batch.y, batch.x[3] - 1));
  for (int64_t k = 0; k < 4; ++k) EXPECT_EQ(set.target(k).item<int64_t>(), batch.y[k].item<int64_t>());
  const auto row = batch.x[2][1];
  EXPECT_EQ(data.languages.target.sentence({row.const_data_ptr<int64_t>(), static_cast<size_t>(row.numel())}),
            "a cat runs");
  EXPECT_EQ(data.task.kind, nn::TaskKind::language_model);
  EXPECT_EQ(data.task.classes, data.languages.target.vocab.size());
}

TEST(Pairs, ShareAVocabularyOrNot) {
  auto options = small_options();
  const auto joint = make_pairs(small_pairs(), {}, {}, options);
  EXPECT_EQ(joint.languages.source.vocab.fingerprint(), joint.languages.target.vocab.fingerprint());
  options.vocabularies = Vocabularies::separate;
  const auto apart = make_pairs(small_pairs(), {}, {}, options);
  EXPECT_TRUE(apart.languages.source.vocab.contains("ä"));
  EXPECT_FALSE(apart.languages.target.vocab.contains("ä"));
  options.units = PairUnits::words;
  const auto words = make_pairs(small_pairs(), {}, {}, options);
  EXPECT_TRUE(words.languages.target.vocab.contains("▁running"));
  const auto numbers =
      numbered(std::array<std::string, 1>{"the bird is running"}, words.languages.target, 100, Frame::end);
  const auto ids = numbers[0];
  EXPECT_EQ(ids[1], kUnknownToken);
  EXPECT_EQ(words.languages.target.sentence(std::vector<int64_t>(ids.begin(), ids.end())), "the ⁇ is running");
}

TEST(Pairs, AreCutAndMadeSmall) {
  auto options = small_options();
  options.max_length = 1;
  options.lower_case = true;
  const auto data = make_pairs(small_pairs(), {}, {}, options);
  EXPECT_EQ(data.pairs(Split::train).get(2, std::nullopt).x[1].numel(), 3);  // begin, one token, end
  EXPECT_EQ(data.pairs(Split::train).pairs().source[1], "eine katze läuft");
  const auto both = numbered(std::array<std::string, 2>{"HUND", "hund"}, data.languages.source, 1, Frame::end);
  EXPECT_EQ(std::vector(both[0].begin(), both[0].end()), std::vector(both[1].begin(), both[1].end()));
  options.target = options.source;
  EXPECT_THAT(refused<ConfigError>([&] { make_pairs(small_pairs(), {}, {}, options); }),
              HasSubstr("the source itself"));
}

TEST(Pairs, OfLikeLengthShareABatch) {
  SentencePairs pairs;
  for (int k = 0; k < 400; ++k) {
    std::string words = "w";
    for (int j = 0; j < k * 7 % 13; ++j) words += " w";
    pairs.source.push_back(words);
    pairs.target.push_back(words);
    pairs.names.push_back(std::to_string(k));
  }
  const auto data = make_pairs(pairs, {}, {}, small_options());
  const auto& set = data.pairs(Split::train);
  const auto order = set.order(20, EpochKey{1, 0});
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t k = 0; k < 400; ++k) ASSERT_EQ(sorted[static_cast<size_t>(k)], k);
  EXPECT_NE(order, set.order(20, EpochKey{1, 1}));
  int64_t wasted = 0, used = 0;
  for (size_t from = 0; from < order.size(); from += 20) {
    int64_t longest = 0, sum = 0;
    for (size_t k = from; k < from + 20; ++k) {
      const int64_t length = set.target(order[k]).item<int64_t>();
      longest = std::max(longest, length);
      sum += length;
    }
    used += sum;
    wasted += 20 * longest - sum;
  }
  EXPECT_LT(static_cast<double>(wasted) / static_cast<double>(used), 0.1);  // at random it is more than half
}

}  // namespace
}  // namespace tenfold::text
