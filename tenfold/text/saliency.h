#pragma once
// Which words of a text speak for a class: the gradient of its logit at the tokens' vectors, times those vectors, which
// is to first order what the logit loses where a token's vector becomes 0. Shrikumar et al. 2016, arXiv 1605.01713; Li
// et al. 2016, arXiv 1506.01066.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/encoder_model.h"
#include "tenfold/text/wordpiece.h"

namespace tenfold::text {

struct SalientWord {
  std::string word;   ///< as the tokeniser has it, its pieces put together
  double weight = 0;  ///< above 0 speaks for the class, below against it; sum over its pieces
};

/// Σ over values of vector · gradient for each token, [T] fp32. ids: one text, int64 [T]. `output` is a class, a label
/// or a regression's output. In evaluation mode and with no parameter's gradient touched; modes are as before
/// afterwards. Throws ConfigError("saliency.output") beyond the model's outputs.
at::Tensor token_saliency(EncoderModel& model, const at::Tensor& ids, int64_t output);

/// The same by words, without [CLS] and [SEP], of the first max_length tokens.
std::vector<SalientWord> saliency(EncoderModel& model, const WordPiece& pieces, std::string_view text, int64_t output,
                                  int64_t max_length);

}  // namespace tenfold::text
