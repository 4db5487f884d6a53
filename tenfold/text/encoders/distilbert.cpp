// DistilBERT: half of BERT's layers, without token types and pooler, under other names. Sanh et al. 2019, arXiv
// 1910.01108.

#include "tenfold/text/encoders/family.h"

namespace tenfold::text {

EncoderFamily distilbert() {
  return {.name = "distilbert",
          .same_as = {},
          .summary = "DistilBERT",
          .keys = {.layers = "n_layers",
                   .width = "dim",
                   .heads = "n_heads",
                   .inner = "hidden_dim",
                   .hidden_dropout = "dropout",
                   .attention_dropout = "attention_dropout",
                   .activation = "activation"},
          .names = {.layers = "transformer.layer.",
                    .query = "attention.q_lin",
                    .key = "attention.k_lin",
                    .value = "attention.v_lin",
                    .out = "attention.out_lin",
                    .first_norm = "sa_layer_norm",
                    .widen = "ffn.lin1",
                    .narrow = "ffn.lin2",
                    .second_norm = "output_layer_norm"},
          .prefix = "distilbert.",
          .heads = {"vocab_", "pre_classifier.", "classifier.", "qa_outputs."},
          .token_types = false,
          .pooler = false};
}

}  // namespace tenfold::text
