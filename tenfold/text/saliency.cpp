#include "tenfold/text/saliency.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/core/error.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold::text {

at::Tensor token_saliency(EncoderModel& model, const at::Tensor& ids, int64_t output) {
  const EvaluationMode evaluation(model);
  const at::AutoGradMode with_gradients(true);
  const auto tokens = packed(ids.unsqueeze(0), at::full({1}, ids.numel(), at::kLong));
  const auto words = model.body().words(tokens).detach().requires_grad_();
  const auto logits = model.logits_of_words(words, tokens);
  if (output < 0 || output >= logits.size(1))
    throw ConfigError("saliency.output", "is " + std::to_string(output) + "; the model has " +
                                             std::to_string(logits.size(1)) + " outputs, numbered from 0");
  const auto gradient = torch::autograd::grad({logits[0][output]}, {words})[0];
  return (gradient * words.detach()).sum(1);
}

std::vector<SalientWord> saliency(EncoderModel& model, const WordPiece& pieces, std::string_view text, int64_t output,
                                  int64_t max_length) {
  const auto ids = pieces.ids(text, max_length);
  const auto numbers = at::tensor(std::vector<int64_t>(ids.begin(), ids.end()), at::kLong);
  const auto weights = token_saliency(model, numbers, output).cpu();
  const float* weight = weights.const_data_ptr<float>();
  std::vector<SalientWord> words;
  for (size_t k = 1; k + 1 < ids.size(); ++k) {
    const std::string& piece = pieces.vocabulary().token(ids[k]);
    if (piece.starts_with("##") && !words.empty()) {
      words.back().word += piece.substr(2);
      words.back().weight += weight[k];
    } else {
      words.push_back({piece, weight[k]});
    }
  }
  return words;
}

}  // namespace tenfold::text
