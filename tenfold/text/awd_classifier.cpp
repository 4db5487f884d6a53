#include "tenfold/text/awd_classifier.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/concat_pool.h"

namespace tenfold::text {
namespace {

nn::HeadOptions head_of(const AwdClassifierOptions& options, const AwdLstmDropout& dropout, int64_t width,
                        int64_t outputs) {
  nn::HeadOptions head{.features = 3 * width, .outputs = outputs, .hidden = options.head, .dropout = {dropout.output}};
  head.dropout.resize(options.head.size() + 1, options.head_dropout);
  return head;
}

void check(const AwdClassifierOptions& options) {
  if (options.bptt < 1) throw ConfigError("bptt", "is " + std::to_string(options.bptt) + "; needs at least 1 token");
  if (options.pooled_tokens < options.bptt)
    throw ConfigError("pooled_tokens", "is " + std::to_string(options.pooled_tokens) + "; needs at least bptt, " +
                                           std::to_string(options.bptt) + ", so that every text has a stretch");
}

/// Each text from its end; what is behind it stays padding of some kind, which nobody looks at.
at::Tensor turned(const at::Tensor& ids, const at::Tensor& lengths) {
  const auto place = lengths.unsqueeze(1) - 1 - at::arange(ids.size(1), at::kLong);
  return ids.gather(1, place.clamp_min(0));
}

/// The first `rows` of every layer's state, cut off the graph.
AwdEncoder::State first_rows(const AwdEncoder::State& state, int64_t rows) {
  AwdEncoder::State first;
  for (const auto& layer : state)
    first.push_back({layer.hidden.detach().narrow(0, 0, rows), layer.cell.detach().narrow(0, 0, rows)});
  return first;
}

/// 1 at times [begins, ends) of each text, else 0: [T, N, 1] fp32.
at::Tensor inside(int64_t steps, const at::Tensor& begins, const at::Tensor& ends) {
  const auto time = at::arange(steps, at::kLong).unsqueeze(1);
  return ((time >= begins) & (time < ends)).to(at::kFloat).unsqueeze(2);
}

}  // namespace

AwdClassifier::AwdClassifier(int64_t vocab, const AwdClassifierOptions& options, const nn::Task& task,
                             at::ScalarType dtype, uint64_t seed)
    : options_(options), dtype_(dtype) {
  check(options_);
  const AwdLstmDropout dropout = scaled(options.dropout, options.drop_mult);
  const AwdLstmWidths widths = widths_of(options);
  const auto around = register_module("0", std::make_shared<torch::nn::Module>());
  encoder_ = around->register_module("module", std::make_shared<AwdEncoder>(vocab, widths, dropout, seed));
  head_ = register_module(
      "1", std::make_shared<nn::HeadImpl>(head_of(options_, dropout, widths.embedding, nn::logits(task)), seed));
}

AwdClassifier::Reading AwdClassifier::read(const at::Tensor& ids, const at::Tensor& lengths) {
  const int64_t texts = ids.size(0), bptt = options_.bptt;
  const auto* length = lengths.const_data_ptr<int64_t>();
  // The first time of each text that is pooled: that of its first stretch near enough to its end.
  std::vector<int64_t> begins;
  for (int64_t n = 0; n < texts; ++n)
    begins.push_back((std::max<int64_t>(0, length[n] - options_.pooled_tokens) + bptt - 1) / bptt * bptt);
  const int64_t offset = *std::min_element(begins.begin(), begins.end());
  auto state = encoder_->zeros(texts, dtype_);
  std::vector<at::Tensor> outputs;
  int64_t rows = texts;
  for (int64_t at = 0; at < length[0]; at += bptt) {
    while (length[rows - 1] <= at) --rows;
    state = first_rows(state, rows);
    const auto stretch = ids.narrow(0, 0, rows).narrow(1, at, std::min(bptt, length[0] - at));
    const at::AutoGradMode graph(at::GradMode::is_enabled() && at >= offset);  // what is not pooled has no gradient
    const auto output = encoder_->forward(stretch, state, dtype_);
    if (at >= offset) outputs.push_back(rows == texts ? output : at::constant_pad_nd(output, {0, 0, 0, texts - rows}));
  }
  return {.output = outputs.size() == 1 ? outputs[0] : at::cat(outputs),
          .begins = at::tensor(begins, at::kLong) - offset,
          .ends = lengths - offset};
}

at::Tensor AwdClassifier::penalty(const Reading& reading) const {
  const auto values = reading.output.to(at::kFloat);
  const int64_t steps = values.size(0), width = values.size(2);
  const auto counts = (reading.ends - reading.begins);
  at::Tensor sum;
  if (options_.activation_penalty > 0) {
    const double elements = static_cast<double>(counts.sum().item<int64_t>() * width);
    sum = (values.square() * inside(steps, reading.begins, reading.ends)).sum() *
          (options_.activation_penalty / elements);
  }
  const int64_t changes = (counts - 1).sum().item<int64_t>();
  if (options_.change_penalty > 0 && changes > 0) {
    const auto change = values.narrow(0, 1, steps - 1) - values.narrow(0, 0, steps - 1);
    const auto part = (change.square() * inside(steps - 1, reading.begins, reading.ends - 1)).sum() *
                      (options_.change_penalty / static_cast<double>(changes * width));
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

AwdClassifier::Pooled AwdClassifier::pooled(const std::vector<torch::Tensor>& x) {
  auto ids = x.at(0), lengths = x.at(1);
  TORCH_CHECK(ids.dim() == 2 && lengths.dim() == 1 && lengths.size(0) == ids.size(0),
              "a text classifier needs ids [N, T] and lengths [N], was given ", ids.sizes(), " and ", lengths.sizes());
  const auto order = at::argsort(lengths, /*stable=*/true, /*dim=*/0, /*descending=*/true);
  ids = ids.index_select(0, order);
  lengths = lengths.index_select(0, order).contiguous();
  if (options_.direction == Direction::backwards) ids = turned(ids, lengths);
  const Reading reading = read(ids, lengths);
  const auto features = masked_concat_pool(reading.output, reading.begins, reading.ends);
  Pooled found{.features = features.index_select(0, at::argsort(order)), .penalty = {}};
  if (is_training() && reading.output.requires_grad()) found.penalty = penalty(reading);
  return found;
}

torch::Tensor AwdClassifier::features(const std::vector<torch::Tensor>& x) { return pooled(x).features; }

torch::Tensor AwdClassifier::training_loss(const std::vector<torch::Tensor>& x,
                                           const std::function<torch::Tensor(const torch::Tensor&)>& loss) {
  const Pooled found = pooled(x);
  return with_gradient_of(loss(head(found.features).to(at::kFloat)), found.penalty);
}

std::vector<nn::LayerGroup> AwdClassifier::groups() const {
  std::vector<nn::LayerGroup> groups{{"embedding", {encoder_->embedding_module()}}};
  for (int64_t k = 0; k < encoder_->widths().layers; ++k)
    groups.push_back({"lstm " + std::to_string(k), {encoder_->layer_module(k)}});
  groups.push_back({"head", {head_}});
  return groups;
}

std::string AwdClassifier::body_fingerprint() const {
  ContentHash hash;
  hash.add("awd_lstm classifier");
  for (const int64_t option :
       {options_.bptt, options_.pooled_tokens, static_cast<int64_t>(options_.direction), static_cast<int64_t>(dtype_)})
    hash.add_integer(option);
  return hash.add(nn::hash_of(nn::state_of(*encoder_))).hex();
}

std::string classifier_name(const std::string& published) {
  const std::string prefix = "1.layers.";
  if (!published.starts_with(prefix)) return published;
  const auto layer_end = published.find('.', prefix.size()), part_end = published.find('.', layer_end + 1);
  if (part_end == std::string::npos) return published;
  const int layer = std::atoi(published.substr(prefix.size(), layer_end - prefix.size()).c_str()) + 1;
  const bool norm = published.substr(layer_end + 1, part_end - layer_end - 1) == "0";
  return "1." + std::string(norm ? "norm" : "linear") + std::to_string(layer) + published.substr(part_end);
}

}  // namespace tenfold::text
