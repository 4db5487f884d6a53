// The scan for AVX-512 (F, BW) with PCLMULQDQ and BMI. Nothing else belongs in this file: its flags hold for all that
// is compiled in it.
#include <immintrin.h>

#include "tenfold/data/kernels/body.h"

namespace tenfold::csv {
namespace {

struct Bytes {
  explicit Bytes(Marks marks)
      : quote_(_mm512_set1_epi8(marks.quote)),
        separator_(_mm512_set1_epi8(marks.separator)),
        newline_(_mm512_set1_epi8('\n')) {}
  Word operator()(const char* text) const {
    const __m512i bytes = _mm512_loadu_si512(text);
    return {.quote = _mm512_cmpeq_epi8_mask(bytes, quote_),
            .separator = _mm512_cmpeq_epi8_mask(bytes, separator_),
            .newline = _mm512_cmpeq_epi8_mask(bytes, newline_),
            .high = _mm512_movepi8_mask(bytes),
            .nul = _mm512_testn_epi8_mask(bytes, bytes)};
  }
  static uint64_t prefix_xor(uint64_t bits) {
    const __m128i all = _mm_set1_epi8(-1);
    return static_cast<uint64_t>(
        _mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), all, 0)));
  }

 private:
  __m512i quote_, separator_, newline_;
};

}  // namespace

extern const ScanKernel avx512_scan;
constinit const ScanKernel avx512_scan = {"avx512", scan<Bytes>};

}  // namespace tenfold::csv
