// Every network of tables: shapes, gradients, what is particular to each, and that it learns what a line cannot.

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/tabular/ft_transformer.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/realmlp.h"
#include "tenfold/tabular/tabm.h"
#include "tenfold/train/predictions.h"

namespace tenfold::tabular {
namespace {

const TableShape kShape{.levels = {6, 40}, .continuous = 2};
const nn::Task kTwo{.kind = nn::TaskKind::single_label, .classes = 2};
const std::vector<Arch> kAll{Arch::modern, Arch::legacy, Arch::tabm, Arch::realmlp, Arch::ft_transformer};

ModelOptions small(Arch arch) {
  ModelOptions options{.arch = arch};
  if (arch != Arch::ft_transformer) options.layers = {24, 16};
  options.members = 4;
  options.bins = 8;
  options.token_size = 16;
  options.blocks = 2;
  options.heads = 4;
  return options;
}

std::vector<at::Tensor> rows(int64_t n, uint64_t seed) {
  torch::manual_seed(seed);
  return {at::stack({at::randint(6, {n}), at::randint(40, {n})}, 1), at::randn({n, 2})};
}

TEST(TableModels, HaveShapesGroupsAndRepeatableWeights) {
  for (const auto arch : kAll) {
    const auto model = make_model(small(arch), kShape, kTwo, 7), again = make_model(small(arch), kShape, kTwo, 7);
    const auto other = make_model(small(arch), kShape, kTwo, 8);
    EXPECT_EQ(nn::hash_of(nn::state_of(*model)), nn::hash_of(nn::state_of(*again))) << name_of(arch);
    EXPECT_NE(nn::hash_of(nn::state_of(*model)), nn::hash_of(nn::state_of(*other))) << name_of(arch);
    EXPECT_EQ(model->groups().front().name, "embeddings");
    EXPECT_EQ(model->groups().back().name, "head");
    auto x = rows(9, 1);
    EXPECT_EQ(model->forward(x).sizes(), (std::vector<int64_t>{9, 2})) << name_of(arch);
    const auto before = model->body_fingerprint();
    const torch::NoGradGuard no_grad;
    for (auto& parameter : model->head_module()->parameters()) parameter.add_(1);
    EXPECT_EQ(model->body_fingerprint(), before) << name_of(arch);
    for (auto& parameter : model->groups()[1].modules.back()->parameters()) parameter.add_(1);
    EXPECT_NE(model->body_fingerprint(), before) << name_of(arch);
  }
}

TEST(TableModels, TakeTablesOfOneKindOfColumn) {
  for (const auto arch : kAll) {
    const auto x = rows(5, 2);
    const auto codes = make_model(small(arch), TableShape{.levels = {6, 40}}, kTwo, 1);
    EXPECT_EQ(codes->forward({x[0], at::zeros({5, 0})}).sizes(), (std::vector<int64_t>{5, 2})) << name_of(arch);
    const auto numbers = make_model(small(arch), TableShape{.continuous = 2}, kTwo, 1);
    EXPECT_EQ(numbers->forward({at::zeros({5, 0}, at::kLong), x[1]}).sizes(), (std::vector<int64_t>{5, 2}))
        << name_of(arch);
    EXPECT_THROW(make_model(small(arch), TableShape{}, kTwo, 1), ConfigError);
  }
}

/// Autograd against central differences of the loss. The weights are fp32, so steps are wide and the bound is loose:
/// what this finds is a missing or misplaced term.
TEST(TableModels, GradientsAreTheDifferences) {
  for (const auto arch : kAll) {
    auto options = small(arch);
    options.dropout = {0};
    const auto model = make_model(options, kShape, kTwo, 3);
    const auto x = rows(12, 3);
    const auto target = at::arange(12) % 2;
    const auto value = [&] {
      return model->training_loss(x, [&](const at::Tensor& logits) { return nn::loss(kTwo, logits, target); });
    };
    model->train();
    value().backward();
    const at::NoGradGuard no_grad;
    torch::manual_seed(5);
    for (const auto& item : model->named_parameters()) {
      const auto gradient = item.value().grad();
      ASSERT_TRUE(gradient.defined()) << name_of(arch) << " " << item.key();
      const auto direction = at::randn_like(gradient) * (item.value().abs().mean() * 0.004 + 2e-4);
      const double slope = (gradient * direction).sum().item<double>();
      item.value().add_(direction);
      const double above = value().item<double>();
      item.value().sub_(2 * direction);
      const double below = value().item<double>();
      item.value().add_(direction);
      EXPECT_NEAR(slope, (above - below) / 2, 0.12 * std::abs(slope) + 1e-5) << name_of(arch) << " " << item.key();
    }
  }
}

TEST(TableModels, EvaluationHasNoRandomness) {
  for (const auto arch : kAll) {
    auto options = small(arch);
    options.dropout = {0.5};
    options.embedding_dropout = arch == Arch::ft_transformer ? 0 : 0.5;
    const auto model = make_model(options, kShape, kTwo, 3);
    const auto x = rows(20, 4);
    const at::NoGradGuard no_grad;
    model->eval();
    EXPECT_TRUE(at::equal(model->forward(x), model->forward(x))) << name_of(arch);
    model->train();
    nn::reseed(*model, 1, 1);
    const auto first = model->forward(x);
    nn::reseed(*model, 1, 2);
    EXPECT_FALSE(at::equal(model->forward(x), first)) << name_of(arch);
    nn::reseed(*model, 1, 1);
    if (arch == Arch::tabm || arch == Arch::realmlp || arch == Arch::ft_transformer)  // no norm statistics that move
      EXPECT_TRUE(at::equal(model->forward(x), first)) << name_of(arch);
  }
}

/// Two rings and a category that turns the classes round: no line parts them.
TableData rings(int64_t n, uint64_t seed) {
  Columns columns{
      .codes = at::empty({n, 2}, at::kInt), .continuous = at::empty({n, 2}), .target = at::empty({n}, at::kLong)};
  Draw draw(seed, 0, 0, Purpose::other);
  for (int64_t k = 0; k < n; ++k) {
    const double a = draw.normal(), b = draw.normal();
    const int64_t flip = draw.below(2), noise = draw.below(40);
    columns.codes[k][0] = flip + 1;
    columns.codes[k][1] = noise;
    columns.continuous[k][0] = a;
    columns.continuous[k][1] = b;
    columns.target[k] = static_cast<int64_t>(a * a + b * b > 1.386) ^ flip;  // the median of its distribution
  }
  const auto all = std::make_shared<const TableDataset>(columns);
  std::vector<int64_t> train, valid;
  for (int64_t k = 0; k < n; ++k) (k % 4 == 0 ? valid : train).push_back(k);
  return table_data(std::make_shared<TableDataset>(*all, train), std::make_shared<TableDataset>(*all, valid), nullptr,
                    kShape, kTwo, {"in", "out"});
}

TEST(TableModels, LearnWhatALineCannot) {
  const auto data = rings(2400, 6);
  for (const auto arch : kAll) {
    auto options = small(arch);
    if (arch != Arch::ft_transformer) options.layers = {64, 32};
    options.dropout = {0};
    auto learn = learner(data, options, {.batch = 64, .metrics = {"accuracy", "auc"}});
    learn.fit({.lr = arch == Arch::realmlp ? 4e-2 : 1e-2, .shape = OneCycle{.epochs = 6}});
    const double accuracy = learn.record().epochs.back().metrics.at("accuracy");
    EXPECT_GT(accuracy, 0.88) << name_of(arch);
  }
}

TEST(TabM, PredictsTheMeanOfItsMembersProbabilities) {
  const auto model = std::dynamic_pointer_cast<TabM>(make_model(small(Arch::tabm), kShape, kTwo, 1));
  const auto x = rows(7, 5);
  model->eval();
  const at::NoGradGuard no_grad;
  at::Tensor sum;
  double weights = 0;
  for (const auto& [logits, weight] : model->training_logits(x)) {
    const auto part = at::softmax(logits, 1) * weight;
    sum = sum.defined() ? sum + part : part;
    weights += weight;
  }
  EXPECT_DOUBLE_EQ(weights, 1);
  EXPECT_TRUE(at::allclose(nn::activate(kTwo, model->forward(x)), sum, 1e-5, 1e-6));
}

TEST(TabM, MembersStartApartAndShareTheirWeights) {
  const auto model = std::dynamic_pointer_cast<TabM>(make_model(small(Arch::tabm), kShape, kTwo, 1));
  const auto x = rows(7, 5);
  const auto all = model->training_logits(x);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_FALSE(at::allclose(all[0].logits, all[1].logits));
  const auto parameters = model->named_parameters();
  EXPECT_EQ(parameters["layer0.weight"].size(0), 24);
  EXPECT_TRUE(at::equal(parameters["layer1.r"], at::ones({4, 24})));
  // A column's elements share one scale.
  const auto r = parameters["layer0.r"];
  EXPECT_EQ(r[0][0].item<float>(), r[0][3].item<float>());
  EXPECT_NE(r[0][0].item<float>(), r[1][0].item<float>());
}

TEST(MemberLinear, IsBatchEnsemblesRankOneScale) {
  MemberLinear layer(2, 3, 4, 1, "layer");
  torch::manual_seed(1);
  const at::NoGradGuard no_grad;
  layer.r.normal_();
  layer.s.normal_();
  const auto x = at::randn({5, 1, 3});
  const auto y = layer.forward(x);
  for (int64_t m = 0; m < 2; ++m) {
    const auto weight = layer.weight * layer.s[m].unsqueeze(1) * layer.r[m];
    EXPECT_TRUE(at::allclose(y.select(1, m), at::linear(x.select(1, 0), weight, layer.bias[m]), 1e-5, 1e-6)) << m;
  }
}

TEST(RealMlp, PartsAreTheirClosedForms) {
  TangentLinear linear(9, 2, 1, "linear");
  const auto x = at::randn({3, 9});
  EXPECT_TRUE(at::allclose(linear.forward(x), at::matmul(x, linear.weight.t()) / 3 + 0.1 * linear.bias, 1e-5, 1e-6));
  ParametricActivation selu(9, nn::TaskKind::single_label), mish(9, nn::TaskKind::regression);
  EXPECT_TRUE(at::allclose(selu.forward(x), at::selu(x), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(mish.forward(x), at::mish(x), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(Scales(9).forward(x), x));
}

TEST(FtTransformer, ColumnsHaveNoOrderButTheirTokens) {
  // The class token attends to a set: swapping two columns with all that is theirs changes nothing.
  const TableShape shape{.continuous = 2};
  const auto model = make_model(small(Arch::ft_transformer), shape, kTwo, 1);
  model->eval();
  const at::NoGradGuard no_grad;
  const auto x = at::randn({4, 2});
  const auto none = at::zeros({4, 0}, at::kLong);
  const auto before = model->forward({none, x});
  for (const auto* name : {"tokens.weight", "tokens.bias"}) {
    auto parameter = model->named_parameters()[name];
    parameter.copy_(parameter.flip(0).clone());
  }
  EXPECT_TRUE(at::allclose(model->forward({none, x.flip(1)}), before, 1e-4, 1e-5));
  EXPECT_FALSE(at::allclose(model->forward({none, x}), before, 1e-4, 1e-5));
}

TEST(ModelOptions, AreRefusedByName) {
  const auto option_of = [](ModelOptions options) -> std::string {
    try {
      make_model(options, kShape, kTwo, 1);
    } catch (const ConfigError& error) {
      return error.option;
    }
    return "none";
  };
  EXPECT_EQ(option_of({.layers = {0}}), "model.layers");
  EXPECT_EQ(option_of({.layers = {8, 8}, .dropout = {0.1, 0.1, 0.1}}), "model.dropout");
  EXPECT_EQ(option_of({.dropout = {1}}), "model.dropout");
  EXPECT_EQ(option_of({.embedding_dropout = -1}), "model.embedding_dropout");
  EXPECT_EQ(option_of({.embedding_sizes = {3}}), "model.embedding_sizes");
  EXPECT_EQ(option_of({.arch = Arch::tabm, .members = 0}), "model.members");
  EXPECT_EQ(option_of({.numbers = NumberEmbedding::piecewise_linear, .bins = 0}), "model.bins");
  EXPECT_EQ(option_of({.numbers = NumberEmbedding::periodic, .frequency_scale = 0}), "model.frequency_scale");
  EXPECT_EQ(option_of({.arch = Arch::ft_transformer, .token_size = 10}), "model.token_size");
  EXPECT_EQ(option_of({.arch = Arch::ft_transformer, .layers = {3}}), "model.layers");
  EXPECT_THROW(with_range(kTwo, {0, 1}), ConfigError);
  EXPECT_THROW(with_range({.kind = nn::TaskKind::regression, .classes = 1}, {2, 1}), ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
