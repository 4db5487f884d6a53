#pragma once
// Batch normalisation, residual and clamp over [rows, width] in fp32 arithmetic. Included by the kernel files only.

#include "tenfold/nn/kernels/lanes.h"

namespace tenfold::nn {
namespace {

/// Where the clamp held the value back, the gradient is 0.
inline Floats masked(Floats gradient, Floats value, float low, float high) {
  const Floats zero = {};
  const Floats from_below = value <= low ? zero : gradient;
  return value >= high ? zero : from_below;
}

/// Calls body.template operator()<n>(column) over the columns of whole rows, n vectors at a time.
template <class Body>
inline void for_columns(int64_t width, Body&& body) {
  int64_t column = 0;
  for (; column + 4 * vector_width <= width; column += 4 * vector_width) body.template operator()<4>(column);
  switch ((width - column) / vector_width) {
    case 3:
      return body.template operator()<3>(column);
    case 2:
      return body.template operator()<2>(column);
    case 1:
      return body.template operator()<1>(column);
  }
}

/// first[c] += Σ of term(at, c, n).first over rows [from, to), second likewise. term gives two vectors of the element
/// `at`, column c, of which n values count.
template <class Term>
inline void add_columns(const Lanes& lanes, int64_t from, int64_t to, float* first, float* second, Term&& term) {
  const int64_t whole = smaller(to, lanes.elements / lanes.width);
  for_columns(lanes.width, [&]<int n>(int64_t column) {
    Floats a[n], b[n];
    for (int v = 0; v < n; ++v)
      a[v] = load(first + column + v * vector_width), b[v] = load(second + column + v * vector_width);
    for (int64_t row = from; row < whole; ++row)
      for (int v = 0; v < n; ++v) {
        const int64_t c = column + v * vector_width;
        Floats x, y;
        term(row * lanes.width + c, c, vector_width, x, y);
        a[v] += x;
        b[v] += y;
      }
    for (int v = 0; v < n; ++v)
      store(first + column + v * vector_width, a[v]), store(second + column + v * vector_width, b[v]);
  });
  if (whole == to) return;
  const int64_t base = whole * lanes.width, rest = lanes.elements - base;  // the row that is cut short
  for (int64_t c = 0; c < rest; c += vector_width) {
    const int64_t n = smaller(vector_width, rest - c);
    Floats x, y;
    term(base + c, c, n, x, y);
    store(first + c, load(first + c, n) + x, n);
    store(second + c, load(second + c, n) + y, n);
  }
}

/// body(at, c, n) for every vector of rows [from, to): element `at`, column c, n values.
template <class Body>
inline void for_rows(const Lanes& lanes, int64_t from, int64_t to, Body&& body) {
  for (int64_t row = from; row < to; ++row) {
    const int64_t base = row * lanes.width, length = smaller(lanes.width, lanes.elements - base);
    int64_t c = 0;
    for (; c + vector_width <= length; c += vector_width) body(base + c, c, vector_width);
    if (c < length) body(base + c, c, length - c);
  }
}

template <class T>
void moments(const void* x, const float* origin, const Lanes& lanes, int64_t from, int64_t to, float* sums,
             float* squares) {
  const T* values = static_cast<const T*>(x);
  add_columns(lanes, from, to, sums, squares, [=](int64_t at, int64_t c, int64_t n, Floats& value, Floats& square) {
    value = load(values + at, n) - load(origin + c, n);
    square = value * value;
  });
}

template <class T>
void norm_forward(const NormForward& pass, const Lanes& lanes, int64_t from, int64_t to) {
  const T *x = static_cast<const T*>(pass.x), *residual = static_cast<const T*>(pass.residual);
  T* y = static_cast<T*>(pass.y);
  const Floats lowest = Floats{} + pass.low, highest = Floats{} + pass.high;
  const float *mean = pass.mean, *scale = pass.scale, *bias = pass.bias;
  for_rows(lanes, from, to, [=](int64_t at, int64_t c, int64_t n) {
    Floats value = (load(x + at, n) - load(mean + c)) * load(scale + c) + load(bias + c);
    if (residual) value += load(residual + at, n);
    value = value < lowest ? lowest : value;  // so written, a NaN is left alone
    value = value > highest ? highest : value;
    store(y + at, value, n);
  });
}

/// The gradient that passed the clamp.
template <class T>
inline Floats passed(const NormBackward& pass, Floats x, int64_t at, int64_t c, int64_t n) {
  const Floats gradient = load(static_cast<const T*>(pass.dy) + at, n);
  Floats value;
  if (pass.y) {
    value = load(static_cast<const T*>(pass.y) + at, n);
  } else {
    value = (x - load(pass.mean + c)) * load(pass.scale + c) + load(pass.bias + c);
    if (pass.residual) value += load(static_cast<const T*>(pass.residual) + at, n);
  }
  return masked(gradient, value, pass.low, pass.high);
}

template <class T>
void norm_sums(const NormBackward& given, const Lanes& lanes, int64_t from, int64_t to, float* sums, float* products) {
  const NormBackward pass = given;
  const T* values = static_cast<const T*>(pass.x);
  add_columns(lanes, from, to, sums, products,
              [=](int64_t at, int64_t c, int64_t n, Floats& gradient, Floats& product) {
                const Floats x = load(values + at, n);
                gradient = passed<T>(pass, x, at, c, n);
                product = gradient * (x - load(pass.mean + c));
              });
}

template <class T>
void norm_backward(const NormBackward& given, const Lanes& lanes, int64_t from, int64_t to) {
  const NormBackward pass = given;
  const T* values = static_cast<const T*>(pass.x);
  T *dx = static_cast<T*>(pass.dx), *dresidual = static_cast<T*>(pass.dresidual);
  for_rows(lanes, from, to, [=](int64_t at, int64_t c, int64_t n) {
    Floats x = {};
    if (values) x = load(values + at, n);
    const Floats gradient = passed<T>(pass, x, at, c, n);
    if (dresidual) store(dresidual + at, gradient, n);
    if (!dx) return;
    Floats out = gradient * load(pass.scale + c);
    if (pass.slope) out -= (x - load(pass.mean + c)) * load(pass.slope + c) + load(pass.offset + c);
    store(dx + at, out, n);
  });
}

}  // namespace
}  // namespace tenfold::nn
