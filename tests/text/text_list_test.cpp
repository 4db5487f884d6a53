// Texts and labels from CSVs and class folders: columns, splits, duplicates, and errors with file and line.

#include "tenfold/text/text_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Error = DataError>
std::string message_of(const DataOptions& options) {
  try {
    read_texts(options, 1);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// Forty reviews, a quarter of them bad, and texts that hold commas, quotes and lines.
std::string reviews() {
  std::string csv = "id,text,label\n";
  for (int k = 0; k < 40; ++k)
    csv += std::to_string(100 + k) + ",\"film " + std::to_string(k) + ", with \"\"words\"\"\nand lines\"," +
           (k % 4 == 0 ? "bad" : "good") + "\n";
  return csv;
}

TEST(ReadTexts, ChoosesColumnsAndKeepsClassesInTheSplit) {
  const Folder folder;
  const auto splits = read_texts({.path = folder.file("a.csv", reviews())}, 7);
  EXPECT_EQ(splits.kind, nn::TaskKind::single_label);
  EXPECT_THAT(splits.classes, ElementsAre("bad", "good"));
  EXPECT_EQ(splits.train.size(), 32u);
  EXPECT_EQ(splits.valid.size(), 8u);
  EXPECT_EQ(std::count(splits.valid.label.begin(), splits.valid.label.end(), 0), 2);
  std::set<std::string> names(splits.train.names.begin(), splits.train.names.end());
  names.insert(splits.valid.names.begin(), splits.valid.names.end());
  EXPECT_EQ(names.size(), 40u);
  EXPECT_EQ(splits.valid.names, read_texts({.path = folder.file("a.csv", reviews())}, 7).valid.names);
  for (size_t k = 0; k < splits.train.size(); ++k) {
    const int row = std::stoi(splits.train.names[k]) - 1;
    EXPECT_EQ(splits.train.texts[k], "film " + std::to_string(row) + ", with \"words\"\nand lines");
    EXPECT_EQ(splits.train.label[k], row % 4 == 0 ? 0 : 1);
  }
}

TEST(ReadTexts, TakesTheColumnWithTheLongestCellsWithoutAName) {
  const Folder folder;
  const auto splits = read_texts(
      {.path = folder.file("a.csv", "stars,review\n1,long words here\n2,other words there\n1,and some more\n"),
       .valid_share = 0.3},
      1);
  EXPECT_THAT(splits.told, ElementsAre("texts are in column 'review', labels in 'stars'"));
  EXPECT_THAT(splits.classes, ElementsAre("1", "2"));
}

TEST(ReadTexts, LeavesOutCopiesAndTextsThatOthersHold) {
  const Folder folder;
  const auto train = folder.file("train.csv", "text,label\na,x\nb,y\na,x\nb,x\nc,x\nd,y\n");
  const auto valid = folder.file("valid.csv", "text,label\nc,x\ne,y\n");
  const auto splits = read_texts({.path = train, .valid = valid}, 1);
  EXPECT_THAT(splits.train.texts, ElementsAre("a", "b", "d"));
  EXPECT_THAT(splits.train.names, ElementsAre("1", "2", "6"));
  EXPECT_THAT(splits.train.label, ElementsAre(0, 1, 1));
  EXPECT_THAT(splits.told, ElementsAre(HasSubstr("in column"),
                                       HasSubstr("2 texts that are copies of earlier ones, 1 of "
                                                 "them with another label"),
                                       HasSubstr("1 training texts that validation or test hold too")));
  EXPECT_EQ(read_texts({.path = train, .valid = valid, .drop_duplicates = false}, 1).train.size(), 6u);
}

TEST(ReadTexts, SuggestsTheNearestClassForASlip) {
  const Folder folder;
  const auto train = folder.file("train.csv", "text,label\na,positive\nb,negative\nc,positive\n");
  const auto valid = folder.file("valid.csv", "text,label\n\"two\nlines\",positive\ne,negatve\n");
  const auto text = message_of({.path = train, .valid = valid});
  EXPECT_THAT(text, HasSubstr("valid.csv:4: label 'negatve' is not among the 2 classes"));
  EXPECT_THAT(text, HasSubstr("nearest is 'negative'"));
}

TEST(ReadTexts, NamesTheLineOfAMissingLabel) {
  const Folder folder;
  EXPECT_THAT(message_of({.path = folder.file("a.csv", "text,label\na,x\nb,y\nc,\n")}),
              HasSubstr("a.csv:4: has no label"));
  EXPECT_THAT(message_of({.path = folder.file("b.csv", "text,label\na,x\nb,x\n")}), HasSubstr("one class only ('x')"));
  EXPECT_THAT(message_of({.path = folder.file("c.csv", "text\na\nb\n")}), HasSubstr("training needs labels"));
}

TEST(ReadTexts, ReadsSeveralLabelsAndNumbers) {
  const Folder folder;
  const auto several = read_texts(
      {.path = folder.file("a.csv", "text,label\na,x|y\nb,\nc,y\n"), .label_delimiter = "|", .valid_share = 0.34}, 1);
  EXPECT_EQ(several.kind, nn::TaskKind::multi_label);
  const auto flags = read_texts({.path = folder.file("b.csv", "text,toxic,rude\na,1,0\nb,0,0\nc,1,1\n"),
                                 .label_col = {"toxic", "rude"},
                                 .valid_share = 0.34},
                                1);
  EXPECT_EQ(flags.kind, nn::TaskKind::multi_label);
  EXPECT_THAT(flags.classes, ElementsAre("toxic", "rude"));
  const auto numbers = read_texts(
      {.path = folder.file("c.csv", "text,score\na,0.5\nb,-1.25\nc,3\n"), .label_col = {"score"}, .valid_share = 0.34},
      1);
  EXPECT_EQ(numbers.kind, nn::TaskKind::regression);
  EXPECT_THAT(numbers.outputs, ElementsAre("score"));
  EXPECT_THAT(message_of({.path = folder.file("d.csv", "text,score\na,0.5\nb,much\nc,1.5\n"),
                          .label_col = {"score"},
                          .target = Target::regression}),
              HasSubstr("d.csv:3: has 'much' in column 'score'; needs a number"));
}

TEST(ReadTexts, JoinsSeveralTextColumns) {
  const Folder folder;
  DataOptions options{.path = folder.file("a.csv", "title,body,label\nt,b,x\nu,c,y\nv,d,x\n"),
                      .text_col = {"title", "body"},
                      .valid_share = 0.34};
  const auto has = [](const TextSplits& splits, const std::string& text) {
    return std::count(splits.train.texts.begin(), splits.train.texts.end(), text) +
           std::count(splits.valid.texts.begin(), splits.valid.texts.end(), text);
  };
  EXPECT_EQ(has(read_texts(options, 1), "t\nb"), 1);
  options.tokenizer = Units::words;
  EXPECT_EQ(has(read_texts(options, 1), "xxfld 1 t xxfld 2 b"), 1);
}

TEST(ReadTexts, ReadsClassFolders) {
  const Folder folder;
  for (const char* split : {"train", "test"})
    for (const char* name : {"neg", "pos"})
      for (int k = 0; k < 4; ++k)
        folder.file(std::string(split) + "/" + name + "/" + std::to_string(k) + ".txt",
                    std::string(split) + name + std::to_string(k));
  folder.file("train/unsup/0.txt", "without label");
  const auto splits = read_texts({.path = folder.path(), .valid_share = 0.25}, 1);
  EXPECT_THAT(splits.classes, ElementsAre("neg", "pos"));
  EXPECT_EQ(splits.train.size(), 6u);
  EXPECT_EQ(splits.valid.size(), 2u);
  EXPECT_EQ(splits.test.size(), 8u);
  EXPECT_EQ(splits.test.names[4], "pos/0.txt");
  EXPECT_EQ(splits.test.texts[4], "testpos0");
  EXPECT_EQ(splits.test.label[4], 1);
}

TEST(ReadTexts, SaysWhatDoesNotFit) {
  const Folder folder;
  EXPECT_THAT(message_of<ConfigError>({}), HasSubstr("text.path"));
  EXPECT_THAT(
      message_of<ConfigError>({.path = folder.file("a.csv", "text,label\na,x\nb,y\n"), .target = Target::token_labels}),
      HasSubstr("labels of whole texts"));
  EXPECT_THAT(message_of({.path = folder.file("b.csv", "text,lable\na,x\nb,y\n"), .label_col = {"label"}}),
              HasSubstr("lable"));
}

}  // namespace
}  // namespace tenfold::text
