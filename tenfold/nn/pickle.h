#pragma once
// A reader of Python pickles that executes nothing: it knows dicts, lists, tuples, text, numbers and PyTorch's tensors,
// and refuses every other opcode and every other global by name. Opcodes: pickletools of CPython.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/nn/bytes.h"

namespace tenfold::nn {

/// A value. `items` refer to other values by index, so that cycles and deep nesting cost nothing and nothing recurses.
struct PickleValue {
  enum class Kind : uint8_t { none, boolean, integer, real, text, tuple, list, dict, global, storage, tensor };
  Kind kind = Kind::none;
  int64_t integer = 0;  ///< boolean, integer; storage: its number of elements; tensor: its offset in elements
  double real = 0;
  std::string text;  ///< text; global: "module name"; storage: its key
  std::vector<uint32_t>
      items;  ///< tuple, list; dict: key, value, key, …; storage: {class}; tensor: {storage, sizes, strides}
};

struct Pickle {
  std::vector<PickleValue> values;
  uint32_t root = 0;
};

/// The pickle at the cursor, which is left behind it. Tensors are known to lie inside the storage they name (offset,
/// sizes and strides are checked). Throws WeightsError naming what was refused.
Pickle read_pickle(Cursor& cursor);

}  // namespace tenfold::nn
