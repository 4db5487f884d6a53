#pragma once
// Translations of a run or a bundle: what is to be translated, how well it went, and what a report shows of it.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/report/report.h"
#include "tenfold/text/sentence_pairs.h"
#include "tenfold/train/learner.h"

namespace tenfold {

/// Sentences to translate: the rows of a CSV's column of the source language, or of its only one; the lines of another
/// file, blank ones too; anything else is a sentence itself. Throws what reading throws.
std::vector<std::string> sentences_of(const std::vector<std::string>& items, const TranslationPipeline& pipeline);

/// The pairs of a split that holds some. Throws ConfigError where it does not.
const text::SentencePairs& pairs_of(const Data& data, Split split);

/// bleu and brevity_penalty of translations of the pairs' sources.
Json bleu_figures(const text::SentencePairs& pairs, const std::vector<std::string>& translations);

/// Header `source,translation`, and `,reference` where there are some. RFC 4180.
std::string translations_csv(const std::vector<std::string>& sources, const std::vector<std::string>& translations,
                             const std::vector<std::string>& references = {});

/// Some of the translations beside what they are of, from all over the split, and of a few short ones what each word
/// looked at, where the network has attention. Runs the network.
void show_translations(const TranslationPipeline& pipeline, Learner& learner, const text::SentencePairs& pairs,
                       const std::vector<std::string>& translations, report::Page& page);

}  // namespace tenfold
