#pragma once
// The element-wise part of an LSTM's step, forward and backward, in fp32 arithmetic. Hochreiter & Schmidhuber 1997,
// with forget gates. Included by the kernel files only.

#include "tenfold/nn/kernels/lanes.h"
#include "tenfold/nn/kernels/sigmoid.h"

namespace tenfold::nn {
namespace {

/// Four gates of some units: input, forget, candidate, output.
struct Gates {
  Floats input, forget, candidate, output;
};

inline Gates activated(const Gates& sums) {
  return {sigmoid(sums.input), sigmoid(sums.forget), hyperbolic_tangent(sums.candidate), sigmoid(sums.output)};
}

template <class T>
inline Gates load_gates(const T* row, int64_t width, int64_t n) {
  return {load(row, n), load(row + width, n), load(row + 2 * width, n), load(row + 3 * width, n)};
}

template <class T>
inline void store_gates(T* row, int64_t width, const Gates& gates, int64_t n) {
  store(row, gates.input, n);
  store(row + width, gates.forget, n);
  store(row + 2 * width, gates.candidate, n);
  store(row + 3 * width, gates.output, n);
}

/// What a step makes of the sums in its gates.
template <class T>
inline void lstm_unit(const LstmForward& pass, int64_t row, int64_t unit, int64_t n, const Gates& sums) {
  const int64_t at = row * pass.width + unit;
  const Gates gates = activated(sums);
  store_gates(static_cast<T*>(pass.gates) + row * 4 * pass.width + unit, pass.width, gates, n);
  const Floats cell = gates.forget * load(pass.cell_before + at, n) + gates.input * gates.candidate;
  store(pass.cell + at, cell, n);
  store(static_cast<T*>(pass.hidden) + at, gates.output * hyperbolic_tangent(cell), n);
}

/// The sums' gradient, given that of the hidden values.
template <class T>
inline void lstm_unit_back(const LstmBackward& pass, int64_t row, int64_t unit, int64_t n, Floats dhidden) {
  const int64_t at = row * pass.width + unit, gate = row * 4 * pass.width + unit;
  const Gates g = load_gates(static_cast<const T*>(pass.gates) + gate, pass.width, n);
  const Floats squashed = hyperbolic_tangent(load(pass.cell + at, n));
  const Floats dcell = load(pass.dcell + at, n) + dhidden * g.output * (1.0f - squashed * squashed);
  const Gates d = {dcell * g.candidate * g.input * (1.0f - g.input),
                   dcell * load(pass.cell_before + at, n) * g.forget * (1.0f - g.forget),
                   dcell * g.input * (1.0f - g.candidate * g.candidate),
                   dhidden * squashed * g.output * (1.0f - g.output)};
  store(pass.dcell + at, dcell * g.forget, n);
  store_gates(static_cast<T*>(pass.dgates) + gate, pass.width, d, n);
}

template <class T>
void lstm_forward(const LstmForward& pass, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row)
    for (int64_t unit = 0; unit < pass.width; unit += vector_width) {
      const int64_t n = smaller(vector_width, pass.width - unit);
      const T* sums = static_cast<const T*>(pass.gates) + row * 4 * pass.width + unit;
      lstm_unit<T>(pass, row, unit, n, load_gates(sums, pass.width, n));
    }
}

template <class T>
void lstm_backward(const LstmBackward& pass, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row)
    for (int64_t unit = 0; unit < pass.width; unit += vector_width) {
      const int64_t n = smaller(vector_width, pass.width - unit), at = row * pass.width + unit;
      const Floats dhidden =
          load(static_cast<const T*>(pass.dy) + at, n) + load(static_cast<const T*>(pass.dhidden) + at, n);
      lstm_unit_back<T>(pass, row, unit, n, dhidden);
    }
}

}  // namespace
}  // namespace tenfold::nn
