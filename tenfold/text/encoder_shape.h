#pragma once
// What an encoder's config.json says, in one form for every family. Torch-free.

#include <cstdint>
#include <filesystem>
#include <string>

#include "tenfold/core/options.h"

namespace tenfold::text {

/// Sizes of a BERT-like encoder. Devlin et al. 2019, arXiv 1810.04805; the default is BERT-base.
struct EncoderShape {
  std::string family = "bert";
  int64_t layers = 12;
  int64_t width = 768;
  int64_t heads = 12;
  int64_t inner = 3072;
  int64_t vocabulary = 30522;
  int64_t positions = 512;
  int64_t token_types = 2;
  int64_t pad = 0;
  double eps = 1e-12;
  double hidden_dropout = 0.1;
  double attention_dropout = 0.1;
};

template <class Visitor>
void fields(Visitor&& visit, EncoderShape& o) {
  visit("family", o.family, "bert, roberta or distilbert: names of the weights, and how positions are counted");
  visit("layers", o.layers, "layers; time grows with them");
  visit("width", o.width, "values of a token between the layers");
  visit("heads", o.heads, "heads of attention; they divide the width");
  visit("inner", o.inner, "width inside a layer, usually four times as much");
  visit("vocabulary", o.vocabulary, "tokens that have a vector");
  visit("positions", o.positions, "most tokens of a text (roberta: two more than that)");
  visit("token_types", o.token_types, "kinds of tokens; 0 for families without");
  visit("pad", o.pad, "number of the padding token");
  visit("eps", o.eps, "added to variances in norms");
  visit("hidden_dropout", o.hidden_dropout, "dropout after each sublayer");
  visit("attention_dropout", o.attention_dropout, "share of attention weights left out in training");
}

/// Reads a config.json of Hugging Face's form. Throws FileError; DataError where it is no JSON, is of a family or has
/// an activation that is not supported, or lacks a size.
EncoderShape read_encoder_shape(const std::filesystem::path& config);

/// Most tokens that a text may have.
int64_t longest_text(const EncoderShape& shape);

}  // namespace tenfold::text
