#include "tenfold/text/rnn_translator.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/text/token_loss.h"
#include "tenfold/train/learner.h"

namespace tenfold::text {
namespace {

enum class Way { forwards, backwards };

const RnnTranslatorOptions& checked(const RnnTranslatorOptions& o) {
  for (const auto& [name, value] : {std::pair{"embedding", o.embedding}, {"hidden", o.hidden}, {"layers", o.layers}})
    if (value < 1)
      throw ConfigError(std::string("translation_model.rnn.") + name,
                        "is " + std::to_string(value) + "; needs at least 1");
  if (!(o.forcing >= 0 && o.forcing <= 1))
    throw ConfigError("translation_model.rnn.forcing",
                      "is " + shortest(o.forcing) + "; needs a probability from 0 to 1");
  if (!(o.forcing_decay >= 0))
    throw ConfigError("translation_model.rnn.forcing_decay", "is " + shortest(o.forcing_decay) + "; needs 0 or more");
  return o;
}

}  // namespace

Gru::Gru(int64_t in, int64_t hidden)
    : width_(hidden),
      input_(register_module("input", nn::Linear(in, 3 * hidden))),
      hidden_(register_module("hidden", nn::Linear(hidden, 3 * hidden))) {}

at::Tensor Gru::step(const at::Tensor& x, const at::Tensor& h) { return step_projected(input_(x), h); }

at::Tensor Gru::projected(const at::Tensor& x, at::ScalarType dtype) { return input_(x.to(dtype)).to(at::kFloat); }

at::Tensor Gru::step_projected(const at::Tensor& projected, const at::Tensor& h) {
  const auto said = hidden_(h);
  const auto gates = at::sigmoid(projected.narrow(1, 0, 2 * width_) + said.narrow(1, 0, 2 * width_));
  const auto fresh = at::tanh(projected.narrow(1, 2 * width_, width_) +
                              gates.narrow(1, 0, width_) * said.narrow(1, 2 * width_, width_));
  return at::lerp(fresh, h, gates.narrow(1, width_, width_));
}

bool Forcing::next() { return Draw(key_, 0, calls_++, Purpose::dropout).chance(probability); }

void Forcing::reseed(uint64_t key) {
  key_ = key;
  calls_ = 0;
}

RnnTranslator::RnnTranslator(const RnnTranslatorOptions& options, int64_t sources, int64_t targets,
                             Vocabularies vocabularies, double label_smoothing)
    : options_(checked(options)),
      label_smoothing_(label_smoothing),
      encoder_(register_module("encoder", std::make_shared<torch::nn::Module>())),
      decoder_(register_module("decoder", std::make_shared<torch::nn::Module>())),
      embedding_dropout_(register_module("embedding_dropout", nn::Dropout(options.embedding_dropout))),
      encoder_dropout_(register_module("encoder_dropout", nn::Dropout(options.encoder_dropout))),
      decoder_dropout_(register_module("decoder_dropout", nn::Dropout(options.decoder_dropout))),
      output_dropout_(register_module("output_dropout", nn::Dropout(options.output_dropout))),
      forcing_(register_module("forcing", std::make_shared<Forcing>())) {
  const auto& o = options_;
  if (vocabularies == Vocabularies::joint) {
    source_ = target_ = register_module("embedding", TokenTable(targets, o.embedding));
  } else {
    source_ = register_module("source_embedding", TokenTable(sources, o.embedding));
    target_ = register_module("target_embedding", TokenTable(targets, o.embedding));
  }
  const int64_t ways = o.reading == Reading::both ? 2 : 1, memory = ways * o.hidden;
  const auto stack = [](torch::nn::Module& under, const std::string& name) {
    return under.register_module(name, std::make_shared<torch::nn::Module>());
  };
  const auto forwards = stack(*encoder_, "forward"), backwards = stack(*encoder_, "backward"),
             writers = stack(*decoder_, "layers");
  for (int64_t k = 0; k < o.layers; ++k) {
    const auto name = std::to_string(k);
    const int64_t in = k == 0 ? o.embedding : memory;
    forward_.push_back(forwards->register_module(name, std::make_shared<Gru>(in, o.hidden)));
    if (ways == 2) backward_.push_back(backwards->register_module(name, std::make_shared<Gru>(in, o.hidden)));
    layers_.push_back(writers->register_module(name, std::make_shared<Gru>(o.embedding, o.embedding)));
  }
  start_ = decoder_->register_module("start", nn::Linear(memory, o.embedding, /*bias=*/false));
  bias_ = decoder_->register_parameter("bias", at::zeros({targets}));
  if (!o.attention) return;
  keys_ = decoder_->register_module("keys", nn::Linear(memory, o.embedding, /*bias=*/false));
  query_ = decoder_->register_module("query", nn::Linear(o.embedding, o.embedding));
  look_ = decoder_->register_module("look", nn::Linear(o.embedding, 1, /*bias=*/false));
  join_ = decoder_->register_module("join", nn::Linear(o.embedding + memory, o.embedding));
}

std::vector<nn::LayerGroup> RnnTranslator::groups() const {
  nn::LayerGroup tables{"embeddings", {source_.ptr()}};
  if (source_.ptr() != target_.ptr()) tables.modules.push_back(target_.ptr());
  return {tables, {"encoder", {encoder_}}, {"decoder", {decoder_}}};
}

RnnTranslator::State RnnTranslator::read(const at::Tensor& source, const at::Tensor& lengths) {
  const int64_t items = source.size(0), steps = source.size(1);
  const auto inside = (at::arange(steps, at::kLong).unsqueeze(0) < lengths.unsqueeze(1)).to(at::kFloat);
  const auto still = inside.unsqueeze(2).unbind(1);  // [N, 1] a step: behind the end the state stays
  State state{.memory = {}, .keys = {}, .outside = (inside == 0).unsqueeze(1), .h = {}, .looked = {}};
  auto x = embedding_dropout_(source_(source));
  for (size_t layer = 0; layer < forward_.size(); ++layer) {
    std::vector<at::Tensor> outputs, lasts;
    const auto run = [&](Gru& gru, Way way) {
      const auto projected = gru.projected(x, dtype()).unbind(1);
      std::vector<at::Tensor> out(static_cast<size_t>(steps));
      auto h = at::zeros({items, gru.hidden()}, at::kFloat);
      for (int64_t k = 0; k < steps; ++k) {
        const auto t = static_cast<size_t>(way == Way::backwards ? steps - 1 - k : k);
        h = h + still[t] * (gru.step_projected(projected[t], h) - h);
        out[t] = h;
      }
      outputs.push_back(at::stack(out, 1));
      lasts.push_back(h);
    };
    run(*forward_[layer], Way::forwards);
    if (!backward_.empty()) run(*backward_[layer], Way::backwards);
    x = at::cat(outputs, 2);
    state.h.push_back(start_(at::cat(lasts, 1)));
    if (layer + 1 < forward_.size()) x = encoder_dropout_(x);
  }
  state.memory = x;
  if (options_.attention) state.keys = keys_(x);
  return state;
}

/// Section 3.1 of Bahdanau et al.: each row looks at its sentence's memory by its top state.
at::Tensor RnnTranslator::context_of(State& state) {
  const int64_t sentences = state.memory.size(0), rows = state.h.back().size(0), each = rows / sentences;
  const auto queries = query_(state.h.back()).view({sentences, each, 1, -1});
  const auto scores = look_(at::tanh(queries + state.keys.unsqueeze(1))).squeeze(3);
  const auto weights = at::softmax(scores.masked_fill(state.outside, -std::numeric_limits<float>::infinity()), 2);
  state.looked = weights.reshape({rows, -1});
  return at::matmul(weights, state.memory).reshape({rows, -1});
}

at::Tensor RnnTranslator::write(const at::Tensor& embedded, State& state) {
  auto x = options_.attention ? join_(at::cat({embedded, context_of(state)}, 1)) : embedded;
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    if (layer > 0) x = decoder_dropout_(x);
    x = state.h[layer] = layers_[layer]->step(x, state.h[layer]);
  }
  return x;
}

