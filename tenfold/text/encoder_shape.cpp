#include "tenfold/text/encoder_shape.h"

#include <algorithm>
#include <initializer_list>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/text/encoders/family.h"

namespace tenfold::text {
namespace {

/// A config.json, whose complaints name it.
class Config {
 public:
  explicit Config(const std::filesystem::path& path) : path_(path.string()) {
    json_ = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
    if (!json_.is_object()) fail("is no JSON object; take the config.json that the weights were published with");
  }

  int64_t whole(const std::string& key) const {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_number_integer() || found->get<int64_t>() < 1)
      fail("has no whole number above 0 for \"" + key +
           "\"; take the config.json that the weights were published with");
    return found->get<int64_t>();
  }
  int64_t whole(const std::string& key, int64_t otherwise) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_number_integer() ? found->get<int64_t>() : otherwise;
  }
  double share(const std::string& key, double otherwise) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_number() ? found->get<double>() : otherwise;
  }
  std::string word(const std::string& key, const std::string& otherwise) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : otherwise;
  }
  [[noreturn]] void fail(const std::string& problem) const { throw DataError(path_, 0, problem); }

 private:
  std::string path_;
  Json json_;
};

}  // namespace

const std::vector<EncoderFamily>& encoder_families() {
  static const std::vector<EncoderFamily> all = {bert(), roberta(), distilbert()};
  return all;
}

const EncoderFamily& encoder_family(const std::string& name) {
  std::string known;
  for (const auto& family : encoder_families()) {
    if (family.name == name || std::find(family.same_as.begin(), family.same_as.end(), name) != family.same_as.end())
      return family;
    known += (known.empty() ? "" : ", ") + family.name;
  }
  throw ConfigError("text_model.weights", "are of the family '" + name + "'; supported are " + known);
}

EncoderShape read_encoder_shape(const std::filesystem::path& path) {
  const Config config(path);
  const auto& family = encoder_family(config.word("model_type", "bert"));
  const auto& keys = family.keys;
  if (const auto activation = config.word(keys.activation, "gelu"); activation != "gelu")
    config.fail("has the activation '" + activation + "'; supported is gelu");
  if (const auto positions = config.word("position_embedding_type", "absolute"); positions != "absolute")
    config.fail("has '" + positions + "' positions; supported are absolute ones");
  EncoderShape shape{.family = family.name,
                     .layers = config.whole(keys.layers),
                     .width = config.whole(keys.width),
                     .heads = config.whole(keys.heads),
                     .inner = config.whole(keys.inner),
                     .vocabulary = config.whole("vocab_size"),
                     .positions = config.whole("max_position_embeddings"),
                     .token_types = family.token_types ? config.whole("type_vocab_size", 2) : 0,
                     .pad = config.whole("pad_token_id", 0),
                     .eps = config.share("layer_norm_eps", 1e-12),
                     .hidden_dropout = config.share(keys.hidden_dropout, 0.1),
                     .attention_dropout = config.share(keys.attention_dropout, 0.1)};
  if (shape.width % shape.heads != 0)
    config.fail("has " + std::to_string(shape.heads) + " heads, which do not divide the width of " +
                std::to_string(shape.width));
  return shape;
}

int64_t longest_text(const EncoderShape& shape) {
  return shape.positions - (encoder_family(shape.family).positions_after_pad ? shape.pad + 1 : 0);
}

}  // namespace tenfold::text
