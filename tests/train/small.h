#pragma once
// Small pictures in memory and a small network: enough to train in milliseconds, with every part that real ones have.

#include <torch/torch.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tenfold/core/hash.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/learner.h"

namespace tenfold::small {

/// A folder that is removed with the object.
struct Scratch {
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-train-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

/// n noisy pictures of 8 x 8; class c of three is brighter in channel c. A draw mirrors or not.
class Pictures : public Dataset {
 public:
  Pictures(int64_t n, uint64_t seed, bool labelled = true) : n_(n), seed_(seed), labelled_(labelled) {}
  int64_t size() const override { return n_; }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    Draw noise(seed_, 0, static_cast<uint64_t>(index), Purpose::other);
    auto x = torch::empty({8, 8, 3}, torch::kByte);
    auto* pixel = x.data_ptr<uint8_t>();
    for (int64_t k = 0; k < x.numel(); ++k)
      pixel[k] =
          static_cast<uint8_t>(std::clamp(120 + 50 * noise.normal() + (k % 3 == index % 3 ? 40 : 0), 0.0, 255.0));
    if (draw && Draw(*draw).chance(0.5)) x = x.flip(1).contiguous();
    return {{x}, target(index)};
  }
  std::string name(int64_t index) const override { return "picture " + std::to_string(index); }
  at::Tensor target(int64_t index) const override {
    return labelled_ ? torch::tensor(index % 3, torch::kLong) : torch::Tensor();
  }
  bool augments() const override { return true; }
  std::string fingerprint() const override { return "pictures " + std::to_string(n_) + " " + std::to_string(seed_); }
  std::string item_fingerprint(int64_t index) const override {
    return "picture " + std::to_string(index) + " " + std::to_string(seed_);
  }

 private:
  int64_t n_;
  uint64_t seed_;
  bool labelled_;
};

/// (x / 255 - 0.5) / 0.25, and with a key a brightness for each item.
class Normalise : public BatchTransform {
 public:
  Batch apply(Batch batch, const std::optional<Key>& key, at::ScalarType dtype) const override {
    auto x = (batch.x.at(0).to(at::kFloat) / 255 - 0.5) / 0.25;
    if (key)
      for (int64_t k = 0; k < batch.size(); ++k)
        x[k] += Draw(key->seed, key->epoch, static_cast<uint64_t>(batch.index[k]), Purpose::batch_transform)
                    .uniform(-0.1, 0.1);
    batch.x = {x.to(dtype).contiguous(at::MemoryFormat::ChannelsLast)};
    return batch;
  }
  std::string fingerprint() const override { return "normalise"; }
  bool augments() const override { return true; }
};

/// Two convolutions with norms, average pooling, and fast.ai's head with dropout: groups "early", "late", "head".
class Net : public nn::Model {
 public:
  explicit Net(uint64_t seed = 1, int64_t outputs = 3) {
    early_ = register_module("early", nn::Conv2d(nn::ConvOptions{.in = 3, .out = 8, .kernel = 3, .padding = 1}));
    early_norm_ = register_module("early_norm", nn::NormAct(nn::NormActOptions{.channels = 8}));
    late_ = register_module("late",
                            nn::Conv2d(nn::ConvOptions{.in = 8, .out = 16, .kernel = 3, .stride = 2, .padding = 1}));
    late_norm_ = register_module("late_norm", nn::NormAct(nn::NormActOptions{.channels = 16}));
    head_ = std::make_shared<nn::HeadImpl>(
        nn::HeadOptions{.features = 16, .outputs = outputs, .hidden = {12}, .dropout = {0.1, 0.2}}, seed);
    register_module("head", head_);
    const torch::NoGradGuard no_grad;
    uint64_t layer = 0;
    for (auto* weight : {&early_->weight, &late_->weight}) {
      Draw draw(seed, 0, layer++, Purpose::initialisation);
      auto values = torch::empty(weight->sizes());
      for (int64_t k = 0; k < values.numel(); ++k)
        values.data_ptr<float>()[k] = static_cast<float>(0.2 * draw.normal());
      weight->copy_(values);
    }
  }
  torch::Tensor features(const std::vector<torch::Tensor>& x) override {
    const auto h = late_norm_(late_(early_norm_(early_(x.at(0)))));
    return nn::mean_pool(h);
  }
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }
  std::vector<nn::LayerGroup> groups() const override {
    return {{"early", {early_.ptr(), early_norm_.ptr()}}, {"late", {late_.ptr(), late_norm_.ptr()}}, {"head", {head_}}};
  }
  std::shared_ptr<torch::nn::Module> head_module() const override { return head_; }
  std::string body_fingerprint() const override {
    std::map<std::string, torch::Tensor> body;
    for (const auto& [name, tensor] : nn::state_of(*this))
      if (!name.starts_with("head.")) body[name] = tensor;
    return nn::hash_of(body);
  }