at::Tensor RnnTranslator::scores(const at::Tensor& out) {
  return at::linear(out.to(dtype()), target_->weight.to(dtype()), bias_.to(dtype())).to(at::kFloat);
}

at::Tensor RnnTranslator::written(const std::vector<at::Tensor>& x, std::vector<at::Tensor>* looked) {
  auto state = read(x.at(0), x.at(1));
  const auto given = x.at(2).unbind(1);
  std::vector<at::Tensor> outputs;
  for (size_t t = 0; t + 1 < given.size(); ++t) {
    const bool right = t == 0 || (is_training() ? forcing_->next() : options_.validate_forced);
    at::Tensor input = given[t];
    if (!right) {
      const at::NoGradGuard no_grad;
      input = scores(outputs.back()).argmax(1);
    }
    outputs.push_back(write(target_(input), state));
    if (looked) looked->push_back(state.looked);
  }
  return at::stack(outputs, 1);
}

torch::Tensor RnnTranslator::features(const std::vector<torch::Tensor>& x) {
  const auto wanted = packed(x.at(2), x.at(3), 1, 1);
  const auto outputs = written(x, nullptr);
  const int64_t tokens = wanted.tokens();
  const auto places = wanted.items * outputs.size(1) + wanted.places.narrow(0, 0, tokens);
  const auto rows = outputs.flatten(0, 1).index_select(0, places);
  const auto h = output_dropout_(rows).to(is_training() ? dtype() : at::kFloat);
  return item_scores(token_loss(h, target_->weight, bias_, wanted.ids.narrow(0, 0, tokens), label_smoothing_),
                     wanted.items, x.at(3) - 1);
}

