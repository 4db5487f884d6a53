// NormAct against the same computation in double precision, and against torch's batch norm where they must agree.

#include "tenfold/nn/norm_act.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/modules/batchnorm.h>

#include <algorithm>

#include "tenfold/core/error.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

at::Tensor inside(const at::Tensor& x) {
  return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous();
}

double relative_error(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>();
}

enum class Mode { training, frozen };

struct Case {
  std::vector<int64_t> shape;
  at::ScalarType dtype = at::kFloat;
  Act act = Act::relu;
  bool residual = false;
  Mode mode = Mode::training;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << at::IntArrayRef(c.shape) << ' ' << c.dtype << " act " << static_cast<int>(c.act)
             << (c.residual ? " residual" : "") << (c.mode == Mode::training ? " training" : " frozen");
}

struct Inputs {
  at::Tensor x, residual, dy;
  std::shared_ptr<NormActImpl> norm;
};

Inputs inputs(const Case& c) {
  Inputs made;
  made.norm = std::make_shared<NormActImpl>(NormActOptions{.channels = c.shape[1], .eps = 1e-3, .act = c.act});
  made.norm->train(c.mode == Mode::training);
  const at::NoGradGuard no_grad;
  made.norm->weight.copy_(normal({c.shape[1]}, 1).abs() + 0.5);
  made.norm->bias.copy_(normal({c.shape[1]}, 2));
  made.norm->running_mean.copy_(normal({c.shape[1]}, 3));
  made.norm->running_var.copy_(normal({c.shape[1]}, 4).abs() + 0.5);
  made.x = inside((normal(c.shape, 5) * 2 + 3).to(c.dtype)).requires_grad_();
  if (c.residual) made.residual = inside((normal(c.shape, 6) * 3).to(c.dtype)).requires_grad_();
  made.dy = inside(normal(c.shape, 7).to(c.dtype));
  return made;
}

/// y, dx, dweight, dbias, and dresidual where there is one.
std::vector<at::Tensor> results(const Inputs& in) {
  std::vector<at::Tensor> leaves{in.x, in.norm->weight, in.norm->bias};
  if (in.residual.defined()) leaves.push_back(in.residual);
  const auto y = in.norm->forward(in.x, in.residual);
  auto all = torch::autograd::grad({y}, leaves, {in.dy});
  all.insert(all.begin(), y.detach());
  return all;
}

/// The same in double precision from torch's operations.
std::vector<at::Tensor> reference(const Inputs& in) {
  const auto leaf = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(); };
  const auto x = leaf(in.x), weight = leaf(in.norm->weight), bias = leaf(in.norm->bias);
  auto y = at::batch_norm(x, weight, bias, in.norm->running_mean.to(at::kDouble), in.norm->running_var.to(at::kDouble),
                          in.norm->is_training(), 0.1, in.norm->options().eps, false);
  std::vector<at::Tensor> leaves{x, weight, bias};
  if (in.residual.defined()) leaves.push_back(leaf(in.residual)), y = y + leaves.back();
  if (in.norm->options().act == Act::relu) y = at::relu(y);
  if (in.norm->options().act == Act::relu6) y = at::hardtanh(y, 0, 6);
  if (in.norm->options().act == Act::silu) y = y * at::sigmoid(y);
  if (in.norm->options().act == Act::hardswish) y = y * at::hardtanh(y + 3, 0, 6) / 6;
  auto all = torch::autograd::grad({y}, leaves, {in.dy.to(at::kDouble)});
  all.insert(all.begin(), y.detach());
  return all;
}

std::vector<Case> cases() {
  const std::vector<std::vector<int64_t>> shapes{{4, 64, 9, 7}, {2, 3, 17, 5}, {3, 24, 5, 5}, {2, 100, 6, 3},
                                                 {33, 48},      {5, 7},        {2, 16, 1, 1}};
  std::vector<Case> all;
  for (const auto& shape : shapes)
    for (const auto dtype : {at::kFloat, at::kBFloat16})
      for (const auto act : {Act::none, Act::relu, Act::relu6, Act::silu, Act::hardswish})
        for (const bool residual : {false, true})
          for (const auto mode : {Mode::training, Mode::frozen}) all.push_back({shape, dtype, act, residual, mode});
  return all;
}

