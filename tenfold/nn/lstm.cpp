#include "tenfold/nn/lstm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "tenfold/nn/kernels/bf16_products.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Units of rows that one thread takes at a time where the gates are on their own.
constexpr int64_t kGrain = 8192;

const Kernels& kernels_for(at::ScalarType dtype) { return dtype == at::kFloat ? kernels().fp32 : kernels().bf16; }

/// The products of a step by own kernels; null leaves them to LibTorch.
const Bf16Products* products_for(const at::Tensor& x, int64_t hidden) {
  return x.scalar_type() == at::kBFloat16 && hidden % 2 == 0 ? bf16_products() : nullptr;
}

const Bf16* bits(const at::Tensor& x) { return reinterpret_cast<const Bf16*>(x.const_data_ptr<at::BFloat16>()); }

const uint32_t* words(const at::Tensor& packed) {
  return reinterpret_cast<const uint32_t*>(packed.const_data_ptr<int32_t>());
}

/// All panels of a right-hand side, [panels, pairs, 64] words.
template <class Pack>
at::Tensor packed(int64_t panels, int64_t pairs, Pack&& pack) {
  auto all = at::empty({panels, pairs, product_panel}, at::kInt);
  auto* to = reinterpret_cast<uint32_t*>(all.mutable_data_ptr<int32_t>());
  at::parallel_for(0, panels, 1, [&](int64_t first, int64_t last) {
    for (int64_t p = first; p < last; ++p) pack(p, to + p * pairs * product_panel);
  });
  return all;
}

/// work(panel, scratch) for every panel of a step.
template <class Work>
void for_panels(int64_t panels, int64_t batch, Work&& work) {
  at::parallel_for(0, panels, 1, [&](int64_t first, int64_t last) {
    auto scratch = at::empty({product_scratch(batch)}, at::kFloat);
    for (int64_t p = first; p < last; ++p) work(p, scratch.mutable_data_ptr<float>());
  });
}

/// work(first row, last row) of a step whose gates are on their own.
template <class Work>
void for_rows(int64_t batch, int64_t hidden, Work&& work) {
  at::parallel_for(0, batch, std::max<int64_t>(1, kGrain / hidden), work);
}

/// Everything that a stretch leaves behind, [S, B, …]; hidden and cell have the state before it in front.
struct Trace {
  at::Tensor gates;   ///< [S, B, 4 H], activations
  at::Tensor hidden;  ///< [S + 1, B, H]
  at::Tensor cell;    ///< [S + 1, B, H] fp32
};

Trace run_forward(const at::Tensor& x, const LstmState& start, const LstmWeights& w) {
  const int64_t steps = x.size(0), batch = x.size(1), hidden = w.recurrent.size(1);
  Trace trace{
      .gates = at::addmm(w.bias, x.reshape({steps * batch, x.size(2)}), w.input.t()).view({steps, batch, 4 * hidden}),
      .hidden = at::empty({steps + 1, batch, hidden}, x.options()),
      .cell = at::empty({steps + 1, batch, hidden}, x.options().dtype(at::kFloat))};
  trace.hidden[0].copy_(start.hidden);
  trace.cell[0].copy_(start.cell);
  const auto* own = products_for(x, hidden);
  const int64_t panels = panels_of(hidden, lstm_panel), panel_words = hidden / 2 * product_panel;
  const auto recurrent =
      own ? packed(panels, hidden / 2,
                   [&](int64_t panel, uint32_t* to) { own->pack_gates(bits(w.recurrent), hidden, panel, to); })
          : w.recurrent.t();
  for (int64_t t = 0; t < steps; ++t) {
    auto gates = trace.gates[t], after = trace.hidden[t + 1], cell = trace.cell[t + 1];
    const auto before = trace.hidden[t], cell_before = trace.cell[t];
    if (!own) gates.addmm_(before, recurrent);
    const LstmForward pass{.gates = gates.mutable_data_ptr(),
                           .cell_before = cell_before.const_data_ptr<float>(),
                           .cell = cell.mutable_data_ptr<float>(),
                           .hidden = after.mutable_data_ptr(),
                           .width = hidden};
    if (own)
      for_panels(panels, batch, [&](int64_t panel, float* scratch) {
        own->lstm_forward(pass, bits(before), batch, words(recurrent) + panel * panel_words, panel, scratch);
      });
    else
      for_rows(batch, hidden,
               [&](int64_t first, int64_t last) { kernels_for(x.scalar_type()).lstm_forward(pass, first, last); });
  }
  return trace;
}

