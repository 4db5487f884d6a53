// BERT and its small descendants of the same form (MiniLM: Wang et al. 2020, arXiv 2002.10957). Devlin et al. 2019,
// arXiv 1810.04805.

#include "tenfold/text/encoders/family.h"

namespace tenfold::text {

EncoderFamily bert() {
  return {.name = "bert",
          .same_as = {},
          .summary = "BERT, MiniLM and other encoders of that form",
          .keys = {.layers = "num_hidden_layers",
                   .width = "hidden_size",
                   .heads = "num_attention_heads",
                   .inner = "intermediate_size",
                   .hidden_dropout = "hidden_dropout_prob",
                   .attention_dropout = "attention_probs_dropout_prob",
                   .activation = "hidden_act"},
          .names = {.layers = "encoder.layer.",
                    .query = "attention.self.query",
                    .key = "attention.self.key",
                    .value = "attention.self.value",
                    .out = "attention.output.dense",
                    .first_norm = "attention.output.LayerNorm",
                    .widen = "intermediate.dense",
                    .narrow = "output.dense",
                    .second_norm = "output.LayerNorm"},
          .prefix = "bert.",
          .heads = {"cls.", "classifier.", "qa_outputs."}};
}

}  // namespace tenfold::text
