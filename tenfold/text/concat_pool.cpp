#include "tenfold/text/concat_pool.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <type_traits>

namespace tenfold::text {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Value>
using Sum = std::conditional_t<std::is_same_v<Value, double>, double, float>;

/// Where text n lies in [T, N, E].
struct Span {
  int64_t begin, end;
};
Span span_of(const at::Tensor& begins, const at::Tensor& ends, int64_t n) {
  return {begins.const_data_ptr<int64_t>()[n], ends.const_data_ptr<int64_t>()[n]};
}

struct Pool : torch::autograd::Function<Pool> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& output, const at::Tensor& begins,
                            const at::Tensor& ends) {
    const int64_t texts = output.size(1), width = output.size(2);
    auto largest = at::empty({texts, width}, at::kInt);  // the time of each maximum
    at::Tensor pooled;
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, output.scalar_type(), "masked_concat_pool", [&] {
      using Acc = Sum<scalar_t>;
      pooled = at::empty({texts, 3 * width}, c10::CppTypeToScalarType<Acc>::value);
      const auto* from = output.const_data_ptr<scalar_t>();
      auto* to = pooled.mutable_data_ptr<Acc>();
      auto* times = largest.mutable_data_ptr<int32_t>();
      at::parallel_for(0, texts, 1, [&](int64_t first, int64_t last) {
        for (int64_t n = first; n < last; ++n) {
          const Span span = span_of(begins, ends, n);
          Acc *final = to + n * 3 * width, *maximum = final + width, *mean = maximum + width;
          int32_t* time = times + n * width;
          for (int64_t t = span.begin; t < span.end; ++t) {
            const auto* row = from + (t * texts + n) * width;
            for (int64_t e = 0; e < width; ++e) {
              const auto value = static_cast<Acc>(row[e]);
              const bool larger = t == span.begin || value > maximum[e];
              maximum[e] = larger ? value : maximum[e];
              time[e] = larger ? static_cast<int32_t>(t) : time[e];
              mean[e] = t == span.begin ? value : mean[e] + value;
              final[e] = value;
            }
          }
          const Acc share = 1 / static_cast<Acc>(span.end - span.begin);
          for (int64_t e = 0; e < width; ++e) mean[e] *= share;
        }
      });
    });
    context->save_for_backward({begins, ends, largest});
    context->saved_data["steps"] = output.size(0);
    context->saved_data["dtype"] = output.scalar_type();
    return pooled;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &begins = saved[0], &ends = saved[1], &largest = saved[2];
    const auto upstream = gradients[0].contiguous();
    const int64_t texts = largest.size(0), width = largest.size(1), steps = context->saved_data["steps"].toInt();
    const auto dtype = context->saved_data["dtype"].toScalarType();
    auto d = at::zeros({steps, texts, width}, dtype);
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, dtype, "masked_concat_pool_backward", [&] {
      using Acc = Sum<scalar_t>;
      const auto* from = upstream.const_data_ptr<Acc>();
      const auto* times = largest.const_data_ptr<int32_t>();
      auto* to = d.mutable_data_ptr<scalar_t>();
      at::parallel_for(0, texts, 1, [&](int64_t first, int64_t last) {
        for (int64_t n = first; n < last; ++n) {
          const Span span = span_of(begins, ends, n);
          const Acc *final = from + n * 3 * width, *maximum = final + width, *mean = maximum + width;
          const Acc share = 1 / static_cast<Acc>(span.end - span.begin);
          for (int64_t t = span.begin; t < span.end; ++t) {
            auto* row = to + (t * texts + n) * width;
            for (int64_t e = 0; e < width; ++e)
              row[e] = static_cast<scalar_t>(mean[e] * share + (times[n * width + e] == t ? maximum[e] : 0) +
                                             (t + 1 == span.end ? final[e] : 0));
          }
        }
      });
    });
    return {d, {}, {}};
  }
};

}  // namespace

at::Tensor masked_concat_pool(const at::Tensor& output, const at::Tensor& begins, const at::Tensor& ends) {
  TORCH_CHECK(output.dim() == 3, "masked_concat_pool needs [T, N, E], was given ", output.sizes());
  for (const auto& bounds : {begins, ends})
    TORCH_CHECK(bounds.dim() == 1 && bounds.size(0) == output.size(1) && bounds.scalar_type() == at::kLong,
                "masked_concat_pool needs a begin and an end int64 for each of ", output.size(1), " texts, was given ",
                bounds.sizes());
  TORCH_CHECK((begins >= 0).all().item<bool>() && (begins < ends).all().item<bool>() &&
                  (ends <= output.size(0)).all().item<bool>(),
              "masked_concat_pool needs texts of at least one token within ", output.size(0), " steps");
  return Pool::apply(output.contiguous(), begins.contiguous(), ends.contiguous());
}

}  // namespace tenfold::text
