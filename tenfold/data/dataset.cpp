#include "tenfold/data/dataset.h"

#include "tenfold/core/hash.h"

namespace tenfold {

std::string Dataset::item_fingerprint(int64_t index) const {
  return ContentHash().add(fingerprint()).add_integer(index).hex();
}

std::string Dataset::item_file(int64_t) const { return {}; }

std::string Dataset::view_fingerprint(Views) const { return {}; }

}  // namespace tenfold
