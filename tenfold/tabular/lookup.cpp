#include "tenfold/tabular/lookup.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kRowsATask = 128;
constexpr int64_t kWidthATask = 64;  // elements of a vector whose gradient one thread sums: four cache lines

struct Table {
  const float* rows;
  int64_t levels, size, offset;  ///< offset of its vector in a row of the result
};

std::vector<Table> tables_of(const std::vector<at::Tensor>& weights) {
  std::vector<Table> tables;
  int64_t offset = 0;
  for (const auto& weight : weights) {
    tables.push_back({weight.const_data_ptr<float>(), weight.size(0), weight.size(1), offset});
    offset += weight.size(1);
  }
  return tables;
}

int64_t width_of(const std::vector<Table>& tables) {
  return tables.empty() ? 0 : tables.back().offset + tables.back().size;
}

void check_codes(const int64_t* codes, int64_t rows, const std::vector<Table>& tables) {
  const auto columns = static_cast<int64_t>(tables.size());
  for (int64_t n = 0; n < rows; ++n)
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t code = codes[n * columns + c], levels = tables[static_cast<size_t>(c)].levels;
      if (code < 0 || code >= levels)
        throw DataError("table", 0,
                        "categorical column " + std::to_string(c) + " (from 0) has code " + std::to_string(code) +
                            ", and its levels are numbered from 0 to " + std::to_string(levels - 1) +
                            "; preprocess with what was fitted on the training rows, where unseen is 0");
    }
}

template <class T>
void copy_row(T* to, const float* from, const float* mask, int64_t size) {
  if (!mask)
    for (int64_t i = 0; i < size; ++i) to[i] = static_cast<T>(from[i]);
  else
    for (int64_t i = 0; i < size; ++i) to[i] = static_cast<T>(from[i] * mask[i]);
}

template <class T>
void run_forward(T* out, const int64_t* codes, const std::vector<Table>& tables, const float* mask, const float* tail,
                 int64_t rows, int64_t tail_width) {
  const int64_t width = width_of(tables), all = width + tail_width;
  const auto columns = static_cast<int64_t>(tables.size());
  at::parallel_for(0, rows, kRowsATask, [&](int64_t first, int64_t last) {
    for (int64_t n = first; n < last; ++n) {
      T* row = out + n * all;
      for (int64_t c = 0; c < columns; ++c) {
        const auto& table = tables[static_cast<size_t>(c)];
        copy_row(row + table.offset, table.rows + codes[n * columns + c] * table.size,
                 mask ? mask + n * width + table.offset : nullptr, table.size);
      }
      copy_row(row + width, tail + n * tail_width, nullptr, tail_width);
    }
  });
}

/// A slice of one table's vectors: what one thread sums.
struct Slice {
  const Table* table;
  int64_t column, from, to;
  float* sum;
};

template <class T>
void run_backward(const T* gradient, const int64_t* codes, const std::vector<Table>& tables,
                  const std::vector<at::Tensor>& sums, const float* mask, int64_t rows, int64_t all) {
  const int64_t width = width_of(tables);
  const auto columns = static_cast<int64_t>(tables.size());
  std::vector<Slice> slices;
  for (int64_t c = 0; c < columns; ++c) {
    const auto& table = tables[static_cast<size_t>(c)];
    if (!sums[static_cast<size_t>(c)].defined()) continue;
    for (int64_t from = 0; from < table.size; from += kWidthATask)
      slices.push_back({&table, c, from, std::min(from + kWidthATask, table.size),
                        sums[static_cast<size_t>(c)].mutable_data_ptr<float>()});
  }
  at::parallel_for(0, static_cast<int64_t>(slices.size()), 1, [&](int64_t first, int64_t last) {
    for (int64_t s = first; s < last; ++s) {
      const auto& [table, column, from, to, sum] = slices[static_cast<size_t>(s)];
      for (int64_t n = 0; n < rows; ++n) {
        float* target = sum + codes[n * columns + column] * table->size;
        const T* g = gradient + n * all + table->offset;
        if (!mask) {
          for (int64_t i = from; i < to; ++i) target[i] += static_cast<float>(g[i]);
        } else {
          const float* kept = mask + n * width + table->offset;
          for (int64_t i = from; i < to; ++i) target[i] += static_cast<float>(g[i]) * kept[i];
        }
      }
    }
  });
}

