#pragma once
// Inner loop of the CSV reader: where fields end. 64 bytes a step, quotes by a carry-less multiplication (Langdale &
// Lemire, "Parsing gigabytes of JSON per second", VLDB J. 2019, section 3.1.1); what that cannot decide, quotes amid a
// bare field, goes byte by byte. Compiled once for each instruction set and chosen when the program runs. Torch-free:
// plain pointers, one thread, no memory of its own.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tenfold::csv {

struct Marks {
  char separator = ',', quote = '"';
};

/// What the bytes before mean for the next one.
struct ScanState {
  bool quoted = false;  ///< it is inside quotes
  bool fresh = true;    ///< it begins a field
  bool closed = false;  ///< it follows a quote that ended a quoted part: a second one is a quote of the text
};

struct Scanned {
  size_t ends = 0;      ///< separators and newlines outside quotes
  size_t rows = 0;      ///< newlines among them
  size_t newlines = 0;  ///< all newlines
  bool ascii = true;    ///< no byte is above 127
  bool nul = false;     ///< some byte is 0
};

/// Writes base + i for each text[i] that ends a field. 64 bytes behind `text + size` are readable; `ends` has room for
/// size + 64. A quote opens only at the beginning of a field.
using ScanFunction = Scanned (*)(const char* text, size_t size, Marks marks, uint32_t base, ScanState& state,
                                 uint32_t* ends);

struct ScanKernel {
  std::string_view name;  ///< "avx512", "avx2", "portable"
  ScanFunction scan;
};

/// The best one that this processor runs.
const ScanKernel& scan_kernel();
/// By name, for tests; null where it is not built or does not run here.
const ScanKernel* scan_kernel(std::string_view name);

}  // namespace tenfold::csv