/// Of the sums in the gates [S, B, 4 H]. dcell [B, H] fp32, of the last cell going in, becomes that of the first.
at::Tensor run_backward(const Trace& trace, const at::Tensor& dy, const at::Tensor& recurrent, at::Tensor& dcell) {
  const int64_t steps = trace.gates.size(0), batch = trace.gates.size(1), hidden = recurrent.size(1);
  auto dgates = at::empty_like(trace.gates);
  auto dhidden = at::zeros({batch, hidden}, dy.options());
  const auto* own = products_for(dy, hidden);
  const int64_t panels = panels_of(hidden, product_panel), panel_words = 2 * hidden * product_panel;
  at::Tensor right;
  if (own)
    right = packed(panels, 2 * hidden, [&](int64_t panel, uint32_t* to) {
      own->pack(bits(recurrent), 4 * hidden, hidden, panel, 2 * hidden, to);
    });
  for (int64_t t = steps - 1; t >= 0; --t) {
    auto here = dgates[t];
    const auto gates = trace.gates[t], cell_before = trace.cell[t], cell = trace.cell[t + 1], upstream = dy[t];
    const LstmBackward pass{.gates = gates.const_data_ptr(),
                            .cell_before = cell_before.const_data_ptr<float>(),
                            .cell = cell.const_data_ptr<float>(),
                            .dy = upstream.const_data_ptr(),
                            .dhidden = dhidden.const_data_ptr(),
                            .dcell = dcell.mutable_data_ptr<float>(),
                            .dgates = here.mutable_data_ptr(),
                            .width = hidden};
    if (own && t + 1 < steps) {
      const auto after = dgates[t + 1];
      for_panels(panels, batch, [&](int64_t panel, float* scratch) {
        own->lstm_backward(pass, bits(after), batch, words(right) + panel * panel_words, panel, scratch);
      });
      continue;
    }
    for_rows(batch, hidden,
             [&](int64_t first, int64_t last) { kernels_for(dy.scalar_type()).lstm_backward(pass, first, last); });
    if (!own && t > 0) at::mm_out(dhidden, here, recurrent);
  }
  return dgates;
}

struct Lstm : torch::autograd::Function<Lstm> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& hidden,
                               const at::Tensor& cell, const at::Tensor& input, const at::Tensor& recurrent,
                               const at::Tensor& bias) {
    const int64_t steps = x.size(0);
    const Trace trace = run_forward(x, {hidden, cell}, {input, recurrent, bias});
    context->save_for_backward({x, input, recurrent, trace.gates, trace.hidden, trace.cell});
    return {trace.hidden.narrow(0, 1, steps), trace.cell[steps].clone()};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "lstm is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &input = saved[1], &recurrent = saved[2];
    const Trace trace{.gates = saved[3], .hidden = saved[4], .cell = saved[5]};
    const int64_t steps = x.size(0), rows = steps * x.size(1), width = recurrent.size(1);
    auto dcell = gradients[1].clone(at::MemoryFormat::Contiguous);
    const auto dgates = run_backward(trace, gradients[0].contiguous(), recurrent, dcell);
    const auto all = dgates.view({rows, 4 * width});
    at::Tensor dx, dhidden, dinput, drecurrent, dbias;
    if (context->needs_input_grad(0)) dx = at::mm(all, input).view(x.sizes());
    if (context->needs_input_grad(1)) dhidden = at::mm(dgates[0], recurrent);
    if (!context->needs_input_grad(2)) dcell = at::Tensor();
    if (context->needs_input_grad(3)) dinput = at::mm(all.t(), x.reshape({rows, x.size(2)}));
    if (context->needs_input_grad(4))
      drecurrent = at::mm(all.t(), trace.hidden.narrow(0, 0, steps).reshape({rows, width}));
    if (context->needs_input_grad(5)) dbias = all.sum(0, /*keepdim=*/false, at::kFloat).to(x.scalar_type());
    return {dx, dhidden, dcell, dinput, drecurrent, dbias};
  }
};

