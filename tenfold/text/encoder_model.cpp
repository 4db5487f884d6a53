#include "tenfold/text/encoder_model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/train/machine.h"

namespace tenfold::text {
namespace {

EncoderShape with_dropouts(EncoderShape shape, const ModelOptions& options) {
  shape.hidden_dropout = options.hidden_dropout.value_or(shape.hidden_dropout);
  shape.attention_dropout = options.attention_dropout.value_or(shape.attention_dropout);
  return shape;
}

/// Where the tokens lie in the rows, from where they are in ids [N, T] padded behind.
at::Tensor rows_of(const at::Tensor& places, int64_t padded, const std::vector<int64_t>& starts) {
  const auto from = places.cpu().contiguous();
  auto rows = at::empty_like(from);
  const auto* place = from.const_data_ptr<int64_t>();
  auto* row = rows.mutable_data_ptr<int64_t>();
  for (int64_t k = 0; k < from.numel(); ++k)
    row[k] = starts[static_cast<size_t>(place[k] / padded)] + place[k] % padded;
  return rows.to(places.device());
}

}  // namespace

EncoderModel::EncoderModel(std::shared_ptr<TransformerEncoder> body, std::shared_ptr<nn::HeadImpl> head, Rows rows,
                           at::ScalarType dtype)
    : body_(register_module("body", std::move(body))),
      head_(register_module("head", std::move(head))),
      rows_(rows),
      dtype_(dtype) {}

torch::Tensor EncoderModel::features(const std::vector<torch::Tensor>& x) {
  const auto tokens = packed(x.at(0), x.at(1));
  const auto rows = body_->encoded(body_->words(tokens), tokens, dtype_);
  if (rows_ == Rows::texts) return body_->pooled(rows, tokens.starts);
  return rows.index_select(0, rows_of(x.at(2), x[0].size(1), tokens.starts)).to(at::kFloat);
}

torch::Tensor EncoderModel::logits_of_words(const torch::Tensor& words, const PackedTokens& tokens) {
  return head(body_->pooled(body_->encoded(words, tokens, dtype_), tokens.starts));
}

std::vector<nn::LayerGroup> EncoderModel::groups() const {
  auto all = body_->groups();
  all.push_back({"head", {head_}});
  return all;
}

std::string EncoderModel::body_fingerprint() const {
  return ContentHash()
      .add("encoder")
      .add(to_json(body_->shape()).dump())
      .add_integer(static_cast<int>(body_->pooling()))
      .add_integer(static_cast<int>(rows_))
      .add(nn::hash_of(nn::state_of(*body_)))
      .hex();
}

std::shared_ptr<EncoderModel> make_encoder_model(const EncoderShape& shape, const ModelOptions& options,
                                                 const nn::Task& task, EncoderModel::Rows rows, at::ScalarType dtype,
                                                 uint64_t seed) {
  const nn::HeadOptions head{.features = shape.width,
                             .outputs = nn::logits(task),
                             .hidden = options.hidden,
                             .dropout = options.dropout,
                             .norm = options.head_norm};
  // A head on tokens reads their own vectors; the pooler is of whole texts.
  const Pooling pooling = rows == EncoderModel::Rows::tokens ? Pooling::mean : options.pooling;
  return std::make_shared<EncoderModel>(std::make_shared<TransformerEncoder>(with_dropouts(shape, options), pooling),
                                        std::make_shared<nn::HeadImpl>(head, seed), rows, dtype);
}

std::shared_ptr<EncoderModel> make_encoder_model(const ModelOptions& options, const nn::Task& task,
                                                 EncoderModel::Rows rows, at::ScalarType dtype, uint64_t seed) {
  const auto files = encoder_files(options.weights);
  auto model = make_encoder_model(read_encoder_shape(files.config), options, task, rows, dtype, seed);
  if (files.weights.empty())
    model->body().initialise(seed);
  else
    load_encoder(model->body(), files.weights);
  return model;
}

Learner encoder_learner(const TextData& texts, const ModelOptions& model, LearnerOptions training) {
  const bool in_bf16 = resolved(training, texts.task.kind).precision == Precision::bf16;
  const auto network = make_encoder_model(model, texts.task, EncoderModel::Rows::texts,
                                          in_bf16 ? at::kBFloat16 : at::kFloat, training.seed);
  const int64_t most = longest_text(network->body().shape());
  for (const auto& dataset : {texts.data.train, texts.data.valid, texts.data.test})
    if (const auto* tokens = dynamic_cast<const TokenDataset*>(dataset.get()))
      for (int64_t k = 0; k < tokens->size(); ++k)
        if (tokens->texts().length(k) > most)
          throw ConfigError("text.max_length",
                            "lets text " + tokens->name(k) + " have " + std::to_string(tokens->texts().length(k)) +
                                " tokens, and this encoder has " + std::to_string(most) + " positions; lower it");
  const bool pretrained = !encoder_files(model.weights).weights.empty();
  Learner made(texts.data, network, texts.task, std::move(training));
  if (pretrained) made.freeze();
  return made;
}

}  // namespace tenfold::text
