// Every method against fastai, PyTorch and timm: tools/reference_optimizers.py.
#include <array>

#include "scene.h"

namespace tenfold::optim {
namespace {

using Path = std::vector<std::array<double, 2>>;

void expect_path(Options options, const Path& expected, double lr = 0.1) {
  const auto weight = leaf(torch::tensor({1.0f, 2.0f}));
  const auto start = weight.detach().clone();
  const auto optimizer = over(weight, options, lr, 0.1);
  for (size_t step = 0; step < expected.size(); ++step) {
    weight.mutable_grad() = start * kScales[step];
    optimizer->step();
    for (int64_t i = 0; i < 2; ++i)
      EXPECT_NEAR(weight[i].item<double>(), expected[step][static_cast<size_t>(i)], 2e-6)
          << name_of(options) << ", step " << step;
  }
}

TEST(Sgd, IsPyTorchs) {
  expect_path({.kind = Kind::sgd}, {{0.98, 1.96},
                                    {0.9322, 1.8644},
                                    {0.909858, 1.819716},
                                    {0.8556516, 1.711303},
                                    {0.8033094, 1.606619},
                                    {0.7081683, 1.416337},
                                    {0.6004596, 1.200919},
                                    {0.5075172, 1.015034}});
  expect_path({.kind = Kind::sgd, .nesterov = true}, {{0.962, 1.924},
                                                      {0.889522, 1.779044},
                                                      {0.8910489, 1.782098},
                                                      {0.8089989, 1.617998},
                                                      {0.7598023, 1.519605},
                                                      {0.6278701, 1.25574},
                                                      {0.5115399, 1.02308},
                                                      {0.4352742, 0.8705484}});
}

TEST(Sgd, WithoutMomentumIsTheGradientAlone) {
  // p ← p − 0.1 (g + 0.1 p) with g = 0.1, 0.2, −0.3 times (1, 2), by hand
  expect_path({.kind = Kind::sgd, .momentum = 0}, {{0.98, 1.96}, {0.9502, 1.9004}, {0.970698, 1.941396}});
}

TEST(Sgd, DecoupledIsFastais) {
  expect_path({.kind = Kind::sgd, .decoupled = true}, {{0.98, 1.96},
                                                       {0.9412, 1.8824},
                                                       {0.935688, 1.871376},
                                                       {0.9048412, 1.809682},
                                                       {0.8814518, 1.762904},
                                                       {0.8197304, 1.639461},
                                                       {0.7489169, 1.497834},
                                                       {0.6950731, 1.390146}});
}

const Path kAdamW = {{0.89001, 1.880005},   {0.7847285, 1.764821}, {0.7835237, 1.753815}, {0.7479878, 1.708575},
                     {0.7232164, 1.674198}, {0.6703973, 1.611868}, {0.612807, 1.544862},  {0.5701798, 1.492913}};

TEST(Adam, IsPyTorchs) {
  expect_path({.kind = Kind::adam}, {{0.900005, 1.900002},
                                     {0.800792, 1.800897},
                                     {0.7695467, 1.767288},
                                     {0.7135466, 1.709253},
                                     {0.6639389, 1.65658},
                                     {0.5975718, 1.588156},
                                     {0.5275285, 1.515819},
                                     {0.4689548, 1.453525}});
  expect_path({.kind = Kind::adamw}, kAdamW);
}

TEST(Adam, DecoupledIsAdamW) { expect_path({.kind = Kind::adam, .decoupled = true}, kAdamW); }

TEST(Adam, TakesTheMomentumOfTheMoment) {
  const Path expected = {{0.89001, 1.880005},  {0.7905132, 1.770605}, {0.7955106, 1.765802}, {0.7641593, 1.724747},
                         {0.7445384, 1.69552}, {0.6955539, 1.637025}, {0.6434358, 1.575491}, {0.6087953, 1.53153}};
  const auto weight = leaf(torch::tensor({1.0f, 2.0f}));
  const auto start = weight.detach().clone();
  const auto optimizer = over(weight, {.kind = Kind::adamw}, 0.1, 0.1);
  for (size_t step = 0; step < expected.size(); ++step) {
    optimizer->set_momentum(0.95 - 0.01 * static_cast<double>(step));
    weight.mutable_grad() = start * kScales[step];
    optimizer->step();
    for (int64_t i = 0; i < 2; ++i)
      EXPECT_NEAR(weight[i].item<double>(), expected[step][static_cast<size_t>(i)], 2e-6) << "step " << step;
  }
}

TEST(RAdam, IsFastais) {
  expect_path({.kind = Kind::radam}, {{0.98, 1.96},
                                      {0.9549369, 1.909874},
                                      {0.9468266, 1.893653},
                                      {0.9311094, 1.862219},
                                      {0.9182963, 1.836593},
                                      {0.9053899, 1.814503},
                                      {0.8910593, 1.791081},
                                      {0.877669, 1.768691}});
}

TEST(Lamb, IsFastais) {
  expect_path({.kind = Kind::lamb}, {{0.8334712, 1.823463},
                                     {0.6847873, 1.664875},
                                     {0.7443639, 1.714652},
                                     {0.6060673, 1.56665},
                                     {0.4824165, 1.43339},
                                     {0.3717204, 1.313183},
                                     {0.2724648, 1.20451},
                                     {0.1832907, 1.106014}});
}

TEST(Lamb, MovesWeightsOfZero) {
  const auto weight = leaf(torch::zeros({2}));
  const auto optimizer = over(weight, {.kind = Kind::lamb}, 0.1, 0);
  weight.mutable_grad() = torch::tensor({1.0f, -1.0f});
  optimizer->step();  // a ratio of 0 would keep them there for ever
  EXPECT_NEAR(weight[0].item<double>(), -0.1, 1e-5);
  EXPECT_NEAR(weight[1].item<double>(), 0.1, 1e-5);
}

TEST(Lion, IsTimms) {
  expect_path({.kind = Kind::lion},
              {{0.989, 1.988},
               {0.9780111, 1.976012},
               {0.9870331, 1.984036},
               {0.9760461, 1.972052},
               {0.98507, 1.98008},
               {0.974085, 1.9681},
               {0.9631109, 1.956132},
               {0.9721478, 1.964176}},
              0.01);
}

TEST(Lookahead, IsFastais) {
  expect_path({.kind = Kind::sgd, .decoupled = true, .lookahead = 3}, {{0.98, 1.96},
                                                                       {0.9412, 1.8824},
                                                                       {0.967844, 1.935688},
                                                                       {0.9366756, 1.873351},
                                                                       {0.9129679, 1.825936},
                                                                       {0.9093877, 1.818775},
                                                                       {0.8376776, 1.675355},
                                                                       {0.7829462, 1.565892}});
}

}  // namespace
}  // namespace tenfold::optim
