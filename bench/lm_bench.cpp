// AWD-LSTM: the LSTM stack, forward and backward with weight drop, ours in bf16 beside LibTorch's in fp32; and whole
// training steps of the language model, with its decoder and optimiser. Prints one JSON line.
//   lm_bench [stack | model] [VOCABULARY] [STEPS] [THREADS]

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tenfold/nn/lstm.h"
#include "tenfold/nn/sequence_dropout.h"
#include "tenfold/text/ulmfit.h"
#include "tenfold/train/machine.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;

constexpr int64_t kRows = 64, kSteps = 72, kWidths[] = {400, 1152, 1152, 400};

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

/// The best of three.
template <class Run>
double tokens_per_s(Run&& run) {
  run();
  double best = 1e9;
  for (int k = 0; k < 3; ++k) {
    const auto from = Clock::now();
    run();
    best = std::min(best, seconds(from));
  }
  return static_cast<double>(kRows * kSteps) / best;
}

struct Layer {
  at::Tensor input, recurrent, bias;
};

enum class Whose { ours, libtorchs };

void train(std::vector<Layer>& layers, const at::Tensor& x, Whose whose, at::ScalarType dtype) {
  nn::WeightDrop drop(0.2);
  auto h = x.to(dtype);
  std::vector<at::Tensor> parameters;
  for (auto& layer : layers) {
    const auto recurrent = drop(layer.recurrent, dtype), input = layer.input.to(dtype), bias = layer.bias.to(dtype);
    const int64_t width = recurrent.size(1);
    if (whose == Whose::ours) {
      h = nn::lstm(h, nn::lstm_zeros(kRows, width, dtype), {input, recurrent, bias}).output;
    } else {
      const auto zeros = at::zeros({1, kRows, width}, dtype);
      h = std::get<0>(at::lstm(h, {zeros, zeros}, {input, recurrent, bias, at::zeros_like(bias)}, true, 1, 0.0, true,
                               false, false));
    }
    parameters.insert(parameters.end(), {layer.input, layer.recurrent, layer.bias});
  }
  torch::autograd::grad({h.to(at::kFloat).square().mean()}, parameters);
}

nlohmann::json stack() {
  std::vector<Layer> layers;
  for (size_t k = 0; k + 1 < std::size(kWidths); ++k) {
    const int64_t in = kWidths[k], out = kWidths[k + 1];
    const double range = 1 / std::sqrt(static_cast<double>(out));
    const auto uniform = [&](std::vector<int64_t> shape) {
      return at::empty(shape, at::kFloat).uniform_(-range, range).requires_grad_();
    };
    layers.push_back({uniform({4 * out, in}), uniform({4 * out, out}), uniform({4 * out})});
  }
  const auto x = at::randn({kSteps, kRows, kWidths[0]});
  // Ours first: after MKL's fp32 products OpenMP's threads are slow to wake in this process.
  const double ours = tokens_per_s([&] { train(layers, x, Whose::ours, at::kBFloat16); });
  const double theirs = tokens_per_s([&] { train(layers, x, Whose::libtorchs, at::kFloat); });
  return {{"stack_bf16_tokens_per_s", ours}, {"stack_fp32_libtorch_tokens_per_s", theirs}, {"ratio", ours / theirs}};
}

nlohmann::json model(int64_t vocabulary, int64_t steps, int threads) {
  auto words = text::modern_specials();
  while (static_cast<int64_t>(words.size()) < vocabulary) words.push_back("w" + std::to_string(words.size()));
  // A stream of random words: time does not depend on which.
  text::TokenTexts texts;
  Draw draw(1, 0, 0, Purpose::other);
  std::vector<int32_t> ids(static_cast<size_t>(kRows * kSteps * (steps + 4) + 1));
  for (auto& id : ids) id = static_cast<int32_t>(2 + draw.below(vocabulary - 2));
  texts.add(ids);
  auto learner =
      text::lm_learner(text::Vocab(words), {.train = texts, .valid = {}}, {}, {.batch = kRows, .threads = threads});
  constexpr int64_t kWarm = 3;
  int64_t done = 0;
  auto from = Clock::now();
  Callback watch{.name = "watch"};
  watch.on_step = [&](StepContext&) {
    if (++done == kWarm) from = Clock::now();
    return done == kWarm + steps ? Next::stop : Next::go_on;
  };
  learner.fit({.lr = 2e-3, .shape = Constant{.epochs = 1}, .callbacks = {watch}});
  const double each = seconds(from) / static_cast<double>(steps);
  return {{"lm_tokens_per_s", static_cast<double>(kRows * kSteps) / each},
          {"step_ms", each * 1e3},
          {"vocabulary", vocabulary},
          {"loss", learner.record().steps.back().loss}};
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "model";
  const int64_t vocabulary = count > 2 ? std::atoll(arguments[2]) : 60000,
                steps = count > 3 ? std::atoll(arguments[3]) : 8;
  const int threads = count > 4 ? std::atoi(arguments[4]) : cores();
  pin_threads(threads);
  auto found = what == "stack" ? stack() : model(vocabulary, steps, threads);
  found["threads"] = threads;
  std::cout << found.dump() << "\n";
}
