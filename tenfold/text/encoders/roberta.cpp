// RoBERTa: BERT without token types, whose positions are counted from behind the padding token's number. Liu et al.
// 2019, arXiv 1907.11692. XLM-RoBERTa is the same over another vocabulary.

#include "tenfold/text/encoders/family.h"

namespace tenfold::text {

EncoderFamily roberta() {
  EncoderFamily family = bert();
  family.name = "roberta";
  family.same_as = {"xlm-roberta", "camembert"};
  family.summary = "RoBERTa and its descendants over other vocabularies";
  family.prefix = "roberta.";
  family.heads = {"lm_head.", "classifier.", "qa_outputs."};
  family.positions_after_pad = true;
  return family;
}

}  // namespace tenfold::text
