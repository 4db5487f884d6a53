#pragma once
// What texts become numbers by, as a value that a model file holds: the tokeniser with its vocabulary.

#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/text/byte_bpe.h"
#include "tenfold/text/options.h"
#include "tenfold/text/text_data.h"
#include "tenfold/text/vocab.h"
#include "tenfold/text/wordpiece.h"

namespace tenfold::text {

struct Numbering {
  Units units = Units::wordpiece;  ///< decided: not automatic
  Vocab vocab;
  WordPieceOptions pieces{};  ///< of wordpiece
  ByteBpeOptions bytes{};     ///< of byte_bpe, with its merges
  std::vector<ByteBpe::Merge> merges{};
  std::string model{};  ///< of sentencepiece: the bytes of its file
  bool rules = true;    ///< of sentencepiece: pieces are of texts that went through fastai's rules
};

/// What the options ask for. An encoder's pieces are those of its weights' folder. Words are those of
/// options.vocabulary where it is named, else the frequent ones of `texts`; sentencepiece is its *.model, else learnt
/// of them: what is to be learnt from, of every split whose words a model may count. Throws ConfigError where the
/// tokeniser does not go with the network.
Numbering numbering(const DataOptions& data, const ModelOptions& model,
                    const std::vector<const std::vector<std::string>*>& texts, int threads);

/// Numbers of one text, cut so; no tokens at most is no bound.
Numericaliser numericaliser(const Numbering& numbering, Cut cut);

/// A token as a reader sees it.
struct ShownToken {
  std::string text;
  bool special = false;    ///< [CLS], </s>, …: of the network, not of the text
  bool continues = false;  ///< the word before
};
ShownToken shown(const Numbering& numbering, int32_t id);

Json to_json(const Numbering& numbering);
/// Throws DataError(path) where it is no such tree.
Numbering numbering_of(const Json& tree, const std::string& path);

}  // namespace tenfold::text
