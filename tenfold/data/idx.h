#pragma once
// idx files, the format of the MNIST family: a header of sizes, then bytes; plain or gzip-compressed. Torch-free.
// LeCun, Cortes & Burges, "The MNIST database", file format section.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace tenfold {

struct Idx {
  std::vector<int64_t> shape;   ///< [60000, 28, 28] for images, [60000] for labels
  std::vector<uint8_t> values;  ///< row after row
};

/// Throws DataError where the file is no idx file of bytes, is truncated, or holds more than its header says; FileError
/// where it cannot be opened.
Idx read_idx(const std::filesystem::path& path);

}  // namespace tenfold
