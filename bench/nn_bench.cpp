// Norm with activation, and depthwise convolution, ours against LibTorch's operations: forward and backward,
// channels-last, in one process. Each pair's answers are compared with double precision before the clock starts.
//   build/release/nn_bench --benchmark_filter=norm

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/nn/init.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"

namespace {

using namespace tenfold::nn;

at::Tensor images(at::IntArrayRef shape, uint64_t seed, at::ScalarType dtype) {
  const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  return at::randn(shape, generator, at::TensorOptions(at::kFloat))
      .to(dtype)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

bool agree(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>() < 0.01;
}

/// Times y = run(x…) and its gradients, after comparing both with the same in double precision.
template <class Run, class Reference>
void measure(benchmark::State& state, std::vector<at::Tensor> leaves, Run run, Reference reference) {
  for (auto& leaf : leaves) leaf.requires_grad_();
  std::vector<at::Tensor> doubles;
  for (const auto& leaf : leaves) doubles.push_back(leaf.detach().to(at::kDouble).requires_grad_());
  const auto y = run(leaves), right = reference(doubles);
  const auto dy = images(y.sizes(), 9, y.scalar_type());
  const auto found = torch::autograd::grad({y}, leaves, {dy}),
             exact = torch::autograd::grad({right}, doubles, {dy.to(at::kDouble)});
  if (!agree(y, right)) return state.SkipWithError("the result is wrong");
  for (size_t i = 0; i < found.size(); ++i)
    if (!agree(found[i], exact[i])) state.SetLabel("a gradient is off by more than 1 %");
  for (auto _ : state) benchmark::DoNotOptimize(torch::autograd::grad({run(leaves)}, leaves, {dy}));
}

enum Whose : int64_t { ours, torchs };

/// batch, channels, side, residual or not, whose
void norm_relu(benchmark::State& state) {
  const std::vector<int64_t> shape{state.range(0), state.range(1), state.range(2), state.range(2)};
  const bool residual = state.range(3) != 0;
  NormAct norm(NormActOptions{.channels = shape[1]});
  const auto by_operations = [&](const std::vector<at::Tensor>& in) {
    auto y = at::batch_norm(in[0], in[1], in[2], {}, {}, true, 0.1, 1e-5, false);
    if (residual) y = y + in[3];
    return at::relu(y);
  };
  const auto by_module = [&](const std::vector<at::Tensor>& in) {
    return norm(in[0], residual ? in[3] : at::Tensor());
  };
  std::vector<at::Tensor> leaves{images(shape, 1, at::kBFloat16), norm->weight, norm->bias};
  if (residual) leaves.push_back(images(shape, 2, at::kBFloat16));
  if (state.range(4) == ours)
    measure(state, leaves, by_module, by_operations);
  else
    measure(state, leaves, by_operations, by_operations);
}

/// batch, channels, side, kernel, stride, whose
void depthwise(benchmark::State& state) {
  const std::vector<int64_t> shape{state.range(0), state.range(1), state.range(2), state.range(2)};
  const int64_t channels = shape[1], kernel = state.range(3), stride = state.range(4);
  Conv2d conv(ConvOptions{
      .in = channels, .out = channels, .kernel = kernel, .stride = stride, .padding = kernel / 2, .groups = channels});
  initialise(*conv, 1);
  const auto by_operations = [&](const std::vector<at::Tensor>& in) {
    return at::conv2d(in[0], in[1].to(in[0].scalar_type()), {}, std::array{stride, stride},
                      std::array{kernel / 2, kernel / 2}, std::array<int64_t, 2>{1, 1}, channels);
  };
  const auto by_module = [&](const std::vector<at::Tensor>& in) { return conv(in[0]); };
  const std::vector<at::Tensor> leaves{images(shape, 1, at::kBFloat16), conv->weight};
  if (state.range(5) == ours)
    measure(state, leaves, by_module, by_operations);
  else
    measure(state, leaves, by_operations, by_operations);
}

BENCHMARK(norm_relu)
    ->ArgNames({"batch", "channels", "side", "residual", "torch"})
    ->ArgsProduct({{32}, {64}, {56}, {0, 1}, {ours, torchs}})
    ->ArgsProduct({{32}, {256}, {14}, {0, 1}, {ours, torchs}})
    ->ArgsProduct({{32}, {24}, {56}, {0}, {ours, torchs}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

BENCHMARK(depthwise)
    ->ArgNames({"batch", "channels", "side", "kernel", "stride", "torch"})
    ->ArgsProduct({{32}, {32}, {112}, {3}, {1}, {ours, torchs}})
    ->ArgsProduct({{32}, {96}, {112}, {3}, {2}, {ours, torchs}})
    ->ArgsProduct({{32}, {144}, {56}, {5}, {2}, {ours, torchs}})
    ->ArgsProduct({{32}, {240}, {28}, {5}, {1}, {ours, torchs}})
    ->ArgsProduct({{32}, {1152}, {7}, {5}, {1}, {ours, torchs}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

int main(int count, char** arguments) {
  // Keep freed memory: returning large tensors to the system after each operation costs more than the operations.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
