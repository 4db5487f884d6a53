#pragma once
// What predict and explain do with a translator: sentences in, sentences out.

#include <string>
#include <vector>

#include "tenfold/bundle/bundle.h"
#include "tenfold/cli/command.h"
#include "tenfold/cli/commands/predict.h"

namespace tenfold::cli {

/// Translates sentences, lines of files, columns of CSVs and, for "-", the lines of standard input; line k of what is
/// written is the translation of line k of what was read.
Answer translate_items(const Bundle& bundle, const std::vector<std::string>& items, const PredictFlags& request);

/// The recipe's search, or that with another beam where one is asked for.
text::SearchOptions search_of(const TranslationPipeline& pipeline, int64_t beam);

/// BLEU of the learner's translations of these splits together.
Json translation_figures(const TranslationPipeline& pipeline, Learner& learner, const std::vector<Split>& splits,
                         int64_t beam, const OnItems& progress);

}  // namespace tenfold::cli
