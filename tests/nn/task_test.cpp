#include "tenfold/nn/task.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

TEST(Task, EveryKindHasItsRow) {
  for (const auto& [kind, name] : names(TaskKind{})) {
    EXPECT_EQ(row(kind).kind, kind);
    for (const auto text :
         {row(kind).target, row(kind).activation, row(kind).loss, row(kind).decoding, row(kind).why_not})
      EXPECT_FALSE(text.empty()) << name;
    EXPECT_FALSE(row(kind).metrics.empty()) << name;
    EXPECT_FALSE(row(kind).why.empty()) << name;
    EXPECT_GE(row(kind).wrong.size(), 3u) << name;
    for (const auto& [choice, why] : row(kind).wrong) EXPECT_FALSE(choice.empty() || why.empty()) << name;
  }
}

TEST(Task, IsNamedByItsTargetAndNotByAnActivation) {
  for (const auto& [kind, name] : names(TaskKind{}))
    if (kind != TaskKind::language_model) EXPECT_EQ(task_named(std::string(name), "data.task"), kind);
  const auto refusal = [](const std::string& name) -> std::string {
    try {
      task_named(name, "data.task");
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.option, "data.task");
      return error.what();
    }
    return "";
  };
  EXPECT_NE(refusal("softmax").find("single_label has softmax over classes with cross-entropy"), std::string::npos);
  EXPECT_NE(refusal("sigmoid").find("multi_label has a sigmoid for each label"), std::string::npos);
  EXPECT_NE(refusal("multilabel").find("nearest is multi_label"), std::string::npos);
}

TEST(Task, OnlyOrdinalTasksHaveOneLogitLessAndLanguageModelsSayTwoScores) {
  for (const auto& [kind, name] : names(TaskKind{}))
    EXPECT_EQ(logits({.kind = kind, .classes = 5}), kind == TaskKind::ordinal          ? 4
                                                    : kind == TaskKind::language_model ? 2
                                                                                       : 5)
        << name;
}

std::string refused(const Task& task) {
  try {
    check(task);
  } catch (const ConfigError& error) {
    return error.option;
  }
  return "";
}

TEST(Task, NamesTheOptionThatContradicts) {
  using enum TaskKind;
  EXPECT_EQ(refused({.kind = single_label, .classes = 2, .label_smoothing = 0.1, .class_weights = {1, 0}}), "");
  EXPECT_EQ(refused({.kind = multi_label, .classes = 1, .class_weights = {2}}), "");
  EXPECT_EQ(refused({.kind = regression, .classes = 1, .range = {{0, 5.5}}}), "");
  EXPECT_EQ(refused({.kind = ordinal, .classes = 2}), "");
  EXPECT_EQ(refused({.kind = single_label, .classes = 1}), "task.classes");
  EXPECT_EQ(refused({.kind = ordinal, .classes = 1}), "task.classes");
  EXPECT_EQ(refused({.kind = regression}), "task.classes");
  EXPECT_EQ(refused({.kind = single_label, .classes = 2, .range = {{0, 1}}}), "task.range");
  EXPECT_EQ(refused({.kind = regression, .classes = 1, .range = {{1, 1}}}), "task.range");
  EXPECT_EQ(refused({.kind = regression, .classes = 1, .range = {{0, INFINITY}}}), "task.range");
  EXPECT_EQ(refused({.kind = multi_label, .classes = 2, .threshold = 1}), "task.threshold");
  EXPECT_EQ(refused({.kind = multi_label, .classes = 2, .threshold = NAN}), "task.threshold");
  EXPECT_EQ(refused({.kind = regression, .classes = 1, .label_smoothing = 0.1}), "task.label_smoothing");
  EXPECT_EQ(refused({.kind = single_label, .classes = 2, .label_smoothing = 1}), "task.label_smoothing");
  EXPECT_EQ(refused({.kind = single_label, .classes = 3, .class_weights = {1, 2}}), "task.class_weights");
  EXPECT_EQ(refused({.kind = single_label, .classes = 2, .class_weights = {1, -1}}), "task.class_weights");
  EXPECT_EQ(refused({.kind = single_label, .classes = 2, .class_weights = {0, 0}}), "task.class_weights");
  EXPECT_EQ(refused({.kind = ordinal, .classes = 2, .class_weights = {1, 2}}), "task.class_weights");
}

}  // namespace
}  // namespace tenfold::nn