TEST(NormAct, AgreesWithDoublePrecision) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(testing::PrintToString(c));
    const auto in = inputs(c);
    const auto right = reference(in), found = results(in);
    const bool rounds = c.dtype == at::kBFloat16;
    ASSERT_EQ(found.size(), right.size());
    for (size_t i = 0; i < found.size(); ++i) {
      SCOPED_TRACE(i);
      EXPECT_EQ(found[i].sizes(), right[i].sizes());
      const bool parameter = i == 2 || i == 3;
      EXPECT_EQ(found[i].scalar_type(), parameter ? at::kFloat : c.dtype);
      const double scale =
          std::max(right[i].norm().item<double>(), 0.1 * in.dy.norm().item<double>());  // with two items dx vanishes
      // Hardswish's slope jumps at -3 and 3, and what it is given is rounded: some bf16 values cross over.
      const double coarse = c.act == Act::hardswish ? 0.1 : 0.01;
      EXPECT_LT((found[i].to(at::kDouble) - right[i]).norm().item<double>(), (rounds ? coarse : 2e-5) * scale);
    }
  }
}

TEST(NormAct, TracksStatisticsLikeTorch) {
  auto in = inputs({.shape = {4, 24, 5, 3}});
  torch::nn::BatchNorm2d torchs(torch::nn::BatchNorm2dOptions(24).eps(1e-3));
  {
    const at::NoGradGuard no_grad;
    torchs->running_mean.copy_(in.norm->running_mean);
    torchs->running_var.copy_(in.norm->running_var);
  }
  for (int step = 0; step < 3; ++step) {
    in.norm->forward(in.x + step);
    torchs->forward(in.x + step);
  }
  EXPECT_TRUE(at::allclose(in.norm->running_mean, torchs->running_mean, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(in.norm->running_var, torchs->running_var, 1e-5, 1e-6));
  EXPECT_EQ(in.norm->num_batches_tracked.item<int64_t>(), 3);
}

TEST(NormAct, LargeMeansDoNotCancel) {
  auto in = inputs({.shape = {8, 16, 20, 20}, .act = Act::none});
  const auto x = in.x.detach() + 1000;  // deviation 2
  const auto y = in.norm->forward(x);
  const auto right = at::batch_norm(x.to(at::kDouble), in.norm->weight.to(at::kDouble), in.norm->bias.to(at::kDouble),
                                    {}, {}, true, 0.1, 1e-3, false);
  EXPECT_LT(relative_error(y, right), 1e-4);  // the inputs themselves are that coarse
}

TEST(NormAct, SameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  for (const auto& c :
       {Case{{8, 64, 40, 40}, at::kBFloat16, Act::relu, true}, Case{{8, 24, 56, 56}, at::kFloat, Act::relu6, false}}) {
    at::set_num_threads(1);
    const auto once = inputs(c);
    const auto one = results(once);
    for (const int threads : {2, 3}) {
      at::set_num_threads(threads);
      const auto again = inputs(c);
      const auto many = results(again);
      for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(one[i].equal(many[i])) << threads << " threads, result " << i;
      EXPECT_TRUE(once.norm->running_var.equal(again.norm->running_var));
    }
  }
  at::set_num_threads(before);
}

TEST(NormAct, KeepsTheLayout) {
  NormAct norm(NormActOptions{.channels = 5});
  const auto plain = normal({2, 5, 4, 3}, 1);
  const auto y = norm(plain), last = norm(inside(plain));
  EXPECT_TRUE(y.is_contiguous());
  EXPECT_TRUE(last.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(y.equal(last));
}

TEST(NormAct, TakesGradientsOfAnyLayout) {
  const auto in = inputs({.shape = {3, 8, 4, 4}});
  const auto by_mean =
      torch::autograd::grad({in.norm->forward(in.x).mean({2, 3}).square().sum()}, {in.x})[0];  // expanded, stride 0
  const auto by_sum =
      torch::autograd::grad({(in.norm->forward(in.x).flatten(2).sum(2) / 16).square().sum()}, {in.x})[0];
  EXPECT_LT(relative_error(by_mean, by_sum.to(at::kDouble)), 1e-5);
}

TEST(NormAct, BuildsNoGraphWhereNothingNeedsOne) {
  auto in = inputs({.shape = {2, 8, 3, 3}, .mode = Mode::frozen});
  in.norm->weight.requires_grad_(false);
  in.norm->bias.requires_grad_(false);
  EXPECT_FALSE(in.norm->forward(in.x.detach()).requires_grad());
  EXPECT_TRUE(in.norm->forward(in.x).requires_grad());
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(in.norm->forward(in.x).requires_grad());
}

TEST(NormAct, PassesGradientThroughFrozenParameters) {
  auto in = inputs({.shape = {2, 24, 6, 5}, .act = Act::relu6, .mode = Mode::frozen});
  const auto right = reference(in)[1];
  in.norm->weight.requires_grad_(false);
  in.norm->bias.requires_grad_(false);
  const auto dx = torch::autograd::grad({in.norm->forward(in.x)}, {in.x}, {in.dy})[0];
  EXPECT_LT(relative_error(dx, right), 1e-5);
}

TEST(NormAct, ShowsWhatIsNotANumber) {
  auto in = inputs({.shape = {2, 8, 3, 3}, .act = Act::relu6, .mode = Mode::frozen});
  auto x = in.x.detach().clone(at::MemoryFormat::Preserve);
  x[1][2][0][0] = std::numeric_limits<float>::quiet_NaN();
  x[1][3][0][0] = -std::numeric_limits<float>::infinity();
  const auto y = in.norm->forward(x);
  EXPECT_EQ(y.isnan().sum().item<int64_t>(), 1);
  EXPECT_EQ(y[1][3][0][0].item<float>(), 0);
  EXPECT_TRUE(in.norm->forward(x.to(at::kBFloat16))[1][2][0][0].isnan().item<bool>());
  in.norm->train();
  EXPECT_TRUE(in.norm->forward(x).select(1, 2).isnan().all().item<bool>());
}

TEST(NormAct, OtherDtypesGoThroughTorch) {
  NormAct norm(NormActOptions{.channels = 4, .act = Act::relu6});
  const auto x = normal({3, 4, 2, 2}, 1);
  norm->eval();
  const auto right = norm(x);
  norm->to(at::kDouble);
  EXPECT_TRUE(at::allclose(norm(x.to(at::kDouble)), right.to(at::kDouble), 1e-5, 1e-6));
}

TEST(NormAct, RefusesWhatItCannotNormalise) {
  NormAct norm(NormActOptions{.channels = 4});
  EXPECT_THROW(norm(at::zeros({2, 3, 2, 2})), c10::Error);
  EXPECT_THROW(norm(at::zeros({2, 4, 2, 2}), at::zeros({2, 4, 2, 1})), c10::Error);
  try {
    norm(at::zeros({1, 4}));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "batch");
  }
  norm->eval();
  EXPECT_EQ(norm(at::zeros({1, 4})).sizes(), (std::vector<int64_t>{1, 4}));
  EXPECT_THROW(NormAct(NormActOptions{}), ConfigError);
}

/// Every instruction set of this processor gives what the portable one gives, up to fused multiply-add.
TEST(Kernels, AgreeAcrossInstructionSets) {
  const KernelSet* portable = kernels("portable");
  ASSERT_NE(portable, nullptr);
  EXPECT_NE(kernels(kernels().name), nullptr);
  EXPECT_EQ(kernels("none"), nullptr);
  const Lanes lanes{.width = 48, .elements = 48 * 37 + 20};  // a last row cut within a vector
  const auto x = normal({lanes.elements}, 1).to(at::kBFloat16), dy = normal({lanes.elements}, 2).to(at::kBFloat16);
  const auto mean = normal({48}, 3), scale = normal({48}, 4), bias = normal({48}, 5);
  const auto run = [&](const KernelSet& set) {
    auto y = at::full_like(x, 7), dx = at::full_like(x, 7), sums = at::zeros({2, 48}), moment = at::zeros({2, 48});
    const NormForward forward{.x = x.const_data_ptr(),
                              .y = y.mutable_data_ptr(),
                              .mean = mean.const_data_ptr<float>(),
                              .scale = scale.const_data_ptr<float>(),
                              .bias = bias.const_data_ptr<float>(),
                              .low = 0,
                              .high = 6};
    const NormBackward backward{.x = x.const_data_ptr(),
                                .dy = dy.const_data_ptr(),
                                .dx = dx.mutable_data_ptr(),
                                .mean = mean.const_data_ptr<float>(),
                                .scale = scale.const_data_ptr<float>(),
                                .bias = bias.const_data_ptr<float>(),
                                .slope = scale.const_data_ptr<float>(),
                                .offset = bias.const_data_ptr<float>(),
                                .low = 0,
                                .high = 6};
    set.bf16.norm_forward(forward, lanes, 0, lanes.rows());
    set.bf16.norm_backward(backward, lanes, 0, lanes.rows());
    set.bf16.norm_sums(backward, lanes, 0, lanes.rows(), sums.mutable_data_ptr<float>(),
                       sums.mutable_data_ptr<float>() + 48);
    set.bf16.moments(x.const_data_ptr(), mean.const_data_ptr<float>(), lanes, 0, lanes.rows(),
                     moment.mutable_data_ptr<float>(), moment.mutable_data_ptr<float>() + 48);
    return std::vector<at::Tensor>{y, dx, sums, moment};
  };
  const auto right = run(*portable);
  for (const auto name : {"avx2", "avx512"}) {
    const KernelSet* set = kernels(name);
    if (!set) continue;
    EXPECT_EQ(set->name, name);
    const auto found = run(*set);
    for (size_t i = 0; i < found.size(); ++i)
      EXPECT_LT(relative_error(found[i], right[i].to(at::kDouble)), i < 2 ? 1e-3 : 1e-4) << name << i;
  }
}

}  // namespace
}  // namespace tenfold::nn
