#include "tenfold/run/text_application.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "tenfold/bundle/bundle.h"
#include "tenfold/core/error.h"
#include "tenfold/text/awd_classifier.h"
#include "tenfold/text/encoder_model.h"
#include "tenfold/text/token_labels.h"
#include "tenfold/text/ulmfit.h"

namespace tenfold {
namespace {

bool is_encoder(const Recipe& recipe) { return text::architecture(recipe.text_model) == text::Architecture::encoder; }

/// The classifier reads with the language model's encoder, so it has its widths and direction.
text::AwdClassifierOptions of_language(text::AwdClassifierOptions classifier, const text::AwdLstmOptions& language) {
  classifier.size = language.size;
  classifier.embedding = language.embedding;
  classifier.hidden = language.hidden;
  classifier.layers = language.layers;
  classifier.direction = language.direction;
  return classifier;
}

/// The recipe with what its other keys decide.
Recipe resolved(Recipe recipe) {
  recipe.text_model.arch = text::architecture(recipe.text_model);
  recipe.text_model.classifier = of_language(recipe.text_model.classifier, recipe.text_model.language);
  if (recipe.text.target == text::Target::automatic && text::looks_tagged(recipe.text.path))
    recipe.text.target = text::Target::token_labels;
  return recipe;
}

std::optional<text::Pretrained> pretrained_language(const text::ModelOptions& model) {
  if (model.weights == "none") return std::nullopt;
  if (model.words.empty())
    throw ConfigError("text_model.words",
                      "is empty, and text_model.weights names '" + model.weights +
                          "'; name its vocabulary, a word a row (fastai's pickled list, JSON, text)");
  const bool pickled = std::filesystem::path(model.words).extension() == ".pkl";
  return text::Pretrained{text::read_awd_weights(model.weights),
                          pickled ? text::read_pickled_vocab(model.words) : text::Vocab::load(model.words)};
}

}  // namespace

TextApplication::TextApplication(const Recipe& recipe) : recipe_(resolved(recipe)) {
  if (is_encoder(recipe_))
    encoder_ = text::read_encoder_shape(std::filesystem::path(recipe_.text_model.weights) / "config.json");
  of_words() ? load_tagged() : load_texts();
}

void TextApplication::load_tagged() {
  if (!is_encoder(recipe_))
    throw ConfigError("text_model.weights", "is " + recipe_.text_model.weights +
                                                ", and a tag for every word needs an encoder: name its folder "
                                                "(model.safetensors, config.json, vocab.txt)");
  numbering_ = text::numbering(recipe_.text, recipe_.text_model, {}, recipe_.training.threads);
  if (numbering_.units != text::Units::wordpiece)
    throw ConfigError("text_model.weights",
                      "are an encoder of " + name_of(numbering_.units) +
                          ", and a tag for every word needs wordpiece; take one with a vocab.txt");
  const text::WordPiece pieces(numbering_.vocab, numbering_.pieces, recipe_.text_model.weights);
  auto tagged = text::load_tagged(recipe_.text, pieces, recipe_.training.seed);
  tagged.task = task_for(recipe_, tagged.task, tagged.data);
  told_ = tagged.told;
  task_ = text::token_learner(tagged, recipe_.text_model, recipe_.training);
}

void TextApplication::load_texts() {
  auto splits = text::read_texts(recipe_.text, recipe_.training.seed);
  told_ = splits.told;
  const auto& model = recipe_.text_model;
  const auto start = is_encoder(recipe_) ? std::nullopt : pretrained_language(model);
  numbering_ = text::numbering(recipe_.text, model, {&splits.train.texts}, recipe_.training.threads);
  if (of_language(0)) {
    const auto whole = text::numericaliser(numbering_, {});
    LearnerOptions training = recipe_.training;
    training.batch = batch_of_stage(recipe_, 0);
    training.metrics = {};
    language_ = text::lm_learner(numbering_.vocab,
                                 {text::numbered(splits.train.texts, whole, training.threads),
                                  text::numbered(splits.valid.texts, whole, training.threads)},
                                 model.language, training, start);
  }
  auto texts = text::numericalised(std::move(splits),
                                   text::numericaliser(numbering_, {recipe_.text.max_length, recipe_.text.keep}),
                                   recipe_.training.threads);
  texts.task = task_for(recipe_, texts.task, texts.data);
  if (is_encoder(recipe_)) {
    task_ = text::encoder_learner(texts, model, recipe_.training);
    return;
  }
  std::optional<text::AwdWeights> encoder;
  if (start) encoder = text::matched(start->weights, start->vocab, numbering_.vocab);
  task_ = text::classifier_learner(texts, numbering_.vocab, model.classifier, recipe_.training, encoder);
}

Learner& TextApplication::learner_of(size_t k) { return of_language(k) ? *language_ : *task_; }

void TextApplication::check_stage(size_t k) {
  if (of_language(k) && !language_)
    throw ConfigError(path_of(k, "learn"),
                      "is language, and an encoder is a finished language model; leave such stages "
                      "out, or take text_model.arch = \"awd_lstm\"");
  if (of_language(k) && batch_of_stage(recipe_, k) != batch_of_stage(recipe_, 0))
    throw ConfigError(path_of(k, "batch"),
                      "differs from the stage before, and the rows of a language model's stream "
                      "are its state's; keep one batch for all its stages");
  if (of_language(k) && recipe_.stage[k].precompute)
    throw ConfigError(path_of(k, "precompute"), "is for a head on frozen layers, not for a language model");
}

void TextApplication::enter(size_t k) {
  const bool begins = !of_language(k) && k > 0 && of_language(k - 1);
  entered_ = k;
  if (!begins) return;
  text::load_weights(dynamic_cast<text::AwdClassifier&>(task_->model()).encoder(), text::awd_weights(*language_));
  task_->continue_from(*language_);
}

Json TextApplication::facts() const {
  Json facts = {{"learns", of_language(entered_) ? "language" : "task"}, {"vocabulary", numbering_.vocab.size()}};
  if (!of_language(entered_)) facts["max_length"] = recipe_.text.max_length;
  return facts;
}

std::string TextApplication::network() const {
  if (is_encoder(recipe_)) {
    const auto folder = std::filesystem::path(recipe_.text_model.weights);
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  }
  const auto widths = widths_of(recipe_.text_model.language);
  return "awd_lstm " + std::to_string(widths.embedding) + "/" + std::to_string(widths.hidden) + "/" +
         std::to_string(widths.layers);
}

TextPipeline TextApplication::described() const {
  auto model = recipe_.text_model;
  model.weights = "none";
  return {recipe_.text, model, numbering_, encoder_, language_ ? language_->options().batch : 1};
}

Pipeline TextApplication::pipeline() { return pipeline_of(learner(), described()); }

void TextApplication::add_to(report::Page&, const std::filesystem::path& folder, const std::optional<Findings>&) {
  if (language_ && &learner() != &*language_)
    save_bundle(folder / "language.safetensors", pipeline_of(*language_, described()), language_->model());
}

void TextApplication::score(Split split, const Predictions& predictions, Json& figures, const OnItems&) {
  if (!of_words() || !predictions.target.defined()) return;
  if (!text::mark_entities(task_->data().classes)) return;
  const auto scores = text::score_entities(*task_, split, predictions);
  const auto figures_of = [](const text::EntityScore& score) {
    return Json{
        {"precision", score.precision()}, {"recall", score.recall()}, {"f1", score.f1()}, {"wanted", score.wanted}};
  };
  figures["entity_f1"] = scores.all.f1();
  figures["entity_precision"] = scores.all.precision();
  figures["entity_recall"] = scores.all.recall();
  for (const auto& [type, score] : scores.of_type) figures["entities"][type] = figures_of(score);
}

}  // namespace tenfold
