#pragma once
// The safetensors format: 8 bytes with the length of a JSON header, the header, then the tensors' bytes without gaps.

#include <memory>

#include "tenfold/core/file.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::nn {

bool looks_like_safetensors(std::span<const std::byte> file);

/// Tensors view the mapping and keep it alive. Throws WeightsError where the header is too long, is no JSON, names a
/// tensor twice, or where dtype, shape and offsets contradict each other, overlap, leave gaps, or do not end where the
/// file does.
TensorFile read_safetensors(const std::shared_ptr<const MappedFile>& file);

}  // namespace tenfold::nn
