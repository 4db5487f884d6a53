// Our LSTM against LibTorch's in fp64, at the sizes that are used: LibTorch's bf16 gradients were wrong from 1024 units
// on.

#include "tenfold/nn/lstm.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/random.h"
#include "tenfold/nn/kernels/kernels.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::nn {
namespace {

at::Tensor drawn(at::IntArrayRef shape, uint64_t number, double size) {
  const auto generator = at::make_generator<at::CPUGeneratorImpl>(number);
  return (at::rand(shape, generator, at::TensorOptions(at::kDouble)) * 2 - 1) * size;
}

struct Shape {
  int64_t steps, batch, input, hidden;
};

/// x, the first state, weights; then what multiplies output and last state in the loss, so that all gradients matter.
struct Scene {
  explicit Scene(const Shape& s)
      : leaves{drawn({s.steps, s.batch, s.input}, 1, 2),
               drawn({s.batch, s.hidden}, 2, 0.5),
               drawn({s.batch, s.hidden}, 3, 1),
               drawn({4 * s.hidden, s.input}, 4, 1 / std::sqrt(static_cast<double>(s.hidden))),
               drawn({4 * s.hidden, s.hidden}, 5, 1 / std::sqrt(static_cast<double>(s.hidden))),
               drawn({4 * s.hidden}, 6, 0.1)},
        weights{drawn({s.steps, s.batch, s.hidden}, 7, 1), drawn({s.batch, s.hidden}, 8, 1),
                drawn({s.batch, s.hidden}, 9, 1)} {}

  /// Output, last hidden, last cell, then the gradients of the leaves.
  std::vector<at::Tensor> run(at::ScalarType dtype) const {
    std::vector<at::Tensor> in;
    for (const auto& leaf : leaves) in.push_back(leaf.to(dtype).requires_grad_());
    if (dtype == at::kBFloat16) in[2] = leaves[2].to(at::kFloat).requires_grad_();
    const auto result = lstm(in[0], {in[1], in[2]}, {in[3], in[4], in[5]});
    std::vector<at::Tensor> out{result.output, result.last.hidden, result.last.cell};
    at::Tensor loss = at::zeros({}, at::kDouble);
    for (size_t k = 0; k < out.size(); ++k) loss = loss + (out[k].to(at::kDouble) * weights[k]).sum();
    for (const auto& gradient : torch::autograd::grad({loss}, in)) out.push_back(gradient);
    return out;
  }

  std::vector<at::Tensor> leaves, weights;
};

double off(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>();
}

const char* const kNames[] = {"output", "hidden", "cell", "dx", "dhidden", "dcell", "dinput", "drecurrent", "dbias"};

void compare(const Shape& shape, at::ScalarType dtype, double tolerance) {
  const Scene scene(shape);
  const auto found = scene.run(dtype), right = scene.run(at::kDouble);
  for (size_t k = 0; k < right.size(); ++k)
    EXPECT_LT(off(found[k], right[k]), tolerance) << kNames[k] << ", S " << shape.steps << ", H " << shape.hidden;
}

TEST(Lstm, Bf16GradientsAreThoseOfDoublePrecision) {
  for (const int64_t hidden : {400, 1024, 1152}) {
    compare({1, 8, 200, hidden}, at::kBFloat16, 0.012);
    compare({8, 4, 200, hidden}, at::kBFloat16, 0.012);
  }
  compare({72, 2, 64, 400}, at::kBFloat16, 0.012);
  compare({72, 1, 64, 1024}, at::kBFloat16, 0.012);
  compare({72, 1, 64, 1152}, at::kBFloat16, 0.012);
}

TEST(Lstm, Fp32GradientsAreThoseOfDoublePrecision) {
  for (const int64_t hidden : {400, 1024, 1152}) compare({8, 2, 32, hidden}, at::kFloat, 3e-6);
  compare({72, 4, 32, 400}, at::kFloat, 3e-6);
}

TEST(Lstm, AnyWidth) {
  for (const int64_t hidden : {1, 2, 7, 16, 18, 33, 66, 130})
    for (const int64_t batch : {1, 6, 13}) {
      compare({5, batch, 3, hidden}, at::kFloat, 3e-6);
      compare({5, batch, 3, hidden}, at::kBFloat16, 0.03);  // few units average nothing
    }
}

TEST(Lstm, SameBitsForAnyNumberOfThreads) {
  // In bf16, whose steps are ours; LibTorch's fp32 products have other bits from three threads on.
  const int before = at::get_num_threads();
  const Scene scene({6, 16, 40, 152});
  at::set_num_threads(1);
  const auto one = scene.run(at::kBFloat16);
  for (const int threads : {2, 3, 4}) {
    at::set_num_threads(threads);
    const auto many = scene.run(at::kBFloat16);
    for (size_t k = 0; k < one.size(); ++k) EXPECT_TRUE(at::equal(many[k], one[k])) << kNames[k] << ", " << threads;
  }
  at::set_num_threads(before);
}

TEST(Lstm, GoesOnWhereItStopped) {
  const Scene scene({9, 4, 12, 48});
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const at::NoGradGuard no_grad;
    const auto x = scene.leaves[0].to(dtype);
    const LstmWeights w{scene.leaves[3].to(dtype), scene.leaves[4].to(dtype), scene.leaves[5].to(dtype)};
    const auto start = lstm_zeros(4, 48, dtype);
    const auto whole = lstm(x, start, w);
    const auto half = lstm(x.narrow(0, 0, 4), start, w), rest = lstm(x.narrow(0, 4, 5), half.last, w);
    EXPECT_TRUE(at::equal(at::cat({half.output, rest.output}), whole.output));
    EXPECT_TRUE(at::equal(rest.last.cell, whole.last.cell));
  }
}

