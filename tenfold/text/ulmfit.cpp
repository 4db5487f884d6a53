#include "tenfold/text/ulmfit.h"

#include <ATen/ATen.h>

#include <memory>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/machine.h"

namespace tenfold::text {
namespace {

at::ScalarType dtype_of(const LearnerOptions& training, nn::TaskKind kind) {
  return resolved(training, kind).precision == Precision::bf16 ? at::kBFloat16 : at::kFloat;
}

void check_ids(const TokenTexts& texts, const Vocab& vocab) {
  for (const int32_t id : texts.ids)
    if (id < 0 || id >= vocab.size())
      throw ConfigError("vocabulary", "has " + std::to_string(vocab.size()) + " tokens, and the texts hold number " +
                                          std::to_string(id) + "; give the one that they were numbered with");
}

std::shared_ptr<const Dataset> stream(TokenTexts texts, const Vocab& vocab, const AwdLstmOptions& options,
                                      int64_t rows) {
  if (texts.size() == 0) return nullptr;
  check_ids(texts, vocab);
  return std::make_shared<LanguageModelDataset>(
      std::move(texts),
      StreamOptions{.rows = rows, .bptt = options.bptt, .scheme = options.scheme, .direction = options.direction});
}

}  // namespace

Data lm_data(LanguageTexts texts, const Vocab& vocab, const AwdLstmOptions& options, int64_t rows) {
  Data data;
  data.train = stream(std::move(texts.train), vocab, options, rows);
  data.valid = stream(std::move(texts.valid), vocab, options, rows);
  return data;
}

Learner lm_learner(const Vocab& vocab, LanguageTexts texts, const AwdLstmOptions& options, LearnerOptions training,
                   const std::optional<Pretrained>& start) {
  constexpr auto kKind = nn::TaskKind::language_model;
  auto data = lm_data(std::move(texts), vocab, options, training.batch);
  const auto model =
      std::make_shared<AwdLstm>(vocab.size(), options, training.batch, dtype_of(training, kKind), training.seed);
  if (start) load_weights(*model, matched(start->weights, start->vocab, vocab));
  Learner made(std::move(data), model, {.kind = kKind, .classes = vocab.size()}, std::move(training));
  if (start) made.freeze();
  return made;
}

AwdWeights awd_weights(Learner& language) {
  if (const auto* model = dynamic_cast<const AwdLstm*>(&language.model())) return awd_weights(*model);
  throw ConfigError("model", "is no AWD-LSTM language model; a classifier of ULMFiT starts from one");
}

Learner classifier_learner(const TextData& texts, const Vocab& vocab, const AwdClassifierOptions& options,
                           LearnerOptions training, const std::optional<AwdWeights>& start) {
  const auto model = std::make_shared<AwdClassifier>(vocab.size(), options, texts.task,
                                                     dtype_of(training, texts.task.kind), training.seed);
  for (const auto& dataset : {texts.data.train, texts.data.valid, texts.data.test})
    if (const auto* tokens = dynamic_cast<const TokenDataset*>(dataset.get())) check_ids(tokens->texts(), vocab);
  if (start) load_weights(model->encoder(), *start);
  Learner made(texts.data, model, texts.task, std::move(training));
  if (start) made.freeze();
  return made;
}

Predictions mean_of(const nn::Task& task, const std::vector<Predictions>& predictions) {
  if (predictions.empty()) throw ConfigError("ensemble", "has no predictions; give at least one model's");
  Predictions mean = predictions.front();
  for (size_t k = 1; k < predictions.size(); ++k) {
    if (predictions[k].names != mean.names)
      throw ConfigError("ensemble", "averages models of different items; predict the same split with each");
    mean.activated = mean.activated + predictions[k].activated;
  }
  mean.activated = mean.activated / static_cast<double>(predictions.size());
  if (mean.target.defined()) mean.item_loss = nn::item_loss(task, nn::logits_of(task, mean.activated), mean.target);
  return mean;
}

}  // namespace tenfold::text
