#pragma once
// The lanes of an AVX-512 vector of fp32. Included by the kernel files only.

#include <immintrin.h>

#include <cstdint>

namespace tenfold::nn {
namespace {

constexpr int64_t lanes = 16;

/// The lanes of the vector that begins at channel c of `channels`.
inline __mmask16 mask_at(int64_t c, int64_t channels) {
  return channels - c >= lanes ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << (channels - c)) - 1);
}

}  // namespace
}  // namespace tenfold::nn