 private:
  nn::Conv2d early_{nullptr}, late_{nullptr};
  nn::NormAct early_norm_{nullptr}, late_norm_{nullptr};
  std::shared_ptr<nn::HeadImpl> head_;
};

inline nn::Task task() { return {.kind = nn::TaskKind::single_label, .classes = 3}; }

inline Data data(int64_t train = 50, int64_t valid = 20) {
  return {.train = std::make_shared<Pictures>(train, 7),
          .valid = std::make_shared<Pictures>(valid, 8),
          .test = std::make_shared<Pictures>(9, 9, /*labelled=*/false),
          .transform = std::make_shared<Normalise>(),
          .classes = {"red", "green", "blue"},
          .outputs = {},
          .resized = {}};
}

inline LearnerOptions options() { return {.batch = 8, .precision = Precision::fp32, .threads = 1, .workers = 2}; }

inline Learner learner(LearnerOptions given = options(), Data content = data(), uint64_t seed = 1) {
  return Learner(std::move(content), std::make_shared<Net>(seed), task(), std::move(given));
}

/// Of every parameter and buffer.
inline std::string bits(Learner& learner) { return nn::hash_of(nn::state_of(learner.model())); }

/// Linear, without norm, dropout or bias: closed forms hold. x [N, F] → [N, K].
class LinearNet : public nn::Model {
 public:
  LinearNet(int64_t in, int64_t out) : linear_(register_module("linear", nn::Linear(in, out, /*bias=*/false))) {}
  torch::Tensor features(const std::vector<torch::Tensor>& x) override { return x.at(0); }
  torch::Tensor head(const torch::Tensor& features) override { return linear_(features); }
  std::vector<nn::LayerGroup> groups() const override { return {{"linear", {linear_.ptr()}}}; }
  std::shared_ptr<torch::nn::Module> head_module() const override { return linear_.ptr(); }
  std::string body_fingerprint() const override { return "identity"; }
  torch::Tensor& weight() { return linear_->weight; }

 private:
  nn::Linear linear_{nullptr};
};

/// Rows given as tensors: x [M, F], y [M, …].
class Rows : public Dataset {
 public:
  Rows(torch::Tensor x, torch::Tensor y) : x_(std::move(x)), y_(std::move(y)) {}
  int64_t size() const override { return x_.size(0); }
  Sample get(int64_t index, const std::optional<Draw>&) const override { return {{x_[index]}, target(index)}; }
  std::string name(int64_t index) const override { return "row " + std::to_string(index); }
  at::Tensor target(int64_t index) const override { return y_.defined() ? y_[index] : torch::Tensor(); }
  std::string fingerprint() const override { return nn::hash_of({{"x", x_}}); }

 private:
  torch::Tensor x_, y_;
};

/// n rows in 4 dimensions, y = 2 x0 + x1; no validation.
inline Data rows(int64_t n) {
  std::vector<float> x, y;
  for (int64_t k = 0; k < n; ++k) {
    Draw draw(3, 0, static_cast<uint64_t>(k), Purpose::other);
    for (int j = 0; j < 4; ++j) x.push_back(static_cast<float>(draw.normal()));
    y.push_back(x[static_cast<size_t>(4 * k)] * 2 + x[static_cast<size_t>(4 * k) + 1]);
  }
  return {.train = std::make_shared<Rows>(torch::tensor(x).view({n, 4}), torch::tensor(y).view({n, 1})),
          .valid = nullptr,
          .test = nullptr,
          .transform = nullptr,
          .classes = {},
          .outputs = {"y"},
          .resized = {}};
}

/// A callback that only looks at the batches' items.
inline Callback watch_items(std::vector<std::vector<int64_t>>& seen) {
  Callback callback{.name = "watch"};
  callback.on_batch = [&seen](StepContext& context) {
    seen.push_back(context.batch.index);
    return Next::go_on;
  };
  return callback;
}

}  // namespace tenfold::small