LstmResult by_operations(const at::Tensor& x, const LstmState& start, const LstmWeights& w) {
  const auto [output, hidden, cell] =
      at::lstm(x, {start.hidden.unsqueeze(0), start.cell.unsqueeze(0)},
               {w.input, w.recurrent, w.bias, at::zeros_like(w.bias)}, /*has_biases=*/true, /*num_layers=*/1,
               /*dropout=*/0.0, /*train=*/false, /*bidirectional=*/false, /*batch_first=*/false);
  return {output, {hidden.squeeze(0), cell.squeeze(0)}};
}

void check(const at::Tensor& x, const LstmState& start, const LstmWeights& w) {
  TORCH_CHECK(x.dim() == 3 && x.size(0) > 0 && x.size(1) > 0 && x.is_cpu(),
              "lstm needs x [S, B, I] on the CPU, S and B at least 1; was given ", x.sizes());
  TORCH_CHECK(w.recurrent.dim() == 2 && w.recurrent.size(0) == 4 * w.recurrent.size(1),
              "lstm needs a recurrent weight [4 H, H], was given ", w.recurrent.sizes());
  const int64_t batch = x.size(1), hidden = w.recurrent.size(1);
  TORCH_CHECK(w.input.dim() == 2 && w.input.size(0) == 4 * hidden && w.input.size(1) == x.size(2),
              "lstm needs an input weight [", 4 * hidden, ", ", x.size(2), "], was given ", w.input.sizes());
  TORCH_CHECK(w.bias.dim() == 1 && w.bias.size(0) == 4 * hidden, "lstm needs a bias [", 4 * hidden, "], was given ",
              w.bias.sizes());
  for (const auto& state : {start.hidden, start.cell})
    TORCH_CHECK(state.dim() == 2 && state.size(0) == batch && state.size(1) == hidden, "lstm needs a state [", batch,
                ", ", hidden, "], was given ", state.sizes());
  for (const auto& tensor : {start.hidden, w.input, w.recurrent, w.bias})
    TORCH_CHECK(tensor.scalar_type() == x.scalar_type(), "lstm needs state and weights in ", x.scalar_type(),
                " as x is, was given ", tensor.scalar_type());
  TORCH_CHECK(x.scalar_type() == at::kDouble || x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16,
              "lstm computes in bf16, fp32 and fp64, was given ", x.scalar_type());
}

}  // namespace

LstmResult lstm(const at::Tensor& x, const LstmState& start, const LstmWeights& weights) {
  check(x, start, weights);
  if (x.scalar_type() == at::kDouble) return by_operations(x, start, weights);
  const LstmWeights w{weights.input.contiguous(), weights.recurrent.contiguous(), weights.bias.contiguous()};
  const auto inside = x.contiguous();
  const auto cell = start.cell.to(at::kFloat);
  const int64_t steps = x.size(0);
  const bool graph =
      at::GradMode::is_enabled() && (x.requires_grad() || start.hidden.requires_grad() || cell.requires_grad() ||
                                     w.input.requires_grad() || w.recurrent.requires_grad() || w.bias.requires_grad());
  if (!graph) {
    const Trace trace = run_forward(inside, {start.hidden, cell}, w);
    return {trace.hidden.narrow(0, 1, steps), {trace.hidden[steps], trace.cell[steps]}};
  }
  const auto results = Lstm::apply(inside, start.hidden, cell, w.input, w.recurrent, w.bias);
  return {results[0], {results[0][steps - 1], results[1]}};
}

LstmState lstm_zeros(int64_t batch, int64_t hidden, at::ScalarType dtype) {
  const auto cell = dtype == at::kDouble ? at::kDouble : at::kFloat;
  return {at::zeros({batch, hidden}, dtype), at::zeros({batch, hidden}, cell)};
}

}  // namespace tenfold::nn
