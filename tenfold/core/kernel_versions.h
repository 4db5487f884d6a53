#pragma once
// Kernels compiled several times, for one instruction set each, of which the processor at hand takes the best.

#include <string_view>

namespace tenfold {

/// AVX2 with FMA, bit manipulation, popcnt and carry-less products.
bool runs_avx2();
/// AVX-512 F, BW, DQ and VL on top of that.
bool runs_avx512();

/// The versions of a set of kernels; null where not built for this architecture.
template <class Set>
struct KernelVersions {
  const Set* portable;
  const Set* avx2 = nullptr;
  const Set* avx512 = nullptr;

  /// "avx512", "avx2" or "portable"; null where this processor or build lacks it.
  const Set* named(std::string_view name) const {
    if (name == "avx512") return runs_avx512() ? avx512 : nullptr;
    if (name == "avx2") return runs_avx2() ? avx2 : nullptr;
    return name == "portable" ? portable : nullptr;
  }

  const Set& best() const {
    for (const std::string_view name : {"avx512", "avx2"})
      if (const Set* set = named(name)) return *set;
    return *portable;
  }
};

}  // namespace tenfold