TEST(Lstm, AForwardPassWithoutGradientsIsTheSame) {
  const Scene scene({4, 3, 10, 34});
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const auto with = scene.run(dtype);
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> in;
    for (const auto& leaf : scene.leaves) in.push_back(leaf.to(dtype));
    const auto without = lstm(in[0], {in[1], scene.leaves[2].to(at::kFloat)}, {in[3], in[4], in[5]});
    EXPECT_TRUE(at::equal(without.output, with[0]));
    EXPECT_TRUE(at::equal(without.last.cell, with[2]));
  }
}

TEST(Lstm, KernelsOfEveryInstructionSetAgree) {
  const int64_t batch = 3, width = 37;
  const auto sums = drawn({batch, 4 * width}, 1, 6).to(at::kFloat), before = drawn({batch, width}, 2, 1).to(at::kFloat);
  const auto run = [&](const KernelSet& set) {
    auto gates = sums.clone(), cell = at::empty_like(before), hidden = at::empty_like(before);
    set.fp32.lstm_forward({.gates = gates.mutable_data_ptr(),
                           .cell_before = before.const_data_ptr<float>(),
                           .cell = cell.mutable_data_ptr<float>(),
                           .hidden = hidden.mutable_data_ptr(),
                           .width = width},
                          0, batch);
    return std::vector{gates, cell, hidden};
  };
  const auto d = sums.to(at::kDouble).view({batch, 4, width});
  const auto cell =
      at::sigmoid(d.select(1, 1)) * before.to(at::kDouble) + at::sigmoid(d.select(1, 0)) * at::tanh(d.select(1, 2));
  const auto hidden = at::sigmoid(d.select(1, 3)) * at::tanh(cell);
  int sets = 0;
  for (const std::string_view name : {"avx512", "avx2", "portable"})
    if (const auto* set = kernels(name)) {
      ++sets;
      const auto found = run(*set);
      EXPECT_LT((found[1].to(at::kDouble) - cell).abs().max().item<double>(), 1e-6) << name;
      EXPECT_LT((found[2].to(at::kDouble) - hidden).abs().max().item<double>(), 1e-6) << name;
    }
  EXPECT_GE(sets, 1);
}

TEST(Lstm, SaysWhichShapeIsWrong) {
  const auto x = at::zeros({2, 3, 4});
  const LstmWeights w{at::zeros({20, 4}), at::zeros({20, 5}), at::zeros({20})};
  EXPECT_THROW(lstm(x, lstm_zeros(2, 5, at::kFloat), w), c10::Error);
  EXPECT_THROW(lstm(x, lstm_zeros(3, 5, at::kFloat), {at::zeros({20, 3}), w.recurrent, w.bias}), c10::Error);
  EXPECT_THROW(lstm(x.to(at::kBFloat16), lstm_zeros(3, 5, at::kFloat), w), c10::Error);
  EXPECT_NO_THROW(lstm(x, lstm_zeros(3, 5, at::kFloat), w));
}

}  // namespace
}  // namespace tenfold::nn
