#pragma once
// Sequence to sequence: a learner for pairs of texts, translations of sentences, BLEU, and where the network looked.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenfold/text/bleu.h"
#include "tenfold/text/languages.h"
#include "tenfold/text/pairs.h"
#include "tenfold/text/translation_options.h"
#include "tenfold/text/translator.h"
#include "tenfold/train/learner.h"

namespace tenfold::text {

/// Throws ConfigError where an option of the search cannot work.
void check(const SearchOptions& options);

/// Metrics are perplexity and accuracy of the target's tokens. Throws ConfigError where the vocabularies or options do
/// not fit, or the device is not the CPU.
Learner translation_learner(const PairData& data, const TranslatorOptions& model,
                            LearnerOptions training = translation_training());

/// The best translation of each sentence that the search finds, in the order given; that of a blank one is blank.
/// Throws ConfigError where the learner is none of pairs. progress may throw Interrupted.
std::vector<std::string> translate(Learner& learner, const Languages& languages, std::span<const std::string> sentences,
                                   const SearchOptions& search = {}, const OnItems& progress = {});

/// BLEU of the translations of a split's sources against its targets, as they stand in the files (small letters where
/// the data is so).
Bleu bleu_of(Learner& learner, const PairData& data, Split split, const SearchOptions& search = {},
             const OnItems& progress = {});

/// Adds "bleu" of the validation set to the metrics of every so-many-th epoch, counted from the last of the fit, so
/// that this one has it. List it behind ema(), so that it measures the average. Throws ConfigError where `every` is
/// below 1.
Callback bleu_each(const PairData& data, int epochs, const BleuEachOptions& options = {});

/// Where the network looked while it wrote.
struct AttentionMap {
  std::vector<std::string> source, target;  ///< tokens, with the marks of their spaces, or words; the ends are "</s>"
  std::vector<std::vector<float>> weights;  ///< [target][source], each row sums to 1
};
/// Of these pairs, the target as given: mean over the heads of the last layer. Throws ConfigError where the network has
/// no attention.
std::vector<AttentionMap> attention_maps(Learner& learner, const Languages& languages,
                                         std::span<const std::string> sources, std::span<const std::string> targets);
/// The same of whole words: a source word has what its pieces have together, a target word the mean of its pieces.
AttentionMap by_words(const AttentionMap& map);

}  // namespace tenfold::text
