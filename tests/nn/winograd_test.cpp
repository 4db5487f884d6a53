// Winograd's convolution and its gradients against the direct ones in double precision.

#include "tenfold/nn/winograd.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/nn/kernels/winograd.h"
#include "tenfold/nn/layers.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat))
      .contiguous(at::MemoryFormat::ChannelsLast);
}

class Winograd : public testing::Test {
 protected:
  void SetUp() override {
    if (!winograd_kernels()) GTEST_SKIP() << "needs AVX512-BF16, and no AMX";
  }
};

struct Shape {
  int64_t items, in, out, height, width;
};

std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << s.items << " x " << s.in << " x " << s.height << " x " << s.width << " to " << s.out;
}

struct Inputs {
  at::Tensor x, weight, dy;
  explicit Inputs(const Shape& s)
      : x(normal({s.items, s.in, s.height, s.width}, 1).to(at::kBFloat16).requires_grad_()),
        weight((normal({s.out, s.in, 3, 3}, 2) / std::sqrt(9.0 * static_cast<double>(s.in))).requires_grad_()),
        dy(normal({s.items, s.out, s.height, s.width}, 3).to(at::kBFloat16)) {}

  /// y, dx, dweight.
  std::vector<at::Tensor> results() const {
    const auto y = winograd_conv(x, weight);
    auto all = torch::autograd::grad({y}, {x, weight}, {dy});
    all.insert(all.begin(), y.detach());
    return all;
  }
  std::vector<at::Tensor> reference() const {
    const auto x64 = x.detach().to(at::kDouble).requires_grad_(),
               w64 = weight.detach().to(at::kDouble).requires_grad_();
    const auto y = at::conv2d(x64, w64, {}, 1, 1);
    auto all = torch::autograd::grad({y}, {x64, w64}, {dy.to(at::kDouble)});
    all.insert(all.begin(), y.detach());
    return all;
  }
};

// Sizes that networks have, odd sides, channels that fill no vector or panel, fewer tiles than a block, single pixels
// wide.
const std::vector<Shape> kShapes = {{8, 64, 64, 56, 56},  {2, 512, 512, 7, 7},   {64, 256, 256, 7, 7},
                                    {64, 24, 64, 31, 31}, {40, 64, 256, 15, 15}, {3, 8, 8, 2, 2},
                                    {1, 40, 200, 5, 4},   {5, 72, 136, 3, 9},    {1, 16, 16, 2, 3}};

TEST_F(Winograd, AgreesWithTheDirectConvolution) {
  for (const auto& shape : kShapes) {
    SCOPED_TRACE(testing::PrintToString(shape));
    const Inputs in(shape);
    const auto right = in.reference(), found = in.results();
    for (size_t i = 0; i < right.size(); ++i) {
      SCOPED_TRACE(i);
      EXPECT_EQ(found[i].scalar_type(), i == 2 ? at::kFloat : at::kBFloat16);
      EXPECT_EQ(found[i].sizes(), right[i].sizes());
      EXPECT_TRUE(found[i].is_contiguous(at::MemoryFormat::ChannelsLast));
      const double error = ((found[i].to(at::kDouble) - right[i]).norm() / right[i].norm()).item<double>();
      EXPECT_LT(error, 0.008);  // bf16 rounds by up to 0.004; the direct convolution's output is off by 0.0025
    }
  }
}

TEST_F(Winograd, IsExactWhereNothingRounds) {  // small whole numbers, weights of which the transform needs no fraction
  const Shape shape{2, 16, 24, 9, 6};
  Inputs in(shape);
  in.x = at::randint(-3, 4, {2, 16, 9, 6}, at::make_generator<at::CPUGeneratorImpl>(5), at::TensorOptions(at::kFloat))
             .contiguous(at::MemoryFormat::ChannelsLast)
             .to(at::kBFloat16)
             .requires_grad_();
  in.weight = (at::randint(-1, 2, {24, 16, 3, 3}, at::make_generator<at::CPUGeneratorImpl>(6)) * 4)
                  .to(at::kFloat)
                  .contiguous(at::MemoryFormat::ChannelsLast)
                  .requires_grad_();
  const auto right = in.reference()[0], found = winograd_conv(in.x, in.weight).detach().to(at::kDouble);
  EXPECT_TRUE(found.equal(right.to(at::kBFloat16).to(at::kDouble)));
}

TEST_F(Winograd, SameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  const Inputs in({64, 64, 136, 15, 15});
  at::set_num_threads(1);
  const auto one = in.results();
  for (const int threads : {2, 3, 5}) {
    at::set_num_threads(threads);
    const auto many = in.results();
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(one[i].equal(many[i])) << threads << " threads, result " << i;
  }
  at::set_num_threads(before);
}

TEST_F(Winograd, ShowsWhatIsNotANumber) {
  Inputs in({1, 16, 16, 6, 6});
  auto x = in.x.detach().clone();
  x[0][3][2][2] = std::numeric_limits<float>::quiet_NaN();
  const auto y = winograd_conv(x, in.weight.detach());
  EXPECT_TRUE(y[0].select(1, 2).select(1, 2).isnan().all().item<bool>());
  EXPECT_FALSE(y[0].select(1, 5).select(1, 5).isnan().any().item<bool>());  // tiles that it does not reach
}

TEST_F(Winograd, ServesTheLayer) {
  Conv2d layer(ConvOptions{.in = 32, .out = 48, .padding = 1, .bias = true});
  const at::NoGradGuard no_grad;
  layer->weight.copy_(normal({48, 32, 3, 3}, 1));
  layer->bias.copy_(at::linspace(-50, 50, 48));
  const auto x = normal({8, 32, 12, 12}, 2).to(at::kBFloat16);
  const auto right = at::conv2d(x.to(at::kDouble), layer->weight.to(at::kDouble), layer->bias.to(at::kDouble), 1, 1);
  EXPECT_LT(((layer(x).to(at::kDouble) - right).norm() / right.norm()).item<double>(), 0.008);
  EXPECT_TRUE(layer(x).equal(winograd_conv(x, layer->weight) + layer->bias.to(at::kBFloat16).view({1, 48, 1, 1})));
}

TEST_F(Winograd, TakesOnlyWhatItsKernelsDo) {
  const auto x = normal({64, 32, 4, 4}, 1).to(at::kBFloat16);
  EXPECT_TRUE(is_winograd_fast(x, 40));
  EXPECT_FALSE(is_winograd_fast(x.slice(0, 0, 63), 40));
  EXPECT_FALSE(is_winograd_fast(x, 36));
  EXPECT_FALSE(is_winograd_fast(x, 24));
  EXPECT_FALSE(is_winograd_fast(x.to(at::kFloat), 32));
  EXPECT_FALSE(is_winograd_fast(x.slice(1, 0, 3), 32));
  EXPECT_FALSE(is_winograd_fast(x.slice(2, 0, 1), 32));
}

}  // namespace
}  // namespace tenfold::nn
