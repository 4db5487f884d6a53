// Networks against fastai's. All numbers are printed by tools/reference_tabular.py; weights and rows come from the same
// formula on both sides.

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/nn/loss.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/embedding_rule.h"
#include "tenfold/tabular/table_model.h"
#include "tests/parity/formula.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kRows = 8;

at::Tensor codes_of(const std::vector<int64_t>& levels) {
  auto codes = at::empty({kRows, static_cast<int64_t>(levels.size())}, at::kLong);
  for (int64_t n = 0; n < kRows; ++n)
    for (int64_t c = 0; c < codes.size(1); ++c) codes[n][c] = (7 * n + 3 * c + n * c) % levels[static_cast<size_t>(c)];
  return codes;
}

/// Sum of magnitudes of a gradient, and its product with the formula's noise, so that places count.
struct Gradient {
  std::string name;
  int64_t count;
  double magnitude, probe;
};
struct Reference {
  std::vector<double> evaluation, training;
  double loss;
  std::vector<Gradient> gradients;
};

void expect_near(const at::Tensor& found, const std::vector<double>& wanted, const std::string& what) {
  const auto first = found.detach().flatten().to(at::kDouble);
  for (size_t k = 0; k < wanted.size(); ++k)
    EXPECT_NEAR(first[static_cast<int64_t>(k)].item<double>(), wanted[k], 3e-5 * (1 + std::abs(wanted[k])))
        << what << " " << k;
}

template <class Loss>
void expect_parity(nn::Model& model, const nn::Task& task, const std::vector<at::Tensor>& x, const Loss& loss,
                   const Reference& reference) {
  const bool values = task.kind == nn::TaskKind::regression;
  const auto shown = [&](const at::Tensor& logits) { return values ? nn::activate(task, logits) : logits; };
  parity::set_by_formula(model);
  model.eval();
  expect_near(shown(model.forward(x)), reference.evaluation, "evaluation");
  model.train();
  const auto logits = model.forward(x);
  expect_near(shown(logits), reference.training, "training");
  const auto value = loss(logits);
  EXPECT_NEAR(value.template item<double>(), reference.loss, 3e-5 * reference.loss);
  value.backward();
  size_t with_gradient = 0;
  for (const auto& item : model.named_parameters()) with_gradient += item.value().numel() > 0;
  EXPECT_EQ(with_gradient, reference.gradients.size());
  for (const auto& [name, count, magnitude, probe] : reference.gradients) {
    const auto* parameter = model.named_parameters().find(name);
    ASSERT_TRUE(parameter) << name;
    ASSERT_EQ(parameter->numel(), count) << name;
    const at::Tensor gradient = parameter->grad().to(at::kDouble).flatten();
    EXPECT_NEAR(gradient.abs().sum().item<double>(), magnitude, 2e-4 * magnitude + 2e-6) << name;
    const at::Tensor probed = (gradient * parity::noise("probe", count)).sum();
    EXPECT_NEAR(probed.item<double>(), probe, 2e-4 * magnitude + 2e-6) << name;
  }
}

struct Table {
  TableShape shape{.levels = {5, 300, 12}, .continuous = 3};
  nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  std::vector<at::Tensor> x{codes_of(shape.levels),
                            (2 * parity::noise("numbers", kRows * 3)).to(at::kFloat).view({kRows, 3})};
  at::Tensor loss(const at::Tensor& logits) const { return nn::loss(task, logits, at::arange(kRows) % 2); }
};

void expect_parity(const ModelOptions& options, const Reference& reference) {
  const Table table;
  const auto model = make_model(options, table.shape, table.task, 1);
  expect_parity(*model, table.task, table.x, [&](const at::Tensor& logits) { return table.loss(logits); }, reference);
}

TEST(TableParity, Modern) {
  expect_parity({.arch = Arch::modern, .layers = {20, 10}},
                {.evaluation = {-1.287644, 1.759203, -1.461525, 0.2708217, -0.835349, 0.3126378, -0.6314985, 0.1520528},
                 .training = {-1.336694, 2.782374, -2.365812, 0.1543756, 1.330182, -0.01864657, -1.198706, -1.192975},
                 .loss = 1.108907,
                 .gradients = {{"embeds.0.weight", 20, 1.310044, 0.01426512},
                               {"embeds.1.weight", 11700, 15.14739, -0.7806035},
                               {"embeds.2.weight", 72, 2.094043, 0.207868},
                               {"bn_cont.weight", 3, 0.4219311, 0.1940658},
                               {"bn_cont.bias", 3, 0.204559, -0.09880132},
                               {"layers.0.0.weight", 1040, 61.7188, 5.559419},
                               {"layers.0.2.weight", 20, 1.282178, 0.09660414},
                               {"layers.0.2.bias", 20, 1.16252, 0.2820377},
                               {"layers.1.0.weight", 200, 11.88669, -1.330881},
                               {"layers.1.2.weight", 10, 0.8411143, 0.04481373},
                               {"layers.1.2.bias", 10, 0.1299893, -0.01256458},
                               {"layers.2.0.weight", 20, 3.70768, -0.4732308},
                               {"layers.2.0.bias", 2, 0.05844279, 0.03609487}}});
}

