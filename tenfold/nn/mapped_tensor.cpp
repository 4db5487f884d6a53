#include "tenfold/nn/mapped_tensor.h"

#include <ATen/ATen.h>

#include <array>

namespace tenfold::nn {
namespace {

constexpr auto kDtypes = std::to_array<DtypeRow>({{at::kFloat, "F32", "FloatStorage"},
                                                  {at::kDouble, "F64", "DoubleStorage"},
                                                  {at::kHalf, "F16", "HalfStorage"},
                                                  {at::kBFloat16, "BF16", "BFloat16Storage"},
                                                  {at::kLong, "I64", "LongStorage"},
                                                  {at::kInt, "I32", "IntStorage"},
                                                  {at::kShort, "I16", "ShortStorage"},
                                                  {at::kChar, "I8", "CharStorage"},
                                                  {at::kByte, "U8", "ByteStorage"},
                                                  {at::kBool, "BOOL", "BoolStorage"}});

}  // namespace

const DtypeRow* dtype_named(std::string_view safetensors) {
  for (const auto& row : kDtypes)
    if (row.safetensors == safetensors) return &row;
  return nullptr;
}

const DtypeRow* dtype_of_storage(std::string_view storage) {
  for (const auto& row : kDtypes)
    if (row.storage == storage) return &row;
  return nullptr;
}

const DtypeRow* row_of(at::ScalarType dtype) {
  for (const auto& row : kDtypes)
    if (row.dtype == dtype) return &row;
  return nullptr;
}

at::Tensor mapped_tensor(Bytes bytes, at::ScalarType dtype, int64_t count,
                         const std::shared_ptr<const MappedFile>& file) {
  if (count == 0) return at::empty({0}, dtype);
  // LibTorch knows no read-only tensors; the header says that these must not be written to.
  auto* data = const_cast<std::byte*>(bytes.data());
  if (dtype == at::kBool) return at::from_blob(data, {count}, at::kByte).ne(0);
  const size_t width = at::elementSize(dtype);
  if (reinterpret_cast<uintptr_t>(data) % width == 0) return at::from_blob(data, {count}, [file](void*) {}, dtype);
  auto copy = at::empty({count}, dtype);
  std::memcpy(copy.mutable_data_ptr(), data, static_cast<size_t>(count) * width);
  return copy;
}

}  // namespace tenfold::nn