at::Tensor RnnTranslator::attention(const std::vector<at::Tensor>& x) {
  if (!options_.attention)
    throw ConfigError("translation_model.rnn.attention", "is off, and pictures of it were asked for; train with it");
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> looked;
  written(x, &looked);
  return at::stack(looked, 1);
}

class RnnTranslator::Writer : public StepDecoder {
 public:
  Writer(RnnTranslator& model, const at::Tensor& source, const at::Tensor& lengths, int64_t beam)
      : model_(model), beam_(beam) {
    const at::NoGradGuard no_grad;
    state_ = model.read(source, lengths);
    for (auto& h : state_.h) h = h.repeat_interleave(beam, 0);
  }

  at::Tensor step(const at::Tensor& tokens) override {
    const at::NoGradGuard no_grad;
    return at::log_softmax(model_.scores(model_.write(model_.target_(tokens), state_)), 1);
  }

  void select(const at::Tensor& rows) override {
    const at::NoGradGuard no_grad;
    for (auto& h : state_.h) h = h.index_select(0, rows);
    if (rows.size(0) == state_.memory.size(0) * beam_) return;
    const auto sentences = at::floor_divide(rows.slice(0, 0, rows.size(0), beam_), beam_);
    for (auto* tensor : {&state_.memory, &state_.keys, &state_.outside})
      if (tensor->defined()) *tensor = tensor->index_select(0, sentences);
  }

 private:
  RnnTranslator& model_;
  int64_t beam_;
  State state_;
};

std::unique_ptr<StepDecoder> RnnTranslator::decoder(const at::Tensor& source, const at::Tensor& lengths, int64_t beam) {
  return std::make_unique<Writer>(*this, source, lengths, beam);
}

Callback teacher_forcing() {
  Callback callback{.name = "teacher_forcing"};
  callback.on_batch = [](StepContext& context) {
    auto* model = dynamic_cast<RnnTranslator*>(&context.learner.model());
    if (!model) throw ConfigError("translation_model.kind", "is not rnn; teacher forcing belongs to it alone");
    const auto& o = model->options();
    model->force(std::max(0.0, o.forcing - o.forcing_decay * std::floor(context.row.epoch)));
    return Next::go_on;
  };
  return callback;
}

}  // namespace tenfold::text
