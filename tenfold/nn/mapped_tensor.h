#pragma once
// A tensor over bytes of a mapped file, and the dtypes that weight files hold.

#include <torch/types.h>

#include <memory>
#include <string_view>

#include "tenfold/core/file.h"
#include "tenfold/nn/bytes.h"

namespace tenfold::nn {

/// One row a dtype: its name in safetensors, and the class of its storage in .pth, or "".
struct DtypeRow {
  at::ScalarType dtype;
  std::string_view safetensors, storage;
};

/// nullptr where there is none.
const DtypeRow* dtype_named(std::string_view safetensors);
const DtypeRow* dtype_of_storage(std::string_view storage);
const DtypeRow* row_of(at::ScalarType dtype);

/// [count] over `bytes`, which must hold that many: a view that keeps the mapping alive; a copy where the bytes are not
/// aligned for their dtype, or are booleans (of which other bytes than 0 and 1 would be no values).
at::Tensor mapped_tensor(Bytes bytes, at::ScalarType dtype, int64_t count,
                         const std::shared_ptr<const MappedFile>& file);

}  // namespace tenfold::nn