at::Tensor forward_of(const at::Tensor& codes, const std::vector<at::Tensor>& weights, const at::Tensor& mask,
                      const at::Tensor& tail, at::ScalarType dtype) {
  const auto tables = tables_of(weights);
  const int64_t rows = tail.size(0);
  check_codes(codes.const_data_ptr<int64_t>(), rows, tables);
  auto out = at::empty({rows, width_of(tables) + tail.size(1)}, tail.options().dtype(dtype));
  const auto run = [&](auto* to) {
    run_forward(to, codes.const_data_ptr<int64_t>(), tables, mask.defined() ? mask.const_data_ptr<float>() : nullptr,
                tail.const_data_ptr<float>(), rows, tail.size(1));
  };
  if (dtype == at::kBFloat16)
    run(out.mutable_data_ptr<at::BFloat16>());
  else
    run(out.mutable_data_ptr<float>());
  return out;
}

struct Lookup : torch::autograd::Function<Lookup> {
  static at::Tensor forward(AutogradContext* context, at::TensorList weights, const at::Tensor& tail,
                            const at::Tensor& codes, const std::optional<at::Tensor>& mask, at::ScalarType dtype) {
    variable_list saved{codes, mask.value_or(at::Tensor())};
    saved.insert(saved.end(), weights.begin(), weights.end());
    context->save_for_backward(saved);
    context->saved_data["tail"] = tail.size(1);
    return forward_of(codes, weights.vec(), mask.value_or(at::Tensor()), tail, dtype);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "lookup is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &codes = saved[0], &mask = saved[1];
    const std::vector<at::Tensor> weights(saved.begin() + 2, saved.end());
    const auto tables = tables_of(weights);
    const auto gradient = gradients[0].contiguous();
    const int64_t rows = gradient.size(0), all = gradient.size(1), tail = context->saved_data["tail"].toInt();
    variable_list sums(weights.size());
    for (size_t c = 0; c < weights.size(); ++c)
      if (context->needs_input_grad(c)) sums[c] = at::zeros_like(weights[c]);
    const float* kept = mask.defined() ? mask.const_data_ptr<float>() : nullptr;
    if (gradient.scalar_type() == at::kBFloat16)
      run_backward(gradient.const_data_ptr<at::BFloat16>(), codes.const_data_ptr<int64_t>(), tables, sums, kept, rows,
                   all);
    else
      run_backward(gradient.const_data_ptr<float>(), codes.const_data_ptr<int64_t>(), tables, sums, kept, rows, all);
    sums.push_back(context->needs_input_grad(weights.size()) ? gradient.narrow(1, all - tail, tail).to(at::kFloat)
                                                             : at::Tensor());
    sums.insert(sums.end(), 3, at::Tensor());
    return sums;
  }
};

}  // namespace

at::Tensor lookup(const at::Tensor& codes, const std::vector<at::Tensor>& tables, const at::Tensor& mask,
                  const at::Tensor& tail, at::ScalarType dtype) {
  TORCH_CHECK(codes.dim() == 2 && codes.scalar_type() == at::kLong &&
                  codes.size(1) == static_cast<int64_t>(tables.size()) && tail.dim() == 2 &&
                  tail.size(0) == codes.size(0),
              "lookup needs int64 codes [N, ", tables.size(), "] and a tail [N, K], was given ", codes.scalar_type(),
              " ", codes.sizes(), " and ", tail.sizes());
  const auto dense_codes = codes.contiguous(), dense_tail = tail.to(at::kFloat).contiguous();
  bool graph = dense_tail.requires_grad();
  for (const auto& table : tables) graph = graph || table.requires_grad();
  if (!graph || !at::GradMode::is_enabled()) return forward_of(dense_codes, tables, mask, dense_tail, dtype);
  return Lookup::apply(at::TensorList(tables), dense_tail, dense_codes,
                       mask.defined() ? std::optional(mask) : std::nullopt, dtype);
}

}  // namespace tenfold::tabular
