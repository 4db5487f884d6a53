#pragma once
// Rows numbered by what their key columns hold, for joins and groups. Torch-free.

#include <cstdint>
#include <span>
#include <vector>

#include "tenfold/data/frame.h"

namespace tenfold {

/// Rows with the same id have the same values in all key columns.
struct RowKeys {
  std::vector<int64_t> ids{};  ///< [row], from 0 in the order in which they appear
  int64_t count = 0;           ///< of different ids
};

/// A missing value is a value as any other. At least one column; all of one length.
RowKeys row_keys(std::span<const Column> keys);

}  // namespace tenfold
