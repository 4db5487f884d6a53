// The language model and the classifier against fastai 2.8, with weights and tokens by a formula, in fp64 and without
// dropout. The numbers are those of tools/reference_awd_lstm.py.

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/nn/loss.h"
#include "tenfold/text/awd_classifier.h"
#include "tenfold/text/awd_lstm.h"

namespace tenfold::text {
namespace {

constexpr int64_t kWords = 50;

/// [count] fp64 in [-1, 1), of the name and the element's index.
at::Tensor noise(const std::string& name, int64_t count) {
  uint32_t key = 2166136261u;
  for (const char c : name) key = (key ^ static_cast<unsigned char>(c)) * 16777619u;
  auto values = at::empty({count}, at::kDouble);
  for (int64_t k = 0; k < count; ++k) {
    uint32_t mixed = static_cast<uint32_t>(k) * 2654435761u + key;
    mixed = (mixed ^ (mixed >> 15)) * 2246822519u;
    mixed ^= mixed >> 13;
    values.mutable_data_ptr<double>()[k] = (mixed >> 8) / 8388608.0 - 1;
  }
  return values;
}

at::Tensor value(const std::string& name, at::IntArrayRef shape) {
  auto x = noise(name, c10::multiply_integers(shape));
  if (name.ends_with("running_var"))
    x = 1 + 0.5 * x;
  else if (name.ends_with("running_mean") || name.find("bias") != std::string::npos)
    x = 0.1 * x;
  else if (shape.size() == 1)
    x = 1 + 0.25 * x;
  else
    x = x * std::sqrt(6.0 / static_cast<double>(c10::multiply_integers(shape) / shape[0]));
  return x.to(at::kFloat).view(shape);
}

at::Tensor tokens(const std::string& name, int64_t count) {
  return 2 + at::floor((noise(name, count) + 1) / 2 * (kWords - 2)).to(at::kLong);
}

/// fastai's name of a parameter of ours.
std::string published(const std::string& name) {
  for (const auto& [ours, theirs] : {std::pair{"1.norm1.", "1.layers.0.0."},
                                     {"1.norm2.", "1.layers.1.0."},
                                     {"1.linear1.", "1.layers.0.2."},
                                     {"1.linear2.", "1.layers.1.2."}})
    if (name.starts_with(ours)) return theirs + name.substr(std::string(ours).size());
  return name;
}

void set_by_formula(torch::nn::Module& network) {
  const at::NoGradGuard no_grad;
  for (auto& item : network.named_parameters()) {
    EXPECT_EQ(classifier_name(published(item.key())), item.key());
    item.value().copy_(value(published(item.key()), item.value().sizes()));
  }
  for (auto& item : network.named_buffers())
    if (item.key().find("running") != std::string::npos)
      item.value().copy_(value(published(item.key()), item.value().sizes()));
}

void expect_near(const at::Tensor& found, const std::vector<double>& right, double tolerance) {
  const auto values = found.detach().to(at::kDouble).reshape(-1).contiguous();
  ASSERT_EQ(values.numel(), static_cast<int64_t>(right.size()));
  for (size_t k = 0; k < right.size(); ++k)
    EXPECT_NEAR(values.const_data_ptr<double>()[k], right[k], tolerance * (1 + std::abs(right[k]))) << "value " << k;
}

void expect_norms(const torch::nn::Module& network, const std::vector<std::pair<std::string, double>>& norms,
                  double tolerance) {
  const auto parameters = network.named_parameters();
  for (const auto& [name, norm] : norms)
    EXPECT_NEAR(parameters[name].grad().norm().item<double>(), norm, tolerance * norm) << name;
}

struct LanguageModel {
  explicit LanguageModel(at::ScalarType dtype)
      : model(kWords, {.embedding = 10, .hidden = 14, .layers = 3, .drop_mult = 0}, 3, dtype, 1) {
    set_by_formula(model);
    if (dtype == at::kDouble) model.to(at::kDouble);
  }
  std::vector<at::Tensor> batch(int64_t first, int64_t last) const {
    return {stream.narrow(1, first, last - first), stream.narrow(1, first + 1, last - first),
            at::full({1}, first == 0 ? 1 : 0, at::kLong)};
  }
  AwdLstm model;
  at::Tensor stream = tokens("stream", 3 * 13).view({3, 13});
};

TEST(AwdLstmParity, LossOfTwoBatchesWithTheStateBetween) {
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    LanguageModel scene(dtype);
    scene.model.eval();
    const double tolerance = dtype == at::kDouble ? 1e-7 : 2e-6;
    const auto first = scene.model.forward(scene.batch(0, 7)), second = scene.model.forward(scene.batch(7, 12));
    expect_near(first.select(1, 0), {3.98580955, 3.88773237, 3.92852011}, tolerance);
    expect_near(first.select(1, 1), {0, 0.142857143, 0}, 1e-6);
    expect_near(second.select(1, 0), {3.86150732, 3.9300123, 3.9110897}, tolerance);
    expect_near(second.select(1, 1), {0, 0, 0}, 1e-6);
    const auto anew = scene.model.forward(scene.batch(0, 7));
    EXPECT_TRUE(at::equal(anew, first));  // the flag resets the state
  }
}

TEST(AwdLstmParity, GradientsWithBothPenalties) {
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    LanguageModel scene(dtype);
    scene.model.train();
    const nn::Task task{.kind = nn::TaskKind::language_model, .classes = kWords};
    at::Tensor loss;
    for (const auto& [first, last] : {std::pair{0, 7}, {7, 12}}) {
      scene.model.zero_grad();
      const auto y = at::full({3}, last - first, at::kLong);
      loss = scene.model.training_loss(scene.batch(first, last),
                                       [&](const at::Tensor& scores) { return nn::loss(task, scores, y); });
      loss.backward();
    }
    const double tolerance = dtype == at::kDouble ? 2e-6 : 1e-5;  // scores are fp32
    EXPECT_NEAR(loss.item<double>(), 3.90086978, 3e-6);           // without the penalties
    expect_norms(scene.model,
                 {{"0.encoder.weight", 0.0809016941},
                  {"0.rnns.0.weight_hh_l0_raw", 0.00855471096},
                  {"0.rnns.1.module.weight_ih_l0", 0.0253659358},
                  {"0.rnns.2.module.bias_hh_l0", 0.0808823337},
                  {"1.decoder.bias", 0.234219042}},
                 tolerance);
  }
}

