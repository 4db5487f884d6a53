#pragma once
// Universal language model fine-tuning: learn the language, then the task. Howard & Ruder 2018, arXiv 1801.06146.
//
//   auto lm = text::lm_learner(vocab, {.train = texts, .valid = held_back}, {.size = AwdLstmSize::small}, {.batch =
//   64}); lm.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 6}}); auto task = text::classifier_learner(reviews, vocab,
//   {.size = AwdLstmSize::small}, {.batch = 32}, awd_weights(lm)); task.fit({.lr = 1e-2, .shape = OneCycle{.epochs =
//   1}});                              // the head alone task.fit({.lr = Rates::range(1e-2 / 46, 1e-2), …, .freeze_to =
//   -2});                 // 46 = 2.6⁴ task.fit({.lr = Rates::range(5e-3 / 46, 5e-3), …, .freeze_to = -3});
//   task.fit({.lr = Rates::range(2e-3 / 46, 2e-3), …, .freeze_to = 0});

#include <optional>
#include <vector>

#include "tenfold/text/awd_classifier.h"
#include "tenfold/text/awd_lstm.h"
#include "tenfold/text/awd_weights.h"
#include "tenfold/text/lm_data.h"
#include "tenfold/text/text_data.h"
#include "tenfold/text/vocab.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold::text {

/// What a language model learns from: all texts there are, with or without labels. No text for validation: none is
/// done.
struct LanguageTexts {
  TokenTexts train, valid;
};

/// A language model to start from, and the words of its rows.
struct Pretrained {
  AwdWeights weights;
  Vocab vocab;
};

/// Streams of training.batch rows. Throws what LanguageModelDataset does.
Data lm_data(LanguageTexts texts, const Vocab& vocab, const AwdLstmOptions& options, int64_t rows);

/// With weights frozen to the words (the last group), else all trained. Its data's streams have as many rows as
/// training.batch, which a stage cannot change. Throws ConfigError, WeightsError.
Learner lm_learner(const Vocab& vocab, LanguageTexts texts, const AwdLstmOptions& options, LearnerOptions training,
                   const std::optional<Pretrained>& start = {});

/// The weights of a language model that lm_learner() made, for a classifier over the same vocabulary. Throws
/// ConfigError for another learner.
AwdWeights awd_weights(Learner& language);

/// Classification, multi-label or regression with the encoder of `start` over the same vocabulary, frozen to the head;
/// without, all trained from random weights. Throws ConfigError, WeightsError.
Learner classifier_learner(const TextData& texts, const Vocab& vocab, const AwdClassifierOptions& options,
                           LearnerOptions training, const std::optional<AwdWeights>& start = {});

/// Means of the probabilities (or values) of several models of the same items: a forward and a backward classifier.
/// item_loss is that of the mean. Throws ConfigError without models, or where their items differ.
Predictions mean_of(const nn::Task& task, const std::vector<Predictions>& predictions);

}  // namespace tenfold::text
