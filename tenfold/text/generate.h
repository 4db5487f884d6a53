#pragma once
// Text written by a language model, a token at a time.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/text/awd_lstm.h"
#include "tenfold/text/generate_options.h"
#include "tenfold/text/vocab.h"

namespace tenfold::text {

/// The tokens that follow `context` (at least one id), options.tokens of them. Token k is drawn by (seed, k) from
/// p^(1 / temperature) over what top_k and min_p leave; unknown, padding and filler are never written. The model's own
/// state and mode are as before afterwards. fastai 2.8, LMLearner.predict, without reading the context again for each
/// token. Throws ConfigError for options that cannot work, or a context without tokens.
std::vector<int32_t> generate(AwdLstm& model, const Vocab& vocab, const std::vector<int32_t>& context,
                              const GenerateOptions& options);

/// fastai's special tokens as what they stand for, words separated by spaces: "xxmaj this is xxup great xxrep 3 !" is
/// "This is GREAT !!!". xxbos, xxeos, xxpad and xxfld with its number are left out.
std::string written(const std::vector<std::string>& tokens);

}  // namespace tenfold::text