struct Classifier {
  explicit Classifier(at::ScalarType dtype)
      : model(kWords,
              {.embedding = 10,
               .hidden = 14,
               .layers = 3,
               .drop_mult = 0,
               .activation_penalty = 0,
               .change_penalty = 0,
               .bptt = 6,
               .pooled_tokens = 12,
               .head = {8},
               .head_dropout = 0},
              {.kind = nn::TaskKind::single_label, .classes = 3}, dtype, 1) {
    set_by_formula(model);
    if (dtype == at::kDouble) model.to(at::kDouble);
    const std::vector<int64_t> lengths{24, 17, 9, 4};
    auto ids = at::ones({4, 24}, at::kLong);
    for (int64_t k = 0; k < 4; ++k) {
      const int64_t length = lengths[static_cast<size_t>(k)];
      ids[k].narrow(0, 0, length).copy_(tokens("text " + std::to_string(k), length));
    }
    x = {ids, at::tensor(lengths, at::kLong)};
  }
  AwdClassifier model;
  std::vector<at::Tensor> x;
};

TEST(AwdClassifierParity, PooledOutputsAndLogits) {
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    Classifier scene(dtype);
    scene.model.eval();
    const double tolerance = dtype == at::kDouble ? 1e-7 : 3e-6;
    const auto pooled = scene.model.features(scene.x);
    EXPECT_NEAR(pooled.norm().item<double>(), 0.763821348, 2e-6);
    expect_near(pooled.select(1, 0), {0.0765762152, 0.0394960143, 0.0735150754, 0.0399464346}, tolerance);
    if (dtype == at::kDouble) continue;  // the head computes in fp32
    expect_near(scene.model.forward(scene.x),
                {-0.0678072134, -0.113141921, -0.0842681238, -0.00649709244, -0.0876774982, -0.0160106526,
                 -0.0935080226, -0.0901223573, -0.0941990862, -0.0496681049, -0.0839316587, -0.0493655034},
                3e-6);
  }
}

TEST(AwdClassifierParity, TrainingLogitsAndGradients) {
  Classifier scene(at::kFloat);
  scene.model.train();
  const auto logits = scene.model.forward(scene.x);
  expect_near(logits,
              {1.56289971, -0.505664659, -1.54794353, -1.93563391, -0.301218995, 1.25309399, -0.986768544, 0.630893164,
               -1.04302533, 0.725310784, 0.315750453, 1.33538705},
              2e-4);  // the norms of four texts magnify rounding
  (logits * noise("loss", 12).to(at::kFloat).view({4, 3})).sum().backward();
  expect_norms(scene.model,
               {{"0.module.encoder.weight", 9.43082241},
                {"0.module.rnns.0.weight_hh_l0_raw", 4.23198371},
                {"0.module.rnns.2.module.weight_ih_l0", 15.9407324},
                {"1.norm1.weight", 3.51635537},
                {"1.linear1.weight", 13.8907801},
                {"1.linear2.weight", 5.0803757}},
               1e-3);
}

}  // namespace
}  // namespace tenfold::text
