#pragma once
// What texts become numbers by, as a value that a model file holds: the tokeniser with its vocabulary.

#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/text/options.h"
#include "tenfold/text/text_data.h"
#include "tenfold/text/vocab.h"
#include "tenfold/text/wordpiece.h"

namespace tenfold::text {

struct Numbering {
  Units units = Units::wordpiece;  ///< decided: words or wordpiece
  Vocab vocab;
  WordPieceOptions pieces{};  ///< of wordpiece
};

/// What the options ask for. An encoder's pieces are those of its weights' folder. Words are those of
/// options.vocabulary where it is named, else the frequent ones of `texts`: what is to be learnt from, of every split
/// whose words a model may count. Throws ConfigError where the tokeniser does not go with the network.
Numbering numbering(const DataOptions& data, const ModelOptions& model,
                    const std::vector<const std::vector<std::string>*>& texts, int threads);

/// Numbers of one text, cut so; no tokens at most is no bound.
Numericaliser numericaliser(const Numbering& numbering, Cut cut);

Json to_json(const Numbering& numbering);
/// Throws DataError(path) where it is no such tree.
Numbering numbering_of(const Json& tree, const std::string& path);

}  // namespace tenfold::text
