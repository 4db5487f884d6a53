#include "tenfold/run/translation_application.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/run/translations.h"
#include "tenfold/text/rnn_translator.h"
#include "tenfold/text/translation.h"

namespace tenfold {

TranslationApplication::TranslationApplication(const Recipe& recipe)
    : recipe_(recipe), pairs_(text::load_pairs(recipe.translation, recipe.training.seed)) {
  text::check(recipe.search);
  if (recipe.loss.label_smoothing > 0)
    throw ConfigError("loss.label_smoothing", "is for classes; a translator's is translation_model.label_smoothing");
  pairs_.task = task_for(recipe, pairs_.task, pairs_.data);
  learner_ = text::translation_learner(pairs_, recipe.translation_model, recipe.training);
}

void TranslationApplication::check_stage(size_t k) {
  const auto& stage = recipe_.stage[k];
  if (stage.precompute)
    throw ConfigError(path_of(k, "precompute"),
                      "is for a head on frozen layers, and a translator has none; leave it out");
  if (stage.snapshots > 0)
    throw ConfigError(path_of(k, "snapshots"), "averages predictions, and translations have no average; take ema");
  callbacks(k);  // throws for what they cannot do
}

Json TranslationApplication::facts() const {
  return {{"vocabulary", pairs_.languages.target.vocab.size()}, {"max_length", recipe_.translation.max_length}};
}

std::string TranslationApplication::network() const {
  const auto& model = recipe_.translation_model;
  const auto joined = [](const std::string& name, std::initializer_list<int64_t> sizes) {
    std::string text = name;
    for (const int64_t size : sizes) text += (text == name ? " " : "/") + std::to_string(size);
    return text;
  };
  if (model.kind == text::TranslatorKind::rnn)
    return joined("gru", {model.rnn.embedding, model.rnn.hidden, model.rnn.layers});
  const auto& o = model.transformer;
  return joined("transformer", {o.width, o.hidden, o.encoder_layers, o.decoder_layers});
}

std::vector<std::string> TranslationApplication::told() const {
  constexpr size_t kNamed = 5;
  std::vector<std::string> told;
  const auto& out = pairs_.left_out;
  for (size_t k = 0; k < std::min(out.size(), kNamed); ++k) told.push_back("left out: " + out[k]);
  if (out.size() > kNamed) told.push_back("left out: " + std::to_string(out.size() - kNamed) + " pairs more");
  return told;
}

std::vector<Callback> TranslationApplication::callbacks(size_t k) {
  const int whole = static_cast<int>(std::ceil(epochs(recipe_.stage[k].shape)));
  std::vector<Callback> own{text::bleu_each(pairs_, whole, recipe_.bleu)};
  if (recipe_.translation_model.kind == text::TranslatorKind::rnn) own.push_back(text::teacher_forcing());
  return own;
}

void TranslationApplication::score(Split split, const Predictions&, Json& figures, const OnItems& progress) {
  const auto& pairs = pairs_.pairs(split).pairs();
  translations_ = text::translate(*learner_, pairs_.languages, pairs.source, recipe_.search, progress);
  scored_ = split;
  figures.update(bleu_figures(pairs, translations_));
}

void TranslationApplication::add_to(report::Page& page, const std::filesystem::path& folder,
                                    const std::optional<Findings>&) {
  const auto& pairs = pairs_.pairs(scored_).pairs();
  page.split = name_of(scored_);
  show_translations(described(), *learner_, pairs, translations_, page);
  write_file(folder / "predictions.csv", translations_csv(pairs.source, translations_, pairs.target));
}

}  // namespace tenfold
