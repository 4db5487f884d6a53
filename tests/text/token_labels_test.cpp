// Words with labels: windows, batches, training, and tags put back on the words.

#include "tenfold/text/token_labels.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\nanna\nbo\n##ris\nmet\nin\nrome\nparis\nand\nthe\n##s\n";
constexpr const char* kConfig = R"({"model_type": "bert", "num_hidden_layers": 1, "hidden_size": 32,
  "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 14, "max_position_embeddings": 40,
  "type_vocab_size": 2, "pad_token_id": 0, "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0})";

std::shared_ptr<const std::vector<TaggedSentence>> sentences() {
  return std::make_shared<const std::vector<TaggedSentence>>(std::vector<TaggedSentence>{
      {{"boris", "met", "anna"}, {"B-per", "O", "B-per"}, "a", 1}, {{"in", "rome"}, {"O", "B-loc"}, "a", 5}});
}

const std::vector<std::string> kClasses = {"B-loc", "B-per", "I-loc", "I-per", "O"};

TEST(TaggedDataset, LabelsTheFirstPieceOfEachWord) {
  const Folder folder;
  const WordPiece pieces(folder.file("vocab.txt", kVocabulary));
  const TaggedDataset dataset(sentences(), pieces, kClasses, 16);
  const auto batch = dataset.gather({0, 1}, std::nullopt);
  EXPECT_TRUE(batch.x[0].equal(at::tensor({2, 5, 6, 7, 4, 3, 2, 8, 9, 3, 0, 0}, at::kLong).view({2, 6})));
  EXPECT_TRUE(batch.x[1].equal(at::tensor({6, 4}, at::kLong)));
  EXPECT_TRUE(batch.x[2].equal(at::tensor({1, 3, 4, 7, 8}, at::kLong)));
  EXPECT_TRUE(batch.y.equal(at::tensor({1, 4, 1, 4, 0}, at::kLong)));
  EXPECT_THAT(batch.rows, ElementsAre(3, 2));
  EXPECT_EQ(dataset.row_name(1, 1), "2:2");
}

TEST(TaggedDataset, CutsLongSentencesIntoWindowsThatLabelEachWordOnce) {
  const Folder folder;
  const WordPiece pieces(folder.file("vocab.txt", kVocabulary));
  TaggedSentence sentence{.words = {}, .tags = {}, .file = "a", .line = 1};
  for (int k = 0; k < 25; ++k) sentence.words.push_back(k % 2 ? "boris" : "the");
  const auto all = std::make_shared<const std::vector<TaggedSentence>>(std::vector{sentence});
  const TaggedDataset dataset(all, pieces, kClasses, 14);
  std::vector<std::string> names;
  for (int64_t k = 0; k < dataset.size(); ++k) {
    const auto sample = dataset.get(k, std::nullopt);
    EXPECT_LE(sample.x[0].numel(), 14);
    EXPECT_EQ(sample.x[0][0].item<int64_t>(), 2);
    EXPECT_EQ(sample.x[0][-1].item<int64_t>(), 3);
    EXPECT_EQ(sample.x[1][0].item<int64_t>() > 1, k > 0);  // context before the first labelled word
    for (int64_t row = 0; row < sample.x[1].numel(); ++row) names.push_back(dataset.row_name(k, row));
  }
  ASSERT_EQ(names.size(), 25u);
  for (int k = 0; k < 25; ++k) EXPECT_EQ(names[static_cast<size_t>(k)], "1:" + std::to_string(k + 1));
  EXPECT_FALSE(dataset.target(0).defined());
}

TEST(TaggedDataset, SuggestsTheNearestTag) {
  const Folder folder;
  const WordPiece pieces(folder.file("vocab.txt", kVocabulary));
  const auto slip = std::make_shared<const std::vector<TaggedSentence>>(
      std::vector<TaggedSentence>{{{"anna"}, {"B-pre"}, "test.conll", 7}});
  try {
    TaggedDataset(slip, pieces, kClasses, 16);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("test.conll:7: has a sentence with the tag 'B-pre'"));
    EXPECT_THAT(error.what(), HasSubstr("nearest is 'B-per'"));
  }
}

/// A person is whoever comes before "met", a place what comes after "in", whichever word it is: context decides.
std::string corpus(int n) {
  const std::vector<std::string> names = {"anna", "boris", "rome", "paris"};
  std::string text;
  for (int k = 0; k < n; ++k) {
    const auto name = [&](int step) { return names[static_cast<size_t>((k / step + k) % 4)]; };
    if (k % 3 > 0) text += "the\tO\n";
    text += name(1) + "\tB-per\nmet\tO\n";
    if (k % 2) text += "in\tO\nthe\tB-loc\n" + name(4) + "\tI-loc\n";
    text += "\n";
  }
  return text;
}

TEST(TokenLearner, LearnsTagsAndPutsThemBackOnTheWords) {
  const Folder folder;
  const WordPiece pieces(folder.file("vocab.txt", kVocabulary));
  folder.file("config.json", kConfig);
  const auto train = folder.file("train.conll", corpus(240)), valid = folder.file("valid.conll", corpus(31));
  const auto data = load_tagged({.path = train, .valid = valid, .max_length = 16}, pieces);
  EXPECT_THAT(data.data.classes, ElementsAre("B-loc", "B-per", "I-loc", "I-per", "O"));
  auto learner = token_learner(data, {.weights = folder.path(), .dropout = {0.0}},
                               {.batch = 16, .seed = 1, .precision = Precision::fp32, .threads = 2});
  learner.fit({.lr = 3e-3, .shape = OneCycle{.epochs = 8}});
  const auto predictions = predict(learner, Split::valid);
  EXPECT_EQ(predictions.names.front(), "1:1");
  EXPECT_EQ(predictions.names.size(), static_cast<size_t>(predictions.activated.size(0)));
  const auto sentences = tagged(learner, Split::valid, predictions);
  const auto actual = read_tagged(valid).sentences;
  ASSERT_EQ(sentences.size(), actual.size());
  for (size_t k = 0; k < actual.size(); ++k) {
    EXPECT_EQ(sentences[k].words, actual[k].words);
    EXPECT_EQ(sentences[k].tags.size(), actual[k].tags.size());
  }
  EXPECT_GT(score_entities(learner, Split::valid, predictions).all.f1(), 0.95);
  EXPECT_GT(evaluate(learner.task(), predictions, {"accuracy"}).metrics.at("accuracy"), 0.95);

  learner.set_data(to_tag({{"anna", "met", "in", "the", "rome"}, {}}, pieces, data.data.classes, 16));
  const auto found = tagged(learner, Split::test, predict(learner, Split::test));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].tags, ElementsAre("B-per", "O", "O", "B-loc", "I-loc"));
}

}  // namespace
}  // namespace tenfold::text
