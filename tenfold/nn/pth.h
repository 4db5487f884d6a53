#pragma once
// PyTorch's .pth files, zip and legacy, as data: see nn/pickle.h for what is refused.

#include <memory>

#include "tenfold/core/file.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::nn {

bool looks_like_pth(std::span<const std::byte> file);

/// Tensors view the mapping and keep it alive; tied tensors share memory as they did when saved. Throws WeightsError.
TensorFile read_pth(const std::shared_ptr<const MappedFile>& file);

}  // namespace tenfold::nn
