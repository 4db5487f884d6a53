#pragma once
// Families of encoders: the same network under different names. One file a family; a new one is a file and a line in
// families().

#include <string>
#include <vector>

#include "tenfold/text/encoder_shape.h"

namespace tenfold::text {

/// How a config.json of the family calls the sizes.
struct EncoderKeys {
  std::string layers, width, heads, inner, hidden_dropout, attention_dropout, activation;
};

/// Names of modules, as in the published weights; those of a layer follow `layers` and its number.
struct EncoderNames {
  std::string layers;
  std::string query, key, value, out, first_norm, widen, narrow, second_norm;
};

struct EncoderFamily {
  std::string name;                  ///< config.json's model_type
  std::vector<std::string> same_as;  ///< other model types that are this network
  std::string summary;
  EncoderKeys keys;
  EncoderNames names;
  std::string prefix;              ///< of the body in checkpoints that have a head too: "bert."
  std::vector<std::string> heads;  ///< prefixes of tensors of heads, which are passed over
  bool token_types = true;
  bool pooler = true;
  bool positions_after_pad = false;  ///< the first token has position pad + 1
};

EncoderFamily bert();
EncoderFamily roberta();
EncoderFamily distilbert();

const std::vector<EncoderFamily>& encoder_families();
/// By its name or another model type that is the same. Throws ConfigError("text_model.weights") naming those known.
const EncoderFamily& encoder_family(const std::string& name);

}  // namespace tenfold::text
