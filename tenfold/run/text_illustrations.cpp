// Texts in a report: the words of the top losses, shaded.

#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/run/illustrate.h"
#include "tenfold/text/occlusion.h"
#include "tenfold/text/saliency.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/text/token_labels.h"

namespace tenfold {
namespace {

constexpr int64_t kShownTokens = 150;  // of a text, fastai's cut

/// Pieces back to words, their weights summed; special tokens left out.
report::MarkedText words_of(const text::Numbering& numbering, const std::vector<int64_t>& ids,
                            const std::vector<float>& weight) {
  report::MarkedText text;
  for (size_t k = 0; k < ids.size() && k < static_cast<size_t>(kShownTokens); ++k) {
    const auto token = text::shown(numbering, static_cast<int32_t>(ids[k]));
    if (token.special) continue;
    if (token.continues && !text.words.empty()) {
      text.words.back() += token.text;
      text.weight.back() += weight[k];
    } else {
      text.words.push_back(token.text);
      text.weight.push_back(weight[k]);
    }
  }
  return text;
}

/// The sentence that a row is of, its word marked. Names are "sentence:word".
report::MarkedText sentence_of(const text::TaggedDataset& dataset, const TopLoss& top) {
  const auto& sentence = dataset.sentences().at(static_cast<size_t>(dataset.sentence(top.index)));
  report::MarkedText text{.caption = "line " + std::to_string(sentence.line), .words = sentence.words, .weight = {}};
  text.weight.assign(text.words.size(), 0);
  size_t word = 0;
  const size_t colon = top.name.rfind(':');
  if (colon != std::string::npos) std::from_chars(top.name.data() + colon + 1, top.name.data() + top.name.size(), word);
  if (word >= 1 && word <= text.weight.size()) text.weight[word - 1] = 1;
  return text;
}

std::vector<float> weights_of(Learner& learner, const text::Numbering& numbering, const at::Tensor& ids,
                              int64_t output) {
  auto* encoder = dynamic_cast<text::EncoderModel*>(&learner.model());
  const auto weights = (encoder ? text::token_saliency(*encoder, ids, output)
                                : text::occlusion(learner.model(), ids, numbering.vocab.unknown(), output))
                           .cpu()
                           .contiguous();
  return {weights.const_data_ptr<float>(), weights.const_data_ptr<float>() + weights.numel()};
}

}  // namespace

void illustrate(const TextPipeline& texts, Learner& learner, const Findings& found, report::Page& page) {
  const auto& dataset = learner.data().split(found.split);
  const auto& losses = found.interpretation.top_losses;
  if (const auto* tagged = dynamic_cast<const text::TaggedDataset*>(dataset.get())) {
    for (size_t k = 0; k < losses.size(); ++k) page.top_losses[k].texts = {sentence_of(*tagged, losses[k])};
    return;
  }
  for (size_t k = 0; k < losses.size(); ++k) {
    const auto ids =
        dataset->get(losses[k].index, std::nullopt)
            .x.at(0)
            .narrow(0, 0, std::min(kShownTokens, dataset->get(losses[k].index, std::nullopt).x.at(0).size(0)));
    const std::vector<int64_t> numbers(ids.const_data_ptr<int64_t>(), ids.const_data_ptr<int64_t>() + ids.numel());
    for (const auto& look : losses[k].looks) {
      auto text = words_of(texts.numbering, numbers, weights_of(learner, texts.numbering, ids, look.output));
      text.caption = caption_of(found.task.kind, look);
      page.top_losses[k].texts.push_back(std::move(text));
    }
  }
}

}  // namespace tenfold