TEST(TableParity, Legacy) {
  expect_parity(
      {.arch = Arch::legacy, .layers = {20, 10}, .dropout = {0}},
      {.evaluation = {-0.2174078, 0.2036847, -0.7795049, 0.6408372, -0.06673405, 0.9456676, -0.2412428, 0.8475428},
       .training = {-0.06972688, 0.1325314, -0.5809485, 0.5362167, 0.01867864, 0.9105718, -0.513481, 0.9584792},
       .loss = 0.6125413,
       .gradients = {{"embs.0.weight", 15, 0.2572401, 0.05349706},
                     {"embs.1.weight", 15000, 5.836721, 0.1078943},
                     {"embs.2.weight", 72, 0.4195759, 0.02871887},
                     {"bn.weight", 3, 0.0778133, -0.007039608},
                     {"bn.bias", 3, 0.04400676, -0.03678682},
                     {"lins.0.weight", 1240, 18.03599, -0.06315187},
                     {"lins.0.bias", 20, 0.9956758, -0.1490617},
                     {"lins.1.weight", 200, 3.013016, 0.04546321},
                     {"lins.1.bias", 10, 0.8161675, -0.2863971},
                     {"outp.weight", 20, 1.236006, -0.1627601},
                     {"outp.bias", 2, 0.3987141, -0.24625}}});
}

TEST(TableParity, LegacyWithNorms) {
  expect_parity(
      {.arch = Arch::legacy, .layers = {20, 10}, .dropout = {0}, .norm = NormPlace::after},
      {.evaluation = {-0.04511172, 0.2639287, -0.8023015, 0.8452216, -0.1203564, 1.189484, -0.2953553, 1.055187},
       .training = {1.388627, -2.355334, 0.294305, 0.9224426, 0.7162103, 0.8106259, -1.750022, 0.9568743},
       .loss = 0.292121,
       .gradients = {{"embs.0.weight", 15, 0.5549058, 0.04910045},
                     {"embs.1.weight", 15000, 18.06318, 0.09403934},
                     {"embs.2.weight", 72, 1.27455, 0.2113324},
                     {"bn.weight", 3, 0.3273939, 0.1624646},
                     {"bn.bias", 3, 0.3289098, 0.2379493},
                     {"lins.0.weight", 1240, 53.26644, 1.578954},
                     {"lins.0.bias", 20, 1.723657, 0.5824649},
                     {"lins.1.weight", 200, 9.422071, 0.4456955},
                     {"lins.1.bias", 10, 0.2449931, 0.1279109},
                     {"bns.0.weight", 20, 1.131546, -0.1089596},
                     {"bns.0.bias", 20, 0.7986587, 0.162311},
                     {"bns.1.weight", 10, 0.4016213, 0.0906901},
                     {"bns.1.bias", 10, 0.1582471, -0.02760304},
                     {"outp.weight", 20, 1.261995, 0.01877322},
                     {"outp.bias", 2, 0.05535556, -0.03418817}}});
}

void expect_parity(const CollabOptions& options, const Reference& reference) {
  const auto model = make_collab_model(options, 9, 40, 1);
  const nn::Task task{.kind = nn::TaskKind::regression, .classes = 1, .range = {{0, 5.5}}};
  const auto ratings = (1 + at::arange(kRows) % 5).to(at::kFloat).unsqueeze(1);
  expect_parity(
      *model, task, {codes_of({9, 40}), at::zeros({kRows, 0})},
      [&](const at::Tensor& logits) { return nn::loss(task, logits, ratings); }, reference);
}

TEST(CollabParity, DotBias) {
  expect_parity(CollabOptions{.factors = 6},
                {.evaluation = {2.485637, 4.177785, 2.158687, 1.286746, 2.999162, 0.9376866, 2.158329, 1.348796},
                 .training = {2.485637, 4.177785, 2.158687, 1.286746, 2.999162, 0.9376866, 2.158329, 1.348796},
                 .loss = 2.722275,
                 .gradients = {{"u_weight.weight", 54, 8.292807, -0.3280518},
                               {"i_weight.weight", 240, 7.355501, -0.2281736},
                               {"u_bias.weight", 9, 3.163638, 0.8415931},
                               {"i_bias.weight", 40, 3.139404, 0.6575202}}});
}

TEST(CollabParity, Neural) {
  expect_parity(CollabOptions{.arch = CollabArch::neural, .factors = 6},
                {.evaluation = {1.061912, 2.499348, 2.91095, 1.6608, 2.039436, 1.749916, 2.623244, 2.035414},
                 .training = {1.35953, 3.770512, 4.785398, 2.399713, 0.619986, 2.369353, 4.103225, 2.6899},
                 .loss = 4.323988,
                 .gradients = {{"embeds.0.weight", 45, 10.46451, 1.3489},
                               {"embeds.1.weight", 520, 34.7529, -2.749663},
                               {"layers.0.0.weight", 108, 52.09408, 0.8223518},
                               {"layers.0.2.weight", 6, 3.119213, 1.43825},
                               {"layers.0.2.bias", 6, 1.696771, -0.541038},
                               {"layers.1.0.weight", 6, 6.88833, -0.1399725},
                               {"layers.1.0.bias", 1, 0.6538477, 0.3112065}}});
}

TEST(EmbeddingRule, IsFastais) {
  const std::vector<int64_t> levels{2, 3, 5, 8, 13, 32, 54, 100, 1116, 10000},
      wanted{2, 3, 4, 5, 7, 11, 15, 21, 81, 278};
  EXPECT_EQ(embedding_sizes({}, levels, EmbeddingRule::modern), wanted);
  EXPECT_EQ(embedding_size(EmbeddingRule::legacy, 8), 4);
  EXPECT_EQ(embedding_size(EmbeddingRule::legacy, 1116), 50);
  EXPECT_EQ(embedding_size(EmbeddingRule::modern, 1000000), 600);
}

}  // namespace
}  // namespace tenfold::tabular
