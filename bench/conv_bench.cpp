// The 3x3 convolution of stride 1, ours by Winograd against LibTorch's direct one, in bf16 and channels-last: seconds
// forward, back to the input, back to the weight. Answers are compared with double precision before the clock starts.
//   build/release/conv_bench [ITEMS]      the layers of the CIFAR-10 network at ITEMS pictures, then ResNet-18's and
//   VGG's

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tenfold/nn/winograd.h"

namespace {

struct Layer {
  int64_t items, in, out, side;
};

template <class Work>
double seconds(Work&& work) {
  double best = 1e9;
  work();
  for (int k = 0; k < 3; ++k) {
    const auto began = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return best;
}

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat))
      .contiguous(at::MemoryFormat::ChannelsLast);
}

double error(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>();
}

void measure(const Layer& layer) {
  const auto x = normal({layer.items, layer.in, layer.side, layer.side}, 1).to(at::kBFloat16).requires_grad_();
  const auto weight =
      (normal({layer.out, layer.in, 3, 3}, 2) / std::sqrt(9.0 * static_cast<double>(layer.in))).requires_grad_();
  const auto dy = normal({layer.items, layer.out, layer.side, layer.side}, 3).to(at::kBFloat16);
  const auto direct = [&] { return at::conv2d(x, weight.to(at::kBFloat16), {}, 1, 1); };
  const auto ours = [&] { return tenfold::nn::winograd_conv(x, weight); };
  {
    const auto some = x.detach().slice(0, 0, 2),
               exact = at::conv2d(some.to(at::kDouble), weight.detach().to(at::kDouble), {}, 1, 1);
    if (error(tenfold::nn::winograd_conv(some, weight.detach()), exact) > 0.01) std::puts("WRONG");
  }
  double times[2][3];
  for (int who = 0; who < 2; ++who) {
    const auto run = [&] { return who == 0 ? ours() : direct(); };
    {
      const at::NoGradGuard no_grad;
      times[who][0] = seconds(run);
    }
    const auto y = run();
    const auto back = [&](const at::Tensor& leaf) { torch::autograd::grad({y}, {leaf}, {dy}, true); };
    times[who][1] = seconds([&] { back(x); });
    times[who][2] = seconds([&] { back(weight); });
  }
  const double flops = 18.0 * static_cast<double>(layer.items * layer.in * layer.out * layer.side * layer.side);
  std::printf("%5lld x %3lld -> %3lld at %3lld ", static_cast<long long>(layer.items), static_cast<long long>(layer.in),
              static_cast<long long>(layer.out), static_cast<long long>(layer.side));
  for (int pass = 0; pass < 3; ++pass)
    std::printf("  %6.1f / %6.1f ms (%.2fx, %4.0f GF/s)", times[0][pass] * 1e3, times[1][pass] * 1e3,
                times[1][pass] / times[0][pass], flops / times[0][pass] / 1e9);
  std::puts("");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  // Freed memory is kept, as in a training run: pages that the system clears anew would hide the difference.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  const int64_t items = count > 1 ? std::atoll(arguments[1]) : 2000;
  std::printf("ours / LibTorch's: forward, back to the input, back to the weight; %d threads\n", at::get_num_threads());
  for (const auto& layer : std::vector<Layer>{{items, 24, 64, 31},
                                              {items, 64, 64, 15},
                                              {items, 64, 256, 15},
                                              {items, 256, 256, 7},
                                              {items, 256, 256, 3},
                                              {32, 64, 64, 56},
                                              {32, 128, 128, 28},
                                              {32, 256, 256, 14},
                                              {32, 512, 512, 7},
                                              {8, 64, 64, 224},
                                              {8, 512, 512, 28}})
    measure(layer);
}
