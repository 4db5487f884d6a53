// The scan for AVX2 with PCLMULQDQ and BMI. Nothing else belongs in this file: its flags hold for all that is compiled
// in it.
#include <immintrin.h>

#include "tenfold/data/kernels/body.h"

namespace tenfold::csv {
namespace {

struct Bytes {
  explicit Bytes(Marks marks)
      : quote_(_mm256_set1_epi8(marks.quote)),
        separator_(_mm256_set1_epi8(marks.separator)),
        newline_(_mm256_set1_epi8('\n')),
        zero_(_mm256_setzero_si256()) {}
  Word operator()(const char* text) const {
    const auto* at = reinterpret_cast<const __m256i*>(text);
    const __m256i low = _mm256_loadu_si256(at), high = _mm256_loadu_si256(at + 1);
    return {.quote = equal(low, high, quote_),
            .separator = equal(low, high, separator_),
            .newline = equal(low, high, newline_),
            .high = signs(low) | signs(high) << 32,
            .nul = equal(low, high, zero_)};
  }
  static uint64_t prefix_xor(uint64_t bits) {
    const __m128i all = _mm_set1_epi8(-1);
    return static_cast<uint64_t>(
        _mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), all, 0)));
  }

 private:
  static uint64_t signs(__m256i bytes) { return static_cast<uint32_t>(_mm256_movemask_epi8(bytes)); }
  static uint64_t equal(__m256i low, __m256i high, __m256i mark) {
    return signs(_mm256_cmpeq_epi8(low, mark)) | signs(_mm256_cmpeq_epi8(high, mark)) << 32;
  }
  __m256i quote_, separator_, newline_, zero_;
};

}  // namespace

extern const ScanKernel avx2_scan;
constinit const ScanKernel avx2_scan = {"avx2", scan<Bytes>};

}  // namespace tenfold::csv
